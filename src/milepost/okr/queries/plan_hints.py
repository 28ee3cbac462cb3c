"""What the linter would say of a draft, from what its card holds anyway."""

from collections.abc import Sequence

from milepost.core.guidance import KeyResultFacts, ObjectiveFacts, OwnerFacts, OwnerKind, Remark, lint_objective
from milepost.core.measure import Kind
from milepost.core.pace import Ambition
from milepost.okr.models import Counts
from milepost.okr.queries.lines import KeyResultLine


def hints_of(*, title: str, counts: str, is_person: bool, key_results: Sequence[KeyResultLine]) -> tuple[Remark, ...]:
    """Return the remarks on the words and measures of a draft; no query.

    Its lead, its parent and that it has no key result yet stand in its card already. What only the past of a
    KPI tells, and who wrote what, is among all remarks (`cycle_guidance`).
    """
    facts = ObjectiveFacts(
        title=title,
        owner=OwnerFacts(OwnerKind.PERSON) if is_person else OwnerFacts(),
        has_lead=None,
        has_parent=None,
        is_reviewed=None,
        counts_children=counts != Counts.KEY_RESULTS or not key_results,
        key_results=tuple(
            KeyResultFacts(
                title=k.title,
                kind=Kind(k.kind),
                reference=str(k.id),
                start=k.start,
                target=k.target,
                low=k.low,
                high=k.high,
                unit=k.unit_code,
                source=k.kpi_name or "",
                ambition=Ambition(k.ambition),
                priority=k.priority,
            )
            for k in key_results
        ),
    )
    return lint_objective(facts)
