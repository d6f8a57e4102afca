from typing import Any

from django.apps import AppConfig
from django.db.models import Q
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def _seed(**_kwargs: Any) -> None:
    from neighborhoods.services.reference import load_reference  # noqa: PLC0415 - models are not ready earlier

    load_reference()


class NeighborhoodsConfig(AppConfig):
    name = "neighborhoods"
    verbose_name = _("neighbourhoods")

    def ready(self) -> None:
        from accounts.staff import register_check  # noqa: PLC0415 - models are not ready earlier
        from neighborhoods.selectors.actors import holds_post  # noqa: PLC0415
        from neighborhoods.services.stamps import register_stamped  # noqa: PLC0415

        register_check(holds_post)
        register_stamped("neighborhoods.Household", Q(closed_on=None))
        register_stamped("neighborhoods.Resident", Q(erased_at=None))
        post_migrate.connect(_seed, sender=self)
