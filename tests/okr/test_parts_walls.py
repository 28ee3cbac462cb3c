"""What a key result is made of behind a wall moves only what its own audience sees, and is told to nobody else (R6)."""

import pytest
from django.test import Client
from django.urls import reverse

from milepost.core.rhythm import Rhythm
from milepost.core.team_rhythms import Rhythms
from milepost.okr import actions, queries
from milepost.okr.models import Amendment, KeyResult, Objective, Part
from milepost.okr.queries.integrity import score_rows
from milepost.workspace import actions as workspace
from milepost.workspace.errors import Invalid, NotFound
from milepost.workspace.models import Event
from tests.okr.test_parts import amend, made_of, one, row, say
from tests.people import NOW, TODAY, Company, build_company

pytestmark = pytest.mark.django_db
RHYTHM = Rhythm(every_weeks=1, monthly=False, weekday=0, anchor=TODAY)


@pytest.fixture
def hidden(company: Company) -> KeyResult:
    """A key result that its lead and the member see."""
    objective = {"visibility": "private", "contributor_ids": [company.ids["member"]]}
    key_result = one(company, "Zebra", unit="EUR", objective=objective)
    say(company, key_result, 80)
    return key_result


@pytest.fixture
def shown(company: Company) -> KeyResult:
    key_result = one(company, "Open", unit="EUR")
    say(company, key_result, 20)
    return key_result


def is_right(company: Company) -> bool:
    before = score_rows(company.workspace_id)
    return actions.rebuild(by=company.operator(), now=NOW) == 0 and score_rows(company.workspace_id) == before


def test_it_moves_only_what_its_whole_audience_may_see(
    company: Company, hidden: KeyResult, shown: KeyResult
) -> None:  # fmt: skip
    mean = made_of(company, hidden, shown)
    total = made_of(company, hidden, shown, combine="sum", start=0, target=200, title="Sum")
    assert (row(mean).score, row(total).value) == (pytest.approx(0.2), 20)
    private = {"visibility": "private"}
    among = made_of(company, hidden, shown, title="Among us", objective=private)
    assert row(among).score == pytest.approx(0.5)
    assert is_right(company)


def test_a_wall_that_rises_falls_or_lets_another_in_moves_it_at_once(
    company: Company, hidden: KeyResult, shown: KeyResult
) -> None:  # fmt: skip
    mean = made_of(company, hidden, shown)
    by = company.actor()
    objective = {"title": "About Zebra", "cycle_id": company.cycle, "lead_id": company.ids["lead"]}
    for level, score in (("everybody", 0.5), ("private", 0.2)):
        draft = actions.ObjectiveDraft(**objective, owner_team_id=company.team, visibility=level)
        actions.edit_objective(by=by, objective_id=hidden.objective_id, draft=draft, reason="Talks", now=NOW)
        assert row(mean).score == pytest.approx(score)
        assert is_right(company)
    among = made_of(company, hidden, shown, title="Among us", objective={"visibility": "private"})
    assert row(among).score == pytest.approx(0.5)
    # Who leads one of its key results sees an objective: the viewer does not see what it is made of.
    draft = actions.KeyResultDraft(title="Another", start=0, target=1, lead_id=company.ids["manager"])
    actions.add_key_result(by=by, objective_id=among.objective_id, draft=draft, reason="More", now=NOW)
    assert row(among).score == pytest.approx(0.2)
    assert is_right(company)


def test_people_who_move_behind_a_wall_are_counted_before_the_next_read(company: Company) -> None:
    team = {"visibility": "team"}
    hidden = one(company, "Zebra", objective=team)
    say(company, hidden, 80)
    mean = made_of(company, hidden, objective={"visibility": "private", "contributor_ids": [company.ids["viewer"]]})
    assert row(mean).score is None
    workspace.set_team_member(
        by=company.actor(), team_id=company.team, membership_id=company.ids["viewer"], is_manager=False, now=NOW
    )
    actions.refresh_day(by=company.operator(), now=NOW)
    assert row(mean).score == pytest.approx(0.8)


def test_nobody_outside_is_told_of_it(company: Company, hidden: KeyResult, shown: KeyResult) -> None:
    mean = made_of(company, hidden, shown)
    told = {who: told_by_queries(company, mean, who) for who in ("lead", "member", "viewer", "manager")}
    assert all("Zebra" in told[who] for who in ("lead", "member"))
    assert "is seen by fewer people" in told["lead"]
    for who in ("viewer", "manager"):
        assert "Zebra" not in told[who]
        assert "fewer people" not in told[who]
        assert "Open" in told[who]


def told_by_queries(company: Company, key_result: KeyResult, who: str) -> str:
    """Return all that is read of a key result that is made of others."""
    actor = company.actor(who)
    page = queries.objective_page(actor, key_result.objective_id, today=TODAY)
    return repr(
        [
            page,
            queries.parts_of(actor, [key_result.pk]),
            queries.offered_parts(actor, first=TODAY, last=TODAY, also=[p.child_id for p in key_result.parts.all()]),
            queries.show_key_result(actor, key_result.pk),
            queries.explained_key_result(actor, key_result.pk, rhythms=Rhythms(RHYTHM), today=TODAY),
            queries.plan_page(actor, key_result.pk),
        ]
    )


def test_the_page_and_the_form_show_it_to_its_people_alone(
    company: Company, hidden: KeyResult, shown: KeyResult, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setenv("MILEPOST_NOW", NOW.isoformat())
    mean = made_of(company, hidden, shown)
    pages = [reverse("goal", args=[company.slug, mean.objective_id])]
    form = reverse("key_result_edit", args=[company.slug, mean.pk])
    for who, addresses, sees in (("lead", [*pages, form], True), ("viewer", pages, False), ("manager", pages, False)):
        client.force_login(company.users[who])
        for address in addresses:
            assert ("Zebra" in client.get(address).content.decode()) is sees, (who, address)


def test_ledger_and_trail_do_not_name_it(company: Company, hidden: KeyResult, shown: KeyResult) -> None:
    mean = made_of(company, shown)
    parts = [actions.PartDraft(shown.pk), actions.PartDraft(hidden.pk)]
    amend(company, mean, kind="children", parts=parts)
    told = Amendment.objects.get(goal_id=mean.pk, field="parts")
    assert (told.old, told.new) == ("Open", "Open; a key result that not everybody sees")
    assert "Zebra" not in repr(list(Event.objects.filter(object_id=mean.pk, kind="key_result").values_list("data")))


def test_who_does_not_see_a_part_neither_takes_it_out_nor_chooses_it(
    company: Company, hidden: KeyResult, shown: KeyResult
) -> None:  # fmt: skip
    mean = made_of(company, hidden, shown)
    other = one(company, "Other")
    draft = actions.KeyResultDraft(
        title="Together", kind="children", parts=[actions.PartDraft(other.pk)], lead_id=company.ids["lead"]
    )
    actions.edit_key_result(
        by=company.actor("manager"), key_result_id=mean.pk, draft=draft, reason="Another", now=NOW
    )  # fmt: skip
    there = set(Part.objects.filter(parent=mean, until=None).values_list("child_id", flat=True))
    assert there == {hidden.pk, other.pk}
    chosen = actions.KeyResultDraft(title="Mine", kind="children", parts=[actions.PartDraft(hidden.pk)])
    with pytest.raises(NotFound):
        actions.add_key_result(
            by=company.actor("manager"), objective_id=mean.objective_id, draft=chosen, reason="Try", now=NOW
        )


def test_refusals_do_not_name_it(company: Company, hidden: KeyResult, shown: KeyResult) -> None:
    by = company.actor("manager")
    private = {"visibility": "private"}
    behind = made_of(company, shown, title="Zebra sum", objective=private, combine="sum", start=0, target=9)
    draft = actions.KeyResultDraft(title="Open", start=0, target=100, unit="EUR", kind="judged")
    with pytest.raises(Invalid, match="A key result that is not yours to see adds up the value of “Open”") as refused:
        actions.edit_key_result(by=by, key_result_id=shown.pk, draft=draft, reason="Try", now=NOW)
    assert "Zebra" not in str(refused.value)
    seen = made_of(company, behind, title="Seen")
    draft = actions.KeyResultDraft(title="Open", kind="children", parts=[actions.PartDraft(seen.pk)])
    with pytest.raises(Invalid, match="“Open” → “Seen” → “a key result that is not yours to see” → “Open”"):
        actions.edit_key_result(by=by, key_result_id=shown.pk, draft=draft, reason="Try", now=NOW)


def test_planted_parts_of_another_workspace_are_not_named(company: Company, shown: KeyResult) -> None:
    theirs = build_company("Other").workspace_id

    def move(key_result: KeyResult) -> None:
        KeyResult.objects.filter(pk=key_result.pk).update(workspace_id=theirs)
        Objective.objects.filter(pk=key_result.objective_id).update(workspace_id=theirs)

    behind = made_of(company, shown, title="Zebra sum", combine="sum", start=0, target=9)
    seen = made_of(company, behind, title="Seen")
    assert row(seen).score == 1
    move(behind)
    actions.rebuild(by=company.operator(), now=NOW)
    assert row(seen).score is None
    draft = actions.KeyResultDraft(title="Open", start=0, target=100, unit="EUR", kind="judged")
    with pytest.raises(Invalid, match="A key result that is not yours to see adds up the value of “Open”"):
        actions.edit_key_result(by=company.actor(), key_result_id=shown.pk, draft=draft, reason="Try", now=NOW)
    draft = actions.KeyResultDraft(title="Open", kind="children", parts=[actions.PartDraft(seen.pk)])
    with pytest.raises(Invalid, match="“Open” → “Seen” → “a key result that is not yours to see” → “Open”"):
        actions.edit_key_result(by=company.actor(), key_result_id=shown.pk, draft=draft, reason="Try", now=NOW)
    told = queries.explained_key_result(company.actor(), seen.pk, rhythms=Rhythms(RHYTHM), today=TODAY)
    assert "Zebra" not in repr(told)
