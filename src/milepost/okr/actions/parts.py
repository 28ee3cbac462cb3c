"""Choosing what a key result is made of (rule P9)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from milepost.core.circles import find_circle
from milepost.core.numbers import finite
from milepost.core.parts import Amount, Combine, MixedUnits, sum_of_values
from milepost.metrics.models import Metric
from milepost.okr.actions.drafts import KeyResultDraft, PartDraft
from milepost.okr.errors import PartCircle
from milepost.okr.models import WITH_METRIC, GoalState, KeyResult, KeyResultKind, Part
from milepost.okr.queries.tree import parts_below
from milepost.workspace.errors import Invalid, NotFound
from milepost.workspace.models import Visibility
from milepost.workspace.permissions import Actor

MOST_PARTS = 50
HIDDEN = "a key result that is not yours to see"
NARROW = "a key result that not everybody sees"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A part that passed every check; `unit_code` is that of its value."""

    child_id: int
    weight: float
    unit_code: str


def choose_parts(key_result: KeyResult, by: Actor, draft: KeyResultDraft) -> tuple[Chosen, ...]:
    """Return what a key result shall be made of, checked; three queries, a fourth where a circle is named.

    A part that the actor does not see stays: they cannot have meant to take it out.

    Raises:
        Invalid: none, too many, one twice or cancelled, a weight that is not asked for or below 0, or
            values that do not add up; titles and units are named.
        PartCircle: it would be made of itself; the way is named.
        NotFound: a key result that is not the actor's to see.

    Source: rules P9, R3.
    """
    combine = Combine(key_result.combine)
    ids = [part.key_result_id for part in draft.parts]
    there: dict[int, float] = {}
    if key_result.pk is not None:
        rows = Part.objects.filter(parent=key_result, until=None).order_by("id")
        there = dict(rows.values_list("child_id", "weight"))
    found = KeyResult.objects.visible_to(by).filter(pk__in={*ids, *there}).select_related("metric").in_bulk()
    if any(pk not in found for pk in ids):
        raise NotFound
    kept = [PartDraft(pk, weight) for pk, weight in there.items() if pk not in found]
    if not ids and not kept:
        raise Invalid("Choose at least one key result that it is made of.", field="parts")
    if len(ids) + len(kept) > MOST_PARTS:
        raise Invalid(f"These are {len(ids) + len(kept)} key results. Keep it to {MOST_PARTS}.", field="parts")
    for pk in ids:
        if ids.count(pk) > 1:
            raise Invalid(f"“{found[pk].title}” stands there twice. Give it a weight instead.", field="parts")
        if found[pk].state == GoalState.CANCELLED and pk not in there:
            raise Invalid(f"“{found[pk].title}” is cancelled. Choose one that counts.", field="parts")
    _refuse_circle(key_result, by, ids)
    _check_weights(combine, draft.parts, kept, found)
    if combine == Combine.SUM:
        _check_values(key_result, [found[pk] for pk in ids], is_whole=not kept)
    return tuple(Chosen(p.key_result_id, p.weight, _unit(found.get(p.key_result_id))) for p in (*draft.parts, *kept))


def save_parts(key_result: KeyResult, chosen: Sequence[Chosen], *, now: datetime) -> None:
    """Make the parts of a key result those that were chosen; an edge that changed is closed and a new one opened."""
    there = {part.child_id: part for part in Part.objects.filter(parent=key_result, until=None)}
    wanted = {part.child_id: part.weight for part in chosen}
    gone = [part.pk for pk, part in there.items() if wanted.get(pk) != part.weight]
    Part.objects.filter(pk__in=gone).update(until=now)
    Part.objects.bulk_create(
        Part(workspace_id=key_result.workspace_id, parent=key_result, child_id=pk, weight=weight, since=now)
        for pk, weight in wanted.items()
        if pk not in there or there[pk].weight != weight
    )


def parts_in_words(key_result: KeyResult) -> str:
    """Return the parts as ledger and trail tell them; one that not everybody sees is not named."""
    rows = Part.objects.filter(parent=key_result, until=None).order_by("child__title", "child_id")
    said = []
    for title, visibility, weight in rows.values_list("child__title", "child__objective__visibility", "weight"):
        named = title if visibility == Visibility.EVERYBODY else NARROW
        said.append(f"{named} x{weight:.10g}" if weight != 1 else named)
    return "; ".join(said)


def guard_sums(by: Actor, key_results: Collection[KeyResult]) -> None:
    """Refuse a change through which a sum would add up what does not: another unit, or no value at all.

    Raises:
        Invalid: with the sum named, if it is the actor's to see.

    Source: rule P9.
    """
    open_sums = Q(parent__kind=KeyResultKind.CHILDREN, parent__combine=Combine.SUM)
    rows = Part.objects.filter(open_sums, child__in=key_results, until=None).order_by("id")
    rows = rows.exclude(parent__state__in=[GoalState.CANCELLED, GoalState.CLOSED])
    by_id = {row.pk: row for row in key_results}
    for child_id, parent_id, unit in rows.values_list("child_id", "parent_id", "parent__metric__unit_code"):
        child = by_id[child_id]
        if _has_value(child) and _unit(child) == unit:
            continue
        shown = KeyResult.objects.visible_to(by).filter(pk=parent_id).values_list("title", flat=True).first()
        named = f"“{shown}” adds" if shown else "A key result that is not yours to see adds"
        raise Invalid(
            f"{named} up the value of “{child.title}” in {_said(unit)}. Take it out there first.", field="unit"
        )


def unit_of_sum(key_result: KeyResult, chosen: Sequence[Chosen]) -> str:
    """Return the unit of a sum: that of what it adds up, as the checks of the choice have left it."""
    own = key_result.metric
    return next((part.unit_code for part in chosen if part.unit_code), own.unit_code if own and not own.is_kpi else "")


def _refuse_circle(key_result: KeyResult, by: Actor, ids: Sequence[int]) -> None:
    if key_result.pk is None or not ids:
        return
    below: dict[int, set[int]] = {key_result.pk: set(ids)}
    for _, parent, child in parts_below(ids):
        if parent != key_result.pk:  # what it is made of by now may all be taken out
            below.setdefault(parent, set()).add(child)
    path = find_circle(below)
    if path is None:
        return
    titles = dict(KeyResult.objects.visible_to(by).filter(pk__in=path).values_list("id", "title"))
    raise PartCircle([titles.get(pk, HIDDEN) for pk in path])


def _check_weights(
    combine: Combine, parts: Sequence[PartDraft], kept: Sequence[PartDraft], found: dict[int, KeyResult]
) -> None:
    for part in parts:
        title = found[part.key_result_id].title
        weight = finite(part.weight, name="weight")
        if weight < 0:
            raise Invalid(f"The weight of “{title}” is {weight:.10g}. A weight is 0 or more.", field="parts")
        if weight != 1 and combine != Combine.WEIGHTED_MEAN:
            raise Invalid(
                f"“{title}” has the weight {weight:.10g}. Weights count in a weighted mean alone: choose that, or "
                "leave them out.",
                field="parts",
            )
    if all(part.weight == 0 for part in (*parts, *kept)):
        raise Invalid("Every weight is 0, so nothing would count. Give one of them a weight above 0.", field="parts")


def _check_values(key_result: KeyResult, parts: Sequence[KeyResult], *, is_whole: bool) -> None:
    """Refuse a sum of what has no value, or of values in two units.

    Args:
        is_whole: these are all; else others stay, in the unit that the sum has.
    """
    for part in parts:
        if not _has_value(part):
            kind = KeyResultKind(part.kind).label.lower()
            raise Invalid(
                f"“{part.title}” has no value to add up ({kind}). Take the mean of the scores instead.", field="parts"
            )
    amounts = [Amount(None, _unit(part)) for part in parts]
    if not is_whole and key_result.metric is not None:
        amounts.insert(0, Amount(None, key_result.metric.unit_code))
    try:
        sum_of_values(amounts)
    except MixedUnits as error:
        raise Invalid(str(error), field="parts") from None


def _has_value(key_result: KeyResult) -> bool:
    is_sum = key_result.kind == KeyResultKind.CHILDREN and key_result.combine == Combine.SUM
    return is_sum or key_result.kind in WITH_METRIC


def _unit(key_result: KeyResult | None) -> str:
    metric: Metric | None = key_result.metric if key_result is not None and _has_value(key_result) else None
    return metric.unit_code if metric is not None else ""


def _said(unit: str | None) -> str:
    return f"“{unit}”" if unit else "plain numbers"
