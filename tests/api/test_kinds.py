"""Every kind of key result by program: added, checked in on, shown, amended."""

from typing import Any

import pytest

from milepost.okr.models import KeyResult
from tests.api.conftest import Calling
from tests.people import Company

pytestmark = pytest.mark.django_db
LEVELS = {"kind": "levels", "start": 0, "floor": 40, "target": 100, "stretch": 140, "ambition": "aspirational"}


@pytest.mark.parametrize(
    ("given", "sent", "score"),
    [
        (LEVELS, {"value": 70}, 0.5),
        ({"kind": "percent"}, {"value": 35}, 0.35),
        ({"kind": "judged"}, {"judged": 0.6, "note": "Two of three said so"}, 0.6),
        ({"kind": "baseline", "unit": "min"}, {"value": 48}, None),
        ({"kind": "tasks", "steps": [{"title": "A"}, {"title": "B", "is_cancelled": True}]}, {"done": 1}, 1.0),
        ({"kind": "milestone", "steps": [{"title": "A", "weight": 3}, {"title": "B"}]}, {"done": 0.5}, 0.375),
        ({"kind": "keep", "low": 1, "high": 9, "at_close": True}, {"value": 4}, None),
    ],
)
def test_each_kind_is_added_checked_in_on_and_shown(
    company: Company, calling: Calling, given: dict[str, Any], sent: dict[str, Any], score: float | None
) -> None:
    lead = calling("lead")
    goal = company.objective()
    made = lead.ok(
        "POST", f"/objectives/{goal}/key-results", {"title": "M", **given, "priority": 3, "reason": "Agreed"}
    )
    assert {name: made[name] for name in given if name != "steps"} == {k: v for k, v in given.items() if k != "steps"}
    assert (made["priority"], made["curve"], made["override"]) == (3, "linear", None)
    body = {"key_result_id": made["id"], "confidence": 6, **{k: v for k, v in sent.items() if k != "done"}}
    if "done" in sent:
        body["steps"] = [{"id": made["steps"][0]["id"], "done": sent["done"]}]
    done = lead.ok("POST", "/check-ins", body)
    shown = lead.ok("GET", f"/key-results/{made['id']}")
    assert shown["score"] == (None if score is None else pytest.approx(score))
    assert shown["computed_score"] == shown["score"]
    assert lead.ok("GET", f"/check-ins/{done['ids'][0]}")["judged"] == sent.get("judged")
    explained = lead.ok("GET", f"/key-results/{made['id']}/explanation")["explanations"]
    assert {e["of"]: e["value"] for e in explained}["score"] == shown["score"]
    # What is not named stays.
    patched = lead.ok("PATCH", f"/key-results/{made['id']}", {"title": "N", "reason": "Better words"})
    assert {n: v for n, v in patched.items() if n not in {"title", "version"}} == {
        n: v for n, v in shown.items() if n not in {"title", "version"}
    }


def test_a_judgement_is_mended_and_keeps_what_is_not_named(company: Company, calling: Calling) -> None:
    lead = calling("lead")
    goal = company.objective()
    made = lead.ok("POST", f"/objectives/{goal}/key-results", {"title": "M", "kind": "judged", "reason": "Agreed"})
    body = {"key_result_id": made["id"], "judged": 0.6, "note": "Two of three said so", "confidence": 6}
    first = lead.ok("POST", "/check-ins", body)["ids"][0]
    second = lead.ok("PATCH", f"/check-ins/{first}", {"confidence": 3})
    assert (second["judged"], second["confidence"]) == (0.6, 3)
    assert lead.ok("PATCH", f"/check-ins/{second['id']}", {"judged": 0.2})["judged"] == 0.2


def test_a_plan_of_checkpoints_and_a_kind_that_changes(company: Company, calling: Calling) -> None:
    lead = calling("lead")
    goal = company.objective(activate=False)
    key = KeyResult.objects.get(objective_id=goal).pk
    plan = [{"on": "2026-11-15", "value": 90.0}, {"on": "2026-12-01", "value": 70.0}]
    shown = lead.ok("PATCH", f"/key-results/{key}", {"curve": "checkpoints", "checkpoints": plan})
    assert (shown["curve"], shown["checkpoints"]) == ("checkpoints", plan)
    assert lead.ok("PATCH", f"/key-results/{key}", {"weight": 2})["checkpoints"] == plan
    lead.ok("POST", f"/objectives/{goal}/activation")
    refused = lead("PATCH", f"/key-results/{key}", {"curve": "front", "reason": "x"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "curve")
    asked = lead("PATCH", f"/key-results/{key}", {"kind": "judged"})
    assert (asked.status_code, asked.json()["errors"][0]["field"]) == (422, "reason")
    changed = lead.ok("PATCH", f"/key-results/{key}", {"kind": "judged", "reason": "Nobody counts it"})
    assert (changed["kind"], changed["start"], changed["target"]) == ("judged", None, None)
    fields = [a["field"] for a in lead.ok("GET", f"/objectives/{goal}/amendments")["items"]]
    assert {"kind", "start", "target"} <= set(fields)


def test_a_score_is_set_and_taken_back(company: Company, calling: Calling) -> None:
    lead = calling("lead")
    key = KeyResult.objects.get(objective_id=company.objective()).pk
    lead.ok("POST", "/check-ins", {"key_result_id": key, "value": 90, "confidence": 6})
    shown = lead.ok("POST", f"/key-results/{key}/override", {"score": 0.8, "why": "Signed", "is_kept": True})
    assert (shown["score"], shown["computed_score"], shown["progress"], shown["is_overridden"]) == (
        0.8,
        0.25,
        0.25,
        True,
    )
    assert (shown["override"]["why"], shown["override"]["author_name"]) == ("Signed", "Lead Acme")
    said = lead.ok("GET", f"/key-results/{key}/explanation")["explanations"]
    score = next(e for e in said if e["of"] == "score")
    assert "set to 80 % by Lead Acme until it is taken back, because “Signed”; computed it is 25 %" in score["formula"]
    whole = lead.ok("GET", f"/objectives/{shown['objective_id']}/explanation")["explanations"]
    assert "set by Lead Acme: Signed" in str(whole)
    back = lead.ok("DELETE", f"/key-results/{key}/override?reason=Paid")
    assert (back["score"], back["is_overridden"], back["override"]) == (0.25, False, None)
    assert lead("DELETE", f"/key-results/{key}/override").status_code == 422


def test_one_made_of_others_is_added_shown_and_changed(company: Company, calling: Calling) -> None:
    lead = calling("lead")
    goal = company.objective()
    road = f"/objectives/{goal}/key-results"
    ids = [
        lead.ok("POST", road, {"title": t, "start": 0, "target": 100, "unit": "EUR", "reason": "Agreed"})["id"]
        for t in ("North", "South")
    ]
    for pk, value in zip(ids, (30, 80), strict=True):
        lead.ok("POST", "/check-ins", {"key_result_id": pk, "confidence": 6, "value": value})
    parts = [{"key_result_id": pk} for pk in ids]
    body = {"title": "Sum", "kind": "children", "combine": "sum", "start": 0, "target": 200, "reason": "Agreed"}
    made = lead.ok("POST", road, {**body, "parts": parts})
    assert (made["value"], made["score"], made["unit"], made["combine"]) == (110, 0.55, "EUR", "sum")
    assert made["parts"] == [
        {"key_result_id": pk, "title": title, "weight": 1.0, "left_out": ""}
        for pk, title in zip(ids, ("North", "South"), strict=True)
    ]
    address = f"/key-results/{made['id']}"
    # What is not named stays: the parts of a sum, and each weight of a mean.
    assert lead.ok("PATCH", address, {"target": 220, "reason": "More"})["score"] == 0.5
    weighted = [{"key_result_id": ids[0], "weight": 3}, {"key_result_id": ids[1]}]
    shown = lead.ok("PATCH", address, {"combine": "weighted_mean", "parts": weighted, "reason": "Fairer"})
    assert (shown["score"], shown["value"]) == (pytest.approx((3 * 0.3 + 0.8) / 4), None)
    again = lead.ok("PATCH", address, {"title": "Mean", "reason": "Better words"})
    assert (again["parts"], again["score"]) == (shown["parts"], shown["score"])
    explained = {e["of"]: e for e in lead.ok("GET", f"{address}/explanation")["explanations"]}
    assert explained["progress"]["rules"][0] == "P9"
    assert explained["progress"]["formula"] == "0.75 × 30.00 + 0.25 × 80.00 = 42.50 %, 2 of 2 reported"
    assert [part["label"] for part in explained["progress"]["parts"]] == ["North", "South"]
    assert explained["expected"]["rules"] == ["P9", "E4"]
    refused = lead("PATCH", address, {"parts": [{"key_result_id": made["id"]}], "reason": "Try"})
    assert (refused.status_code, "circle" in refused.json()["detail"]) == (422, True)
    lead.ok("PATCH", address, {"kind": "judged", "reason": "By eye"})
    assert lead.ok("GET", address)["parts"] == []
