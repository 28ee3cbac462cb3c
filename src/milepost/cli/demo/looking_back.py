"""The sample's last quarter as it is looked back on: a goal that waits for its grades, and what was learned."""

from datetime import timedelta

from milepost.cli.demo.check_ins import check_in_all
from milepost.cli.demo.company import Company
from milepost.okr import actions
from milepost.okr.queries import objective_page


def looking_back(company: Company) -> None:
    """Leave an objective of last quarter to be graded, one key result of it graded already."""
    began = company.morning(company.first[-1] + timedelta(days=2))
    tom = company.place("tom", began).actor
    pk = actions.create_objective(
        by=tom,
        draft=actions.ObjectiveDraft(
            title="Solved tickets stay solved",
            cycle_id=company.cycle[-1],
            lead_id=company.ids["tom"],
            owner_team_id=company.team["Support"],
            why="One ticket in eight came back within a week.",
        ),
        key_results=[
            actions.KeyResultDraft(title="Tickets that come back", unit="%", start=12, target=6),
            actions.KeyResultDraft(
                title="Macros rewritten with the docs team",
                kind="milestone",
                steps=(actions.StepDraft("The ten most used"), actions.StepDraft("The rest")),
                lead_id=company.ids["mina"],
            ),
        ],
        now=began,
    )
    for days_before, value, share in ((60, 10.5, 0.0), (32, 9.0, 0.5), (4, 8.0, 1.0)):
        check_in_all(
            company,
            pk,
            "tom",
            at=company.morning(company.first[0] - timedelta(days=days_before)),
            confidence=7,
            values={"Tickets that come back": value},
            ticks=share,
            note="",
        )
    after = company.morning(company.first[0] + timedelta(days=2))
    mina = company.place("mina", after)
    macros = next(k.id for k in objective_page(mina.actor, pk, today=mina.today).key_results if k.kind == "milestone")
    said = actions.GradeDraft(lesson="Rewriting the ten most used was worth most of it", outcome="keep")
    actions.save_grades(by=mina.actor, drafts={macros: said}, now=after)
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
