"""The score and plan of an objective from its children."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from milepost.core.explain.shape import Change, Explanation, Input, LeftOut, Link, Part
from milepost.core.explain.text import (
    add_up,
    digits,
    hundredfold,
    percent,
    share_text,
    sign,
    summands,
)
from milepost.core.rollup import Child, RollUp, counting_shares, roll_up
from milepost.core.status import GoalWord

POINTS = 0.1  # a step where the child has none of its own


@dataclass(frozen=True, slots=True)
class Nudge:
    """A small thing that could happen to a child, in words, and the score 0..1 it would then have."""

    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Member:
    """A contributing child with its words; `how` is its own sum in one line, `word` the status it is shown with."""

    label: str
    child: Child
    link: Link | None = None
    how: str = ""
    nudge: Nudge | None = None
    is_missing: bool = False
    word: GoalWord = GoalWord.NO_VALUE


def nudge_by_points(label: str, score: float) -> Nudge:
    """Return ten points more of a child, or what is left up to the whole.

    Source: rule R1.
    """
    after = min(1.0, score + POINTS)
    return Nudge(f"{label} at {percent(after)}", after)


def explain_members(
    members: Sequence[Member], *, left_out: Sequence[LeftOut] = (), inputs: Sequence[Input] = ()
) -> Explanation:
    """Return an objective's score as the sum of what its children add.

    Args:
        members: the contributing children, those without a value among them.
        left_out: what contributes nothing for other reasons.

    Source: rules R1, R2, R4, R8.
    """
    children = [m.child for m in members]
    rolled = roll_up(children)
    parts, total = _parts(members, children)
    out = [*_without_number(members, rolled), *left_out]
    rules = ["R1", "R2"] + ["R4"] * bool(out)
    formula = f"{_count(rolled)}, so it is unknown"
    if rolled.score is not None:
        sums = [f"{p.share_text} × {p.value_text}" for p in parts]
        formula = f"{summands(sums)} = {total} %, {_count(rolled)}"
    return Explanation(
        "score", tuple(rules), formula, value=rolled.score, inputs=tuple(inputs), parts=parts, total_text=total,
        left_out=tuple(out), changes=_nudges(members, rolled), reported=rolled.reported, contributing=rolled.total,
    )  # fmt: skip


def explain_member_plans(members: Sequence[Member]) -> Explanation:
    """Return an objective's plan for today: its children's, with the same shares and leave-outs.

    Source: rule E4.
    """
    children = [m.child for m in members]
    rolled = roll_up(children)
    planned = [c._replace(score=None if c.score is None else c.expected) for c in children]
    parts, total = _parts([replace(m, how="") for m in members], planned)
    out = [
        LeftOut(m.label, "has no value yet, so its plan does not count either", "E4", m.link)
        for m in members
        if m.child.key in dict(rolled.shares) and m.child.score is None
    ]
    formula = "no child with a value has a plan, so it is unknown"
    if rolled.expected is not None:
        formula = f"{summands([f'{p.share_text} × {p.value_text}' for p in parts])} = {total} %"
    return Explanation(
        "expected", ("E4",), formula, value=rolled.expected, parts=parts, total_text=total, left_out=tuple(out),
        reported=len(parts), contributing=rolled.total,
    )  # fmt: skip


def _parts(members: Sequence[Member], children: Sequence[Child]) -> tuple[tuple[Part, ...], str]:
    """Return what each child with a number adds, and the sum, in digits that add up."""
    counting = counting_shares(children)
    scores = {c.key: c.score for c in children}
    by_key: dict[Hashable, Member] = {m.child.key: m for m in members}
    exact = [(by_key[key], share, scores[key] or 0.0) for key, share in counting.items()]
    adds, total = add_up([share * Fraction(score) for _, share, score in exact])
    parts = tuple(
        Part(
            label=member.label,
            share=float(share),
            value=score,
            adds=float(share * Fraction(score)),
            share_text=share_text(share),
            value_text=digits(hundredfold(score, 2), keep_zeros=True),
            adds_text=digits(added, keep_zeros=True),
            how=member.how,
            link=member.link,
        )
        for (member, share, score), added in zip(exact, adds, strict=True)
    )
    return parts, digits(total, keep_zeros=True) if parts else ""


def _without_number(members: Sequence[Member], rolled: RollUp) -> list[LeftOut]:
    carrying = {key for key, _ in rolled.shares}
    out = []
    for m in members:
        if m.child.key not in carrying:
            out.append(LeftOut(m.label, "its share is 0", "R2", m.link))
        elif m.child.score is None:
            why = "has no value, though its first check-in was due" if m.is_missing else "has no value yet"
            out.append(LeftOut(m.label, why, "R4", m.link))
    return out


def _nudges(members: Sequence[Member], rolled: RollUp) -> tuple[Change, ...]:
    """Return what one step of each child would add: the same roll-up with that child's score moved."""
    if rolled.score is None:
        return ()
    carrying = {key for key, _ in rolled.shares}
    changes = []
    for m in members:
        if m.nudge is None or m.child.score is None or m.child.key not in carrying:
            continue
        moved = [o.child._replace(score=m.nudge.score) if o is m else o.child for o in members]
        after = roll_up(moved).score
        if after is None or after == rolled.score:
            continue
        # Both are cut first, so that the step shown is the difference of the numbers shown.
        before_text, after_text = hundredfold(rolled.score, 2), hundredfold(after, 2)
        text = f"{m.nudge.text}: {sign(after_text - before_text)} to {digits(after_text, keep_zeros=True)} %"
        changes.append(Change(text, becomes=after, adds=after - rolled.score, link=m.link))
    return tuple(changes)


def _count(rolled: RollUp) -> str:
    if rolled.total == 0:
        return "nothing contributes"
    return f"{rolled.reported} of {rolled.total} reported"
