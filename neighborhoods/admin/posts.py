"""Units, titles and posts."""

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import events
from neighborhoods.admin.base import KeptAdmin, ThroughServices, admin_actor, posted, step_page
from neighborhoods.forms.posts import AppointForm, EndPostForm, HandOverForm, TitleForm, level_choices
from neighborhoods.lifecycle import TITLE_CHANGED
from neighborhoods.models import PartnerUnit, Post, Title
from neighborhoods.services.people import find_or_invite
from neighborhoods.services.posts import PostPlace, appoint, end_post, hand_over_post
from neighborhoods.services.sorting import sort_key

UNIT_KEY_LENGTH = 300


@admin.register(PartnerUnit)
class PartnerUnitAdmin(KeptAdmin):
    """Departments and companies; switched off, never deleted."""

    list_display = ("name", "short_name", "level", "phone", "is_active")
    list_filter = ("level", "is_active")
    search_fields = ("name", "short_name", "pinyin")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        obj.pinyin = sort_key(obj.name, UNIT_KEY_LENGTH)
        super().save_model(request, obj, form, change)


class LevelFilter(admin.SimpleListFilter):
    """By level, in words."""

    title = _("level")
    parameter_name = "level"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(level), name) for level, name in level_choices()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        known = {str(level) for level, _name in level_choices()}
        return queryset.filter(level=int(self.value() or 0)) if self.value() in known else queryset


@admin.register(Title)
class TitleAdmin(KeptAdmin):
    """What posts are called and what they allow."""

    form = TitleForm
    list_display = ("code", "name_zh", "name_en", "place", "level_name")
    list_filter = ("place", LevelFilter)
    search_fields = ("code", "name_zh", "name_en")

    @admin.display(description=_("level"), ordering="level")
    def level_name(self, item: Title) -> Any:
        return next((name for level, name in level_choices() if level == item.level), "–")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("code",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        """What a title allows, everybody who holds it may do: whoever grants themselves something is seen."""
        super().save_model(request, obj, form, change)
        facts = {"code": obj.code, "place": obj.place, "level": obj.level, "roles": obj.roles}
        changed = sorted(form.changed_data)
        events.record(TITLE_CHANGED, actor=admin_actor(request), subject=obj, changed=changed, **facts)


class LiveFilter(admin.SimpleListFilter):
    """Today, or ever."""

    title = _("term")
    parameter_name = "term"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("live", _("serving")), ("past", _("ended"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        today = timezone.localdate()
        if self.value() == "live":
            return queryset.exclude(ends_on__lte=today).filter(starts_on__lte=today)
        return queryset.filter(ends_on__lte=today) if self.value() == "past" else queryset


@admin.register(Post)
class PostAdmin(ThroughServices):
    """Who serves where. Ended posts stay as history."""

    form = AppointForm
    list_display = ("person", "title", "place", "starts_on", "ends_on", "steps")
    list_filter = (LiveFilter, "title")
    list_select_related = ("user", "title", "area", "unit")
    search_fields = ("user__name", "user__phone", "user__email", "area__name", "area__code", "unit__name")
    autocomplete_fields = ("area", "unit", "body", "title")
    date_hierarchy = "starts_on"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj:
            return ("person", "title", "area", "unit", "body", "starts_on", "ends_on")
        return ("contact", "name", "title", "area", "unit", "body", "starts_on")

    @admin.display(description=_("person"), ordering="user__name")
    def person(self, item: Post) -> str:
        return item.user.name

    @admin.display(description=_("place"))
    def place(self, item: Post) -> Any:
        return item.area or item.unit or _("the whole district")

    @admin.display(description=_("steps"))
    def steps(self, item: Post) -> str:
        if item.ends_on and item.ends_on <= timezone.localdate():
            return ""
        return format_html(
            '<a href="{}">{}</a> · <a href="{}">{}</a>',
            reverse("admin:neighborhoods_post_hand_over", args=[item.pk]),
            gettext("hand over"),
            reverse("admin:neighborhoods_post_end", args=[item.pk]),
            gettext("end"),
        )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A post is appointed, handed over, ended – not edited."""
        return obj is None and super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        cleaned, actor = form.cleaned_data, admin_actor(request)
        user = find_or_invite(actor=actor, contact=cleaned["contact"], name=cleaned["name"])
        places = {f"{name}_id": cleaned[name].pk if cleaned.get(name) else None for name in ("area", "unit", "body")}
        post = appoint(
            user_id=user.pk,
            title_id=cleaned["title"].pk,
            place=PostPlace(**places),
            actor=actor,
            starts_on=cleaned["starts_on"],
        )
        obj.pk = post.pk
        obj.refresh_from_db()

    # ---- steps ----
    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        own = [
            path("<int:post_id>/end/", wrap(self.end_view), name="neighborhoods_post_end"),
            path("<int:post_id>/hand-over/", wrap(self.hand_over_view), name="neighborhoods_post_hand_over"),
        ]
        return [*own, *super().get_urls()]

    def _post(self, request: HttpRequest, post_id: int) -> Post:
        if not self.has_change_permission(request):
            raise Http404
        return get_object_or_404(Post.objects.select_related("user", "title"), pk=post_id)

    def end_view(self, request: HttpRequest, post_id: int) -> HttpResponse:
        """Its work stays with the place."""
        post = self._post(request, post_id)
        form = EndPostForm(posted(request))

        def run() -> str:
            end_post(post_id=post.pk, actor=admin_actor(request), ends_on=form.cleaned_data["ends_on"])
            return gettext("The post of %(person)s has ended.") % {"person": post.user.name}

        title = gettext("End the post of %(person)s") % {"person": post.user.name}
        lead = gettext("What lies on its desk stays with the area or unit, for whoever serves there next.")
        return step_page(request, self, form, run, title=title, lead=lead, button=gettext("End the post"))

    def hand_over_view(self, request: HttpRequest, post_id: int) -> HttpResponse:
        """One leaves, another takes it the same day."""
        post = self._post(request, post_id)
        form = HandOverForm(posted(request))

        def run() -> str:
            actor, cleaned = admin_actor(request), form.cleaned_data
            user = find_or_invite(actor=actor, contact=cleaned["contact"], name=cleaned["name"])
            hand_over_post(post_id=post.pk, to_user_id=user.pk, actor=actor, on=cleaned["on"])
            return gettext("%(person)s has the post now, with everything on its desk.") % {"person": user.name}

        title = gettext("Hand over the post of %(person)s") % {"person": post.user.name}
        return step_page(request, self, form, run, title=title, button=gettext("Hand over"))
