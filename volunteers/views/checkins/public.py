"""What neighbours read of members (亮身份): only who agreed to it, and only as long as they do."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from neighborhoods.actors import Level
from neighborhoods.middleware import PortalRequest
from neighborhoods.models import Area
from neighborhoods.selectors.finding import place_label
from volunteers.selectors.checkins import branches_with_pledges, shown_at_branch


@require_safe
@never_cache
def branch_list(request: PortalRequest) -> HttpResponse:
    """Branches where somebody wishes to be read about."""
    return render(request, "volunteers/checkins/branches.html", {"branches": branches_with_pledges()})


@require_safe
@never_cache
def branch_page(request: PortalRequest, branch_id: int) -> HttpResponse:
    """Who of a branch shows who they are, with post and promise. Never kept by a browser: taken back is off at once."""
    branches = Area.objects.of_level(Level.BRANCH).open().select_related("compound", "parent__parent__parent")
    branch: Area = get_object_or_404(branches, pk=branch_id)
    context = {"branch": branch, "place": place_label(branch), "pledges": list(shown_at_branch(branch.pk))}
    return render(request, "volunteers/checkins/branch.html", context)
