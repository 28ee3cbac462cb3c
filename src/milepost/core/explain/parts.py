"""The progress and plan of a key result that is made of others."""

from collections.abc import Sequence
from dataclasses import replace

from milepost.core.explain.goal import Member, explain_member_plans, explain_members
from milepost.core.explain.kinds import explain_sum
from milepost.core.explain.shape import Explanation, LeftOut, Link
from milepost.core.parts import Amount, Combine, weighed


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


def explain_sum_of(
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
        left_out: the others, with the reason.

    Raises:
        MixedUnits: as of `parts.sum_of_values`.

    Source: rules P9, P1, R4.
    """
    found = explain_sum([(label, amount) for label, amount, _ in parts], start=start, target=target, unit=unit)
    inputs = tuple(replace(shown, link=link) for shown, (_, _, link) in zip(found.inputs, parts, strict=True))
    silent = [LeftOut(label, "has no value yet", "R4", link) for label, amount, link in parts if amount.value is None]
    out = (*silent, *left_out)
    return replace(found, rules=(*found.rules, *["R4"] * bool(out)), inputs=inputs, left_out=out)


def _weighed(members: Sequence[Member], how: Combine) -> list[Member]:
    children = weighed([member.child for member in members], how=how)
    return [replace(member, child=child) for member, child in zip(members, children, strict=True)]
