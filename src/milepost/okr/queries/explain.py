"""Why a goal has its numbers and its word."""

from collections.abc import Collection, Hashable
from datetime import date

from milepost.core.calendar import local_day
from milepost.core.explain import (
    Explained,
    Explanation,
    Input,
    LeftOut,
    Link,
    Member,
    Nudge,
    explain_grade,
    nudge_by_points,
    nudge_milestone,
    nudge_reach,
    reach_in_words,
)
from milepost.core.explain.text import percent
from milepost.core.grade import Grade
from milepost.core.pace import Ambition
from milepost.core.progress import Step as StepFact
from milepost.core.rollup import Child
from milepost.core.status import GoalWord
from milepost.core.team_rhythms import Rhythms
from milepost.metrics.models import Reading, ReadingSource
from milepost.okr import explaining
from milepost.okr.explaining import Origin, Words
from milepost.okr.models import WITH_STEPS, CheckIn, Counts, GoalState, KeyResult, KeyResultKind, Objective, Step
from milepost.okr.queries.facts import LoadedKeyResult, load_key_results
from milepost.okr.queries.family import Edge, Family, OwnKeyResult, contributions, load_family
from milepost.okr.queries.lines import KeyResultLine, key_results_of
from milepost.okr.queries.parts import STATES
from milepost.okr.scoring import ChildRow, read_points
from milepost.workspace.errors import NotFound
from milepost.workspace.permissions import Actor


def explained_key_result(actor: Actor, key_result_id: int, *, rhythms: Rhythms, today: date) -> Explained:
    """Return the explanations of a key result on `today`: eight queries at most, where no wall is near.

    Raises:
        NotFound: it is not the actor's to see.
    """
    rows = KeyResult.objects.visible_to(actor).filter(pk=key_result_id)
    about = rows.values_list(
        "title",
        "metric__is_kpi",
        "metric__name",
        "metric__slug",
        "activated_on",
        "override_by__user__name",
        "override_why",
        "override_at",
        "workspace__time_zone",
        "final_score",
        "grade",
        "grade_reason",
        "objective__is_reviewed",
    ).first()
    if about is None:
        raise NotFound
    title, is_kpi, kpi_name, slug, activated_on = about[:5]
    override_by, override_why, override_at, zone = about[5:9]
    proposed, grade, grade_why, is_reviewed = about[9:]
    (loaded,) = load_key_results([key_result_id])
    facts = loaded.facts
    titles: tuple[str, ...] = ()
    if facts.kind in WITH_STEPS:
        steps = Step.objects.filter(key_result_id=key_result_id, is_cancelled=False).order_by("position", "id")
        titles = tuple(steps.values_list("title", flat=True))
    days = [p.start for p in read_points(facts, today=today)]
    origins = _origins([key_result_id], days)
    own_by, own_why = _own_word(loaded)
    titles_of, left_out = _parts_of(actor, loaded)
    words = Words(
        kpi_name=kpi_name or "" if is_kpi else "",
        kpi=Link("kpi", slug) if is_kpi and slug else None,
        step_titles=titles,
        planned_on=activated_on,
        origins={day: origin for (_, day), origin in origins.items()},
        own_word_by=own_by,
        own_word_why=own_why,
        judged_by=_judged_by(loaded),
        part_titles=titles_of,
        parts_left_out=left_out,
        override_by=override_by or "",
        override_why=override_why,
        override_on=local_day(override_at, zone) if override_at else None,
    )
    found = explaining.explain_key_result(facts, words, rhythm=rhythms.of(loaded.team_id), today=today)
    if facts.final is not None:
        found = (*found, _grade(facts.ambition, proposed, grade, grade_why, is_reviewed))
    return Explained(Link("key_result", str(key_result_id)), title, facts.unit_code, today, found)


def explained_objective(actor: Actor, objective_id: int, *, today: date) -> Explained:
    """Return the explanations of an objective on `today`: eight queries at most, whatever its children.

    Raises:
        NotFound: it is not the actor's to see.
    """
    family = next(iter(load_family([objective_id])), None)
    ids = [objective_id, *(edge.child_id for edge in family.edges)] if family else []
    titles = dict(Objective.objects.visible_to(actor).filter(pk__in=ids).values_list("id", "title"))
    if family is None or objective_id not in titles:
        raise NotFound
    lines = {line.id: line for line in key_results_of([objective_id])}
    counting = contributions(family, [(edge, edge.stored) for edge in family.edges])
    found = explaining.explain_objective(
        family.facts,
        [_member(child, row, lines, titles) for child, row in counting],
        left_out=_left_out(family, [child for child, _ in counting], lines, titles),
        inputs=_inputs([lines[c.id] for c, _ in counting if isinstance(c, OwnKeyResult)]),
        today=today,
    )
    if family.facts.is_closed:
        graded = Objective.objects.filter(pk=objective_id).values_list(
            "final_score", "grade", "grade_reason", "is_reviewed"
        )
        found = (*found, *(_grade(family.facts.ambition, *row) for row in graded))
    return Explained(Link("objective", str(objective_id)), titles[objective_id], "", today, found)


def _grade(ambition: Ambition, proposed: float | None, final: float | None, why: str, is_reviewed: bool) -> Explanation:
    """Return the explanation of a grade: there is one from the close on."""
    return explain_grade(Grade(proposed, final, why, is_reviewed), ambition=ambition)


def _member(
    child: OwnKeyResult | Edge, row: ChildRow, lines: dict[int, KeyResultLine], titles: dict[int, str]
) -> Member:
    """Return a contributing child with its words, its own sum and one step of it."""
    counted = Child(row.key, row.score, row.expected, row.weight, row.share)
    if isinstance(child, Edge):
        title = titles[child.child_id]
        nudge = None if row.score is None else nudge_by_points(title, row.score)
        return Member(title, counted, Link("objective", str(child.child_id)), nudge=nudge, word=GoalWord(row.word))
    line = lines[child.id]
    link = Link("key_result", str(line.id))
    nudge = None if line.state == GoalState.CLOSED else _nudge(line)
    return Member(line.title, counted, link, _how(line), nudge, row.is_missing, GoalWord(row.word))


def _how(line: KeyResultLine) -> str:
    """Return a key result's own sum where it fits into a line; the others tell it when they are asked."""
    if line.is_overridden and line.override is not None:
        return f"set by {line.override.by}: {line.override.why}" if line.override.by else line.override.why
    if line.kind != KeyResultKind.REACH or line.start is None or line.target is None or line.value is None:
        return ""
    sums = reach_in_words(start=line.start, target=line.target, value=line.value)
    return f"{sums} = {percent(line.progress)}" if line.progress is not None else ""


def _nudge(line: KeyResultLine) -> Nudge | None:
    if line.score is None or line.is_overridden:
        return None
    if line.kind in WITH_STEPS:
        left = [s for s in line.steps if not s.is_cancelled]
        return nudge_milestone(line.title, [StepFact(s.weight, s.done, s.due_on) for s in left])
    if line.kind == KeyResultKind.REACH and None not in {line.start, line.target, line.value}:
        return nudge_reach(
            line.title,
            start=line.start or 0.0,
            target=line.target or 0.0,
            value=line.value or 0.0,
            unit=line.unit_code,
        )
    return nudge_by_points(line.title, line.score)


def _left_out(
    family: Family, counting: Collection[OwnKeyResult | Edge], lines: dict[int, KeyResultLine], titles: dict[int, str]
) -> list[LeftOut]:
    """Return every child that the reader sees and that takes no part, with the first reason that holds."""
    out = []
    for k in family.own:
        if k in counting:
            continue
        link = Link("key_result", str(k.id))
        if family.counts == Counts.OBJECTIVES:
            why, rule = "the objective counts its child objectives only", "R1"
        else:
            why, rule = STATES.get(GoalState(k.state), "does not run"), "R4"
        out.append(LeftOut(lines[k.id].title, why, rule, link))
    for edge in family.edges:
        if edge in counting or edge.child_id not in titles:
            continue
        link = Link("objective", str(edge.child_id))
        if not edge.contributes:
            why, rule = "supports, and moves no number", "R3"
        elif not edge.is_open:
            why, rule = "is seen by fewer people than this objective", "R6"
        elif family.counts == Counts.KEY_RESULTS:
            why, rule = "the objective counts its key results only", "R1"
        else:
            why, rule = STATES.get(GoalState(edge.state), "does not run"), "R4"
        out.append(LeftOut(titles[edge.child_id], why, rule, link))
    return out


def _inputs(lines: list[KeyResultLine]) -> tuple[Input, ...]:
    """Return the values below an objective's key results with where they came from."""
    valued = [line for line in lines if line.value is not None]
    days = {line.value_on for line in valued if line.value_on is not None}
    origins = _origins([line.id for line in valued if line.kpi_id is None], days)
    found = []
    for line in valued:
        origin = Origin("KPI") if line.kpi_id else Origin("by hand")
        if line.value_on is not None:
            origin = origins.get((line.id, line.value_on), origin)
        link = Link("kpi", line.kpi_slug) if line.kpi_slug else Link("key_result", str(line.id))
        found.append(Input(line.title, line.value, line.unit_code, line.value_on, origin.source, origin.by, link))
    return tuple(found)


def _origins(key_result_ids: Collection[int], days: Collection[date]) -> dict[tuple[int, date], Origin]:
    """Return where the values in use on these days came from, by key result; one query at most."""
    if not key_result_ids or not days:
        return {}
    rows = Reading.objects.filter(metric__key_results__in=key_result_ids, valid_on__in=days)
    told = rows.order_by("known_at", "id").values_list(
        "metric__key_results", "valid_on", "source", "author__user__name"
    )
    return {(pk, day): Origin(ReadingSource(source).label, by or "") for pk, day, source, by in told}


def _parts_of(actor: Actor, loaded: LoadedKeyResult) -> tuple[dict[Hashable, str], tuple[LeftOut, ...]]:
    """Return the titles of what a key result is made of, and of those the reader sees which are left out, and why.

    What counts is seen by whoever sees the whole (R6), so each of them has its title.
    """
    if not loaded.parts:
        return {}, ()
    rows = KeyResult.objects.visible_to(actor).filter(pk__in=[part.child_id for part in loaded.parts])
    titles: dict[Hashable, str] = dict(rows.values_list("id", "title"))
    out = []
    for part in loaded.parts:
        why, rule = part.why_not
        if not why or part.child_id not in titles:
            continue
        out.append(LeftOut(titles[part.child_id], why, rule, Link("key_result", str(part.child_id))))
    return titles, tuple(out)


def _own_word(loaded: LoadedKeyResult) -> tuple[str, str]:
    """Return who set the latest own status and why; one query, and only where there is one."""
    if not loaded.facts.check_ins or not loaded.facts.check_ins[0].own_word:
        return "", ""
    rows = CheckIn.objects.filter(key_result_id=loaded.id, replaced_by=None, withdrawn=False)
    return rows.order_by("-valid_on", "-id").values_list("author__user__name", "note").first() or ("", "")


def _judged_by(loaded: LoadedKeyResult) -> str:
    """Return who judged a key result last; one query, and only of a judged one."""
    if loaded.facts.judgement is None:
        return ""
    rows = CheckIn.objects.filter(key_result_id=loaded.id, replaced_by=None, withdrawn=False, judged__isnull=False)
    return rows.order_by("-valid_on", "-id").values_list("author__user__name", flat=True).first() or ""
