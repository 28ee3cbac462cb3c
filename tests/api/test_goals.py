"""Goals by program: the same life as on the pages."""

import pytest

from milepost.okr.models import CheckIn, KeyResult, Objective
from tests.api.conftest import Calling, read
from tests.people import Company

pytestmark = pytest.mark.django_db


def test_the_life_of_an_objective(company: Company, calling: Calling) -> None:
    lead = calling("lead")
    made = lead.ok(
        "POST",
        "/objectives",
        {
            "title": "Be quick", "cycle_id": company.cycle,
            "key_results": [{"title": "First reply time", "unit": "min", "start": 48, "target": 30}],
        },
    )  # fmt: skip
    pk, key = made["id"], made["key_results"][0]["id"]
    assert (made["state"], made["lead_id"], made["score"]) == ("active", company.ids["lead"], None)
    done = lead.ok("POST", "/check-ins", {"key_result_id": key, "value": 39, "confidence": 6, "note": "Two new people"})
    shown = lead.ok("GET", f"/objectives/{pk}")
    assert (shown["score"], shown["confidence"], shown["key_results"][0]["value"]) == (0.5, 6, 39)
    edited = lead.ok("PATCH", f"/check-ins/{done['ids'][0]}", {"value": 36})
    assert (edited["value"], edited["note"], edited["replaces"]) == (36, "Two new people", done["ids"][0])
    assert lead.ok("GET", f"/key-results/{key}")["progress"] == pytest.approx(12 / 18)
    assert [c["value"] for c in lead.ok("GET", f"/check-ins?objective_id={pk}")["items"]] == [36]
    renamed = lead.ok("PATCH", f"/objectives/{pk}", {"title": "Be quicker", "reason": "Better words"})
    assert (renamed["title"], renamed["version"]) == ("Be quicker", shown["version"] + 1)
    assert lead.ok("POST", f"/objectives/{pk}/pause")["state"] == "paused"
    assert lead.ok("DELETE", f"/objectives/{pk}/pause")["state"] == "active"
    closed = lead.ok("POST", f"/objectives/{pk}/closure", {"grade": 0.7, "reason": "We said so"})
    assert (closed["state"], closed["grade"], closed["grade_reason"]) == ("closed", 0.7, "We said so")
    assert lead.ok("DELETE", f"/objectives/{pk}/closure?reason=Too+early")["state"] == "active"
    assert lead.ok("POST", f"/objectives/{pk}/cancellation", {"reason": "Over"})["state"] == "cancelled"


def test_several_check_ins_are_saved_together_or_not_at_all(company: Company, calling: Calling) -> None:
    goal = company.objective()
    mine = KeyResult.objects.get(objective_id=goal).pk
    theirs = KeyResult.objects.get(objective_id=company.objective("Theirs", who="member")).pk
    lead = calling("lead")
    both = [{"key_result_id": k, "value": 80, "confidence": 5} for k in (mine, theirs)]
    answer = lead("POST", "/check-ins", both)
    assert (answer.status_code, CheckIn.objects.count()) == (403, 0)
    again = [both[0], {"key_result_id": mine, "confidence": 7, "nothing_changed": True}]
    assert len(lead.ok("POST", "/check-ins", again)["ids"]) == 2


def test_lists_are_paged_filtered_and_sorted(company: Company, calling: Calling) -> None:
    for n in range(7):
        company.objective(f"Goal {n}", who="lead" if n % 2 else "member")
    reader = calling("viewer")
    seen, cursor = [], ""
    while True:
        page = reader.ok("GET", f"/objectives?limit=3&sort=-title&cursor={cursor}")
        seen += [item["title"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [f"Goal {n}" for n in range(6, -1, -1)]
    led = reader.ok("GET", f"/objectives?lead_id={company.ids['lead']}&include=key_results")
    assert [item["title"] for item in led["items"]] == ["Goal 1", "Goal 3", "Goal 5"]
    assert all(len(item["key_results"]) == 1 for item in led["items"])
    assert reader.ok("GET", "/objectives?state=closed")["items"] == []
    due = calling("lead").ok("GET", "/week")["due"]
    assert [line["objective"] for line in due] == ["Goal 1", "Goal 3", "Goal 5"]


def test_a_cycle_is_closed_from_below(company: Company, calling: Calling) -> None:
    top = company.objective("Top")
    below = company.objective("Below", parent_id=top)
    admin = calling("admin")
    assert admin("POST", f"/cycles/{company.cycle}/closure").status_code == 422  # it still runs
    changed = admin.ok("PATCH", f"/cycles/{company.cycle}", {"last_day": "2026-11-20"})
    assert changed["last_day"] == "2026-11-20"
    done = admin.ok("POST", f"/cycles/{company.cycle}/closure")
    assert done == {"closed": [below, top], "left": []}
    assert list(Objective.objects.values_list("is_reviewed", flat=True).distinct()) == [False]


def test_key_results_are_added_changed_moved_and_taken_out(company: Company, calling: Calling) -> None:
    goal = company.objective()
    first = KeyResult.objects.get(objective_id=goal).pk
    lead = calling("lead")
    steps = [{"title": "Plan"}, {"title": "Do", "weight": 2}]
    added = lead.ok(
        "POST",
        f"/objectives/{goal}/key-results",
        {"title": "Rota", "kind": "milestone", "steps": steps, "reason": "New"},
    )
    assert [step["title"] for step in added["steps"]] == ["Plan", "Do"]
    lead.ok("POST", f"/key-results/{added['id']}/position", {"direction": "up"})
    assert [k["id"] for k in lead.ok("GET", f"/objectives/{goal}")["key_results"]] == [added["id"], first]
    step = added["steps"][1]["id"]
    lead.ok("POST", "/check-ins", {"key_result_id": added["id"], "confidence": 8, "steps": [{"id": step, "done": 1}]})
    assert lead.ok("GET", f"/key-results/{added['id']}")["progress"] == pytest.approx(2 / 3)
    patched = lead.ok("PATCH", f"/key-results/{first}", {"target": 50, "reason": "More"})
    assert (patched["target"], patched["start"]) == (50, 100)
    assert lead("PATCH", f"/key-results/{first}", {"target": 40}).status_code == 422  # a plan that runs wants a reason
    assert lead("POST", f"/key-results/{first}/cancellation", {"reason": "No"}).status_code == 204
    assert read(lead("GET", f"/key-results/{first}"))["state"] == "cancelled"


def test_a_review_is_read_and_written_by_program(company: Company, calling: Calling) -> None:
    lead = calling("lead")
    row = KeyResult.objects.get(objective_id=company.objective())
    said = lead.ok("PUT", f"/key-results/{row.pk}/review", {"lesson": "Ask earlier", "outcome": "keep"})
    assert (said["is_graded"], said["lesson"], said["outcome"], said["proposed"]) == (True, "Ask earlier", "keep", None)
    page = lead.ok("GET", f"/cycles/{company.cycle}/reviews?view=waiting")
    assert (page["items"], page["counts"]["all"], page["next"]) == ([], 1, None)
    where = f"/cycles/{company.cycle}/retrospective?team_id={company.team}"
    assert lead.ok("PUT", where, {"kept": "Mondays"})["version"] == 1
    assert lead.ok("GET", where)["kept"] == "Mondays"
    assert lead.ok("GET", f"/cycles/{company.cycle}/retrospective")["kept"] == ""
    assert lead.ok("GET", f"/cycles/{company.cycle}/hit-rates")["cycle"]["total"] == 0
    assert lead.ok("GET", f"/cycles/{company.cycle}/calibration")["is_enough"] is False
