from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def _seed(**_kwargs: Any) -> None:
    from core.services.working_days import seed_working_days  # noqa: PLC0415 - models are not ready earlier

    seed_working_days(timezone.localdate().year + 1)


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _("audit trail and calendar")

    def ready(self) -> None:
        from core.labels import name_fields  # noqa: PLC0415 - models are not ready earlier

        name_fields()
        post_migrate.connect(_seed, sender=self)
