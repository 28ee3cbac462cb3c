"""The work under the sample's objectives."""

from datetime import timedelta

from milepost.cli.demo.company import Company
from milepost.okr import actions
from milepost.okr.queries import task_key_results


def make_initiatives(company: Company, *, support: int, trials: int) -> None:
    """Add work to two objectives, some of it done, some late, one that counts as a task."""
    at = company.morning(company.today - timedelta(days=20))
    tom, jon = company.place("tom", at).actor, company.place("jon", at).actor
    macros = actions.add_initiative(
        by=tom,
        objective_id=support,
        draft=actions.InitiativeDraft(
            "Macros for the ten most asked questions",
            lead_id=company.ids["mina"],
            due_on=company.today - timedelta(days=6),
            items=[
                actions.ItemDraft("Count what is asked", is_done=True),
                actions.ItemDraft("Write them", is_done=True),
                actions.ItemDraft("Try them for a week"),
            ],
        ),
        now=at,
    )
    actions.set_initiative_state(by=tom, initiative_id=macros, state="doing", now=at)
    rota = actions.add_initiative(
        by=tom,
        objective_id=support,
        draft=actions.InitiativeDraft("Ask an agency for weekend cover", lead_id=company.ids["tom"]),
        now=at,
    )
    actions.set_initiative_state(by=tom, initiative_id=rota, state="done", now=at + timedelta(days=4))
    actions.add_initiative(
        by=tom,
        objective_id=support,
        draft=actions.InitiativeDraft(
            "A page that says when we answer",
            lead_id=company.ids["tom"],
            due_on=company.today + timedelta(days=9),
            link="https://issues.example.com/help/412",
        ),
        now=at,
    )
    tour = next(pk for pk, title, _ in task_key_results(jon, trials) if title == "Welcome tour")
    actions.add_initiative(
        by=jon,
        objective_id=trials,
        draft=actions.InitiativeDraft(
            "Subtitles for who cannot listen",
            key_result_id=tour,
            lead_id=company.ids["jon"],
            due_on=company.today + timedelta(days=20),
            counts=True,
        ),
        reason="Two trials asked for it",
        now=at,
    )
