"""One example a key of docs/guidance.md that fires, one that does not: what the linter says of them is the page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from milepost.core.guidance import (
    RULES,
    CycleFacts,
    KeyResultFacts,
    KpiFacts,
    ObjectiveFacts,
    OwnerFacts,
    OwnerKind,
    Remark,
    best_move,
    lint_cycle,
    lint_kpi,
    lint_kpis,
    lint_objective,
)
from milepost.core.measure import Kind
from milepost.core.series import Point
from tests.docs.pages import FOLDER

PAGE = FOLDER / "guidance.md"
TODAY = date(2026, 11, 24)
SUPPORT = OwnerFacts(OwnerKind.TEAM, 7, "Support")
Remarks = tuple[Remark, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """Facts in words and what is remarked on them, in both directions."""

    bad: str
    said_of_bad: Callable[[], Remarks]
    good: str
    said_of_good: Callable[[], Remarks]


def kr(
    title: str = "First reply time", start: float | None = 48, target: float | None = 30, **given: object
) -> KeyResultFacts:
    fields = {"start": start, "target": target, "unit": "min", "source": "First reply time"} | given
    return KeyResultFacts(title, **fields)  # type: ignore[arg-type]


def goal(*key_results: KeyResultFacts, title: str = "Nobody waits for an answer", **given: object) -> ObjectiveFacts:
    return ObjectiveFacts(title, key_results=key_results or (kr(), kr("Tickets solved the same day", 48, 70)), **given)  # type: ignore[arg-type]


def kpi(name: str = "First reply time", **given: object) -> KpiFacts:
    fields = {
        "description": "Median minutes to the first answer",
        "has_target": True,
        "target_text": "At most 30 min each week",
    }
    return KpiFacts(name, **(fields | given))  # type: ignore[arg-type]


def weeks(*values: float) -> list[Point]:
    return [Point(date(2026, 6, 1) + timedelta(weeks=n), value) for n, value in enumerate(values)]


SLOW = weeks(48, 47, 49, 46, 44, 45, 43, 44, 42, 43, 41, 42, 41, 40, 41)
MOVED = best_move(SLOW, days=91, up=False)
EARLY = date(2026, 1, 5)


def cycle(*objectives: ObjectiveFacts) -> Remarks:
    return lint_cycle(CycleFacts(objectives), today=TODAY)


def led(by: int, name: str, count: int) -> ObjectiveFacts:
    return goal(
        *(kr(f"Measure {n} of {name}", n, n + 10, lead=by, lead_name=name) for n in range(count)),
        title=f"What {name} does",
    )


def crowd(most: int) -> tuple[ObjectiveFacts, ...]:
    return led(1, "Jon", 4), led(2, "Ana", 3), led(3, "Tom", 3), led(1, "Jon", most - 4)


EXAMPLES: dict[str, Example] = {
    "no-lead": Example(
        "an objective without a lead", lambda: lint_objective(goal(has_lead=False)),
        "one led by Ana", lambda: lint_objective(goal(has_lead=True)),
    ),
    "no-target": Example(
        "a KPI that is only watched", lambda: lint_kpi(kpi(has_target=False)),
        "one with “At most 30 min each week”", lambda: lint_kpi(kpi()),
    ),
    "no-source": Example(
        "two measured key results, both typed by hand",
        lambda: lint_objective(goal(kr(source=""), kr("Tickets solved the same day", 48, 70, source=""))),
        "two of which one reads a KPI", lambda: lint_objective(goal(kr(), kr("Tickets solved the same day", 48, 70, source=""))),
    ),
    "no-number": Example(
        "“The team is content”", lambda: lint_objective(goal(kr("The team is content", None, None), kr())),
        "“Employee NPS 24 to 35”", lambda: lint_objective(goal(kr("Employee NPS", 24, 35), kr())),
    ),
    "number-in-objective": Example(
        "“Bring trial to paid back to 7 %”", lambda: lint_objective(goal(title="Bring trial to paid back to 7 %")),
        "“Trials see in a week why they should stay”",
        lambda: lint_objective(goal(title="Trials see in a week why they should stay")),
    ),
    "activity": Example(
        "“Launch the Saturday rota”", lambda: lint_objective(goal(kr("Launch the Saturday rota", None, None), kr())),
        "“Launch time of the app, 9 to 3 s”", lambda: lint_objective(goal(kr("Launch time of the app", 9, 3), kr())),
    ),
    "vague": Example(
        "“Improve support”", lambda: lint_objective(goal(title="Improve support")),
        "“Nobody waits for an answer”", lambda: lint_objective(goal()),
    ),
    "unrealistic": Example(
        "48 to 30 min, though in a quarter it never fell by more than 9",
        lambda: lint_objective(goal(kr(best_move=MOVED), kr("Tickets solved the same day", 48, 70))),
        "48 to 40 min", lambda: lint_objective(goal(kr(target=40, best_move=MOVED), kr("Tickets solved the same day", 48, 70))),
    ),
    "start-is-target": Example(
        "30 to 30 min", lambda: lint_objective(goal(kr(start=30), kr("Tickets solved the same day", 48, 70))),
        "48 to 30 min", lambda: lint_objective(goal()),
    ),
    "too-few": Example(
        "an objective with one key result", lambda: lint_objective(goal(kr())),
        "one with two", lambda: lint_objective(goal()),
    ),
    "too-many": Example(
        "six key results", lambda: lint_objective(goal(*(kr(f"Measure {n}", n, n + 9) for n in range(6)))),
        "five", lambda: lint_objective(goal(*(kr(f"Measure {n}", n, n + 9) for n in range(5)))),
    ),
    "too-many-objectives": Example(
        "six objectives of Support in one cycle",
        lambda: cycle(*(goal(title=f"Goal {'abcdef'[n]}", owner=SUPPORT) for n in range(6))),
        "five", lambda: cycle(*(goal(title=f"Goal {'abcdef'[n]}", owner=SUPPORT) for n in range(5))),
    ),
    "too-many-kpis": Example(
        "13 KPIs under the heading Customers", lambda: lint_kpis([kpi(f"KPI {n}", board="Customers") for n in range(13)]),
        "12", lambda: lint_kpis([kpi(f"KPI {n}", board="Customers") for n in range(12)]),
    ),
    "all-key": Example(
        "three key results, each of priority 0",
        lambda: lint_objective(goal(*(kr(f"Measure {n}", n, n + 9, priority=0) for n in range(3)))),
        "priorities 0, 1 and none",
        lambda: lint_objective(goal(kr("One", priority=0), kr("Two", priority=1), kr("Three", priority=None))),
    ),
    "sole-author": Example(
        "Ana wrote both key results", lambda: lint_objective(goal(kr("One", author=1), kr("Two", author=1))),
        "Ana wrote one, Tom the other", lambda: lint_objective(goal(kr("One", author=1), kr("Two", author=2))),
    ),
    "not-reviewed": Example(
        "where reviews are asked for: it runs, approved by its own author", lambda: lint_objective(goal(is_reviewed=False)),
        "approved by somebody else", lambda: lint_objective(goal(is_reviewed=True)),
    ),
    "never-checked-in": Example(
        "running, no check-in, the first was due on 9 November",
        lambda: lint_objective(goal(kr(is_running=True, next_check_in_on=date(2026, 11, 9)), kr("Two")), today=TODAY),
        "checked in on 10 November",
        lambda: lint_objective(
            goal(kr(is_running=True, next_check_in_on=date(2026, 11, 9), checked_in_on=date(2026, 11, 10)), kr("Two")), today=TODAY
        ),
    ),
    "business-as-usual": Example(
        "uptime at least 99.9 %, backlog at most 20, and nothing else",
        lambda: lint_objective(goal(keep("Uptime", low=99.9), keep("Backlog", high=20))),
        "uptime at least 99.9 %, first reply time 48 to 30 min",
        lambda: lint_objective(goal(keep("Uptime", low=99.9), kr())),
    ),
    "qualitative": Example(
        "“Mood of the team, 1 to 5”", lambda: lint_kpi(kpi("Mood of the team, 1 to 5")),
        "“Days off sick”", lambda: lint_kpi(kpi("Days off sick")),
    ),
    "no-period": Example(
        "“Below 60 days”", lambda: lint_kpi(kpi(target_text="Below 60 days")),
        "“Below 60 days each month”", lambda: lint_kpi(kpi(target_text="Below 60 days each month")),
    ),
    "unread": Example(
        "made in January, read by nothing, the last value by hand in May",
        lambda: lint_kpi(kpi(readers=0, made_on=EARLY, used_on=date(2026, 5, 4)), today=TODAY),
        "a note in October", lambda: lint_kpi(kpi(readers=0, made_on=EARLY, used_on=date(2026, 10, 5)), today=TODAY),
    ),
    "unaligned": Example(
        "an objective of Support that contributes to nothing", lambda: lint_objective(goal(owner=SUPPORT, has_parent=False)),
        "the same of the company", lambda: lint_objective(goal(has_parent=False)),
    ),
    "load": Example(
        "Jon leads eight key results, Ana and Tom three each", lambda: cycle(*crowd(8)),
        "Jon leads five", lambda: cycle(*crowd(5)),
    ),
}  # fmt: skip


def keep(title: str, **given: object) -> KeyResultFacts:
    return KeyResultFacts(title, kind=Kind.KEEP, source=title, **given)  # type: ignore[arg-type]


def about(key: str, remarks: Remarks) -> list[Remark]:
    return [one for one in remarks if one.key == key]


def row(key: str) -> str:
    """Return the line of the page for a key: the rule's own words, and what the linter says of the example."""
    rule, example = RULES[key], EXAMPLES[key]
    said = about(key, example.said_of_bad())[0]
    return f"| `{key}` | {rule.why} | {rule.how} | {example.bad}: “{said.why}” | {example.good} |"


def table() -> str:
    head = "| key | why | how | says something of | says nothing of |\n|---|---|---|---|---|\n"
    return head + "\n".join(row(key) for key in RULES) + "\n"
