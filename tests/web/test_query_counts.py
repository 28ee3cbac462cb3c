"""Pages cost what they show: the same number of queries at 10 and at 1,000 rows, and no scan of a big table."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from milepost.okr import actions
from milepost.okr.models import KeyResult, Objective
from milepost.workspace import actions as workspace
from tests.people import NOW, TODAY, Company

pytestmark = pytest.mark.django_db
MOST = 14
BIG = ("okr_objective", "okr_keyresult", "metrics_reading", "okr_alignment", "okr_objectivescore", "okr_keyresultscore")


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILEPOST_NOW", NOW.isoformat())


def fill(company: Company, count: int) -> int:
    """Give the company so many objectives with three key results each, rows copied, and one of everything."""
    slug = company.kpi()
    readings = [actions.NewReading(day=TODAY - timedelta(weeks=k), value=40.0 + k % 3) for k in range(30)]
    actions.record_readings(by=company.actor("lead"), kpi=slug, readings=readings, now=NOW)
    drafts = [actions.KeyResultDraft(title=f"Measure {i}", start=100, target=60) for i in range(3)]
    first = company.objective(
        key_results=[*drafts[:2], actions.KeyResultDraft(title="Reads", kpi=slug, start=48, target=30)]
    )
    child = company.objective("Child", parent_id=first, key_results=drafts)
    made = Objective.objects.bulk_create(
        Objective(
            workspace_id=company.workspace_id, cycle_id=company.cycle, title=f"Goal {i}", lead_id=company.ids["admin"],
            ambition="committed", state="active", created_at=NOW, activated_on=TODAY,
        )
        for i in range(count)
    )  # fmt: skip
    model = KeyResult.objects.filter(objective_id=child).first()
    assert model is not None
    KeyResult.objects.bulk_create(
        KeyResult(
            workspace_id=company.workspace_id, objective=objective, position=k, title=f"Measure {k}", kind="reach",
            metric_id=model.metric_id, start=100, target=60, ambition="committed", lead_id=company.ids["admin"],
            state="active", created_at=NOW, activated_on=TODAY,
        )
        for objective in made
        for k in range(3)
    )  # fmt: skip
    actions.rebuild(by=company.operator(), now=NOW)
    return first


# A day of the past is put together from a whole cycle, and two days are two of them: no page of today does that.
# A day that is over is told from facts, two days twice; the map asks for pillars and their KPIs besides what all views do.
PAST = {
    "goals as of a day": 14,
    "objective as of a day": 14,
    "goals of two days": 28,
    "objective's changes": 20,
    "map": 15,
}


def pages(company: Company, goal: int) -> dict[str, str]:
    ws = company.slug
    return {
        "week": reverse("week", args=[ws]),
        "goals": reverse("goals", args=[ws]),
        "attention": reverse("goals", args=[ws]) + "?view=attention",
        "mine": reverse("goals", args=[ws]) + "?view=mine",
        "grouped tree": reverse("goals", args=[ws]) + "?as=tree&group=team&sort=behind",
        "list": reverse("goals", args=[ws]) + "?as=list",
        "list, narrowed": reverse("goals", args=[ws])
        + f"?as=list&team={company.team}&lead={company.ids['lead']}&status=early&state=active&q=tool&group=owner&sort=title",
        "map": reverse("goals", args=[ws]) + "?as=map",
        "map of a filter": reverse("goals", args=[ws]) + "?as=map&view=attention",
        "chart": reverse("goals", args=[ws]) + "?as=chart",
        "timeline": reverse("goals", args=[ws]) + "?as=timeline",
        "what to filter by": reverse("goals_choose", args=[ws]),
        "views": reverse("goal_views", args=[ws]),
        "branch": reverse("goal_branch", args=[ws, goal]),
        "objective": reverse("goal", args=[ws, goal]),
        "goals as of a day": reverse("goals", args=[ws]) + f"?on={TODAY}",
        "goals of two days": reverse("goals", args=[ws]) + f"?on={TODAY}&against=2026-11-01",
        "objective as of a day": reverse("goal", args=[ws, goal]) + f"?on={TODAY}",
        "objective's changes": reverse("goal_changes", args=[ws, goal]),
        "kpis as of a day": reverse("kpis", args=[ws]) + f"?on={TODAY}",
        "alignment": reverse("goal_alignment", args=[ws, goal]),
        "unaligned": reverse("goals", args=[ws]) + "?view=unaligned",
        "objective explained": reverse("goal_explanation", args=[ws, goal]),
        "remarks": reverse("guidance", args=[ws]),
        "remarks on KPIs": reverse("guidance", args=[ws]) + "?of=kpis",
        "hints": reverse("goal_guidance", args=[ws, goal]),
        "examples": reverse("examples", args=[ws]),
        "kpis": reverse("kpis", args=[ws]),
        "kpi": reverse("kpi", args=[ws, "first-reply-time"]),
        "kpi explained": reverse("kpi_explanation", args=[ws, "first-reply-time"]),
        "strategy": reverse("strategy", args=[ws]),
        "people": reverse("people", args=[ws]),
        "person": reverse("person", args=[ws, company.ids["lead"]]),
        "team": reverse("team", args=[ws, company.team]),
        "team rhythm": reverse("team_rhythm", args=[ws, company.team]),
        "feed": reverse("feed", args=[ws]),
        "notifications": reverse("notifications", args=[ws]),
        "comments": reverse("goal", args=[ws, goal]) + "?timeline=comments",
        "find": reverse("find", args=[ws]) + "?q=goal",
        "members": reverse("settings_members", args=[ws]),
        "cycles": reverse("settings_cycles", args=[ws]),
        "status": reverse("settings_status", args=[ws]),
        "tokens": reverse("tokens", args=[ws]),
        "webhooks": reverse("webhooks", args=[ws]),
        "audit": reverse("audit", args=[ws]),
    }


def captured(company: Company, goal: int) -> dict[str, list[str]]:
    client = Client()
    client.force_login(company.users["admin"], backend="allauth.account.auth_backends.AuthenticationBackend")
    client.get(reverse("account"))  # once in ten minutes it is written down that a session is in use
    found = {}
    for name, address in pages(company, goal).items():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address).status_code == 200
        found[name] = [q["sql"] for q in queries]
    return found


def test_queries_do_not_grow_with_the_rows(company: Company) -> None:
    few = {name: len(sql) for name, sql in captured(company, fill(company, 10)).items()}
    bulk = Objective.objects.bulk_create(
        Objective(
            workspace_id=company.workspace_id, cycle_id=company.cycle, title=f"More {i}", lead_id=company.ids["admin"],
            ambition="committed", state="active", created_at=NOW, activated_on=TODAY,
        )
        for i in range(990)
    )  # fmt: skip
    assert len(bulk) == 990
    actions.rebuild(by=company.operator(), now=NOW)
    goal = Objective.objects.get(title="Be the tool support teams recommend").pk
    many = {name: len(sql) for name, sql in captured(company, goal).items()}
    assert {name: n for name, n in many.items() if n > few[name]} == {}
    assert {name: n for name, n in many.items() if n > PAST.get(name, MOST)} == {}


def test_a_check_in_takes_the_same_queries_at_any_depth(company: Company) -> None:
    parent = None
    for level in range(7):
        parent = company.objective(f"Level {level}", parent_id=parent, counts="both")
    actions.refresh_day(by=company.operator(), now=NOW)
    counts = {}
    for level in (0, 6):
        key_result = KeyResult.objects.get(objective__title=f"Level {level}")
        for value in (90, 80):
            draft = actions.CheckInDraft(key_result_id=key_result.pk, value=value, confidence=6)
            actor = company.actor("admin")
            with CaptureQueriesContext(connection) as queries:
                actions.record_check_in(by=actor, draft=draft, now=NOW + timedelta(minutes=value))
        told = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
        counts[level] = sum(not q["sql"].startswith(told) for q in queries)
    assert counts[0] == counts[6] <= 17


def test_no_page_scans_a_big_table(company: Company) -> None:
    goal = fill(company, 400)
    for number in range(3):  # other cycles, so that an index has something to choose from
        at = actions.create_cycle(
            by=company.operator(),
            name=f"Old {number}",
            first_day=date(2020 + number, 1, 1),
            last_day=date(2020 + number, 12, 31),
            now=NOW,
        )
        Objective.objects.filter(title__endswith=str(number)).update(cycle_id=at)
    actions.rebuild(by=company.operator(), now=NOW)
    wrong = all_scans(company, goal)  # one team owns every goal
    for number in range(10):
        team = workspace.create_team(by=company.operator(), name=f"Team {number}", parent_id=None, now=NOW)
        Objective.objects.filter(title__startswith="Goal", title__endswith=str(number)).update(owner_team_id=team)
    wrong += all_scans(company, goal)
    # The remarks on a cycle look at every goal in it, so reading a table that is hardly more than the cycle is right.
    # So it is of the key results of the goals that concern the reader of the feed: here the admin leads all of them.
    whole = ("remarks:", "feed: SCAN okr_keyresult in SELECT")
    assert [one for one in wrong if not one.startswith(whole)] == []


def all_scans(company: Company, goal: int) -> list[str]:
    """Return where a page reads a big table from end to end."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return [
        f"{name}: {step} in {sql[:200]}"
        for name, statements in captured(company, goal).items()
        if name not in PAST
        for sql in statements
        if sql.startswith(("WITH RECURSIVE", "SELECT"))
        for step in plan(sql)
        if scans(step)
    ]


def plan(sql: str) -> list[str]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            return [row[3] for row in cursor.fetchall()]
        cursor.execute("SET LOCAL enable_seqscan = off")  # a small table is scanned by choice; an index must exist
        cursor.execute(f"EXPLAIN {sql}")
        steps = [row[0] for row in cursor.fetchall()]
        cursor.execute("SET LOCAL enable_seqscan = on")
        return steps


def scans(step: str) -> bool:
    if "BLOOM" in step:
        return True
    match = re.search(r"\bSCAN (\w+)|Seq Scan on (\w+)", step)
    return bool(match) and (match[1] or match[2]) in BIG and "USING" not in step
