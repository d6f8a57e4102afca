"""What the pages around signing in need to know."""

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def sign_up_is_open() -> bool:
    """`{% sign_up_is_open as may_sign_up %}`: whether residents may open accounts."""
    return settings.ALLOW_PUBLIC_SIGNUP
