"""Who acts, and what roles allow in a workspace."""

from dataclasses import dataclass

from rules.predicates import Predicate, predicate

from milepost.workspace.errors import NotAllowed
from milepost.workspace.models import ActorKind, Sight
from milepost.workspace.models import Role as Role  # noqa: PLC0414 - as Scope
from milepost.workspace.models import Scope as Scope  # noqa: PLC0414 - edges name scopes without reaching for tables
from milepost.workspace.models import Visibility as Visibility  # noqa: PLC0414 - as Scope
from milepost.workspace.models import WebhookEvent as WebhookEvent  # noqa: PLC0414 - as Scope

# What programs and forms call how far a thing is seen.
WHO_SEES = {Visibility.EVERYBODY: "everybody", Visibility.TEAM: "team", Visibility.PRIVATE: "private"}


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who reads or writes, inside one workspace.

    `membership_id` is None for the operator at the command line and for jobs, who act for nobody.
    `managed_teams` holds the teams this person manages, `seen_teams` those whose team-only goals and
    KPIs they see, both with the teams nested below. `has_walls` is False where everything is for everybody.
    """

    workspace_id: int
    membership_id: int | None
    role: Role
    kind: ActorKind = ActorKind.PERSON
    managed_teams: frozenset[int] = frozenset()
    seen_teams: frozenset[int] = frozenset()
    name: str = ""
    has_walls: bool = True
    token_id: int | None = None  # the key of the program that acts
    scopes: frozenset[str] = frozenset(Scope)  # of that key

    @property
    def is_admin(self) -> bool:
        """Return whether every action of the workspace is open."""
        return self.role == Role.ADMIN

    @property
    def sight(self) -> Sight:
        """Return what the actor sees (M5): an admin everything, others what is open, theirs or their teams'."""
        level = Visibility.PRIVATE if self.is_admin else Visibility.EVERYBODY
        return Sight(self.workspace_id, int(level), self.membership_id or 0, tuple(sorted(self.seen_teams)) or (0,))

    @property
    def can_write(self) -> bool:
        """Return whether any writing is open at all."""
        return self.role != Role.VIEWER


@predicate
def is_admin(actor: Actor) -> bool:
    """Return whether the actor is an admin of the workspace."""
    return actor.is_admin


@predicate
def can_write(actor: Actor) -> bool:
    """Return whether the actor is more than a viewer."""
    return actor.can_write


@predicate
def manages_team(actor: Actor, team_id: int | None) -> bool:
    """Return whether the actor manages this team or one above it."""
    return actor.can_write and team_id is not None and team_id in actor.managed_teams


@predicate
def is_oneself(actor: Actor, membership_id: int | None) -> bool:
    """Return whether the actor is this person."""
    return actor.can_write and membership_id is not None and actor.membership_id == membership_id


can_manage_people = is_admin
can_set_away = is_admin | is_oneself
can_change_settings = is_admin
can_edit_team = is_admin | manages_team
can_create_goals = can_write


def require(rule: Predicate, actor: Actor, target: object = None, *, to: str) -> None:
    """Do nothing if the rule holds for actor and target.

    Args:
        to: what was tried, to complete "You may not ...".

    Raises:
        NotAllowed: it does not hold.
    """
    if not rule.test(actor, target):
        raise NotAllowed(f"You may not {to} here. Ask an admin if you should.")
