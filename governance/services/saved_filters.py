"""A person's own views of the list."""

from django.db import transaction
from django.utils.translation import gettext as _

from core import events
from core.errors import RuleError
from governance.lifecycle import FILTER_REMOVED, FILTER_SAVED
from governance.models import SavedFilter
from governance.services.moves import person
from neighborhoods.actors import Actor

FILTERS_LIMIT = 20


@transaction.atomic
def save_filter(*, actor: Actor, name: str, query: str) -> SavedFilter:
    """Keep a view under a name; the same name again replaces it."""
    name = name.strip()
    if not name:
        raise RuleError(_("Give the view a name."), field="name")
    if len(query) > 500:
        raise RuleError(_("These filters are too long to keep."), field="name")
    theirs = SavedFilter.objects.filter(user_id=person(actor))
    if theirs.exclude(name=name).count() >= FILTERS_LIMIT:
        raise RuleError(_("You can keep %(limit)d views. Remove one first.") % {"limit": FILTERS_LIMIT}, field="name")
    saved, _created = SavedFilter.objects.update_or_create(
        user_id=person(actor), name=name[:40], defaults={"query": query}
    )
    events.record(FILTER_SAVED, actor=actor, subject=saved)
    return saved


@transaction.atomic
def remove_filter(*, actor: Actor, filter_id: int) -> None:
    """Take away one's own view; somebody else's does not exist."""
    saved = SavedFilter.objects.filter(user_id=person(actor), pk=filter_id).first()
    if saved is None:
        return
    events.record(FILTER_REMOVED, actor=actor, subject=saved)
    saved.delete()
