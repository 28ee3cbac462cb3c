"""The sample's workspace: its people, teams and cycles."""

from datetime import date, datetime, timedelta

from milepost.core.calendar import Frequency, add_months, period_start, shift_periods
from milepost.okr import actions
from milepost.workspace import actions as workspace
from milepost.workspace.queries import Place, find_lead, operator_place, place_of

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


class Company:
    """The sample's workspace with whom and what later steps name; it is said to have begun before its first value."""

    def __init__(self, *, now: datetime, password: str) -> None:
        self.now = now
        self.began = now - timedelta(weeks=WEEKS + 4)
        operator = workspace.make_operator(email=PEOPLE[0][1], name=PEOPLE[0][0], password=password)
        made = workspace.create_workspace(
            user=operator, name=NAME, time_zone="Europe/Madrid", now=self.began, is_sample=True
        )
        self.root = root = operator_place(slug=made.workspace.slug, now=self.began)
        self.today = root.today + (now - self.began)
        for name, email, role in PEOPLE[1:]:
            workspace.add_member(by=root.actor, email=email, name=name, role=role, password=password, now=self.began)
        self.ids = {email.split("@")[0]: find_lead(root.actor, email) or 0 for _, email, _ in PEOPLE}
        self._rhythm(root)
        self._teams(root)
        self._cycles(root)
        self._strategy(root)

    def place(self, who: str, at: datetime) -> Place:
        """Return the place of one of the people at a moment."""
        return place_of(membership_id=self.ids[who], now=at)

    def morning(self, day: date) -> datetime:
        """Return nine o'clock on a day, or an hour ago if that is earlier."""
        return min(
            datetime(day.year, day.month, day.day, 9, tzinfo=self.now.tzinfo),
            self.now - timedelta(hours=1),
        )

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

    def _strategy(self, root: Place) -> None:
        by, at = root.actor, self.began
        workspace.edit_strategy(
            by=by,
            mission="Nobody who asks for help has to ask twice.",
            vision="By 2030 every small support team in Europe can be as good as the best large one.",
            values="- Say what is so\n- Finish small things\n- Leave on time",
            now=at,
        )
        self.pillar = {
            name: workspace.create_pillar(by=by, name=name, description=line, perspective=side, now=at)
            for name, line, side in (
                ("Customers who stay", "They tell others, and nobody has to win them twice", "customer"),
                ("Revenue that lasts", "Growth that we keep without shouting", "financial"),
                ("Calm delivery", "Small changes, every day, that hold", "process"),
            )
        }

    def _cycles(self, root: Place) -> None:
        this = period_start(self.today, Frequency.QUARTER)
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
        year = self.today.year
        actions.create_cycle(
            by=root.actor,
            name=str(year),
            first_day=date(year, 1, 1),
            last_day=date(year, 12, 31),
            now=self.began,
        )
