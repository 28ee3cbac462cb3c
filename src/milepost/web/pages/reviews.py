"""The review of a cycle: grades, what becomes of each key result, and the close."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from milepost import clock
from milepost.core.grade import grade_word
from milepost.core.numbers import NotANumber, parse_number
from milepost.core.pace import Ambition
from milepost.okr import actions
from milepost.okr.queries import (
    CycleRow,
    ReviewObjective,
    ReviewPage,
    ReviewRow,
    follows,
    list_cycles,
    review_page,
    review_rows,
)
from milepost.okr.queries.review import VIEWS
from milepost.web import format as words
from milepost.web.access import PlacedRequest, page
from milepost.web.forms.fields import REFUSALS, optional_id
from milepost.web.words import GRADES, OUTCOMES
from milepost.workspace.errors import NotAllowed, NotFound

LABELS = {
    "all": "All", "waiting": "Waiting for a grade", "changed": "Changed by the lead", "carried": "Carried over",
}  # fmt: skip
BANDS = {
    "committed": "Committed: 1.0 is the promise, 0.7 to 1.0 is partly.",
    "aspirational": "Aspirational: reached from 0.7, partly from 0.4.",
    "learning": "Learning: it has a grade and no band.",
}
BAND_LABELS = {
    "committed": "below 0.7 missed, 0.7 to 1.0 partly, 1.0 reached",
    "aspirational": "below 0.4 missed, 0.4 to 0.7 partly, 0.7 and above reached",
    "learning": "no band",
}
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the fields of a row: what was sent, else what is saved."""

    row: ReviewRow
    grade: str
    reason: str
    lesson: str
    outcome: str
    keeps: bool
    options: tuple[tuple[str, str], ...]
    word: str
    why: str
    is_focused: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """An objective of the page with its rows, its band and its sentence."""

    o: ReviewObjective
    rows: tuple[Typed, ...]
    css: str
    pin: str
    band: str
    said: str
    about: str


@require_http_methods(["GET", "POST"])
@page
def review(request: PlacedRequest, pk: int) -> HttpResponse:
    place = request.place
    cycle = cycle_of(request, pk)
    view = request.GET.get("view", "all")
    view = view if view in VIEWS else "all"
    error = ""
    if request.method == "POST":
        try:
            saved = _save(request, cycle)
        except (NotFound, NotAllowed):
            raise
        except REFUSALS as refusal:
            error = str(refusal)
        else:
            if saved:
                messages.success(request, f"Saved {words.count(saved, 'grade')}.")
            else:
                messages.info(request, "Nothing was changed, so nothing was saved.")
            return redirect(request.get_full_path())
    is_open = place.today >= cycle.review_opens_on
    after = optional_id(request.GET.get("after", "")) or 0
    shown = review_page(place.actor, cycle, view=view if is_open else "all", after=after, only_closed=not is_open)
    return render(request, "reviews/page.html", _context(request, cycle, shown, error), status=422 if error else 200)


def cycle_of(request: PlacedRequest, pk: int) -> CycleRow:
    """Return the cycle that a page is about; what the frame asks of cycles is asked once."""
    place = request.place
    if not hasattr(request, "cycles"):
        request.cycles = list_cycles(place.actor, today=place.today)
    cycle = next((c for c in request.cycles if c.id == pk), None)
    if cycle is None:
        raise NotFound
    return cycle


def _save(request: PlacedRequest, cycle: CycleRow) -> int:
    """Save what was said; return of how many key results.

    Who leads a key result accepts its grade by leaving the field empty. Of others' key results only those
    are saved of which something was said, and with the button of one row that one.
    """
    sent = [pk for text in request.POST.getlist("row")[:200] if (pk := optional_id(text))]
    only = optional_id(request.POST.get("only", ""))
    rows = {row.k.id: row for row in review_rows(request.place.actor, cycle, sent) if row.can_grade}
    drafts: dict[int, actions.GradeDraft] = {}
    for pk, row in rows.items():
        draft = _sent(request, row)
        accepts = pk == only or (only is None and row.is_mine and not row.is_graded)
        if accepts or draft != _stands(row):
            drafts[pk] = draft
    return actions.save_grades(by=request.place.actor, drafts=drafts, now=clock.now()) if drafts else 0


def _sent(request: PlacedRequest, row: ReviewRow) -> actions.GradeDraft:
    pk = row.k.id
    text = request.POST.get(f"grade-{pk}", "").strip()
    try:
        grade = parse_number(text) if text else None
    except NotANumber:
        raise NotANumber(f"“{row.k.title}”: a grade is a number from 0.0 to 1.0, not “{text[:20]}”.") from None
    outcome = request.POST.get(f"outcome-{pk}", "")
    return actions.GradeDraft(
        grade=grade,
        reason=" ".join(request.POST.get(f"reason-{pk}", "").split()) if grade is not None else "",
        lesson=" ".join(request.POST.get(f"lesson-{pk}", "").split()),
        outcome=outcome,
        keeps_progress=outcome == "carry" and request.POST.get(f"keep-{pk}") == "1",
    )


def _stands(row: ReviewRow) -> actions.GradeDraft:
    return actions.GradeDraft(
        row.own, row.reason if row.own is not None else "", row.lesson, row.outcome, row.keeps_progress
    )


@require_POST
@page
def close(request: PlacedRequest, pk: int) -> HttpResponse:
    place = request.place
    cycle = cycle_of(request, pk)
    closed, left = actions.close_cycle(by=place.actor, cycle_id=cycle.id, now=clock.now())
    more = f" {words.count(len(left), 'objective').capitalize()} wait for others." if left else ""
    messages.success(request, f"Closed {words.count(len(closed), 'objective')} of {cycle.name}.{more}")
    return redirect("review", place.slug, cycle.id)


@require_POST
@page
def carry_over(request: PlacedRequest, pk: int) -> HttpResponse:
    place = request.place
    cycle = cycle_of(request, pk)
    ids = [one for text in request.POST.getlist("carry")[:200] if (one := optional_id(text))]
    drafts = actions.carry_over(
        by=place.actor,
        cycle_id=cycle.id,
        key_result_ids=ids,
        keeps_progress=request.POST.get("keeps") == "1",
        now=clock.now(),
    )
    after = follows(request.cycles, cycle)
    where = f" to {after.name}" if after else ""
    noun = words.count(len(ids), "key result")
    messages.success(request, f"Carried {noun} over{where}, in {words.count(len(drafts), 'draft')}.")
    return redirect(reverse("review", args=[place.slug, cycle.id]) + "?view=carried")


def _context(request: PlacedRequest, cycle: CycleRow, shown: ReviewPage, error: str) -> dict[str, Any]:
    place = request.place
    cycles = request.cycles
    after = follows(cycles, cycle)
    rows = [row for o in shown.objectives for row in o.rows]
    waiting = [row for row in rows if row.is_open and not row.is_graded]
    to_do = next((row.k.id for row in waiting if row.can_grade and row.is_mine), None)
    focus = to_do if shown.view == "waiting" else None
    ended = place.today > cycle.last_day
    is_open = place.today >= cycle.review_opens_on
    closable = {o.line.id for o in shown.objectives if o.can_grade}
    here = f"?{urlencode({'view': shown.view})}"
    return {
        "cycle": cycle,
        "next_cycle": after,
        "page": shown,
        "panels": [_panel(request, o, focus=focus, error=bool(error)) for o in shown.objectives],
        "tabs": [(view, LABELS[view], shown.counts[view]) for view in VIEWS],
        "error": error,
        "lede": _lede(shown, waiting, ended=ended, cycle=cycle) if is_open else _not_yet(cycle),
        "ended": ended,
        "is_open": is_open,
        "can_grade_any": any(row.can_grade for row in rows),
        "can_close_any": bool(closable),
        "waiting": waiting[:MOST_NAMED],
        "waiting_words": words.count(shown.counts["waiting"], "key result").capitalize(),
        "may_close": ended and shown.open_objectives and (shown.closes_rest or not shown.counts["waiting"]),
        "closes_rest": shown.closes_rest and shown.counts["waiting"],
        "go_on": [row for row in rows if row.is_unfinished and row.k.objective_id in closable] if after else [],
        "next_page": f"{here}&after={shown.next_after}" if shown.next_after else "",
    }


def _not_yet(cycle: CycleRow) -> str:
    return f"The review opens on {cycle.review_opens_on:%-d %b %Y}. Until then the goals say how it goes."


def _lede(shown: ReviewPage, waiting: list[ReviewRow], *, ended: bool, cycle: CycleRow) -> str:
    total, left = shown.counts["all"], shown.counts["waiting"]
    if not total:
        return "Nothing of this cycle ran, so there is nothing to look back on."
    if not shown.open_objectives:
        return f"{cycle.name} is closed. What was learned stands beside the drafts of the next cycle."
    graded = "All are" if not left else f"{words.count(total - left, 'x').split(' ')[0].capitalize()} of {total} are"
    named = [f"{row.k.title} waits for {row.k.lead_name}." for row in waiting[:1]] if left == 1 else []
    early = [] if ended else [f"The cycle runs until {cycle.last_day:%-d %b}."]
    return " ".join([f"{graded} graded.", *named, *early])


def _panel(request: PlacedRequest, o: ReviewObjective, *, focus: int | None, error: bool) -> Panel:
    ambition = o.line.ambition
    grade = "no grade" if o.grade is None else f"{o.grade:.2f}"
    word = f" {o.word.value}" if o.word else ""
    with_own = ""
    if o.changed and o.is_open and o.amended is not None:
        own = "the own grade" if len(o.changed) == 1 else f"{len(o.changed)} own grades"
        with_own = f" with {own}, {o.amended:.2f} without."
    return Panel(
        o=o,
        rows=tuple(_typed(request, row, focus=focus, error=error) for row in o.rows),
        css={"aspirational": " band-a", "learning": " band-l"}.get(ambition, ""),
        pin="" if o.grade is None else f"{100 * min(1.0, max(0.0, o.grade)):.1f}",
        band=f"Grade {grade} on bands: {BAND_LABELS[ambition]}",
        said=f"{grade}{word}",
        about=f"{with_own or '.'} {BANDS[ambition]}" + (f" {o.grade_reason}" if o.grade_reason else ""),
    )


def _typed(request: PlacedRequest, row: ReviewRow, *, focus: int | None, error: bool) -> Typed:
    pk = row.k.id
    sent = error and f"grade-{pk}" in request.POST
    given = request.POST if sent else {}
    found = row.proposed
    word = grade_word(found, ambition=Ambition(row.k.ambition)) if found is not None else None
    return Typed(
        row=row,
        grade=given.get(f"grade-{pk}", "" if row.own is None else f"{row.own:.4g}"),
        reason=given.get(f"reason-{pk}", row.reason),
        lesson=given.get(f"lesson-{pk}", row.lesson),
        outcome=given.get(f"outcome-{pk}", row.outcome),
        keeps=given.get(f"keep-{pk}") == "1" if sent else row.keeps_progress,
        options=tuple((key, OUTCOMES[key]) for key in row.outcomes),
        word=GRADES[word] if word else "",
        why=_why(row),
        is_focused=pk == focus,
    )


def _why(row: ReviewRow) -> str:
    """Return who gave another grade than the proposed one, and why; empty where it was accepted."""
    if row.own is None:
        return ""
    who = f"{row.by.split(' ')[0]} gave {row.own:.2f}" if row.by else f"The grade is {row.own:.2f}"
    instead = f" instead of {row.proposed:.2f}" if row.proposed is not None else ""
    return f"{who}{instead}: {row.reason}"
