"""The register and hours are the community's, activities also the branch's and the grid's."""

import uuid
from collections.abc import Callable
from datetime import time as clock_time
from datetime import timedelta
from typing import Any

from django.utils import timezone

from neighborhoods.models import Resident
from tests import volunteer_stage
from tests.access.pages import (
    EVERYONE,
    GONE,
    ORGANISERS,
    REGISTRARS,
    SECOND,
    SEES_VOLUNTEERS,
    Page,
    World,
    desk_page,
)
from volunteers.models import Certificate, RecordCheck, ServiceRecord, Shift, Team, Volunteer
from volunteers.services.activities.attendance import code_of
from volunteers.services.activities.shifts import Rule, add_series
from volunteers.services.certificates import code_of as code_of_certificate
from volunteers.services.certificates import digest_of
from volunteers.services.records.proposing import Stretch, propose
from volunteers.services.registration import pause, stamps_of


def entry_in(state: str) -> Callable[[World], list[Any]]:
    def args(world: World) -> list[Any]:
        entry = volunteer_stage.volunteer(world.district, world.people)
        if state == "paused":
            pause(volunteer_id=entry.pk, actor=world.people.community_staff)
        if state == "applied":
            entry.state, entry.verified_at = "applied", None
            entry.save()
        return [entry.number]

    return args


def own_entry(world: World) -> list[Any]:
    """Of the account without a post."""
    user = world.people.user("nobody")
    Volunteer.objects.filter(resident__user=user).update(state="verified")
    known = Volunteer.objects.filter(resident__user=user).first()
    return [(known or volunteer_stage.volunteer(world.district, world.people, user=user)).number]


def paused_entry(world: World) -> list[Any]:
    (number,) = own_entry(world)
    Volunteer.objects.filter(number=number).update(state="paused")
    return [number]


def activity_in(state: str = "draft") -> Callable[[World], list[Any]]:
    def args(world: World) -> list[Any]:
        return [_activity(world, state).number]

    return args


def _activity(world: World, state: str = "draft") -> Any:
    found = volunteer_stage.activity(world.district, world.people)
    if state == "open":
        volunteer_stage.shift(found, world.people)
    return found


def shift_args(world: World) -> list[Any]:
    return [_activity(world, "open").shifts.get().pk]


def seat_args(world: World) -> list[Any]:
    (number,) = own_entry(world)
    entry = Volunteer.objects.get(number=number)
    made = _activity(world, "open").shifts.get()
    return [volunteer_stage.seat(made, entry, world.people.community_staff).pk]


def shift_of_activity(world: World) -> list[Any]:
    made = _activity(world, "open").shifts.get()
    return [made.activity.number, made.pk]


def series_args(world: World) -> list[Any]:
    found = _activity(world)
    day = timezone.localdate()
    rule = Rule((1, 2, 3, 4, 5, 6, 7), clock_time(9), clock_time(10), 3, day, day + timedelta(days=3))
    return [found.number, add_series(activity_id=found.pk, actor=world.people.community_staff, rule=rule).pk]


def team_in(state: str = "forming") -> Callable[[World], list[Any]]:
    def args(world: World) -> list[Any]:
        team = volunteer_stage.team(world.district, world.people, name=uuid.uuid4().hex)
        lead = volunteer_stage.volunteer(world.district, world.people)
        Team.objects.filter(pk=team.pk).update(state=state, lead=lead)
        return [team.pk]

    return args


def record_in(state: str = "proposed") -> Callable[[World], list[Any]]:
    def args(world: World) -> list[Any]:
        start, people = volunteer_stage.ago(hours=5), world.people
        entry = volunteer_stage.volunteer(world.district, people)
        stretch = Stretch(start, start + timedelta(hours=1))
        keys = {"volunteer_id": entry.pk, "activity_id": _activity(world).pk, "stretch": stretch}
        record = propose(actor=people.grid_worker, **keys)
        by_nobody = {"confirmed_at": timezone.now(), "confirmed_by_id": 10**9}
        if state != "proposed":
            ServiceRecord.objects.filter(pk=record.pk).update(state=state, **by_nobody)
        if state == "confirmed":
            RecordCheck.objects.create(record=record, picked_at=timezone.now())
        return [record.pk]

    return args


def twins(world: World) -> list[Any]:
    entries = [volunteer_stage.volunteer(world.district, world.people, name=name) for name in ("甲", "乙")]
    rows = Resident.objects.filter(volunteer__in=entries)
    rows.update(phone_hash="b" * 64)
    return sorted(rows.values_list("pk", flat=True))


def certificate_in(state: str) -> Callable[[World], list[Any]]:
    """Of somebody else, checked by nobody in particular."""

    def args(world: World) -> list[Any]:
        entry, at = volunteer_stage.volunteer(world.district, world.people), timezone.now()
        made = Certificate.objects.create(
            number=f"ZYK-2026-{uuid.uuid4().hex[:6]}", volunteer=entry, **stamps_of(entry), from_on=at.date(),
            until_on=at.date(), asked_at=at, state=state, checked_by_id=10**9, issued_at=at, shown_until=at.date(),
            fingerprint="0" * 64, digest="0" * 64,
            body={"content": [], **dict.fromkeys(
                ("volunteer", "from", "until", "issuer", "responsible", "handler", "contact", "date", "remarks",
                 "serial"), "",
            )},
        )  # fmt: skip
        return [made.number]

    return args


def certificate_code(world: World) -> list[Any]:
    (number,) = certificate_in("issued")(world)
    made = Certificate.objects.get(number=number)
    code = code_of_certificate(made)
    Certificate.objects.filter(pk=made.pk).update(digest=digest_of(code))
    return [code]


NO_CERTIFICATE = ["ZYK-2026-999999"]
NO_VOLUNTEER, NO_ACTIVITY = ["ZYV-2026-999999"], ["ZYA-2026-999999"]


PAGES: dict[str, Page] = {
    "volunteers:activity": Page(activity_in("open"), EVERYONE, is_public=True, bad_args=NO_ACTIVITY),
    "volunteers:my-revise": Page(own_entry, {"nobody"}, bad_args=NO_VOLUNTEER),
    "volunteers:my-pause": Page(own_entry, {"nobody"}, bad_args=NO_VOLUNTEER),
    "volunteers:my-leave": Page(own_entry, {"nobody"}, bad_args=NO_VOLUNTEER),
    "volunteers:my-resume": Page(paused_entry, {"nobody"}, bad_args=NO_VOLUNTEER),
    "volunteers:shift-take": Page(shift_args, EVERYONE, method="post", bad_args=GONE),
    "volunteers:seat-cancel": Page(seat_args, {"nobody"}, method="post", bad_args=GONE),
    "volunteers:team-join": Page(team_in(), EVERYONE, method="post", bad_args=GONE),
    "volunteers:shift-list": Page(shift_args, ORGANISERS, bad_args=GONE),
    "volunteers:shift-code": Page(shift_args, ORGANISERS, bad_args=GONE),
    "volunteers:here": Page(
        lambda w: [pk := shift_args(w)[0], code_of(Shift.objects.get(pk=pk), timezone.now())],
        EVERYONE,
        bad_args=[*GONE, "0000"],
    ),
    "volunteers:volunteer-detail": desk_page(entry_in("verified"), SEES_VOLUNTEERS, bad_args=NO_VOLUNTEER),
    "volunteers:volunteer-reveal": desk_page(entry_in("verified"), ORGANISERS, bad_args=NO_VOLUNTEER),
    **{
        f"volunteers:volunteer-{verb}": desk_page(entry_in(state), REGISTRARS, bad_args=NO_VOLUNTEER)
        for verb, state in {
            "verify": "applied",
            "refuse": "applied",
            "insure": "verified",
            "merit": "verified",
            "revise": "verified",
            "pause": "verified",
            "resume": "paused",
            "leave": "verified",
        }.items()
    },
    "volunteers:volunteer-aid-offer": desk_page(entry_in("verified"), ORGANISERS, bad_args=NO_VOLUNTEER),
    "volunteers:my-certificate": Page(own_entry, {"nobody"}, bad_args=NO_VOLUNTEER),
    "volunteers:volunteer-certificate": desk_page(entry_in("verified"), REGISTRARS, bad_args=NO_VOLUNTEER),
    "volunteers:certificate-sheet": desk_page(certificate_in("issued"), SEES_VOLUNTEERS, bad_args=NO_CERTIFICATE),
    "volunteers:certificate-word": desk_page(certificate_in("issued"), SEES_VOLUNTEERS, bad_args=NO_CERTIFICATE),
    "volunteers:certificate-agree": desk_page(certificate_in("asked"), REGISTRARS, bad_args=NO_CERTIFICATE),
    "volunteers:certificate-refuse": desk_page(certificate_in("asked"), REGISTRARS, bad_args=NO_CERTIFICATE),
    "volunteers:certificate-issue": desk_page(certificate_in("checked"), {"community_lead"}, bad_args=NO_CERTIFICATE),
    "volunteers:certificate-revoke": desk_page(certificate_in("issued"), {"community_lead"}, bad_args=NO_CERTIFICATE),
    "volunteers:certificate-check": Page(
        certificate_code,
        EVERYONE,
        is_public=True,
        bad_args=["0000-0000-0000"],
    ),
    "volunteers:doubtful-pair": Page(twins, REGISTRARS, {"grid_worker", "branch_secretary"}, bad_args=[1, 987654321]),
    "volunteers:team-detail": desk_page(team_in(), SEES_VOLUNTEERS, bad_args=GONE),
    "volunteers:team-member": Page(team_in(), set(), SEES_VOLUNTEERS - ORGANISERS, method="post", bad_args=GONE),
    **{
        f"volunteers:team-{verb}": desk_page(team_in(state), ORGANISERS, bad_args=GONE)
        for verb, state in {
            "activate": "forming",
            "lead": "forming",
            "add": "forming",
            "edit": "forming",
            "rest": "active",
            "close": "active",
        }.items()
    },
    "volunteers:activity-detail": desk_page(activity_in(), SEES_VOLUNTEERS, bad_args=NO_ACTIVITY),
    "volunteers:shift-off": desk_page(shift_of_activity, ORGANISERS, method="post"),
    "volunteers:series-change": desk_page(series_args, ORGANISERS),
    **{
        f"volunteers:activity-{verb}": desk_page(activity_in(state), ORGANISERS, bad_args=NO_ACTIVITY)
        for verb, state in {
            "open": "draft",
            "shift": "draft",
            "series": "draft",
            "edit": "draft",
            "record": "open",
            "close": "open",
            "cancel": "open",
        }.items()
    },
    "volunteers:record-detail": desk_page(record_in(), SEES_VOLUNTEERS, bad_args=GONE),
    "volunteers:record-confirm": desk_page(record_in(), ORGANISERS, bad_args=GONE),
    "volunteers:record-reject": desk_page(record_in(), ORGANISERS, bad_args=GONE),
    "volunteers:record-approve": desk_page(record_in("second"), SECOND, bad_args=GONE),
    "volunteers:record-reverse": desk_page(record_in("confirmed"), REGISTRARS, bad_args=GONE),
    "volunteers:record-answer": desk_page(record_in("confirmed"), SECOND, bad_args=GONE),
}
