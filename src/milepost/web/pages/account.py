"""Your account: password, second steps, passkeys, where you are signed in."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from milepost import clock
from milepost.web import format as words
from milepost.web.account import browser_words
from milepost.web.forms.fields import optional_id
from milepost.workspace import actions
from milepost.workspace.errors import Invalid, NotFound
from milepost.workspace.queries import Step, get_place, list_second_steps, list_sessions, what_demands


class OwnRequest(HttpRequest):
    """A request of somebody who is signed in, about their own account."""

    user: Any


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
def account(request: OwnRequest) -> HttpResponse:
    if request.method == "POST":
        _end(request)
        return redirect("account")
    sessions = list_sessions(request.user.pk, session_key=_key(request), now=clock.now())
    context = {
        "steps": list_second_steps(request.user.pk),
        "sessions": [(s, browser_words(s.user_agent) or "An unknown program") for s in sessions],
        "others": sum(not s.is_current for s in sessions),
    }
    return render(request, "account/page.html", context)


def _end(request: OwnRequest) -> None:
    if request.POST.get("do") == "others":
        ended = actions.end_sessions(request.user.pk, but=_key(request))
        messages.success(request, f"Signed out of {words.count(ended, 'other browser')}.")
        return
    session_id = optional_id(request.POST.get("session", ""))
    if session_id is None:
        raise Invalid("Choose which session to end.")
    actions.end_session(user_id=request.user.pk, session_id=session_id, but=_key(request))
    messages.success(request, "That browser is signed out.")


@require_GET
@never_cache
@login_required
def to_account(request: OwnRequest) -> HttpResponse:
    """Take the addresses that allauth goes on to, all of which are parts of the one page here."""
    return redirect("account")


@require_GET
@never_cache
@login_required
def second_step(request: OwnRequest, workspace: str) -> HttpResponse:
    """Say why a workspace wants a second step, and where to set one up; nothing else of it is shown."""
    place = get_place(user=request.user, slug=workspace, now=clock.now())
    if not place.lacks_second_step:
        return redirect("week", place.slug)
    return render(request, "account/second_step.html", {"name": place.name})


def _adds(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let a page of allauth add a second step through the action that tells it and ends what came in without."""

    @wraps(view)
    def added(request: OwnRequest) -> HttpResponseBase:
        if request.method != "POST" or not request.user.is_authenticated:
            return view(request)
        return actions.add_second_step(
            user=request.user,
            add=lambda: view(request),
            session_key=_key(request),
            now=clock.now(),
        )

    return added


add_app = _adds(totp.activate_totp)
add_passkey = _adds(passkeys.add_webauthn)


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
def remove_app(request: OwnRequest) -> HttpResponse:
    return _remove(request, list_second_steps(request.user.pk).app, what="the authenticator app")


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
def remove_passkey(request: OwnRequest, pk: int) -> HttpResponse:
    key = next((one for one in list_second_steps(request.user.pk).passkeys if one.id == pk), None)
    return _remove(request, key, what=f"“{key.name}”" if key else "")


def _remove(request: OwnRequest, step: Step | None, *, what: str) -> HttpResponse:
    if step is None:
        raise NotFound
    answer: HttpResponse = _remove_this(request, step, what)
    return answer


@reauthentication_required(app="allauth.mfa")  # type: ignore[untyped-decorator] # it has no types
def _remove_this(request: OwnRequest, step: Step, what: str) -> HttpResponse:
    if request.method == "POST":
        actions.remove_second_step(user=request.user, step_id=step.id, now=clock.now())
        messages.success(request, f"{what[0].upper()}{what[1:]} is removed.")
        return redirect("account")
    is_last = list_second_steps(request.user.pk).count == 1
    context = {"what": what, "is_last": is_last, "demanded_by": what_demands(request.user.pk) if is_last else ()}
    return render(request, "account/remove_step.html", context)


def _key(request: HttpRequest) -> str:
    return request.session.session_key or ""
