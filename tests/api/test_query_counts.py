"""The interface costs what it shows: the same queries at five rows and at sixty, fourteen at most."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from milepost.metrics.models import Metric, Note, Reading, TargetVersion
from milepost.okr import actions
from milepost.okr.models import Amendment, CheckIn, ChecklistItem, Cycle, KeyResult, Step
from milepost.rhythm import actions as talk
from milepost.workspace import actions as workspace
from milepost.workspace.models import (
    ApiToken,
    Away,
    Delivery,
    Invitation,
    Membership,
    Team,
    TeamMembership,
    User,
    Webhook,
)
from tests.api.conftest import Caller, Calling
from tests.api.test_matrix import operations
from tests.people import NOW, TODAY, Company

pytestmark = pytest.mark.django_db
MOST = 14
MOST_OF_TWO_DAYS = 26  # twice a cycle and twice the KPIs, as they stood
FEW, MANY = 5, 60
DEPTH = 7
# A new status looks once more who wants to be told of it. A new plan, or a value that goals read, is written,
# and then the scores of everything above it. Whatever changes also asks where the audit trail ends, and keeps what
# the row said before. A word that turns is told to leads: who they are and whose act it was, once for key results and
# once for objectives. Fixed shares of a plan are those of key results and of child objectives, each asked for once.
MOST_OF = {
    "check-in that changes the status": 20, "objective": 18, "objective's roll-up": 25, "key result": 21,
    "1 value that goals read": 21, "50 values that goals read": 21,
}  # fmt: skip
COUNTS = {FEW: "key_results", MANY: "both"}
TOLD = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")

# What each operation that reads is asked, as {name of the address: where the rows stand in the answer}.
READS: dict[str, dict[str, str]] = {
    "list_cycles": {"/cycles?limit=200": "items"},
    "show_cycle": {"/cycles/{cycle}": ""},
    "list_objectives": {
        "/objectives?limit=200": "items",
        "/objectives?limit=200&include=key_results": "items",
        "/objectives?limit=200&needs_attention=false&unaligned=false": "items",
        "/objectives?limit=200&within_team_id={team}": "items",
        "/objectives?limit=200&include=key_results&state=active&lead_id={admin}&sort=-title": "items",
    },
    "show_objective": {"/objectives/{goal}": "key_results"},
    "show_past_cycle": {"/past/cycles/{cycle}?on=2026-11-22": "objectives"},
    "show_past_objective": {"/past/objectives/{root}?on=2026-11-22": ""},
    "list_past_kpis": {"/past/kpis?on=2026-11-22": "items"},
    "list_differences": {"/cycles/{cycle}/differences?since=2026-11-01&until=2026-11-22": ""},
    "list_approvals": {"/objectives/{goal}/approvals": ""},
    "list_draft_requests": {"/cycles/{cycle}/draft-requests": ""},
    "list_amendments": {"/objectives/{goal}/amendments?limit=200": "items"},
    "explain_objective": {"/objectives/{root}/explanation": ""},
    "explain_key_result": {"/key-results/{key_result}/explanation": ""},
    "explain_kpi": {"/kpis/{kpi}/explanation": ""},
    "list_targets": {"/kpis/{kpi}/targets": "items"},
    "show_proposal": {"/kpis/{kpi}/proposal": ""},
    "list_invitations": {"/invitations?limit=200": "items"},
    "list_key_results": {"/key-results?limit=200": "items", "/key-results?limit=200&cycle_id={cycle}": "items"},
    "show_key_result": {"/key-results/{milestone}": "steps"},
    "list_check_ins": {"/check-ins?limit=200": "items", "/check-ins?limit=200&objective_id={goal}": "items"},
    "show_check_in": {"/check-ins/{check_in}": ""},
    "show_week": {"/week": "due"},
    "list_kpis": {"/kpis?limit=200": "items"},
    "show_kpi": {"/kpis/{kpi}": ""},
    "list_readings": {"/kpis/{kpi}/readings?limit=200": "items"},
    "list_notes": {"/kpis/{kpi}/notes?limit=200": "items"},
    "show_me": {"/me": ""},
    "show_workspace": {"/workspace": ""},
    "show_rules": {"/workspace/rules": ""},
    "list_people": {"/people?limit=200": "items", "/people?limit=200&team_id={team}": "items"},
    "show_person": {"/people/{person}": ""},
    "list_teams": {"/teams?limit=200": "items"},
    "show_team": {"/teams/{team}": "members"},
    "show_team_rhythm": {"/teams/{team}/rhythm": ""},
    "list_events": {"/events?limit=200": "items"},
    "search": {"/search?q=goal": "items"},
    "show_strategy": {"/strategy": ""},
    "list_pillars": {"/pillars?limit=200": "items"},
    "show_pillar": {"/pillars/{pillar}": "kpis"},
    "list_away": {"/away": "items"},
    "list_parents": {"/objectives/{goal}/parents": ""},
    "list_served": {"/objectives/{goal}/served": ""},
    "list_shares": {"/objectives/{root}/shares": "items"},
    "list_requests": {"/alignment-requests": ""},
    "list_reviews": {"/cycles/{cycle}/reviews": "items"},
    "show_retrospective": {"/cycles/{cycle}/retrospective": ""},
    "show_hit_rates": {"/cycles/{cycle}/hit-rates": ""},
    "show_calibration": {"/cycles/{cycle}/calibration": ""},
    "list_views": {"/views?limit=200": "items"},
    "show_view": {"/views/{view}": ""},
    "list_objective_comments": {"/objectives/{goal}/comments?limit=200": "items"},
    "list_kpi_comments": {"/kpis/{kpi}/comments?limit=200": "items"},
    "show_comment": {"/comments/{comment}": ""},
    "show_feed": {"/feed?limit=100": "items"},
    "list_notifications": {"/notifications?limit=100": "items"},
    "show_choices": {"/notifications/choices": ""},
    "list_initiatives": {"/initiatives?limit=200": "items", "/initiatives?limit=200&cycle_id={cycle}": "items"},
    "show_initiative": {"/initiatives/{initiative}": "items"},
    "list_guidance": {"/guidance?cycle={cycle}": "items", "/guidance?of=kpis": "items"},
    "objective_guidance": {"/objectives/{goal}/guidance": ""},
    "list_templates": {"/templates": "items"},
    "list_tokens": {"/tokens": "items"},
    "list_webhooks": {"/webhooks?limit=200": "items"},
    "show_webhook": {"/webhooks/{webhook}": ""},
    "list_deliveries": {"/webhooks/{webhook}/deliveries?limit=200": "items"},
}
SHOWN_AT_MOST = {"/cycles/{cycle}/reviews": 30, "/search?q=goal": 8, "/week": 50, "/objectives/{goal}": 3}


@pytest.fixture
def ids(company: Company) -> dict[str, Any]:
    """Return the names in the addresses above: a chain of goals, a KPI that its deepest one reads, a webhook."""
    by = company.actor("admin")
    kpi, read_kpi = company.kpi(), company.kpi("Answered at once")
    parent = root = None
    for level in range(DEPTH):
        steps = [actions.StepDraft(title="One")]
        parent = company.objective(
            f"Goal of level {level}", who="admin", parent_id=parent, counts="both",
            key_results=[
                actions.KeyResultDraft(title="Tickets", start=100, target=60),
                actions.KeyResultDraft(title="Help", kind="milestone", steps=steps),
                actions.KeyResultDraft(title="Reads", kpi=read_kpi, start=48, target=30),
            ],
        )  # fmt: skip
        root = root or parent
    assert parent is not None
    key_result, milestone = KeyResult.objects.filter(objective_id=parent).order_by("position")[:2]
    draft = actions.CheckInDraft(key_result_id=key_result.pk, value=90, confidence=6)
    check_in = actions.record_check_in(by=by, draft=draft, now=NOW - timedelta(days=9))
    webhook, _ = workspace.create_webhook(by=by, url="https://example.org/h", events=["cycle.closed"], now=NOW)
    comment = talk.post_comment(
        by=by, subject=talk.Subject(objective_id=parent), draft=talk.CommentDraft(text="Who covers?"), now=NOW
    )
    initiative = actions.add_initiative(
        by=by, objective_id=parent, draft=actions.InitiativeDraft(title="Call them"), now=NOW
    )
    return {
        "comment": comment, "initiative": initiative,
        "cycle": company.cycle, "goal": parent, "root": root, "key_result": key_result.pk, "milestone": milestone.pk,
        "check_in": check_in, "kpi": kpi, "read_kpi": read_kpi, "admin": company.ids["admin"], "person": company.ids["lead"],
        "team": company.team, "webhook": webhook,
        "pillar": workspace.create_pillar(by=by, name="Customers who stay", now=NOW),
        "view": actions.save_view(by=by, name="View", query="as=list", now=NOW),
    }  # fmt: skip


def grow(company: Company, ids: dict[str, Any], rows: Iterator[int], count: int) -> None:
    """Add so many of everything that is listed."""
    ws, admin = company.workspace_id, ids["admin"]
    kpi = Metric.objects.get(slug=ids["kpi"])
    for _, n in zip(range(count), rows, strict=False):
        company.kpi(f"KPI {n}", pillar_id=ids["pillar"], tags=["calm", f"tag {n}"])
        company.objective(f"Goal {n}", who="admin", pillar_id=ids["pillar"], tags=["calm"])
        workspace.create_pillar(by=company.actor(), name=f"Pillar {n}", now=NOW)
        company.objective(f"Child {n}", who="admin", parent_id=ids["root"])
        _say(company, ids, n)
        day, at = TODAY - timedelta(weeks=n), NOW - timedelta(minutes=n)
        Cycle.objects.create(workspace_id=ws, name=f"Cycle {n}", first_day=day, last_day=day + timedelta(days=90))
        Reading.objects.create(
            workspace_id=ws, metric=kpi, valid_on=day, value=n, known_at=at, author_id=admin, source="api"
        )
        TargetVersion.objects.create(metric=kpi, since=day, rule="at_most", high=30 + n)
        Amendment.objects.create(
            workspace_id=ws, kind="objective", goal_id=ids["goal"], objective_id=ids["goal"], field="title", old=f"{n}",
            new="x", at=at, actor_id=admin, reason="x",
        )  # fmt: skip
        Invitation.objects.create(
            workspace_id=ws, token_hash=f"i{n}", label=f"{n}", role="member", invited_by_id=admin, created_at=at,
            expires_at=NOW,
        )  # fmt: skip
        Note.objects.create(workspace_id=ws, metric=kpi, valid_on=day, text=f"Note {n}", author_id=admin, at=at)
        CheckIn.objects.create(
            workspace_id=ws, key_result_id=ids["key_result"], author_id=admin, at=NOW - timedelta(days=9),
            valid_on=TODAY - timedelta(days=9), confidence=5,
        )  # fmt: skip
        Step.objects.create(key_result_id=ids["milestone"], position=n + 1, title=f"Step {n}")
        user = User.objects.create(email=f"{n}@grow.example", name=f"Person {n}")
        member = Membership.objects.create(workspace_id=ws, user=user, role="member", joined_at=NOW)
        TeamMembership.objects.create(team_id=ids["team"], membership=member)
        Away.objects.create(workspace_id=ws, membership=member, first_day=TODAY, last_day=TODAY)
        Team.objects.create(workspace_id=ws, name=f"Team {n}", parent_id=ids["team"])
        actions.save_view(by=company.actor("lead"), name=f"View {n}", query="as=map", is_shared=True, now=NOW)
        ApiToken.objects.create(workspace_id=ws, name=f"Token {n}", token_hash=f"{n}", scopes=["read"], created_at=NOW)
        Webhook.objects.create(
            workspace_id=ws,
            url="https://example.org/w",
            events=["cycle.closed"],
            secret="x",
            created_at=NOW,
            is_on=False,
        )
        Delivery.objects.create(
            webhook_id=ids["webhook"], message_id=f"m{n}", type="cycle.closed", body="{}", created_at=NOW
        )
    elsewhere = KeyResult.objects.filter(objective_id=ids["root"]).order_by("position")[0]
    draft = actions.CheckInDraft(key_result_id=elsewhere.pk, value=90, confidence=6)
    actions.record_check_in(by=company.actor("admin"), draft=draft, now=NOW)  # so that the feed's page has one
    actions.rebuild(by=company.operator(), now=NOW)


def _say(company: Company, ids: dict[str, Any], n: int) -> None:
    """Let the lead say something of the goal and the KPI, which the admin follows, and plan and keep what is listed."""
    admin, lead = company.actor("admin"), company.actor("lead")
    for subject in (talk.Subject(objective_id=ids["goal"]), talk.Subject(kpi=ids["kpi"])):
        said = talk.post_comment(by=lead, subject=subject, draft=talk.CommentDraft(text=f"@Ada Admin {n}?"), now=NOW)
        talk.set_reaction(by=admin, comment_id=said, kind="thanks", now=NOW)
    ChecklistItem.objects.create(initiative_id=ids["initiative"], position=n, title=f"Item {n}")
    draft = actions.InitiativeDraft(title=f"Initiative {n}", lead_id=ids["admin"], key_result_id=ids["key_result"])
    actions.add_initiative(by=admin, objective_id=ids["goal"], draft=draft, now=NOW)
    actions.save_objective_template(by=admin, objective_id=ids["goal"], name=f"Template {n}", now=NOW)


def asked_for(caller: Caller, method: str, path: str, body: Any = None) -> tuple[list[str], Any]:
    """Return the queries of a request, and its answer."""
    with CaptureQueriesContext(connection) as asked:
        answer = caller.ok(method, path, body)
    return [q["sql"] for q in asked.captured_queries if not q["sql"].startswith(TOLD)], answer


def counted(caller: Caller, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """Return how many queries a request takes, and its answer."""
    queries, answer = asked_for(caller, method, path, body)
    return len(queries), answer


def test_every_operation_that_reads_is_counted() -> None:
    assert {name for name, (method, _) in operations().items() if method == "GET"} == set(READS)


def test_a_list_takes_the_same_queries_at_any_size(company: Company, calling: Calling, ids: dict[str, Any]) -> None:
    rows = iter(range(1000))
    caller = calling("admin")
    asked: dict[int, dict[str, list[str]]] = {}
    shown: dict[int, dict[str, int]] = {}
    for size, more in ((FEW, FEW), (MANY, MANY - FEW)):
        grow(company, ids, rows, more)
        caller.ok("GET", "/me")  # writes down that the token was used
        asked[size], shown[size] = {}, {}
        for paths in READS.values():
            for path, place in paths.items():
                asked[size][path], answer = asked_for(caller, "GET", path.format(**ids))
                shown[size][path] = len(answer[place]) if place else MANY
    assert {path: n for path, n in shown[MANY].items() if n < SHOWN_AT_MOST.get(path, MANY)} == {}
    few, many = asked[FEW], asked[MANY]
    assert {path: (few[path], many[path]) for path in many if len(few[path]) != len(many[path])} == {}
    most = {path: MOST_OF_TWO_DAYS if "/differences" in path else MOST for path in many}
    assert {path: len(many[path]) for path in many if len(many[path]) > most[path]} == {}


def test_a_write_takes_the_same_queries_at_any_size(company: Company, calling: Calling, ids: dict[str, Any]) -> None:
    rows = iter(range(1000))
    caller = calling("admin")
    asked: dict[int, dict[str, int]] = {}
    for size, more in ((FEW, FEW), (MANY, MANY - FEW)):
        grow(company, ids, rows, more)
        caller.ok("GET", "/me")
        value = iter(range(size, 1000))
        days = [(TODAY - timedelta(weeks=n)).isocalendar() for n in range(50)]
        weeks = [f"{day.year}-W{day.week:02}" for day in days]

        def values(count: int, value: Iterator[int] = value, weeks: list[str] = weeks) -> list[dict[str, Any]]:
            return [{"period": week, "value": next(value)} for week in weeks[:count]]

        check_in = {"key_result_id": ids["key_result"], "confidence": 5}
        caller.ok("POST", "/check-ins", {**check_in, "value": 50})
        sent: dict[str, tuple[str, str, Any]] = {
            "check-in": ("POST", "/check-ins", {**check_in, "value": next(value) / 10}),
            "check-in that changes the status": ("POST", "/check-ins", {**check_in, "value": 200}),
            "check-in that repeats the value": ("POST", "/check-ins", {**check_in, "value": 200}),
            "check-in without a change": ("POST", "/check-ins", {**check_in, "nothing_changed": True}),
            "1 value": ("POST", "/kpis/{kpi}/readings", values(1)),
            "50 values": ("POST", "/kpis/{kpi}/readings", values(50)),
            "objective": ("PATCH", "/objectives/{goal}", {"title": f"Other {size}", "reason": "Said so"}),
            "objective's roll-up": ("PATCH", "/objectives/{goal}", {"counts": COUNTS[size], "reason": "Said so"}),
            "1 value that goals read": ("POST", "/kpis/{read_kpi}/readings", values(1)),
            "50 values that goals read": ("POST", "/kpis/{read_kpi}/readings", values(50)),
            "key result": ("PATCH", "/key-results/{key_result}", {"target": 50 + size / 10, "reason": "Said so"}),
        }
        asked[size] = {
            name: counted(caller, method, path.format(**ids), body)[0] for name, (method, path, body) in sent.items()
        }
    assert {name: (n, asked[FEW][name]) for name, n in asked[MANY].items() if n > asked[FEW][name]} == {}
    assert {name: n for name, n in asked[MANY].items() if n > MOST_OF.get(name, MOST)} == {}
