"""Keys for programs: one's own, and for admins those of the workspace."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from milepost import clock
from milepost.links import absolute
from milepost.web import format as words
from milepost.web.access import PlacedRequest, page
from milepost.web.forms.fields import attempt, optional_id
from milepost.web.forms.tokens import TokenForm
from milepost.workspace import actions
from milepost.workspace.errors import NotFound
from milepost.workspace.queries import list_tokens


@require_http_methods(["GET", "POST"])
@page
def tokens(request: PlacedRequest) -> HttpResponse:
    place = request.place
    if "revoke" in request.POST:
        token_id = optional_id(request.POST["revoke"])
        if token_id is None:
            raise NotFound
        actions.revoke_token(by=place.actor, token_id=token_id, now=clock.now())
        messages.success(request, "The token is ended: its next request is refused.")
        return redirect("tokens", place.slug)
    form = TokenForm(request.POST or None, role=place.actor.role)
    made, status = None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            made = attempt(form, lambda: actions.create_token(by=place.actor, **form.draft(), now=clock.now()))
    if made is not None:  # shown here and now, and never again: no redirect could carry it safely
        form, status = TokenForm(role=place.actor.role), 200
    rows = list_tokens(place.actor, now=clock.now())
    context = {
        "form": form,
        "tokens": rows,
        "secret": made.secret if made else "",
        "address": absolute(request, "/").rstrip("/"),
        "lede": f"{words.count(len(rows), 'key').capitalize()} for programs. A token does what its holder may, "
        "inside its scopes.",
    }
    return render(request, "settings/tokens.html", context, status=status)
