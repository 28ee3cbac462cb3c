"""Fills an empty installation with an organisation of a given size, by plain SQL where rows are many."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from milepost.core.target import Target, TargetRule
from milepost.metrics import actions as metrics
from milepost.metrics.models import Metric
from milepost.okr import actions as okr
from milepost.okr.models import Alignment, KeyResult, Objective
from milepost.workspace import actions as workspace
from milepost.workspace.queries import operator_place, place_of

LEVELS, ROOTS, KEY_RESULTS, WEEKS, KPIS, DUE = 7, 50, 3, 13, 100, 5
PASSWORD = "correct horse battery"


@dataclass(frozen=True, slots=True)
class Seeded:
    """What the measurements ask for."""

    slug: str
    email: str
    deep_key_result: int
    deep_objective: int
    root: int


def seed(size: int, *, now: datetime) -> Seeded:
    """Make `size` objectives in seven levels below 50 roots, with three key results of 13 readings each."""
    user = workspace.make_operator(email="admin@bench.example", name="Ada Admin", password=PASSWORD)
    made = workspace.create_workspace(user=user, name="Bench", time_zone="UTC", now=now)
    by = operator_place(slug=made.workspace.slug, now=now).actor
    person = workspace.add_member(
        by=by, email="lead@bench.example", name="Lena Lead", role="member", password=PASSWORD, now=now
    )
    first = date(now.year, 3 * ((now.month - 1) // 3) + 1, 1)
    cycle = okr.create_cycle(by=by, name="This", first_day=first, last_day=first + timedelta(days=91), now=now)
    with transaction.atomic():
        _objectives(made.workspace_id, cycle, made.pk, size, first, now)
        _kpis(by, person, now)
    lead = place_of(membership_id=person, now=now).actor
    due = okr.create_objective(
        by=lead,
        draft=okr.ObjectiveDraft(title="Mine", cycle_id=cycle, lead_id=person),
        key_results=[okr.KeyResultDraft(title=f"Mine {k}", start=0, target=100) for k in range(DUE)],
        now=now - timedelta(days=6),
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    okr.rebuild(by=by, now=now)
    deep = _deepest()
    key_result = KeyResult.objects.filter(objective_id=deep).order_by("id").first()
    if key_result is None or not due:
        raise RuntimeError("the seed made no key result")
    root = Objective.objects.order_by("id").values_list("id", flat=True)[0]
    return Seeded(made.workspace.slug, "admin@bench.example", key_result.pk, deep, root)


def _objectives(workspace_id: int, cycle: int, lead: int, size: int, first: date, now: datetime) -> None:
    given = {
        "workspace_id": workspace_id,
        "lead_id": lead,
        "ambition": "committed",
        "state": "active",
        "created_at": now,
    }
    rows = [
        Objective(title=f"Objective {i}", cycle_id=cycle, counts="both", activated_on=first, **given)
        for i in range(size)
    ]
    Objective.objects.bulk_create(rows, batch_size=2000)
    edges, level, at = [], rows[:ROOTS], ROOTS
    for width in _widths(size)[1:]:
        below = rows[at : at + width]
        for i, child in enumerate(below):
            edges.append(Alignment(workspace_id=workspace_id, parent=level[i % len(level)], child=child, since=now))
        at += len(below)
        level = below
    Alignment.objects.bulk_create(edges, batch_size=2000)
    own = [
        Metric(
            workspace_id=workspace_id, is_kpi=False, name=f"Measure {i}", direction="lower", frequency="day",
            aggregation="stock", created_at=now,
        )
        for i in range(size * KEY_RESULTS)
    ]  # fmt: skip
    Metric.objects.bulk_create(own, batch_size=2000)
    KeyResult.objects.bulk_create(
        (
            KeyResult(
                title=f"Measure {i % KEY_RESULTS}", objective=rows[i // KEY_RESULTS], position=i % KEY_RESULTS, kind="reach",
                metric=own[i], start=100, target=60, activated_on=first, **given,
            )
            for i in range(size * KEY_RESULTS)
        ),
        batch_size=2000,
    )  # fmt: skip
    step = max(1, min(7, (now.date() - first).days // WEEKS))
    with connection.cursor() as cursor:
        for week in range(WEEKS):
            cursor.execute(
                "INSERT INTO metrics_reading (workspace_id, metric_id, valid_on, value, known_at, source, reason) "
                "SELECT workspace_id, id, %s, 100 - (id %% 40) * %s / 13.0, %s, 'hand', '' "
                "FROM metrics_metric WHERE NOT is_kpi",
                [first + timedelta(days=step * week), week, now],
            )


def _widths(size: int) -> list[int]:
    """Return how many objectives stand on each level: each level so many times the one above it."""
    low, high = 0.1, float(size)
    for _ in range(100):
        times = (low + high) / 2
        low, high = (low, times) if sum(ROOTS * times**k for k in range(LEVELS)) > size else (times, high)
    widths = [round(ROOTS * low**k) for k in range(LEVELS - 1)]
    return [*widths, size - sum(widths)]


def _kpis(by: object, lead: int, now: datetime) -> None:
    today = now.date()
    for number in range(KPIS):
        draft = metrics.KpiDraft(
            name=f"KPI {number}", unit="min", direction="lower", frequency="week", aggregation="stock",
            target=Target(TargetRule.AT_MOST, high=40), lead_id=lead, group=f"Group {number % 8}",
        )  # fmt: skip
        slug = metrics.create_kpi(by=by, draft=draft, today=today, now=now)  # type: ignore[arg-type]
        readings = [
            okr.NewReading(day=today - timedelta(weeks=k), value=38.0 + (number + 7 * k) % 9) for k in range(26)
        ]
        okr.record_readings(by=by, kpi=slug, readings=readings, now=now)  # type: ignore[arg-type]


def _deepest() -> int:
    """Return an objective at the end of a longest chain of parents."""
    parents = dict(Alignment.objects.values_list("child_id", "parent_id"))
    last = max(parents)
    depth, at = 1, last
    while at in parents:
        depth, at = depth + 1, parents[at]
    if depth != LEVELS:
        raise RuntimeError(f"the seed made a chain of {depth}, not of {LEVELS}")
    return last
