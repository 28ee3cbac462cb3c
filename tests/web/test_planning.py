"""The plan of a cycle on its page: what stands in it, who publishes, locks and copies, and what it costs."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from milepost.okr import actions
from milepost.okr.models import Cycle, GoalState, KeyResult, Objective
from milepost.workspace import actions as workspace
from tests.people import NOW, Company

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
MOST = 12


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILEPOST_NOW", NOW.isoformat())


@pytest.fixture
def after(company: Company) -> int:
    return actions.create_cycle(
        by=company.actor(), name="Q1 2027", first_day=date(2027, 1, 1), last_day=date(2027, 3, 31), now=NOW
    )


def client_of(company: Company, who: str) -> Client:
    client = Client()
    client.force_login(company.users[who], backend=BACKEND)
    return client


def draft(company: Company, after: int, title: str = "Answer weekends", **given: object) -> int:
    return company.objective(title, cycle_id=after, activate=False, **given)  # type: ignore[arg-type]


def seen(company: Company, after: int, who: str = "lead", name: str = "plan", query: str = "") -> str:
    answer = client_of(company, who).get(reverse(name, args=[company.slug, after]) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_says_who_plans_what_and_what_is_missing(company: Company, after: int) -> None:
    above = draft(company, after, "Customers recommend us", owner_team_id=None)
    draft(company, after, parent_id=above)
    draft(company, after, "Alone")
    page = seen(company, after)
    for text in (
        "Plan Q1 2027", "Three drafts from one team and the company.", "1 of 3 objectives", "2 of 3 objectives",
        "1 of 5 key results", "100 → 60", "no parent yet", "Copy from Q4 2026", f"owner=team-{company.team}",
    ):  # fmt: skip
        assert text in page, text
    assert "Publish Q1 2027" not in page
    assert "Publish Q1 2027" in seen(company, after, "admin")
    read = seen(company, after, "viewer")
    assert "Draft an objective" not in read and "Copy from" not in read
    form = client_of(company, "lead").get(
        reverse("goal_new", args=[company.slug]) + f"?cycle={after}&owner=team-{company.team}"
    )
    assert f'<option value="team-{company.team}" selected>' in form.content.decode()


def test_goals_lead_to_the_plan_while_there_is_something_to_plan(company: Company, after: int) -> None:
    client = client_of(company, "lead")
    goals = reverse("goals", args=[company.slug])
    plan = reverse("plan", args=[company.slug, company.cycle])
    assert reverse("plan", args=[company.slug, after]) in client.get(f"{goals}?cycle={after}").content.decode()
    company.objective()
    assert plan not in client.get(goals).content.decode()
    draft(company, company.cycle)
    assert plan in client.get(goals).content.decode()
    assert plan in client_of(company, "admin").get(reverse("settings_cycles", args=[company.slug])).content.decode()


def test_remarks_name_gaps_empty_pillars_and_wording(company: Company, after: int) -> None:
    workspace.create_pillar(by=company.actor(), name="People who stay", now=NOW)
    goal = draft(company, after, "Improve things")
    page = seen(company, after, name="plan_remarks")
    for text in ("Supports nothing", "Empty pillar", "People who stay", "Wording and measures", "nothing blocks"):
        assert text in page, text
    assert reverse("goal_edit", args=[company.slug, goal]) in page
    assert reverse("goal_edit", args=[company.slug, goal]) not in seen(company, after, "viewer", "plan_remarks")


def test_a_card_holds_the_hints_on_its_own_words(company: Company, after: int) -> None:
    drafts = [
        actions.KeyResultDraft(title="Launch the Saturday rota", kind="percent"),
        actions.KeyResultDraft(title="Replies", start=30, target=20),
        *(actions.KeyResultDraft(title=f"Measure {n}", start=1, target=2) for n in range(4)),
    ]
    goal = draft(company, after, "Improve things", key_results=drafts)
    draft(company, after, "Weekends are answered as fast as weekdays", owner_team_id=None, key_results=[])
    page = seen(company, after, "viewer")
    for text in ("“Launch” reads like work, not a result.", "too-many", "1 more hint", "Which 5 would you keep?"):
        assert text in page, text
    assert reverse("goal_guidance", args=[company.slug, goal]) in page
    assert "too-few" not in page  # that nothing measures it stands there already


def test_publishing_says_what_stayed_a_draft(company: Company, after: int) -> None:
    ready = draft(company, after)
    draft(company, after, "Bare", key_results=[])
    address = reverse("plan_publish", args=[company.slug, after])
    assert client_of(company, "lead").post(address).status_code == 403
    answer = client_of(company, "admin").post(address)
    page = answer.content.decode()
    assert "One objective of Q1 2027 now runs." in page
    assert "Still drafts" in page and "Add at least one key result" in page
    assert Objective.objects.get(pk=ready).state == GoalState.ACTIVE
    again = client_of(company, "admin").post(address)
    assert again.status_code == 422 and "Nothing of Q1 2027 can start yet." in again.content.decode()


def test_the_lock_shows_and_a_form_says_why_it_is_refused(company: Company, after: int) -> None:
    goal = draft(company, after)
    address = reverse("plan_lock", args=[company.slug, after])
    admin, lead = client_of(company, "admin"), client_of(company, "lead")
    assert admin.post(address).status_code == 302
    assert "The plan is locked" in seen(company, after)
    assert "Unlock the plan" not in seen(company, after)
    new = {
        "title": "Tickets", "kind": "reach", "lead": company.ids["lead"], "start": "100", "target": "50",
        "window": "default", "weight": "1", "ambition": "committed",
    }  # fmt: skip
    refused = lead.post(reverse("key_result_new", args=[company.slug, goal]), new)
    assert refused.status_code == 422 and "The plan of Q1 2027 is locked" in refused.content.decode()
    assert admin.post(address, {"do": "unlock", "reason": ""}).status_code == 422
    assert admin.post(address, {"do": "unlock", "reason": "A team joins"}).status_code == 302
    assert Cycle.objects.get(pk=after).locked_at is None


def test_chosen_objectives_of_the_last_cycle_become_drafts(company: Company, after: int) -> None:
    first, _ = company.objective("First"), company.objective("Second")
    page = seen(company, after, name="plan_copy")
    assert "Copy from Q4 2026" in page and "First" in page and "Second" in page
    address = reverse("plan_copy", args=[company.slug, after])
    assert client_of(company, "lead").post(address).status_code == 422
    assert client_of(company, "lead").post(address, {"copy": [first]}).status_code == 302
    assert list(Objective.objects.filter(cycle_id=after).values_list("title", "state")) == [("First", "draft")]
    assert "Q1 2027 has one of this name" in seen(company, after, name="plan_copy")


def test_a_hidden_draft_is_nowhere(company: Company, after: int) -> None:
    draft(company, after, "Hidden", visibility="private")
    for name in ("plan", "plan_remarks", "plan_copy"):
        assert "Hidden" not in seen(company, after, "viewer", name)
    assert "Q1 2027 holds no draft yet." in seen(company, after, "viewer")
    assert "Hidden" in seen(company, after)


@pytest.mark.parametrize("name", ["plan", "plan_remarks", "plan_copy"])
@pytest.mark.parametrize("who", ["admin", "lead", "viewer"])
def test_a_plan_costs_the_same_at_two_sizes(company: Company, after: int, name: str, who: str) -> None:
    client, address = client_of(company, who), reverse(name, args=[company.slug, after])
    at = {"plan_copy": company.cycle}.get(name, after)
    costs = []
    for count in (2, 40):
        above = draft(company, at, f"Above {count}", owner_team_id=None)
        child = draft(company, at, f"Below {count}", parent_id=above)
        model = KeyResult.objects.get(objective_id=child)
        made = Objective.objects.bulk_create(
            Objective(
                workspace_id=company.workspace_id, cycle_id=at, title=f"Goal {count} {i}", state="draft",
                owner_team_id=company.team if i % 2 else None, lead_id=company.ids["admin"], ambition="committed",
                created_at=NOW,
            )
            for i in range(count)
        )  # fmt: skip
        KeyResult.objects.bulk_create(
            KeyResult(
                workspace_id=company.workspace_id, objective=one, position=0, title="Measure", kind="reach",
                metric_id=model.metric_id, start=100, target=60, ambition="committed", lead_id=company.ids["admin"],
                state="draft", created_at=NOW,
            )
            for one in made
        )  # fmt: skip
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        costs.append(len(asked))
    assert costs[0] == costs[1] <= MOST, [q["sql"][:150] for q in asked.captured_queries]
