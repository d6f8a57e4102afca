"""Records with one phone, side by side: whoever looks says whether it is one person. Nothing is joined by itself."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import RuleError, require
from neighborhoods.middleware import PortalRequest
from neighborhoods.policies import can_keep_residents
from neighborhoods.services.residents import merge_residents
from volunteers.forms.base import refuse
from volunteers.forms.register import JoinForm
from volunteers.policies.volunteers import can_register
from volunteers.selectors.volunteers import doubtful_groups, pair_of


@require_safe
@login_required
def doubtful_list(request: PortalRequest) -> HttpResponse:
    """Phones that stand on more than one record."""
    require(can_register(request.actor))
    return render(request, "volunteers/doubtful_list.html", {"groups": doubtful_groups(request.actor)})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def doubtful_pair(request: PortalRequest, one: int, other: int) -> HttpResponse:
    """Two of them, and the question whether they are one."""
    pair = pair_of(request.actor, one, other)
    if not pair:
        raise Http404
    require(can_register(request.actor) and all(can_keep_residents(request.actor, each) for each in pair))
    choices = [(str(each.pk), f"{each.masked_name} · {each.area.name}") for each in pair]
    form = JoinForm(request.POST if request.method == "POST" else None, pair=choices)
    if form.is_bound and form.is_valid():
        keep = int(form.cleaned_data["keep"])
        drop = next(each.pk for each in pair if each.pk != keep)
        try:
            merge_residents(actor=request.actor, keep_id=keep, drop_id=drop, reason=form.cleaned_data["reason"])
        except RuleError as error:
            refuse(form, error)
        else:
            messages.success(request, _("One person now. What both did stands on the record that stayed."))
            return redirect("volunteers:doubtful-list")
    context = {"pair": pair, "form": form}
    return render(request, "volunteers/doubtful_pair.html", context, status=422 if form.is_bound else 200)
