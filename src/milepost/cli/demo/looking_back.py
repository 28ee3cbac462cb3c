"""The sample's last quarter as it was looked back on."""

from datetime import timedelta

from milepost.cli.demo.company import Company
from milepost.okr import actions


def looking_back(company: Company) -> None:
    """Write what last quarter left behind, beside the lessons of its key results."""
    after = company.morning(company.first[0] + timedelta(days=2))
    actions.write_retrospective(
        by=company.place("ana", after).actor,
        cycle_id=company.cycle[-1],
        draft=actions.RetrospectiveDraft(
            kept="Ten minutes of check-ins in the team meeting",
            changed="A hire starts a cycle before the goal that needs it",
            learned="Evening cover moves reply times more than any macro",
        ),
        now=after,
    )
