"""Words of service."""

from collections.abc import Iterable
from decimal import Decimal

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

register = template.Library()


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
