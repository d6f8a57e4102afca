"""Time as a person says it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from core.models import WorkDay
from core.wording import clock_face, in_one_piece, say_day, say_moment

CHINA = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 6, 16, 9, 40, tzinfo=CHINA)  # a Tuesday
pytestmark = pytest.mark.django_db


def at(month: int, day: int, hour: int = 17, minute: int = 30, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("moment", "chinese", "english"),
    [
        (at(6, 16, 9, 5), "今天 9:05", "today 9:05"),
        (at(6, 17, 10, 30), "明天 10:30", "tomorrow 10:30"),
        (at(6, 15, 16, 20), "昨天 16:20", "yesterday 16:20"),
        (at(6, 12, 8, 52), "6 月 12 日 8:52", "12 June 8:52"),
        (at(6, 12, 8, 52, year=2025), "2025 年 6 月 12 日 8:52", "12 June 2025 8:52"),
    ],
)
def test_say_moment(moment, chinese, english):
    with translation.override("zh-hans"):
        assert say_moment(moment, NOW) == chinese
    with translation.override("en"):
        assert say_moment(moment, NOW) == english


def test_say_moment_speaks_of_the_day_in_china():
    """Half past four in the afternoon in London is already tomorrow here."""
    with translation.override("en"):
        assert say_moment(datetime(2026, 6, 16, 16, 30, tzinfo=ZoneInfo("UTC")), NOW) == "tomorrow 0:30"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("2026 年 6 月 12 日 8:52", "2026_年_6_月_12_日 8:52"),
        ("还有 3 个工作日", "还有 3_个工作日"),
        ("今天 9:05", "今天_9:05"),
        ("22 June (Mon)", "22 June (Mon)"),
    ],
)
def test_a_number_stays_with_what_it_counts(words, shown):
    assert in_one_piece(words) == shown.replace("_", "\u00a0")


def test_say_day_with_its_weekday():
    with translation.override("zh-hans"):
        assert say_day(at(6, 22).date(), NOW, weekday=True) == "6 月 22 日（周一）"
    with translation.override("en"):
        assert say_day(at(6, 22), NOW, weekday=True) == "22 June (Mon)"


@pytest.mark.parametrize(
    ("due", "tone", "chinese", "english"),
    [
        (NOW + timedelta(seconds=20), "soon", "还有 1 分钟", "1 minute left"),
        (at(6, 16, 10, 20), "soon", "还有 40 分钟", "40 minutes left"),
        (at(6, 16, 11, 40), "soon", "还有 2 小时", "2 hours left"),
        (at(6, 16, 15, 0), "", "还有 5 小时", "5 hours left"),
        (at(6, 17), "", "明天到期", "due tomorrow"),
        (at(6, 18), "", "还有 2 个工作日", "2 working days left"),
        (at(6, 22), "", "还有 3 个工作日", "3 working days left"),
        (at(6, 16, 9, 5), "late", "已超时 35 分钟", "35 minutes overdue"),
        (at(6, 15, 17, 30), "late", "已超时 16 小时", "16 hours overdue"),
        (at(6, 12, 9, 30), "late", "已超时 2 个工作日", "2 working days overdue"),
    ],
)
def test_clock_face(due, tone, chinese, english):
    WorkDay.objects.get_or_create(on=at(6, 19).date(), defaults={"kind": WorkDay.Kind.HOLIDAY, "name": "端午节"})
    with translation.override("zh-hans"):
        face = clock_face(due, NOW)
        assert (face.tone, face.words) == (tone, chinese)
    with translation.override("en"):
        assert clock_face(due, NOW).words == english


def test_clock_face_between_two_days_off_counts_days():
    saturday = at(6, 13, 10, 0)
    with translation.override("zh-hans"):
        assert clock_face(saturday + timedelta(hours=23), saturday).words == "明天到期"
        assert clock_face(at(5, 3, 12, 0), at(5, 1, 9, 0)).words == "还有 2 天"


def test_clock_face_says_the_exact_time():
    with translation.override("zh-hans"):
        assert clock_face(at(6, 16, 9, 46), NOW).exact == "今天 9:46 前"
        assert clock_face(at(6, 30, 10, 40), NOW).exact == "6 月 30 日（周二）10:40 前"
        assert clock_face(at(6, 12, 9, 30), NOW).exact == "应在 6 月 12 日 9:30 前"


def test_clock_face_of_a_finished_step():
    with translation.override("zh-hans"):
        met = clock_face(at(6, 8, 12, 0), NOW, at(6, 8, 11, 5))
        assert (met.tone, met.words, met.exact) == ("done", "按时", "6 月 8 日 11:05，限 12:00")
        missed = clock_face(at(6, 8, 12, 0), NOW, at(6, 8, 12, 35))
        assert (missed.tone, missed.words) == ("late", "完成时已超时 35 分钟")
