"""What a cycle says, and what was kept, changed and learned: the margin of the review, and a page of its own."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from milepost import clock
from milepost.core.calibration import Calibration
from milepost.core.grade import Pitch
from milepost.okr import actions
from milepost.okr.queries import CycleReport, CycleRow, cycle_report, list_cycles, retrospectives_of
from milepost.web import format as words
from milepost.web.access import PlacedRequest, page
from milepost.web.charts import calibration as chart
from milepost.web.forms.fields import REFUSALS, optional_id
from milepost.web.pages.reviews import cycle_of
from milepost.web.words import AMBITIONS, KEY_RESULT_KINDS
from milepost.workspace.errors import NotAllowed, NotFound

QUESTIONS = (
    ("kept", "What we keep", "What went well and stays"),
    ("changed", "What we change", "What we do another way from now on"),
    ("learned", "What we learned", "Lessons stand beside the drafts of the next cycle"),
)


@require_http_methods(["GET", "POST"])
@page
def retrospective(request: PlacedRequest, pk: int) -> HttpResponse:
    place = request.place
    if request.htmx:  # a part of a page whose frame stands already
        request.cycles = list_cycles(place.actor, today=place.today)
    cycle = cycle_of(request, pk)
    error, wrong = "", None
    if request.method == "POST":
        team_id = optional_id(request.POST.get("team", ""))
        try:
            actions.write_retrospective(
                by=place.actor,
                cycle_id=cycle.id,
                team_id=team_id,
                draft=actions.RetrospectiveDraft(**{name: request.POST.get(name, "") for name, _, _ in QUESTIONS}),
                seen=optional_id(request.POST.get("version", "")),
                now=clock.now(),
            )
        except (NotFound, NotAllowed):
            raise
        except REFUSALS as refusal:
            error, wrong = str(refusal), team_id
        else:
            messages.success(request, f"Saved what {cycle.name} leaves behind.")
            return redirect("review", place.slug, cycle.id)
    report = cycle_report(
        place.actor,
        cycle,
        request.cycles,
        rhythms=place.rhythms,
        time_zone=place.time_zone,
        today=place.today,
    )
    context = _context(request, cycle, report) | {"error": error, "wrong": wrong}
    template = "reviews/_says.html" if request.htmx else "reviews/retrospective.html"
    return render(request, template, context, status=422 if error else 200)


def _context(request: PlacedRequest, cycle: CycleRow, report: CycleReport) -> dict[str, Any]:
    place = request.place
    texts = retrospectives_of(place.actor, cycle, teams=place.teams)
    return {
        "cycle": cycle,
        "report": report,
        "said": _said(report),
        "easy": report.pitch == Pitch.TOO_EASY,
        "on_time": _on_time(report),
        "amended": _amended(report),
        "tables": [
            ("By team", report.by_team, {}),
            ("By kind", report.by_kind, KEY_RESULT_KINDS),
            ("By ambition", report.by_ambition, AMBITIONS),
        ],
        "chart": chart.draw(report.calibration) if report.calibration.is_enough else None,
        "calibrated": _calibrated(report.calibration, cycles=report.calibrated_cycles),
        "texts": [
            {
                "text": text,
                "heading": text.team_name or "Everybody",
                "is_folded": text.team_id is not None and not text.version,
                "questions": [(name, label, hint, getattr(text, name)) for name, label, hint in QUESTIONS],
            }
            for text in texts
            if text.can_edit or text.version
        ],
    }


def _said(report: CycleReport) -> str:
    """Return how many were reached, partly and missed, and the average grade."""
    h = report.hits
    if not h.total and not h.without:
        return "No key result of it is graded yet."
    said = [f"{h.reached} of {words.tally(h.total, 'key result')} reached, {h.partly} partly, {h.missed} missed."]
    if not h.total:
        said = ["None of it has a band."]
    elif h.without:
        said.append(f"{words.count(h.without, 'other').capitalize()} without a band.")
    if h.average is not None:
        said.append(f"The average grade is {h.average:.2f}.")
    if h.not_reviewed:
        said.append(f"{h.not_reviewed} not reviewed.")
    return " ".join(said)


def _on_time(report: CycleReport) -> str:
    if report.on_time is None:
        return "none was due"
    was = f", was {words.percent(report.on_time_before)}" if report.on_time_before is not None else ""
    return f"{words.percent(report.on_time)}{was}"


def _amended(report: CycleReport) -> str:
    if not report.amendments:
        return "none"
    return f"{report.amendments}, {report.target_amendments} to targets"


def _calibrated(c: Calibration, *, cycles: int) -> str:
    """Return what the chart says in a sentence, or why there is none."""
    if not c.is_enough:
        return (
            f"{words.count(c.count, 'closed key result').capitalize()} with a confidence so far. "
            "From 50 on this shows whether it can be relied on."
        )
    gap = round(100 * (c.gap or 0.0))
    noun = "point" if abs(gap) == 1 else "points"
    if gap == 0:
        size = "On average it came true as often as we said."
    else:
        size = f"On average we said {abs(gap)} {noun} {'more' if gap > 0 else 'less'} than happened."
    return (
        f"{words.tally(c.count, 'closed key result')} of {words.count(cycles, 'cycle')}; came true means the grade is "
        f"reached. Points below the dashed line were too hopeful. {size}"
    )
