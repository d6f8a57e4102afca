"""The tree: drag to move, with the consequences shown before anything is written."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from mptt.admin import DraggableMPTTAdmin

from core.errors import RuleError
from neighborhoods.actors import Level
from neighborhoods.admin.base import ThroughServices, admin_actor, posted, step_page
from neighborhoods.forms.areas import (
    AddAreaForm,
    CloseForm,
    MergeForm,
    MoveForm,
    ReviseAreaForm,
    areas_offered,
    code_in,
)
from neighborhoods.models import Area
from neighborhoods.services.areas import (
    AreaFacts,
    MoveConsequences,
    add_area,
    close_area,
    consequences_of_move,
    merge_areas,
    move_area,
    rename_area,
    revise_area,
)

ALL_AT_ONCE = 1500  # areas; a larger district is shown one street at a time
PENDING = "area_move"  # session key of a drop that waits for its preview


class StreetFilter(admin.SimpleListFilter):
    """One tree at a time."""

    title = _("subdistrict or park")
    parameter_name = "street"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        roots = Area.objects.filter(level=Level.STREET).order_by("code")
        return [(str(root.tree_id), root.name) for root in roots]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Area]) -> QuerySet[Area]:
        if self.value() in {tree for tree, _name in self.lookup_choices}:
            return queryset.filter(tree_id=self.value())
        if len(self.lookup_choices) > 1 and Area.objects.count() > ALL_AT_ONCE:
            return queryset.filter(level__lte=Level.COMMUNITY)
        return queryset


class BuildingFilter(admin.SimpleListFilter):
    """Buildings are most of a tree and are seldom moved by hand."""

    title = _("buildings")
    parameter_name = "buildings"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("with buildings"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Area]) -> QuerySet[Area]:
        return queryset if self.value() == "yes" else queryset.exclude(level=Level.BUILDING)


@admin.register(Area)
class AreaAdmin(ThroughServices, DraggableMPTTAdmin):
    """Areas. A drop leads to a page that says what would change; only its button moves anything."""

    list_display = ("tree_actions", "indented_title", "code", "kind", "is_open", "steps")
    list_display_links = ("indented_title",)
    list_filter = (StreetFilter, BuildingFilter, ("closed_on", admin.EmptyFieldListFilter))
    search_fields = ("name", "pinyin", "code")
    autocomplete_fields = ("parent", "compound")
    expand_tree_by_default = True

    class Media:
        css = {"all": ["neighborhoods/admin.css"]}

    # ---- list ----
    @admin.display(description=_("name"))
    def indented_title(self, item: Area) -> str:
        return format_html('<span class="nb-indent nb-indent--{}">{}</span>', item.level, item.name)

    @admin.display(description=_("kind"))
    def kind(self, item: Area) -> Any:
        return item.level_name

    @admin.display(description=pgettext_lazy("area", "open"), boolean=True)
    def is_open(self, item: Area) -> bool:
        return item.closed_on is None

    @admin.display(description=_("steps"))
    def steps(self, item: Area) -> str:
        if item.closed_on:
            return ""
        names = [("move", gettext("move")), ("merge", gettext("merge")), ("close", gettext("close"))]
        if item.level == Level.STREET:
            names = names[1:]
        if item.level == Level.BUILDING:
            names = [pair for pair in names if pair[0] != "merge"]
        links = [
            format_html('<a href="{}">{}</a>', reverse(f"admin:neighborhoods_area_{verb}", args=[item.pk]), label)
            for verb, label in names
        ]
        return format_html(" · ".join(["{}"] * len(links)), *links)

    def _tree_context(self, request: HttpRequest) -> dict[str, Any]:
        """Only what the list shows: the structure of a whole district would weigh megabytes."""
        context = super()._tree_context(request)
        return context | {"treeStructure": self._build_tree_structure(self._shown(request))}

    def _build_tree_structure(self, queryset: QuerySet[Area]) -> dict[Any, list[int]]:
        shown = getattr(queryset, "is_shown", False)
        return super()._build_tree_structure(queryset) if shown else {}

    def _shown(self, request: HttpRequest) -> QuerySet[Area]:
        queryset: QuerySet[Area] = self.get_changelist_instance(request).get_queryset(request)
        queryset.is_shown = True  # type: ignore[attr-defined]
        return queryset

    # ---- dragging ----
    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        pending = request.session.pop(PENDING, None) if request.method == "GET" else None
        if pending:
            area_id, code = pending
            url = reverse("admin:neighborhoods_area_move", args=[area_id])
            return HttpResponseRedirect(f"{url}?to={code}")
        return super().changelist_view(request, *args, **kwargs)

    def _move_node(self, request: HttpRequest) -> HttpResponse:
        """mptt's script drops and reloads the list; the reload finds the pending move and shows its preview."""
        if not self.has_change_permission(request):
            return HttpResponse(status=403)
        areas = Area.objects.filter(closed_on=None).select_related("parent")
        try:
            area = areas.get(pk=request.POST["cut_item"])
            target = areas.get(pk=request.POST["pasted_on"])
        except (KeyError, ValueError, Area.DoesNotExist):
            return HttpResponse(status=404)
        parent = target if request.POST.get("position") == "last-child" else target.parent
        # dropped between brothers and sisters of a level further down: the area above them is meant
        request.session[PENDING] = [area.pk, parent.code if parent else ""]
        return HttpResponse("preview")

    # ---- form ----
    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        kwargs["form"] = ReviseAreaForm if obj else AddAreaForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        by_level = {
            Level.STREET: ["variant", "duty_phone", "duty_hours"],
            Level.COMMUNITY: ["duty_phone", "duty_hours"],
            Level.GRID: ["duty_phone", "duty_hours"],
            Level.BRANCH: ["approval_no", "approved_on", "duty_phone", "duty_hours"],
            Level.BUILDING: ["compound", "floors", "entrances", "households"],
        }
        if obj:
            return ["name", "reason", *by_level[Level(obj.level)]]
        every = [name for names in by_level.values() for name in names]
        return ["parent", "name", "code", *dict.fromkeys(every)]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.closed_on)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        actor, cleaned = admin_actor(request), form.cleaned_data
        facts = _facts(cleaned)
        if change:
            rename_area(area_id=obj.pk, actor=actor, name=cleaned["name"], reason=cleaned.get("reason", ""))
            revise_area(area_id=obj.pk, actor=actor, facts=facts)
        else:
            parent = cleaned.get("parent")
            obj.pk = add_area(actor=actor, parent_id=parent.pk if parent else None, facts=facts).pk
        obj.refresh_from_db()

    # ---- steps ----
    def get_urls(self) -> list[Any]:
        views = {"move": self.move_view, "merge": self.merge_view, "close": self.close_view}
        own = [
            path(f"<int:area_id>/{verb}/", self.admin_site.admin_view(view), name=f"neighborhoods_area_{verb}")
            for verb, view in views.items()
        ]
        return [*own, *super().get_urls()]

    def _area(self, request: HttpRequest, area_id: int) -> Area:
        area = get_object_or_404(Area.objects.select_related("parent"), pk=area_id)
        if not self.has_change_permission(request, area):
            raise Http404
        return area

    def move_view(self, request: HttpRequest, area_id: int) -> HttpResponse:
        """Choose the new parent, read what would change, confirm."""
        area = self._area(request, area_id)
        form = MoveForm(posted(request), initial={"to": request.GET.get("to", "")})
        target, seen, refused = _target(request, area)

        def run() -> str:
            goal = Area.objects.get(code=form.cleaned_data["to"])
            moved = move_area(
                area_id=area.pk,
                new_parent_id=goal.pk,
                actor=admin_actor(request),
                reason=form.cleaned_data["reason"],
            )
            return gettext("%(area)s now belongs to %(parent)s. Its code is %(code)s.") % {
                "area": moved.name,
                "parent": goal.name,
                "code": moved.code,
            }

        return step_page(
            request,
            self,
            form,
            run,
            title=gettext("Move %(area)s") % {"area": area.name},
            area=area,
            target=target,
            seen=seen,
            refused=refused,
            button=gettext("Move it") if seen else gettext("Show what would change"),
            asks_first=not seen,
            offered=areas_offered(area.level - 1, area),
        )

    def merge_view(self, request: HttpRequest, area_id: int) -> HttpResponse:
        """Make it part of another area of its kind."""
        area = self._area(request, area_id)
        form = MergeForm(posted(request))

        def run() -> str:
            target = Area.objects.get(code=form.cleaned_data["target"])
            merge_areas(
                source_id=area.pk,
                target_id=target.pk,
                actor=admin_actor(request),
                reason=form.cleaned_data["reason"],
            )
            return gettext("%(area)s is part of %(target)s now.") % {"area": area.name, "target": target.name}

        lead = gettext("Everything open passes over: areas below, compounds, posts, open work. Then this area closes.")
        title = gettext("Merge %(area)s into another area") % {"area": area.name}
        offered, button = areas_offered(area.level, area), gettext("Merge")
        return step_page(request, self, form, run, title=title, area=area, lead=lead, button=button, offered=offered)

    def close_view(self, request: HttpRequest, area_id: int) -> HttpResponse:
        """Close an area with nothing open below it."""
        area = self._area(request, area_id)
        form = CloseForm(posted(request))

        def run() -> str:
            close_area(area_id=area.pk, actor=admin_actor(request), reason=form.cleaned_data["reason"])
            return gettext("%(area)s is closed.") % {"area": area.name}

        lead = gettext("It takes no new work. Its posts end today, its stairwell codes lead nowhere. History stays.")
        title = gettext("Close %(area)s") % {"area": area.name}
        return step_page(request, self, form, run, title=title, area=area, lead=lead, button=gettext("Close"))


def _target(request: HttpRequest, area: Area) -> tuple[Area | None, MoveConsequences | None, str]:
    """The parent somebody chose, and what moving there would do or why it cannot be."""
    code = code_in(request.POST.get("to") or request.GET.get("to") or "")
    if not code:
        return None, None, ""
    target = Area.objects.filter(code=code[:20]).first() if code.isascii() and code.isdigit() else None
    if target is None:
        return None, None, gettext("There is no area with this code.")
    try:
        return target, consequences_of_move(area, target), ""
    except RuleError as refused:
        return target, None, str(refused)


def _facts(cleaned: dict[str, Any]) -> AreaFacts:
    compound = cleaned.get("compound")
    return AreaFacts(
        name=cleaned["name"],
        code=cleaned.get("code") or "",
        variant=cleaned.get("variant") or "",
        duty_phone=cleaned.get("duty_phone") or "",
        duty_hours=cleaned.get("duty_hours") or "",
        approval_no=cleaned.get("approval_no") or "",
        approved_on=cleaned.get("approved_on"),
        compound_id=compound.pk if compound else None,
        floors=cleaned.get("floors"),
        entrances=cleaned.get("entrances"),
        households=cleaned.get("households"),
    )
