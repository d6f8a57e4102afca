"""First run: an empty portal asks for its administrator."""

from django.contrib.auth import login
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from neighborhoods.forms.setup import SetupForm
from neighborhoods.middleware import PortalRequest
from neighborhoods.selectors.setup import is_new_portal
from neighborhoods.services.setup import set_up_portal


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("password", "again")
def setup(request: PortalRequest) -> HttpResponse:
    """Step 1. Gone for good once there is an administrator."""
    if not is_new_portal():
        raise Http404
    form = SetupForm(request.POST if request.method == "POST" else None, initial={"code": request.GET.get("code", "")})
    if request.method == "POST" and form.is_valid():
        user = set_up_portal(account=form.account)
        login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return HttpResponseRedirect(reverse("neighborhoods:district-import"), status=303)
    status = 422 if form.is_bound else 200
    return render(request, "neighborhoods/setup_form.html", {"form": form}, status=status)
