"""Webhooks: addresses that are told, and how the messages went."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from milepost import clock
from milepost.web.access import PlacedRequest, page
from milepost.web.forms.fields import attempt, optional_id
from milepost.web.forms.webhooks import WebhookForm
from milepost.workspace import actions
from milepost.workspace.errors import Invalid, NotFound
from milepost.workspace.queries import list_deliveries, list_webhooks, show_webhook

SHOWN = 20


@require_http_methods(["GET", "POST"])
@page
def webhooks(request: PlacedRequest) -> HttpResponse:
    if request.method == "GET":
        return _shown(request)
    return DEEDS.get(request.POST.get("do", ""), _add)(request)


def _add(request: PlacedRequest) -> HttpResponse:
    actor, form = request.place.actor, WebhookForm(request.POST)
    made = None
    if form.is_valid():
        made = attempt(form, lambda: actions.create_webhook(by=actor, **form.cleaned_data, now=clock.now()))
    if made is None:
        return _shown(request, form, status=422)
    return _shown(request, secret=made[1])  # shown here and now: no redirect could carry it safely


def _change(request: PlacedRequest) -> HttpResponse:
    actor, form, pk = request.place.actor, WebhookForm(request.POST), _named(request, "webhook")
    if form.is_valid():
        attempt(form, lambda: actions.edit_webhook(by=actor, webhook_id=pk, **form.cleaned_data, now=clock.now()))
    if form.errors:
        return _shown(request, form, edited=pk, status=422)
    return _told(request, "The webhook is changed.")


def _switch(request: PlacedRequest) -> HttpResponse:
    is_on = request.POST["do"] == "on"
    actions.edit_webhook(by=request.place.actor, webhook_id=_named(request, "webhook"), is_on=is_on, now=clock.now())
    return _told(request, f"The webhook is switched {'on' if is_on else 'off'}.")


def _delete(request: PlacedRequest) -> HttpResponse:
    actions.delete_webhook(by=request.place.actor, webhook_id=_named(request, "webhook"), now=clock.now())
    messages.success(request, "The webhook is deleted.")
    return redirect("webhooks", request.place.slug)


def _rotate(request: PlacedRequest) -> HttpResponse:
    webhook_id = _named(request, "webhook")
    secret = actions.rotate_secret(by=request.place.actor, webhook_id=webhook_id, now=clock.now())
    return _shown(request, secret=secret)


def _test(request: PlacedRequest) -> HttpResponse:
    try:
        actions.send_test(by=request.place.actor, webhook_id=_named(request, "webhook"), now=clock.now())
    except Invalid as error:
        messages.error(request, str(error))
        return redirect("webhooks", request.place.slug)
    return _told(request, "A test message is on its way. Reload the page to see how it went.")


def _replay(request: PlacedRequest) -> HttpResponse:
    actions.replay(by=request.place.actor, delivery_id=_named(request, "delivery"), now=clock.now())
    return _told(request, "The message is on its way again. Reload the page to see how it went.")


DEEDS: dict[str, Callable[[PlacedRequest], HttpResponse]] = {
    "change": _change, "on": _switch, "off": _switch, "delete": _delete, "secret": _rotate, "test": _test,
    "replay": _replay,
}  # fmt: skip


def _named(request: PlacedRequest, field: str) -> int:
    found = optional_id(request.POST.get(field, ""))
    if found is None:
        raise NotFound
    return found


def _told(request: PlacedRequest, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    webhook_id = _named(request, "webhook")
    return redirect(f"{request.path}?log={webhook_id}#webhook-{webhook_id}")


def _shown(
    request: PlacedRequest,
    form: WebhookForm | None = None,
    *,
    edited: int | None = None,
    secret: str = "",
    status: int = 200,
) -> HttpResponse:
    """Show the addresses, the log of the chosen one, and the form of a new one or of the one that is edited."""
    actor = request.place.actor
    hooks = list_webhooks(actor, limit=actions.MOST_WEBHOOKS).items  # refuses whoever is no admin
    if request.method == "GET":
        edited = optional_id(request.GET.get("edit", ""))
    chosen = optional_id(request.GET.get("log", "")) or (hooks[0]["id"] if len(hooks) == 1 else None)
    log = list_deliveries(actor, chosen, sort="-id", limit=SHOWN).items if chosen is not None else []
    old = show_webhook(actor, edited) if edited is not None else None
    context: dict[str, Any] = {
        "form": form or WebhookForm(initial=old),
        "hooks": [{**hook, "word": _word(hook), "log": log if hook["id"] == chosen else None} for hook in hooks],
        "most_attempts": actions.MOST_ATTEMPTS, "shown": SHOWN, "edited": old, "secret": secret,
    }  # fmt: skip
    for message in log:
        message["word"] = _message_word(message)
    return render(request, "settings/webhooks.html", context, status=status)


def _word(hook: dict[str, Any]) -> str:
    if not hook["is_on"]:
        return "hook_off"
    return "hook_failing" if hook["failing_since"] else "hook_on"


def _message_word(message: dict[str, Any]) -> str:
    if message["delivered_at"]:
        return "delivered"
    if not message["attempts"]:
        return "waiting"
    return "trying_again" if message["next_at"] else "given_up"
