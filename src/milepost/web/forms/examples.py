"""What an example puts into the forms of objectives and KPIs."""

import re
from typing import Any

from django.http import QueryDict

from milepost.okr.queries import TemplateKeyResult, TemplateRow, find_template
from milepost.web.forms.fields import optional_id
from milepost.workspace.permissions import Actor

# “At most 30 min each week”, not “At least 2 % more each month”
PLAIN = re.compile(
    r"(?P<how>At least|At most|Between|Never below) (?P<first>\d+(?:\.\d+)?)"
    r"(?: and (?P<second>\d+(?:\.\d+)?))?\b(?! % more)"
)
ASKS_NOTHING = frozenset({"milestone", "percent", "judged", "baseline"})  # kinds that a row without numbers can make


def chosen(actor: Actor, asked: QueryDict, *, kind: str) -> TemplateRow | None:
    """Return the example that an address names, None if it names none.

    Raises:
        NotFound: there is no such example.
    """
    slug, template_id = asked.get("example", ""), optional_id(asked.get("template", ""))
    if not slug and template_id is None:
        return None
    return find_template(actor, kind=kind, slug=slug, template_id=template_id)


def objective_fields(row: TemplateRow) -> dict[str, Any]:
    return {"title": row.title, "why": row.why, "ambition": row.ambition}


def key_result_rows(row: TemplateRow) -> list[dict[str, Any]]:
    """Return a row of the form for each key result; a kind that needs more than a row begins as a value to reach."""
    return [
        {"title": k.title, "start": k.start, "target": k.target, "unit": k.unit, "kind": _kind(k)}
        for k in row.key_results
    ]


def _kind(k: TemplateKeyResult) -> str:
    return "milestone" if k.kind == "tasks" else k.kind if k.kind in ASKS_NOTHING else "reach"


def kpi_fields(row: TemplateRow) -> dict[str, Any]:
    """Return the definition, with the numbers of its target where its words are plain."""
    return {
        "name": row.title,
        "description": row.why,
        "unit": row.unit,
        "direction": row.direction,
        "frequency": row.frequency,
        "aggregation": row.aggregation,
        "as_given": row.target,
        **_numbers(row.target),
    }


def _numbers(target: str) -> dict[str, float]:
    found = PLAIN.match(target)
    if found is None:
        return {}
    first, second = float(found["first"]), found["second"]
    if second is not None:
        return {"low": first, "high": float(second)}
    return {"high" if found["how"] == "At most" else "low": first}
