"""Tasks: every step in every state, the second person, the clock and its ladder, a vacant owner."""

import io
import re
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from core.errors import NotAllowedError, RuleError
from core.models import Event
from governance.lifecycle import ClockState, Target
from governance.lifecycle.tasks import (
    TASK_ESCALATED,
    TASK_EVENTS,
    TASK_FINAL,
    TASK_FITS,
    TASK_LOOKS,
    TASK_MOVES,
    TaskState,
)
from governance.models import DutyClock, DutyEscalation, Task, TaskLine
from governance.policies.tasks import is_owner
from governance.selectors.tasks import tasks_visible_to, to_do
from governance.services import tasks
from governance.services.duties import sweep_kind
from governance.services.tasks import Order
from neighborhoods.actors import Level
from neighborhoods.selectors.actors import actor_for
from notifications.models import Notice
from notifications.routing import ROUTES
from notifications.services.relay import relay_batch
from tests.factories import UnitFactory, make_post

pytestmark = pytest.mark.django_db


def give(district, people, **fields) -> Task:
    order = Order(
        area=fields.pop("area", district.grid),
        title=fields.pop("title", "清通三栋东侧下水道"),
        due_at=fields.pop("due_at", timezone.now() + timedelta(days=10)),
        **fields,
    )
    return tasks.give_task(actor=people.community_staff, order=order)


def put(task: Task, state: TaskState, people) -> Task:
    """The task in this state, by its own steps."""
    if state in {TaskState.DOING}:
        tasks.start_task(task_id=task.pk, actor=people.grid_worker)
    if state in {TaskState.CLAIMED, TaskState.DONE}:
        tasks.claim_task(task_id=task.pk, actor=people.grid_worker, result="通了")
    if state == TaskState.DONE:
        tasks.check_task(task_id=task.pk, actor=people.community_staff, passed=True)
    if state == TaskState.CANCELLED:
        tasks.cancel_task(task_id=task.pk, actor=people.community_staff, reason="已由水务处理")
    return Task.objects.get(pk=task.pk)


STEPS = {
    "start": lambda pk, p: tasks.start_task(task_id=pk, actor=p.grid_worker),
    "claim": lambda pk, p: tasks.claim_task(task_id=pk, actor=p.grid_worker, result="通了"),
    "check": lambda pk, p: tasks.check_task(task_id=pk, actor=p.community_staff, passed=True),
    "note": lambda pk, p: tasks.note_task(task_id=pk, actor=p.grid_worker, note="等材料"),
    "cancel": lambda pk, p: tasks.cancel_task(task_id=pk, actor=p.community_staff, reason="不用了"),
    "move": lambda pk, p: tasks.move_task(
        task_id=pk, actor=p.community_staff, reason="等材料", due_at=timezone.now() + timedelta(days=20)
    ),
}


def jpeg() -> bytes:
    raw = io.BytesIO()
    Image.new("RGB", (8, 8)).save(raw, "JPEG")
    return raw.getvalue()


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def rows() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (TaskLine, Event, DutyClock, DutyEscalation))


@pytest.mark.parametrize("state", list(TaskState))
@pytest.mark.parametrize("step", sorted(STEPS))
def test_every_step_in_every_state(district, people, step, state):
    task = put(give(district, people), state, people)
    assert task.state == state
    before, seen = rows(), Task.objects.values().get()
    if state in TASK_FITS[step]:
        STEPS[step](task.pk, people)
        assert TaskLine.objects.count() == before[0] + 1
        return
    with pytest.raises(RuleError):
        STEPS[step](task.pk, people)
    assert rows() == before
    assert Task.objects.values().get() == seen


def test_the_table_of_moves_is_whole():
    assert set(TASK_MOVES) == set(TASK_LOOKS) == set(TaskState)
    assert all(not TASK_MOVES[state] for state in TASK_FINAL)


def test_nobody_checks_what_they_did(district, people):
    task = give(district, people, area=district.community)
    tasks.claim_task(task_id=task.pk, actor=people.community_staff, result="做好了")
    with pytest.raises(NotAllowedError):
        tasks.check_task(task_id=task.pk, actor=people.community_staff, passed=True)
    tasks.check_task(task_id=task.pk, actor=people.community_lead, passed=True)
    done = Task.objects.get()
    assert (done.state, done.checked_by_id) == (TaskState.DONE, people.community_lead.user_id)
    assert done.claimed_by_id != done.checked_by_id


def test_a_unit_does_not_check_its_own(district, people):
    task = give(district, people, unit=district.lighting)
    with pytest.raises(NotAllowedError):
        tasks.claim_task(task_id=task.pk, actor=people.grid_worker, result="好了")
    tasks.claim_task(task_id=task.pk, actor=people.department_clerk, result="好了")
    with pytest.raises(NotAllowedError):
        tasks.check_task(task_id=task.pk, actor=people.department_clerk, passed=True)


def test_others_do_nothing(district, people):
    task = give(district, people)
    for name in ("other_grid_worker", "far_officer", "resident"):
        with pytest.raises(NotAllowedError):
            tasks.claim_task(task_id=task.pk, actor=getattr(people, name), result="好了")
        with pytest.raises(NotAllowedError):
            tasks.cancel_task(task_id=task.pk, actor=getattr(people, name), reason="x")


def test_sent_back_runs_again(district, people):
    task = put(give(district, people), TaskState.CLAIMED, people)
    with pytest.raises(RuleError):
        tasks.check_task(task_id=task.pk, actor=people.community_staff, passed=False)
    tasks.check_task(task_id=task.pk, actor=people.community_staff, passed=False, note="还有一处")
    task.refresh_from_db()
    assert (task.state, task.claimed_by_id) == (TaskState.DOING, None)
    going = DutyClock.objects.get(task=task, state=ClockState.RUNNING)
    assert (going.step, going.due_at) == ("done", task.due_at)


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"title": " "}, "title"), ({"title": "字" * 121}, "title"), ({"due_at": timezone.now()}, "due_at")],
)
def test_half_an_order_is_refused(district, people, fields, field):
    with pytest.raises(RuleError) as refusal:
        give(district, people, **fields)
    assert refusal.value.field == field
    assert not Task.objects.exists()


def test_vacant_owner_passes_it_to_the_level_above(district, people):
    post = make_post("branch_secretary", area=district.branch)
    kept = give(district, people, area=district.branch, post=post)
    assert (kept.owner_post_id, kept.holder_area_id) == (post.pk, district.branch.pk)
    post.ends_on = timezone.localdate()
    post.save()
    # ---- what was given before goes with the post: not with whoever left it, but on to the next one, or the desk
    before = Task.objects.select_related("owner_post__title", "holder_area").get(pk=kept.pk)
    gone = actor_for(post.user)
    assert not is_owner(gone, before)
    assert not tasks_visible_to(gone).exists()
    assert not to_do(gone).exists()
    after = actor_for(make_post("branch_secretary", area=district.branch).user)
    assert is_owner(after, before)
    assert to_do(after).get() == kept
    vacant = give(district, people, area=district.building, post=post)
    assert vacant.owner_post_id is None
    assert vacant.holder_area.level < Level.BUILDING


# ---- the ladder ----
def test_late_task_climbs_each_rung_once(district, people):
    task = give(district, people, due_at=timezone.now() + timedelta(days=10))
    with time_machine.travel(task.due_at + timedelta(minutes=1), tick=False):
        assert sweep_kind(tasks.TASKS, at=timezone.now()) == 3
        assert sweep_kind(tasks.TASKS, at=timezone.now()) == 0
    told = DutyEscalation.objects.order_by("rung").values_list("target", "level")
    assert list(told) == [(Target.HANDLER, None), (Target.HANDLER_LEAD, None), (Target.LEVEL_UP, int(Level.COMMUNITY))]
    task.refresh_from_db()
    assert task.escalated_level == Level.COMMUNITY
    assert Event.objects.filter(name=TASK_ESCALATED).count() == 3
    assert TaskLine.objects.filter(kind=TASK_ESCALATED).count() == 3
    tasks.claim_task(task_id=task.pk, actor=people.grid_worker, result="通了")
    assert DutyClock.objects.get(task=task, step="done").state in {ClockState.MET, ClockState.MISSED}


def test_done_in_time_is_kept_as_such(district, people):
    task = put(give(district, people), TaskState.CLAIMED, people)
    assert DutyClock.objects.get(task=task, step="done").state == ClockState.MET
    late = give(district, people, due_at=timezone.now() + timedelta(hours=1))
    with time_machine.travel(late.due_at + timedelta(hours=1), tick=False):
        tasks.claim_task(task_id=late.pk, actor=people.grid_worker, result="晚了")
    assert DutyClock.objects.get(task=late, step="done").state == ClockState.MISSED


def test_events_are_named_like_tasks():
    assert all(name.startswith("task.") for name in TASK_EVENTS)


# ---- who is told ----
def test_task_is_told_to_its_owner_and_its_claim_to_whoever_gave_it(client, district, people):
    task = give(district, people)
    relay_batch(at=timezone.now(), routes=ROUTES)
    notice = Notice.objects.get(user=people.user("grid_worker"))
    assert (notice.subject, notice.subject_id, notice.issue_id, notice.text) == ("task", task.pk, None, "task_given")
    client.force_login(people.user("grid_worker"))
    assert task.number in client.get("/desk/notices/").content.decode()
    assert client.get(f"/desk/notices/{notice.pk}/")["Location"] == f"/desk/tasks/{task.number}/"
    put(task, TaskState.CLAIMED, people)
    relay_batch(at=timezone.now(), routes=ROUTES)
    assert Notice.objects.filter(user=people.user("community_staff"), text="task_claimed").exists()


def test_late_task_is_told_up_the_ladder(district, people):
    task = give(district, people, due_at=timezone.now() + timedelta(days=1))
    with time_machine.travel(task.due_at + timedelta(minutes=1), tick=False):
        sweep_kind(tasks.TASKS, at=timezone.now())
        relay_batch(at=timezone.now(), routes=ROUTES)
    assert Notice.objects.filter(user=people.user("community_lead"), text="duty_escalated").exists()


# ---- at the desk ----
def test_lists_show_what_is_mine_to_do_and_to_check(client, district, people):
    task = give(district, people)
    client.force_login(people.user("grid_worker"))
    assert task.title in client.get("/desk/tasks/").content.decode()
    put(task, TaskState.CLAIMED, people)
    assert task.title not in client.get("/desk/tasks/").content.decode()
    client.force_login(people.user("community_staff"))
    assert task.title in client.get("/desk/tasks/", {"tab": "check"}).content.decode()
    for tab in ("open", "late", "over", "rubbish"):
        assert client.get("/desk/tasks/", {"tab": tab}).status_code == 200


def test_whole_way_in_the_browser(client, district, people):
    task = give(district, people, proof_wanted="水排走，不返味")
    url = f"/desk/tasks/{task.number}/"
    client.force_login(people.user("grid_worker"))
    page = client.get(url).content.decode()
    assert task.proof_wanted in page
    assert f"{url}claim/" in page
    assert f"{url}check/" not in page
    noted = {
        "once": re.search(r'name="once" value="(\w+)"', client.get(f"{url}note/").content.decode())[1],
        "note": "等材料",
    }
    for _press in range(2):
        assert client.post(f"{url}note/", noted)["Location"] == url
    assert task.lines.filter(kind="task.noted").count() == 1
    assert client.post(f"{url}claim/", {"result": " "}).status_code == 422
    photo = SimpleUploadedFile("a.jpg", jpeg(), "image/jpeg")
    assert client.post(f"{url}claim/", {"result": "通了", "photos": [photo]})["Location"] == url
    uid = Task.objects.get().photos.get().attachment.uid
    assert client.get(f"/photo/{uid}/").status_code == 200
    assert client.post(f"{url}check/", {"passed": "yes"}).status_code == 403
    client.force_login(people.user("community_staff"))
    page = client.get(url).content.decode()  # what moves the task comes first, and a note is never the main step
    assert f'mu-btn--main" href="{url}check/"' in page
    assert page.index(f"{url}check/") < page.index(f"{url}note/")
    assert client.post(f"{url}check/", {"passed": "no", "note": ""}).status_code == 422
    assert client.post(f"{url}check/", {"passed": "yes", "note": "看过了"}).status_code == 302
    assert Task.objects.get().state == TaskState.DONE
    assert client.get(f"{url}cancel/")["Location"] == url


def test_task_of_others_does_not_exist(client, district, people):
    task = give(district, people)
    for name in ("far_officer", "other_grid_worker", "department_clerk"):
        client.force_login(people.user(name))
        assert client.get(f"/desk/tasks/{task.number}/").status_code == 404


def test_moving_asks_for_a_day_to_come(client, district, people):
    task = give(district, people)
    client.force_login(people.user("community_staff"))
    url = f"/desk/tasks/{task.number}/move/"
    yesterday, later = timezone.localdate() - timedelta(days=1), timezone.localdate() + timedelta(days=30)
    for wrong in ({"due_on": "x", "reason": "雨"}, {"due_on": yesterday, "reason": "雨"}, {"due_on": later}):
        assert client.post(url, wrong).status_code == 422
    assert client.post(url, {"due_on": later, "reason": "等材料"}).status_code == 302
    task.refresh_from_db()
    assert timezone.localdate(task.due_at) == later


def test_pages_ask_a_fixed_number_of_statements(client, district, people, django_assert_max_num_queries):
    for _n in range(5):
        task = give(district, people)
    client.force_login(people.user("community_staff"))
    for url in ("/desk/tasks/?tab=open", f"/desk/tasks/{task.number}/"):
        client.get(url)
        with django_assert_max_num_queries(12):
            client.get(url)


def test_for_a_unit_without_accounts_somebody_says_it_and_another_looks(client, district, people):
    task = give(district, people, unit=UnitFactory(name="供电公司"))
    client.force_login(people.user("community_staff"))
    assert f"/desk/tasks/{task.number}/claim/" in client.get(detail(task)).content.decode()
    with pytest.raises(NotAllowedError):
        tasks.claim_task(task_id=task.pk, actor=people.grid_worker, result="好了")
    tasks.claim_task(task_id=task.pk, actor=people.community_staff, result="他们来电话说好了")
    with pytest.raises(NotAllowedError):
        tasks.check_task(task_id=task.pk, actor=people.community_staff, passed=True)
    tasks.check_task(task_id=task.pk, actor=people.community_lead, passed=True)
    own = give(district, people, unit=district.lighting)  # it has accounts: it says so itself
    assert f"/desk/tasks/{own.number}/claim/" not in client.get(detail(own)).content.decode()
    with pytest.raises(NotAllowedError):
        tasks.claim_task(task_id=own.pk, actor=people.community_staff, result="好了")


def detail(task: Task) -> str:
    return f"/desk/tasks/{task.number}/"
