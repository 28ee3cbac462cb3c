"""The goals under a filter: what each view shows, and that nobody is shown what is not theirs."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from milepost.okr import actions, queries
from milepost.okr.models import Alignment, Objective, ObjectiveTag
from milepost.okr.queries import Asked, GoalFilter, KeyResultLine
from milepost.workspace import actions as workspace
from milepost.workspace.permissions import Actor
from tests.people import NOW, TODAY, Company, build_company

pytestmark = pytest.mark.django_db
DRAFT = actions.KeyResultDraft(title="Tickets", start=100, target=60)


@pytest.fixture
def goals(company: Company) -> dict[str, int]:
    """Company over Support over Evenings (a team below Support); Finance hangs on nothing; one is private."""
    by = company.actor()
    evenings = workspace.create_team(by=by, name="Evenings", parent_id=company.team, now=NOW)
    finance = workspace.create_team(by=by, name="Finance", parent_id=None, now=NOW)
    top = company.objective("Be recommended", owner_team_id=None, who="admin", counts="both")
    support = company.objective("Answer at once", parent_id=top, counts="both")
    evening = company.objective("Answer after six", who="manager", owner_team_id=evenings, parent_id=support)
    loose = company.objective("Invoices in two days", who="admin", owner_team_id=finance)
    draft = company.objective("A plan", who="admin", owner_team_id=None, activate=False)
    hidden = company.objective("Zebra deal", who="admin", parent_id=top, visibility="private", owner_team_id=finance)
    actions.refresh_day(by=company.operator(), now=NOW)
    return {
        "evenings": evenings, "finance": finance, "top": top, "support": support, "evening": evening, "loose": loose,
        "draft": draft, "hidden": hidden,
    }  # fmt: skip


def shown(company: Company, actor: Actor | None = None, **wanted: object) -> list[str]:
    """Return the titles of a list, as its groups and rows stand."""
    actor = actor or company.actor("member")
    asked = queries.ask(actor, GoalFilter(**{"form": "list"} | wanted))  # type: ignore[arg-type]
    page = queries.goals_page(actor, asked, cycle_id=company.cycle, today=TODAY)
    return [branch.objective.title for _, branches in page.groups for branch in branches]


def test_a_team_is_asked_for_with_all_below_it(company: Company, goals: dict[str, int]) -> None:
    assert shown(company, team_id=company.team) == ["Answer at once", "Answer after six"]
    assert shown(company, team_id=goals["evenings"]) == ["Answer after six"]
    assert shown(company, team_id=goals["finance"]) == ["Invoices in two days"]


def test_filters_add_up(company: Company, goals: dict[str, int]) -> None:
    assert shown(company, lead_id=company.ids["manager"]) == ["Answer after six"]
    assert shown(company, state="draft") == ["A plan"]
    assert shown(company, text="answ") == ["Answer at once", "Answer after six"]
    assert shown(company, text="answ six") == ["Answer after six"]
    assert shown(company, text="nswer") == []  # beginnings of words
    assert shown(company, team_id=company.team, text="once", status="on_track") == []
    assert shown(company, tab="unaligned") == ["Invoices in two days"]


def test_cancelled_goals_are_shown_to_who_asks_for_them(company: Company, goals: dict[str, int]) -> None:
    actions.cancel_objective(by=company.actor(), objective_id=goals["loose"], reason="No longer", now=NOW)
    assert "Invoices in two days" not in shown(company)
    assert shown(company, state="cancelled") == ["Invoices in two days"]


def test_a_list_is_sorted_and_put_under_headings(company: Company, goals: dict[str, int]) -> None:
    actor = company.actor("member")
    asked = Asked(GoalFilter(form="list", group="team", sort="title"))
    page = queries.goals_page(actor, asked, cycle_id=company.cycle, today=TODAY)
    assert [(heading, [b.objective.title for b in branches]) for heading, branches in page.groups] == [
        ("No team", ["A plan", "Be recommended"]),
        ("Acme Support", ["Answer at once"]),
        ("Evenings", ["Answer after six"]),
        ("Finance", ["Invoices in two days"]),
    ]
    for group in ("owner", "lead", "status"):
        titles = shown(company, group=group)
        assert sorted(titles) == sorted(shown(company))


def test_the_furthest_behind_comes_first_and_what_has_no_number_last(company: Company, goals: dict[str, int]) -> None:
    from milepost.okr.models import KeyResult

    key_result = KeyResult.objects.get(objective_id=goals["loose"])
    draft = actions.CheckInDraft(key_result_id=key_result.pk, value=100, confidence=3)
    actions.record_check_in(by=company.actor(), draft=draft, now=NOW)
    assert shown(company, sort="behind")[0] == "Invoices in two days"


def test_a_page_shows_fifty_and_the_next_one_the_rest(company: Company) -> None:
    for number in range(51):
        company.objective(f"Goal {number:02}", activate=False)
    asked = Asked(GoalFilter(form="list", sort="title"))
    first, second = (
        queries.goals_page(company.actor(), asked, cycle_id=company.cycle, today=TODAY, page=page) for page in (1, 2)
    )
    assert (len(first.groups[0][1]), first.has_more, second.has_more) == (50, True, False)
    assert [b.objective.title for b in second.groups[0][1]] == ["Goal 50"]
    assert first.counts["all"] == 51


def test_counts_are_those_of_what_the_reader_sees(company: Company, goals: dict[str, int]) -> None:
    def counts(who: str, **wanted: object) -> dict[str, int]:
        asked = queries.ask(company.actor(who), GoalFilter(**wanted))  # type: ignore[arg-type]
        return queries.goals_page(company.actor(who), asked, cycle_id=company.cycle, today=TODAY).counts

    assert counts("member")["all"] + 1 == counts("admin")["all"] == 6
    assert counts("member", team_id=goals["finance"])["all"] == 1
    assert counts("admin", team_id=goals["finance"])["all"] == 2
    assert counts("member", text="zebra")["all"] == 0


def test_a_team_or_lead_that_is_not_of_the_workspace_is_left_out_alike(company: Company) -> None:
    other = build_company("Other")
    said = set()
    for team, lead in ((other.team, other.ids["lead"]), (10**6, 10**6)):
        asked = queries.ask(company.actor(), GoalFilter(team_id=team, lead_id=lead))
        assert asked.filter == GoalFilter()
        said.add(asked.left_out)
    assert said == {
        (
            "The team of this view is not there, so it was left out.",
            "The lead of this view is not there, so it was left out.",
        )
    }


def a_map(company: Company, who: str = "member", follow: int | None = None, **wanted: object) -> queries.GoalMap:
    actor = company.actor(who)
    asked = queries.ask(actor, GoalFilter(form="map", **wanted))  # type: ignore[arg-type]
    return queries.goal_map(actor, asked, cycle_id=company.cycle, today=TODAY, follow=follow)


def told(card: queries.Card) -> tuple[str, list[object]]:
    return card.objective.title, [told(below) for below in card.cards]


def test_the_map_hangs_each_goal_below_the_one_it_serves(company: Company, goals: dict[str, int]) -> None:
    found = a_map(company)
    assert [told(card) for card in found.company] == [
        ("Be recommended", [("Answer at once", [("Answer after six", [])])]),
        ("A plan", []),
    ]
    assert [told(card) for card in found.others] == [("Invoices in two days", [])]
    assert (found.shown, found.has_more) == (5, False)
    assert "Zebra deal" in [card.objective.title for card in a_map(company, "admin").company[0].cards]


def test_the_map_begins_with_the_pillars_and_says_which_are_empty(company: Company, goals: dict[str, int]) -> None:
    admin = company.actor()
    stay = workspace.create_pillar(by=admin, name="Customers who stay", perspective="customer", now=NOW)
    workspace.create_pillar(by=admin, name="People who stay", now=NOW)
    company.kpi("Churn", pillar_id=stay)
    company.kpi("Raids", pillar_id=stay, visibility="private", owner_team_id=None)
    Objective.objects.filter(title__in=["Be recommended", "Zebra deal"]).update(pillar_id=stay)
    found = a_map(company)
    assert [(row.name, [told(card)[0] for card in row.cards]) for row in found.pillars] == [
        ("Customers who stay", ["Be recommended"]),
        ("People who stay", []),
    ]
    assert [tile.name for tile in found.pillars[0].kpis] == ["Churn"]
    assert [told(card)[0] for card in found.company] == ["A plan"]
    narrow = a_map(company, pillar_id=stay)
    assert [row.name for row in narrow.pillars] == ["Customers who stay"]
    assert a_map(company, tag="nothing of it").pillars == ()


def test_goals_are_found_by_pillar_and_tag_and_put_under_pillars(company: Company, goals: dict[str, int]) -> None:
    pillar = workspace.create_pillar(by=company.actor(), name="Customers who stay", now=NOW)
    Objective.objects.filter(title="Be recommended").update(pillar_id=pillar)
    ObjectiveTag.objects.create(objective_id=goals["support"], key="help desk", word="Help desk")
    actor = company.actor("member")

    def page(**wanted: object) -> queries.GoalsPage:
        asked = queries.ask(actor, GoalFilter(form="list", **wanted))  # type: ignore[arg-type]
        return queries.goals_page(actor, asked, cycle_id=company.cycle, today=TODAY)

    assert [b.objective.title for _, below in page(pillar_id=pillar).groups for b in below] == ["Be recommended"]
    assert [b.objective.title for _, below in page(tag="HELP desk").groups for b in below] == ["Answer at once"]
    headings = [heading for heading, _ in page(group="pillar").groups]
    assert headings == ["No pillar", "Customers who stay"]
    gone = queries.ask(actor, GoalFilter(pillar_id=10**6))
    assert gone.left_out == ("The pillar of this view is not there, so it was left out.",)


def test_the_branch_that_is_followed_is_lit_and_shows_its_key_results(company: Company, goals: dict[str, int]) -> None:
    found = a_map(company, follow=goals["support"])
    (top, plan), (support,) = found.company, found.company[0].cards
    assert found.followed is not None and found.followed.title == "Answer at once"
    assert (top.is_lit, support.is_lit, support.cards[0].is_lit, plan.is_lit) == (True, True, True, False)
    assert found.others[0].is_lit is False
    lines: list[tuple[KeyResultLine, ...]] = [top.key_results, support.key_results, support.cards[0].key_results]
    assert [len(line) for line in lines] == [0, 1, 1]


def test_whoever_asks_to_follow_what_is_not_theirs_follows_the_first(company: Company, goals: dict[str, int]) -> None:
    ways = {repr(a_map(company, follow=pk)) for pk in (goals["hidden"], 10**6, None)}
    assert len(ways) == 1


def test_a_filtered_map_shows_the_way_up_to_what_it_leaves(company: Company, goals: dict[str, int]) -> None:
    found = a_map(company, team_id=goals["evenings"])
    (top,) = found.company
    assert told(top) == ("Be recommended", [("Answer at once", [("Answer after six", [])])])
    assert [top.is_context, top.cards[0].is_context, top.cards[0].cards[0].is_context] == [True, True, False]


def test_what_only_supports_and_what_serves_another_too_is_said(company: Company, goals: dict[str, int]) -> None:
    Alignment.objects.filter(child_id=goals["evening"]).update(contributes=False)
    for parent in (goals["loose"], goals["hidden"]):
        Alignment.objects.create(
            workspace_id=company.workspace_id, parent_id=parent, child_id=goals["support"], is_primary=False, since=NOW
        )
    (support,) = a_map(company).company[0].cards
    assert support.also == ("Invoices in two days",)  # not the private one
    assert (support.counts, support.cards[0].counts) == (True, False)
    assert a_map(company, follow=goals["support"]).company[0].cards[0].cards[0].key_results == ()


def test_a_child_of_a_hidden_goal_is_a_top_to_who_does_not_see_that(company: Company, goals: dict[str, int]) -> None:
    company.objective("Below the deal", who="admin", parent_id=goals["hidden"])
    assert [told(card) for card in a_map(company).others] == [("Invoices in two days", []), ("Below the deal", [])]
    (hidden,) = (card for card in a_map(company, "admin").company[0].cards if card.objective.id == goals["hidden"])
    assert told(hidden) == ("Zebra deal", [("Below the deal", [])])
    assert [told(card) for card in a_map(company, "admin").others] == [("Invoices in two days", [])]


def test_the_map_takes_the_same_queries_at_any_size(company: Company, goals: dict[str, int]) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            a_map(company)
        return len(found)

    few = asked()
    made = Objective.objects.bulk_create(
        Objective(
            workspace_id=company.workspace_id, cycle_id=company.cycle, title=f"Goal {n}", ambition="committed",
            state="active", lead_id=company.ids["lead"], created_at=NOW, activated_on=TODAY,
        )
        for n in range(300)
    )  # fmt: skip
    Alignment.objects.bulk_create(
        Alignment(workspace_id=company.workspace_id, parent=made[n // 3], child=child, since=NOW)
        for n, child in enumerate(made[1:])
    )
    actions.rebuild(by=company.operator(), now=NOW)
    assert a_map(company).shown == 299  # the deepest of 305 are left out, and the private one
    assert asked() == few


def test_the_chart_counts_whose_goals_serve_whose(company: Company, goals: dict[str, int]) -> None:
    def edges(who: str, **wanted: object) -> list[tuple[str, str, int, int]]:
        asked = queries.ask(company.actor(who), GoalFilter(form="chart", **wanted))  # type: ignore[arg-type]
        chart = queries.alignment_chart(company.actor(who), asked, cycle_id=company.cycle, today=TODAY)
        return [(e.below.name, e.above.name, e.goals, e.counting) for e in chart.edges]

    ours = [("Acme Support", "Company", 1, 1), ("Evenings", "Acme Support", 1, 1)]
    assert edges("member") == ours
    assert edges("admin") == [*ours, ("Finance", "Company", 1, 1)]
    assert edges("member", team_id=goals["evenings"]) == [ours[1]]
    chart = queries.alignment_chart(company.actor("member"), Asked(GoalFilter()), cycle_id=company.cycle, today=TODAY)
    assert {owner.name: n for owner, n in chart.loose.items()} == {"Finance": 1}
    assert chart.between(chart.rows[0], chart.columns[0]) is not None
    assert (chart.left_out, chart.counts["unaligned"]) == (0, 1)


def test_goals_of_persons_are_counted_together(company: Company, goals: dict[str, int]) -> None:
    for who in ("lead", "member"):
        given = {"owner_team_id": None, "owner_person_id": company.ids[who]}
        company.objective(f"Of {who}", parent_id=goals["top"], who="admin", **given)
    asked = Asked(GoalFilter())
    chart = queries.alignment_chart(company.actor(), asked, cycle_id=company.cycle, today=TODAY)
    assert [(e.below.in_words, e.above.in_words, e.goals) for e in chart.edges][-1] == ("people", "the company", 2)


def test_the_chart_keeps_to_the_owners_with_the_most_goals(company: Company, goals: dict[str, int]) -> None:
    for number in range(40):
        team = workspace.create_team(by=company.actor(), name=f"Team {number}", parent_id=None, now=NOW)
        Objective.objects.filter(pk=company.objective(f"Of {number}", activate=False)).update(owner_team_id=team)
    asked = Asked(GoalFilter())
    chart = queries.alignment_chart(company.actor(), asked, cycle_id=company.cycle, today=TODAY)
    assert len(chart.rows) + 1 <= 31
    assert chart.left_out == 44 - 30


def a_timeline(company: Company, **wanted: object) -> dict[str, queries.Span]:
    found = queries.timeline(
        company.actor("member"), Asked(GoalFilter(form="timeline", **wanted)), cycle_id=company.cycle,  # type: ignore[arg-type]
        first=date(2026, 10, 1), last=date(2026, 12, 31), today=TODAY,
    )  # fmt: skip
    return {span.objective.title: span for _, spans in found.groups for span in spans}


def test_the_timeline_runs_from_the_start_of_a_goal_to_its_close(company: Company, goals: dict[str, int]) -> None:
    rota = [
        actions.StepDraft("Agreed", due_on=TODAY + timedelta(days=3)),
        actions.StepDraft("Some day"),
    ]
    company.objective("Rota", key_results=[actions.KeyResultDraft(title="Rota", kind="milestone", steps=rota)], at=NOW)
    closed = company.objective("Done with")
    actions.close_objective(
        by=company.actor(), objective_id=closed, grade=actions.GradeDraft(), key_results={}, now=NOW
    )
    spans = a_timeline(company)
    assert "Zebra deal" not in spans
    assert (spans["Rota"].first, spans["Rota"].last) == (TODAY, date(2026, 12, 31))
    assert [(step.title, step.due_on, step.is_done) for step in spans["Rota"].steps] == [
        ("Agreed", TODAY + timedelta(days=3), False)
    ]
    assert (spans["Done with"].first, spans["Done with"].last) == (date(2026, 10, 1), TODAY)
    assert (spans["A plan"].first, spans["A plan"].last) == (date(2026, 10, 1), date(2026, 12, 31))


def test_a_goal_that_ran_before_its_cycle_begins_with_it(company: Company, goals: dict[str, int]) -> None:
    Objective.objects.filter(pk=goals["top"]).update(activated_on=date(2026, 9, 1), closed_on=date(2027, 2, 1))
    span = a_timeline(company)["Be recommended"]
    assert (span.first, span.last) == (date(2026, 10, 1), date(2026, 12, 31))


def test_the_same_goals_stand_in_list_and_timeline(company: Company, goals: dict[str, int]) -> None:
    for wanted in ({}, {"tab": "attention"}, {"group": "lead", "sort": "title"}):
        assert list(a_timeline(company, **wanted)) == shown(company, **wanted)


def test_a_filter_is_frozen(company: Company) -> None:
    assert replace(GoalFilter(), tab="mine") != GoalFilter()
    with pytest.raises(AttributeError):
        GoalFilter().tab = "mine"  # type: ignore[misc]
