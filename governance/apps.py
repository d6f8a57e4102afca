from typing import Any

from django.apps import AppConfig
from django.db.models import Q
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def _seed(**_kwargs: Any) -> None:
    from governance.services.reference import load_reference  # noqa: PLC0415 - models are not ready earlier

    load_reference()


class GovernanceConfig(AppConfig):
    name = "governance"
    verbose_name = _("governance")

    def ready(self) -> None:
        from governance.services.orders import CASE_DESK  # noqa: PLC0415 - models are not ready earlier
        from neighborhoods.services.stamps import register_stamped  # noqa: PLC0415
        from volunteers.services.representatives.orders import register_case_opener  # noqa: PLC0415

        register_stamped("governance.Issue", Q(closed_at=None), holder_fields=["holder_area"])
        register_stamped("governance.Meeting", Q(closed_at=None))
        register_stamped("governance.Topic", Q(closed_at=None))
        register_stamped("governance.Task", Q(closed_at=None), holder_fields=["holder_area"])
        register_stamped("governance.Recurrence", Q(decided_at=None))
        register_stamped("governance.Whistle", Q(closed_at=None))
        register_stamped("governance.Matter", Q(closed_at=None), holder_fields=["holder_area"])
        register_stamped("governance.Promise", Q(closed_at=None))
        register_stamped("governance.Committee", Q())
        register_case_opener(CASE_DESK)
        post_migrate.connect(_seed, sender=self)
