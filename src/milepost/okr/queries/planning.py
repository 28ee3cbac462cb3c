"""The plan of a cycle before it runs: its drafts by owner, with what each of them lacks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, FilteredRelation, OuterRef, Q, QuerySet

from milepost.core.guidance import Limit, Remark, key_result_limit, owner_limit
from milepost.okr.models import Cycle, GoalState, Objective
from milepost.okr.permissions import can_publish_cycle, may_review_at_all, reviews_by_role
from milepost.okr.queries.approvals import Approvals
from milepost.okr.queries.cycles import CycleRow
from milepost.okr.queries.draft_requests import PlanTalk, RequestedDrafts, plan_talk
from milepost.okr.queries.lines import KeyResultLine, key_results_of
from milepost.okr.queries.plan_hints import hints_of
from milepost.workspace.permissions import Actor
from milepost.workspace.queries import list_teams

MOST = 100  # drafts on a page
MOST_HINTS = 3  # in one card
MOST_COPIED = 200  # objectives to choose from
PLANNED = (GoalState.DRAFT, GoalState.IN_REVIEW)
OWNER = ("owner_team_id", "owner_team__name", "owner_person_id", "owner_person__user__name")
COLUMNS = (
    "id", "title", "state", "visibility", "lead_id", "lead__user__name", "carried_from_id", "counts",
    "sees_parent", "edge__parent_id", "edge__parent__title", "edge__parent__lead_id", *OWNER,
)  # fmt: skip
Owner = tuple[str, int | None, str]  # company, team or person; its id and its name


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """A draft, or an objective in review; `parent_id` None without one that the reader sees."""

    id: int
    title: str
    state: str
    visibility: int
    lead_id: int | None
    lead_name: str
    is_carried: bool
    parent_id: int | None
    parent_title: str
    key_results: tuple[KeyResultLine, ...]
    can_edit: bool
    approvals: Approvals
    can_approve: bool  # it waits for the reader's yes
    hints: tuple[Remark, ...] = ()

    @property
    def shown_hints(self) -> tuple[Remark, ...]:
        """Return the hints that have room in its card."""
        return self.hints[:MOST_HINTS]

    @property
    def more_hints(self) -> int:
        """Return how many have none."""
        return len(self.hints) - len(self.shown_hints)

    @property
    def limit(self) -> Limit:
        """Return how many key results it has of how many that are enough."""
        return key_result_limit(len(self.key_results))

    @property
    def can_start(self) -> bool:
        """Return whether the reader may send it to review, or start it with all its approvals."""
        waits = self.state == GoalState.IN_REVIEW
        return self.can_edit and (self.approvals.are_enough if waits else self.approvals.wanted > 0)


@dataclass(frozen=True, slots=True)
class PlanColumn:
    """What one owner plans; `count` objectives in the cycle, of which `running` are no drafts any more."""

    kind: str
    id: int | None
    name: str
    count: int
    running: int
    drafts: tuple[PlanDraft, ...]
    can_add: bool
    request: RequestedDrafts | None = None  # the last time the team was asked for drafts

    @property
    def limit(self) -> Limit | None:
        """Return how many objectives it has of how many that are enough, None of a person."""
        return None if self.kind == "person" else owner_limit(self.count)

    @property
    def key(self) -> str:
        """Return the owner as the form of an objective names it, "" for the company."""
        return "" if self.id is None else f"{self.kind}-{self.id}"


@dataclass(frozen=True, slots=True)
class PlanningPage:
    """The plan of a cycle; `without` are teams (id, name, when it was asked) with no objective that the reader sees."""

    columns: tuple[PlanColumn, ...]
    without: tuple[tuple[int, str, RequestedDrafts | None], ...]
    drafts: int
    in_review: int
    has_more: bool
    can_publish: bool
    can_change: bool  # add and copy drafts: its plan is open for the reader
    requests: tuple[RequestedDrafts, ...] = ()  # of each team the last one
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Copyable:
    """An objective of an earlier cycle; `is_there`: this cycle has one of the same title that the reader sees."""

    id: int
    title: str
    owner: str
    lead_name: str
    key_results: int
    is_there: bool


def planning_page(actor: Actor, cycle: CycleRow, *, reviewers: int = 0) -> PlanningPage:
    """Return the drafts of a cycle that the actor sees, by owner: a fixed number of queries.

    Args:
        reviewers: how many approvals the workspace asks for.
    """
    rows = Objective.objects.visible_to(actor).filter(cycle_id=cycle.id).exclude(state=GoalState.CANCELLED)
    found: list[Any] = list(
        _with_parents(actor, rows.filter(state__in=PLANNED)).order_by("id").values_list(*COLUMNS)[: MOST + 1]
    )
    shown = found[:MOST]
    counted = rows.order_by().values_list(*OWNER)
    counts = {
        _owner(*owner): (count, drafts, reviews)
        for *owner, count, drafts, reviews in counted.annotate(
            count=Count("id"),
            drafts=Count("id", filter=Q(state=GoalState.DRAFT)),
            reviews=Count("id", filter=Q(state=GoalState.IN_REVIEW)),
        )
    }
    can_publish = can_publish_cycle.test(actor, Cycle(pk=cycle.id, coach_id=cycle.coach_id))
    can_change = actor.can_write and (can_publish or not cycle.is_locked)
    talk = plan_talk(actor, cycle, [row[0] for row in shown], wanted=reviewers)
    drafts: dict[Owner, list[PlanDraft]] = {}
    for owner, draft in _drafts(actor, shown, cycle, can_change=can_change, talk=talk, reviewers=reviewers):
        drafts.setdefault(owner, []).append(draft)
    teams = [t for t in list_teams(actor) if t.ends_on is None or t.ends_on >= cycle.first_day]
    own = {("team", t.id, t.name) for t in teams if t.id in actor.managed_teams}
    owners = [("company", None, "Company"), *sorted((drafts.keys() | own) - {("company", None, "Company")}, key=_order)]
    columns = []
    for owner in owners:
        count, begun, waiting = counts.get(owner, (0, 0, 0))
        columns.append(
            PlanColumn(
                *owner,
                count,
                count - begun - waiting,
                tuple(drafts.get(owner, ())),
                can_add=can_change,
                request=talk.requests.get(owner[1] or 0) if owner[0] == "team" else None,
            )
        )
    return PlanningPage(
        columns=tuple(columns),
        without=tuple(
            (t.id, t.name, talk.requests.get(t.id)) for t in teams if ("team", t.id, t.name) not in counts.keys() | own
        ),
        drafts=sum(begun for _, begun, _ in counts.values()),
        in_review=sum(waiting for *_, waiting in counts.values()),
        has_more=len(found) > MOST,
        can_publish=can_publish,
        can_change=can_change,
        requests=tuple(talk.requests.values()),
        published_at=talk.published_at,
    )


def has_drafts(actor: Actor, cycle_id: int) -> bool:
    """Return whether a cycle holds drafts, or objectives in review, that the actor sees; one query."""
    return Objective.objects.visible_to(actor).filter(cycle_id=cycle_id, state__in=PLANNED).exists()


def copyable(actor: Actor, before: CycleRow, cycle: CycleRow) -> tuple[Copyable, ...]:
    """Return the objectives of an earlier cycle to copy from, by owner: those the actor sees; two queries."""
    rows = Objective.objects.visible_to(actor).exclude(state=GoalState.CANCELLED)
    there = {title.casefold() for title in rows.filter(cycle_id=cycle.id).values_list("title", flat=True)}
    kept = Count("key_results", filter=~Q(key_results__state=GoalState.CANCELLED))
    values = rows.filter(cycle_id=before.id).annotate(n=kept).order_by("id")
    found = [
        Copyable(pk, title, _owner(*owner)[2], lead or "", n, title.casefold() in there)
        for pk, title, lead, n, *owner in values.values_list("id", "title", "lead__user__name", "n", *OWNER)[
            :MOST_COPIED
        ]
    ]
    return tuple(sorted(found, key=lambda one: (one.owner != "Company", one.owner.lower(), one.id)))


def _drafts(
    actor: Actor, shown: Sequence[Any], cycle: CycleRow, *, can_change: bool, talk: PlanTalk, reviewers: int
) -> list[tuple[Owner, PlanDraft]]:
    ids = [row[0] for row in shown]
    below: dict[int, list[KeyResultLine]] = {}
    for line in key_results_of(ids):
        if line.state != GoalState.CANCELLED:
            below.setdefault(line.objective_id, []).append(line)
    me = actor.membership_id or 0
    found = []
    for (
        pk,
        title,
        state,
        visibility,
        lead_id,
        lead,
        carried,
        counts,
        sees_parent,
        parent_id,
        parent,
        above_id,
        *owner,
    ) in shown:
        team_id, _, person_id, _ = owner
        is_own = actor.is_admin or me in {lead_id, person_id} or team_id in actor.managed_teams
        approvals = talk.approvals.get(pk, Approvals(reviewers))
        lines = tuple(below.get(pk, ()))
        by_role = reviews_by_role(actor, team_id=team_id, coach_id=cycle.coach_id) or (me and above_id == me)
        draft = PlanDraft(
            pk, title, state, visibility, lead_id, lead or "", carried is not None,
            parent_id if sees_parent else None, parent if sees_parent else "",
            lines, can_edit=can_change and is_own, approvals=approvals,
            hints=hints_of(title=title, counts=counts, is_person=person_id is not None, key_results=lines),
            can_approve=bool(
                by_role and can_change and state == GoalState.IN_REVIEW and not approvals.has(me)
                and may_review_at_all(actor, lead_id=lead_id, person_id=person_id)
            ),
        )  # fmt: skip
        found.append((_owner(*owner), draft))
    return found


def _with_parents(actor: Actor, rows: QuerySet[Objective]) -> QuerySet[Objective]:
    """Add the primary parent of each, and whether the actor sees it."""
    primary = Q(parent_edges__until=None, parent_edges__is_primary=True)
    seen = Objective.objects.visible_to(actor).filter(pk=OuterRef("edge__parent_id"))
    return rows.annotate(edge=FilteredRelation("parent_edges", condition=primary)).annotate(sees_parent=Exists(seen))


def _owner(team_id: int | None, team: str | None, person_id: int | None, person: str | None) -> Owner:
    if team_id is not None:
        return "team", team_id, team or ""
    if person_id is not None:
        return "person", person_id, person or ""
    return "company", None, "Company"


def _order(owner: Owner) -> tuple[bool, str, int]:
    kind, pk, name = owner
    return kind == "person", name.lower(), pk or 0
