"""The loop as a program walks it: a KPI leaves its target, becomes an objective, is checked in on and closed."""

from datetime import timedelta

import pytest

from milepost.api.routers import objectives
from milepost.okr import queries
from milepost.okr.models import Objective
from tests.api.conftest import Calling, read
from tests.people import TODAY, Company

pytestmark = pytest.mark.django_db


def test_a_kpi_off_target_becomes_an_objective_in_two_requests(company: Company, calling: Calling) -> None:
    lead = calling("lead")
    slug = company.kpi()
    weeks = [{"period": str(TODAY - timedelta(weeks=k)), "value": 48 if k > 4 else 43} for k in range(12, 0, -1)]
    lead.ok("POST", f"/kpis/{slug}/readings", weeks)
    proposal = lead.ok("GET", f"/kpis/{slug}/proposal")
    assert (proposal["is_primary"], proposal["last"], proposal["off_streak"]) == (True, 43.0, 12)
    made = lead.ok("POST", "/objectives", {**proposal["objective"], "why": "Replies are late."})
    (reads,) = made["key_results"]
    assert (reads["kpi"], reads["start"], reads["target"], reads["value"]) == (slug, proposal["start"], 30.0, 43.0)
    lead.ok("POST", "/check-ins", {"key_result_id": reads["id"], "confidence": 4})
    changed = lead.ok("PATCH", f"/objectives/{made['id']}", {"title": "Answer sooner", "reason": "In our words"})
    assert changed["title"] == "Answer sooner"
    (amendment,) = lead.ok("GET", f"/objectives/{made['id']}/amendments")["items"]
    assert (amendment["field"], amendment["new"], amendment["reason"]) == ("title", "Answer sooner", "In our words")
    closed = lead.ok("POST", f"/objectives/{made['id']}/closure", {"lesson": "Evenings matter"})
    assert closed["state"] == "closed"


def test_a_kpi_without_values_or_target_proposes_nothing_to_send(company: Company, calling: Calling) -> None:
    slug = company.kpi(target=None)
    proposal = calling("lead").ok("GET", f"/kpis/{slug}/proposal")
    assert (proposal["start"], proposal["objective"], proposal["is_primary"]) == (None, None, False)


def test_targets_are_listed_with_the_day_they_began(company: Company, calling: Calling) -> None:
    slug = company.kpi()
    lead = calling("lead")
    lead.ok("PATCH", f"/kpis/{slug}", {"target": {"high": 25}})
    lead.ok("PATCH", f"/kpis/{slug}", {"target": None})
    first, second = lead.ok("GET", f"/kpis/{slug}/targets")["items"]
    assert (first["since"], first["target"]["high"]) == (None, 30.0)
    assert (second["since"], second["target"]) == (str(TODAY), None)  # the last word of a day stands


def test_an_open_invitation_is_listed_and_withdrawn(company: Company, calling: Calling) -> None:
    admin = calling("admin")
    admin.ok("POST", "/invitations", {"label": "noor@example.com"})
    (one,) = admin.ok("GET", "/invitations")["items"]
    assert (one["label"], one["role"], one["invited_by"]) == ("noor@example.com", "member", company.ids["admin"])
    admin.ok("DELETE", f"/invitations/{one['id']}")
    assert admin.ok("GET", "/invitations")["items"] == []
    assert admin("DELETE", f"/invitations/{one['id']}").status_code == 404


def test_a_change_keeps_what_somebody_else_saved_in_between(
    company: Company, calling: Calling, monkeypatch: pytest.MonkeyPatch
) -> None:
    goal = company.objective()
    lead, admin = calling("lead"), calling("admin")
    real = queries.show_objective
    between = iter([{"title": "By Ana", "reason": "x"}])

    def slow(actor, pk, **how):
        """Read, and before the reader writes, somebody else does."""
        shown = real(actor, pk, **how)
        for change in between:
            admin.ok("PATCH", f"/objectives/{pk}", change)
        return shown

    monkeypatch.setattr(objectives.queries, "show_objective", slow)
    lead.ok("PATCH", f"/objectives/{goal}", {"why": "By Tom", "reason": "y"})
    row = Objective.objects.get(pk=goal)
    assert (row.title, row.why) == ("By Ana", "By Tom")
    between = iter([{"title": "By Ana again", "reason": "x"}])
    seen = lead("GET", f"/objectives/{goal}")["ETag"]
    late = lead("PATCH", f"/objectives/{goal}", {"why": "Not this", "reason": "y"}, If_Match=seen)
    assert (late.status_code, read(late)["title"]) == (412, "Somebody was faster")
