"""Goals as they stood, as a program reads them."""

from typing import Any

from milepost.okr.queries.as_of.goals import PastGoals
from milepost.okr.queries.lines import KeyResultLine, ObjectiveLine
from milepost.workspace.permissions import WHO_SEES, Visibility

KEY_RESULT = (
    "id", "objective_id", "title", "kind", "state", "start", "target", "low", "high", "tolerance", "floor", "stretch",
    "weight", "share", "ambition", "lead_id", "lead_name", "value", "value_on", "is_revised", "revised_to", "progress",
    "score", "expected", "confidence", "checked_in_on", "grade",
)  # fmt: skip
OBJECTIVE = (
    "id", "title", "state", "ambition", "owner_kind", "owner_id", "owner_name", "lead_id", "lead_name", "score",
    "expected", "confidence", "reported", "missing", "checked_in_on", "grade",
)  # fmt: skip


def show_past(past: PastGoals) -> dict[str, Any]:
    """Return goals as they stood, by id; `below` holds the ids of what hung below each."""
    return {
        "on": past.day,
        "cycle_id": past.cycle_id,
        "cycle_name": past.cycle_name,
        "first_day": past.first_day,
        "last_day": past.last_day,
        "top": list(past.roots),
        "objectives": [_objective(past, past.objectives[pk]) for pk in sorted(past.objectives)],
    }


def _objective(past: PastGoals, line: ObjectiveLine) -> dict[str, Any]:
    return {
        **{name: getattr(line, name) for name in OBJECTIVE},
        "status": line.word,
        "why": past.why[line.id],
        "tags": list(past.tags[line.id]),
        "pillar_id": line.pillar_id,
        "cycle_id": line.cycle_id,
        "contributing": line.children,
        "visibility": WHO_SEES[Visibility(line.visibility)],
        "below": list(past.children.get(line.id, ())),
        "key_results": [_key_result(k) for k in past.key_results.get(line.id, ())],
    }


def _key_result(line: KeyResultLine) -> dict[str, Any]:
    return {
        **{name: getattr(line, name) for name in KEY_RESULT},
        "unit": line.unit_code,
        "kpi": line.kpi_slug,
        "status": line.word,
        "plan_status": line.plan_word,
    }
