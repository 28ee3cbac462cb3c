"""Every query asked directly, past the page that would have looked first: nobody is told what is not theirs.

A query that is not in the table fails the run, and so does a row whose query tells nobody anything.
"""

import inspect
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from importlib import import_module
from typing import Any

import pytest

from milepost.core.calendar import Frequency
from milepost.core.rhythm import Rhythm
from milepost.core.team_rhythms import Rhythms
from milepost.metrics import actions as metrics
from milepost.metrics import queries as kpis
from milepost.metrics.models import Metric
from milepost.metrics.scoring import judge
from milepost.okr import actions as okr
from milepost.okr import queries as goals
from milepost.okr.models import AlignmentRequest, KeyResult, Objective, SavedView
from milepost.okr.queries import Asked, GoalFilter
from milepost.okr.queries.access import get_cycle
from milepost.rhythm import actions as rhythm
from milepost.rhythm import queries as talk
from milepost.rhythm.models import Comment
from milepost.workspace import actions as workspace
from milepost.workspace import queries as places
from milepost.workspace.errors import Invalid, NotAllowed, NotFound
from milepost.workspace.models import ApiToken, Away, Invitation, Webhook
from milepost.workspace.permissions import Actor
from tests.people import NOW, PASSWORD, TODAY, Company, build_company

pytestmark = pytest.mark.django_db
Query = Callable[..., Any]
ROOMS = {"workspace": places, "metrics": kpis, "okr": goals, "rhythm": talk}
RHYTHM = Rhythm(every_weeks=1, monthly=False, weekday=0, anchor=TODAY)
LATE = TODAY + timedelta(days=30)  # everything is due


def tried(query: Query, actor: Actor, formula: str) -> Any:
    """Ask what a formula reads; the refusal of a name that means nothing only says back what was typed."""
    try:
        return query(actor, formula, slug="", name="New", frequency="week", today=TODAY, fiscal_month=1)
    except Invalid as error:
        return str(error).replace(formula[5:-1], "")


@dataclass(frozen=True, slots=True)
class World:
    """Things whose names all hold one word, and who may read it."""

    word: str
    company: Company
    goal: int
    parent: int
    key_result: int
    check_in: int
    kpi: str
    read_kpi: str  # everybody's, and a key result of the goal reads it
    below: int
    cycle: int
    initiative: int
    made: int  # everybody's, and made of the key result
    template: int
    pillar: int  # the goal and the KPI hang on it
    asked: int  # everybody's, and the goal wants to count towards it

    @property
    def view(self) -> int:
        """A view whose name and text hold the word: of the admin, for nobody else."""
        return SavedView.objects.get(workspace_id=self.company.workspace_id).pk

    @property
    def metric(self) -> Metric:
        return Metric.objects.get(workspace_id=self.company.workspace_id, slug=self.kpi)

    @property
    def calculated(self) -> Metric:
        """A KPI whose formula reads the one that holds the word."""
        return Metric.objects.get(workspace_id=self.company.workspace_id, formula__gt="")

    @property
    def read_metric(self) -> Metric:
        return Metric.objects.get(workspace_id=self.company.workspace_id, slug=self.read_kpi)


def build_world(company: Company, word: str, **walls: Any) -> World:
    """Make things that hold this word: a goal with a key result, below an open goal and above one, and a KPI."""
    by = company.actor("lead")
    read = company.kpi(f"Read by {word.lower()[::-1]}")
    parent = company.objective("Above")
    drafts = [
        okr.KeyResultDraft(title=f"{word} tickets", start=100, target=60),
        okr.KeyResultDraft(title=f"{word} replies", start=48, target=30, kpi=read),
    ]
    goal = company.objective(f"{word} goal", key_results=drafts, parent_id=parent, **walls)
    below = company.objective("Below", parent_id=goal)
    key_result = KeyResult.objects.get(title=f"{word} tickets").pk
    parts = [okr.PartDraft(key_result)]
    made = okr.add_key_result(
        by=by, objective_id=parent, reason="It sums up", now=NOW,
        draft=okr.KeyResultDraft(title="Made of it", kind="children", parts=parts),
    )  # fmt: skip
    draft = okr.CheckInDraft(key_result_id=key_result, value=99, confidence=2, note=f"{word} said")
    check_in = okr.record_check_in(by=by, draft=draft, now=NOW)
    kpi = company.kpi(f"{word} pulse", **walls)
    company.kpi("Made of it", formula=f"2 × [{word} pulse]", **walls)
    metrics.add_note(by=by, slug=kpi, day=TODAY, text=f"{word} note", fiscal_month=1, now=NOW)
    values = [okr.NewReading(day=TODAY - timedelta(weeks=k), value=50.0) for k in range(6, 0, -1)]
    okr.record_readings(by=company.actor(), kpi=kpi, readings=values, now=NOW)
    okr.change_rules(by=company.actor(), draft=okr.usual_rules("strict"), reason=f"{word} said so", now=NOW)
    asked = company.objective("Asked")
    AlignmentRequest.objects.create(
        workspace_id=company.workspace_id, parent_id=asked, child_id=goal, why=f"{word} helps", asked_at=NOW
    )
    for one, what in (
        (asked, {"key_result_id": key_result}),
        (below, {"kpi": kpi}),
        (goal, {"kpi": read}),
        (goal, {"key_result_id": made}),
    ):
        okr.serve(by=by, objective_id=one, reason="It helps", now=NOW, **what)
    admin = company.actor()
    workspace.edit_strategy(by=admin, mission=f"{word} first", vision="", values="", now=NOW)
    pillar = workspace.create_pillar(by=admin, name=f"{word} pillar", now=NOW)
    Objective.objects.filter(pk=goal).update(pillar=pillar)
    Metric.objects.filter(slug=kpi).update(pillar=pillar)
    okr.add_away(
        by=admin, membership_id=company.ids["viewer"], first_day=TODAY, last_day=TODAY, note=f"{word} trip", now=NOW
    )
    okr.save_view(by=company.actor(), name=f"{word} view", query=f"as=list&q={word}", is_default=True, now=NOW)
    cycle = okr.create_cycle(
        by=company.operator(), name=f"{word} half", first_day=date(2027, 1, 1), last_day=date(2027, 6, 30), now=NOW
    )
    company.objective(f"{word} draft", cycle_id=cycle, activate=False, **walls)
    okr.ask_for_drafts(by=company.operator(), cycle_id=cycle, wanted_by=TODAY, team_ids=[company.team], now=NOW)
    _leave_lessons(company, word, **walls)
    work = okr.InitiativeDraft(f"{word} macros", lead_id=company.ids["admin"], due_on=TODAY, note=f"{word} note")
    initiative = okr.add_initiative(by=by, objective_id=goal, draft=work, now=NOW)
    said = rhythm.CommentDraft(text=f"{word} asks @Ada Admin")
    for subject in (rhythm.Subject(objective_id=goal), rhythm.Subject(kpi=kpi)):
        rhythm.set_follow(by=company.actor(), subject=subject, is_on=True, now=NOW)
        rhythm.post_comment(by=by, subject=subject, draft=said, now=NOW)
    template = okr.save_objective_template(by=by, objective_id=goal, now=NOW)
    return World(
        word=word, company=company, goal=goal, parent=parent, key_result=key_result, check_in=check_in, kpi=kpi,
        read_kpi=read, below=below, cycle=cycle, initiative=initiative, made=made, template=template, pillar=pillar,
        asked=asked,
    )  # fmt: skip


def _leave_lessons(company: Company, word: str, **walls: Any) -> None:
    """Close a goal of a cycle before, of which something was learned, and write what that cycle was like."""
    by = company.actor("lead")
    before = okr.create_cycle(
        by=company.operator(), name=f"{word} before", first_day=date(2026, 7, 1), last_day=date(2026, 9, 30), now=NOW
    )
    goal = company.objective(f"{word} done", cycle_id=before, **walls)
    said = okr.GradeDraft(grade=0.5, reason="Half of it", lesson=f"{word} lesson")
    row = KeyResult.objects.get(objective_id=goal).pk
    okr.close_objective(by=by, objective_id=goal, grade=okr.GradeDraft(), key_results={row: said}, now=NOW)
    look = okr.RetrospectiveDraft(learned=f"{word} learned")
    okr.write_retrospective(by=company.actor(), cycle_id=before, draft=look, now=NOW)


def _cycles(w: World) -> tuple[goals.CycleRow, ...]:
    return goals.list_cycles(w.company.actor(), today=TODAY)


def _cycle(w: World, name: str = "") -> goals.CycleRow:
    return next(c for c in _cycles(w) if (c.name == name if name else c.id == w.company.cycle))


def _about(w: World, kind: str, things: Any) -> list[tuple[str, int]]:
    return [(kind, pk) for pk in things.filter(workspace_id=w.company.workspace_id).values_list("pk", flat=True)]


def _everything(w: World) -> list[tuple[str, int]]:
    """Return a reference to each thing of the world that holds its word."""
    found = [("objective", w.goal), ("key_result", w.key_result), ("kpi", w.metric.pk)]
    found += [("team", w.company.team), ("pillar", w.pillar), ("cycle", w.cycle), ("person", w.company.ids["lead"])]
    found += _about(w, "token", ApiToken.objects) + _about(w, "webhook", Webhook.objects)
    return found + _about(w, "invitation", Invitation.objects)


def _filters(w: World) -> list[Asked]:
    wanted = (GoalFilter(form=form, tab=tab) for form in ("tree", "list") for tab in ("all", "attention", "overdue"))
    team = GoalFilter(form="list", team_id=w.company.team, text=w.word, group="owner", sort="behind")
    return [*(Asked(one) for one in wanted), Asked(team, team_ids=(w.company.team,))]


def _events_about(w: World) -> list[dict[str, Any]]:
    return [{"changes": {"lead": [None, w.company.ids["lead"]]}, "about": {"person": w.company.ids["lead"]}}]


def _subjects(w: World) -> list[talk.Subject]:
    return [talk.Subject(objective_id=w.goal), talk.Subject(key_result_id=w.key_result), talk.Subject(kpi=w.kpi)]


def _comment(w: World) -> int:
    return Comment.objects.get(objective_id=w.goal).pk


def _webhook(w: World) -> int:
    return Webhook.objects.get(workspace_id=w.company.workspace_id).pk


# Query: what it is asked about a world.
CALLS: dict[str, Callable[[Query, Actor, World], Any]] = {
    "workspace.find_lead": lambda f, a, w: [w.word for pk in [f(a, w.company.users["lead"].email)] if pk],
    "workspace.list_events": lambda f, a, w: f(a, filters={}, limit=200),
    "workspace.every_event": lambda f, a, w: list(f(a, filters={}, until=10**6)),
    "workspace.list_all_people": lambda f, a, w: f(a, filters={}),
    "workspace.show_person": lambda f, a, w: f(a, w.company.ids["lead"]),
    "workspace.list_all_invitations": lambda f, a, w: f(a),
    "workspace.list_all_teams": lambda f, a, w: f(a, filters={}),
    "workspace.show_team": lambda f, a, w: f(a, w.company.team),
    "workspace.team_rhythm": lambda f, a, w: f(a, w.company.team),
    "workspace.show_workspace": lambda f, a, w: f(a),
    "workspace.show_rules": lambda f, a, w: f(a),
    "workspace.list_rules": lambda f, a, w: f(a),
    "workspace.show_strategy": lambda f, a, w: f(a),
    "workspace.list_pillars": lambda f, a, w: f(a),
    "workspace.list_all_pillars": lambda f, a, w: f(a, filters={}),
    "workspace.show_pillar": lambda f, a, w: f(a, w.pillar),
    "workspace.list_away": lambda f, a, w: f(a, today=TODAY),
    "workspace.show_away": lambda f, a, w: f(a, Away.objects.get(workspace_id=w.company.workspace_id).pk),
    "workspace.list_people": lambda f, a, w: f(a),
    "workspace.list_everybody": lambda f, a, w: f(a),
    "workspace.list_teams": lambda f, a, w: f(a),
    "workspace.list_members": lambda f, a, w: f(a),
    "workspace.list_invitations": lambda f, a, w: f(a, now=NOW),
    "workspace.list_tokens": lambda f, a, w: f(a, now=NOW),
    "workspace.list_webhooks": lambda f, a, w: f(a),
    "workspace.show_webhook": lambda f, a, w: f(a, _webhook(w)),
    "workspace.list_deliveries": lambda f, a, w: [w.word, f(a, _webhook(w))],
    "metrics.get_kpi": lambda f, a, w: f(a, w.kpi),
    "metrics.find_kpi": lambda f, a, w: f(a, f"{w.word} pulse"),
    "metrics.board": lambda f, a, w: [f(a, view=v, today=TODAY) for v in ("all", "attention")],
    "metrics.board_on": lambda f, a, w: f(a, TODAY, view="all", today=TODAY),
    "metrics.kpis_on": lambda f, a, w: [one.tile for one in f(a, TODAY, today=TODAY)],
    "metrics.kpis_of_two_days": lambda f, a, w: [
        one.tile for kpis in f(a, TODAY - timedelta(days=9), TODAY, today=TODAY) for one in kpis
    ],
    "metrics.kpi_differences": lambda f, a, w: f(a, since=TODAY - timedelta(days=30), until=TODAY, today=TODAY),
    "metrics.tiles_read": lambda f, a, w: f(a, [w.metric.pk], today=TODAY),
    "metrics.pillar_kpis": lambda f, a, w: f(a),
    "metrics.pillar_tiles": lambda f, a, w: f(a, today=TODAY),
    "metrics.team_tiles": lambda f, a, w: f(a, w.company.team, today=TODAY),
    "metrics.explained_kpi": lambda f, a, w: [w.word, f(a, w.kpi, today=TODAY)],
    "metrics.kpi_page": lambda f, a, w: f(a, w.kpi, today=TODAY),
    "metrics.list_kpis": lambda f, a, w: f(a),
    "metrics.list_all_kpis": lambda f, a, w: f(a, today=TODAY, filters={}),
    "metrics.explained_value": lambda f, a, w: f(
        a, w.calculated, judge((), (), frequency=Frequency.WEEK, lag_days=None, today=TODAY)
    ),
    "metrics.inputs_shown": lambda f, a, w: f(a, w.calculated),
    "metrics.shown_formula": lambda f, a, w: f(a, w.calculated),
    "metrics.shown_formulas": lambda f, a, w: f(a, {1: w.calculated.formula}),
    "metrics.try_formula": lambda f, a, w: tried(f, a, f"2 × [{w.word} pulse]"),
    "metrics.kpi_facts": lambda f, a, w: f(a, today=TODAY),
    "metrics.vocabulary": lambda f, a, w: f(a),
    "metrics.show_kpi": lambda f, a, w: f(a, w.kpi, today=TODAY),
    "okr.get_objective": lambda f, a, w: f(a, w.goal),
    "okr.get_objective_and_parent": lambda f, a, w: f(a, w.goal),
    "okr.get_key_result": lambda f, a, w: f(a, w.key_result),
    "okr.get_key_results": lambda f, a, w: f(a, [w.key_result]),
    "okr.get_check_in": lambda f, a, w: f(a, w.check_in).note,
    "okr.get_initiative": lambda f, a, w: f(a, w.initiative).title,
    "okr.initiative_page": lambda f, a, w: f(a, w.initiative),
    "okr.initiatives_of": lambda f, a, w: f(a, w.goal),
    "okr.my_initiatives": lambda f, a, w: f(a, today=TODAY),
    "okr.list_initiatives": lambda f, a, w: [f(a, filters=given) for given in ({}, {"objective_id": w.goal})],
    "okr.show_initiative": lambda f, a, w: f(a, w.initiative),
    "okr.task_key_results": lambda f, a, w: f(a, w.goal),
    "okr.get_cycle": lambda f, a, w: f(a, w.cycle),
    "okr.things_of": lambda f, a, w: f(a, _everything(w)),
    "okr.names_in": lambda f, a, w: f(a, _events_about(w)),
    "okr.list_cycles": lambda f, a, w: f(a, today=TODAY),
    "okr.list_cycles_with_counts": lambda f, a, w: f(a, today=TODAY),
    "okr.explained_key_result": lambda f, a, w: [
        w.word, f(a, w.key_result, rhythms=Rhythms(RHYTHM), today=TODAY),
    ],
    "okr.explained_objective": lambda f, a, w: [f(a, pk, today=TODAY) for pk in (w.parent, w.goal)],
    "okr.find": lambda f, a, w: [f(a, text) for text in (w.word, f"{w.word} 43")],
    "okr.ask": lambda f, a, w: f(a, GoalFilter(team_id=w.company.team, lead_id=w.company.ids["lead"])),
    "okr.narrowed": lambda f, a, w: list(
        f(a, Asked(GoalFilter()), cycle_id=w.company.cycle, today=LATE).values_list("objective__title")
    ),
    "okr.lines_of": lambda f, a, w: f(a, Asked(GoalFilter()), cycle_id=w.company.cycle, today=LATE, page=1),
    "okr.goals_page": lambda f, a, w: [f(a, asked, cycle_id=w.company.cycle, today=LATE) for asked in _filters(w)],
    "okr.goal_map": lambda f, a, w: [  # the names of pillars are everybody's
        (m.company, m.others, m.followed, [(pillar.cards, pillar.kpis) for pillar in m.pillars])
        for m in (f(a, asked, cycle_id=w.company.cycle, today=LATE, follow=w.goal) for asked in _filters(w))
    ],
    "okr.alignment_chart": lambda f, a, w: [
        w.word
        for edge in f(a, Asked(GoalFilter()), cycle_id=w.company.cycle, today=LATE).edges
        if edge.goals > 0
    ],
    "okr.timeline": lambda f, a, w: [
        f(a, asked, cycle_id=w.company.cycle, first=TODAY, last=LATE, today=LATE) for asked in _filters(w)
    ],
    "okr.list_views": lambda f, a, w: f(a),
    "okr.default_view": lambda f, a, w: f(a),
    "okr.list_all_views": lambda f, a, w: f(a, filters={}),
    "okr.show_view": lambda f, a, w: f(a, w.view),
    "okr.get_view": lambda f, a, w: str(f(a, w.view)),
    "okr.branch_of": lambda f, a, w: [f(a, pk, depth=0) for pk in (w.parent, w.goal)],
    "okr.show_approvals": lambda f, a, w: [w.word for found in [f(a, w.goal, wanted=1)] if found],
    "okr.key_result_line": lambda f, a, w: f(a, w.key_result),
    "okr.parts_of": lambda f, a, w: f(a, [w.made]),
    "okr.offered_parts": lambda f, a, w: f(a, first=TODAY, last=TODAY),
    "okr.plan_page": lambda f, a, w: f(a, w.key_result),
    "okr.children_of": lambda f, a, w: f(a, [w.parent]),
    "okr.list_objectives": lambda f, a, w: [
        f(a, filters=given)
        for given in (
            {}, {"cycle_id": w.company.cycle}, {"parent_id": w.parent}, {"text": w.word},
            {"within_team_id": w.company.team}, {"unaligned": True},
        )
    ],
    "okr.show_objective": lambda f, a, w: f(a, w.goal),
    "okr.list_key_results": lambda f, a, w: [f(a, filters=given) for given in ({}, {"objective_id": w.goal})],
    "okr.show_key_result": lambda f, a, w: f(a, w.key_result),
    "okr.list_amendments": lambda f, a, w: [w.word, f(a, w.goal)],
    "okr.list_check_ins": lambda f, a, w: f(a, filters={}),
    "okr.show_check_in": lambda f, a, w: f(a, w.check_in),
    "okr.list_all_cycles": lambda f, a, w: f(a),
    "okr.show_cycle": lambda f, a, w: f(a, w.cycle),
    "okr.objective_page": lambda f, a, w: [f(a, pk, today=TODAY) for pk in (w.parent, w.goal, w.below)],
    "okr.parent_of": lambda f, a, w: f(a, w.below),
    "okr.cycle_guidance": lambda f, a, w: f(a, w.company.cycle, reviewers=1, today=LATE),
    "okr.objective_guidance": lambda f, a, w: f(a, w.goal, reviewers=1, today=LATE),
    "okr.kpi_guidance": lambda f, a, w: f(a, today=LATE + timedelta(days=100)),
    "okr.draft_context": lambda f, a, w: f(
        a, cycle_id=w.company.cycle, owner_team_id=w.company.team, but=None, slugs=[w.kpi], today=TODAY
    ),
    "okr.list_templates": lambda f, a, w: f(a, q=w.word),
    "okr.find_template": lambda f, a, w: f(a, kind="objective", template_id=w.template),
    "okr.get_template": lambda f, a, w: f(a, w.template),
    "okr.list_parents": lambda f, a, w: f(a),
    "okr.people_page": lambda f, a, w: f(a, today=TODAY),
    "okr.team_page": lambda f, a, w: f(a, w.company.team, today=TODAY),
    "okr.person_page": lambda f, a, w: f(a, w.company.ids["lead"], today=TODAY),
    "okr.alignment_page": lambda f, a, w: [f(a, pk) for pk in (w.parent, w.goal, w.below)],
    "okr.parents_of": lambda f, a, w: f(a, w.below),
    "okr.shares_of": lambda f, a, w: f(a, w.parent),
    "okr.served_by_objective": lambda f, a, w: [f(a, w.asked), f(a, w.below)],
    "okr.serving_key_results": lambda f, a, w: f(a, [w.made]),
    "okr.serving_kpi": lambda f, a, w: f(a, w.read_metric.pk),
    "okr.served_then": lambda f, a, w: [w.word for pk in f(a, [w.asked, w.below], NOW + timedelta(days=1)) if pk],
    "okr.servable": lambda f, a, w: f(a, w.below),
    "okr.requests_for": lambda f, a, w: f(a, w.asked),
    "okr.requests_to_answer": lambda f, a, w: f(a if a.workspace_id != w.company.workspace_id or not a.is_admin else w.company.actor("lead")),
    "okr.shown_pillar": lambda f, a, w: f(a, w.below),
    "okr.top_objectives": lambda f, a, w: [w.word for _, pk in f(a) if pk == w.goal],
    "okr.strategy_page": lambda f, a, w: [
        (p.objectives, p.kpis, p.past) for p in f(a, today=TODAY).pillars
    ],
    "okr.start_of": lambda f, a, w: f(a, w.kpi, today=TODAY, fiscal_month=1),
    "okr.goals_of_kpi": lambda f, a, w: f(a, w.read_metric, closed=[], target=None, today=TODAY),
    "okr.running_objectives": lambda f, a, w: f(a, [w.read_metric.pk]),
    "okr.cycle_on": lambda f, a, w: f(a, w.company.cycle, TODAY, today=TODAY),
    "okr.cycle_then": lambda f, a, w: f(a, get_cycle(a, w.company.cycle), places.then_of(a, TODAY, today=TODAY)),
    "okr.objective_on": lambda f, a, w: [f(a, pk, TODAY, today=TODAY) for pk in (w.parent, w.goal)],
    "okr.past_page": lambda f, a, w: f(a, goals.cycle_on(a, w.company.cycle, TODAY, today=TODAY), view="all"),
    "okr.cycle_differences": lambda f, a, w: f(
        a, w.company.cycle, since=TODAY - timedelta(days=9), until=TODAY, today=TODAY
    ),
    "okr.changes_page": lambda f, a, w: f(a, w.goal),
    "okr.planning_page": lambda f, a, w: [
        draft.title for column in f(a, _cycle(w, f"{w.word} half")).columns for draft in column.drafts
    ],
    "okr.list_draft_requests": lambda f, a, w: [w.word for _ in f(a, w.cycle)],
    "okr.askable_teams": lambda f, a, w: [w.word for one in f(a, _cycle(w, f"{w.word} half")) if one.count],
    "okr.has_drafts": lambda f, a, w: [w.word for found in [f(a, w.cycle)] if found],
    "okr.empty_pillars": lambda f, a, w: f(a, w.cycle),
    "okr.copyable": lambda f, a, w: f(a, _cycle(w, f"{w.word} before"), _cycle(w)),
    "okr.review_page": lambda f, a, w: f(a, _cycle(w)),
    "okr.review_rows": lambda f, a, w: f(a, _cycle(w), [w.key_result]),
    "okr.lessons_for": lambda f, a, w: [
        one.lesson for one in f(a, _cycles(w), cycle_id=w.company.cycle, team_ids=[w.company.team]).key_results
    ],
    "okr.retrospectives_of": lambda f, a, w: f(a, _cycle(w, f"{w.word} before")),
    "okr.week_page": lambda f, a, w: f(a, today=LATE),
    "rhythm.get_subject": lambda f, a, w: [f(a, one).title for one in _subjects(w)],
    "rhythm.get_comment": lambda f, a, w: f(a, _comment(w)).text,
    "rhythm.show_comment": lambda f, a, w: f(a, _comment(w)),
    "rhythm.list_comments": lambda f, a, w: [f(a, one) for one in _subjects(w)],
    "rhythm.objective_timeline": lambda f, a, w: f(a, w.goal),
    "rhythm.kpi_timeline": lambda f, a, w: f(a, w.metric.pk),
    "rhythm.feed_page": lambda f, a, w: f(a),
    "rhythm.list_notifications": lambda f, a, w: f(a),
    "rhythm.waiting_counts": lambda f, a, w: [w.word for n in f(a, today=TODAY) if n],
    "rhythm.get_follow": lambda f, a, w: [w.word for one in _subjects(w) if f(a, one)],
    "rhythm.suggest_people": lambda f, a, w: [w.word for one in _subjects(w) if f(a, one, typed="")],
}  # fmt: skip
# What tells no names: how many goals there are (tests/web/test_walls.py, tests/okr/test_views.py), ids to be narrowed.
APART = {
    "okr.with_narrow_children",
    "okr.counts_of",
    "okr.named",
    "rhythm.list_choices",  # what the reader chose, and the kinds there are
    "okr.plan_talk",  # of a plan whose goals were shown already
    "okr.seen_today",  # of what a cycle of the workspace holds
    "workspace.then_of",  # a moment
    "workspace.two_days",  # two moments
    "workspace.moments_of",
    "okr.effects_of",  # numbers of a goal that was looked up already
}
APART |= {
    "okr.expected_check_ins",
    "okr.check_ins_made",
    "okr.cycle_report",
    "okr.calibration_of",
    "okr.past_cycles",
}  # counts alone (tests/web/test_review.py)
# What a workspace's people all read, whatever stands behind walls; and what only its admins do.
NO_WALLS = {name for name in CALLS if name.startswith("workspace.")} | {
    "okr.ask",
    "okr.get_cycle", "okr.names_in", "okr.list_cycles", "okr.list_cycles_with_counts",
    "okr.list_all_cycles", "okr.show_cycle",
    "okr.list_templates", "okr.find_template", "okr.get_template",  # for everybody, and it says so before it is made
    "okr.things_of",  # of the trail, which admins alone read
    "okr.people_page",  # counts and dates
    "okr.retrospectives_of", "okr.empty_pillars", "okr.list_draft_requests",
}  # fmt: skip


def queries() -> Iterator[tuple[str, Query]]:
    """Yield every public function of the queries that takes an actor first."""
    for room, package in ROOMS.items():
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            module = import_module(found.name)
            for name, function in vars(module).items():
                if name.startswith("_") or not inspect.isfunction(function) or function.__module__ != module.__name__:
                    continue
                if next(iter(inspect.signature(function).parameters), "") == "actor":
                    yield f"{room}.{name}", function


QUERIES = dict(queries())


def told(name: str, actor: Actor, world: World) -> str:
    """Return all that a query says, in small letters; nothing where it refuses."""
    try:
        return repr(CALLS[name](QUERIES[name], actor, world)).lower()
    except (NotFound, NotAllowed):
        return ""


@pytest.fixture
def foreign(company: Company) -> World:
    """Another workspace, in which everything holds the word."""
    other = build_company("Zebra")
    by = other.actor()
    workspace.create_token(by=by, name="Zebra token", scopes=["read"], days=9, now=NOW)
    workspace.create_webhook(by=by, url="https://zebra.example/h", events=["checkin.created"], now=NOW)
    workspace.invite(by=by, label="zebra@example.com", role="member", team_id=None, now=NOW)
    return build_world(other, "Zebra")


@pytest.fixture
def hidden(company: Company) -> World:
    """Things of the same workspace behind a wall."""
    return build_world(company, "Zebra", visibility="private")


def test_every_query_stands_in_the_table() -> None:
    assert set(QUERIES) == set(CALLS) | APART


def test_an_admin_of_another_workspace_is_told_nothing(company: Company, foreign: World) -> None:
    assert silent(CALLS, foreign.company.actor(), foreign) == []  # there is something to tell
    assert telling(CALLS, company.actor(), foreign) == []


def test_somebody_outside_a_wall_is_told_nothing(company: Company, hidden: World) -> None:
    walled = [name for name in CALLS if name not in NO_WALLS]
    assert silent(walled, company.actor(), hidden) == []
    assert telling(walled, company.actor("member"), hidden) == []


# What admins alone read.
OF_ADMINS = {
    "workspace.list_events", "workspace.every_event", "workspace.list_all_invitations", "workspace.list_webhooks",
    "workspace.show_webhook", "workspace.list_deliveries",
}  # fmt: skip


def test_who_is_no_admin_is_told_nothing_of_what_admins_read(foreign: World) -> None:
    assert silent(OF_ADMINS, foreign.company.actor(), foreign) == []
    for who in ("manager", "member", "viewer"):
        assert telling(OF_ADMINS, foreign.company.actor(who), foreign) == []


def test_who_was_removed_is_in_no_list_of_people(company: Company, foreign: World) -> None:
    lists = {"workspace.list_all_people", "workspace.show_person", "workspace.list_people", "workspace.list_members"}
    lists |= {"okr.people_page", "okr.person_page", "okr.team_page", "okr.find", "workspace.show_team"}
    pk = workspace.add_member(
        by=foreign.company.operator(),
        email="gone@zebra.example",
        name="Quagga Gone",
        role="member",
        password=PASSWORD,
        now=NOW,
    )
    by = foreign.company.actor()
    workspace.set_team_member(by=by, team_id=foreign.company.team, membership_id=pk, is_manager=False, now=NOW)
    people = replace(foreign.company, ids=foreign.company.ids | {"lead": pk})
    gone = replace(foreign, word="Quagga", company=people)
    assert silent(lists, by, gone) == []
    workspace.remove_member(by=by, membership_id=pk, now=NOW)
    assert telling(lists, by, gone) == []


def telling(names: Iterable[str], actor: Actor, world: World) -> list[str]:
    """Return the queries that say the world's word."""
    return [name for name in names if world.word.lower() in told(name, actor, world)]


def silent(names: Iterable[str], actor: Actor, world: World) -> list[str]:
    """Return those that do not."""
    said = telling(names, actor, world)
    return [name for name in names if name not in said]
