"""Calculated KPIs by program (rule K7)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.conftest import Calling
from tests.metrics.formulas import calculated, measured, write
from tests.people import Company

pytestmark = pytest.mark.django_db
KPI = {"name": "Win rate", "unit": "%", "frequency": "month", "aggregation": "stock"}


@pytest.fixture
def deals(company: Company) -> Company:
    measured(company, "Won")
    measured(company, "Lost deals")
    write(company, "won", m10_01=10)
    write(company, "lost-deals", m10_01=30)
    return company


def test_a_formula_is_sent_shown_and_changed(deals: Company, calling: Calling) -> None:
    lead = calling("lead")
    made = lead.ok("POST", "/kpis", {**KPI, "formula": "100 × won ÷ (won + [lost deals])"})
    assert (made["formula"], made["value"], made["period"]) == ("100 × Won ÷ (Won + [Lost deals])", 25.0, "2026-10-01")
    listed = {kpi["slug"]: kpi["formula"] for kpi in lead.ok("GET", "/kpis")["items"]}
    assert listed == {"won": "", "lost-deals": "", "win-rate": "100 × Won ÷ (Won + [Lost deals])"}
    (reading,) = lead.ok("GET", "/kpis/win-rate/readings")["items"]
    assert (reading["source"], reading["value"], reading["author_id"]) == ("formula", 25.0, None)
    other = lead.ok("PATCH", "/kpis/win-rate", {"group": "Sales"})
    assert (other["formula"], other["value"]) == (made["formula"], 25.0)
    changed = lead.ok("PATCH", "/kpis/win-rate", {"formula": "won"})
    assert (changed["formula"], changed["value"]) == ("Won", 10.0)
    assert lead.ok("PATCH", "/kpis/win-rate", {"formula": ""})["formula"] == ""


def test_values_of_a_calculated_kpi_are_refused(deals: Company, calling: Calling) -> None:
    lead = calling("lead")
    lead.ok("POST", "/kpis", {**KPI, "formula": "won"})
    answer = lead("POST", "/kpis/win-rate/readings", {"period": "2026-10", "value": 3})
    assert answer.status_code in {409, 422}
    problem = answer.json()
    assert "“Win rate” is calculated by a formula and takes no values" in str(problem)
    moved = lead.ok("POST", "/kpis/won/readings", {"period": "2026-10", "value": 12})
    assert moved["written"] == 1
    assert lead.ok("GET", "/kpis/win-rate")["value"] == 12.0


def test_a_bad_formula_names_its_place(deals: Company, calling: Calling) -> None:
    lead = calling("lead")
    measured(deals, "Empty")
    for method, path, body in (("POST", "/kpis", KPI), ("PATCH", "/kpis/empty", {})):
        answer = lead(method, path, {**body, "formula": "2 × deals"})
        assert answer.status_code == 422
        assert "At character 5: there is no KPI “deals”" in answer.content.decode()
        assert '"formula"' in answer.content.decode()
    assert "values of its own" in lead("PATCH", "/kpis/won", {"formula": "[lost deals]"}).content.decode()


def test_a_value_is_explained_with_its_numbers(deals: Company, calling: Calling) -> None:
    lead = calling("lead")
    lead.ok("POST", "/kpis", {**KPI, "formula": "100 × won ÷ (won + [lost deals])"})
    value, status = lead.ok("GET", "/kpis/win-rate/explanation")["explanations"]
    assert value["formula"] == "100 × Won ÷ (Won + [Lost deals]) = 100 × 10 ÷ (10 + 30) = 25 %"
    assert (value["of"], value["value"], value["rules"]) == ("value", 25.0, ["K4", "K7"])
    told = [(i["label"], i["value"], i["on"], i["link"]["reference"]) for i in value["inputs"]]
    assert told == [("Won", 10.0, "2026-10-01", "won"), ("Lost deals", 30.0, "2026-10-01", "lost-deals")]
    assert status["of"] == "kpi_status"
    assert status["inputs"][0]["source"] == "calculated"
    write(deals, "lost-deals", m10_01=None)
    (value, _) = lead.ok("GET", "/kpis/win-rate/explanation")["explanations"]
    assert value["formula"].endswith("100 × 10 ÷ (10 + missing): Lost deals missing, so it is unknown")


def test_a_list_takes_as_many_queries_with_one_formula_as_with_many(deals: Company, calling: Calling) -> None:
    lead = calling("lead")
    counts = []
    for first, last in ((0, 1), (1, 20)):
        for k in range(first, last):
            calculated(deals, f"Made {k}", f"{k} × won + [lost deals]")
        lead.ok("GET", "/kpis?limit=200")
        with CaptureQueriesContext(connection) as asked:
            assert len(lead.ok("GET", "/kpis?limit=200")["items"]) == last + 2
        counts.append(len(asked))
    assert counts[0] == counts[1]
