"""Goals, cycles and check-ins as lists for programs: names, filters and orders that may be asked for."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import FilteredRelation, Q, QuerySet

from milepost.core.tags import tag_key
from milepost.okr.models import (
    WITH_STEPS,
    Amendment,
    CheckIn,
    Checkpoint,
    Contributor,
    Cycle,
    KeyResult,
    Objective,
    SharingTeam,
)
from milepost.okr.models import Step as StepModel
from milepost.okr.queries.access import get_objective
from milepost.okr.queries.alignment import unaligned
from milepost.okr.queries.as_of.effects import effects_of, show_effect
from milepost.okr.queries.filtering import ask, named
from milepost.okr.queries.filters import GoalFilter
from milepost.okr.queries.objective import with_names
from milepost.okr.queries.parts import parts_of
from milepost.okr.queries.pillars import shown_pillar
from milepost.prepared import prepared
from milepost.workspace.actions.search import words_of
from milepost.workspace.errors import Invalid, NotFound
from milepost.workspace.permissions import WHO_SEES, Actor
from milepost.workspace.queries.paging import Listing, Page, one_of, page_of

NAMED_MOST = 2000  # objectives with a word of a text
OBJECTIVES = Listing(
    fields={
        "id": "id", "title": "title", "why": "why", "state": "state", "ambition": "ambition", "counts": "counts",
        "cycle_id": "cycle_id", "owner_team_id": "owner_team_id", "owner_person_id": "owner_person_id",
        "lead_id": "lead_id", "lead_name": "lead__user__name", "parent_id": "edge__parent_id",
        "score": "score__score", "expected": "score__expected", "status": "score__word",
        "confidence": "score__confidence", "reported": "score__reported", "contributing": "score__children",
        "missing": "score__missing", "checked_in_on": "score__checked_in_on",
        "next_check_in_on": "score__next_check_in_on", "planned_score": "planned_score",
        "grade": "grade", "grade_reason": "grade_reason",
        "activated_on": "activated_on", "closed_on": "closed_on", "created_at": "created_at", "version": "version",
        "visibility": "visibility", "pillar_id": "pillar_id", "tags": "tags",
        "parent_visibility": "edge__parent__visibility",
    },
    filters={
        "cycle_id": "cycle_id", "state": "state", "team_id": "owner_team_id", "person_id": "owner_person_id",
        "lead_id": "lead_id", "status": "score__word", "parent_id": "edge__parent_id", "pillar_id": "pillar_id",
        "tag": "tag_rows__key",
        "within_team_id": "owner_team_id__in", "text": "pk__in", "needs_attention": "score__needs_attention",
        "due_by": "score__next_check_in_on__lte",
    },
    sorts={"id": "pk", "title": "title"},
)  # fmt: skip
KEY_RESULTS = Listing(
    fields={
        "id": "id", "objective_id": "objective_id", "title": "title", "kind": "kind", "state": "state",
        "position": "position", "kpi": "metric__slug", "unit": "metric__unit_code", "start": "start",
        "target": "target", "low": "low", "high": "high", "tolerance": "tolerance", "at_close": "at_close",
        "floor": "floor", "stretch": "stretch", "combine": "combine", "curve": "curve",
        "priority": "priority", "window": "window", "weight": "weight", "share": "share",
        "ambition": "ambition", "lead_id": "lead_id", "lead_name": "lead__user__name", "value": "score__value",
        "value_on": "score__value_on", "progress": "score__progress", "score": "score__score",
        "computed_score": "score__computed", "is_overridden": "score__is_overridden",
        "expected": "score__expected", "status": "score__shown_word", "plan_status": "score__word",
        "missing": "score__is_missing", "confidence": "score__confidence", "checked_in_on": "score__checked_in_on",
        "next_check_in_on": "score__next_check_in_on", "stale_on": "score__stale_on", "grade": "grade",
        "grade_reason": "grade_reason", "lesson": "lesson", "outcome": "outcome", "version": "version",
    },
    filters={
        "objective_id": "objective_id", "cycle_id": "objective__cycle_id", "state": "state", "lead_id": "lead_id",
        "kpi": "metric__slug", "status": "score__shown_word", "due_by": "score__next_check_in_on__lte",
    },
    sorts={"id": "pk", "title": "title"},
)  # fmt: skip
CHECK_INS = Listing(
    fields={
        "id": "id", "key_result_id": "key_result_id", "author_id": "author_id", "author_name": "author__user__name",
        "at": "at", "valid_on": "valid_on", "value": "value", "confidence": "confidence", "note": "note",
        "blockers": "blockers", "own_status": "own_word", "nothing_changed": "nothing_changed", "is_late": "is_late",
        "judged": "judged", "replaces": "replaces_id",
    },
    filters={"key_result_id": "key_result_id", "objective_id": "key_result__objective_id", "author_id": "author_id"},
    sorts={"id": "pk"},
)  # fmt: skip
CYCLES = Listing(
    fields={
        "id": "id",
        "name": "name",
        "first_day": "first_day",
        "last_day": "last_day",
        "coach_id": "coach_id",
        "locked_at": "locked_at",
        "version": "version",
    },
    sorts={"id": "pk", "name": "name"},
)
AMENDMENTS = Listing(
    fields={
        "id": "id", "kind": "kind", "goal_id": "goal_id", "field": "field", "old": "old", "new": "new", "at": "at",
        "author_id": "actor_id", "author_name": "actor__user__name", "reason": "reason",
    },
)  # fmt: skip


def list_objectives(actor: Actor, *, filters: Mapping[str, object], **asked: Any) -> Page:
    """Return a page of objectives; one query, one more where a parent or a filter stands at a wall.

    Args:
        filters: `within_team_id` is a team with all below it, `text` beginnings of words of the title,
            `unaligned` what hangs on nothing and is not the company's; a query more for each of the first two.

    Raises:
        Invalid: too many objectives have words like those of the text.
    """
    parent = filters.get("parent_id")
    if isinstance(parent, int) and not _seen(actor, [parent]):
        return Page([], None)
    rows = _unaligned if filters.get("unaligned") else _objectives
    given = {name: value for name, value in _by_key(filters).items() if name != "unaligned"}
    if isinstance(given.get("within_team_id"), int):
        team = GoalFilter(team_id=given["within_team_id"])  # type: ignore[arg-type] # just looked at
        given["within_team_id"] = ask(actor, team).team_ids
    if given.get("text"):
        given["text"] = _with_words(actor, str(given["text"]))
    page = page_of(rows, actor.sight, OBJECTIVES, filters=given, **asked)
    _show_parents(actor, page.items)
    return page


def _with_words(actor: Actor, text: str) -> list[int]:
    found: set[int] | None = None
    for word in words_of(text):
        ids = set(named(actor, word).values_list("object_id", flat=True)[: NAMED_MOST + 1])
        if len(ids) > NAMED_MOST:
            said = f"More than {NAMED_MOST:,} objectives have a word like “{word}”. Write more of it."
            raise Invalid(said, field="text")
        found = ids if found is None else found & ids
    return sorted(found or ())


def show_objective(actor: Actor, objective_id: int, *, is_brief: bool = False) -> dict[str, Any]:
    """Return one objective as the list shows it, with the people and teams who help and the pillar it stands on.

    One query where no wall is near and it `is_brief`, two more without.

    Raises:
        NotFound: it is not the actor's to see.
    """
    rows = _objective(objective_id, *actor.sight)
    shown = _found([row[:-1] for row in rows[:1]], OBJECTIVES)
    _show_parents(actor, [shown])
    if is_brief:
        return shown
    pillar = shown_pillar(actor, objective_id) if shown["pillar_id"] or shown["parent_id"] else None
    return {
        **shown,
        "sharing_team_ids": [pk for (pk,) in _sharing(objective_id)],
        "shown_pillar_id": pillar.id if pillar else None,
        "contributor_ids": [row[-1] for row in rows if row[-1] is not None],
    }


def list_key_results(actor: Actor, *, filters: Mapping[str, object], **asked: Any) -> Page:
    """Return a page of key results; one query."""
    return page_of(_key_results, actor.sight, KEY_RESULTS, filters=filters, **asked)


def key_results_by_objective(objective_ids: Collection[int]) -> dict[int, list[dict[str, Any]]]:
    """Return the key results of objectives that the actor was shown already, in their order; one query."""
    found: dict[int, list[dict[str, Any]]] = {}
    names = tuple(KEY_RESULTS.fields)
    for row in _key_results_of(objective_ids):
        found.setdefault(row[1], []).append(dict(zip(names, row, strict=True)))
    return found


def show_key_result(actor: Actor, key_result_id: int) -> dict[str, Any]:
    """Return one key result as the list shows it, with steps, parts, checkpoints and the score set by hand.

    Raises:
        NotFound: it is not the actor's to see.
    """
    rows = _key_result(key_result_id, *actor.sight)
    shown = _found([row[: -len(OVERRIDE)] for row in rows], KEY_RESULTS)
    names = ("id", "title", "weight", "done", "due_on", "is_cancelled", "initiative_id")
    steps = _steps(key_result_id) if shown["kind"] in WITH_STEPS else []
    plan = _checkpoints(key_result_id) if shown["curve"] == "checkpoints" else []
    made_of = parts_of(actor, [key_result_id]) if shown["kind"] == "children" else {}
    override = dict(zip(OVERRIDE, rows[0][-len(OVERRIDE) :], strict=True))
    return {
        **shown,
        "steps": [dict(zip(names, row, strict=True)) for row in steps],
        "parts": [
            {"key_result_id": part.id, "weight": part.weight, "title": part.title, "left_out": part.left_out}
            for part in made_of.get(key_result_id, ())
        ],
        "checkpoints": [{"on": on, "value": value} for on, value in plan],
        "override": override if override["at"] is not None else None,
    }


OVERRIDE = {
    "score": "override_score", "why": "override_why", "is_kept": "override_kept", "at": "override_at",
    "author_id": "override_by_id", "author_name": "override_by__user__name",
}  # fmt: skip


def checkpoints_of(key_result_id: int) -> tuple[tuple[date, float], ...]:
    """Return the phased targets of a key result that the actor was shown already, by day."""
    return tuple((on, value) for on, value in _checkpoints(key_result_id))


def list_amendments(actor: Actor, objective_id: int, **asked: Any) -> Page:
    """Return a page of what was changed of an objective and its key results since they run (rule A1).

    Raises:
        NotFound: it is not the actor's to see.
    """
    objective = get_objective(actor, objective_id)
    page = page_of(_amendments, objective_id, AMENDMENTS, filters={}, **asked)
    told = [(item, item["field"], item["old"], item["new"]) for item in page.items]
    for item, _, old, new in with_names(actor.workspace_id, told, field=1, values=(2, 3)):
        item["old"], item["new"] = old, new
    effects = effects_of(actor, objective, {_change_of(item) for item in page.items})
    for item in page.items:
        item["effect"] = show_effect(effects[_change_of(item)])
    return page


def _change_of(item: Mapping[str, Any]) -> tuple[datetime, tuple[str, int]]:
    return item["at"], (item["kind"], item["goal_id"])


def list_check_ins(actor: Actor, *, filters: Mapping[str, object], **asked: Any) -> Page:
    """Return a page of check-ins in force; one query."""
    return page_of(_check_ins, actor.sight, CHECK_INS, filters=filters, **asked)


def show_check_in(actor: Actor, check_in_id: int) -> dict[str, Any]:
    """Return one check-in in force.

    Raises:
        NotFound: there is none, or it was replaced, deleted or is not the actor's to see.
    """
    return _found(_check_in(check_in_id, *actor.sight), CHECK_INS)


def list_all_cycles(actor: Actor, **asked: Any) -> Page:
    """Return a page of cycles; one query."""
    return page_of(_cycles, actor.workspace_id, CYCLES, filters={}, **asked)


def show_cycle(actor: Actor, cycle_id: int) -> dict[str, Any]:
    """Return one cycle.

    Raises:
        NotFound: it is not the actor's to see.
    """
    shown = one_of(_cycles(actor.workspace_id).filter(pk=cycle_id), CYCLES)
    if shown is None:
        raise NotFound
    return shown


def _by_key(filters: Mapping[str, object]) -> dict[str, object]:
    """Return filters with a tag as it is found, whatever its capitals."""
    tag = filters.get("tag")
    return {**filters, "tag": tag_key(tag) if isinstance(tag, str) else tag}


def contributor_ids(objective_id: int) -> list[int]:
    """Return who helps with an objective that the actor was shown already."""
    return [pk for (pk,) in _contributors(objective_id)]


def _show_parents(actor: Actor, items: Sequence[dict[str, Any]]) -> None:
    """Say who sees each objective in a word, and leave out parents that the actor does not see (R6)."""
    narrow = {item["parent_id"] for item in items if item["parent_visibility"] and not actor.is_admin}
    hidden = narrow - _seen(actor, narrow) if narrow else narrow
    for item in items:
        item["visibility"] = WHO_SEES[item["visibility"]]
        del item["parent_visibility"]
        if item["parent_id"] in hidden:
            item["parent_id"] = None


def _seen(actor: Actor, objective_ids: Collection[int]) -> set[int]:
    return {pk for (pk,) in _seen_of(objective_ids, *actor.sight)}


@prepared
def _seen_of(ids: Collection[int], *sight: Any) -> QuerySet[Objective, tuple[int]]:
    return Objective.objects.seen(*sight).filter(pk__in=ids).values_list("pk")


@prepared
def _sharing(objective_id: int) -> QuerySet[SharingTeam, tuple[int]]:
    return SharingTeam.objects.filter(objective_id=objective_id).order_by("team_id").values_list("team_id")


@prepared
def _contributors(objective_id: int) -> QuerySet[Contributor, tuple[int]]:
    return Contributor.objects.filter(objective_id=objective_id).order_by("membership_id").values_list("membership_id")


def _objectives(*sight: Any) -> QuerySet[Objective, Any]:
    primary = Q(parent_edges__until=None, parent_edges__is_primary=True)
    owned = Q(owner_team__isnull=False) | Q(owner_person__isnull=False)
    rows = Objective.objects.seen(*sight).alias(unaligned=Q(score__is_root=True) & owned)
    return rows.annotate(edge=FilteredRelation("parent_edges", condition=primary))


def _unaligned(*sight: Any) -> QuerySet[Objective, Any]:
    return unaligned(_objectives(*sight), sight)


def _key_results(*sight: Any) -> QuerySet[KeyResult]:
    return KeyResult.objects.seen(*sight)


def _amendments(objective_id: int) -> QuerySet[Amendment]:
    return Amendment.objects.filter(objective_id=objective_id)


def _check_ins(*sight: Any) -> QuerySet[CheckIn]:
    return CheckIn.objects.seen(*sight).filter(replaced_by=None, withdrawn=False)


def _cycles(workspace_id: int) -> QuerySet[Cycle]:
    return Cycle.objects.filter(workspace_id=workspace_id)


@prepared
def _objective(objective_id: int, *sight: Any) -> QuerySet[Objective, tuple[Any, ...]]:
    """A row for each contributor, one without if there is none."""
    rows = _objectives(*sight).filter(pk=objective_id).order_by("contributions__membership_id")
    return rows.values_list(*OBJECTIVES.fields.values(), "contributions__membership_id")


@prepared
def _key_result(key_result_id: int, *sight: Any) -> QuerySet[KeyResult, tuple[Any, ...]]:
    rows = _key_results(*sight).filter(pk=key_result_id)
    return rows.values_list(*KEY_RESULTS.fields.values(), *OVERRIDE.values())


@prepared
def _key_results_of(objective_ids: Collection[int]) -> QuerySet[KeyResult, tuple[Any, ...]]:
    rows = KeyResult.objects.filter(objective_id__in=objective_ids).order_by("objective_id", "position", "id")
    return rows.values_list(*KEY_RESULTS.fields.values())


@prepared
def _steps(key_result_id: int) -> QuerySet[StepModel, tuple[Any, ...]]:
    rows = StepModel.objects.filter(key_result_id=key_result_id).order_by("position", "id")
    return rows.values_list("id", "title", "weight", "done", "due_on", "is_cancelled", "initiative__id")


@prepared
def _checkpoints(key_result_id: int) -> QuerySet[Checkpoint, tuple[Any, ...]]:
    return Checkpoint.objects.filter(key_result_id=key_result_id).order_by("on").values_list("on", "value")


@prepared
def _check_in(check_in_id: int, *sight: Any) -> QuerySet[CheckIn, tuple[Any, ...]]:
    return _check_ins(*sight).filter(pk=check_in_id).values_list(*CHECK_INS.fields.values())


def _found(rows: list[tuple[Any, ...]], listing: Listing) -> dict[str, Any]:
    if not rows:
        raise NotFound
    return dict(zip(listing.fields, rows[0], strict=True))
