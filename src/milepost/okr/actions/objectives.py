"""Making, changing and moving objectives."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from milepost.okr.actions.amend import amend, told
from milepost.okr.actions.answers import end_answers
from milepost.okr.actions.drafts import KeyResultDraft, ObjectiveDraft, fill_objective
from milepost.okr.actions.edges import set_parent
from milepost.okr.actions.initiatives import InitiativeDraft, add_initiative
from milepost.okr.actions.key_results import insert_key_result
from milepost.okr.actions.locks import refuse_locked
from milepost.okr.actions.measures import check_shares
from milepost.okr.actions.moment import Moment, lock_moment
from milepost.okr.actions.refresh import refresh
from milepost.okr.actions.walls import guard, set_contributors, set_sharing_teams, set_tags
from milepost.okr.errors import WrongState
from milepost.okr.models import Alignment, Cycle, GoalState, KeyResult, Objective, SharingTeam
from milepost.okr.permissions import can_create_goal, can_edit_goal
from milepost.okr.queries.access import get_cycle, get_objective, get_objective_and_parent
from milepost.okr.queries.ledger import bends_of
from milepost.workspace.actions import index_words, keep_past, made, record_event, tell
from milepost.workspace.actions.text import clean_text
from milepost.workspace.actions.versions import count_up
from milepost.workspace.errors import Invalid
from milepost.workspace.models import Visibility, WebhookEvent
from milepost.workspace.permissions import Actor, require

SCORED = frozenset(  # what its score row is made of, and who may see what moves its parents
    {
        "cycle_id", "lead_id", "ambition", "counts", "parent", "visibility", "contributors", "owner_team_id",
        "owner_person_id", "sharing_teams",
    }
)  # fmt: skip
FIELDS = (
    "title", "why", "owner_team_id", "owner_person_id", "lead_id", "ambition", "counts", "cycle_id",
    "visibility", "pillar_id",
)  # fmt: skip


@transaction.atomic
def create_objective(
    *,
    by: Actor,
    draft: ObjectiveDraft,
    key_results: Sequence[KeyResultDraft] = (),
    initiatives: Sequence[InitiativeDraft] = (),
    activate: bool = True,
    now: datetime,
) -> int:
    """Make an objective with its key results and the work for it, and return its id.

    With `activate` it is active at once, or in review where the workspace asks for reviewers (A2);
    otherwise it is a draft.

    Raises:
        NotAllowed, NotFound, Invalid, GoalCircle.
    """
    require(can_create_goal, by, to="add objectives")
    moment = lock_moment(by, now=now)
    cycle = get_cycle(by, draft.cycle_id)
    refuse_locked(by, cycle)
    objective = Objective(workspace_id=by.workspace_id, cycle=cycle, state=GoalState.DRAFT, created_at=now)
    fill_objective(objective, by, draft, today=moment.today)
    objective.save(force_insert=True)
    rows = [
        insert_key_result(by, objective, key_result, position=position, now=now)
        for position, key_result in enumerate(key_results)
    ]
    check_shares(objective)
    set_contributors(by, objective, draft.contributor_ids or ())
    shared = set_sharing_teams(by, objective, draft.sharing_team_ids or (), today=moment.today)
    tags = set_tags(objective, draft.tags or ())
    guard(objective, has_walls=moment.has_walls)
    parents = set_parent(by, objective, draft.parent_id, now=now)
    fields = {field: getattr(objective, field) for field in FIELDS} | {"parent": draft.parent_id}
    record_event(
        by=by,
        verb="created",
        kind="objective",
        object_id=objective.pk,
        now=now,
        changes=made(
            **{field.removesuffix("_id"): told(field, value) for field, value in fields.items()},
            key_results=[row.title for row in rows],
            sharing_teams=shared[1] if shared else None,
            tags=tags[1] if tags else None,
        ),
        about=about_objective(objective),
    )
    if activate:
        _activate(by, objective, moment=moment)
    tell_of(objective, WebhookEvent.OBJECTIVE_CREATED, now=now)
    index_words(workspace_id=by.workspace_id, kind="objective", object_id=objective.pk, text=objective.title)
    refresh(
        key_results=[row.pk for row in rows],
        objectives={objective.pk} | parents,
        rhythms=moment.rhythms,
        today=moment.today,
        now=now,
    )
    for initiative in initiatives:
        add_initiative(by=by, objective_id=objective.pk, draft=initiative, now=now)
    return objective.pk


@transaction.atomic
def edit_objective(
    *,
    by: Actor,
    objective_id: int,
    draft: ObjectiveDraft,
    reason: str = "",
    seen: int | None = None,
    now: datetime,
) -> None:
    """Change an objective; once it runs, each changed field is an amendment with its reason (A1).

    Raises:
        NotAllowed, NotFound, Invalid, NeedsReason, GoalCircle, WrongState.
        Stale: it is not the version `seen` any more.
    """
    moment = lock_moment(by, now=now)
    objective, old_parent = get_objective_and_parent(by, objective_id)
    require(can_edit_goal, by, objective, to="change this objective")
    refuse_locked(by, objective.cycle)
    count_up(objective, seen=seen)
    if objective.state in {GoalState.CLOSED, GoalState.CANCELLED}:
        raise WrongState(f"“{objective.title}” is {objective.get_state_display().lower()}. Reopen it first.")
    before = {field: getattr(objective, field) for field in FIELDS}
    fill_objective(objective, by, draft, today=moment.today)
    if objective.state != GoalState.DRAFT and objective.lead_id is None:
        raise Invalid("Choose a lead: the one person who answers for it.", field="lead")
    old_cycle = objective.cycle
    if draft.cycle_id != objective.cycle_id:
        objective.cycle = get_cycle(by, draft.cycle_id)
        refuse_locked(by, objective.cycle)
    changes: dict[str, tuple[object, object]] = {
        f: (before[f], getattr(objective, f)) for f in FIELDS if before[f] != getattr(objective, f)
    }
    parents: set[int] = set()
    parent_id = draft.parent_id
    if parent_id is None and old_parent is not None and not _sees(by, old_parent):
        parent_id = old_parent  # whoever does not see the parent cannot have meant to leave it
    if old_parent != parent_id:
        changes["parent"] = (old_parent, parent_id)
        parents = set_parent(by, objective, parent_id, now=now)
    teams_before = _sharing(objective) if "owner_team_id" in changes or draft.sharing_team_ids is not None else None
    if "owner_team_id" in changes and objective.owner_team_id is not None:  # whose it is now shares it no longer
        SharingTeam.objects.filter(objective=objective, team_id=objective.owner_team_id).delete()
    changes |= _share(by, objective, draft, today=moment.today)
    if draft.tags is not None:
        _retag(by, objective, draft.tags, now=now)
    if not changes:
        return
    moved = _moved_days(objective, old_cycle)
    changes |= moved
    amend(by=by, goal=objective, changes=changes, reason=reason, now=now)
    if moved:
        _bend_plans(objective, now=now)
    objective.save()
    keep_past(objective, now=now, **_hung(objective, changes, teams_before))
    guard(objective, has_walls=moment.has_walls)
    tell_of(objective, WebhookEvent.OBJECTIVE_UPDATED, now=now)
    if "title" in changes:
        index_words(workspace_id=by.workspace_id, kind="objective", object_id=objective.pk, text=objective.title)
    if not SCORED & changes.keys():
        return
    key_results = list(KeyResult.objects.filter(objective=objective).values_list("id", flat=True))
    below = Alignment.objects.filter(parent=objective, until=None).values_list("child_id", flat=True)
    refresh(
        key_results=key_results,
        # Children are roots by the cycle of their parent, and by who sees it.
        objectives={objective.pk, *below} | parents,
        rhythms=moment.rhythms,
        today=moment.today,
        now=now,
    )


def start_draft(by: Actor, objective: Objective, *, moment: Moment) -> None:
    """Start a draft, or send it to review where the workspace asks for reviewers; who may was asked already.

    Raises:
        Invalid: it has no lead, or nothing that says how one will know.
    """
    _activate(by, objective, moment=moment)
    _began(objective, moment=moment)


def start_reviewed(by: Actor, objective: Objective, *, moment: Moment) -> None:
    """Start an objective that has the reviewers it needs; who may was asked already."""
    _start(by, objective, moment=moment)
    _began(objective, moment=moment)


def _began(objective: Objective, *, moment: Moment) -> None:
    """Tell of an objective that was started, and work out its rows."""
    now = moment.now
    tell_of(objective, WebhookEvent.OBJECTIVE_UPDATED, now=now)
    refresh(
        key_results=list(KeyResult.objects.filter(objective=objective).values_list("id", flat=True)),
        objectives=[objective.pk],
        rhythms=moment.rhythms,
        today=moment.today,
        now=now,
    )


@transaction.atomic
def set_paused(*, by: Actor, objective_id: int, paused: bool, now: datetime) -> None:
    """Pause a running objective or let a paused one run again; the plan runs on meanwhile (A2).

    Raises:
        NotAllowed, NotFound, WrongState.
    """
    wanted = (GoalState.ACTIVE, GoalState.PAUSED) if paused else (GoalState.PAUSED, GoalState.ACTIVE)
    _change_state(by, objective_id, wanted[0], wanted[1], verb="paused" if paused else "resumed", now=now)


@transaction.atomic
def cancel_objective(*, by: Actor, objective_id: int, reason: str, now: datetime) -> None:
    """Cancel a draft, running or paused objective, with a reason; it is closed without a grade (A2).

    Raises:
        NotAllowed, NotFound, WrongState, Invalid.
    """
    reason = clean_text(reason, field="reason", most=500)
    if not reason:
        raise Invalid("Say in one line why it is cancelled.", field="reason")
    objective = get_objective(by, objective_id)
    allowed = {GoalState.DRAFT, GoalState.IN_REVIEW, GoalState.ACTIVE, GoalState.PAUSED}
    if objective.state not in allowed:
        raise WrongState(f"“{objective.title}” is {objective.get_state_display().lower()} already.")
    refuse_locked(by, objective.cycle)
    _change_state(
        by,
        objective_id,
        GoalState(objective.state),
        GoalState.CANCELLED,
        verb="cancelled",
        reason=reason,
        now=now,
    )


def _hung(
    objective: Objective, changes: Mapping[str, tuple[object, object]], teams: list[int] | None
) -> dict[str, object]:
    """Return who had to do with it, where that changed, as the past keeps it; `teams` None where none did."""
    was: dict[str, object] = {}
    if "contributors" in changes:
        was["contributors"] = changes["contributors"][0]
    if teams is not None and teams != _sharing(objective):
        was["sharing_teams"] = teams
    return was


def _sharing(objective: Objective) -> list[int]:
    return list(SharingTeam.objects.filter(objective=objective).order_by("team_id").values_list("team_id", flat=True))


def _share(by: Actor, objective: Objective, draft: ObjectiveDraft, *, today: date) -> dict[str, tuple[object, object]]:
    """Write who else has to do with an objective, and return what of it changed."""
    changes: dict[str, tuple[object, object]] = {}
    if draft.contributor_ids is not None:
        helpers = set_contributors(by, objective, draft.contributor_ids)
        if helpers is not None:
            changes["contributors"] = helpers
    if draft.sharing_team_ids is not None:
        shared = set_sharing_teams(by, objective, draft.sharing_team_ids, today=today)
        if shared is not None:
            changes["sharing_teams"] = shared
    return changes


def _retag(by: Actor, objective: Objective, words: Sequence[str], *, now: datetime) -> None:
    """Write other tags; they are no part of the plan, so no reason is asked."""
    tags = set_tags(objective, words)
    if tags is None:
        return
    objective.save(update_fields=["version"])
    keep_past(objective, now=now)
    changes = {"tags": tags}
    about = about_objective(objective)
    record_event(by=by, verb="changed", kind="objective", object_id=objective.pk, now=now, changes=changes, about=about)


def _moved_days(objective: Objective, old: Cycle) -> dict[str, tuple[object, object]]:
    """Return which of its days another cycle moved, once it runs: they bend the plans of its key results (E5)."""
    days = (
        ("first_day", old.first_day, objective.cycle.first_day),
        ("last_day", old.last_day, objective.cycle.last_day),
    )
    moved: dict[str, tuple[object, object]] = {
        field: (before.isoformat(), after.isoformat()) for field, before, after in days if before != after
    }
    if objective.state not in {GoalState.ACTIVE, GoalState.PAUSED}:
        return {}
    return moved


def _bend_plans(objective: Objective, *, now: datetime) -> None:
    """Make the plans of its key results those that its ledger tells, now that its days have moved (E5)."""
    plans = {row.pk: row for row in KeyResult.objects.filter(objective=objective)}
    for pk, bends in bends_of(list(plans.values())).items():
        plans[pk].bends = bends
    KeyResult.objects.bulk_update(plans.values(), ["bends"])
    keep_past(*plans.values(), now=now)


def _sees(by: Actor, objective_id: int) -> bool:
    return Objective.objects.visible_to(by).filter(pk=objective_id).exists()


def _activate(by: Actor, objective: Objective, *, moment: Moment) -> None:
    if objective.lead_id is None:
        raise Invalid("Choose a lead: the one person who answers for it.", field="lead")
    has_key_results = KeyResult.objects.filter(objective=objective).exclude(state=GoalState.CANCELLED).exists()
    has_children = Alignment.objects.filter(parent=objective, until=None, contributes=True).exists()
    if not has_key_results and not has_children:
        raise Invalid("Add at least one key result: how will you know it is true?", field="key_results")
    if moment.reviewers:
        old, objective.state = objective.state, GoalState.IN_REVIEW
        count_up(objective, seen=None)
        objective.save(update_fields=["state", "version"])
        keep_past(objective, now=moment.now)
        end_answers(objective, now=moment.now)  # changes that were asked for were made
        record_event(
            by=by,
            verb="sent_to_review",
            kind="objective",
            object_id=objective.pk,
            now=moment.now,
            changes={"state": (old, objective.state)},
            about=about_objective(objective),
        )
    else:
        _start(by, objective, moment=moment)


def _start(by: Actor, objective: Objective, *, moment: Moment) -> None:
    old, objective.state = objective.state, GoalState.ACTIVE
    objective.activated_at, objective.activated_on = moment.now, moment.today
    count_up(objective, seen=None)
    objective.save(update_fields=["state", "activated_at", "activated_on", "version"])
    drafts = list(KeyResult.objects.filter(objective=objective, state=GoalState.DRAFT))
    for row in drafts:
        row.state, row.activated_on = GoalState.ACTIVE, moment.today
    KeyResult.objects.bulk_update(drafts, ["state", "activated_on"])
    keep_past(objective, *drafts, now=moment.now)
    record_event(
        by=by,
        verb="activated",
        kind="objective",
        object_id=objective.pk,
        now=moment.now,
        changes={"state": (old, objective.state)},
        about=about_objective(objective),
    )


def _change_state(
    by: Actor,
    objective_id: int,
    old: GoalState,
    new: GoalState,
    *,
    verb: str,
    reason: str = "",
    now: datetime,
) -> None:
    moment = lock_moment(by, now=now)
    objective = get_objective(by, objective_id)
    require(can_edit_goal, by, objective, to="change this objective")
    if objective.state != old:
        raise WrongState(f"“{objective.title}” is {objective.get_state_display().lower()}.")
    objective.state = new
    count_up(objective, seen=None)
    objective.save(update_fields=["state", "version"])
    keep_past(objective, now=now)
    record_event(
        by=by,
        verb=verb,
        kind="objective",
        object_id=objective.pk,
        now=now,
        changes={"state": (old, new)},
        reason=reason,
        about=about_objective(objective),
    )
    tell_of(objective, WebhookEvent.OBJECTIVE_UPDATED, now=now)
    refresh(
        key_results=list(
            KeyResult.objects.filter(objective=objective).exclude(state=GoalState.CLOSED).values_list("id", flat=True)
        ),
        objectives=[objective.pk],
        rhythms=moment.rhythms,
        today=moment.today,
        now=now,
    )


def about_objective(objective: Objective) -> dict[str, object]:
    """Return what every event about an objective says of it."""
    return {"title": objective.title, "objective": objective.pk}


def tell_of(objective: Objective, event: WebhookEvent, *, now: datetime) -> None:
    """Tell whoever listens what happened to an objective, if everybody may see it: who listens is not known (R6)."""
    if objective.visibility != Visibility.EVERYBODY:
        return
    told = {
        "objective_id": objective.pk,
        "title": objective.title,
        "cycle_id": objective.cycle_id,
        "state": objective.state,
        "lead_id": objective.lead_id,
        "grade": objective.grade,
    }
    tell(workspace_id=objective.workspace_id, event=event, data=[told], now=now)
