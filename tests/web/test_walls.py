"""Private and team-only goals and KPIs leak through nothing: what others read is the same to the byte (M5, R6)."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from milepost.api.app import api
from milepost.api.auth import limiter
from milepost.metrics.actions import KpiDraft
from milepost.okr import actions as okr
from milepost.okr.models import CheckIn, KeyResult, Objective, ObjectiveScore
from milepost.okr.queries import explained_objective
from milepost.rhythm import actions as talk
from milepost.workspace import actions
from milepost.workspace.errors import Invalid, NotAllowed, NotFound
from milepost.workspace.models import Delivery, WebhookEvent
from tests.people import NOW, TODAY, Company

pytestmark = pytest.mark.django_db
CANARY = "Canary"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILEPOST_NOW", NOW.isoformat())
    limiter._counts.clear()


@dataclass(slots=True)
class Public:
    """What everybody sees: a parent with a key result that reads a KPI, and a child below it."""

    parent: int
    child: int
    kpi: str
    pillar: int
    initiative: int


def build_public(company: Company) -> Public:
    kpi = company.kpi()
    weeks = [okr.NewReading(day=TODAY - timedelta(weeks=k), value=40.0 + k % 3) for k in range(12)]
    okr.record_readings(by=company.actor("lead"), kpi=kpi, readings=weeks, now=NOW)
    drafts = [
        okr.KeyResultDraft(title="Reply", kpi=kpi, start=48, target=30),
        okr.KeyResultDraft(title="Count", start=0, target=10),
    ]
    parent = company.objective("Open parent", counts="both", key_results=drafts)
    child = company.objective("Open child", parent_id=parent)
    actions.create_webhook(by=company.actor(), url="https://example.org/h", events=list(WebhookEvent.values), now=NOW)
    pillar = actions.create_pillar(by=company.actor(), name="Customers who stay", now=NOW)
    work = okr.InitiativeDraft(title="A rota for Saturdays")
    initiative = okr.add_initiative(by=company.actor("lead"), objective_id=parent, draft=work, now=NOW)
    return Public(parent, child, kpi, pillar, initiative)


def hide(company: Company, public: Public, *, who: str = "lead", visibility: str = "private") -> tuple[int, str]:
    """Make a goal and a KPI behind a wall, with everything that could betray them, and return both."""
    kpi = company.kpi(
        f"{CANARY} KPI", visibility=visibility, lead_id=company.ids[who], pillar_id=public.pillar, tags=[CANARY]
    )
    by = company.actor(who)
    weeks = [okr.NewReading(day=TODAY - timedelta(weeks=k), value=90.0) for k in range(12)]
    okr.record_readings(by=by, kpi=kpi, readings=weeks, now=NOW)
    goal = company.objective(
        f"{CANARY} goal", who=who, parent_id=public.parent, visibility=visibility, owner_team_id=company.team,
        pillar_id=public.pillar, tags=[CANARY],
        key_results=[
            okr.KeyResultDraft(title=f"{CANARY} reads", kpi=kpi, start=48, target=30),
            okr.KeyResultDraft(title=f"{CANARY} by hand", start=100, target=60),
        ],
    )  # fmt: skip
    key_result = KeyResult.objects.get(title=f"{CANARY} by hand")
    draft = okr.CheckInDraft(
        key_result_id=key_result.pk, value=99, confidence=1, note=f"{CANARY} note", own_word="off_track"
    )
    okr.record_check_in(by=by, draft=draft, now=NOW)
    okr.edit_key_result(
        by=by, key_result_id=key_result.pk, reason=f"{CANARY} reason", now=NOW,
        draft=okr.KeyResultDraft(title=f"{CANARY} by hand", start=100, target=50),
    )  # fmt: skip
    work = okr.InitiativeDraft(
        title=f"{CANARY} work",
        key_result_id=key_result.pk,
        lead_id=by.membership_id,
        due_on=TODAY,
        note=f"{CANARY} why",
    )
    okr.add_initiative(by=by, objective_id=goal, draft=work, now=NOW)
    for subject in (talk.Subject(objective_id=goal), talk.Subject(kpi=kpi)):
        said = talk.CommentDraft(text=f"{CANARY} said, @Ada Admin", flag="risk")
        talk.post_comment(by=by, subject=subject, draft=said, now=NOW)
    okr.create_objective(
        by=by, activate=False, now=NOW,
        draft=okr.ObjectiveDraft(title=f"{CANARY} draft", cycle_id=company.cycle, lead_id=by.membership_id, visibility="private"),
    )  # fmt: skip
    return goal, kpi


def pages(company: Company, public: Public) -> Iterator[str]:
    ws = company.slug
    for name in (
        "week",
        "goals",
        "kpis",
        "people",
        "strategy",
        "find",
        "feed",
        "notifications",
        "more",
        "settings",
        "settings_members",
        "tokens",
        "webhooks",
    ):
        yield reverse(name, args=[ws])
    for view in ("all", "attention", "overdue", "mine", "unaligned"):
        for form in ("list", "tree", "map", "chart", "timeline"):
            yield reverse("goals", args=[ws]) + f"?as={form}&view={view}"
    for asked in ("q=canary", "status=off_track", f"team={company.team}", f"lead={company.ids['lead']}", "group=owner"):
        yield reverse("goals", args=[ws]) + f"?as=list&{asked}"
    yield reverse("goals", args=[ws]) + f"?as=map&follow={public.parent}"
    for view in ("all", "attention", "overdue", "mine"):
        yield reverse("kpis", args=[ws]) + f"?view={view}"
    for word in ("canary", "open", "reply", "canary 43", "reply 43"):
        yield reverse("find", args=[ws]) + f"?q={word}"
        yield reverse("find", args=[ws]) + f"?hits=1&q={word}"
    for pk in (public.parent, public.child):
        yield reverse("goal", args=[ws, pk])
        for shows in ("all", "comments", "check_ins", "changes"):
            yield reverse("goal", args=[ws, pk]) + f"?timeline={shows}"
        yield reverse("goal_people", args=[ws, pk])
        yield reverse("goal_branch", args=[ws, pk])
        yield reverse("goal_alignment", args=[ws, pk])
        yield reverse("goal_changes", args=[ws, pk])
        yield reverse("goal_guidance", args=[ws, pk])
        yield reverse("goal", args=[ws, pk]) + f"?on={TODAY}"
        yield reverse("goal_edit", args=[ws, pk])
    for view in ("all", "attention", "mine", "unaligned"):
        yield reverse("goals", args=[ws]) + f"?on={TODAY}&view={view}"
    yield reverse("goals", args=[ws]) + f"?on={TODAY}&against={TODAY - timedelta(days=7)}"
    yield reverse("kpis", args=[ws]) + f"?on={TODAY}"
    yield reverse("initiative", args=[ws, public.initiative])
    yield reverse("guidance", args=[ws])
    yield reverse("goal_new", args=[ws])
    yield reverse("kpi", args=[ws, public.kpi])
    yield reverse("kpi_objective", args=[ws, public.kpi])
    for pk in company.ids.values():
        yield reverse("person", args=[ws, pk])
    yield reverse("team", args=[ws, company.team])


def routes(company: Company, public: Public) -> Iterator[str]:
    """Every GET of the interface, about things that everybody sees."""
    key_result = KeyResult.objects.filter(objective_id=public.parent).order_by("id")[0].pk
    ids = {
        "cycle_id": company.cycle, "objective_id": public.parent, "key_result_id": key_result, "slug": public.kpi,
        "person_id": company.ids["lead"], "team_id": company.team, "check_in_id": 1, "comment_id": 1, "webhook_id": 1,
        "pillar_id": public.pillar, "view_id": 1, "initiative_id": public.initiative,
    }  # fmt: skip
    for path, methods in api.get_openapi_schema()["paths"].items():
        if "get" in methods:
            address = path.format(**ids)
            for query in QUERIES.get(methods["get"]["operationId"], ("",)):
                yield address + query.format(**ids)


QUERIES = {
    "search": ("?q=canary", "?q=open", "?q=reply 43"),
    "list_objectives": (
        "",
        "?include=key_results",
        "?parent_id={objective_id}",
        "?status=off_track",
        "?sort=-title",
        "?tag=canary",
        "?text=canary",
        "?needs_attention=true",
        "?due_by=2027-01-01",
        "?unaligned=true",
        "?unaligned=false",
    ),
    "list_kpis": ("", "?tag=canary"),
    "show_past_cycle": (f"?on={TODAY}",),
    "show_past_objective": (f"?on={TODAY}",),
    "list_past_kpis": (f"?on={TODAY}",),
    "list_differences": (f"?since={TODAY - timedelta(days=7)}&until={TODAY}",),
    "list_key_results": ("", "?due_by=2027-01-01", "?sort=title"),
}


def reader(company: Company, who: str) -> Callable[[str], str]:
    """Return what a person reads at an address, without what differs between any two answers."""
    client = Client()
    client.force_login(company.users[who], backend=BACKEND)
    token = actions.create_token(by=company.actor(who), name="t", scopes=["read"], days=None, now=NOW).secret

    def read(address: str) -> str:
        answer = (
            client.get(address, headers={"Authorization": f"Bearer {token}"})
            if address.startswith("/api/")
            else client.get(address)
        )
        return f"{answer.status_code} {CHANCE.sub('', answer.content.decode())}"

    return read


CHANCE = re.compile(r'name="csrfmiddlewaretoken" value="\w+"|"X-CSRFToken": "\w+"|nonce="[^"]+"|nonce-[\w+/=-]+')


@pytest.mark.parametrize("visibility", ["private", "team"])
@pytest.mark.parametrize("who", ["member", "viewer", "manager"])
def test_others_read_the_same_to_the_byte(company: Company, who: str, visibility: str) -> None:
    public = build_public(company)
    if who == "manager" and visibility == "team":
        team = actions.create_team(by=company.actor(), name="Elsewhere", parent_id=None, now=NOW)
        actions.set_team_member(
            by=company.actor(), team_id=company.team, membership_id=company.ids["manager"], is_manager=False,
            is_member=False, now=NOW,
        )  # fmt: skip
        actions.set_team_member(
            by=company.actor(), team_id=team, membership_id=company.ids["manager"], is_manager=True, now=NOW
        )
    read = reader(company, who)
    addresses = [*pages(company, public), *routes(company, public)]
    for address in addresses:  # whatever a first visit leaves behind
        read(address)
    before = {address: read(address) for address in addresses}
    assert sum(text.startswith("200") for text in before.values()) > 60
    deliveries = Delivery.objects.count()
    goal, kpi = hide(company, public, visibility=visibility)
    cache.clear()
    after = {address: read(address) for address in addresses}
    assert [address for address in addresses if before[address] != after[address]] == []
    assert Delivery.objects.count() == deliveries  # nobody outside is told
    missing = read(reverse("goal", args=[company.slug, 999_999])).replace("/999999/", f"/{goal}/")
    assert read(reverse("goal", args=[company.slug, goal])) == missing
    for path in ("objectives/{}", "objectives/{}/explanation", "objectives/{}/amendments"):
        assert read(f"/api/v1/{path.format(goal)}") == read(f"/api/v1/{path.format(999_999)}")
    assert read(f"/api/v1/kpis/{kpi}/readings") == read("/api/v1/kpis/none/readings")
    for noun in ("key-results", "check-ins"):
        model = KeyResult if noun == "key-results" else CheckIn
        hidden = model.objects.order_by("-id").values_list("id", flat=True)[0]
        assert read(f"/api/v1/{noun}/{hidden}") == read(f"/api/v1/{noun}/999999")
    assert json.loads(read(f"/api/v1/objectives?parent_id={goal}")[4:])["items"] == []


@pytest.mark.parametrize(("who", "sees"), [("lead", True), ("admin", True), ("member", False)])
def test_its_own_people_and_admins_see_it(company: Company, who: str, sees: bool) -> None:
    public = build_public(company)
    goal, kpi = hide(company, public)
    read = reader(company, who)
    for address in (
        reverse("goals", args=[company.slug]), reverse("goal", args=[company.slug, public.parent]),
        f"/api/v1/objectives?parent_id={public.parent}", reverse("kpis", args=[company.slug]),
        reverse("find", args=[company.slug]) + "?q=canary",
    ):  # fmt: skip
        assert (f"{CANARY} " in read(address)) == sees, address
    assert read(f"/api/v1/objectives/{goal}").startswith("200") == sees
    assert read(f"/api/v1/kpis/{kpi}").startswith("200") == sees


def test_a_team_sees_what_is_its_own_and_a_team_below_is_seen_from_above(company: Company) -> None:
    public = build_public(company)
    below = actions.create_team(by=company.actor(), name="Help centre", parent_id=company.team, now=NOW)
    goal = company.objective(
        f"{CANARY} goal", who="admin", visibility="team", owner_team_id=below, parent_id=public.parent
    )
    actions.set_team_member(
        by=company.actor(), team_id=company.team, membership_id=company.ids["member"], is_manager=False, now=NOW
    )
    assert Objective.objects.visible_to(company.actor("member")).filter(pk=goal).exists()  # in the team above
    assert not Objective.objects.visible_to(company.actor("viewer")).filter(pk=goal).exists()
    actions.set_team_member(
        by=company.actor(), team_id=below, membership_id=company.ids["viewer"], is_manager=False, now=NOW
    )
    assert Objective.objects.visible_to(company.actor("viewer")).filter(pk=goal).exists()


def score(pk: int) -> tuple[float | None, int, int]:
    row = ObjectiveScore.objects.get(pk=pk)
    return row.score, row.children, row.child_objectives


def test_a_private_goal_moves_only_parents_whose_whole_audience_sees_it(company: Company) -> None:
    public = build_public(company)
    before = score(public.parent)
    hide(company, public)
    assert score(public.parent) == before
    own = company.objective("Own parent", who="lead", visibility="private", counts="objectives")
    child = company.objective("Own child", who="lead", visibility="private", parent_id=own)
    assert score(own)[1:] == (1, 1)
    okr.edit_objective(
        by=company.actor("lead"), objective_id=own, reason="Two of us", now=NOW,
        draft=okr.ObjectiveDraft(
            title="Own parent", cycle_id=company.cycle, lead_id=company.ids["lead"], visibility="private",
            counts="objectives", contributor_ids=[company.ids["member"]],
        ),
    )  # fmt: skip
    assert score(own)[1:] == (0, 0)  # the member sees the parent, not the child
    left_out = explained_objective(company.actor("lead"), own, today=TODAY).explanations[0].left_out
    assert [(part.label, part.rule) for part in left_out if part.rule == "R6"] == [("Own child", "R6")]
    okr.edit_objective(
        by=company.actor("lead"), objective_id=child, reason="Open", now=NOW,
        draft=okr.ObjectiveDraft(title="Own child", cycle_id=company.cycle, lead_id=company.ids["lead"], parent_id=own),
    )  # fmt: skip
    assert score(own)[1:] == (1, 1)
    assert ObjectiveScore.objects.get(pk=child).is_root  # whoever does not see the parent still finds it


def test_somebody_who_joins_a_team_changes_what_its_goals_may_move(company: Company) -> None:
    parent = company.objective("Team's", who="lead", visibility="team", owner_team_id=company.team, counts="objectives")
    company.objective("Private below", who="lead", visibility="private", parent_id=parent)
    everybody_in = {"lead", "manager"}
    assert score(parent)[1] == 0  # the manager of the team does not see the child
    for who in everybody_in - {"lead"}:
        actions.set_team_member(
            by=company.actor(), team_id=company.team, membership_id=company.ids[who], is_manager=False, is_member=False,
            now=NOW,
        )  # fmt: skip
    okr.refresh_day(by=company.operator(), now=NOW)
    assert score(parent)[1] == 1
    actions.set_team_member(
        by=company.actor(), team_id=company.team, membership_id=company.ids["member"], is_manager=False, now=NOW
    )
    assert company.place("viewer").scores_are_old
    okr.refresh_day(by=company.operator(), now=NOW)
    assert score(parent)[1] == 0


def test_a_kpi_is_not_shown_through_an_objective_that_more_people_see(company: Company) -> None:
    kpi = company.kpi("Secret", visibility="private")
    read = [okr.KeyResultDraft(title="Reads", kpi=kpi, start=48, target=30)]
    with pytest.raises(Invalid, match="“Secret” is seen by fewer people"):
        company.objective("Wide", who="lead", key_results=read)
    goal = company.objective("Narrow", who="lead", visibility="private", key_results=read)
    with pytest.raises(Invalid, match="seen by fewer people"):
        okr.edit_objective(
            by=company.actor("lead"), objective_id=goal, reason="Open", now=NOW,
            draft=okr.ObjectiveDraft(title="Narrow", cycle_id=company.cycle, lead_id=company.ids["lead"]),
        )  # fmt: skip
    with pytest.raises(NotFound):
        company.objective("Theirs", who="member", visibility="private", key_results=read)


def test_a_kpi_that_is_read_by_many_cannot_be_hidden(company: Company) -> None:
    public = build_public(company)
    place = company.place("admin")
    draft = {
        "name": "First reply time", "unit": "min", "direction": "lower", "frequency": "week", "aggregation": "stock",
        "target": None, "lead_id": company.ids["lead"], "visibility": "private",
    }  # fmt: skip
    with pytest.raises(Invalid, match="“Open parent” reads it and is seen by more people"):
        okr.edit_kpi(by=place.actor, slug=public.kpi, draft=KpiDraft(**draft), today=TODAY, now=NOW)


def test_team_only_needs_a_team_and_a_word_that_is_one(company: Company) -> None:
    with pytest.raises(Invalid, match="choose the team that owns it"):
        company.objective("No team", visibility="team", owner_team_id=None)
    with pytest.raises(Invalid, match="everybody, team, private"):
        company.objective("No word", visibility="secret")


def test_whoever_does_not_see_the_parent_keeps_it(company: Company) -> None:
    parent = company.objective("Hidden parent", who="lead", visibility="private")
    child = company.objective("Shown child", who="lead", parent_id=parent)
    okr.edit_objective(
        by=company.actor("lead"), objective_id=child, reason="Hand over", now=NOW,
        draft=okr.ObjectiveDraft(title="Shown child", cycle_id=company.cycle, lead_id=company.ids["member"], parent_id=parent),
    )  # fmt: skip
    read = reader(company, "member")
    assert json.loads(read(f"/api/v1/objectives/{child}")[4:])["parent_id"] is None
    assert "Hidden parent" not in read(reverse("goal", args=[company.slug, child]))
    okr.edit_objective(
        by=company.actor("member"), objective_id=child, reason="Mine now", now=NOW,
        draft=okr.ObjectiveDraft(title="My child", cycle_id=company.cycle, lead_id=company.ids["member"]),
    )  # fmt: skip
    assert json.loads(reader(company, "lead")(f"/api/v1/objectives/{child}")[4:])["parent_id"] == parent


def test_a_contributor_checks_in_and_does_not_edit(company: Company) -> None:
    goal = company.objective("Helped", who="lead", contributor_ids=[company.ids["member"]])
    key_result = KeyResult.objects.get(objective_id=goal).pk
    draft = okr.CheckInDraft(key_result_id=key_result, value=90, confidence=5)
    assert okr.record_check_in(by=company.actor("member"), draft=draft, now=NOW)
    with pytest.raises(NotAllowed):
        okr.cancel_key_result(by=company.actor("member"), key_result_id=key_result, reason="x", now=NOW)
    kpi = company.kpi("Helped KPI", contributor_ids=[company.ids["member"]])
    values = [okr.NewReading(day=TODAY, value=40.0)]
    assert okr.record_readings(by=company.actor("member"), kpi=kpi, readings=values, now=NOW).readings
    other = company.kpi("Another KPI")
    with pytest.raises(NotAllowed):
        okr.record_readings(by=company.actor("member"), kpi=other, readings=values, now=NOW)
