"""My week: everything due in one open form."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from milepost import clock
from milepost.core.numbers import NotANumber
from milepost.okr import actions
from milepost.okr.queries import WeekPage, list_cycles, my_initiatives, past_cycles, week_page
from milepost.web import format as words
from milepost.web.access import PlacedRequest, page
from milepost.web.forms.fields import REFUSALS
from milepost.web.pages.check_in_items import OWN_WORDS, Item, draft_of, item_of, typed
from milepost.workspace.errors import NotAllowed, NotFound

NOON, EVENING = 12, 18


@require_http_methods(["GET", "POST"])
@page
def week(request: PlacedRequest) -> HttpResponse:
    place = request.place
    shown = week_page(place.actor, today=place.today)
    items = [item_of(line.key_result, line=line) for line in shown.due]
    status = 200
    if request.method == "POST":
        items, saved = save_items(request, items)
        if saved:
            return redirect("week", place.slug)
        status = 422
    return render(request, "week/page.html", _context(request, shown, items), status=status)


def save_items(request: PlacedRequest, items: list[Item]) -> tuple[list[Item], bool]:
    """Save what was sent, all or nothing; return the items with their errors otherwise."""
    same = request.POST.get("save") == "nothing"
    sent = [item for item in items if item.names.confidence in request.POST or item.names.key in request.POST]
    if not sent:
        messages.info(request, "Nothing was due any more, so nothing was saved.")
        return items, True
    drafts, wrong = [], {}
    for item in sent:
        try:
            drafts.append(draft_of(item, request.POST, nothing_changed=same))
        except NotANumber as error:
            wrong[item.k.id] = str(error)
    if not wrong:
        try:
            actions.record_check_ins(by=request.place.actor, drafts=drafts, now=clock.now())
        except (NotFound, NotAllowed):
            raise
        except REFUSALS as error:
            noted = getattr(error, "__notes__", ())
            first = next((item.k.id for item in sent if f"key result {item.k.id}" in noted), sent[0].k.id)
            wrong[first] = str(error)
        else:
            messages.success(request, f"Saved {words.count(len(drafts), 'check-in')}.")
            return items, True
    return [replace(typed(item, request.POST), error=wrong.get(item.k.id, "")) for item in items], False


def _context(request: PlacedRequest, shown: WeekPage, items: list[Item]) -> dict[str, object]:
    place = request.place
    request.cycles = list_cycles(place.actor, today=place.today)
    hour = timezone.localtime(clock.now(), ZoneInfo(place.time_zone)).hour
    part = "morning" if hour < NOON else "afternoon" if hour < EVENING else "evening"
    first = place.user_name.split(" ")[0] if place.user_name else ""
    n = len(items)
    if n:
        due = min(max(line.due_on, place.today) if line.away_until else line.due_on for line in shown.due)
        days = (due - place.today).days
        when = "overdue" if days < 0 else {0: "due today", 1: "due tomorrow"}.get(days, f"due on {due:%A}")
        lede = f"{words.count(n, 'check-in').capitalize()} for week {place.today.isocalendar().week}, {when}."
    else:
        lede = "Everything is checked in." if shown.next_opens_on else "Nothing waits for you."
    return {
        "week": shown,
        "initiatives": my_initiatives(place.actor, today=place.today),
        "to_grade": [
            (past, words.count(past.mine, "objective"))
            for past in past_cycles(place.actor, request.cycles, today=place.today)
            if past.mine and place.actor.can_write
        ],
        "due": items,
        "next_opens_on": shown.next_opens_on,
        "greeting": f"Good {part}, {first}",
        "lede": lede,
        "own_words": OWN_WORDS,
        "save_label": "Save" if n == 1 else f"Save all {words.count(n, 'x').split(' ')[0]}",
    }
