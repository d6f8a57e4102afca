"""What the pages around signing in need to know."""

from django import template
from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User

# What people call their browser and their machine; the first sign found in the long name wins.
BROWSERS = (
    ("MicroMessenger", "微信"),
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
MACHINES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)

register = template.Library()


@register.simple_tag
def sign_up_is_open() -> bool:
    """`{% sign_up_is_open as may_sign_up %}`: whether residents may open accounts."""
    return settings.ALLOW_PUBLIC_SIGNUP


@register.simple_tag
def nobody_runs_it() -> bool:
    """`{% nobody_runs_it as is_new %}`: no administrator yet, so signing in leads nowhere."""
    return not User.objects.filter(Q(is_superuser=True) | Q(is_staff=True)).exists()


@register.filter
def device(user_agent: str) -> str:
    """`{{ session.user_agent|device }}`: Chrome · Windows instead of a line of version numbers."""
    names = [next((name for sign, name in kind if sign in user_agent), "") for kind in (BROWSERS, MACHINES)]
    return " · ".join(filter(None, names)) or _("unknown device")
