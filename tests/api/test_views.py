"""Views by program, and the list of objectives under the filters of the pages."""

from typing import Any

import pytest

from milepost.okr import actions
from milepost.workspace import actions as workspace
from tests.api.conftest import Calling
from tests.people import NOW, TODAY, Company

pytestmark = pytest.mark.django_db


def test_a_view_is_kept_changed_and_deleted(company: Company, calling: Calling) -> None:
    lead, admin = calling("lead"), calling("admin")
    made = lead.ok("POST", "/views", {"name": "Mine", "query": "?view=mine&as=list", "is_default": True})
    assert made == {
        "id": made["id"], "name": "Mine", "query": "as=list&view=mine", "is_shared": False, "is_default": True,
        "owner_id": company.ids["lead"], "owner_name": "Lead Acme", "version": 1, "is_mine": True,
    }  # fmt: skip
    assert admin.ok("GET", "/views")["items"] == []
    assert admin("GET", f"/views/{made['id']}").status_code == 404
    shared = lead.ok("PATCH", f"/views/{made['id']}", {"is_shared": True, "name": "Ours"})
    assert (shared["is_shared"], shared["name"], shared["query"], shared["version"]) == (
        True,
        "Ours",
        "as=list&view=mine",
        2,
    )
    (seen,) = admin.ok("GET", "/views?is_shared=true&sort=name")["items"]
    assert (seen["name"], seen["is_mine"], seen["is_default"]) == ("Ours", False, False)
    assert lead.ok("GET", "/views?is_shared=false")["items"] == []
    assert lead("PATCH", f"/views/{made['id']}", {"name": "Late"}, If_Match='"1-x"').status_code == 412
    assert lead("DELETE", f"/views/{made['id']}").status_code == 204
    assert lead.ok("GET", "/views")["items"] == []


@pytest.mark.parametrize(
    ("body", "field", "said"),
    [
        ({"name": "A", "query": "as=pie"}, "query", "There is no view “pie” of goals."),
        ({"name": "A", "query": "colour=red"}, "query", "A view knows no “colour”."),
        ({"name": " ", "query": ""}, "name", "Write a name."),
    ],
)
def test_what_cannot_be_kept_is_a_problem_with_its_field(
    company: Company, calling: Calling, body: dict[str, Any], field: str, said: str
) -> None:
    answer = calling("lead")("POST", "/views", body)
    assert answer.status_code == 422
    (problem,) = answer.json()["errors"]
    assert problem["field"].endswith(field)
    assert problem["message"].startswith(said)


def test_objectives_are_listed_under_the_filters_of_the_pages(company: Company, calling: Calling) -> None:
    by = company.actor()
    below = workspace.create_team(by=by, name="Evenings", parent_id=company.team, now=NOW)
    top = company.objective("Be recommended", owner_team_id=None, who="admin")
    company.objective("Answer at once", parent_id=top)
    company.objective("Answer after six", who="admin", owner_team_id=below)
    company.objective("Zebra answers", who="admin", visibility="private")
    actions.refresh_day(by=company.operator(), now=NOW)
    member = calling("member")

    def titles(asked: str) -> list[str]:
        return [item["title"] for item in member.ok("GET", f"/objectives?{asked}")["items"]]

    assert titles(f"within_team_id={company.team}") == ["Answer at once", "Answer after six"]
    assert titles(f"within_team_id={below}") == titles("unaligned=true&text=six") == ["Answer after six"]
    assert titles("within_team_id=999999") == titles("text=zebra") == titles("text=%3F") == []
    assert titles("text=answ") == ["Answer at once", "Answer after six"]
    assert titles("text=answ+once&unaligned=false") == ["Answer at once"]
    assert titles("needs_attention=true") == [t for t in titles("") if t not in titles("needs_attention=false")]
    assert titles(f"due_by={TODAY.isoformat()}") == titles("")
    assert titles("due_by=2026-01-01") == []
    first = member.ok("GET", f"/objectives?within_team_id={company.team}&limit=1")
    second = member.ok("GET", f"/objectives?within_team_id={company.team}&limit=1&cursor={first['next']}")
    assert [page["items"][0]["title"] for page in (first, second)] == ["Answer at once", "Answer after six"]
