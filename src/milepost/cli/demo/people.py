"""Around the people of the sample: somebody is away, and one team asks another."""

from datetime import timedelta

from milepost.cli.demo.company import Company
from milepost.okr import actions


def look_around(company: Company, goals: dict[str, int]) -> None:
    """Let Sofia be away for some days, with Jon in her place, and let Jon ask Tom for a yes."""
    today = company.place("sofia", company.now).today
    actions.add_away(
        by=company.place("sofia", company.now).actor,
        membership_id=company.ids["sofia"],
        first_day=today,
        last_day=today + timedelta(days=9),
        stand_in_id=company.ids["jon"],
        note="With the children at the sea",
        now=company.now,
    )
    at = company.now - timedelta(hours=1)
    actions.add_parent(
        by=company.place("jon", at).actor,
        objective_id=goals["first week"],
        parent_id=goals["support"],
        why="Who finds their way alone writes no ticket",
        reason="Both teams win by it",
        now=at,
    )
