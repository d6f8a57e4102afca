"""Filters that compose. No user, no request."""

from collections.abc import Iterable
from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q, Value

from governance.lifecycle import CLOSED, FINAL, ClockState, State, in_order
from governance.lifecycle.asking import DismissalOutcome
from neighborhoods.querysets import AreaScopedQuerySet


def bigrams(text: str) -> list[str]:
    """The overlapping pairs of characters a Chinese search compares, lower case, without white space."""
    plain = "".join(text.lower().split())
    return [plain[i : i + 2] for i in range(len(plain) - 1)]


class _Matches(Func):
    """The full-text match operator."""

    template = "(%(expressions)s)"
    arg_joiner = " @@ "
    output_field = models.BooleanField()


def _has_bigrams(pairs: list[str]) -> Func:
    wanted = Value(pairs, output_field=ArrayField(models.TextField()))
    return _Matches(F("search"), Func(wanted, function="mulin_bigram_query"))


def contains(words: str) -> Q:
    """Text or place note contain all these words; two characters are enough (docs/search.md).

    A word of one pair is found by its pair alone. Comparing the text as well would find the same, and PostgreSQL
    would take it for so rare that it reads and sorts all of it instead of the newest page.
    """
    condition = Q()
    for word in words.split():
        pairs = bigrams(word)
        if pairs:
            condition &= Q(_has_bigrams(pairs))
        if len(pairs) != 1:
            condition &= Q(text__icontains=word) | Q(place_note__icontains=word)
    return condition


class IssueQuerySet(AreaScopedQuerySet):
    """Issues."""

    def unresolved(self) -> Self:
        """Not closed, parked ones too."""
        return self.filter(closed_at=None)

    def overdue(self, *, at: datetime) -> Self:
        """Open, and the first of their clocks is past due."""
        return self.unresolved().filter(due_at__lt=at)

    def in_states(self, states: Iterable[State]) -> Self:
        """In one of these states; sorted, so that the statement is the same each time."""
        return self.filter(state__in=sorted(states))

    def held_by_unit(self, unit_ids: Iterable[int]) -> Self:
        """In the hands of one of these partner units."""
        return self.filter(holder_unit_id__in=sorted(unit_ids))

    def public(self) -> Self:
        """What strangers may see: the requester agreed, staff have not withheld it, and it was not dismissed.

        A dismissed case stays out of sight while the appeal is decided: in public it was not dealt with.
        """
        kept_back = in_order(FINAL - CLOSED)
        shown = self.filter(is_public=True, published_at__isnull=False).exclude(state__in=kept_back)
        return shown.exclude(state=State.APPEALED, dismissals__outcome=DismissalOutcome.AGREED)


class ClockQuerySet(models.QuerySet):
    """Clocks."""

    def running(self) -> Self:
        """Clocks that tick: neither ended nor paused."""
        return self.filter(state=ClockState.RUNNING)


class TaskQuerySet(AreaScopedQuerySet):
    """Tasks."""

    def open(self) -> Self:
        """Neither done nor called off."""
        return self.filter(closed_at=None)

    def over(self) -> Self:
        """Done, or called off."""
        return self.filter(closed_at__isnull=False)


class WhistleQuerySet(AreaScopedQuerySet):
    """Whistles."""

    def open(self) -> Self:
        """Neither closed nor called off."""
        return self.filter(closed_at=None)


class MatterQuerySet(AreaScopedQuerySet):
    """Matters."""

    def open(self) -> Self:
        """Neither closed nor left unfiled."""
        return self.filter(closed_at=None)
