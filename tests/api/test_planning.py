"""Reviewers and requests for drafts by program: what comes back, and what a list of them costs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from milepost.okr import actions
from milepost.workspace import actions as workspace
from milepost.workspace.models import Workspace
from tests.api.conftest import Calling, read
from tests.people import NOW, TODAY, Company

pytestmark = pytest.mark.django_db


def test_two_reviewers_approve_one_after_the_other(company: Company, calling: Calling) -> None:
    Workspace.objects.filter(pk=company.workspace_id).update(reviewers=2)
    goal = company.objective()
    lead, manager, admin = calling("lead"), calling("manager"), calling("admin")
    assert lead.ok("GET", f"/objectives/{goal}/approvals") == {
        "state": "in_review", "wanted": 2, "approved": [], "changes": None, "can_approve": False,
    }  # fmt: skip
    assert lead("POST", f"/objectives/{goal}/approvals").status_code == 403
    said = manager.ok("POST", f"/objectives/{goal}/approvals")
    assert (said["state"], [one["name"] for one in said["approved"]]) == ("in_review", ["Manager Acme"])
    again = manager("POST", f"/objectives/{goal}/approvals")
    assert again.status_code == 422 and "already" in read(again)["detail"]
    said = admin.ok("POST", f"/objectives/{goal}/return", {"reason": "From where?"})
    assert (said["state"], said["approved"]) == ("draft", [])
    assert (said["changes"]["name"], said["changes"]["reason"]) == ("Ada Admin", "From where?")
    lead.ok("POST", f"/objectives/{goal}/activation")
    manager.ok("POST", f"/objectives/{goal}/activation")  # approves what waits
    said = admin.ok("POST", f"/objectives/{goal}/approvals")
    assert (said["state"], len(said["approved"]), said["can_approve"]) == ("active", 2, False)


def test_teams_are_asked_and_listed_in_as_many_queries_at_any_size(company: Company, calling: Calling) -> None:
    admin, path = calling("admin"), f"/cycles/{company.cycle}/draft-requests"
    wanted = (TODAY + timedelta(days=9)).isoformat()
    costs = []
    for count in (2, 20):
        for n in range(count):
            workspace.create_team(by=company.actor(), name=f"Team {count} {n}", parent_id=None, now=NOW)
        made = admin.ok("POST", path, {"wanted_by": wanted})["items"]
        assert len(made) == (count + 1 if count == 2 else count)
        with CaptureQueriesContext(connection) as asked:
            assert len(admin.ok("GET", path)["items"]) >= count
        costs.append(len(asked))
    assert costs[0] == costs[1]
    refused = admin("POST", path, {"wanted_by": wanted})
    assert refused.status_code == 422 and "asked today already" in read(refused)["detail"]
    late = admin("POST", path, {"wanted_by": "2027-01-01"})
    assert late.status_code == 422 and "at the latest 31 December 2026" in late.content.decode()
    assert calling("viewer").ok("GET", path)["items"][0]["who"] == "Ada Admin"


def test_a_notification_of_a_request_names_its_cycle(company: Company, calling: Calling) -> None:
    actions.ask_for_drafts(by=company.actor(), cycle_id=company.cycle, wanted_by=TODAY, now=NOW)
    (told,) = calling("manager").ok("GET", "/notifications")["items"]
    assert (told["event"], told["cycle_id"], told["objective_id"]) == ("asked", company.cycle, None)
    assert told["data"] == {"wanted_by": TODAY.isoformat(), "teams": ["Acme Support"]}
