"""Enlarged committees for everybody: which units sit on them and what they promised; persons are masked."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from governance.selectors.committees import public_committees, public_members, public_promises
from neighborhoods.middleware import PortalRequest


@require_safe
def committee_public_list(request: PortalRequest) -> HttpResponse:
    """Streets and communities that have one."""
    return render(request, "governance/public_committee_list.html", {"rows": list(public_committees())})


@require_safe
def committee_public(request: PortalRequest, committee_id: int) -> HttpResponse:
    """Units and promises of one."""
    if committee_id >= 2**63:
        raise Http404
    committee = get_object_or_404(public_committees(), pk=committee_id)
    context = {
        "committee": committee,
        "members": public_members(committee),
        "promises": public_promises(committee),
    }
    return render(request, "governance/public_committee_detail.html", context)
