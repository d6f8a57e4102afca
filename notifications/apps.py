from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _("notices")

    def ready(self) -> None:
        from core import events  # noqa: PLC0415 - models are not ready earlier
        from notifications.services.waking import wake  # noqa: PLC0415

        events.on_recorded(wake)
