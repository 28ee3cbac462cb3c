"""Who may see a calculated KPI: nobody who may not see all it reads (M5, R6, K7)."""

import pytest

from milepost.metrics.models import Metric
from milepost.metrics.queries import get_kpi, try_formula
from milepost.metrics.queries.formulas import edges_of, inputs_shown, shown_formula
from milepost.workspace import actions as workspace
from milepost.workspace.errors import Invalid
from milepost.workspace.models import Team
from tests.metrics.formulas import calculated, edit, measured, pk_of, write
from tests.people import NOW, Company, build_company

pytestmark = pytest.mark.django_db


@pytest.fixture
def teams(company: Company) -> dict[str, int]:
    """Support, with a team below and one beside it."""
    by = company.actor()
    below = workspace.create_team(by=by, name="Phone", parent_id=company.team, now=NOW)
    beside = workspace.create_team(by=by, name="Sales", parent_id=None, now=NOW)
    return {"none": 0, "own": company.team, "below": below, "beside": beside}


# The team of the input, of the result, and whether the result may read it; both are for their team alone.
TEAMS = [
    ("own", "own", True),
    ("below", "own", True),  # who sees Support's goals is in Support or above: they see Phone's too
    ("own", "below", False),  # who is in Phone does not see Support's
    ("own", "beside", False),
]


@pytest.mark.parametrize(("read", "reader", "may"), TEAMS)
def test_a_team_reads_what_is_its_own_or_below_it(
    company: Company, teams: dict[str, int], read: str, reader: str, may: bool
) -> None:
    measured(company, "Salaries", visibility="team", owner_team_id=teams[read])
    given = {"visibility": "team", "owner_team_id": teams[reader]}
    if may:
        assert calculated(company, "Cost", "2 × salaries", **given)
        return
    with pytest.raises(Invalid, match="“Salaries” is seen by fewer people than this KPI") as caught:
        calculated(company, "Cost", "2 × salaries", **given)
    assert caught.value.field == "visibility"
    assert not Metric.objects.filter(name="Cost").exists()


# How far input and result are seen, by one lead; whether the result may read the input.
WALLS = [
    ("everybody", "everybody", True), ("everybody", "team", True), ("everybody", "private", True),
    ("team", "everybody", False), ("team", "team", True), ("team", "private", True),
    ("private", "everybody", False), ("private", "team", False), ("private", "private", True),
]  # fmt: skip


@pytest.mark.parametrize(("read", "reader", "may"), WALLS)
def test_the_result_is_seen_by_no_more_than_its_inputs(company: Company, read: str, reader: str, may: bool) -> None:
    slug = measured(company, "Salaries", visibility=read)
    made = calculated(company, "Cost", "2 × salaries", visibility="private", lead_id=company.ids["lead"])
    if may:
        edit(company, made, visibility=reader)
    else:
        with pytest.raises(Invalid, match="“Salaries” is seen by fewer people"):  # the result made wider
            edit(company, made, visibility=reader)
    assert Metric.objects.get(slug=slug).visibility == ["everybody", "team", "private"].index(read)


@pytest.mark.parametrize(("read", "reader", "may"), WALLS)
def test_an_input_is_not_made_narrower_than_what_reads_it(company: Company, read: str, reader: str, may: bool) -> None:
    slug = measured(company, "Salaries")
    calculated(company, "Cost", "2 × salaries", visibility=reader)
    calculated(company, "Cost again", "3 × salaries", visibility=reader)
    if may:
        edit(company, slug, visibility=read)
        return
    with pytest.raises(Invalid) as caught:
        edit(company, slug, visibility=read)
    assert str(caught.value) == (
        "2 calculated KPIs read this one and would be seen by more people than it. Let fewer see that first."
    )
    assert caught.value.field == "visibility"
    assert Metric.objects.get(slug=slug).visibility == 0


def test_a_person_who_helps_with_the_result_must_see_the_input(company: Company) -> None:
    measured(company, "Salaries", visibility="private")
    made = calculated(company, "Cost", "2 × salaries", visibility="private")
    with pytest.raises(Invalid, match="“Salaries” is seen by fewer people"):
        edit(company, made, contributor_ids=[company.ids["member"]])
    edit(company, made, contributor_ids=[company.ids["admin"]])  # sees everything anyway


def test_who_joins_a_team_later_is_thought_of(company: Company) -> None:
    """The team has one member today who helps with the input, too: tomorrow there may be two."""
    helpers = [company.ids["lead"], company.ids["manager"]]
    measured(company, "Salaries", visibility="private", contributor_ids=helpers)
    with pytest.raises(Invalid, match="“Salaries” is seen by fewer people"):
        calculated(company, "Cost", "2 × salaries", visibility="team")


def test_a_hidden_kpi_is_no_name_that_a_formula_knows(company: Company) -> None:
    slug = measured(company, "Salaries", visibility="private", lead_id=company.ids["admin"])
    mine = measured(company, "Mine", lead_id=company.ids["member"])
    for word in ("salaries", f"[{slug}]", f"[#{pk_of(slug)}]"):
        with pytest.raises(Invalid) as caught:
            edit(company, mine, who="member", formula=f"{word} × 2", lead_id=company.ids["member"])
        assert "there is no KPI" in str(caught.value)
        assert "There are Mine." in str(caught.value)


def test_how_many_read_it_is_told_without_their_names(company: Company) -> None:
    mine = measured(company, "Mine", lead_id=company.ids["member"], owner_team_id=None)
    calculated(company, "Secret plan", "2 × mine", visibility="private")
    with pytest.raises(Invalid) as caught:
        edit(company, mine, who="member", visibility="private")
    assert str(caught.value).startswith("1 calculated KPI reads this one and would be seen by more people")
    assert "Secret" not in str(caught.value)


def test_a_reader_is_told_only_of_inputs_that_are_theirs_to_see(company: Company, teams: dict[str, int]) -> None:
    slug = measured(company, "Salaries", visibility="team", owner_team_id=teams["own"], lead_id=company.ids["admin"])
    measured(company, "Rent")
    made = calculated(company, "Cost", "rent + salaries", visibility="team", owner_team_id=teams["own"])
    Metric.objects.filter(slug=slug).update(owner_team_id=teams["beside"])  # past the walls, as a moved team may be
    kpi = get_kpi(company.actor("lead"), made)
    assert shown_formula(company.actor("lead"), kpi) == "Rent + hidden"
    assert [one.name for one in inputs_shown(company.actor("lead"), kpi)[1]] == ["Rent"]
    assert shown_formula(company.actor(), kpi) == "Rent + Salaries"


def test_a_path_of_a_circle_hides_what_is_hidden(company: Company) -> None:
    mine = measured(company, "Mine", lead_id=company.ids["member"], owner_team_id=None)
    middle = calculated(company, "Middle", "2 × mine")
    calculated(company, "End", "2 × middle")
    Metric.objects.filter(slug=middle).update(visibility=2)  # past the walls
    with pytest.raises(Invalid, match="“Mine” → “End” → “a KPI you do not see” → “Mine”"):
        edit(company, mine, who="member", formula="end + 1")


def test_a_hidden_input_is_not_named_to_who_lets_more_people_see_the_result(company: Company) -> None:
    """Past the walls: an input that was narrowed, and one that is another workspace's by now."""
    narrowed, moved = measured(company, "Salaries"), measured(company, "Payroll")
    made = calculated(company, "Cost", "salaries + payroll", visibility="private", lead_id=company.ids["lead"])
    Metric.objects.filter(slug=narrowed).update(visibility=2, lead_id=company.ids["admin"])
    for change in ({}, {"workspace_id": build_company("Zebra").workspace_id, "visibility": 1}):
        if change:
            Metric.objects.filter(slug=narrowed).update(visibility=0)
            Metric.objects.filter(slug=moved).update(**change)
        with pytest.raises(Invalid) as caught:
            edit(company, made, who="admin" if change else "lead", visibility="everybody")
        assert str(caught.value).startswith("An input of the formula is seen by fewer people")


def test_a_team_of_another_workspace_between_two_of_ours_joins_nothing(company: Company, teams: dict[str, int]) -> None:
    theirs = build_company("Zebra").team
    measured(company, "Salaries", visibility="team", owner_team_id=teams["own"])
    Team.objects.filter(pk=teams["own"]).update(parent_id=theirs)
    Team.objects.filter(pk=theirs).update(parent_id=teams["beside"])
    with pytest.raises(Invalid, match="seen by fewer people"):
        calculated(company, "Cost", "2 × salaries", visibility="team", owner_team_id=teams["beside"])


def test_trying_a_formula_for_a_kpi_that_is_not_there_tells_nothing_of_it(company: Company) -> None:
    measured(company, "Mine", lead_id=company.ids["member"])
    hidden = measured(company, "Salaries", visibility="private", lead_id=company.ids["admin"])
    foreign = build_company("Zebra")
    theirs = measured(foreign, "Payroll")
    for where, slug in ((company, hidden), (foreign, theirs)):
        write(where, slug, m10_01=5)
        asked = {"name": "Cost", "frequency": "month", "today": NOW.date(), "fiscal_month": 1}
        assert try_formula(company.actor("member"), "2 × mine", slug=slug, **asked).inputs
    with pytest.raises(Invalid, match="has values of its own"):
        try_formula(company.actor(), "2 × mine", slug=hidden, **asked)


def test_what_reads_what_is_told_of_one_workspace(company: Company) -> None:
    for at in (company, build_company("Zebra")):
        measured(at, "Mine")
        calculated(at, "Twice", "2 × mine")
    ours = set(Metric.objects.filter(workspace_id=company.workspace_id).values_list("pk", flat=True))
    told = edges_of(company.workspace_id)
    assert told
    assert {*told, *(pk for below in told.values() for pk in below)} <= ours
