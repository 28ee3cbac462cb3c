"""The sample company: invented people and numbers in a workspace of their own, made by ordinary actions."""

import random
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from milepost import clock
from milepost.core.calendar import Frequency, add_months, period_start, shift_periods
from milepost.core.target import Target, TargetRule
from milepost.metrics import actions as metrics
from milepost.okr import actions
from milepost.okr.queries import KeyResultLine, objective_page
from milepost.workspace import actions as workspace
from milepost.workspace.queries import Place, find_lead, list_all_workspaces, operator_place, place_of

NAME = "Sunny Desk (sample)"
PEOPLE = (
    ("Ana Ruiz", "ana@example.com", "admin"),
    ("Tom Baker", "tom@example.com", "member"),
    ("Lena Moss", "lena@example.com", "member"),
    ("Jon Okafor", "jon@example.com", "member"),
    ("Sofia Klein", "sofia@example.com", "member"),
    ("Mina Dahl", "mina@example.com", "member"),
    ("Priya Varma", "priya@example.com", "viewer"),
)
WEEKS = 60


@dataclass(frozen=True, slots=True)
class Made:
    """How to sign in; the password is new at each start of the demo."""

    email: str
    password: str
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kpi:
    """A sample KPI: how it is defined, and the levels it ran at: (share of the history, mean, spread)."""

    name: str
    group: str
    unit: str
    direction: str
    frequency: str
    how: str
    target: Target | None
    lead: str
    team: str
    levels: tuple[tuple[float, float, float], ...]
    volume: float = 0.0  # denominator of a ratio
    stops: int = 0  # periods without a value at the end
    digits: int = 1


def _least(value: float, tolerance: float = 0.0) -> Target:
    return Target(TargetRule.AT_LEAST, low=value, tolerance=tolerance)


def _most(value: float, tolerance: float = 0.0) -> Target:
    return Target(TargetRule.AT_MOST, high=value, tolerance=tolerance)


KPIS = (
    Kpi(
        "Trial to paid",
        "Growth",
        "%",
        "higher",
        "week",
        "ratio",
        _least(7),
        "jon",
        "Growth",
        ((0.85, 7.3, 0.12), (1, 6.2, 0.12)),
        410,
    ),
    Kpi(
        "Monthly recurring revenue",
        "Growth",
        "EUR",
        "higher",
        "month",
        "stock",
        _least(1_150_000),
        "lena",
        "Growth",
        ((1, 1_120_000, 24_000),),
        digits=-3,
    ),
    Kpi(
        "New trials",
        "Growth",
        "",
        "higher",
        "week",
        "flow",
        _least(380),
        "lena",
        "Growth",
        ((0.8, 371, 11), (1, 404, 10)),
        digits=0,
    ),
    Kpi(
        "First reply time",
        "Customers",
        "min",
        "lower",
        "week",
        "stock",
        _most(30, 5),
        "tom",
        "Support",
        ((0.5, 57, 2.5), (0.9, 48, 2), (1, 42, 1.5)),
        digits=0,
    ),
    Kpi(
        "Net promoter score",
        "Customers",
        "",
        "higher",
        "month",
        "stock",
        _least(45),
        "ana",
        "Support",
        ((0.6, 38, 1.5), (1, 46, 1)),
        digits=0,
    ),
    Kpi(
        "Monthly churn",
        "Customers",
        "%",
        "lower",
        "month",
        "ratio",
        _most(2, 0.2),
        "ana",
        "Support",
        ((1, 1.9, 0.05),),
        5200,
    ),
    Kpi(
        "Change failure rate",
        "Delivery",
        "%",
        "lower",
        "week",
        "ratio",
        _most(10, 1.5),
        "sofia",
        "Delivery",
        ((0.6, 16, 0.8), (1, 11, 0.5)),
        130,
    ),
    Kpi(
        "Uptime",
        "Delivery",
        "%",
        "higher",
        "week",
        "stock",
        _least(99.9),
        "sofia",
        "Delivery",
        ((1, 99.955, 0.012),),
        digits=3,
    ),
    Kpi(
        "Deploys",
        "Delivery",
        "",
        "higher",
        "week",
        "flow",
        _least(20),
        "sofia",
        "Delivery",
        ((0.7, 22, 2), (1, 27, 1.5)),
        digits=0,
    ),
    Kpi(
        "Lead time, median",
        "Delivery",
        "days",
        "lower",
        "week",
        "distinct",
        _most(3),
        "sofia",
        "Delivery",
        ((0.6, 4.2, 0.2), (1, 2.6, 0.1)),
    ),
    Kpi(
        "Employee NPS",
        "People and money",
        "",
        "higher",
        "month",
        "stock",
        _least(30),
        "ana",
        "",
        ((1, 31, 2),),
        stops=2,
        digits=0,
    ),
    Kpi(
        "Cash runway",
        "People and money",
        "months",
        "within",
        "month",
        "stock",
        Target(TargetRule.WITHIN, low=14, high=24),
        "ana",
        "",
        ((1, 16.5, 0.3),),
    ),
    Kpi(
        "Office plants alive",
        "People and money",
        "",
        "higher",
        "month",
        "stock",
        None,
        "ana",
        "",
        ((1, 14, 1),),
        digits=0,
    ),
)


def make_demo() -> Made:
    """Make the sample company unless it is there, give its people a new password, and return the sign-in."""
    password = secrets.token_urlsafe(9)
    if all(name != NAME for _, _, name in list_all_workspaces()):
        _Company(now=clock.now(), password=password).build()
    for _, email, _ in PEOPLE:
        workspace.set_password(email=email, password=password, now=clock.now())
    return Made("tom@example.com", password, tuple(email for _, email, _ in PEOPLE if email != "tom@example.com"))


class _Company:
    """Builds the sample, step by step, at the moments it is said to have happened."""

    def __init__(self, *, now: datetime, password: str) -> None:
        self.now = now
        self.random = random.Random(20261122)  # noqa: S311 - numbers of a sample, the same each time
        self.password = password
        self.began = now - timedelta(weeks=WEEKS + 4)

    def build(self) -> None:
        operator = workspace.make_operator(email=PEOPLE[0][1], name=PEOPLE[0][0], password=self.password)
        made = workspace.create_workspace(
            user=operator, name=NAME, time_zone="Europe/Madrid", now=self.began, is_sample=True
        )
        self.slug = made.workspace.slug
        root = operator_place(slug=self.slug, now=self.began)
        for name, email, role in PEOPLE[1:]:
            workspace.add_member(
                by=root.actor, email=email, name=name, role=role, password=self.password, now=self.began
            )
        self.ids = {email.split("@")[0]: find_lead(root.actor, email) or 0 for _, email, _ in PEOPLE}
        self._rhythm(root)
        self._teams(root)
        self._cycles(root)
        self.kpi = {kpi.name: self._kpi(root, kpi) for kpi in KPIS}
        self._last_quarter()
        self._this_quarter()
        actions.refresh_day(by=root.actor, now=self.now)

    def place(self, who: str, at: datetime) -> Place:
        """Return the place of one of the people at a moment."""
        return place_of(membership_id=self.ids[who], now=at)

    def _rhythm(self, root: Place) -> None:
        tomorrow = (self.now + timedelta(days=1)).weekday()  # so that check-ins wait for who looks around
        settings = workspace.WorkspaceSettings(NAME, "Europe/Madrid", 1, 1, tomorrow, 0, demands_second_step=False)
        workspace.change_settings(by=root.actor, settings=settings, now=self.began)

    def _teams(self, root: Place) -> None:
        at, by = self.began, root.actor
        self.team = {
            name: workspace.create_team(by=by, name=name, parent_id=None, now=at)
            for name in ("Support", "Growth", "Delivery")
        }
        self.team["Help centre"] = workspace.create_team(
            by=by, name="Help centre", parent_id=self.team["Support"], now=at
        )
        for team, who, is_manager in (
            ("Support", "tom", True),
            ("Support", "mina", False),
            ("Help centre", "mina", True),
            ("Growth", "lena", True),
            ("Growth", "jon", False),
            ("Delivery", "sofia", True),
            ("Help centre", "tom", False),
        ):
            workspace.set_team_member(
                by=by, team_id=self.team[team], membership_id=self.ids[who], is_manager=is_manager, now=at
            )

    def _cycles(self, root: Place) -> None:
        today = root.today + (self.now - self.began)
        this = period_start(today, Frequency.QUARTER)
        self.cycle: dict[int, int] = {}
        self.first: dict[int, date] = {}
        for step in (-1, 0, 1):
            first = shift_periods(this, Frequency.QUARTER, step)
            last = add_months(first, 3) - timedelta(days=1)
            name = f"Q{(first.month - 1) // 3 + 1} {first.year}"
            self.cycle[step] = actions.create_cycle(
                by=root.actor, name=name, first_day=first, last_day=last, now=self.began
            )
            self.first[step] = first
        year = today.year
        actions.create_cycle(
            by=root.actor,
            name=str(year),
            first_day=date(year, 1, 1),
            last_day=date(year, 12, 31),
            now=self.began,
        )

    def _kpi(self, root: Place, kpi: Kpi) -> str:
        today = root.today + (self.now - self.began)
        slug = metrics.create_kpi(
            by=root.actor,
            draft=metrics.KpiDraft(
                name=kpi.name,
                unit=kpi.unit,
                direction=kpi.direction,
                frequency=kpi.frequency,
                aggregation=kpi.how,
                target=kpi.target,
                lead_id=self.ids[kpi.lead],
                owner_team_id=self.team.get(kpi.team),
                group=kpi.group,
            ),
            today=root.today,
            now=self.began,
        )
        frequency = Frequency(kpi.frequency)
        count = WEEKS if frequency == Frequency.WEEK else 14
        newest = period_start(today, frequency)
        days = [shift_periods(newest, frequency, -k) for k in range(count, kpi.stops - 1, -1)]
        readings = [self._reading(kpi, day, index / len(days)) for index, day in enumerate(days)]
        source = actions.ReadingSource.FILE if kpi.how == "ratio" else actions.ReadingSource.HAND
        lead = self.place(kpi.lead, self.now - timedelta(hours=3))
        actions.record_readings(
            by=lead.actor, kpi=slug, readings=readings, source=source, now=self.now - timedelta(hours=3)
        )
        if kpi.name == "Trial to paid":
            metrics.add_note(
                by=lead.actor,
                slug=slug,
                day=days[int(0.85 * len(days))],
                text="New pricing page",
                fiscal_month=1,
                now=self.now - timedelta(days=40),
            )
        return slug

    def _reading(self, kpi: Kpi, day: date, share: float) -> actions.NewReading:
        mean, spread = next((m, s) for until, m, s in kpi.levels if share < until or until == 1)
        value = round(self.random.gauss(mean, spread), kpi.digits)
        if kpi.how != "ratio":
            return actions.NewReading(day=day, value=value)
        bottom = float(round(self.random.gauss(kpi.volume, kpi.volume / 30)))
        top = float(round(bottom * value / 100))
        return actions.NewReading(day=day, value=100 * top / bottom, numerator=top, denominator=bottom)

    def _at(self, day: date, hour: int = 9) -> datetime:
        return min(
            datetime(day.year, day.month, day.day, hour, tzinfo=self.now.tzinfo),
            self.now - timedelta(hours=1),
        )

    def _last_quarter(self) -> None:
        at = self._at(self.first[-1] + timedelta(days=1))
        tom = self.place("tom", at).actor
        pk = actions.create_objective(
            by=tom,
            draft=actions.ObjectiveDraft(
                title="Somebody answers in the evening too",
                cycle_id=self.cycle[-1],
                lead_id=self.ids["tom"],
                owner_team_id=self.team["Support"],
                why="Half of our customers write after six.",
            ),
            key_results=[
                actions.KeyResultDraft(title="First reply time", kpi=self.kpi["First reply time"], start=57, target=48),
                actions.KeyResultDraft(
                    title="Evening shifts staffed",
                    kind="milestone",
                    steps=(
                        actions.StepDraft("Rota agreed"),
                        actions.StepDraft("Two people hired"),
                        actions.StepDraft("First full month"),
                    ),
                ),
            ],
            now=at,
        )
        self._check_in_all(
            pk,
            "tom",
            at=self._at(self.first[0] - timedelta(days=3)),
            confidence=8,
            note="The evening rota holds",
        )
        end = self._at(self.first[0] + timedelta(days=1))
        actions.close_objective(
            by=self.place("tom", end).actor,
            objective_id=pk,
            grade=actions.GradeDraft(),
            key_results={},
            now=end,
        )

    def _this_quarter(self) -> None:
        at = self._at(self.first[0])
        company = self._objective(
            "ana",
            at,
            "Be the tool support teams recommend",
            why="Half of our new trials come from a support lead telling another.",
            key_results=[
                actions.KeyResultDraft(
                    title="First reply time",
                    kpi=self.kpi["First reply time"],
                    start=48,
                    target=30,
                    share=0.34,
                    lead_id=self.ids["tom"],
                ),
                actions.KeyResultDraft(
                    title="Net promoter score", kpi=self.kpi["Net promoter score"], start=38, target=50
                ),
                actions.KeyResultDraft(
                    title="Help articles that solve the ticket", unit="%", start=20, target=45, lead_id=self.ids["mina"]
                ),
            ],
            counts="both",
        )
        team = self._objective(
            "tom",
            at,
            "Answer customers before they ask twice",
            team="Support",
            parent=company,
            key_results=[
                actions.KeyResultDraft(title="Tickets older than 24 h", unit="tickets", start=120, target=20),
                actions.KeyResultDraft(
                    title="Weekend rota staffed",
                    kind="milestone",
                    steps=(
                        actions.StepDraft("Rota agreed"),
                        actions.StepDraft("First hire"),
                        actions.StepDraft("Second hire"),
                    ),
                ),
                actions.KeyResultDraft(title="Reopened tickets stay rare", unit="%", kind="keep", high=6, tolerance=2),
            ],
        )
        revenue = self._objective(
            "lena",
            at,
            "Grow revenue we keep",
            ambition="aspirational",
            key_results=[
                actions.KeyResultDraft(
                    title="Monthly recurring revenue",
                    kpi=self.kpi["Monthly recurring revenue"],
                    start=1_020_000,
                    target=1_260_000,
                ),
                actions.KeyResultDraft(
                    title="Expansion revenue", unit="EUR", start=0, target=120_000, lead_id=self.ids["jon"]
                ),
            ],
        )
        calm = self._objective(
            "sofia",
            at,
            "Ship calmly",
            key_results=[
                actions.KeyResultDraft(
                    title="Change failure rate", kpi=self.kpi["Change failure rate"], start=16, target=10
                ),
                actions.KeyResultDraft(
                    title="Lead time, median", kpi=self.kpi["Lead time, median"], start=4.2, target=2.5
                ),
            ],
        )
        self._objective(
            "mina",
            at,
            "Articles that answer the question",
            team="Help centre",
            parent=team,
            draft=True,
            key_results=[
                actions.KeyResultDraft(title="Searches without a result", unit="%", start=18, target=8),
            ],
        )
        self._weeks(
            {
                company: ("ana", {"Help articles that solve the ticket": (20, 33)}, 7),
                team: ("tom", {"Tickets older than 24 h": (118, 64), "Reopened tickets stay rare": (5.5, 6.5)}, 7),
                revenue: ("lena", {"Expansion revenue": (4_000, 33_600)}, 6),
                calm: ("sofia", {}, 9),
            }
        )

    def _objective(
        self,
        who: str,
        at: datetime,
        title: str,
        *,
        key_results: list[actions.KeyResultDraft],
        why: str = "",
        team: str = "",
        parent: int | None = None,
        ambition: str = "committed",
        counts: str = "key_results",
        draft: bool = False,
    ) -> int:
        return actions.create_objective(
            by=self.place(who, at).actor,
            draft=actions.ObjectiveDraft(
                title=title,
                why=why,
                cycle_id=self.cycle[0],
                lead_id=self.ids[who],
                owner_team_id=self.team.get(team),
                parent_id=parent,
                ambition=ambition,
                counts=counts,
            ),
            key_results=key_results,
            activate=not draft,
            now=at,
        )

    def _weeks(self, plan: dict[int, tuple[str, dict[str, tuple[float, float]], int]]) -> None:
        """Check in each week since the quarter began, the last week left open."""
        # The last time is the due day before tomorrow's, so that everything but one is due tomorrow.
        moments = [self.now - timedelta(days=6 + 7 * k) for k in range(13, -1, -1)]
        moments = [at for at in moments if at.date() > self.first[0]]
        for index, at in enumerate(moments):
            share = (index + 1) / len(moments)
            for pk, (who, ends, confidence) in plan.items():
                values = {title: round(first + share * (last - first), 1) for title, (first, last) in ends.items()}
                if at == moments[-1]:
                    values.pop("Help articles that solve the ticket", None)  # one check-in is overdue
                self._check_in_all(
                    pk,
                    who,
                    at=at,
                    confidence=confidence - (index % 3 == 2),
                    values=values,
                    ticks=share,
                    note="",
                )
        self._own_status(next(iter(plan)), self.now - timedelta(hours=2))

    def _own_status(self, objective_id: int, at: datetime) -> None:
        ana = self.place("ana", at)
        lines = _lines(ana, objective_id)
        k = next(k for k in lines if k.title == "Net promoter score")
        draft = actions.CheckInDraft(
            key_result_id=k.id,
            confidence=5,
            own_word="at_risk",
            note="The October panel was small; I would not trust it yet.",
        )
        actions.record_check_in(by=ana.actor, draft=draft, now=at)

    def _check_in_all(
        self,
        objective_id: int,
        who: str,
        *,
        at: datetime,
        confidence: int,
        note: str,
        values: dict[str, float] | None = None,
        ticks: float = 1.0,
    ) -> None:
        for k in _lines(self.place(who, at), objective_id):
            lead = next(name for name, pk in self.ids.items() if pk == k.lead_id)
            value = (values or {}).get(k.title)
            steps = {s.id: 1.0 for n, s in enumerate(k.steps, start=1) if n / len(k.steps) <= ticks}
            if k.kpi_slug is None and k.kind != "milestone" and value is None:
                continue
            draft = actions.CheckInDraft(
                key_result_id=k.id,
                confidence=max(1, min(10, confidence - (k.title == "First reply time") * 4)),
                value=value,
                note=note,
                steps=steps,
            )
            actions.record_check_in(by=self.place(lead, at).actor, draft=draft, now=at)


def _lines(place: Place, objective_id: int) -> tuple[KeyResultLine, ...]:
    return objective_page(place.actor, objective_id, today=place.today).key_results
