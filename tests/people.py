"""Who takes part in tests: an admin, a lead, a member, a viewer, a manager, and an outsider."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from milepost.core.target import Target, TargetRule
from milepost.metrics import actions as metrics
from milepost.okr import actions as okr
from milepost.workspace import actions
from milepost.workspace.models import Membership, User
from milepost.workspace.permissions import Actor
from milepost.workspace.queries import Place, get_place, operator_place

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)  # Sunday, day 52 of 91 of Q4
TODAY = date(2026, 11, 22)
START = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"
ROLES = {"admin": "admin", "lead": "member", "member": "member", "viewer": "viewer", "manager": "member"}


@dataclass(slots=True)
class Company:
    """A workspace with its people by name, one cycle, one team."""

    slug: str
    workspace_id: int
    users: dict[str, User]
    ids: dict[str, int]
    cycle: int
    team: int

    def place(self, who: str = "admin", now: datetime = NOW) -> Place:
        return get_place(user=self.users[who], slug=self.slug, now=now)

    def actor(self, who: str = "admin", now: datetime = NOW) -> Actor:
        return self.place(who, now).actor

    def operator(self, now: datetime = NOW) -> Actor:
        return operator_place(slug=self.slug, now=now).actor

    def kpi(self, name: str = "First reply time", *, at: datetime = START, **given: object) -> str:
        """Make a weekly KPI led by the lead, at most 30 min, and return its slug."""
        fields: dict[str, object] = {
            "name": name,
            "unit": "min",
            "direction": "lower",
            "frequency": "week",
            "aggregation": "stock",
            "target": Target(TargetRule.AT_MOST, high=30),
            "lead_id": self.ids["lead"],
            "owner_team_id": self.team,
        }
        fields.update(given)
        return metrics.create_kpi(by=self.actor("admin", at), draft=metrics.KpiDraft(**fields), today=at.date(), now=at)  # type: ignore[arg-type]

    def objective(
        self,
        title: str = "Be the tool support teams recommend",
        *,
        key_results: list[okr.KeyResultDraft] | None = None,
        who: str = "lead",
        at: datetime = START,
        activate: bool = True,
        **given: object,
    ) -> int:
        """Make an objective of the lead with one key result from 100 to 60 and return its id."""
        drafts = (
            [okr.KeyResultDraft(title="Tickets older than 24 h", start=100, target=60)]
            if key_results is None
            else key_results
        )
        fields: dict[str, object] = {
            "title": title,
            "cycle_id": self.cycle,
            "lead_id": self.ids[who],
            "owner_team_id": self.team,
        }
        fields.update(given)
        return okr.create_objective(
            by=self.actor(who, at),
            draft=okr.ObjectiveDraft(**fields),
            key_results=drafts,
            activate=activate,
            now=at,  # type: ignore[arg-type]
        )


def build_company(slug_name: str = "Acme", *, at: datetime = START) -> Company:
    """Make a workspace of this name with everybody in it."""
    tag = slug_name.lower()
    operator = actions.make_operator(email=f"admin@{tag}.example", name="Ada Admin", password=PASSWORD)
    made = actions.create_workspace(user=operator, name=slug_name, time_zone="UTC", now=at)
    by = operator_place(slug=made.workspace.slug, now=at).actor
    ids = {"admin": made.pk}
    users = {"admin": operator}
    for who, role in ROLES.items():
        if who == "admin":
            continue
        ids[who] = actions.add_member(
            by=by,
            email=f"{who}@{tag}.example",
            name=f"{who.title()} {slug_name}",
            role=role,
            password=PASSWORD,
            now=at,
        )
        users[who] = Membership.objects.get(pk=ids[who]).user
    team = actions.create_team(by=by, name=f"{slug_name} Support", parent_id=None, now=at)
    actions.set_team_member(by=by, team_id=team, membership_id=ids["manager"], is_manager=True, now=at)
    actions.set_team_member(by=by, team_id=team, membership_id=ids["lead"], is_manager=False, now=at)
    cycle = okr.create_cycle(by=by, name="Q4 2026", first_day=date(2026, 10, 1), last_day=date(2026, 12, 31), now=at)
    return Company(made.workspace.slug, made.workspace_id, users, ids, cycle, team)
