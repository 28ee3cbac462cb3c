"""Settings: how status is told."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from milepost import clock
from milepost.core.pace import Ambition, elapsed
from milepost.core.rule_sets import ObjectiveRule, RuleSet
from milepost.core.status import words_by_progress
from milepost.core.workdays import WorkCalendar, days_after
from milepost.exchange.country_days import holidays_of
from milepost.okr import actions as okr
from milepost.okr.queries import list_cycles, pick_cycle
from milepost.web import format as words
from milepost.web.access import PlacedRequest, page
from milepost.web.forms.fields import attempt
from milepost.web.forms.rules import EVERY_DAY, RulesForm, initial_of, numbers_of, read_dates, week_words
from milepost.web.forms.versions import attempt_on, status_of
from milepost.web.words import LOOKS
from milepost.workspace.errors import NotAllowed
from milepost.workspace.queries import list_rules, show_rules

HALFWAY = 0.5  # an example where no cycle runs


@require_http_methods(["GET", "POST"])
@page
def rules(request: PlacedRequest) -> HttpResponse:
    place = request.place
    if not place.actor.is_admin:
        raise NotAllowed("Settings are for admins. Ask one of them.")
    there = show_rules(place.actor)
    form = RulesForm(request.POST or None, initial=initial_of(there))
    draft = okr.patched_rules(there, {})
    status = status_of(request, form)
    do = request.POST.get("do", "save")
    if do == "fill":
        form, status = _filled(request, there), 200
    elif request.method == "POST" and do == "show":
        del form.fields["reason"]
        if form.is_valid() and attempt(form, lambda: bool(okr.rules_of(form.draft()))):
            draft, status = form.draft(), 200
            form = RulesForm(None, initial=_as_sent(request, there) | numbers_of(asdict(draft)))
    elif request.method == "POST" and form.is_valid():
        saved = attempt_on(
            form,
            lambda seen: (
                okr.change_rules(
                    by=place.actor,
                    draft=form.draft(),
                    reason=form.cleaned_data["reason"],
                    seen=seen,
                    now=clock.now(),
                )
                or True
            ),
        )
        if saved:
            messages.success(request, "Status is told by these rules from today on.")
            return redirect("settings_status", place.slug)
        status = status_of(request, form)
    context = {
        "form": form,
        "thresholds": [form[name] for name in ("ahead", "on_track", "at_risk", "early_until")],
        "worked": worked(request, draft),
        "is_example": do == "show" and status == 200,  # noqa: PLR2004 - it could be read
        "versions": [{**row, "words": rules_words(row)} for row in list_rules(place.actor)],
    }
    return render(request, "settings/status.html", context, status=status)


def _as_sent(request: PlacedRequest, there: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: request.POST.get(name, value)
        for name, value in ({**initial_of(there), "country": "", "reason": ""}).items()
    }


def _filled(request: PlacedRequest, there: Mapping[str, Any]) -> RulesForm:
    """Return the form as it was sent with a country's holidays put into the list; nothing is saved."""
    sent = _as_sent(request, there)
    week = "01234" if sent["week"] == EVERY_DAY else sent["week"]
    form = RulesForm(None, initial=sent | {"week": week})
    try:
        days = holidays_of(sent["country"], today=request.place.today, working_days=set(map(int, week)))
        text = "\n".join(str(day) for day in sorted({*read_dates(sent["holidays"]), *days}))
    except ValueError:
        messages.error(request, "Choose a country whose holidays are known, and days of the week.")
        return form
    return RulesForm(None, initial=sent | {"week": week, "holidays": text})


def worked(request: PlacedRequest, draft: okr.RulesDraft) -> str:
    """Return what a rule set means today, in numbers of the cycle that runs."""
    place = request.place
    told, calendar = okr.rules_of(draft)
    cycle = pick_cycle(list_cycles(place.actor, today=place.today), today=place.today)
    tau, when = HALFWAY, "Halfway through a cycle"
    if cycle is not None and cycle.first_day < cycle.last_day:
        tau = elapsed(first=cycle.first_day, last=cycle.last_day, day=place.today, calendar=calendar)
        when = f"Today {_passed(cycle.first_day, cycle.last_day, place.today, calendar)} of {cycle.name} have passed"
    borders = words_by_progress(expected=tau, ambition=Ambition.COMMITTED, rules=told)
    parts = [
        f"{LOOKS[word.value].label.lower()} {'below' if start is None else 'from ' + words.percent(start)}"
        for word, start in borders
    ]
    says = f"{when}, so the plan of a committed goal is {words.percent(tau)}: {', '.join(parts)}."
    if tau < told.early_until:
        says += f" Until {words.percent(told.early_until)} of the time it is early, unless it is ahead."
    if told.objective == ObjectiveRule.WEAKEST:
        says += " An objective has the word of its weakest child."
    return says


def _passed(first: Any, last: Any, day: Any, calendar: WorkCalendar | None) -> str:
    whole = days_after(first, last, calendar=calendar)
    passed = days_after(first, min(day, last), calendar=calendar)
    return f"{passed} of {whole} {'days' if calendar is None else 'working days'}"


def rules_words(row: Mapping[str, Any]) -> str:
    """Return a rule set in one line."""
    told = RuleSet(row["kind"], row["ahead"], row["on_track"], row["at_risk"], row["early_until"], row["objective"])
    sign = "" if told.kind == "ratio" else "+"
    unit = "% of the plan" if told.kind == "ratio" else "points"
    names = ("ahead", "on track", "at risk")[-len(told.thresholds) :]
    parts = [f"{name} from {_points(value, sign)}" for name, value in zip(names, told.thresholds, strict=True)]
    days = "every day" if row["working_days"] is None else week_words(row["working_days"])
    off = f" without {words.count(len(row['holidays']), 'holiday')}" if row["holidays"] else ""
    early = words.percent(told.early_until)
    return f"{str(row['kind']).capitalize()}: {', '.join(parts)} {unit}; early until {early}; {days}{off}"


def _points(share: float, sign: str) -> str:
    value = round(100 * share, 9)
    return f"{sign if value > 0 else ''}{words.number(value, places=0 if value == round(value) else 1)}"
