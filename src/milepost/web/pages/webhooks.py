"""Webhooks: addresses that are told, and how the messages went."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from milepost import clock
from milepost.web.access import PlacedRequest, page
from milepost.web.forms.fields import attempt, optional_id
from milepost.web.forms.webhooks import WebhookForm
from milepost.workspace import actions
from milepost.workspace.errors import NotFound
from milepost.workspace.queries import list_deliveries, list_webhooks

SHOWN = 20


@require_http_methods(["GET", "POST"])
@page
def webhooks(request: PlacedRequest) -> HttpResponse:
    place = request.place
    hooks = list_webhooks(place.actor).items  # refuses whoever is no admin
    chosen = optional_id(request.POST.get("webhook", "") or request.GET.get("log", ""))
    if request.POST.get("do") in {"on", "off", "delete", "secret", "replay"}:
        return _do(request, chosen)
    form = WebhookForm(request.POST or None)
    secret, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            made = attempt(form, lambda: actions.create_webhook(by=place.actor, **form.cleaned_data, now=clock.now()))
            if made is not None:
                (_, secret), status, form = made, 200, WebhookForm()
                hooks = list_webhooks(place.actor).items
    return _shown(request, form, hooks=hooks, secret=secret, chosen=chosen, status=status)


def _do(request: PlacedRequest, chosen: int | None) -> HttpResponse:
    place, now = request.place, clock.now()
    if chosen is None:
        raise NotFound
    match request.POST["do"]:
        case "secret":
            secret = actions.rotate_secret(by=place.actor, webhook_id=chosen, now=now)
            hooks = list_webhooks(place.actor).items
            return _shown(request, WebhookForm(), hooks=hooks, secret=secret, chosen=chosen, status=200)
        case "delete":
            actions.delete_webhook(by=place.actor, webhook_id=chosen, now=now)
            messages.success(request, "The webhook is deleted.")
        case "replay":
            delivery = optional_id(request.POST.get("delivery", ""))
            if delivery is None:
                raise NotFound
            actions.replay(by=place.actor, delivery_id=delivery, now=now)
            messages.success(request, "The message is sent again within seconds.")
            return redirect(f"{request.path}?log={chosen}#log")
        case switch:
            actions.edit_webhook(by=place.actor, webhook_id=chosen, is_on=switch == "on", now=now)
            messages.success(request, f"The webhook is switched {switch}.")
    return redirect("webhooks", place.slug)


def _shown(
    request: PlacedRequest,
    form: WebhookForm,
    *,
    hooks: list[dict[str, object]],
    secret: str,
    chosen: int | None,
    status: int,
) -> HttpResponse:
    log = list_deliveries(request.place.actor, chosen, sort="-id", limit=SHOWN).items if chosen is not None else []
    context = {"form": form, "hooks": hooks, "secret": secret, "log": log, "chosen": chosen}
    return render(request, "settings/webhooks.html", context, status=status)
