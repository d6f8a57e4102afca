"""The notice centre and its settings."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import timezone

from governance.services.dispatch import take_issue
from governance.services.following import urge_issue
from governance.services.handling import note_issue
from notifications.context_processors import unread
from notifications.models import Notice, Preference
from notifications.routing import ROUTES
from notifications.selectors.notices import unread_count
from notifications.services.relay import relay_batch
from notifications.tasks import digest, heartbeat, relay
from tests.factories import make_issue, make_post

LIST, SETTINGS = "/desk/notices/", "/desk/notices/settings/"


@pytest.fixture
def worker(people, client):
    user = people.user("grid_worker")
    client.force_login(user)
    return user


def tell(district, count: int = 1) -> list[Notice]:
    for _n in range(count):
        make_issue(district.building, phone="")
    while relay_batch(at=timezone.now(), routes=ROUTES):
        pass
    return list(Notice.objects.order_by("-at", "-pk"))


def test_needs_a_sign_in(client, db):
    for path in (LIST, SETTINGS, f"{LIST}1/"):
        assert client.get(path).status_code == 302
    assert client.post(f"{LIST}read/").status_code == 303


def test_empty_list_says_so(client, worker):
    page = client.get(LIST)
    assert page.status_code == 200
    assert "还没有通知" in page.content.decode()


def test_list_shows_my_notices_and_the_unread_count(client, worker, district):
    notice = tell(district)[0]
    page = client.get(LIST).content.decode()
    assert notice.issue.number in page
    assert "新诉求，请在" in page
    assert f'href="{LIST}{notice.pk}/"' in page
    assert unread_count(worker.pk) == 1


def test_opening_the_case_marks_its_notices_read(client, worker, district):
    first, second = tell(district, 2)
    client.get(reverse("governance:issue-detail", args=[first.issue.number]))
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.read_at is None, second.read_at is None) == (False, True)


def test_a_case_that_moved_on_needs_no_reading(people, district):
    """Neither by whoever took the step on Today, nor by colleagues who were told the same."""
    make_post("grid_worker", area=district.grid)
    first, second = [notice.issue for notice in tell(district, 2) if notice.user == people.user("grid_worker")]
    assert Notice.objects.filter(read_at=None).count() == 4
    take_issue(issue_id=first.pk, actor=people.grid_worker)
    assert relay_batch(at=timezone.now(), routes=ROUTES)
    assert set(Notice.objects.filter(read_at=None).values_list("issue", flat=True)) == {second.pk}


def test_what_is_acted_on_was_read(people, district):
    notice = tell(district)[0]
    urge_issue(issue_id=notice.issue_id)
    note_issue(issue_id=notice.issue_id, actor=people.grid_worker, text="下午去看")
    assert relay_batch(at=timezone.now(), routes=ROUTES)
    assert not Notice.objects.filter(read_at=None).exists()


def test_opening_marks_read_and_leads_to_the_case(client, worker, district):
    notice = tell(district)[0]
    answer = client.get(f"{LIST}{notice.pk}/")
    assert answer.status_code == 302
    assert answer["Location"] == reverse("governance:issue-detail", args=[notice.issue.number])
    notice.refresh_from_db()
    assert notice.read_at is not None
    assert "都读过了" in client.get(f"{LIST}?show=unread").content.decode()


def test_notices_of_others_are_not_found(client, people, district):
    notice = tell(district)[0]
    client.force_login(people.user("outsider"))
    assert client.get(f"{LIST}{notice.pk}/").status_code == 404
    assert client.get(f"{LIST}999999999/").status_code == 404
    notice.refresh_from_db()
    assert notice.read_at is None


def test_mark_all_read(client, worker, people, district):
    tell(district, 2)
    other = Notice.objects.create(
        user=people.user("outsider"),
        event=Notice.objects.first().event,
        issue=Notice.objects.first().issue,
        text="new",
        urgency=1,
        at=timezone.now(),
    )
    answer = client.post(f"{LIST}read/")
    assert (answer.status_code, answer["Location"]) == (303, LIST)
    assert unread_count(worker.pk) == 0
    other.refresh_from_db()
    assert other.read_at is None


def test_pages(client, worker, district, django_assert_max_num_queries):
    notices = tell(district, 3)
    client.get(LIST)
    with django_assert_max_num_queries(12) as few:
        client.get(LIST)
    fillers = [
        Notice(user=worker, event_id=n.event_id, issue=n.issue, text="urged", urgency=1, at=n.at) for n in notices
    ]
    Notice.objects.all().delete()
    Notice.objects.bulk_create(fillers)
    tell(district, 30)
    with django_assert_max_num_queries(12) as many:
        page = client.get(LIST).content.decode()
    assert len(few) == len(many)
    assert "page=2" in page
    assert client.get(f"{LIST}?page=2").status_code == 200
    assert client.get(f"{LIST}?page=nonsense&show=nonsense").status_code == 200


def test_settings_are_kept(client, worker):
    page = client.get(SETTINGS).content.decode()
    assert "通知设置" in page
    answer = client.post(SETTINGS, {"by_sms": "on", "language": "en"})
    assert (answer.status_code, answer["Location"]) == (303, SETTINGS)
    wish = Preference.objects.get(user=worker)
    assert (wish.by_email, wish.by_sms, wish.language) == (False, True, "en")
    worker.refresh_from_db()
    assert worker.wants_digest is False
    client.post(SETTINGS, {"by_email": "on", "wants_digest": "on"})
    wish.refresh_from_db()
    worker.refresh_from_db()
    assert (wish.by_email, wish.language, worker.wants_digest) == (True, "", True)


def test_settings_refuse_nonsense(client, worker):
    answer = client.post(SETTINGS, {"language": "klingon"})
    assert answer.status_code == 422
    assert not Preference.objects.exists()


def test_unread_count_costs_strangers_nothing(rf, worker, django_assert_num_queries):
    request = rf.get("/")
    request.user = AnonymousUser()
    with django_assert_num_queries(0):
        assert not unread(request)["unread_notices"]()
    request.user = worker
    with django_assert_num_queries(0):  # counted where a template prints it
        context = unread(request)
    with django_assert_num_queries(1):
        assert context["unread_notices"]() == 0


def test_tasks_run(district, people, settings, tmp_path):
    settings.LOCAL_DIR = tmp_path
    make_issue(district.building)
    relay()
    digest()
    heartbeat()
    assert Notice.objects.filter(text="new").count() == 1
