"""Your account: password, second steps, passkeys, where you are signed in."""

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from milepost import clock
from milepost.web import format as words
from milepost.web.forms.fields import optional_id
from milepost.web.sessions import end_other_sessions, end_session, list_sessions
from milepost.workspace.errors import Invalid, NotFound


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
def account(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        _end(request)
        return redirect("account")
    sessions = list_sessions(request, now=clock.now())
    steps = list(Authenticator.objects.filter(user=request.user.pk).order_by("created_at", "pk"))
    codes = next((s for s in steps if s.type == Authenticator.Type.RECOVERY_CODES), None)
    context = {
        "app": next((s for s in steps if s.type == Authenticator.Type.TOTP), None),
        "passkeys": [(s, s.wrap().name) for s in steps if s.type == Authenticator.Type.WEBAUTHN],
        "has_codes": codes is not None,
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else 0,
        "sessions": sessions,
        "others": sum(not s.is_current for s in sessions),
    }
    return render(request, "account/page.html", context)


def _end(request: HttpRequest) -> None:
    if request.POST.get("do") == "others":
        ended = end_other_sessions(request)
        messages.success(request, f"Signed out of {words.count(ended, 'other browser')}.")
        return
    session_id = optional_id(request.POST.get("session", ""))
    if session_id is None:
        raise Invalid("Choose which session to end.")
    if not end_session(request, session_id):
        raise NotFound
    messages.success(request, "That browser is signed out.")


@require_GET
@never_cache
@login_required
def to_account(request: HttpRequest) -> HttpResponse:
    """Take the addresses that allauth goes on to, all of which are parts of the one page here."""
    return redirect("account")
