"""From facts to explanations: pure, no database; the twin of `scoring`, on the same facts."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from milepost.core.explain import (
    Deed,
    Explanation,
    Input,
    Later,
    LeftOut,
    Link,
    Member,
    NamedStep,
    SetBy,
    Way,
    explain_baseline,
    explain_day_plan,
    explain_frozen,
    explain_judged,
    explain_keep,
    explain_keep_plan,
    explain_levels,
    explain_mean,
    explain_mean_plan,
    explain_member_plans,
    explain_members,
    explain_milestone,
    explain_milestone_plan,
    explain_override,
    explain_path_plan,
    explain_percent,
    explain_reach,
    explain_reach_plan,
    explain_score,
    explain_status,
    explain_sum,
    explain_tasks,
    explain_window,
    nudge_by_points,
    period_deeds,
    step_deeds,
    task_deeds,
)
from milepost.core.levels import Levels
from milepost.core.measure import Kind
from milepost.core.pace import elapsed
from milepost.core.parts import Combine
from milepost.core.path import Curve
from milepost.core.plan import expected_progress, path_of
from milepost.core.progress import WHOLE_PERCENT
from milepost.core.rhythm import Rhythm, next_due
from milepost.core.rollup import roll_up
from milepost.core.series import Point, resolve_window
from milepost.okr.scoring import (
    KeyResultFacts,
    KeyResultRow,
    ObjectiveFacts,
    measure,
    read_points,
    read_value,
    score_key_result,
    see,
    see_parts,
    stands,
)

EXACT = 1e-9


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value came from: a word, and the person."""

    source: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """What the facts of a key result leave out because no number depends on it."""

    kpi_name: str = ""
    kpi: Link | None = None
    step_titles: tuple[str, ...] = ()
    planned_on: date | None = None
    origins: Mapping[date, Origin] = field(default_factory=dict)
    own_word_by: str = ""
    own_word_why: str = ""
    judged_by: str = ""
    part_titles: Mapping[Hashable, str] = field(default_factory=dict)
    parts_left_out: tuple[LeftOut, ...] = ()
    override_by: str = ""
    override_why: str = ""
    override_on: date | None = None


def explain_key_result(facts: KeyResultFacts, words: Words, *, rhythm: Rhythm, today: date) -> tuple[Explanation, ...]:
    """Return the explanations of a key result's value, progress, score, plan and status on `today`.

    Source: rules P1 to P11, R8, E1, E2, E3, E5, S1, S5.
    """
    if facts.final is not None:
        return _frozen(facts)
    points = read_points(facts, today=today)
    found: list[Explanation] = []
    if facts.is_kpi and facts.kind in {Kind.REACH, Kind.LEVELS}:  # the others read no value of a KPI as theirs
        found.append(_window(facts, words, points))
    measured = _measured(facts, words, points)
    plan = _plan(facts, words, today=today)
    seen, _ = see(facts, today=today)
    standing = stands(facts, measure(facts, seen))
    score = explain_score(measured)
    if standing.override is not None:
        told = replace(standing.override, by=words.override_by, why=words.override_why)
        score = explain_override(standing, told, on=words.override_on)
    shown = measured.value if standing.override is None else standing.score
    status = _status(facts, words, shown, plan.value, rhythm=rhythm, today=today)
    return (*found, measured, score, plan, status)


def _measured(facts: KeyResultFacts, words: Words, points: Sequence[Point]) -> Explanation:
    """Return the explanation of the progress, as its kind has it."""
    match facts.kind:
        case Kind.MILESTONE:
            return explain_milestone(_named_steps(facts, words))
        case Kind.TASKS:
            steps = _named_steps(facts, words)
            tasks = tuple(Input(s.title, s.step.done, source="task") for s in steps)
            return explain_tasks(done=sum(s.step.done >= 1 for s in steps), total=len(steps), tasks=tasks)
        case Kind.JUDGED:
            judgement = facts.judgement
            return explain_judged(replace(judgement, by=words.judged_by) if judgement else None, on=facts.judged_on)
        case Kind.CHILDREN:
            return _made(facts, words)
        case Kind.KEEP:
            return explain_keep(
                points,
                low=facts.low,
                high=facts.high,
                tolerance=facts.tolerance,
                frequency=facts.frequency,
                unit=facts.unit_code,
                inputs=(*_values(facts, words, points), *_band(facts, words)),
                at_close=facts.at_close,
            )
    value = read_value(facts, points)
    inputs = _values(facts, words, points)[-1:]
    match facts.kind:
        case Kind.PERCENT:
            return explain_percent(value, inputs=inputs)
        case Kind.BASELINE:
            return explain_baseline(baseline=value, target=None, unit=facts.unit_code)
        case Kind.LEVELS if facts.start is not None and facts.target is not None and facts.stretch is not None:
            levels = Levels(start=facts.start, target=facts.target, stretch=facts.stretch, floor=facts.floor)
            agreed = {"start": facts.start, "floor": facts.floor, "target": facts.target, "stretch": facts.stretch}
            plan = tuple(_plan_value(label, v, facts, words) for label, v in agreed.items() if v is not None)
            return explain_levels(
                levels, value=value, unit=facts.unit_code, inputs=(*inputs, *plan), is_kpi=facts.is_kpi
            )
    return _reach(facts, words, points)


def _is_way(facts: KeyResultFacts) -> bool:
    """Return whether a value goes from start to target, its own or the sum of others."""
    return facts.kind == Kind.REACH or (facts.kind == Kind.CHILDREN and facts.combine == Combine.SUM)


def _named_steps(facts: KeyResultFacts, words: Words) -> list[NamedStep]:
    titles = words.step_titles or ("",) * len(facts.steps)
    return [NamedStep(title, step) for title, step in zip(titles, facts.steps, strict=True)]


def _made(facts: KeyResultFacts, words: Words) -> Explanation:
    """Return the progress of what is made of others: the sum of values on its way, or the mean of scores."""
    if facts.combine != Combine.SUM:
        return explain_mean(_members(facts, words), how=facts.combine, left_out=words.parts_left_out)
    amounts = see_parts(facts).amounts
    titles = [words.part_titles.get(part.key, "") for part in facts.parts]
    links = [Link("key_result", str(part.key)) for part in facts.parts]
    return explain_sum(
        list(zip(titles, amounts, links, strict=True)),
        start=facts.start or 0.0,
        target=facts.target or 0.0,
        unit=facts.unit_code,
        left_out=words.parts_left_out,
    )


def _members(facts: KeyResultFacts, words: Words) -> list[Member]:
    """Return the parts with their words; each could come ten points further."""
    members = []
    for child in see_parts(facts).children:
        title = words.part_titles.get(child.key, "")
        nudge = None if child.score is None else nudge_by_points(title, child.score)
        members.append(Member(title, child, Link("key_result", str(child.key)), nudge=nudge))
    return members


def _plan(facts: KeyResultFacts, words: Words, *, today: date) -> Explanation:
    """Return the explanation of the plan: in days where it is one straight line, else as the path that it is."""
    if facts.kind == Kind.MILESTONE:
        return explain_milestone_plan(
            _named_steps(facts, words),
            first=facts.first,
            last=facts.last,
            day=today,
            ambition=facts.ambition,
            calendar=facts.telling.days,
        )
    if facts.kind == Kind.KEEP:
        return explain_keep_plan(closed_periods=len(read_points(facts, today=today)), ambition=facts.ambition)
    is_way = _is_way(facts)
    if facts.kind == Kind.CHILDREN and not is_way:
        return explain_mean_plan(_members(facts, words), how=facts.combine)

    def plan(day: date) -> float | None:
        seen, _ = see(facts, today=today)
        return expected_progress(facts.measure, seen, facts.timing, ambition=facts.ambition, day=day)

    is_straight = facts.curve == Curve.LINEAR and facts.bend is None
    if is_straight and facts.kind not in {Kind.LEVELS, Kind.BASELINE}:
        return explain_reach_plan(
            first=facts.first,
            last=facts.last,
            day=today,
            ambition=facts.ambition,
            start=facts.start if is_way else None,
            target=facts.target if is_way else None,
            unit=facts.unit_code,
            expected=plan,
            calendar=facts.telling.days,
        )
    unit = "" if facts.kind in {Kind.TASKS, Kind.JUDGED} else facts.unit_code
    path = path_of(facts.measure, facts.timing)
    if path is not None and is_way:
        return explain_path_plan(path, day=today, ambition=facts.ambition, unit=unit)
    return explain_day_plan(plan, path, day=today, ambition=facts.ambition, unit=unit)


def explain_objective(
    facts: ObjectiveFacts,
    members: Sequence[Member],
    *,
    left_out: Sequence[LeftOut] = (),
    inputs: Sequence[Input] = (),
    today: date,
) -> tuple[Explanation, ...]:
    """Return the explanations of an objective's score, plan and status on `today`.

    Args:
        members: its contributing children.
        left_out: the others, with the reason.
        inputs: the values below the children's scores.

    Source: rules R1, R2, R4, R8, E4, S1, S3.
    """
    if facts.is_closed:
        score, plan = _closed(facts, members, left_out=left_out, inputs=inputs)
    else:
        score = explain_members(members, left_out=left_out, inputs=inputs)
        plan = explain_member_plans(members)
    status = explain_status(
        progress=score.value,
        expected=plan.value,
        tau=elapsed(first=facts.first, last=facts.last, day=today, calendar=facts.telling.days),
        ambition=facts.ambition,
        last=facts.last,
        ended=today > facts.last,
        closed=facts.is_closed,
        is_objective=True,
        missing=sum(m.is_missing for m in members),
        rules=facts.telling.rules,
        children=[m.word for m in members],
    )
    return score, plan, status


def _frozen(facts: KeyResultFacts) -> tuple[Explanation, ...]:
    final = facts.final
    assert final is not None  # noqa: S101 - the caller's question
    rules = ("P8", "R8") if facts.is_kpi else ("R8",)
    inputs = () if final.value is None else (Input("value at close", final.value, facts.unit_code, source="close"),)
    return (
        explain_frozen("progress", final.progress, rules=rules, inputs=inputs),
        explain_frozen("score", final.score, rules=rules),
        explain_frozen("expected", final.expected, rules=("R8",)),
        explain_status(
            progress=final.progress,
            expected=final.expected,
            tau=1.0,
            ambition=facts.ambition,
            last=facts.last,
            ended=True,
            closed=True,
        ),
    )


def _closed(
    facts: ObjectiveFacts, members: Sequence[Member], *, left_out: Sequence[LeftOut], inputs: Sequence[Input]
) -> tuple[Explanation, Explanation]:
    """Return what the close froze, with its parts where they still add up to it."""
    now = roll_up([m.child for m in members]).score
    final = facts.final_score
    score = explain_frozen("score", final, rules=("R8",))
    if now is not None and final is not None and abs(now - final) <= EXACT:
        parts = explain_members(members, left_out=left_out, inputs=inputs)
        score = Explanation(
            "score", ("R8", *parts.rules), f"frozen at close: {parts.formula}", value=final, inputs=parts.inputs,
            parts=parts.parts, total_text=parts.total_text, left_out=parts.left_out, reported=parts.reported,
            contributing=parts.contributing,
        )  # fmt: skip
    return score, explain_frozen("expected", facts.final_expected, rules=("R8",))


def _window(facts: KeyResultFacts, words: Words, points: Sequence[Point]) -> Explanation:
    return explain_window(
        points,
        how=facts.aggregation,
        window=resolve_window(facts.window, facts.aggregation),
        frequency=facts.frequency,
        unit=facts.unit_code,
        inputs=_values(facts, words, points),
    )


def _reach(facts: KeyResultFacts, words: Words, points: Sequence[Point]) -> Explanation:
    """Return the progress of P1; without start or target there is none."""
    value = read_value(facts, points)
    if facts.start is None or facts.target is None:
        return Explanation("progress", ("P1",), "no start and target, so it is unknown")
    inputs = [_plan_value("start", facts.start, facts, words), _plan_value("target", facts.target, facts, words)]
    if value is not None:
        on = points[-1].start
        origin = words.origins.get(on, Origin("by hand"))
        label = words.kpi_name if facts.is_kpi else "value"
        source, by = ("KPI", "") if facts.is_kpi else (origin.source, origin.by)
        inputs.insert(0, Input(label, value, facts.unit_code, on, source, by, words.kpi))
    return explain_reach(
        start=facts.start,
        target=facts.target,
        value=value,
        unit=facts.unit_code,
        inputs=inputs,
        is_kpi=facts.is_kpi,
    )


def _status(
    facts: KeyResultFacts,
    words: Words,
    measured: float | None,
    planned: float | None,
    *,
    rhythm: Rhythm,
    today: date,
) -> Explanation:
    row = score_key_result(facts, rhythm=rhythm, today=today)
    set_by = None
    if row.own_word and facts.check_ins:
        set_by = SetBy(words.own_word_by, words.own_word_why, facts.check_ins[0].valid_on, row.own_until, row.own_word)
    way = _way(facts, row) if not (facts.override and facts.override.is_kept) else None
    return explain_status(
        progress=measured,
        expected=planned,
        tau=elapsed(first=facts.first, last=facts.last, day=today, calendar=facts.telling.days),
        ambition=facts.ambition,
        last=facts.last,
        ended=today > facts.last,
        closed=False,
        is_maintain=facts.kind == "keep",
        way=way,
        set_by=set_by,
        rules=facts.telling.rules,
        deeds=() if facts.override and facts.override.is_kept else _deeds(facts, words, today=today),
        later=_later(facts, rhythm=rhythm, today=today),
    )


def _way(facts: KeyResultFacts, row: KeyResultRow) -> Way | None:
    """Return the way on which a border is a value; None of a kind that has no value."""
    if facts.kind == Kind.PERCENT:
        return Way(0.0, WHOLE_PERCENT, facts.unit_code, value=row.value)
    if not (_is_way(facts) or facts.kind == Kind.LEVELS) or facts.start is None or facts.target is None:
        return None
    levels = None
    if facts.kind == Kind.LEVELS:
        if facts.stretch is None:
            return None
        levels = Levels(start=facts.start, target=facts.target, stretch=facts.stretch, floor=facts.floor)
    return Way(facts.start, facts.target, facts.unit_code, levels, row.value)


def _deeds(facts: KeyResultFacts, words: Words, *, today: date) -> tuple[Deed, ...]:
    """Return what could happen next to a kind that moves in steps."""
    match facts.kind:
        case Kind.MILESTONE:
            return step_deeds(_named_steps(facts, words))
        case Kind.TASKS:
            return task_deeds(done=sum(step.done >= 1 for step in facts.steps), total=len(facts.steps))
        case Kind.KEEP:
            return period_deeds(
                [p.value for p in read_points(facts, today=today)],
                low=facts.low,
                high=facts.high,
                tolerance=facts.tolerance,
                frequency=facts.frequency,
                at_close=facts.at_close,
            )
    return ()


def _later(facts: KeyResultFacts, *, rhythm: Rhythm, today: date) -> Later | None:
    """Return the next day for check-ins, or the last day before, with what the plan says then; None without one."""
    if not facts.is_live or today >= facts.last:
        return None
    day = min(next_due(rhythm, after=today), facts.last)
    seen, _ = see(facts, today=today)
    expected = expected_progress(facts.measure, seen, facts.timing, ambition=facts.ambition, day=day)
    if expected is None:
        return None
    tau = elapsed(first=facts.first, last=facts.last, day=day, calendar=facts.telling.days)
    return Later(day, expected, tau)


def _values(facts: KeyResultFacts, words: Words, points: Sequence[Point]) -> tuple[Input, ...]:
    """Return each period's value with where it came from."""
    label = words.kpi_name if facts.is_kpi else "value"
    origins = [words.origins.get(p.start, Origin("KPI" if facts.is_kpi else "by hand")) for p in points]
    return tuple(
        Input(label, p.value, facts.unit_code, p.start, origin.source, origin.by, words.kpi)
        for p, origin in zip(points, origins, strict=True)
    )


def _band(facts: KeyResultFacts, words: Words) -> tuple[Input, ...]:
    ends = {"at least": facts.low, "at most": facts.high, "tolerance": facts.tolerance}
    return tuple(_plan_value(label, value, facts, words) for label, value in ends.items() if value is not None)


def _plan_value(label: str, value: float, facts: KeyResultFacts, words: Words) -> Input:
    return Input(label, value, facts.unit_code, words.planned_on, "plan")
