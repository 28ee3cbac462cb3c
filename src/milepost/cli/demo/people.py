"""Around the people of the sample: somebody is away."""

from datetime import timedelta

from milepost.cli.demo.company import Company
from milepost.okr import actions


def look_around(company: Company) -> None:
    """Let Sofia be away for some days, with Jon in her place."""
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
