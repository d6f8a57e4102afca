"""Prints who can be tried out in the demonstration."""

import unicodedata
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from accounts.demo import DEMO_PASSWORD
from neighborhoods.selectors.actors import demo_posts

DEMO_LOGINS = "@demo.invalid"
HEADINGS = ("身份 Who", "在哪 Where", "账号 Log-in", "密码 Password")


class Command(BaseCommand):
    help = "Print the log-ins of the demonstration, one for each role."

    def handle(self, *args: Any, **options: Any) -> None:
        """Nothing, unless this is a demonstration with its invented people in it."""
        if not settings.DEMO:
            return
        rows = [
            (
                f"{post.title.name_zh} {post.title.name_en}",
                post.unit.short_name if post.unit else post.area.name if post.area else "全区",
                str(post.user.email),
                DEMO_PASSWORD,
            )
            for post in demo_posts(DEMO_LOGINS)
        ]
        if rows:
            self.stdout.write("\n".join(_table([HEADINGS, *rows])))


def _width(text: str) -> int:
    """Columns on a terminal: a Han character takes two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
