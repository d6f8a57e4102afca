from typing import Any

from django.apps import AppConfig
from django.db.models import Q
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def _seed(**_kwargs: Any) -> None:
    from volunteers.services.reference import load_reference  # noqa: PLC0415 - models are not ready earlier

    load_reference()


class VolunteersConfig(AppConfig):
    name = "volunteers"
    verbose_name = _("people who serve")

    def ready(self) -> None:
        from neighborhoods.services.residents import on_account, on_erased, on_merged, on_moved  # noqa: PLC0415 - models are not ready earlier
        from neighborhoods.services.stamps import register_stamped  # noqa: PLC0415
        from volunteers.services.activities.seats import forget_seats  # noqa: PLC0415
        from volunteers.services.aid import doing as aid_doing  # noqa: PLC0415
        from volunteers.services.aid import sweep as aid  # noqa: PLC0415
        from volunteers.services.checkins import following as checkins  # noqa: PLC0415
        from volunteers.services.joining import follow_account, follow_merged  # noqa: PLC0415
        from volunteers.services.points import following  # noqa: PLC0415
        from volunteers.services.records.hooks import on_confirmed, on_reversed  # noqa: PLC0415
        from volunteers.services.registration import follow_erased, follow_moved, on_stopped  # noqa: PLC0415
        from volunteers.services.representatives import terms  # noqa: PLC0415

        register_stamped("volunteers.Volunteer", Q(left_at=None))
        register_stamped("volunteers.Team", Q(closed_at=None))
        register_stamped("volunteers.Activity", Q(closed_at=None))
        on_confirmed(following.follow_confirmed)
        on_reversed(following.follow_reversed)
        on_moved(follow_moved)
        on_merged(follow_merged)
        on_merged(following.follow_merged)
        on_account(follow_account)
        on_erased(following.follow_erased)
        on_stopped(forget_seats)
        on_erased(follow_erased)

        register_stamped("volunteers.Representative", Q(ended_at=None))
        register_stamped("volunteers.HelpOrder", Q(closed_at=None))
        register_stamped("volunteers.Incentive", Q(closed_at=None))
        on_moved(terms.follow_moved)
        on_merged(terms.follow_merged)
        on_account(terms.follow_account)
        on_erased(terms.follow_erased)

        register_stamped("volunteers.AidOffer", Q(closed_at=None))
        register_stamped("volunteers.AidNeed", Q(closed_at=None))
        register_stamped("volunteers.PhoneCall", Q(done_at=None))
        on_confirmed(aid_doing.follow_confirmed)
        on_stopped(aid.follow_stopped)
        on_moved(aid.follow_moved)
        on_merged(aid.follow_merged)
        on_erased(aid.follow_erased)
        register_stamped("volunteers.CheckIn", Q(ended_at=None))
        register_stamped("volunteers.DutyPost", Q(closed_at=None))
        on_moved(checkins.follow_moved)
        on_merged(checkins.follow_merged)
        on_erased(checkins.follow_erased)
        on_confirmed(checkins.follow_confirmed)
        post_migrate.connect(_seed, sender=self)
