"""Whom a goal, a KPI or a team names is here: nobody who was removed, nobody and no team of another workspace."""

from collections.abc import Callable

import pytest

from milepost.metrics import actions as metrics
from milepost.okr import actions as okr
from milepost.workspace import actions as workspace
from milepost.workspace.errors import Invalid, NotFound
from tests.people import NOW, TODAY, Company, build_company

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["removed", "of another workspace"])
def nobody(request: pytest.FixtureRequest, company: Company) -> int:
    """The id of somebody who cannot be named."""
    if request.param == "removed":
        workspace.remove_member(by=company.actor(), membership_id=company.ids["member"], now=NOW)
        return company.ids["member"]
    return build_company("Other").ids["member"]


def objective(company: Company, **given: object) -> okr.ObjectiveDraft:
    fields = {"title": "Be it", "cycle_id": company.cycle, "lead_id": company.ids["lead"]} | given
    return okr.ObjectiveDraft(**fields)  # type: ignore[arg-type]


def kpi(company: Company, **given: object) -> metrics.KpiDraft:
    fields: dict[str, object] = {
        "name": "Uptime", "unit": "%", "direction": "higher", "frequency": "week", "aggregation": "stock",
        "target": None, "lead_id": company.ids["lead"],
    } | given  # fmt: skip
    return metrics.KpiDraft(**fields)  # type: ignore[arg-type]


def add_objective(company: Company, **given: object) -> object:
    return okr.create_objective(by=company.actor(), draft=objective(company, **given), activate=False, now=NOW)


def add_kpi(company: Company, **given: object) -> object:
    return metrics.create_kpi(by=company.actor(), draft=kpi(company, **given), today=TODAY, now=NOW)


def add_key_result(company: Company, **given: object) -> object:
    draft = okr.KeyResultDraft(title="Tickets", start=100, target=50, **given)  # type: ignore[arg-type]
    return okr.add_key_result(
        by=company.actor(), objective_id=company.objective(activate=False), draft=draft, reason="", now=NOW
    )


PEOPLE: dict[str, Callable[[Company, int], object]] = {
    "lead of an objective": lambda c, who: add_objective(c, lead_id=who),
    "owner of an objective": lambda c, who: add_objective(c, owner_person_id=who),
    "contributor of an objective": lambda c, who: add_objective(c, contributor_ids=[who]),
    "lead of a key result": lambda c, who: add_key_result(c, lead_id=who),
    "lead of a KPI": lambda c, who: add_kpi(c, lead_id=who),
    "contributor of a KPI": lambda c, who: add_kpi(c, contributor_ids=[who]),
    "member of a team": lambda c, who: workspace.set_team_member(
        by=c.actor(), team_id=c.team, membership_id=who, is_manager=False, now=NOW
    ),
}


@pytest.mark.parametrize("place", PEOPLE)
def test_nobody_is_named_who_is_not_here(company: Company, nobody: int, place: str) -> None:
    PEOPLE[place](company, company.ids["lead"])  # somebody who is here can be
    with pytest.raises((NotFound, Invalid)):
        PEOPLE[place](company, nobody)


TEAMS: dict[str, Callable[[Company, int], object]] = {
    "owner of an objective": lambda c, team: add_objective(c, owner_team_id=team),
    "owner of a KPI": lambda c, team: add_kpi(c, name=f"Uptime {team}", owner_team_id=team),
    "place of an invitation": lambda c, team: workspace.invite(
        by=c.actor(), label="Noor", role="member", team_id=team, now=NOW
    ),
    "parent of a team": lambda c, team: workspace.create_team(
        by=c.actor(), name=f"Below {team}", parent_id=team, now=NOW
    ),
    "new parent of a team": lambda c, team: workspace.edit_team(
        by=c.actor(), team_id=workspace.create_team(by=c.actor(), name=f"Moved {team}", parent_id=None, now=NOW),
        name=f"Moved to {team}", parent_id=team, now=NOW,
    ),
}  # fmt: skip


@pytest.mark.parametrize("place", TEAMS)
def test_no_team_is_named_that_is_not_here(company: Company, place: str) -> None:
    TEAMS[place](company, company.team)
    with pytest.raises((NotFound, Invalid)):
        TEAMS[place](company, build_company("Other").team)


def test_names_are_free_that_another_workspace_has(company: Company) -> None:
    other = build_company("Other")
    for c in (company, other):
        assert workspace.create_team(by=c.actor(), name="Care", parent_id=None, now=NOW)
        okr.create_cycle(by=c.actor(), name="Summer", first_day=TODAY, last_day=TODAY, now=NOW)
    assert add_kpi(company) == add_kpi(other)  # the same slug
