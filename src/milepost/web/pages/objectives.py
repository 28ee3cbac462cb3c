"""One objective: its page, its form, its life."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.forms import BaseFormSet, formset_factory
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from milepost import clock
from milepost.core.numbers import NotANumber, parse_number
from milepost.core.rhythm import is_open
from milepost.okr import actions
from milepost.okr.queries import (
    KeyResultLine,
    Lessons,
    ObjectiveLine,
    ObjectivePage,
    ReviewRow,
    contributor_ids,
    get_objective,
    initiatives_of,
    lessons_for,
    list_cycles,
    objective_page,
    parent_of,
    pick_cycle,
    planned_score,
    review_rows,
)
from milepost.web import format as words
from milepost.web.access import PlacedRequest, page
from milepost.web.forms.examples import chosen, key_result_rows, objective_fields
from milepost.web.forms.fields import REFUSALS, attempt, optional_id
from milepost.web.forms.goals import ObjectiveForm, QuickKeyResultForm
from milepost.web.forms.hints import give_hints
from milepost.web.forms.versions import attempt_on, status_of
from milepost.web.pages.check_in_items import OWN_WORDS, Item, item_of
from milepost.web.pages.choices import objective_choices
from milepost.web.pages.past import asked_day, past_objective
from milepost.web.pages.talk import Saying, objective_talk
from milepost.web.templatetags.milepost import way
from milepost.web.words import OUTCOMES
from milepost.workspace.errors import NotAllowed, NotFound
from milepost.workspace.permissions import WHO_SEES, Visibility
from milepost.workspace.queries import Place

HINTS = (
    "An objective says in words what will be true. The numbers belong to its key results.",
    "Two to five key results are enough; each says how you will know.",
    "A key result that reads a KPI needs no typing: its value comes from there.",
)
ROWS = (
    ("g1", ("title",)),
    ("g1", ("why",)),
    ("g3", ("owner", "lead", "cycle")),
    ("g3", ("parent", "ambition", "counts")),
    ("g2", ("pillar", "tags")),
    ("g3", ("visibility", "contributors", "sharing_teams")),
    ("g1", ("reason",)),
)


@require_GET
@page
def objective(request: PlacedRequest, pk: int) -> HttpResponse:
    place = request.place
    on = asked_day(request)
    if on is not None:
        return past_objective(request, pk, on)
    shown = objective_page(place.actor, pk, today=place.today, reviewers=place.reviewers)
    wanted = optional_id(request.GET.get("check_in", ""))
    return render(request, "goals/objective.html", objective_context(request, shown, opened=wanted))


def objective_context(
    request: PlacedRequest,
    shown: ObjectivePage,
    *,
    opened: int | None = None,
    sent: Item | None = None,
    saying: Saying | None = None,
) -> dict[str, Any]:
    """Return what the page of an objective needs; `sent` is a check-in, `saying` a comment that could not be saved."""
    place = request.place
    o = shown.line
    items = []
    for k in shown.key_results:
        may = (
            o.state == "active"
            and k.state == "active"
            and place.actor.can_write
            and (shown.can_check_in or k.lead_id == shown.my_id or k.lead_id in shown.stands_in_for)
        )
        due = (
            k.next_check_in_on is not None
            and is_open(k.next_check_in_on, today=place.today)
            and k.lead_id == shown.my_id
        )
        opened_now = may and (k.id == opened or (opened is None and due))
        item = sent if sent is not None and sent.k.id == k.id else item_of(k, can_check_in=may, is_open=opened_now)
        items.append(replace(item, parts=shown.parts.get(k.id, ()), served=shown.served.get(k.id, ())))
    lede = words.points(o.expected - o.score) if o.score is not None and o.expected is not None else ""
    worst = _worst(shown.key_results)
    if o.state == "closed":
        lede = f"Closed {words.day(shown.closed_on, today=place.today)}."
    elif lede:
        lede = f"{lede[0].upper()}{lede[1:]}." + (f" {worst} holds it back." if worst else "")
    else:
        lede = "No key result has a value yet."
    initiatives = initiatives_of(place.actor, o.id)
    may_work = place.actor.can_write and o.state not in {"closed", "cancelled"}
    helps = shown.can_check_in or any(k.lead_id == shown.my_id for k in shown.key_results)
    return objective_talk(request, o.id, saying=saying) | {
        "page": shown,
        "initiatives": initiatives,
        "initiatives_done": sum(i.state == "done" for i in initiatives),
        "initiatives_left": sum(i.state != "cancelled" for i in initiatives),
        "may_work": may_work and helps,
        "may_add": may_work and helps,
        "items": items,
        "o": o,
        "lede": lede,
        "own_words": OWN_WORDS,
        "hero_number": words.number(100 * o.score, places=0) if o.score is not None else "",
        "hero_at": f"{min(92.0, max(8.0, 100 * o.expected)):.1f}" if o.expected is not None else "0",
    }


def _worst(key_results: tuple[KeyResultLine, ...]) -> str:
    behind = [
        k
        for k in key_results
        if k.word in {"off_track", "at_risk"} and k.expected is not None and k.counted is not None
    ]
    return max(behind, key=lambda k: (k.expected or 0) - (k.counted or 0)).title if behind else ""


@require_http_methods(["GET", "POST"])
@page
def new(request: PlacedRequest) -> HttpResponse:
    place = request.place
    if not place.actor.can_write:
        raise NotAllowed("You may not add objectives here. Ask an admin if you should.")
    choices = objective_choices(place)
    if not choices["cycle"]:
        messages.info(request, "Objectives live in cycles. Add one first.")
        return redirect("settings_cycles" if place.actor.is_admin else "goals", place.slug)
    initial = {
        "lead": str(place.actor.membership_id),
        "cycle": request.GET.get("cycle") or _running_cycle(place),
        "parent": request.GET.get("parent", ""),
        "pillar": request.GET.get("pillar", ""),
        "owner": request.GET.get("owner", ""),
        "ambition": "committed",
        "counts": "key_results",
        "visibility": "everybody",
    }
    example = chosen(place.actor, request.GET, kind="objective")
    rows = key_result_rows(example) if example else []
    initial |= objective_fields(example) if example else {}
    form = ObjectiveForm(request.POST or None, choices=choices, initial=initial)
    formset = _formset(request, choices, rows)
    if request.method == "POST" and form.is_valid() and formset.is_valid():
        drafts = [draft for sub in formset if (draft := sub.draft()) is not None]
        work = [one for sub in formset if (one := sub.initiative()) is not None]
        as_draft = request.POST.get("save") == "draft"
        pk = attempt(
            form,
            lambda: actions.create_objective(
                by=place.actor,
                draft=form.draft(),
                key_results=drafts,
                initiatives=work,
                activate=not as_draft,
                now=clock.now(),
            ),
        )
        if pk is not None:
            return redirect("goal", place.slug, pk)
    context = _form_context(form, heading="Add an objective", back=reverse("goals", args=[place.slug]))
    context |= _hinted(request, form, of=None, at_once=example is not None)
    context |= {
        "formset": formset,
        "save_label": "Save objective",
        "draft_label": "Save as draft",
        "lede": "Who wants what to be true, and how will you know?",
        "lessons": _lessons(place, optional_id(str(form["cycle"].value() or ""))),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "goals/form.html", context, status=status)


def _formset(
    request: PlacedRequest, choices: dict[str, Any], rows: list[dict[str, Any]]
) -> "BaseFormSet[QuickKeyResultForm]":
    """Return the rows of key results: those of an example, else three empty ones."""
    extra = 0 if request.method == "POST" else 1 if rows else 3
    factory = formset_factory(QuickKeyResultForm, extra=extra, max_num=10, absolute_max=10)
    # Rows of an example are sent as they are shown, so a row that nobody touched is saved too.
    return factory(request.POST or None, prefix="kr", initial=rows[:10], form_kwargs={"choices": choices})


def _hinted(request: PlacedRequest, form: ObjectiveForm, *, of: int | None, at_once: bool) -> dict[str, Any]:
    """Return where the form asks for hints; `at_once`: also before anything was changed."""
    give_hints(form, "objective")
    asked = f"?form=objective{f'&of={of}' if of is not None else ''}"
    return {"hints_at": reverse("guidance_hints", args=[request.place.slug]) + asked, "hints_at_once": at_once}


@require_http_methods(["GET", "POST"])
@page
def edit(request: PlacedRequest, pk: int) -> HttpResponse:
    place = request.place
    shown = objective_page(place.actor, pk, today=place.today)
    if not shown.can_edit:
        raise NotAllowed("You may not change this objective here. Ask its lead or an admin.")
    o = shown.line
    parent = parent_of(place.actor, pk)
    runs = o.state in {"active", "paused"}
    initial = {
        "title": o.title,
        "why": shown.why,
        "lead": str(o.lead_id or ""),
        "cycle": str(o.cycle_id),
        "owner": f"{o.owner_kind}-{o.owner_id}" if o.owner_id else "",
        "ambition": o.ambition,
        "counts": shown.counts,
        "parent": str(parent[0]) if parent else "",
        "visibility": WHO_SEES[Visibility(o.visibility)],
        "contributors": [str(one) for one in contributor_ids(pk)],
        "pillar": str(shown.pillar_id or ""),
        "sharing_teams": [str(team) for team, _ in shown.sharing_teams],
        "tags": ", ".join(shown.tags),
        "version": shown.version,
    }
    pillar = (shown.pillar.id, shown.pillar.name) if shown.pillar and shown.pillar_id else None
    there = [o.owner_id if o.owner_kind == "team" else None, *(team for team, _ in shown.sharing_teams)]
    choices = objective_choices(place, but=pk, pillar=pillar, there=there)
    if parent and str(parent[0]) not in dict(choices["parent"]):
        choices["parent"].append((str(parent[0]), parent[1]))
    form = ObjectiveForm(request.POST or None, choices=choices, runs=runs, initial=initial)
    if request.method == "POST" and form.is_valid():
        saved = attempt_on(
            form,
            lambda seen: (
                actions.edit_objective(
                    by=place.actor,
                    objective_id=pk,
                    draft=form.draft(),
                    reason=form.cleaned_data.get("reason", ""),
                    seen=seen,
                    now=clock.now(),
                )
                or True
            ),
        )
        if saved:
            return redirect("goal", place.slug, pk)
    context = _form_context(
        form,
        heading="Amend the objective" if runs else "Edit the objective",
        back=reverse("goal", args=[place.slug, pk]),
    )
    context["crumb"] = (reverse("goal", args=[place.slug, pk]), o.title)
    context |= _hinted(request, form, of=pk, at_once=True)
    if o.state == "draft":
        context["lessons"] = _lessons(place, o.cycle_id, line=o)
    return render(request, "goals/form.html", context, status=status_of(request, form))


def _form_context(form: ObjectiveForm, *, heading: str, back: str) -> dict[str, Any]:
    rows = [
        {"css": css if css != "g1" else "", "fields": [form[n] for n in names if n in form.fields]}
        for css, names in ROWS
    ]
    return {
        "form": form,
        "rows": [r for r in rows if r["fields"]],
        "heading": heading,
        "back": back,
        "save_label": "Save objective",
        "hints": HINTS,
    }


@require_POST
@page
def pause(request: PlacedRequest, pk: int) -> HttpResponse:
    paused = request.POST.get("paused") == "1"
    actions.set_paused(by=request.place.actor, objective_id=pk, paused=paused, now=clock.now())
    return redirect("goal", request.place.slug, pk)


@require_http_methods(["GET", "POST"])
@page
def cancel(request: PlacedRequest, pk: int) -> HttpResponse:
    return with_reason(
        request,
        pk,
        do=actions.cancel_objective,
        heading="Cancel this objective",
        label="Cancel objective",
        lede="It is closed without a grade, and stays in the history.",
    )


@require_http_methods(["GET", "POST"])
@page
def reopen(request: PlacedRequest, pk: int) -> HttpResponse:
    return with_reason(
        request,
        pk,
        do=actions.reopen_objective,
        heading="Reopen this objective",
        label="Reopen objective",
        lede="Grades are taken back; it runs again.",
    )


def with_reason(
    request: PlacedRequest, pk: int, *, do: Any, heading: str, label: str, lede: str, back: str = ""
) -> HttpResponse:
    """Ask why something is done to an objective, do it, and go on to the objective or `back`."""
    place = request.place
    found = get_objective(place.actor, pk)
    error = ""
    if request.method == "POST":
        try:
            do(by=place.actor, objective_id=pk, reason=request.POST.get("reason", ""), now=clock.now())
        except (NotFound, NotAllowed):
            raise
        except REFUSALS as refusal:
            error = str(refusal)
        else:
            return redirect(back or reverse("goal", args=[place.slug, pk]))
    context = {"objective": found, "heading": heading, "label": label, "lede": lede, "error": error, "back": back}
    return render(request, "goals/reason.html", context, status=422 if error else 200)


@require_http_methods(["GET", "POST"])
@page
def close(request: PlacedRequest, pk: int) -> HttpResponse:
    place = request.place
    shown = objective_page(place.actor, pk, today=place.today)
    if not shown.can_edit:
        raise NotAllowed("You may not close this objective here. Ask its lead or an admin.")
    error = ""
    if request.method == "POST":
        try:
            actions.close_objective(
                by=place.actor,
                objective_id=pk,
                grade=_grade(request, "objective"),
                key_results={
                    k.id: _grade(request, str(k.id)) for k in shown.key_results if f"grade-{k.id}" in request.POST
                },
                now=clock.now(),
            )
        except (NotFound, NotAllowed):
            raise
        except REFUSALS as refusal:
            error = str(refusal)
        else:
            return redirect("goal", place.slug, pk)
    cycles = list_cycles(place.actor, today=place.today)
    cycle = next(c for c in cycles if c.id == shown.line.cycle_id)
    saved = {row.k.id: row for row in review_rows(place.actor, cycle, [k.id for k in shown.key_results])}
    rows = [
        _grade_row(request, str(k.id), k.title, way(k), k.score, saved.get(k.id))
        for k in shown.key_results
        if k.state == "active"
    ]
    rows.append(_grade_row(request, "objective", shown.line.title, "The objective as a whole", shown.line.score, None))
    planned = planned_score(get_objective(place.actor, pk), today=place.today)
    context = {"page": shown, "grades": rows, "error": error, "planned": planned}
    return render(request, "goals/close.html", context, status=422 if error else 200)


def _grade(request: PlacedRequest, key: str) -> actions.GradeDraft:
    text = request.POST.get(f"grade-{key}", "").strip()
    try:
        grade = parse_number(text) if text else None
    except NotANumber:
        raise NotANumber(f"A grade is a number between 0.0 and 1.0, not “{text[:20]}”.") from None
    return actions.GradeDraft(
        grade=grade,
        reason=request.POST.get(f"reason-{key}", ""),
        lesson=request.POST.get(f"lesson-{key}", ""),
        outcome=request.POST.get(f"outcome-{key}", ""),
        keeps_progress=request.POST.get(f"keep-{key}") == "1",
    )


def _grade_row(
    request: PlacedRequest, key: str, title: str, about: str, score: float | None, saved: ReviewRow | None
) -> dict[str, Any]:
    """Return a row of the form: what was sent, else what was saved in the review."""
    there = {"grade": "", "reason": "", "lesson": "", "outcome": "", "keep": ""}
    if saved is not None:
        there |= {"reason": saved.reason, "lesson": saved.lesson, "outcome": saved.outcome}
        there |= {
            "grade": "" if saved.own is None else f"{saved.own:.4g}", "keep": "1" if saved.keeps_progress else "",
        }  # fmt: skip
    if request.method == "POST":
        there = {name: request.POST.get(f"{name}-{key}", "") for name in there}
    proposed = "" if score is None else f"{score:.2f}"
    options = [("", "Not decided"), *((word, OUTCOMES[word]) for word in saved.outcomes)] if saved else []
    return {
        "key": key,
        "title": title,
        "way": about,
        "proposed": proposed or "none",
        "placeholder": proposed,
        "options": options,
        **there,
    }


def _lessons(place: Place, cycle_id: int | None, *, line: ObjectiveLine | None = None) -> Lessons | None:
    """Return what the cycle before taught those who write a goal, or the team whose draft it is."""
    if cycle_id is None:
        return None
    teams = [pk for pk, _ in place.teams]
    if line is not None and line.owner_kind == "team" and line.owner_id is not None:
        teams = [line.owner_id]
    cycles = list_cycles(place.actor, today=place.today)
    return lessons_for(
        place.actor, cycles, cycle_id=cycle_id, team_ids=teams, objective_id=line.id if line is not None else None
    )


def _running_cycle(place: Place) -> str:
    """Return the cycle that a new objective most likely belongs to, "" if there is none."""
    cycle = pick_cycle(list_cycles(place.actor, today=place.today), today=place.today)
    return str(cycle.id) if cycle else ""
