"""However a new day comes, by the job, by the first page or by a rebuild, the rows are the same, field by field."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from milepost import clock
from milepost.core.pace import Ambition
from milepost.core.path import Curve
from milepost.core.ramp import Ramp
from milepost.core.rule_sets import ObjectiveRule, RuleKind
from milepost.core.series import Aggregation, Window
from milepost.core.target import Target, TargetRule
from milepost.core.targets import PerPeriod
from milepost.jobs import new_day
from milepost.metrics.actions import KpiDraft
from milepost.metrics.models import KpiScore, Metric
from milepost.metrics.queries import explained_kpi
from milepost.okr import actions
from milepost.okr.actions.rules import usual_rules
from milepost.okr.models import WITH_STEPS, GoalState, KeyResult, KeyResultScore, ObjectiveScore
from milepost.okr.queries import explained_key_result, explained_objective
from milepost.okr.queries.integrity import score_rows
from tests.people import START, Company

pytestmark = pytest.mark.django_db
WAYS = {"higher": 1, "lower": -1, "within": 1}
amounts = st.integers(0, 200).map(float)
days = st.dates(date(2026, 10, 5), date(2026, 12, 20))


@contextmanager
def undone() -> Iterator[None]:
    """Take back whatever is written inside."""
    with transaction.atomic():
        point = transaction.savepoint()
        try:
            yield
        finally:
            transaction.savepoint_rollback(point)


@st.composite
def kpis(draw: st.DrawFn, direction: str = "", frequency: str = "") -> dict[str, Any]:
    direction = direction or draw(st.sampled_from(["higher", "lower", "within"]))
    frequency = frequency or draw(st.sampled_from(["day", "week", "month"]))
    tolerance = draw(st.sampled_from([0.0, 10.0]))

    def one() -> Target:
        level = draw(amounts)
        if direction == "within":
            return Target(TargetRule.WITHIN, low=level, high=level + 20, tolerance=tolerance)
        rule = TargetRule.AT_LEAST if direction == "higher" else TargetRule.AT_MOST
        low, high = (level, None) if direction == "higher" else (None, level)
        return Target(rule, low=low, high=high, tolerance=tolerance)

    starts = {"day": date(2026, 11, 10), "week": date(2026, 11, 9), "month": date(2026, 11, 1)}
    way = 1 if direction == "higher" else -1
    goals = ((date(2026, 11, 15), 100.0 + 20 * way), (date(2026, 12, 31), 100.0 + 60 * way))
    plans: dict[str, Callable[[], Any]] = {
        "fixed": one,
        "per period": lambda: PerPeriod({starts[frequency]: one()}),
        "watched": lambda: None,
        "ramp": lambda: Ramp(100.0, date(2026, 10, 1), goals, tolerance) if direction != "within" else one(),
    }
    plan = draw(st.sampled_from(sorted(plans)))
    event(f"KPI: {plan}")
    return {
        "direction": direction,
        "frequency": frequency,
        "aggregation": draw(st.sampled_from(list(Aggregation))).value,
        "target": plans[plan](),
        "lag_days": draw(st.none() | st.integers(0, 5)),
    }


@st.composite
def key_results(draw: st.DrawFn, number: int, direction: str) -> dict[str, Any]:
    """Return a key result of any kind that there is; of the first three some read the KPI, whose direction it is."""
    kind = draw(st.sampled_from(["reach", "keep", "levels", "milestone", "tasks", "percent", "judged", "baseline"]))
    event(f"kind: {kind}")
    reads_kpi = kind in {"reach", "keep", "levels"} and draw(st.booleans())
    start, way = draw(amounts), WAYS[direction] if reads_kpi else draw(st.sampled_from([1, -1]))
    found: dict[str, Any] = {"title": f"Measure {number}", "kind": kind, "weight": draw(st.sampled_from([1.0, 3.0]))}
    found["ambition"] = draw(st.sampled_from(list(Ambition))).value if kind != "levels" else "aspirational"
    if kind in {"reach", "levels"}:
        found |= {"start": start, "target": start + 40 * way}
    if kind == "levels":
        found |= {"floor": draw(st.none() | st.just(start + 10 * way)), "stretch": start + 60 * way}
    if kind == "keep":
        low, high = draw(st.sampled_from([(start, None), (None, start), (start, start + 20)]))
        at_close = low is not None and high is not None and draw(st.booleans())
        found |= {"low": low, "high": high, "tolerance": draw(st.sampled_from([0.0, 10.0])), "at_close": at_close}
    if kind in WITH_STEPS:
        due = st.none() | days if kind == "milestone" else st.none()
        weights = st.sampled_from([1.0, 2.0]) if kind == "milestone" else st.just(1.0)
        found["steps"] = [
            actions.StepDraft(f"Step {at}", weight=draw(weights), due_on=draw(due))
            for at in range(draw(st.integers(1, 3)))
        ]
    if reads_kpi:
        found |= {"kpi": "kpi", "window": draw(st.sampled_from(list(Window))).value}
    if kind not in {"keep", "milestone", "baseline"}:
        found["curve"] = draw(st.sampled_from(list(Curve))).value
        if found["curve"] == "checkpoints":
            span = 1.0 if kind in {"tasks", "judged"} else 100.0 if kind == "percent" else 40.0 * way
            begins = start if kind in {"reach", "levels"} else 0.0
            on = sorted(draw(st.lists(days, min_size=1, max_size=3, unique=True)))
            found["checkpoints"] = [
                actions.CheckpointDraft(day, begins + span * (at + 1) / (len(on) + 2)) for at, day in enumerate(on)
            ]
    return found


@st.composite
def rules(draw: st.DrawFn) -> dict[str, Any]:
    working = draw(st.none() | st.sampled_from([(0, 1, 2, 3, 4), (5, 6), (0, 2)]))
    holidays = tuple(sorted(draw(st.sets(days, max_size=4)))) if working else ()
    usual = usual_rules(draw(st.sampled_from(list(RuleKind))).value)
    return {
        **{name: getattr(usual, name) for name in ("kind", "ahead", "on_track", "at_risk", "early_until")},
        "objective": draw(st.sampled_from(list(ObjectiveRule))).value,
        "working_days": working,
        "holidays": holidays,
    }


class Story:
    """What happens to two goals, one below the other, told day by day."""

    def __init__(self, company: Company, data: st.DataObject) -> None:
        self.company, self.data, self.now = company, data, START
        kpi = data.draw(kpis())
        self.slug = company.kpi("KPI", unit="", **kpi)
        drafts = [data.draw(key_results(n, kpi["direction"])) for n in range(data.draw(st.integers(1, 4)))]
        drafts = [actions.KeyResultDraft(**{**d, "kpi": self.slug} if "kpi" in d else d) for d in drafts]
        counts = data.draw(st.sampled_from(["objectives", "both"]))
        self.top = company.objective("Top", counts=counts, ambition="aspirational")
        self.goal = company.objective("Goal", key_results=drafts, parent_id=self.top)
        self.longer = actions.create_cycle(
            by=company.operator(), name="Long", first_day=START.date(), last_day=date(2027, 2, 10), now=START
        )

    def on(self, days: int) -> None:
        self.now += timedelta(days=days)

    def happens(self) -> None:
        """Let one thing happen today."""
        deeds = [*[self.check_in] * 4, *[self.kpi] * 4, *[self.override] * 2, *[self.amend] * 2, *[self.change_rules] * 2,
                 self.move, self.pause, self.cancel, self.retarget, self.close]  # fmt: skip
        deed = self.data.draw(st.sampled_from(deeds))
        event(f"deed: {deed.__name__}")
        deed()

    def _open(self) -> list[KeyResult]:
        """Return what of the lower goal is running now."""
        rows = KeyResult.objects.select_related("objective", "metric").filter(
            objective_id=self.goal, objective__state=GoalState.ACTIVE, state=GoalState.ACTIVE
        )
        return list(rows.order_by("id"))

    def _one(self) -> KeyResult | None:
        rows = self._open()
        return self.data.draw(st.sampled_from(rows)) if rows else None

    def check_in(self) -> None:
        if (one := self._one()) is None:
            return
        sent: dict[str, Any] = {"own_word": self.data.draw(st.sampled_from(["", "", "at_risk", "ahead"])), "note": "So"}
        if one.kind == "judged":
            sent["judged"] = self.data.draw(st.sampled_from([0.0, 0.3, 1.0]))
        elif one.kind in WITH_STEPS:
            sent["steps"] = {
                step.pk: self.data.draw(st.sampled_from([0.0, 1.0])) for step in one.steps.filter(is_cancelled=False)
            }
        elif one.metric is None or not one.metric.is_kpi:
            sent["value"] = self.data.draw(amounts)
        draft = actions.CheckInDraft(key_result_id=one.pk, confidence=self.data.draw(st.integers(1, 10)), **sent)
        actions.record_check_in(by=self._lead(), draft=draft, now=self.now)

    def kpi(self) -> None:
        is_counted = self.data.draw(st.booleans())
        for back in self.data.draw(st.lists(st.integers(0, 40), min_size=1, max_size=5)):
            value = self.data.draw(amounts)
            counts = {"numerator": value, "denominator": self.data.draw(amounts) + 1} if is_counted else {}
            reading = actions.NewReading(day=self.now.date() - timedelta(days=back), value=value, **counts)
            actions.record_readings(by=self._lead(), kpi=self.slug, readings=[reading], now=self.now)

    def override(self) -> None:
        if (one := self._one()) is None:
            return
        if one.override_at is not None and self.data.draw(st.booleans()):
            actions.clear_override(by=self._lead(), key_result_id=one.pk, reason="Back", now=self.now)
            return
        score, is_kept = self.data.draw(st.sampled_from([0.0, 0.5, 1.0])), self.data.draw(st.booleans())
        actions.set_override(
            by=self._lead(), key_result_id=one.pk, score=score, why="Signed", is_kept=is_kept, now=self.now
        )

    def amend(self) -> None:
        rows = [row for row in self._open() if row.kind in {"reach", "levels"}]
        if not rows:
            return
        one = self.data.draw(st.sampled_from(rows))
        start, way = self.data.draw(amounts), WAYS[one.metric.direction] if one.metric else 1
        kept = {"kpi": self.slug, "window": one.window} if one.metric and one.metric.is_kpi else {}
        points = [actions.CheckpointDraft(c.on, c.value) for c in one.checkpoints.order_by("on")]
        levels = {"stretch": start + 90 * way} if one.kind == "levels" else {}
        draft = actions.KeyResultDraft(
            title=one.title, kind=one.kind, start=start, target=start + 70 * way, weight=one.weight, curve=one.curve,
            checkpoints=points, ambition=one.ambition, **levels, **kept,
        )  # fmt: skip
        actions.edit_key_result(by=self._lead(), key_result_id=one.pk, draft=draft, reason="Learnt", now=self.now)

    def move(self) -> None:
        if not self._open():
            return
        draft = actions.ObjectiveDraft(
            title="Goal", cycle_id=self.longer, lead_id=self.company.ids["lead"], owner_team_id=self.company.team,
            parent_id=self.top,
        )  # fmt: skip
        actions.edit_objective(by=self._lead(), objective_id=self.goal, draft=draft, reason="More time", now=self.now)

    def pause(self) -> None:
        state = KeyResult.objects.filter(objective_id=self.goal).values_list("objective__state", flat=True)[0]
        if state in {GoalState.ACTIVE, GoalState.PAUSED}:
            is_running = state == GoalState.ACTIVE
            actions.set_paused(by=self._lead(), objective_id=self.goal, paused=is_running, now=self.now)

    def change_rules(self) -> None:
        draft = actions.RulesDraft(**self.data.draw(rules()))
        actions.change_rules(by=self.company.actor("admin", self.now), draft=draft, reason="Other", now=self.now)

    def cancel(self) -> None:
        rows = self._open()
        if len(rows) > 1:
            actions.cancel_key_result(by=self._lead(), key_result_id=rows[-1].pk, reason="Dropped", now=self.now)

    def retarget(self) -> None:
        kpi = Metric.objects.get(slug=self.slug)
        given = self.data.draw(kpis(kpi.direction, kpi.frequency)) | {"aggregation": kpi.aggregation}
        draft = KpiDraft(
            name="KPI", unit="", lead_id=self.company.ids["lead"], owner_team_id=self.company.team, **given
        )  # fmt: skip
        by = self.company.actor("admin", self.now)
        actions.edit_kpi(by=by, slug=self.slug, draft=draft, today=self.now.date(), now=self.now)

    def close(self) -> None:
        if self._open() and self.data.draw(st.booleans()):
            actions.close_objective(
                by=self._lead(), objective_id=self.goal, grade=actions.GradeDraft(), key_results={}, now=self.now
            )

    def _lead(self) -> Any:
        return self.company.actor("lead", self.now)

    def rows(self) -> dict[tuple[str, int], dict[str, Any]]:
        """Return every score row by the names of its columns."""
        models = {"kpi": KpiScore, "key_result": KeyResultScore, "objective": ObjectiveScore}
        names = {
            kind: [f.attname for f in model._meta.concrete_fields if f.attname != "computed_at"]
            for kind, model in models.items()
        }
        found = score_rows(self.company.workspace_id)
        return {key: dict(zip(names[key[0]], values, strict=True)) for key, values in found.items()}

    def rebuilt(self) -> dict[tuple[str, int], dict[str, Any]]:
        with undone():
            for model in (KpiScore, KeyResultScore, ObjectiveScore):
                model.objects.all().delete()
            actions.rebuild(by=self.company.operator(self.now), now=self.now)
            return self.rows()

    def by_job(self) -> dict[tuple[str, int], dict[str, Any]]:
        new_day.run(self.company.place("admin", self.now), now=self.now)
        return self.rows()

    def explained(self) -> None:
        """Assert that every explanation says the number and the word of its row."""
        place = self.company.place("admin", self.now)
        for (kind, pk), row in self.rows().items():
            if kind == "kpi":
                found = explained_kpi(place.actor, self.slug, today=place.today)
            elif kind == "objective":
                found = explained_objective(place.actor, pk, today=place.today)
            else:
                found = explained_key_result(place.actor, pk, rhythms=place.rhythms, today=place.today)
            said = {one.of: one for one in found.explanations}
            if kind == "kpi":
                assert (said["kpi_status"].word, said["kpi_status"].value) == (row["word"], row["value"])
                continue
            assert said["score"].value == pytest.approx(row["score"]), (kind, said)
            assert said["expected"].value == pytest.approx(row["expected"]), (kind, said)
            assert said["status"].word == row.get("shown_word", row["word"]), (kind, said)
            if kind == "key_result":
                assert said["progress"].value == pytest.approx(row["progress"]), said
            assert ("grade" in said) == (row["word"] == "done"), (kind, said)

    def by_page(self, client: Client) -> dict[tuple[str, int], dict[str, Any]]:
        with undone():
            answer = client.get(reverse("goals", args=[self.company.slug]))
            assert answer.status_code == 200
            return self.rows()


def same(found: Any, wanted: Any) -> None:
    """Assert that two sets of rows say the same in every field; a float may differ in its last digits."""
    assert found.keys() == wanted.keys()
    for key, row in wanted.items():
        for name, value in row.items():
            close = pytest.approx(value, rel=1e-12, abs=1e-12) if isinstance(value, float) else value
            assert found[key][name] == close, (key, name)


# A story is not made shorter when it fails: each try writes some hundred rows, and what happened is shown anyway.
@settings(
    max_examples=20,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_a_new_day_is_the_same_by_the_job_by_a_page_and_by_a_rebuild(company: Company, data: st.DataObject) -> None:
    with undone(), pytest.MonkeyPatch.context() as patch:
        story = Story(company, data)
        patch.setattr(clock, "now", lambda: story.now)
        client = Client()
        client.force_login(company.users["admin"])
        story.by_job()
        for _ in range(data.draw(st.integers(2, 4), label="days")):
            for _ in range(data.draw(st.integers(1, 4), label="deeds")):
                story.happens()
            if not company.place("admin", story.now).scores_are_old:
                same(story.rows(), story.rebuilt())
            story.on(data.draw(st.integers(1, 40), label="step"))
            by_page = story.by_page(client)
            same(story.by_job(), by_page)
            same(story.rows(), story.rebuilt())
            story.explained()
            assert actions.rebuild(by=company.operator(story.now), now=story.now) == 0
