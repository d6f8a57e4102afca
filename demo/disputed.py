"""A few requests of today that somebody has to decide about, and slips of the hotline; played by the services."""

from datetime import datetime, timedelta

from django.utils import timezone

from demo.cast import Cast
from demo.hard import report_here, somebody
from governance.services.appeals import appeal_issue
from governance.services.dismissing import decide_dismissal, propose_dismissal
from governance.services.hotline import Slip, take_in

FROGS = "水塘里青蛙叫了一夜，请派人把青蛙赶走。"
FROGS_ANSWER = "青蛙叫是自然现象，没有单位能办。要是水塘发臭、有蚊子，请再反映，我们安排清理。"
LEAVES = "樟树落叶落到我车上，要求把整条街的树都砍掉。"
LEAVES_ANSWER = "正常落叶不是砍树的理由，砍伐城市树木也不合规定。保洁已经加了一次清扫，枝条压到线路的会修剪。"
APPEAL = "不是要都砍，是门口那一棵枯了，怕倒下来砸人。"
SLIPS = (("GD2026000101", "EN01", "垃圾桶两天没人清，味道很重"), ("GD2026000102", "IN02", "人行道砖松动，下雨溅水"))


def play_disputed(cast: Cast, now: datetime) -> int:
    """In the first grid, where whoever tries the log-ins looks; says how many were added."""
    place = min((area for area in cast.areas.values() if area.level == 4), key=lambda area: area.code)
    staff = somebody(cast, f"community_staff:{place.code[:12]}:")
    officer = somebody(cast, f"street_dispatcher:{place.code[:9]}:")
    frogs, leaves = report_here(place, "NS01", FROGS, 6), report_here(place, "EN03", LEAVES, 7)
    propose_dismissal(issue_id=frogs.pk, actor=staff, reason="nature", words=FROGS_ANSWER)
    propose_dismissal(issue_id=leaves.pk, actor=staff, reason="law", words=LEAVES_ANSWER)
    decide_dismissal(issue_id=leaves.pk, actor=officer, agreed=True)
    appeal_issue(issue_id=leaves.pk, words=APPEAL)
    for hours, (number, category, text) in enumerate(SLIPS, 2):
        received = timezone.localtime(now - timedelta(hours=hours)).strftime("%Y-%m-%d %H:%M")
        cells = {"number": number, "received": received, "place": place.code[:12], "category": category, "text": text}
        take_in(actor=officer, slip=Slip({**cells, "name": "陈某", "phone": f"1002000000{hours}"}))
    return 2 + len(SLIPS)
