"""A whistle brought into any state by its own steps, as people take them."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from governance.lifecycle.duties import WhistleKind
from governance.lifecycle.tasks import TaskState
from governance.lifecycle.whistles import WhistleState
from governance.models import Call, Whistle
from governance.services import tasks
from governance.services.dispatch import take_issue
from governance.services.meetings.follow_up import Follow
from governance.services.meetings.minutes import confirm_minutes
from governance.services.whistles import answering, carrying_out, closing, drafting
from tests.factories import make_issue


def accepted_issue(district: Any, people: Any, **fields: Any) -> Any:
    issue = make_issue(fields.pop("area", district.building), **fields)
    return take_issue(issue_id=issue.pk, actor=people.grid_worker)


def draft_of(district: Any, **fields: Any) -> drafting.Draft:
    values = {
        "title": "12 号旁过道砌墙",
        "kind": WhistleKind.ENFORCEMENT,
        "problem": "公共过道砌墙围院，消防车进不去",
        "why": "三次上门劝说无果，社区没有认定和拆除的权限",
        "basis": "城市管理执法条例",
        "plan": "现场认定，明确谁拆、几天拆",
        "lead": district.lighting,
        "helpers": (district.drainage,),
        "meeting_at": timezone.now() + timedelta(hours=3),
        "meeting_place": "12 号现场",
    }
    return drafting.Draft(**{**values, **fields})


def draft(district: Any, people: Any, **fields: Any) -> Whistle:
    area = fields.pop("area", district.building)
    return drafting.draft_whistle(actor=people.community_staff, area=area, draft=draft_of(district, **fields))


def lead(whistle: Whistle) -> Call:
    return Call.objects.get(whistle=whistle, is_lead=True, released_at=None)


def helper(whistle: Whistle) -> Call:
    return Call.objects.filter(whistle=whistle).exclude(pk=lead(whistle).pk).get()


def give(whistle: Whistle, people: Any, **fields: Any) -> Any:
    values = {"title": "拆墙、恢复路面", "due_at": timezone.now() + timedelta(days=4), "unit": lead(whistle).unit}
    resolution_id = fields.pop("resolution_id", None)
    return carrying_out.resolve_whistle(
        whistle_id=whistle.pk,
        actor=people.community_staff,
        follow=Follow(**{**values, **fields}),
        resolution_id=resolution_id,
    )


def issue(whistle: Whistle, people: Any) -> None:
    if whistle.kind != WhistleKind.EMERGENCY:
        drafting.review_whistle(whistle_id=whistle.pk, actor=people.street_lead, rank="yellow")
    drafting.issue_whistle(whistle_id=whistle.pk, actor=people.street_lead)


def sign(whistle: Whistle, people: Any) -> None:
    answering.sign_call(call_id=lead(whistle).pk, actor=people.department_clerk, who="黄某")
    answering.sign_call(call_id=helper(whistle).pk, actor=people.other_clerk)


def arrive(whistle: Whistle, people: Any) -> None:
    answering.arrive_call(call_id=lead(whistle).pk, actor=people.department_clerk, who="分管负责人")
    answering.arrive_call(call_id=helper(whistle).pk, actor=people.other_clerk, who="科长")


def meet(whistle: Whistle, people: Any) -> None:
    if whistle.kind != WhistleKind.EMERGENCY:
        carrying_out.hold_meeting(whistle_id=whistle.pk, actor=people.community_staff, minutes="七天内拆除")


def work(whistle: Whistle, people: Any) -> None:
    give(whistle, people)


def finish_tasks(whistle: Whistle, people: Any) -> None:
    for task in whistle.tasks.exclude(state=TaskState.DONE):
        tasks.claim_task(task_id=task.pk, actor=people.department_clerk, result="拆了")
        tasks.check_task(task_id=task.pk, actor=people.community_staff, passed=True)


def claim(whistle: Whistle, people: Any) -> None:
    finish_tasks(whistle, people)
    closing.claim_whistle(whistle_id=whistle.pk, actor=people.department_clerk, outcome="墙已拆除")


def check(whistle: Whistle, people: Any) -> None:
    closing.check_whistle(whistle_id=whistle.pk, actor=people.community_lead, passed=True)


def rate(whistle: Whistle, people: Any) -> None:
    for call in Call.objects.filter(whistle=whistle):
        closing.rate_call(call_id=call.pk, actor=people.community_staff, turn_up=5, handling=4, solved=4)

    confirm(whistle, people)


def confirm(whistle: Whistle, people: Any) -> None:
    """The principal has read what was said when the units met."""
    meeting_id = Whistle.objects.get(pk=whistle.pk).meeting_id
    if meeting_id:
        confirm_minutes(meeting_id=meeting_id, actor=people.street_lead)


def close(whistle: Whistle, people: Any) -> None:
    if Whistle.objects.get(pk=whistle.pk).is_backfill_due:
        backfill(whistle, people)
    closing.close_whistle(whistle_id=whistle.pk, actor=people.community_staff, reply="墙已拆除，消防车能进了")


def backfill(whistle: Whistle, people: Any) -> None:
    carrying_out.backfill_whistle(
        whistle_id=whistle.pk, actor=people.community_staff, plan="先疏散后加固", minutes="现场商定加固"
    )


PATH = (
    (WhistleState.ISSUED, issue),
    (WhistleState.ACKNOWLEDGED, sign),
    (WhistleState.ARRIVED, arrive),
    (WhistleState.MEETING_HELD, meet),
    (WhistleState.CARRYING_OUT, work),
    (WhistleState.CLAIMED_DONE, claim),
    (WhistleState.CHECKED, check),
    (WhistleState.RATED, rate),
    (WhistleState.CLOSED, close),
)


def put(whistle: Whistle, state: str, people: Any) -> Whistle:
    """The whistle in this state. An emergency passes no meeting: it stays where it came."""
    if state == WhistleState.CANCELLED:
        drafting.cancel_whistle(whistle_id=whistle.pk, actor=people.community_staff, reason="已解决")
    elif state == WhistleState.REVIEWED:
        drafting.review_whistle(whistle_id=whistle.pk, actor=people.street_lead, rank="yellow")
    elif state != WhistleState.DRAFT:
        for reached, step in PATH:
            step(whistle, people)
            if reached == state:
                break
    return Whistle.objects.get(pk=whistle.pk)
