"""From a resolution to a task, and to a meeting that can be filed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.errors import NotAllowedError, RuleError
from governance.lifecycle.tasks import TASK_NOTED, TaskState
from governance.models import Resolution, Task
from governance.selectors.meetings.following import unfollowed
from governance.services.meetings.follow_up import Follow, give_resolution_task
from governance.services.tasks import cancel_task
from neighborhoods.models import Post
from tests.access.meetings import meeting_in
from tests.access.pages import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting(district, people):
    meeting = meeting_in(World(district, people, None), "confirmed")
    Resolution.objects.create(
        meeting=meeting, item=meeting.agenda.get(), order=1, text="东门划八个车位", at=timezone.now(), by_label="周某"
    )
    return meeting


def give(meeting, actor, **fields) -> Task:
    follow = Follow(fields.pop("title", "划车位"), timezone.now() + timedelta(days=10), **fields)
    return give_resolution_task(
        meeting_id=meeting.pk, actor=actor, resolution_id=meeting.resolutions.get().pk, follow=follow
    )


def test_a_task_takes_care_of_a_resolution_until_it_is_called_off(meeting, people):
    assert len(unfollowed(meeting)) == 1
    task = give(meeting, people.community_staff)
    assert (task.text, task.resolution, task.state) == ("东门划八个车位", meeting.resolutions.get(), TaskState.GIVEN)
    assert unfollowed(meeting) == []
    cancel_task(task_id=task.pk, actor=people.community_staff, reason="改由街道做")
    assert len(unfollowed(meeting)) == 1


def test_only_the_organiser_gives_it_and_not_where_nothing_has_to_be_done(meeting, people):
    for name in ("representative", "far_officer", "department_clerk"):
        with pytest.raises(NotAllowedError):
            give(meeting, getattr(people, name))
    meeting.resolutions.update(is_information_only=True)
    with pytest.raises(RuleError):
        give(meeting, people.community_staff)
    assert not Task.objects.exists()


def test_by_the_form(client, meeting, people):
    client.force_login(people.user("community_staff"))
    url = f"/desk/meetings/{meeting.number}/resolve/{meeting.resolutions.get().pk}/task/"
    assert "东门划八个车位" in client.get(url).content.decode()
    assert client.post(url, {"title": "", "due_on": "x"}).status_code == 422
    day = timezone.localdate() + timedelta(days=20)
    early, late = day - timedelta(days=9), day + timedelta(days=1)
    for lines in ("买漆", "13-45 买漆", f"{late} 买漆", "\n".join([f"{early} 买漆"] * 7)):
        assert client.post(url, {"title": "划车位", "due_on": day, "milestones": lines}).status_code == 422
    assert client.post(url, {"title": "划车位", "due_on": day, "post": "987654"}).status_code == 422
    assert not Task.objects.exists()
    # ---- one person's post, and a milestone on the way that is reached once
    mine = Post.objects.get(user_id=people.grid_worker.user_id)
    lines = f"{early.month}月{early.day}日：买漆"
    client.post(url, {"title": "买漆", "due_on": day, "post": mine.pk, "milestones": lines})
    task = Task.objects.get()
    [milestone] = task.milestones.all()
    assert (task.owner_post, milestone.title, milestone.due_on) == (mine, "买漆", early)
    client.force_login(people.user("grid_worker"))
    noted = [client.post(f"/desk/tasks/{task.number}/note/", {"milestone": milestone.pk}) for _twice in range(2)]
    assert [answer.status_code for answer in noted] == [302, 422]
    assert task.lines.filter(kind=TASK_NOTED).get().reason == "买漆"
    assert "买漆" in client.get(f"/desk/tasks/{task.number}/").content.decode()
    cancel_task(task_id=task.pk, actor=people.community_staff, reason="并到一起办")
    client.force_login(people.user("community_staff"))
    assert client.post(url, {"title": "划车位", "due_on": day}).status_code == 302
    page = client.get(f"/desk/meetings/{meeting.number}/").content.decode()
    assert Task.objects.latest("pk").number in page
