from django.apps import AppConfig
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class VolunteersConfig(AppConfig):
    name = "volunteers"
    verbose_name = _("people who serve")

    def ready(self) -> None:
        from neighborhoods.services.residents import on_erased, on_merged, on_moved  # noqa: PLC0415 - models not ready
        from neighborhoods.services.stamps import register_stamped  # noqa: PLC0415
        from volunteers.services.registration import follow_erased, follow_moved  # noqa: PLC0415
        from volunteers.services.representatives import terms  # noqa: PLC0415

        register_stamped("volunteers.Volunteer", Q(left_at=None))
        on_moved(follow_moved)
        on_erased(follow_erased)

        register_stamped("volunteers.Representative", Q(ended_at=None))
        register_stamped("volunteers.HelpOrder", Q(closed_at=None))
        register_stamped("volunteers.Incentive", Q(closed_at=None))
        on_moved(terms.follow_moved)
        on_merged(terms.follow_merged)
        on_erased(terms.follow_erased)
