"""The phone of an account. Recorded by nobody: the person changes their own."""

from django.db import transaction

from accounts.models import User


@transaction.atomic
def set_phone(*, user: User, phone: str, is_verified: bool) -> None:
    """Put a number on an account. Whether it is free was asked before; the constraint has the last word."""
    user.phone, user.phone_verified = phone, is_verified
    user.save(update_fields=["phone", "phone_verified"])
