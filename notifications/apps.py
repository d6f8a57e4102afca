from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _("notices")

    def ready(self) -> None:
        from accounts import sms  # noqa: PLC0415 - models are not ready earlier
        from core import events  # noqa: PLC0415
        from core.health import register_check  # noqa: PLC0415
        from notifications.channels.sms import send_sms  # noqa: PLC0415
        from notifications.services.health import beat_finding, relay_finding  # noqa: PLC0415
        from notifications.services.wakeup import wake  # noqa: PLC0415

        events.on_recorded(wake)
        sms.set_sender(send_sms)
        register_check("relay", relay_finding)
        register_check("beat", beat_finding)
