"""Back office of the ground floor: the audit trail, its seals, and the working calendar."""

import re
from typing import Any, cast

from django.conf import settings
from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from core.backoffice import RoleAdmin, ViewOnlyAdmin
from core.models import Event, EventSeal, WorkDay
from core.reference import forget_all
from core.services.working_days import announce_days

admin.site.site_header = _("Mulin: administration")
admin.site.site_title = _("Mulin: administration")
admin.site.index_title = _("What can be set here")

# codes of neighborhoods.actors.Role, which stands above this app
AUDIT_ROLES = ("security_admin", "auditor")
SYSTEM_ROLES = ("system_admin",)
PAGES_SHOWN = 200


class CappedPaginator(Paginator):
    """Nobody leafs through a million rows, and counting them would read them all."""

    @cached_property
    def count(self) -> int:
        most = self.per_page * PAGES_SHOWN
        rows = cast("QuerySet[Any]", self.object_list)
        return rows.order_by()[:most].count()


@admin.register(Event)
class EventAdmin(ViewOnlyAdmin):
    """Search the audit trail: a case number, an event name, an id, or part of an actor's name."""

    viewers = AUDIT_ROLES
    list_display = ["id", "at", "name", "actor_label", "subject_type", "subject_id"]
    list_display_links = ["id"]
    fields = ["id", "at", "name", "actor_id", "actor_label", "subject_type", "subject_id", "payload", "transaction_id"]
    search_fields = ["name"]  # shows the search box; get_search_results decides what it looks at
    search_help_text = _("A case number, an event name such as issue.closed, an id, or a part of the actor's name")
    ordering = ["-id"]
    list_per_page = 50
    show_full_result_count = False
    paginator = CappedPaginator

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Event], search_term: str
    ) -> tuple[QuerySet[Event], bool]:
        for word in search_term.split()[:4]:
            queryset = queryset.filter(_matches(word))
        return queryset, False


def _matches(word: str) -> Q:
    if re.fullmatch(r"\d{1,18}", word):
        return Q(subject_id=int(word)) | Q(actor_id=int(word)) | Q(pk=int(word))
    if word.upper().startswith(f"{settings.NUMBER_PREFIX}-"):
        return Q(payload__number=word.upper())
    if re.fullmatch(r"[a-z_]+\.[a-z_]+", word):
        return Q(name=word)
    return Q(actor_label__icontains=word)


@admin.register(EventSeal)
class EventSealAdmin(ViewOnlyAdmin):
    """The links of the hash chain; `manage.py verify_seals` recomputes them."""

    viewers = AUDIT_ROLES
    list_display = ["id", "at", "events", "from_transaction", "upto_transaction", "digest"]
    ordering = ["-id"]
    paginator = CappedPaginator
    show_full_result_count = False


@admin.register(WorkDay)
class WorkDayAdmin(RoleAdmin):
    """Public holidays and make-up workdays, as the State Council announces them each autumn."""

    editors = SYSTEM_ROLES
    viewers = AUDIT_ROLES
    list_display = ["on", "weekday", "kind", "name", "is_confirmed"]
    list_filter = ["kind", "is_confirmed"]
    date_hierarchy = "on"
    ordering = ["-on"]
    list_per_page = 60
    actions = ["announce"]

    @admin.display(description=_("day of the week"))
    def weekday(self, day: WorkDay) -> str:
        return gettext(day.on.strftime("%A"))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        years = unannounced_years()
        if years and request.method == "GET":
            text = _("Not announced yet, so limits that end in them are marked as unconfirmed: %(years)s")
            messages.warning(request, text % {"years": "、".join(map(str, years))})
        return super().changelist_view(request, extra_context)

    def save_model(self, request: HttpRequest, obj: WorkDay, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        super().save_model(request, obj, form, change)
        forget_all()

    def delete_model(self, request: HttpRequest, obj: WorkDay) -> None:
        super().delete_model(request, obj)
        forget_all()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[WorkDay]) -> None:
        super().delete_queryset(request, queryset)
        forget_all()

    @admin.action(description=_("These days are announced"), permissions=["change"])
    def announce(self, request: HttpRequest, queryset: QuerySet[WorkDay]) -> None:
        count = announce_days(ids=list(queryset.values_list("pk", flat=True)))
        forget_all()
        messages.success(request, ngettext("%(n)d day.", "%(n)d days.", count) % {"n": count})


def unannounced_years() -> list[int]:
    """This year and the next, and every year in the table, as far as nobody has announced their holidays."""
    this_year = timezone.localdate().year
    known = set(WorkDay.objects.filter(is_confirmed=True).values_list("on__year", flat=True))
    guessed = set(WorkDay.objects.filter(is_confirmed=False).values_list("on__year", flat=True))
    return sorted((guessed | {this_year, this_year + 1}) - known)
