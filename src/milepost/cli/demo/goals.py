"""The sample's objectives: one of last quarter, closed, and those of this one."""

from datetime import datetime, timedelta

from milepost.cli.demo.check_ins import check_in_all, check_in_weekly
from milepost.cli.demo.company import Company
from milepost.cli.demo.initiatives import make_initiatives
from milepost.okr import actions
from milepost.okr.queries import objective_page


def last_quarter(company: Company, kpis: dict[str, str]) -> None:
    """Make the objective of last quarter, checked in on and closed."""
    at = company.morning(company.first[-1] + timedelta(days=1))
    tom = company.place("tom", at).actor
    pk = actions.create_objective(
        by=tom,
        draft=actions.ObjectiveDraft(
            title="Somebody answers in the evening too",
            cycle_id=company.cycle[-1],
            lead_id=company.ids["tom"],
            owner_team_id=company.team["Support"],
            why="Half of our customers write after six.",
            pillar_id=company.pillar["Customers who stay"],
        ),
        key_results=[
            actions.KeyResultDraft(title="First reply time", kpi=kpis["First reply time"], start=57, target=48),
            actions.KeyResultDraft(
                title="Evening shifts staffed",
                kind="milestone",
                steps=(
                    actions.StepDraft("Rota agreed"),
                    actions.StepDraft("Two people hired"),
                    actions.StepDraft("First full month"),
                ),
            ),
        ],
        now=at,
    )
    check_in_all(
        company,
        pk,
        "tom",
        at=company.morning(company.first[0] - timedelta(days=3)),
        confidence=8,
        note="The evening rota holds",
    )
    end = company.morning(company.first[0] + timedelta(days=1))
    after = company.place("tom", end)
    learned = {
        "First reply time": actions.GradeDraft(lesson="The hours after six decide it", outcome="keep"),
        "Evening shifts staffed": actions.GradeDraft(lesson="Two hires took nine weeks", outcome="drop"),
    }
    rows = objective_page(after.actor, pk, today=after.today).key_results
    actions.close_objective(
        by=after.actor,
        objective_id=pk,
        grade=actions.GradeDraft(),
        key_results={k.id: learned[k.title] for k in rows},
        now=end,
    )


def this_quarter(company: Company, kpis: dict[str, str]) -> None:
    """Make the objectives of this quarter, checked in on each week."""
    at = company.morning(company.first[0])
    top = _objective(
        company,
        "ana",
        at,
        "Be the tool support teams recommend",
        why="Half of our new trials come from a support lead telling another.",
        key_results=[
            actions.KeyResultDraft(
                title="First reply time",
                kpi=kpis["First reply time"],
                start=48,
                target=30,
                share=0.34,
                lead_id=company.ids["tom"],
            ),
            actions.KeyResultDraft(title="Net promoter score", kpi=kpis["Net promoter score"], start=38, target=50),
            actions.KeyResultDraft(
                title="Help articles that solve the ticket", unit="%", start=20, target=45, lead_id=company.ids["mina"]
            ),
        ],
        counts="both",
        pillar="Customers who stay",
    )
    team = _objective(
        company,
        "tom",
        at,
        "Answer customers before they ask twice",
        tags=("support",),
        shared=("Growth",),
        team="Support",
        parent=top,
        key_results=[
            actions.KeyResultDraft(title="Tickets older than 24 h", unit="tickets", start=120, target=20),
            actions.KeyResultDraft(
                title="Weekend rota staffed",
                kind="milestone",
                steps=(
                    actions.StepDraft("Rota agreed"),
                    actions.StepDraft("First hire"),
                    actions.StepDraft("Second hire"),
                ),
            ),
            actions.KeyResultDraft(title="Reopened tickets stay rare", unit="%", kind="keep", high=6, tolerance=2),
        ],
    )
    revenue = _objective(
        company,
        "lena",
        at,
        "Grow revenue we keep",
        tags=("onboarding", "pricing"),
        pillar="Revenue that lasts",
        ambition="aspirational",
        key_results=[
            actions.KeyResultDraft(
                title="Monthly recurring revenue",
                kpi=kpis["Monthly recurring revenue"],
                start=1_020_000,
                target=1_260_000,
            ),
            actions.KeyResultDraft(
                title="Expansion revenue", unit="EUR", start=0, target=120_000, lead_id=company.ids["jon"]
            ),
        ],
    )
    calm = _objective(
        company,
        "sofia",
        at,
        "Ship calmly",
        pillar="Calm delivery",
        key_results=[
            actions.KeyResultDraft(title="Change failure rate", kpi=kpis["Change failure rate"], start=16, target=10),
            actions.KeyResultDraft(title="Lead time, median", kpi=kpis["Lead time, median"], start=4.2, target=2.5),
        ],
    )
    _objective(
        company,
        "mina",
        at,
        "Articles that answer the question",
        team="Help centre",
        parent=team,
        draft=True,
        key_results=[
            actions.KeyResultDraft(title="Searches without a result", unit="%", start=18, target=8),
        ],
    )
    easy = _objective(
        company,
        "jon",
        at,
        "Make the first week feel easy",
        tags=("onboarding",),
        team="Growth",
        ambition="aspirational",
        key_results=[
            actions.KeyResultDraft(
                title="Trials that invite a colleague",
                kind="levels",
                unit="%",
                start=20,
                floor=26,
                target=36,
                stretch=44,
                curve="back",
                priority=0,
            ),
            actions.KeyResultDraft(
                title="Welcome tour",
                kind="tasks",
                steps=(
                    actions.StepDraft("Five teams watched at work"),
                    actions.StepDraft("First draft tried"),
                    actions.StepDraft("Video", is_cancelled=True),
                    actions.StepDraft("In three languages"),
                    actions.StepDraft("On for everybody"),
                ),
            ),
            actions.KeyResultDraft(title="Support leads call it easy", kind="judged"),
            actions.KeyResultDraft(title="Minutes to the first ticket", kind="baseline", unit="min"),
        ],
    )
    check_in_weekly(
        company,
        {
            top: ("ana", {"Help articles that solve the ticket": (20, 33)}, 7),
            team: ("tom", {"Tickets older than 24 h": (118, 64), "Reopened tickets stay rare": (5.5, 6.5)}, 7),
            revenue: ("lena", {"Expansion revenue": (4_000, 33_600)}, 6),
            calm: ("sofia", {}, 9),
            easy: (
                "jon",
                {"Trials that invite a colleague": (21, 31.5), "Minutes to the first ticket": (58, 52)},
                6,
            ),
        },
    )
    make_initiatives(company, support=team, trials=easy)


def _objective(
    company: Company,
    who: str,
    at: datetime,
    title: str,
    *,
    key_results: list[actions.KeyResultDraft],
    why: str = "",
    team: str = "",
    parent: int | None = None,
    ambition: str = "committed",
    counts: str = "key_results",
    draft: bool = False,
    pillar: str = "",
    tags: tuple[str, ...] = (),
    shared: tuple[str, ...] = (),
) -> int:
    return actions.create_objective(
        by=company.place(who, at).actor,
        draft=actions.ObjectiveDraft(
            title=title,
            why=why,
            cycle_id=company.cycle[0],
            lead_id=company.ids[who],
            owner_team_id=company.team.get(team),
            parent_id=parent,
            ambition=ambition,
            counts=counts,
            pillar_id=company.pillar.get(pillar),
            tags=tags,
            sharing_team_ids=[company.team[name] for name in shared],
        ),
        key_results=key_results,
        activate=not draft,
        now=at,
    )
