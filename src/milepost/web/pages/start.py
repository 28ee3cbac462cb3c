"""First start, invitations, workspaces."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from milepost import clock
from milepost.web.account import enter
from milepost.web.forms.fields import attempt
from milepost.web.forms.people import FirstStartForm, JoinForm, WorkspaceForm
from milepost.workspace import actions
from milepost.workspace.errors import AlreadySetUp, NotFound
from milepost.workspace.queries import is_set_up, list_workspaces


@require_GET
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect("account_login" if is_set_up() else "first_start")
    mine = list_workspaces(request.user)
    return redirect("week", mine[0][0]) if len(mine) == 1 else redirect("workspaces")


@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    is_set_up()  # the database answers
    return HttpResponse("ok\n", content_type="text/plain")


@require_http_methods(["GET", "POST"])
@never_cache
def first_start(request: HttpRequest) -> HttpResponse:
    if is_set_up():
        raise NotFound
    form = FirstStartForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        membership = attempt(form, lambda: _set_up(form.cleaned_data))
        if membership is not None:
            enter(request, membership.user)
            return redirect("settings_cycles", membership.workspace.slug)
    return render(request, "start/first.html", {"form": form})


def _set_up(given: dict[str, Any]) -> Any:
    """Set the installation up; who comes second at the same moment finds no such page, as everybody after them."""
    try:
        return actions.set_up_installation(**given, now=clock.now())
    except AlreadySetUp:
        raise NotFound from None


@require_http_methods(["GET", "POST"])
@never_cache
def join(request: HttpRequest, token: str) -> HttpResponse:
    now = clock.now()
    invitation = actions.find_invitation(token, now=now)
    known = request.user if request.user.is_authenticated else None
    form = JoinForm(request.POST or None)
    if known is not None:
        for name in list(form.fields):
            del form.fields[name]
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        membership = attempt(form, lambda: actions.accept_invitation(token=token, user=known, now=now, **given))
        if membership is not None:
            if known is None:
                enter(request, membership.user)
            return redirect("week", invitation.workspace.slug)
    return render(request, "start/join.html", {"form": form, "invitation": invitation})


@require_http_methods(["GET", "POST"])
@never_cache
def workspaces(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect("account_login")
    user = request.user
    form = WorkspaceForm(request.POST or None) if user.is_operator else None
    if request.method == "POST":
        if form is None:
            raise NotFound
        if form.is_valid():
            given = form.cleaned_data
            made = attempt(form, lambda: actions.create_workspace(user=user, now=clock.now(), **given))
            if made is not None:
                return redirect("settings_cycles", made.workspace.slug)
    return render(request, "start/workspaces.html", {"workspaces": list_workspaces(request.user), "form": form})
