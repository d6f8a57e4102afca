"""Every step of a whistle, done by whoever may do it."""

from datetime import datetime, timedelta

from django.utils import timezone

from governance.services.whistles import answering, carrying_out, closing, drafting, reviewing
from tests import whistle_steps as steps
from tests.factories import UnitFactory


def later(**delta) -> datetime:
    return timezone.now() + timedelta(**delta)


VERBS = {
    "edit": lambda w, d, p: drafting.edit_whistle(
        whistle_id=w.pk, actor=p.community_staff, draft=steps.draft_of(d, title="新题目")
    ),
    "review": lambda w, d, p: drafting.review_whistle(whistle_id=w.pk, actor=p.street_lead, rank="red"),
    "send-back": lambda w, d, p: drafting.send_back_whistle(whistle_id=w.pk, actor=p.street_lead, reason="补依据"),
    "issue": lambda w, d, p: drafting.issue_whistle(whistle_id=w.pk, actor=p.street_lead),
    "cancel": lambda w, d, p: drafting.cancel_whistle(whistle_id=w.pk, actor=p.community_staff, reason="已解决"),
    "sign": lambda w, d, p: answering.sign_call(call_id=steps.lead(w).pk, actor=p.department_clerk),
    "contact": lambda w, d, p: answering.contact_call(
        call_id=steps.lead(w).pk, actor=p.department_clerk, note="电话说过"
    ),
    "arrive": lambda w, d, p: answering.arrive_call(
        call_id=steps.lead(w).pk, actor=p.department_clerk, who="分管负责人"
    ),
    "report": lambda w, d, p: answering.report_call(
        call_id=steps.lead(w).pk, actor=p.department_clerk, result="认定为违建"
    ),
    "dispute": lambda w, d, p: answering.dispute_call(
        call_id=steps.lead(w).pk, actor=p.department_clerk, reason="不属本所", basis="权责清单"
    ),
    "rule": lambda w, d, p: answering.rule_call(
        call_id=steps.lead(w).pk, actor=p.street_lead, stays=True, ruling="由你单位牵头"
    ),
    "absent": lambda w, d, p: answering.mark_absent(
        call_id=steps.helper(w).pk, actor=p.community_staff, note="到点没来"
    ),
    "nudge": lambda w, d, p: answering.nudge_whistle(whistle_id=w.pk, actor=p.community_staff),
    "add-unit": lambda w, d, p: answering.add_unit(whistle_id=w.pk, actor=p.community_staff, unit=UnitFactory()),
    "meeting-time": lambda w, d, p: carrying_out.move_meeting(
        whistle_id=w.pk, actor=p.community_staff, meeting_at=later(hours=5), meeting_place="", reason="下雨"
    ),
    "meet": lambda w, d, p: carrying_out.hold_meeting(whistle_id=w.pk, actor=p.community_staff, minutes="七天内拆除"),
    "resolve": lambda w, d, p: steps.give(w, p),
    "backfill": lambda w, d, p: steps.backfill(w, p),
    "claim": lambda w, d, p: closing.claim_whistle(whistle_id=w.pk, actor=p.department_clerk, outcome="拆了"),
    "check": lambda w, d, p: closing.check_whistle(whistle_id=w.pk, actor=p.community_lead, passed=True),
    "rate": lambda w, d, p: closing.rate_call(
        call_id=steps.lead(w).pk, actor=p.community_staff, turn_up=5, handling=5, solved=5
    ),
    "close": lambda w, d, p: closing.close_whistle(whistle_id=w.pk, actor=p.community_staff, reply="已拆除"),
    "look": lambda w, d, p: reviewing.look_at_whistle(whistle_id=w.pk, actor=p.street_lead, note="按月推进"),
    "instruct": lambda w, d, p: reviewing.instruct_whistle(whistle_id=w.pk, actor=p.district_duty, note="区里统筹"),
    "raise": lambda w, d, p: carrying_out.raise_whistle(whistle_id=w.pk, actor=p.street_lead, reason="跨街道"),
}
