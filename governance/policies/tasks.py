"""Who may do what to a task. Pure: the task comes with its holder's area and owner's post loaded."""

from governance.actors import DISPATCHERS, HANDLER_ROLES, UNIT_ROLES, VIEWERS
from governance.lifecycle.tasks import TASK_FITS
from governance.models import Task
from governance.policies.matters import has_ended, is_of_post
from neighborhoods.actors import Actor, Level


def is_owner(actor: Actor, task: Task) -> bool:
    """Whether it is the actor's to do: by post, by unit, or at the desk of the area.

    Work goes with the post, not with whoever left it: another one of its title there goes on, and the desk may.
    """
    post = task.owner_post
    if post is not None and any(is_of_post(grant, post) for grant in actor.grants):
        return True
    if post is not None and not has_ended(post):
        return False
    if task.holder_unit_id:
        return actor.in_unit(task.holder_unit_id, UNIT_ROLES)
    roles = HANDLER_ROLES.get(Level(task.holder_area.level), frozenset())
    return any(grant.role in roles and grant.area_id == task.holder_area_id for grant in actor.grants)


def is_keeper(actor: Actor, task: Task) -> bool:
    """Whoever gave it, or runs the community or street it belongs to."""
    gave = actor.user_id is not None and actor.user_id == task.given_by_id and actor.is_somebody
    return gave or actor.holds(DISPATCHERS, task)


def can_see_task(actor: Actor, task: Task) -> bool:
    """Mirror of selectors.tasks.tasks_visible_to for one row."""
    return is_owner(actor, task) or is_keeper(actor, task) or actor.holds(VIEWERS, task)


def can_start_task(actor: Actor, task: Task) -> bool:
    """Say that one has begun."""
    return task.state in TASK_FITS["start"] and is_owner(actor, task)


def can_claim_task(actor: Actor, task: Task) -> bool:
    """Say that it is done."""
    return task.state in TASK_FITS["claim"] and is_owner(actor, task)


def can_claim_for_unit(actor: Actor, task: Task) -> bool:
    """Say it for a unit, where nobody there has an account (the service knows); somebody else looks, as always."""
    is_units = task.holder_unit_id is not None and task.owner_post is None
    return task.state in TASK_FITS["claim"] and is_units and is_keeper(actor, task)


def can_note_task(actor: Actor, task: Task) -> bool:
    """Write down how far it is: who does it, and who answers for it."""
    return task.state in TASK_FITS["note"] and (is_owner(actor, task) or is_keeper(actor, task))


def can_check_task(actor: Actor, task: Task) -> bool:
    """Look whether it is. Never who says so, nor anybody of the unit that did it."""
    if task.state not in TASK_FITS["check"] or actor.user_id == task.claimed_by_id:
        return False
    return is_keeper(actor, task) and not actor.in_unit(task.holder_unit_id)


def can_cancel_task(actor: Actor, task: Task) -> bool:
    """Call it off."""
    return task.state in TASK_FITS["cancel"] and is_keeper(actor, task)


def can_move_task(actor: Actor, task: Task) -> bool:
    """Give it another day or another unit."""
    return task.state in TASK_FITS["move"] and is_keeper(actor, task)
