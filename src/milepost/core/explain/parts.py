"""The progress and plan of a key result that is made of others."""

from collections.abc import Sequence
from dataclasses import replace

from milepost.core.explain.goal import Member, explain_member_plans, explain_members
from milepost.core.explain.shape import Explanation, Input, LeftOut, Link
from milepost.core.explain.text import number, percent, signed, summands
from milepost.core.parts import Amount, Combine, sum_of_values, weighed
from milepost.core.progress import progress


def explain_mean(members: Sequence[Member], *, how: Combine, left_out: Sequence[LeftOut] = ()) -> Explanation:
    """Return the mean of the scores of what a key result is made of, with what each adds.

    Args:
        members: the parts that count, those without a score among them.
        left_out: the others, with the reason.

    Source: rules P9, R2, R4.
    """
    found = explain_members(_weighed(members, how), left_out=left_out)
    return replace(found, of="progress", rules=("P9", *(rule for rule in found.rules if rule != "R1")))


def explain_mean_plan(members: Sequence[Member], *, how: Combine) -> Explanation:
    """Return the mean of what is planned of the parts, with the same weights and leave-outs.

    Source: rules P9, E4.
    """
    return replace(explain_member_plans(_weighed(members, how)), rules=("P9", "E4"))


def explain_sum(
    parts: Sequence[tuple[str, Amount, Link | None]],
    *,
    start: float,
    target: float,
    unit: str,
    left_out: Sequence[LeftOut] = (),
) -> Explanation:
    """Return the progress of the sum of values from start to target, with where each can be opened.

    Args:
        parts: those that count, those without a value among them.
        start, target: in `unit`, the unit of every part.
        left_out: the others, with the reason.

    Raises:
        MixedUnits: as of `parts.sum_of_values`.

    Source: rules P9, P1, R4.
    """
    found = sum_of_values([amount for _, amount, _ in parts])
    silent = [LeftOut(label, "has no value yet", "R4", link) for label, amount, link in parts if amount.value is None]
    out = (*silent, *left_out)
    share, formula = None, f"{found.reported} of {found.total} reported"
    if found.value is None:
        formula += ", so it is unknown"
    else:
        share = progress(start=start, target=target, value=found.value)
        distance = abs(target - start)
        texts = [number(amount.value, distance=distance) for _, amount, _ in parts if amount.value is not None]
        first, last = signed(start, distance), signed(target, distance)
        formula = f"({summands(texts)} − {first}) / ({last} − {first}) = {percent(share)}, {formula}"
    return Explanation(
        "progress", ("P9", "P1", *["R4"] * bool(out)), formula, value=share, left_out=out,
        inputs=tuple(Input(label, amount.value, unit, source="key result", link=link) for label, amount, link in parts),
        reported=found.reported, contributing=found.total,
    )  # fmt: skip


def _weighed(members: Sequence[Member], how: Combine) -> list[Member]:
    children = weighed([member.child for member in members], how=how)
    return [replace(member, child=child) for member, child in zip(members, children, strict=True)]
