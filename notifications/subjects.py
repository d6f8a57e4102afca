"""What a notice can be about besides an issue: a line each, with its model, its page and its name."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.models import Issue, Matter, Meeting, Promise, Task, Topic, Whistle
from volunteers.models import (
    AidNeed,
    Certificate,
    CheckIn,
    EmployerFeedback,
    HelpOrder,
    Incentive,
    Representative,
    ServiceRecord,
    SignUp,
    Team,
    Volunteer,
)


@dataclass(frozen=True)
class Subject:
    """A kind of thing. Its rows have `number`, `is_open`, the stamps of a place, and perhaps `due_at` and a holder."""

    model: type[models.Model]
    name: Lazy
    page: Callable[[Any], str]
    related: tuple[str, ...] = ()


def _numbered(name: str, by: str = "number") -> Callable[[Any], str]:
    """The page of this name that a row's number opens."""
    return lambda row: reverse(name, args=[getattr(row, by)])


# by the first word of the event's name; its payload names the row in `<key>_id`
SUBJECTS: dict[str, Subject] = {
    "task": Subject(
        Task,
        _("Task"),
        _numbered("governance:task-detail"),
        related=("holder_area", "holder_unit", "owner_post"),
    ),
    "matter": Subject(
        Matter,
        pgettext_lazy("subject of a notice", "Matter"),
        _numbered("governance:matter-detail"),
        related=("holder_area", "holder_unit", "owner_post"),
    ),
    "meeting": Subject(Meeting, _("Meeting"), _numbered("governance:meeting-detail")),
    "topic": Subject(Topic, _("Topic"), _numbered("governance:topic-detail")),
    "promise": Subject(
        Promise,
        pgettext_lazy("subject of a notice", "Promise"),
        _numbered("governance:committee-detail", "committee_id"),
        related=("holder_unit",),
    ),
    "whistle": Subject(
        Whistle,
        _("Whistle"),
        _numbered("governance:whistle-detail"),
        related=("area",),
    ),
    "representative": Subject(
        Representative,
        pgettext_lazy("subject of a notice", "Representative"),
        _numbered("volunteers:representative-detail"),
        related=("resident",),
    ),
    "incentive": Subject(
        Incentive,
        pgettext_lazy("subject of a notice", "Reward of a representative"),
        lambda _reward: reverse("volunteers:incentive-list"),
        related=("representative__resident",),
    ),
    "help_order": Subject(
        HelpOrder,
        pgettext_lazy("subject of a notice", "Order of a household"),
        _numbered("volunteers:order-detail"),
        related=("representative__resident",),
    ),
    "volunteer": Subject(
        Volunteer,
        pgettext_lazy("subject of a notice", "Volunteer"),
        _numbered("volunteers:volunteer-detail"),
        related=("resident__guardian",),
    ),
    "checkin": Subject(
        CheckIn,
        pgettext_lazy("subject of a notice", "Check-in"),
        _numbered("volunteers:checkin-detail"),
        related=("resident",),
    ),
    "feedback": Subject(
        EmployerFeedback,
        pgettext_lazy("subject of a notice", "Page for the employer"),
        _numbered("volunteers:feedback-sheet"),
        related=("resident",),
    ),
    "team": Subject(
        Team,
        pgettext_lazy("subject of a notice", "Team"),
        _numbered("volunteers:team-detail", "pk"),
        related=("lead__resident__guardian",),
    ),
    "seat": Subject(
        SignUp,
        pgettext_lazy("subject of a notice", "Volunteer shift"),
        lambda _seat: reverse("volunteers:me"),
        related=("volunteer__resident__guardian", "shift__activity"),
    ),
    "certificate": Subject(
        Certificate,
        pgettext_lazy("subject of a notice", "Certificate"),
        _numbered("volunteers:certificate-sheet"),
        related=("volunteer__resident__guardian",),
    ),
    "aid": Subject(
        AidNeed,
        pgettext_lazy("subject of a notice", "Mutual aid"),
        _numbered("volunteers:aid-detail"),
        related=("resident__guardian", "helper__resident__guardian"),
    ),
    "record": Subject(
        ServiceRecord,
        pgettext_lazy("subject of a notice", "Hours of service"),
        _numbered("volunteers:record-detail", "pk"),
        related=("volunteer__resident__guardian", "activity__lead__resident__guardian"),
    ),
}


def name_of(about: Any) -> str:
    """The category of an issue; of everything else what it is."""
    if isinstance(about, Issue):
        return about.category.name
    return next(str(kind.name) for kind in SUBJECTS.values() if isinstance(about, kind.model))


def page_of(about: Any) -> str:
    """Where somebody at work reads it."""
    if isinstance(about, Issue):
        return reverse("governance:issue-detail", args=[about.number])
    return next(kind.page(about) for kind in SUBJECTS.values() if isinstance(about, kind.model))


def load(keys: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Any]:
    """The rows behind these kinds and ids, one statement a kind."""
    wanted: dict[str, set[int]] = {}
    for key, pk in keys:
        if key in SUBJECTS:
            wanted.setdefault(key, set()).add(pk)
    return {
        (key, pk): row
        for key, ids in wanted.items()
        for pk, row in SUBJECTS[key].model._default_manager.select_related(*SUBJECTS[key].related).in_bulk(ids).items()
    }


def with_subjects(rows: Iterable[Any]) -> list[Any]:
    """Notices or deliveries, each with what it is about as `about`; a row whose subject is gone is left out."""
    listed = list(rows)
    found = load((row.subject, row.subject_id) for row in listed if row.subject)
    for row in listed:
        row.about = row.issue if not row.subject else found.get((row.subject, row.subject_id))
    return [row for row in listed if row.about is not None]
