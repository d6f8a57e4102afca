"""Words of service."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.templatetags.mulin import moment_tag

register = template.Library()


@register.simple_tag
def stretch(starts_at: datetime, ends_at: datetime) -> SafeString:
    """`{% stretch a b %}`: 11 月 29 日 9:00–11:00; the day of the end only when it is another one."""
    start, end = timezone.localtime(starts_at), timezone.localtime(ends_at)
    if start.date() != end.date():
        return format_html("{}–{}", moment_tag(starts_at), moment_tag(ends_at))
    stamp = end.isoformat(timespec="minutes")
    return format_html('{}–<time datetime="{}">{}</time>', moment_tag(starts_at), stamp, f"{end:%-H:%M}")


@register.filter
def hours(minutes: int) -> str:
    """`1 hour 30 minutes`; a minus in front when it takes something back."""
    sign = "−" if minutes < 0 else ""
    whole, rest = divmod(abs(minutes), 60)
    if not rest:
        return sign + _("%(hours)d h") % {"hours": whole}
    if not whole:
        return sign + _("%(minutes)d min") % {"minutes": rest}
    return sign + _("%(hours)d h %(minutes)d min") % {"hours": whole, "minutes": rest}


@register.filter
def points(amount: Decimal) -> str:
    """`2`, `0.75`: without zeros at the end."""
    return f"{amount.normalize():f}"


@register.filter
def listed(names: Iterable[str]) -> str:
    """One after the other, as the language does it: 周六、周日; Saturdays, Sundays."""
    return ("、" if (get_language() or "").startswith("zh") else ", ").join(names)
