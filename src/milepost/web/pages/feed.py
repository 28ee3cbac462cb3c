"""What happened on what one follows, and what one is told."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from milepost import clock
from milepost.rhythm import actions
from milepost.rhythm.queries import NotificationLine, feed_page, list_choices, list_notifications
from milepost.web.access import PlacedRequest, page
from milepost.web.forms.fields import optional_id


@require_GET
@page
def feed(request: PlacedRequest) -> HttpResponse:
    before = optional_id(request.GET.get("before", ""))
    return render(request, "talk/feed.html", {"feed": feed_page(request.place.actor, before=before), "before": before})


@require_http_methods(["GET", "POST"])
@page
def notifications(request: PlacedRequest) -> HttpResponse:
    """Show what the reader was told; a POST marks one or all as read, opens one, or keeps their choices."""
    place = request.place
    if request.method == "POST":
        return _write(request)
    unread = request.GET.get("show") == "unread"
    before = optional_id(request.GET.get("before", ""))
    shown = list_notifications(place.actor, unread=unread, before=before)
    context = {"shown": shown, "unread": unread, "choices": list_choices(place.actor), "before": before}
    return render(request, "talk/notifications.html", context)


def _write(request: PlacedRequest) -> HttpResponse:
    place = request.place
    if request.POST.get("do") == "choices":
        chosen = {
            line.kind: actions.Choice(
                in_app=f"app-{line.kind}" in request.POST, by_mail=f"mail-{line.kind}" in request.POST
            )
            for line in list_choices(place.actor)
        }
        actions.choose_notifications(by=place.actor, choices=chosen)
        return redirect(reverse("notifications", args=[place.slug]) + "#choices")
    one = request.POST.get("notification", "")
    pk = optional_id(one) or 0
    actions.mark_read(by=place.actor, notification_id=pk if one else None, now=clock.now())
    if one and request.POST.get("do") == "open":
        return redirect(_where(request, list_notifications(place.actor, before=pk + 1, limit=1).items[0]))
    return redirect("notifications", place.slug)


def _where(request: PlacedRequest, line: NotificationLine) -> str:
    """Return where the thing stands that a notification is about."""
    route = ("kpi", line.kpi) if line.kpi else ("goal", line.objective_id)
    if line.cycle_id is not None:
        route = ("plan", line.cycle_id)
    place = f"#comment-{line.comment_id}" if line.comment_id else f"#kr-{line.key_result_id}"
    address = reverse(route[0], args=[request.place.slug, route[1]])
    return address + (place if line.comment_id or line.key_result_id else "")
