"""docs/roles.md says what the matrices try, of every route, and what its first part claims is so."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse

from milepost.metrics import actions as metrics
from milepost.okr import actions as okr
from milepost.okr.models import KeyResult
from milepost.rhythm import actions as talk
from milepost.workspace import actions as workspace
from milepost.workspace.errors import NotAllowed, NotFound
from tests.docs import roles
from tests.docs.roles import LINES, OWN, PAGES, ROLES, ROUTES, line_of, mark
from tests.people import NOW, TODAY, Company
from tests.web.test_matrix import client_of
from tests.web.things import ACTORS, Things, build_worlds

LATER = NOW + timedelta(minutes=1)


def test_the_page_says_what_the_matrices_say() -> None:
    assert roles.PAGE.read_text(encoding="utf-8") == roles.text(), (
        "docs/roles.md is not what the tables of the matrices say. Write it anew with: python -m tests.docs.snapshot"
    )


def test_every_route_and_operation_has_a_sentence() -> None:
    pages = {name for line in LINES for name in line.pages}
    operations = {name for line in LINES for name in line.operations}
    silent = roles.FORMS | roles.SILENT
    assert set(PAGES) - pages - silent == set(), "give these a line in tests/docs/roles.py"
    assert set(ROUTES) - operations == set(), "give these a line in tests/docs/roles.py"
    assert (pages | silent) - set(PAGES) == set()
    assert operations - set(ROUTES) == set()
    assert not pages & silent


def test_each_sentence_stands_once_and_is_about_what_an_admin_may() -> None:
    told = {(noun, line.sentence) for noun, lines in roles.NOUNS.items() for line in lines}
    assert len(told) == len(LINES) > 50
    not_an_admins = [line.sentence for line in LINES if mark(line, "admin") != roles.MAY]
    assert not_an_admins == ["Change a comment"]  # nobody puts words into somebody else's mouth


def test_a_row_whose_routes_disagree_is_refused() -> None:
    mixed = roles.Line("Change or see an objective", ("get goal", "post goal_edit"))
    with pytest.raises(AssertionError, match="split it in two"):
        mark(mixed, "viewer")


def test_a_viewer_changes_nothing_but_what_is_theirs_alone() -> None:
    allowed = {line.sentence for line in LINES if mark(line, "viewer") != roles.NOT}
    reads = {
        line.sentence
        for line in LINES
        if all(name.startswith("get ") for name in line.pages) and all(ROUTES[n][0] == "GET" for n in line.operations)
    }
    assert allowed - reads == {
        roles.ADD_TOKEN, "End a token", "Follow a goal or a KPI, or stop",
        "Mark one's notifications as read, choose what to hear of",
    }  # fmt: skip


def test_with_read_alone_a_token_changes_nothing() -> None:
    allowed = {name for name in ROUTES if roles.may_by_program(name, "read token")}
    assert allowed == {name for name, scope in roles.SCOPES.items() if scope == "read"}
    assert {ROUTES[name][0] for name in allowed} == {"GET"}


@pytest.mark.parametrize("who", sorted(set(ACTORS) - set(ROLES) - {"read token", "write token"}))
def test_whoever_is_not_of_the_workspace_finds_nothing(who: str) -> None:
    """Whoever has lost access is sent to the sign-in; an outsider's token speaks of another workspace alone."""
    said = {cell.expected(who, "open") for cell in PAGES.values()}
    assert said <= ({404, 405} if who == "outsider" else {302})
    assert who == "outsider" or not any(roles.may_by_program(name, who) for name in ROUTES)


# What is one's own: the matrices try it as its author alone.


def _check_in(things: Things, who: str) -> None:
    by = things.company.actor(who)
    draft = okr.CheckInDraft(key_result_id=things.key_result, value=70, confidence=5)
    made = okr.record_check_in(by=by, draft=draft, now=LATER)
    again = okr.CheckInDraft(key_result_id=things.key_result, value=71, confidence=5)
    okr.delete_check_in(
        by=by, check_in_id=okr.edit_check_in(by=by, check_in_id=made, draft=again, now=LATER), now=LATER
    )


def _note(things: Things, who: str) -> None:
    by = things.company.actor(who)
    made = metrics.add_note(by=by, slug=things.kpi, day=TODAY, text="Mine", fiscal_month=1, now=LATER)
    metrics.withdraw_note(by=by, slug=things.kpi, note_id=made, now=LATER)


def _token(things: Things, who: str) -> None:
    by = things.company.actor(who)
    made = workspace.create_token(by=by, name="Mine", scopes=["read"], days=9, now=LATER)
    page = reverse("tokens", args=[things.company.slug])
    assert client_of(things.company, who).post(page, {"revoke": made.id}).status_code == 302


def _said(things: Things, who: str) -> int:
    draft = talk.CommentDraft(text="It may slip", flag="risk")
    subject = talk.Subject(objective_id=things.goal)
    return talk.post_comment(by=things.company.actor(who), subject=subject, draft=draft, now=LATER)


def _comment(things: Things, who: str) -> None:
    by = things.company.actor(who)
    talk.edit_comment(by=by, comment_id=_said(things, who), text="It will slip", now=LATER)


def _comment_back(things: Things, who: str) -> None:
    talk.delete_comment(by=things.company.actor(who), comment_id=_said(things, who), now=LATER)


def _flag(things: Things, who: str) -> None:
    talk.settle_flag(by=things.company.actor(who), comment_id=_said(things, who), now=LATER)


def _template(things: Things, who: str) -> None:
    by = things.company.actor(who)
    made = okr.save_objective_template(by=by, objective_id=things.goal, name="Mine", now=LATER)
    okr.rename_template(by=by, template_id=made, name="Mine still", now=LATER)
    okr.delete_template(by=by, template_id=made, now=LATER)


def _view(things: Things, who: str) -> None:
    by = things.company.actor(who)
    made = okr.save_view(by=by, name="Mine", query="as=list", now=LATER)
    okr.change_view(by=by, view_id=made, is_shared=True, now=LATER)
    okr.delete_view(by=by, view_id=made, now=LATER)


TAKES_BACK: dict[str, Callable[[Things, str], None]] = {
    "Correct or take back a check-in": _check_in, "Take a note back": _note, "End a token": _token,
    "Change a comment": _comment, "Delete a comment": _comment_back,
    "Settle a flagged risk or opportunity on what one leads": _flag,
    "Rename or delete a template": _template,
    "Rename, share or delete a view": _view,
}  # fmt: skip
OWNED = [(line.sentence, who) for line in LINES for who in ROLES if line.own and mark(line, who).startswith(OWN)]


@pytest.fixture
def things(company: Company, monkeypatch: pytest.MonkeyPatch) -> Things:
    monkeypatch.setenv("MILEPOST_NOW", LATER.isoformat())
    return build_worlds(company)["open"]


@pytest.mark.parametrize(("sentence", "who"), OWNED)
def test_whoever_made_it_takes_it_back(things: Things, sentence: str, who: str) -> None:
    TAKES_BACK[sentence](things, who)


def test_there_are_such_things() -> None:
    assert {sentence for sentence, _ in OWNED} == set(TAKES_BACK) == {line.sentence for line in LINES if line.own}
    assert len(OWNED) == 31
    assert mark(line_of("Take a note back"), "member") == OWN


# What comes on top of a role.


def _rename(company: Company, goal: int, who: str) -> None:
    draft = okr.ObjectiveDraft(title="Other", cycle_id=company.cycle, lead_id=company.ids["lead"])
    okr.edit_objective(by=company.actor(who), objective_id=goal, draft=draft, reason="Said so", now=NOW)


def test_a_manager_may_do_what_a_lead_may_in_every_team_below(company: Company) -> None:
    below = workspace.create_team(by=company.actor(), name="Night shift", parent_id=company.team, now=NOW)
    _rename(company, company.objective(owner_team_id=below), "manager")
    with pytest.raises(NotAllowed):
        _rename(company, company.objective(owner_team_id=None), "manager")


def test_a_team_sees_what_is_for_a_team_below_and_not_above(company: Company) -> None:
    by = company.actor()
    below = workspace.create_team(by=by, name="Night shift", parent_id=company.team, now=NOW)
    workspace.set_team_member(by=by, team_id=below, membership_id=company.ids["member"], is_manager=False, now=NOW)
    of_below, above = (
        company.objective(who="admin", owner_team_id=t, visibility="team") for t in (below, company.team)
    )

    def may_see(who: str, goal: int) -> bool:
        return client_of(company, who).get(reverse("goal", args=[company.slug, goal])).status_code == 200

    assert [may_see("lead", of_below), may_see("member", of_below)] == [True, True]
    assert [may_see("lead", above), may_see("member", above)] == [True, False]


def test_who_owns_an_objective_in_person_may_do_what_its_lead_may(company: Company) -> None:
    goal = company.objective(owner_team_id=None, owner_person_id=company.ids["member"])
    _rename(company, goal, "member")


def test_who_leads_a_key_result_alone_changes_that_one(company: Company) -> None:
    drafts = [
        okr.KeyResultDraft(title=title, start=100, target=60, lead_id=company.ids[who])
        for title, who in (("Theirs", "member"), ("Not theirs", "lead"))
    ]
    goal = company.objective(key_results=drafts)
    theirs, other = KeyResult.objects.filter(objective_id=goal).order_by("position")
    by = company.actor("member")
    okr.record_check_in(by=by, draft=okr.CheckInDraft(key_result_id=theirs.pk, value=90, confidence=5), now=NOW)
    okr.edit_key_result(by=by, key_result_id=theirs.pk, draft=drafts[0], reason="Said so", now=NOW)
    with pytest.raises(NotAllowed):
        okr.edit_key_result(by=by, key_result_id=other.pk, draft=drafts[1], reason="Said so", now=NOW)
    with pytest.raises(NotAllowed):
        _rename(company, goal, "member")


def test_a_viewer_who_leads_or_manages_changes_nothing(company: Company) -> None:
    goal = company.objective(owner_team_id=company.team)
    kpi = company.kpi()
    by = company.actor()
    for who in ("lead", "manager"):
        workspace.change_role(by=by, membership_id=company.ids[who], role="viewer", now=NOW)
        with pytest.raises(NotAllowed):
            _rename(company, goal, who)
        with pytest.raises((NotAllowed, NotFound)):
            metrics.archive_kpi(by=company.actor(who), slug=kpi, now=NOW)
