"""What a cycle says at its end: how much was reached, how its rhythm went, how good confidence was."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, DateField, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from milepost.core.calibration import Calibration, calibrate
from milepost.core.grade import (
    EXACT,
    PARTLY_ASPIRATIONAL,
    PARTLY_COMMITTED,
    REACHED_ASPIRATIONAL,
    REACHED_COMMITTED,
    GradeWord,
    Pitch,
    pitch,
)
from milepost.core.pace import Ambition
from milepost.core.team_rhythms import Rhythms
from milepost.okr.models import Amendment, CheckIn, GoalState, Initiative, InitiativeState, KeyResult, Objective
from milepost.okr.queries.cycles import CycleRow, alike, precedes
from milepost.okr.queries.on_time import check_ins_made, due_in, expected_check_ins
from milepost.workspace.permissions import Actor

CYCLES = 4
CALIBRATED = 8
TARGETS = ("start", "target", "low", "high", "floor", "stretch", "tolerance")
# The grade that stands: of the close, else the one that was given, else the proposed one of what was looked at.
STANDS = Coalesce("grade", "review__grade", "score__score")
GROUPS = (
    "objective__cycle_id", "objective__owner_team_id", "objective__owner_team__name", "objective__owner_person_id",
    "kind", "ambition", "word",
)  # fmt: skip
GRADED = Q(state=GoalState.CLOSED) | Q(state=GoalState.ACTIVE, review__isnull=False)


@dataclass(frozen=True, slots=True)
class Hits:
    """Key results of one kind, by the words of their grades (G1).

    `total` counts those with a band; learning goals and those without a grade are in `without`.
    """

    name: str
    reached: int = 0
    partly: int = 0
    missed: int = 0
    without: int = 0
    not_reviewed: int = 0
    average: float | None = None  # grade 0..1

    @property
    def total(self) -> int:
        """Return how many have a word."""
        return self.reached + self.partly + self.missed

    @property
    def share(self) -> float | None:
        """Return the share 0..1 that was reached, None of none."""
        return self.reached / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class CycleReport:
    """What a cycle says; everything counted over what the reader may see.

    `last` holds cycles alike, the oldest first and this one last. `on_time` and `on_time_before` are
    shares 0..1 of the check-ins that were due, None without any; `pitch` of aspirational goals.
    """

    hits: Hits
    last: tuple[Hits, ...]
    by_team: tuple[Hits, ...]
    by_kind: tuple[Hits, ...]
    by_ambition: tuple[Hits, ...]
    pitch: Pitch | None
    on_time: float | None
    on_time_before: float | None
    amendments: int
    target_amendments: int
    never_checked_in: int
    initiatives_done: int
    initiatives: int  # cancelled ones not among them
    calibration: Calibration
    calibrated_cycles: int


@dataclass(slots=True)
class _Sum:
    words: Counter[str] = field(default_factory=Counter)
    not_reviewed: int = 0
    graded: int = 0
    grades: float = 0.0

    def hits(self, name: str) -> Hits:
        return Hits(
            name,
            reached=self.words[GradeWord.REACHED],
            partly=self.words[GradeWord.PARTLY],
            missed=self.words[GradeWord.MISSED],
            without=self.words[""],
            not_reviewed=self.not_reviewed,
            average=self.grades / self.graded if self.graded else None,
        )


def cycle_report(
    actor: Actor, cycle: CycleRow, cycles: Sequence[CycleRow], *, rhythms: Rhythms, time_zone: str, today: date
) -> CycleReport:
    """Return what a cycle says: six queries.

    Args:
        cycles: all of the workspace.
        rhythms: as they are today; each team is measured by its own.

    Source: rules G1, G3, C4, S6.
    """
    last = alike(cycles, cycle, most=CYCLES)
    rows = list(_hits(actor, [c.id for c in last]))
    here = [row for row in rows if row["objective__cycle_id"] == cycle.id]
    before = precedes(cycles, cycle)
    pair = [cycle] if before is None else [cycle, before]
    due = due_in(pair, rhythms, today=today)
    expected, never = expected_check_ins(actor, due, cycle.id)
    made = check_ins_made(actor, due, ZoneInfo(time_zone))
    amended = Amendment.objects.filter(
        workspace_id=actor.workspace_id,
        objective_id__in=Objective.objects.visible_to(actor).filter(cycle_id=cycle.id).values("id"),
    ).aggregate(all=Count("id"), targets=Count("id", filter=Q(field__in=TARGETS)))
    work = Initiative.objects.visible_to(actor).filter(objective__cycle_id=cycle.id)
    work = work.exclude(Q(state=InitiativeState.CANCELLED) | Q(objective__state=GoalState.CANCELLED))
    done = work.aggregate(done=Count("id", filter=Q(state=InitiativeState.DONE)), all=Count("id"))
    eight = alike(cycles, cycle, most=CALIBRATED)
    stretched = [row for row in here if row["ambition"] == Ambition.ASPIRATIONAL and row["graded"]]
    n = sum(row["graded"] for row in stretched)
    return CycleReport(
        hits=_sum(here).hits(cycle.name),
        last=tuple(_sum(r for r in rows if r["objective__cycle_id"] == c.id).hits(c.name) for c in last),
        by_team=_grouped(here, _owner),
        by_kind=_grouped(here, lambda row: str(row["kind"])),
        by_ambition=_grouped(here, lambda row: str(row["ambition"])),
        pitch=pitch([sum(row["grades"] for row in stretched) / n]) if n else None,
        on_time=made[cycle.id] / expected[cycle.id] if expected[cycle.id] else None,
        on_time_before=made[before.id] / expected[before.id] if before and expected[before.id] else None,
        amendments=amended["all"],
        target_amendments=amended["targets"],
        never_checked_in=never,
        initiatives_done=done["done"],
        initiatives=done["all"],
        calibration=calibration_of(actor, eight),
        calibrated_cycles=len(eight),
    )


def calibration_of(actor: Actor, cycles: Sequence[CycleRow]) -> Calibration:
    """Return how the confidence said in the middle of these cycles compares with what came true; one query.

    Of each closed key result with a word it is the last one said by the middle day; who said none is left out.

    Source: rules S6, G1.
    """
    middle = Case(
        *(When(objective__cycle_id=c.id, then=Value(c.first_day + (c.last_day - c.first_day) / 2)) for c in cycles),
        output_field=DateField(),
    )
    said = CheckIn.objects.filter(
        key_result=OuterRef("pk"), valid_on__lte=OuterRef("middle"), replaced_by=None, withdrawn=False
    )
    rows = (
        KeyResult.objects.visible_to(actor)
        .filter(objective__cycle_id__in=[c.id for c in cycles], state=GoalState.CLOSED, grade__isnull=False)
        .exclude(ambition=Ambition.LEARNING)
        .annotate(middle=middle)
        .annotate(said=Subquery(said.order_by("-valid_on", "-id").values("confidence")[:1]), stands=F("grade"))
        .filter(said__isnull=False)
        .annotate(word=_word())
        .order_by()
        .values("said", "word")
        .annotate(n=Count("id"))
    )
    counts: dict[tuple[int, bool], int] = defaultdict(int)
    for row in rows:
        counts[(row["said"], row["word"] == GradeWord.REACHED)] += row["n"]
    return calibrate(counts)


def _hits(actor: Actor, cycle_ids: Collection[int]) -> QuerySet[KeyResult, dict[str, Any]]:
    graded = KeyResult.objects.visible_to(actor).filter(GRADED, objective__cycle_id__in=cycle_ids)
    rows: QuerySet[KeyResult, Any] = graded.annotate(stands=STANDS).annotate(word=_word()).order_by()
    found: QuerySet[KeyResult, dict[str, Any]] = rows.values(*GROUPS).annotate(
        n=Count("id"),
        graded=Count("stands"),
        grades=Sum("stands"),
        unseen=Count("id", filter=Q(is_reviewed=False, state=GoalState.CLOSED)),
    )
    return found


def _word() -> Case:
    """Return the word of the grade that stands, as `core.grade.grade_word` has it; "" without one (G1)."""
    wide = {"ambition": Ambition.ASPIRATIONAL}
    return Case(
        When(Q(ambition=Ambition.LEARNING) | Q(stands=None), then=Value("")),
        When(**wide, stands__gte=REACHED_ASPIRATIONAL - EXACT, then=Value(GradeWord.REACHED.value)),
        When(**wide, stands__gte=PARTLY_ASPIRATIONAL - EXACT, then=Value(GradeWord.PARTLY.value)),
        When(**wide, then=Value(GradeWord.MISSED.value)),
        When(stands__gte=REACHED_COMMITTED - EXACT, then=Value(GradeWord.REACHED.value)),
        When(stands__gte=PARTLY_COMMITTED - EXACT, then=Value(GradeWord.PARTLY.value)),
        default=Value(GradeWord.MISSED.value),
    )


def _sum(rows: Iterable[dict[str, Any]]) -> _Sum:
    total = _Sum()
    for row in rows:
        total.words[row["word"]] += row["n"]
        total.not_reviewed += row["unseen"]
        total.graded += row["graded"]
        total.grades += row["grades"] or 0.0
    return total


def _grouped(rows: Sequence[dict[str, Any]], name_of: Any) -> tuple[Hits, ...]:
    """Return the rows by a name, in the order of the names: nobody is ranked."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[name_of(row)].append(row)
    return tuple(_sum(found[name]).hits(name) for name in sorted(found))


def _owner(row: dict[str, Any]) -> str:
    """Return whose goal it is; people's own ones stand together, for people are not compared."""
    if row["objective__owner_team_id"] is not None:
        return str(row["objective__owner_team__name"])
    return "Company" if row["objective__owner_person_id"] is None else "Own goals of people"
