"""What stands around a matter: who helped, and which requests it belongs to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import RuleError, require
from governance.lifecycle.matters import MATTER_FITS, MATTER_HELPED, MATTER_LINKED, MATTER_UNLINKED, HelperRole
from governance.models import Issue, Matter, MatterHelper, MatterIssue
from governance.policies import matters as policies
from governance.services.locks import lock_issues
from governance.services.matters.moves import locked_matter, require_state, tell, write_line
from neighborhoods.actors import Actor
from neighborhoods.models import Post

LABEL_LIMIT, LINKS = 60, 20


@dataclass(frozen=True)
class Helper:
    """As what somebody helped, and who: a post of the portal, or a name."""

    role: HelperRole
    label: str = ""
    post: Post | None = None

    @property
    def name(self) -> str:
        """What is written down."""
        if self.post is None:
            return self.label.strip()
        place = self.post.area or self.post.unit
        return f"{self.post.user.name}，{place}"[:LABEL_LIMIT] if place else self.post.user.name[:LABEL_LIMIT]


@transaction.atomic
def help_matter(*, matter_id: int, actor: Actor, helpers: tuple[Helper, ...]) -> Matter:
    """Write down who helped, as long as it is open; afterwards the figure would move."""
    matter, at = locked_matter(matter_id), timezone.now()
    require_state(matter, MATTER_FITS["help"])
    require(policies.can_help_matter(actor, matter))
    if not helpers:
        raise RuleError(_("Say who helped."), field="helper")
    add_helpers(matter, helpers, actor, at)
    return matter


def add_helpers(matter: Matter, helpers: Iterable[Helper], actor: Actor, at: datetime) -> None:
    """Each once; the caller holds the matter's lock."""
    known = set(matter.helpers.values_list("role", "label")) if helpers else set()
    for helper in helpers:
        if not helper.name:
            raise RuleError(_("Say who helped."), field="helper")
        if len(helper.name) > LABEL_LIMIT:
            raise RuleError(_("At most %(limit)d characters.") % {"limit": LABEL_LIMIT}, field="helper")
        if (helper.role, helper.name) in known:
            raise RuleError(_("%(name)s is written down already.") % {"name": helper.name}, field="helper")
        known.add((helper.role, helper.name))
        MatterHelper.objects.create(matter=matter, role=helper.role, post=helper.post, label=helper.name, at=at)
        write_line(matter, MATTER_HELPED, actor, at, text=helper.name, reason=helper.role)
        tell(MATTER_HELPED, matter, actor)


@transaction.atomic
def link_matter(*, matter_id: int, actor: Actor, issue_ids: tuple[int, ...]) -> Matter:
    """Say which requests it belongs to. Nothing moves: each ends by its own rules."""
    matter, at = locked_matter(matter_id), timezone.now()
    require_state(matter, MATTER_FITS["link"])
    require(policies.can_link_matter(actor, matter))
    if not issue_ids:
        raise RuleError(_("Type at least one number."), field="issues")
    link_issues(matter, issue_ids, actor, at)
    return matter


def link_issues(matter: Matter, issue_ids: Iterable[int], actor: Actor, at: datetime) -> None:
    """Each once; the caller holds the matter's lock."""
    wanted = set(issue_ids)
    lock_issues(wanted)
    issues = list(Issue.objects.filter(pk__in=wanted).order_by("pk"))
    known = set(matter.links.values_list("issue_id", flat=True)) if issues else set()
    if len(known | {issue.pk for issue in issues}) > LINKS:
        raise RuleError(_("At most %(limit)d requests.") % {"limit": LINKS}, field="issues")
    for issue in issues:
        require(policies.can_link_issue(actor, issue))
        if issue.pk in known:
            raise RuleError(_("%(number)s is linked already.") % {"number": issue.number}, field="issues")
        MatterIssue.objects.create(matter=matter, issue=issue, added_at=at, added_by_label=actor.label)
        write_line(matter, MATTER_LINKED, actor, at, reason=issue.number)
        tell(MATTER_LINKED, matter, actor)


@transaction.atomic
def unlink_matter(*, matter_id: int, actor: Actor, issue_id: int) -> Matter:
    """It does not belong to this request after all; the history keeps that it did."""
    matter, at = locked_matter(matter_id), timezone.now()
    require_state(matter, MATTER_FITS["link"])
    require(policies.can_link_matter(actor, matter))
    link = matter.links.select_related("issue").filter(issue=issue_id).first()
    if link is None:
        raise RuleError(_("This request is not linked any more."))
    link.delete()
    write_line(matter, MATTER_UNLINKED, actor, at, reason=link.issue.number)
    tell(MATTER_UNLINKED, matter, actor)
    return matter
