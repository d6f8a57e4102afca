"""Posts of an area that ends. Called by the area services, which record the event."""

from datetime import date

from django.utils import timezone

from neighborhoods.models import Area, Post
from neighborhoods.selectors.actors import live_posts


def end_posts_at(area: Area, on: date) -> int:
    """End every live post of an area."""
    return live_posts(on).filter(area=area).update(ends_on=on)


def transfer_posts(source: Area, target: Area) -> int:
    """Whoever serves at the source serves at the target from today on, in the same title."""
    today = timezone.localdate()
    leaving = list(live_posts(today).filter(area=source).order_by("pk"))
    there = set(live_posts(today).filter(area=target, ends_on=None).values_list("user_id", "title_id", "body_id"))
    arriving = [
        Post(user_id=p.user_id, title_id=p.title_id, area=target, body_id=p.body_id, starts_on=today, ends_on=p.ends_on)
        for p in leaving
        if (p.user_id, p.title_id, p.body_id) not in there
    ]
    end_posts_at(source, today)
    Post.objects.bulk_create(arriving)
    return len(leaving)
