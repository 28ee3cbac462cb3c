"""Any day of the past is told as it was recorded then, from facts alone (A3)."""

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from milepost.metrics.models import KpiScore, Metric
from milepost.metrics.queries import board
from milepost.metrics.queries.as_of import board_on, kpis_on
from milepost.okr import actions
from milepost.okr.models import CheckIn, GoalState, KeyResultScore, Objective, ObjectiveScore
from milepost.okr.queries import Asked, GoalFilter, KeyResultLine, ObjectiveLine, goals_page
from milepost.okr.queries.as_of import PastGoals, cycle_on
from milepost.okr.queries.as_of.page import past_page
from milepost.okr.queries.integrity import score_rows
from milepost.workspace import actions as workspace
from milepost.workspace.actions import WorkspaceSettings
from milepost.workspace.errors import RhythmLocked
from milepost.workspace.models import Away, TeamMembership
from tests.okr.test_new_days import Story, undone
from tests.people import START, Company

pytestmark = pytest.mark.django_db


class History(Story):
    """A story in which everything happens that moves a number, a word or a wall, and days are remembered."""

    def __init__(self, company: Company, data: st.DataObject) -> None:
        super().__init__(company, data)
        self.other = company.objective("Other", counts="both")
        self.elsewhere = workspace.create_team(by=company.operator(), name="Elsewhere", parent_id=None, now=START)
        workspace.set_team_member(
            by=company.actor("admin", START), team_id=self.elsewhere, membership_id=company.ids["viewer"],
            is_manager=False, now=START,
        )  # fmt: skip
        self.below = workspace.create_team(by=company.operator(), name="Below", parent_id=company.team, now=START)
        self.remembered: dict[date, dict[str, Any]] = {}

    def happens(self) -> None:
        deeds = [super().happens] * 3 + [
            self.reparent, self.weigh, self.lead, self.wall, self.draft, self.edit_check_in, self.delete_check_in,
            self.reopen, self.edit_cycle, self.rhythm, self.helpers, self.steps, self.archive, self.made_of, self.order,
            self.transfer, self.away, self.second_parent, self.share, self.teams, self.team_rhythm, self.own, self.joins,
        ]  # fmt: skip
        deed = self.data.draw(st.sampled_from(deeds))
        event(f"deed: {getattr(deed, '__name__', deed)}")
        deed()

    def edit(self, pk: int, **given: Any) -> None:
        o = Objective.objects.get(pk=pk)
        if o.state in {GoalState.CLOSED, GoalState.CANCELLED}:
            return
        edge = o.parent_edges.filter(until=None, is_primary=True).first()
        known: dict[str, Any] = {
            "title": o.title, "cycle_id": o.cycle_id, "lead_id": o.lead_id, "owner_team_id": o.owner_team_id, "owner_person_id": o.owner_person_id,
            "parent_id": edge and edge.parent_id, "ambition": o.ambition, "counts": o.counts,
            "visibility": ["everybody", "team", "private"][o.visibility],
        }  # fmt: skip
        draft = actions.ObjectiveDraft(**{**known, **given})
        actions.edit_objective(by=self._admin(), objective_id=pk, draft=draft, reason="Learnt", now=self.now)

    def reparent(self) -> None:
        self.edit(self.goal, parent_id=self.data.draw(st.sampled_from([None, self.top, self.other])))

    def lead(self) -> None:
        self.edit(self.goal, lead_id=self.company.ids[self.data.draw(st.sampled_from(["lead", "member", "admin"]))])

    def wall(self) -> None:
        pk = self.data.draw(st.sampled_from([self.goal, self.top, self.other]))
        levels = ["everybody", "team", "private"] if Objective.objects.get(pk=pk).owner_team_id else ["everybody"]
        self.edit(pk, visibility=self.data.draw(st.sampled_from(levels)))

    def helpers(self) -> None:
        self.edit(self.goal, contributor_ids=self.data.draw(st.sampled_from([[], [self.company.ids["member"]]])))

    def weigh(self) -> None:
        self.edit(self.top, counts=self.data.draw(st.sampled_from(["objectives", "both", "key_results"])), title="Apex")

    def draft(self) -> None:
        title = f"Added {self.now:%d}"
        add = actions.KeyResultDraft(
            title=title, start=0, target=10, weight=self.data.draw(st.sampled_from([1.0, 2.5]))
        )
        if Objective.objects.get(pk=self.goal).state not in {GoalState.CLOSED, GoalState.CANCELLED}:
            actions.add_key_result(by=self._admin(), objective_id=self.goal, draft=add, reason="New", now=self.now)

    def made_of(self) -> None:
        rows = self._open()
        if not rows:
            return
        parts = [actions.PartDraft(rows[0].pk)]
        add = actions.KeyResultDraft(title="Made", kind="children", parts=parts)
        actions.add_key_result(by=self._admin(), objective_id=self.top, draft=add, reason="New", now=self.now)

    def order(self) -> None:
        if (one := self._one()) is not None:
            actions.move_key_result(
                by=self._admin(), key_result_id=one.pk, up=self.data.draw(st.booleans()), now=self.now
            )

    def steps(self) -> None:
        rows = [row for row in self._open() if row.kind == "milestone"]
        if not rows:
            return
        old = list(rows[0].steps.order_by("position"))[:1]
        steps = [actions.StepDraft(s.title, weight=3.0, id=s.pk) for s in old] + [actions.StepDraft("More")]
        draft = actions.KeyResultDraft(title="Renamed", kind="milestone", steps=steps, weight=rows[0].weight)
        actions.edit_key_result(by=self._admin(), key_result_id=rows[0].pk, draft=draft, reason="So", now=self.now)

    def _check_in(self) -> CheckIn | None:
        rows = CheckIn.objects.filter(
            replaced_by=None, withdrawn=False, key_result__state="active", key_result__objective__state="active"
        )
        found = list(rows.filter(key_result__metric__is_kpi=False).order_by("id"))
        return self.data.draw(st.sampled_from(found)) if found else None

    def edit_check_in(self) -> None:
        if (old := self._check_in()) is None or old.value is None or old.key_result.kind == "judged":
            return
        draft = actions.CheckInDraft(key_result_id=old.key_result_id, value=old.value + 7, confidence=2)
        if old.key_result.kind in {"reach", "levels", "percent", "baseline", "keep"}:
            actions.edit_check_in(by=self._lead(), check_in_id=old.pk, draft=draft, now=self.now)

    def delete_check_in(self) -> None:
        if (old := self._check_in()) is not None:
            actions.delete_check_in(by=self._lead(), check_in_id=old.pk, now=self.now)

    def reopen(self) -> None:
        if Objective.objects.get(pk=self.goal).state in {GoalState.CLOSED, GoalState.CANCELLED}:
            actions.reopen_objective(by=self._admin(), objective_id=self.goal, reason="Again", now=self.now)

    def edit_cycle(self) -> None:
        last = self.data.draw(st.sampled_from([date(2026, 12, 31), date(2027, 1, 20)]))
        actions.edit_cycle(
            by=self._admin(), cycle_id=self.company.cycle, name="Q4 2026", first_day=START.date(), last_day=last,
            now=self.now,
        )  # fmt: skip

    def rhythm(self) -> None:
        weeks = self.data.draw(st.integers(0, 3))
        is_locked = self.data.draw(st.booleans())
        new = WorkspaceSettings("Acme", "UTC", 1, weeks, 2, 0, False, rhythm_is_locked=is_locked)
        workspace.change_settings(by=self._admin(), settings=new, now=self.now)

    def team_rhythm(self) -> None:
        team = self.data.draw(st.sampled_from([self.company.team, self.elsewhere, self.below]))
        own = st.builds(workspace.TeamRhythm, weeks=st.integers(0, 3), weekday=st.integers(0, 6))
        rhythm, is_locked = self.data.draw(st.one_of(st.none(), own)), self.data.draw(st.booleans())
        with suppress(RhythmLocked):
            workspace.set_team_rhythm(by=self._admin(), team_id=team, rhythm=rhythm, is_locked=is_locked, now=self.now)

    def own(self) -> None:
        """Give a goal to the lead, to the admin, to the company or to a team; who sees it stays everybody."""
        people = [self.company.ids["lead"], self.company.ids["admin"]]
        team = self.data.draw(st.sampled_from([None, self.company.team, self.below]))
        person = None if team else self.data.draw(st.sampled_from([None, *people]))
        pk = self.data.draw(st.sampled_from([self.goal, self.top, self.other]))
        self.edit(pk, owner_team_id=team, owner_person_id=person, visibility="everybody")

    def joins(self) -> None:
        """Take the lead into a second team or out of it: theirs is one, or none that counts."""
        lead = self.company.ids["lead"]
        is_in = TeamMembership.objects.filter(team=self.below, membership_id=lead).exists()
        workspace.set_team_member(
            by=self._admin(), team_id=self.below, membership_id=lead, is_manager=False, is_member=not is_in,
            now=self.now,
        )  # fmt: skip

    def archive(self) -> None:
        slug = self.company.kpi(f"Passing {self.now:%d}", at=self.now)
        self.now += timedelta(minutes=1)
        actions_of_kpi = Metric.objects.get(slug=slug)
        assert actions_of_kpi.archived_at is None

    def transfer(self) -> None:
        rows = self._open()
        if len(rows) > 1 and rows[0].objective.cycle_id == self.company.cycle:
            one = self.data.draw(st.sampled_from(rows))
            actions.transfer_key_result(
                by=self._admin(), key_result_id=one.pk, objective_id=self.other, reason="Fits", now=self.now
            )

    def away(self) -> None:
        who = self.company.ids[self.data.draw(st.sampled_from(["lead", "member"]))]
        first = self.now.date() + timedelta(days=self.data.draw(st.integers(0, 6)))
        last = first + timedelta(days=self.data.draw(st.integers(0, 15)))
        running = Away.objects.filter(membership_id=who, last_day__gte=self.now.date()).first()
        if running is not None:
            actions.end_away(by=self._admin(), away_id=running.pk, now=self.now)
        else:
            actions.add_away(by=self._admin(), membership_id=who, first_day=first, last_day=last, now=self.now)

    def second_parent(self) -> None:
        o = Objective.objects.get(pk=self.goal)
        if o.state in {GoalState.CLOSED, GoalState.CANCELLED}:
            return
        named: dict[str, Any] = {"objective_id": self.goal, "parent_id": self.other, "reason": "So", "now": self.now}
        if o.parent_edges.filter(until=None, parent_id=self.other).exists():
            actions.remove_parent(by=self._admin(), **named)
        else:
            first, counts = self.data.draw(st.booleans()), self.data.draw(st.booleans())
            actions.add_parent(by=self._admin(), contributes=counts, is_primary=first, **named)

    def share(self) -> None:
        own = [
            actions.ShareDraft("key_result", row.pk, weight=self.data.draw(st.sampled_from([0.5, 3.0])))
            for row in self._open()[:1]
        ]
        if own:
            actions.set_shares(by=self._admin(), objective_id=self.goal, drafts=own, reason="So", now=self.now)
        edge = Objective.objects.get(pk=self.goal).parent_edges.filter(until=None).first()
        if edge is not None:
            fixed = actions.ShareDraft("objective", self.goal, share=self.data.draw(st.sampled_from([None, 0.25])))
            actions.set_shares(by=self._admin(), objective_id=edge.parent_id, drafts=[fixed], reason="So", now=self.now)

    def teams(self) -> None:
        pk = self.data.draw(st.sampled_from([self.goal, self.top, self.other]))
        self.edit(pk, sharing_team_ids=self.data.draw(st.sampled_from([[], [self.elsewhere]])))

    def _admin(self) -> Any:
        return self.company.actor("admin", self.now)

    def _lead(self) -> Any:
        return self._admin()  # who leads a goal changes here

    def remember(self) -> None:
        """End a day: the rows of then, and what people see of it."""
        actions.rebuild(by=self.company.operator(self.now), now=self.now)
        day = self.now.date()
        self.remembered[day] = {
            "rows": score_rows(self.company.workspace_id),
            **{(cycle, who): self.page(who, cycle) for cycle in self.cycles for who in ("admin", "member", "viewer")},
            "board": board(self._admin(), view="all", today=day).groups,
        }

    @property
    def cycles(self) -> tuple[int, int]:
        return self.company.cycle, self.longer

    def page(self, who: str, cycle: int) -> Any:
        actor = self.company.actor(who, self.now)
        page = goals_page(actor, Asked(GoalFilter(form="tree")), cycle_id=cycle, today=self.now.date())
        return flat([branch for _, branches in page.groups for branch in branches])


def flat(branches: Any) -> list[Any]:
    found: list[Any] = []
    for b in branches:
        found += [b.objective, *b.key_results, *flat(b.branches)]
    return found


def unmarked(line: Any) -> Any:
    return replace(line, is_revised=False, revised_to=None) if isinstance(line, KeyResultLine) else line


def rows_of(past: PastGoals) -> dict[tuple[str, int], Any]:
    told: dict[tuple[str, int], Any] = {("objective", pk): row for pk, row in past.objective_rows.items()}
    return told | {("key_result", pk): row for pk, row in past.key_result_rows.items()}


def close(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, float) and isinstance(found, float):
        return found == pytest.approx(wanted, rel=1e-12, abs=1e-12)
    return bool(found == wanted)


@settings(
    max_examples=14,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_a_day_is_told_as_it_was_recorded_then_whatever_happened_since(company: Company, data: st.DataObject) -> None:
    with undone():
        story = History(company, data)
        for _ in range(data.draw(st.integers(3, 6), label="days")):
            for _ in range(data.draw(st.integers(1, 4), label="deeds")):
                story.happens()
                story.now += timedelta(minutes=5)
            story.remember()
            story.on(data.draw(st.integers(1, 20), label="step"))
        today = story.now.date()
        columns = {
            "objective": [f.attname for f in ObjectiveScore._meta.concrete_fields if f.attname != "computed_at"],
            "key_result": [f.attname for f in KeyResultScore._meta.concrete_fields if f.attname != "computed_at"],
        }
        for day, wanted in story.remembered.items():
            told: dict[tuple[str, int], Any] = {}
            for cycle in story.cycles:
                told |= rows_of(cycle_on(story._admin(), cycle, day, today=today))
            goals = {key: row for key, row in wanted["rows"].items() if key[0] != "kpi"}
            assert told.keys() == goals.keys(), day
            for key, row in goals.items():
                for name, found, was in zip(columns[key[0]], told[key], row, strict=True):
                    assert close(found, was), (day, key, name, found, was)
            for cycle in story.cycles:
                past = cycle_on(story._admin(), cycle, day, today=today)
                page = flat(past_page(story._admin(), past, view="all").branches)
                assert [unmarked(line) for line in page] == wanted[cycle, "admin"], day
                for who in ("member", "viewer"):
                    actor = story.company.actor(who, story.now)
                    now_seen = set(Objective.objects.visible_to(actor).values_list("id", flat=True))
                    theirs = cycle_on(actor, cycle, day, today=today)
                    lines = [one for one in wanted[cycle, who] if isinstance(one, ObjectiveLine)]
                    was, own = {o.id for o in lines}, {o.id for o in lines if o.cycle_id == cycle}
                    shown = {
                        one.id
                        for one in flat(past_page(actor, theirs, view="all").branches)
                        if isinstance(one, ObjectiveLine)
                    }
                    # What hung there from another cycle stands in that one alone, if its parent is not to be seen now.
                    assert own & now_seen <= shown <= was & now_seen, (day, who)
            assert board_on(story._admin(), day, view="all", today=today).groups
            kpis = {one.kpi.pk: one.row for one in kpis_on(story._admin(), day, today=today)}
            names = [f.attname for f in KpiScore._meta.concrete_fields if f.attname != "computed_at"]
            for (kind, pk), row in wanted["rows"].items():
                if kind == "kpi":
                    assert [getattr(kpis[pk], name) for name in names] == list(row), day
