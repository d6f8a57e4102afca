"""Names of fields that only the administration shows, in the reader's language.

Here and not at the fields: half of these models belong to packages that name their fields in English only, and for the
others each name would be a migration that changes nothing.
"""

from typing import Any

from django.apps import apps
from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

# Heads of a table that only screen readers hear; Django has no Chinese for them.
HEARD = [gettext_noop("Model name"), gettext_noop("Add link"), gettext_noop("Change or view list link")]

_AT, _WHO = _("time"), _("account")
_MADE, _DUE, _LEASED = _("created at"), _("due at"), _("claimed until")
_AREA, _UNIT, _BODY, _COMPOUND = _("area"), _("partner unit"), _("body"), _("compound")
FIELDS: dict[str, dict[str, Any]] = {
    "core.Event": {
        "name": _("what happened"),
        "at": _AT,
        "actor_id": _("account number"),
        "actor_label": _("who did it"),
        "subject_type": _("kind of record"),
        "subject_id": _("number of the record"),
        "payload": _("details"),
        "transaction_id": _("transaction"),
    },
    "core.EventSeal": {
        "at": _AT,
        "after_event_id": _("after the event"),
        "from_transaction": _("from transaction"),
        "upto_transaction": _("up to transaction (not included)"),
        "events": _("number of events"),
        "digest": _("digest"),
    },
    "core.OutboxMessage": {
        "event": _("event"),
        "due_at": _DUE,
        "leased_until": _LEASED,
        "tries": _("tries"),
        "relayed_at": _("passed on at"),
        "parked_at": _("given up at"),
        "last_error": _("last error"),
    },
    "neighborhoods.AreaChange": {
        "at": _AT,
        "area": _AREA,
        "by_id": _("account number"),
        "by_label": _("who did it"),
        "before": _("before"),
        "after": _("after"),
    },
    "neighborhoods.Coverage": {"compound": _COMPOUND, "branch": _("Party branch")},
    "neighborhoods.PlaceCode": {"area": _AREA, "revoked_at": _("revoked at")},
    "neighborhoods.Post": {"user": _WHO, "title": _("title"), "area": _AREA, "unit": _UNIT, "body": _BODY},
    "governance.Committee": {"area": _AREA, "opened_at": _MADE},
    "governance.Matter": {
        "area": _AREA,
        "holder_unit": _("held by the unit"),
        "collected_by_label": _("typed by"),
        "handled_at": _("handled at"),
    },
    "governance.Issue": {
        "category": _("category"),
        "area": _AREA,
        "holder_area": _("held by the area"),
        "holder_unit": _("held by the unit"),
        "recorded_by_label": _("typed by"),
        "submitted_at": _("received at"),
        "received_at": _("taken in by the hotline at"),
        "dispatched_at": _("dispatched at"),
        "replied_at": _("replied at"),
        "closed_at": _("closed at"),
        "due_at": _DUE,
        "reopened_count": _("how often reopened"),
        "voices": _("how many said so"),
        "is_public": _("resident agreed to publication"),
        "published_at": _("published at"),
    },
    "volunteers.Representative": {"capacity": _("in which capacity")},
    "accounts.User": {"created_at": _MADE},
    "notifications.Delivery": {
        "text": _("kind of message"),
        "issue": _("case"),
        "leased_until": _LEASED,
        "created_at": _MADE,
    },
    "notifications.Heartbeat": {"name": pgettext_lazy("beat", "name"), "at": _("last seen at")},
    "mfa.Authenticator": {
        "user": _WHO,
        "type": _("kind"),
        "data": _("details"),
        "created_at": _MADE,
        "last_used_at": _("last used at"),
    },
    "usersessions.UserSession": {
        "user": _WHO,
        "created_at": _MADE,
        "last_seen_at": _("last seen at"),
        "ip": _("network address"),
        "user_agent": _("browser"),
        "session_key": _("key of the session"),
        "data": _("details"),
    },
}
# One name for one thing on all pages of these apps: most of their fields are shown by the administration only.
SHARED: dict[str, dict[str, Any]] = {
    "volunteers": {
        "about": _("what it is about"),
        "accepted_at": _("accepted at"),
        "account": _("account of points"),
        "activity": _("activity"),
        "amount": _("points"),
        "applied_at": _("applied at"),
        "area": _AREA,
        "asked_at": _("asked at"),
        "at": _AT,
        "balance": _("balance"),
        "budget_line": _("budget line"),
        "by_label": _("who did it"),
        "came_at": _("came at"),
        "cancelled_at": _("cancelled at"),
        "capacity": _("seats of a shift"),
        "channel": _("by which way"),
        "closed_at": _("closed at"),
        "confirmed_by_label": _("confirmed by"),
        "confirmed_how": _("confirmed how"),
        "decided_by_label": _("decided by"),
        "done_at": _("done at"),
        "done_by_label": _("done by"),
        "due_at": _DUE,
        "ended_at": _("ended at"),
        "ends_at": _("ends at"),
        "entry": _("movement of points"),
        "expires_on": _("expires on"),
        "formed_at": _("formed at"),
        "household": _("household"),
        "is_late": _("written down late"),
        "issue_number": _("number of the case"),
        "issued_at": _("issued at"),
        "joined_at": _("joined at"),
        "kind": _("kind"),
        "left": _("points left"),
        "left_at": _("left at"),
        "lines": _("number of lines"),
        "lot": _("lot of points"),
        "minutes": _("minutes"),
        "number": _("number"),
        "opened_at": _MADE,
        "outcome": _("outcome"),
        "owed": _("points owed"),
        "picked_at": _("picked at"),
        "placed_at": _("ordered at"),
        "planned_at": _("planned at"),
        "proposed_at": _("proposed at"),
        "reason": _("reason"),
        "record": _("record of service"),
        "representative": _("representative"),
        "reserved_at": _("reserved at"),
        "revoked_at": _("revoked at"),
        "reward": _("reward"),
        "rule": _("version of the rule"),
        "shift": _("shift"),
        "slot": _("place among the fifteen"),
        "source": _("where it comes from"),
        "starts_at": _("starts at"),
        "starts_on": _("starts on"),
        "state": _("state"),
        "taken": _("seats taken"),
        "taken_by_label": _("taken by"),
        "team": _("team"),
        "term_ends_on": _("term ends on"),
        "total": _("sum of all lines"),
        "verified_at": _("verified at"),
        "volunteer": _("volunteer"),
        "went_at": _("went at"),
        "withdrawn_at": _("withdrawn at"),
    },
}
MODELS: dict[str, tuple[Any, Any]] = {
    "mfa.Authenticator": (_("second step"), _("second steps of sign-in")),
    "usersessions.UserSession": (_("session"), _("open sessions")),
}


def name_fields() -> None:
    """Give them to the models. Migrations do not see it: they know a field by what its class was written with."""
    for label, names in FIELDS.items():
        options = apps.get_model(label)._meta
        for field, name in names.items():
            options.get_field(field).verbose_name = name
    for app, names in SHARED.items():
        for model in apps.get_app_config(app).get_models():
            _name_shared(model, names)
    for label, (one, many) in MODELS.items():
        options = apps.get_model(label)._meta
        options.verbose_name, options.verbose_name_plural = one, many


def _name_shared(model: type[Model], names: dict[str, Any]) -> None:
    """A name of its own, which a field was written with, stays."""
    for field in model._meta.local_fields:
        if field.name in names and field.verbose_name == field.name.replace("_", " "):
            field.verbose_name = names[field.name]
