"""Random formulas over random KPIs, moved at random: every write leaves what a rebuild would make (K7, S7)."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from milepost.core.calendar import Frequency, period_start
from milepost.core.formula import formula_points
from milepost.metrics import actions as metrics
from milepost.metrics.models import Metric, Reading
from milepost.metrics.queries.formulas import edges_of, ids_in, key_of, read_kept, source_of
from milepost.metrics.queries.series import known_readings
from milepost.okr import actions as okr
from milepost.okr.queries.integrity import score_rows
from milepost.workspace.errors import Invalid
from tests.metrics.formulas import calculated, edit, measured, values_of, write
from tests.people import NOW, Company

pytestmark = pytest.mark.django_db
ORDER = list(Frequency)[:4]
HOWS = ("flow", "stock", "stock_mean", "ratio", "max", "min")
ROUNDS = 25


class World:
    """A company with measured KPIs, calculated ones over them, and a day that passes."""

    def __init__(self, company: Company, chance: random.Random) -> None:
        self.company, self.chance, self.now = company, chance, datetime(2026, 11, 3, 9, tzinfo=UTC)
        self.measured: dict[str, Frequency] = {}
        self.calculated: dict[str, Frequency] = {}
        for k in range(5):
            frequency = chance.choice(ORDER)
            slug = measured(company, f"In {k}", frequency=frequency.value, aggregation=chance.choice(HOWS))
            self.measured[slug] = frequency
        while len(self.calculated) < 5:
            frequency = chance.choice(ORDER)
            if (formula := self.formula(frequency)) is not None:
                slug = calculated(
                    company, f"Out {len(self.calculated)}", formula, frequency=frequency.value, aggregation="stock"
                )
                self.calculated[slug] = frequency

    def formula(self, frequency: Frequency) -> str | None:
        """Return a formula over some KPIs that are not coarser, later ones reading earlier ones too."""
        known = {**self.measured, **self.calculated}
        fitting = [slug for slug, own in known.items() if ORDER.index(own) <= ORDER.index(frequency)]
        if not fitting:
            return None
        a, b = (f"[{self.chance.choice(fitting)}]" for _ in range(2))
        shape = self.chance.choice(
            ["{a} + {b}", "{a} ÷ {b}", "{a} − if_missing({b}, 1)", "max({a}, 2 × {b})", "avg({a}, abs({b}))"]
        )
        return shape.format(a=a, b=b)

    def step(self) -> None:
        """Write, take back, change a formula or a lag, archive, or let days pass."""
        deed = self.chance.choices([self.write, self.change, self.lag, self.archive, self.wait], [12, 3, 2, 1, 4])[0]
        deed()

    def write(self) -> None:
        slug = self.chance.choice(list(self.measured))
        days = {
            period_start(self.now.date() - timedelta(days=self.chance.randrange(90)), self.measured[slug])
            for _ in range(4)
        }
        ratio = Metric.objects.get(slug=slug).aggregation == "ratio"
        batch = []
        for day in days:
            top, bottom = float(self.chance.randrange(-3, 9)), float(self.chance.randrange(1, 9))
            counts = {"numerator": top, "denominator": bottom} if ratio and self.chance.random() < 0.8 else {}
            value = None if self.chance.random() < 0.2 else top / bottom if counts else top
            batch.append(okr.NewReading(day=day, value=value, **({} if value is None else counts)))
        try:
            okr.record_readings(by=self.company.actor(now=self.now), kpi=slug, readings=batch, now=self.now)
        except Invalid:  # nothing there to take back
            return

    def change(self) -> None:
        slug = self.chance.choice(list(self.calculated))
        formula = self.formula(self.calculated[slug])
        try:
            edit(self.company, slug, formula=formula, now=self.now)
        except Invalid as error:
            assert "circle" in str(error) or "there is no KPI" in str(error)  # archived

    def lag(self) -> None:
        edit(self.company, self.chance.choice(list(self.measured)), lag_days=self.chance.randrange(20), now=self.now)

    def archive(self) -> None:
        slug = self.chance.choice([*self.measured, *self.calculated])
        metrics.archive_kpi(by=self.company.actor(), slug=slug, now=self.now)

    def wait(self) -> None:
        self.now += timedelta(days=self.chance.randrange(1, 12))
        okr.refresh_day(by=self.company.operator(self.now), now=self.now)

    def by_hand(self) -> dict[int, dict[date, float]]:
        """Work every formula out from what is stored, one after the other in the order of their names."""
        kpis = {kpi.pk: kpi for kpi in Metric.objects.all()}
        known = known_readings(kpis)
        found = {}
        for kpi in kpis.values():
            if kpi.formula:
                node = read_kept(kpi.formula)
                sources = {key_of(pk): source_of(kpis[pk], known.get(pk, {})) for pk in ids_in(node)}
                points = formula_points(
                    node, sources, frequency=Frequency(kpi.frequency), fiscal_month=1, today=self.now.date()
                )
                found[kpi.pk] = {p.start: p.value for p in points}
        return found


@pytest.mark.parametrize("seed", range(6))
def test_every_write_leaves_what_a_rebuild_would_make(company: Company, seed: int) -> None:
    world = World(company, random.Random(seed))
    okr.rebuild(by=company.actor(), now=world.now)
    written = 0
    for _ in range(ROUNDS):
        world.step()
        stands = known_readings(edges_of(company.workspace_id))
        values = {pk: {d: k.value for d, k in known.items() if k.value is not None} for pk, known in stands.items()}
        expected = world.by_hand()
        assert {pk: values.get(pk, {}) for pk in expected} == expected
        rows, readings = score_rows(company.workspace_id), Reading.objects.count()
        okr.rebuild(by=company.actor(), now=world.now)
        assert Reading.objects.count() == readings
        live = set(Metric.objects.filter(archived_at=None).values_list("id", flat=True))
        fresh = score_rows(company.workspace_id)
        day_of = {key: row for key, row in rows.items() if key[1] in live}
        assert day_of == {key: row for key, row in fresh.items() if key[1] in live}
        written += sum(map(len, expected.values()))
    assert written  # it was not all missing


def _queries(company: Company, slug: str, value: float) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        write(company, slug, m10_01=value)
    return len(seen)


def test_kpis_that_are_not_concerned_cost_no_query(company: Company) -> None:
    won, lost, other = (measured(company, name) for name in ("Won", "Lost", "Other"))
    write(company, lost, m10_01=3)
    calculated(company, "Rate", "won ÷ lost")
    write(company, won, m10_01=1)
    write(company, other, m10_01=9), write(company, won, m10_01=9)  # statements are composed at their first use
    plain, moved = _queries(company, other, 1), _queries(company, won, 2)
    for k in range(12):
        calculated(company, f"Not concerned {k}", f"{k} + lost × 2", at=NOW)
    assert (_queries(company, other, 3), _queries(company, won, 4)) == (plain, moved)
    calculated(company, "Chain", "2 × rate", at=NOW)
    assert _queries(company, won, 5) - moved <= 1  # the status of one more KPI may be told
    assert values_of("chain") == {date(2026, 10, 1): 2 * 5 / 3}
