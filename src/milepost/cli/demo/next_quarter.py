"""The sample's next quarter as it is being planned: drafts of two teams and the company, two more teams asked."""

from datetime import timedelta

from milepost.cli.demo.company import Company
from milepost.okr import actions

DAYS_TO_DRAFT = 10


def next_quarter(company: Company, kpis: dict[str, str]) -> None:
    """Draft objectives of the next quarter, some with a hint on them, and ask the teams that plan nothing yet."""
    top = _draft(
        company,
        "ana",
        "Customers tell each other about us",
        pillar="Customers who stay",
        key_results=[
            actions.KeyResultDraft(title="Net promoter score", kpi=kpis["Net promoter score"], start=46, target=52),
            actions.KeyResultDraft(title="Reviews that name our support", unit="reviews", start=12, target=40),
        ],
    )
    _draft(
        company,
        "lena",
        "Trials that reach their first answer",
        team="Growth",
        parent=top,
        key_results=[
            actions.KeyResultDraft(title="Trial to paid", kpi=kpis["Trial to paid"], start=6.2, target=7.5),
            actions.KeyResultDraft(title="Days to the first answer", unit="days", start=4, target=1),
        ],
    )
    _draft(
        company,
        "jon",
        "Prices people understand",
        team="Growth",
        key_results=[
            actions.KeyResultDraft(title="Billing tickets a month", unit="tickets", start=140, target=60),
            actions.KeyResultDraft(title="Launch the pricing page", kind="percent"),
        ],
    )
    _draft(
        company,
        "sofia",
        "Releases nobody notices",
        team="Delivery",
        parent=top,
        pillar="Calm delivery",
        key_results=[
            actions.KeyResultDraft(title="Change failure rate", kpi=kpis["Change failure rate"], start=11, target=7),
            actions.KeyResultDraft(title="Time to roll back", unit="min", start=22, target=5),
            actions.KeyResultDraft(title="Happier on-call engineers", kind="judged"),
        ],
    )
    at = company.morning(company.today - timedelta(days=1))
    actions.ask_for_drafts(
        by=company.place("ana", at).actor,
        cycle_id=company.cycle[1],
        wanted_by=company.today + timedelta(days=DAYS_TO_DRAFT),
        team_ids=[company.team["Support"], company.team["Help centre"]],
        now=at,
    )


def _draft(
    company: Company,
    who: str,
    title: str,
    *,
    key_results: list[actions.KeyResultDraft],
    team: str = "",
    parent: int | None = None,
    pillar: str = "",
) -> int:
    at = company.morning(company.today - timedelta(days=2))
    return actions.create_objective(
        by=company.place(who, at).actor,
        draft=actions.ObjectiveDraft(
            title=title,
            cycle_id=company.cycle[1],
            lead_id=company.ids[who],
            owner_team_id=company.team.get(team),
            parent_id=parent,
            pillar_id=company.pillar.get(pillar),
        ),
        key_results=key_results,
        activate=False,
        now=at,
    )
