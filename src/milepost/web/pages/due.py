"""What the links of a mail open, without a session: the form of what is due, and the end of such mails."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from milepost import clock
from milepost.okr import actions as okr
from milepost.okr.queries import week_page
from milepost.rhythm import actions
from milepost.rhythm.queries import NEWS, read_due_link, read_stop_link
from milepost.web import format as words
from milepost.web.access import PlacedRequest
from milepost.web.pages.check_in_items import OWN_WORDS, item_of
from milepost.web.pages.week import save_items


@require_http_methods(["GET", "POST"])
@never_cache
def form(request: HttpRequest, token: str) -> HttpResponse:
    """Show the form of what is due for the person whom the mail was for, and save it as theirs.

    The link stands for a sign-in by password at most: where a second step is demanded it leads to My week.
    """
    now = clock.now()
    place = read_due_link(token, now=now)
    if place.demands_second_step or place.has_second_step:
        return redirect("week", place.slug)
    if place.scores_are_old:
        okr.refresh_day(by=place.actor, now=now)
    with timezone.override(place.time_zone):
        shown = week_page(place.actor, today=place.today)
        items = [item_of(line.key_result, line=line) for line in shown.due]
        status = 200
        if request.method == "POST":
            placed = cast("PlacedRequest", request)
            placed.place = place  # what follows asks who acts; the page is then drawn without the frame
            items, saved = save_items(placed, items)
            del placed.place
            if saved:
                return redirect("due_form", token)
            status = 422
        count = len(items)
        context = {
            "token": token,
            "ws": place.slug,
            "today": place.today,
            "place": place,
            "due": items,
            "own_words": OWN_WORDS,
            "lede": f"{words.count(count, 'check-in').capitalize()} for {place.user_name}." if count else "",
            "save_label": "Save" if count == 1 else f"Save all {words.count(count, 'x').split(' ')[0]}",
        }
        return render(request, "due/form.html", context, status=status)


@csrf_exempt  # mail programs press it for the reader and hold no cookie of ours; the link itself is signed
@require_http_methods(["GET", "POST"])
@never_cache
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Ask once whether mails of a kind shall stop, and stop them; a mail program's one click needs no page."""
    membership_id, kind = read_stop_link(token)
    done = request.method == "POST"
    if done:
        actions.stop_mails(membership_id=membership_id, kind=kind)
    return render(request, "due/stop.html", {"token": token, "done": done, "is_news": kind == NEWS})
