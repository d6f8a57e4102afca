"""Pages of members checking in: in two languages, few statements, masked, a sentence for every slip."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from neighborhoods.selectors.actors import actor_for
from tests.checkin_steps import december, feedback_in, here, pledge_in, post, served
from tests.factories import UserFactory
from volunteers.models import CheckIn, DutyPost, DutyTaking, EmployerFeedback, Pledge
from volunteers.services.checkins import posts

pytestmark = pytest.mark.django_db
MOST = 15  # twelve, and those of session and account


def address(name, *args) -> str:
    return reverse(f"volunteers:{name}", args=args)


def get(client, name, *args, query="", status=200) -> str:
    client.get(address(name, *args))  # what every page shows is kept for a while
    with CaptureQueriesContext(connection) as asked:
        response = client.get(address(name, *args) + query)
    assert response.status_code == status, name
    assert len(asked) <= MOST, (name, len(asked), [str(query["sql"])[:150] for query in asked])
    return response.content.decode()


def test_every_page_opens_in_both_languages_with_masked_names(client, district, people):
    account = UserFactory(name="张小明")
    own = actor_for(account)
    with december():
        checkin = here(district, people, user=account)
        waiting = here(district, people, "王小红")
        duty = post(district, people, places=3, skills=("teaching",))
        posts.take_post(post_id=duty.pk, checkin_id=checkin.pk, actor=own)
        CheckIn.objects.update(accepted_at=timezone.now() - timedelta(days=1))
        served(checkin, district, people)
        pledge_in(checkin, "offered", people, own)
        page = feedback_in(checkin, "issued", people, own)
        at_the_desk = (
            ("checkin-list",), ("checkin-new",), ("checkin-detail", checkin.number), ("checkin-leave", waiting.number),
            ("checkin-reveal", checkin.number),
            ("checkin-draft", waiting.number), ("checkin-offer", waiting.number), ("checkin-revise", checkin.number),
            ("post-list",), ("post-new",), ("post-detail", duty.pk),
        )  # fmt: skip
        for language in ("zh-hans", "en"):
            client.cookies["mulin_lang"] = language
            client.force_login(people.user("community_lead"))
            for name, *args in at_the_desk:
                body = get(client, name, *args)
                assert "张小明" not in body, name
                assert "王小红" not in body, name
                assert "%(" not in body
            for query in (
                "?state=applied",
                "?state=active",
                "?state=nonsense",
                f"?branch={district.branch.pk}&words=Z",
            ):
                get(client, "checkin-list", query=query)
            client.force_login(account)
            for name, *args in (
                ("my-checkin",), ("my-checkin-revise",), ("my-checkin-leave",), ("my-checkin-move",),
                ("feedback-sheet", page.number), ("feedback-withhold", page.number),
            ):  # fmt: skip
                get(client, name, *args)
            assert client.get(address("feedback-word", page.number)).content[:2] == b"PK"
            assert client.get(address("my-checkin-apply")).status_code == 302
            assert client.get(address("checkin-detail", checkin.number)).status_code == 302
            client.force_login(UserFactory())
            for name in ("my-checkin", "my-checkin-apply", "member-branches", "landing"):
                get(client, name)
            assert client.get(address("my-checkin-leave")).status_code == 404


@pytest.fixture
def press(client):
    """Sends a form as somebody, and says what came back."""

    def sent(user, name, /, *args, status=302, **data):
        client.force_login(user)
        response = client.post(address(name, *args), data)
        assert response.status_code == status, (name, response.content.decode()[-3000:])

    return sent


FORM = {"employer": "市第三中学", "skills": ["teaching"], "free_times": ["evening"], "agrees": "on"}


def test_checking_in_on_the_phone_and_at_the_desk(district, people, press):
    account, place = UserFactory(name="张小明"), str(district.building.pk)
    press(account, "my-checkin-apply", status=422)
    press(account, "my-checkin-apply", status=422, **{**FORM, "place": place, "skills": ["flying"]})
    press(account, "my-checkin-apply", status=422, **{**FORM, "place": str(district.community.pk)})
    press(account, "my-checkin-apply", find="1", place_words="3 栋", employer="市第三中学", status=200)
    press(account, "my-checkin-apply", place=place, **FORM)
    checkin = CheckIn.objects.get()
    secretary, staff = people.user("branch_secretary"), people.user("community_staff")
    press(secretary, "checkin-refuse", checkin.number, status=422)
    press(secretary, "checkin-accept", checkin.number)
    press(account, "my-checkin-move", status=422)
    press(account, "my-checkin-move", place=str(district.far_building.pk))
    assert sorted(CheckIn.objects.values_list("state", flat=True)) == ["applied", "moved"]
    press(account, "my-checkin-leave")
    press(account, "my-checkin-apply", **FORM)  # known: no place is asked
    press(staff, "checkin-new", status=422)
    counter = {"name": "李小红", "place": place, **FORM}
    press(staff, "checkin-new", **counter)
    press(staff, "checkin-new", status=422, **{**counter, "place": str(district.far_building.pk)})
    assert CheckIn.objects.filter(is_own=False).count() == 1


def test_posts_pledges_and_the_page(client, district, people, press):
    """On the public page only while the member says so."""
    account, place = UserFactory(name="张小明"), str(district.building.pk)
    checkin, secretary = here(district, people, user=account), people.user("branch_secretary")
    need = {"place": place, "kind": "care", "title": "陪老人看病", "places": "2", "skills": ["teaching"]}
    press(secretary, "post-new", status=422)
    press(secretary, "post-new", status=422, **{**need, "places": "x"})
    press(secretary, "post-new", **need)
    duty = DutyPost.objects.get()
    press(account, "my-post", duty.pk)
    assert DutyTaking.objects.filter(left_at=None).count() == 1
    due_on = timezone.localdate() + timedelta(days=9)
    press(account, "my-checkin-pledge", status=422)
    press(account, "my-checkin-pledge", words="每周辅导一次作业", due_on=due_on, post=duty.pk, consents="on")
    public = address("member-branch", district.branch.pk)
    assert "张小明" not in client.get(public).content.decode()
    press(secretary, "checkin-show", checkin.number)
    shown = client.get(public)
    assert "张小明" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    press(secretary, "checkin-kept", checkin.number, words="已辅导四次")
    for _turn in range(2):  # twice is once
        press(account, "my-pledge-withdraw")
    assert "张小明" not in client.get(public).content.decode()
    press(secretary, "checkin-offer", checkin.number, words="每周一次", due_on=due_on)
    press(account, "my-pledge-agree")
    assert Pledge.objects.get(withdrawn_at=None).state == "consented"
    press(account, "my-post", duty.pk, leave="1")
    press(people.user("community_staff"), "post-close", duty.pk)
    with december():
        client.force_login(account)
        assert "/my/checkin/draft/" in client.get(address("my-checkin")).content.decode()
        press(account, "my-checkin-draft")
        page = EmployerFeedback.objects.get()
        press(account, "feedback-agree", page.number, comment="谢谢")
        press(people.user("community_staff"), "feedback-issue", page.number)
    if timezone.localdate().month not in {12, 1}:
        client.force_login(account)
        assert "/my/checkin/draft/" not in client.get(address("my-checkin")).content.decode()
        press(account, "my-checkin-draft", status=422)


def test_the_administration_shows_neither_employer_nor_person(client, district, people):
    checkin, duty = here(district, people), post(district, people)
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    for page in ("checkin/", f"checkin/{checkin.pk}/change/", "dutypost/", f"dutypost/{duty.pk}/change/"):
        response = client.get(f"/admin/volunteers/{page}")
        assert response.status_code == 200, page
        body = response.content.decode()
        assert "市第三中学" not in body
        assert "张小明" not in body
