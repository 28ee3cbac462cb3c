"""Remarks and templates, as programs read and write them."""

import pytest

from milepost.okr.actions import KeyResultDraft
from tests.api.conftest import Calling, read
from tests.people import Company

pytestmark = pytest.mark.django_db


def test_a_cycle_and_an_objective_are_remarked_on(company: Company, calling: Calling) -> None:
    goal = company.objective("Improve support", key_results=[KeyResultDraft("Tickets", start=100, target=60)])
    reader = calling("viewer", "read")
    whole = reader.ok("GET", "/guidance")
    assert whole["cycle"] == {"id": company.cycle, "name": "Q4 2026"}
    one = reader.ok("GET", f"/objectives/{goal}/guidance")["items"]
    assert one == whole["items"]
    vague = next(item for item in one if item["key"] == "vague")
    about = {
        "kind": "objective",
        "reference": str(goal),
        "title": "Improve support",
        "objective": str(goal),
        "within": "Improve support",
    }
    assert vague == {
        "key": "vague", "about": about, "field": "title", "why": "“Improve” is true of any change.",
        "how": "What will customers or colleagues notice?",
    }  # fmt: skip
    assert reader.ok("GET", f"/guidance?cycle={company.cycle}") == whole
    assert reader("GET", "/guidance?cycle=999999").status_code == 404
    company.kpi(target=None)
    of_kpis = reader.ok("GET", "/guidance?of=kpis")
    assert of_kpis["cycle"] is None
    assert {item["key"] for item in of_kpis["items"]} == {"no-source", "no-target"}


def test_a_goal_behind_a_wall_is_remarked_on_for_those_inside(company: Company, calling: Calling) -> None:
    goal = company.objective("Improve it in secret", visibility="private")
    assert "secret" in str(calling("lead", "read").ok("GET", "/guidance"))
    outside = calling("member", "read")
    assert "secret" not in str(outside.ok("GET", "/guidance"))
    assert outside("GET", f"/objectives/{goal}/guidance").status_code == 404


def test_templates_are_listed_made_and_deleted(company: Company, calling: Calling) -> None:
    lead = calling("lead")
    assert len(lead.ok("GET", "/templates")["items"]) == 70
    found = lead.ok("GET", "/templates?kind=objective&department=finance")["items"]
    assert {item["department"] for item in found} == {"finance"}
    made = lead.ok("POST", "/templates", {"objective_id": company.objective(), "name": "Ours"}, status=201)
    assert (made["name"], made["kind"], made["can_edit"], made["by"]) == ("Ours", "objective", True, "Lead Acme")
    assert made["key_results"][0] | {"title": ""} == {
        "title": "", "kind": "reach", "unit": "", "start": None, "target": None, "rises": False, "source": "", "steps": [],
    }  # fmt: skip
    assert lead.ok("GET", "/templates?q=ours")["items"][0] == made
    lead.ok("POST", "/templates", {"kpi": company.kpi()}, status=201)
    neither = lead("POST", "/templates", {"name": "Of what?"})
    assert (neither.status_code, read(neither)["errors"][0]["field"]) == (422, "objective_id")
    assert lead("DELETE", f"/templates/{made['id']}").status_code == 204
    assert lead("DELETE", f"/templates/{made['id']}").status_code == 404
