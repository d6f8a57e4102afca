"""Who signs in: staff, representatives, department clerks; residents only if they wish."""

from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from phonenumber_field.modelfields import PhoneNumberField

from core.masking import mask_name


class UserManager(BaseUserManager["User"]):
    """Creates accounts that can sign in by phone or e-mail."""

    use_in_migrations = True

    def create_user(
        self,
        *,
        name: str,
        phone: str | None = None,
        email: str | None = None,
        password: str | None = None,
        **extra: Any,
    ) -> "User":
        """Of somebody an office knows: it vouches for the contacts it types in, so both count as proved.

        Whoever opens an account for themselves goes another way (`accounts.adapters`).
        """
        extra.setdefault("phone_verified", bool(phone))
        user = self.model(name=name, phone=phone or None, email=(email or "").strip().lower() or None, **extra)
        user.set_password(password)
        user.save(using=self._db)
        if user.email:
            EmailAddress.objects.using(self._db).create(user=user, email=user.email, verified=True, primary=True)
        return user

    def create_superuser(self, *, name: str, email: str, password: str, **extra: Any) -> "User":
        return self.create_user(name=name, email=email, password=password, is_staff=True, is_superuser=True, **extra)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(Q(email=(username or "").lower()) | Q(phone=username))


class User(AbstractBaseUser, PermissionsMixin):
    """A person who can sign in. Accounts are never shared; what a person may do comes from their posts."""

    name = models.CharField(pgettext_lazy("person", "name"), max_length=60)
    phone = PhoneNumberField(_("phone"), unique=True, null=True, blank=True)
    phone_verified = models.BooleanField(_("phone verified"), default=False)
    email = models.EmailField(_("e-mail"), unique=True, null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may enter the administration"), default=False)
    wants_digest = models.BooleanField(_("one daily message for what is not urgent"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()
    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_any_case"),
            models.CheckConstraint(
                condition=Q(email__isnull=False) | Q(phone__isnull=False), name="user_can_be_reached"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def masked_name(self) -> str:
        """The name as strangers may see it."""
        return mask_name(self.name)

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name
