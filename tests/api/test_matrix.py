"""Every operation against every kind of token: one that is not in the table fails the run."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from milepost.api.app import api
from tests.api.conftest import Caller
from tests.people import NOW, Company
from tests.web.things import ACTORS, SEES, WORLDS, Things, build_worlds, end_access, tokens_of

pytestmark = pytest.mark.django_db
ROLES = ("admin", "manager", "lead", "member", "viewer")
WRITERS = ("admin", "manager", "lead", "member", "workspace")
PEOPLE = ("admin", "manager", "lead", "member")
OWNERS = ("admin", "manager", "lead", "workspace")
ADMINS = ("admin", "workspace")


@dataclass(frozen=True, slots=True)
class Row:
    """What an operation is sent, who may, and what those who may are answered: that it is done.

    A refusal over what was sent would say nothing about who may, so `at` names a thing in the right state.
    """

    may: tuple[str, ...]
    status: int = 200
    body: Callable[[Things], Any] | None = None
    more: str = ""
    else_: int = 403  # for the other roles
    outsider: int = 404
    at: Mapping[str, str] = field(default_factory=dict)  # name in the address: which of the things


def every(status: int = 200, more: str = "") -> Row:
    return Row((*ROLES, "workspace", "read only"), status, more=more)


TABLE: dict[str, Row] = {
    "list_cycles": every(), "show_cycle": every(), "list_objectives": every(), "show_objective": every(),
    "list_key_results": every(), "show_key_result": every(), "show_week": every(), "list_check_ins": every(),
    "show_past_cycle": every(more="?on=2026-11-22"), "show_past_objective": every(more="?on=2026-11-22"),
    "list_past_kpis": every(more="?on=2026-11-22"), "list_differences": every(more="?since=2026-11-01&until=2026-11-22"),
    "list_amendments": every(), "list_targets": every(), "show_proposal": every(),
    "show_check_in": every(), "list_kpis": every(), "show_kpi": every(), "list_readings": every(),
    "list_notes": every(), "show_me": every(), "show_workspace": every(), "list_people": every(),
    "show_person": every(), "list_teams": every(), "show_team": every(),
    "explain_objective": every(), "explain_key_result": every(), "explain_kpi": every(),
    "list_initiatives": every(), "show_initiative": every(),
    "add_initiative": Row(OWNERS, 201, lambda _: {"title": "Call them"}),
    "update_initiative": Row(OWNERS, 200, lambda _: {"title": "Call them"}),
    "set_initiative_state": Row(OWNERS, 200, lambda _: {"state": "done"}),
    "delete_initiative": Row(OWNERS, 204),
    "list_objective_comments": every(), "list_kpi_comments": every(), "show_comment": every(), "show_feed": every(),
    "list_notifications": every(), "show_choices": every(),
    "comment_on_objective": Row(PEOPLE, 201, lambda _: {"text": "Was it the queue?"}),
    "comment_on_kpi": Row(PEOPLE, 201, lambda _: {"text": "Odd week", "flag": "risk"}),
    "edit_comment": Row(("lead",), 200, lambda _: {"text": "It will slip"}),
    "delete_comment": Row(("admin", "lead"), 204), "settle_flag": Row(("admin", "lead")),
    "react": Row(PEOPLE), "unreact": Row(PEOPLE),
    "follow_objective": Row(PEOPLE), "unfollow_objective": Row(PEOPLE), "follow_kpi": Row(PEOPLE), "unfollow_kpi": Row(PEOPLE),
    "mark_read": Row(WRITERS, 200, lambda _: {}, outsider=200),
    "choose_notifications": Row(PEOPLE, 200, lambda _: {"items": []}, outsider=200),
    "list_guidance": every(), "objective_guidance": every(), "list_templates": every(),
    "create_template": Row(OWNERS, 201, lambda t: {"objective_id": t.goal, "name": "To begin with"}),
    "delete_template": Row(("admin", "lead", "workspace"), 204),
    "list_views": every(), "show_view": every(),
    "create_view": Row(("admin", "manager", "lead", "member"), 201, lambda _: {"name": "New", "query": "as=map"}, outsider=201),
    "update_view": Row(("admin", "lead", "workspace"), 200, lambda _: {"name": "Other"}),
    "delete_view": Row(("admin", "lead", "workspace"), 204),
    "search": Row((*ROLES, "workspace", "read only"), more="?q=tool"),
    "create_cycle": Row(ADMINS, 201, lambda _: {"name": "Q1", "first_day": "2027-01-01", "last_day": "2027-03-31"}),
    "update_cycle": Row(ADMINS, 200, lambda _: {"name": "Autumn"}),
    "delete_cycle": Row(ADMINS, 204, at={"cycle_id": "empty_cycle"}),
    "close_cycle": Row(WRITERS, at={"cycle_id": "past_cycle"}),  # closes of it what they may close
    "publish_cycle": Row(ADMINS), "lock_cycle": Row(ADMINS),
    "list_draft_requests": every(), "ask_for_drafts": Row(ADMINS, 201, lambda t: {"wanted_by": "2026-12-12", "team_ids": [t.team]}),
    "unlock_cycle": Row(ADMINS, more="?reason=Again", at={"cycle_id": "empty_cycle"}),
    "copy_cycle": Row(WRITERS, 201, lambda t: {"objective_ids": [t.goal]}, at={"cycle_id": "past_cycle"}),
    "list_reviews": every(), "show_retrospective": every(), "show_hit_rates": every(), "show_calibration": every(),
    "save_review": Row(OWNERS, 200, lambda _: {"lesson": "Ask earlier"}),
    "carry_over": Row(OWNERS, 201, lambda t: {"key_result_ids": [t.key_result]}),
    "write_retrospective": Row(("admin", "lead", "workspace"), 200, lambda _: {"kept": "Mondays"}),
    "create_objective": Row(WRITERS, 201, lambda t: {"title": "New", "cycle_id": t.company.cycle, "start": False}),
    "update_objective": Row(OWNERS, 200, lambda _: {"title": "Other", "reason": "Said so"}),
    "activate_objective": Row(OWNERS, at={"objective_id": "draft"}),
    "list_approvals": every(), "approve_objective": Row(("admin", "manager"), 201, at={"objective_id": "waiting"}),
    "send_back": Row(OWNERS, 200, lambda _: {"reason": "From where?"}, at={"objective_id": "waiting"}),
    "pause_objective": Row(OWNERS), "resume_objective": Row(OWNERS, at={"objective_id": "paused"}),
    "cancel_objective": Row(OWNERS, 200, lambda _: {"reason": "Over"}),
    "close_objective": Row(OWNERS, 200, lambda _: {}),
    "reopen_objective": Row(OWNERS, more="?reason=Again", at={"objective_id": "closed"}),
    "add_key_result": Row(OWNERS, 201, lambda _: {"title": "New", "start": 0, "target": 1, "reason": "Said so"}),
    "update_key_result": Row(OWNERS, 200, lambda _: {"title": "Other", "reason": "Said so"}),
    "cancel_key_result": Row(OWNERS, 204, lambda _: {"reason": "Over"}),
    "set_override": Row(OWNERS, 200, lambda _: {"score": 0.8, "why": "Signed"}),
    "clear_override": Row(OWNERS, more="?reason=Paid", at={"key_result_id": "overridden"}),
    "move_key_result": Row(OWNERS, 204, lambda _: {"direction": "up"}),
    "check_in": Row(
        ("admin", "manager", "lead"), 201, lambda t: {"key_result_id": t.key_result, "value": 70, "confidence": 5}
    ),
    "edit_check_in": Row(("admin", "lead", "workspace"), 200, lambda _: {"confidence": 7}, else_=404),
    "delete_check_in": Row(("admin", "lead"), 204, else_=404),
    "create_kpi": Row(WRITERS, 201, lambda t: {"name": "New", "lead_id": t.company.ids["lead"]}),
    "update_kpi": Row(OWNERS, 200, lambda _: {"group": "Customers"}),
    "archive_kpi": Row(OWNERS),
    "record_readings": Row(OWNERS, 200, lambda _: {"period": "2026-W46", "value": 41}),
    "add_note": Row(WRITERS, 201, lambda _: {"period": "2026-W46", "text": "Holiday"}),
    "withdraw_note": Row(("admin", "lead", "workspace"), 204, else_=404),
    "update_workspace": Row(ADMINS, 200, lambda _: {"name": "Acme & Co"}, outsider=200),
    "show_rules": every(), "update_rules": Row(ADMINS, 200, lambda _: {"kind": "strict", "reason": "Agreed"}, outsider=200),
    "list_parents": every(), "list_served": every(), "list_shares": every(), "list_requests": every(),
    "add_parent": Row(OWNERS, 201, lambda t: {"parent_id": t.other, "contributes": False, "reason": "It helps"}),
    "update_parent": Row(OWNERS, 200, lambda _: {"contributes": False, "reason": "Beside"}, at={"objective_id": "below", "parent_id": "goal"}),
    "remove_parent": Row(OWNERS, more="?reason=Alone", at={"objective_id": "below", "parent_id": "goal"}),
    "serve": Row(OWNERS, 201, lambda t: {"kpi": t.kpi, "reason": "It helps"}),
    "stop_serving": Row(OWNERS, more="?reason=Alone", at={"objective_id": "below", "served_id": "served"}),
    "answer_request": Row(OWNERS, 204, lambda _: {"accepted": False}),
    "set_shares": Row(OWNERS, 200, lambda t: {"items": [{"kind": "key_result", "id": t.key_result, "weight": 2}], "reason": "More"}),
    "copy_objective": Row(WRITERS, 201, lambda t: {"cycle_id": t.cycle}),
    "make_initiative": Row(OWNERS, 201, lambda _: {"reason": "It is work"}),
    "transfer_key_result": Row(OWNERS, 200, lambda t: {"objective_id": t.other, "reason": "Fits there"}),
    "list_away": every(), "add_away": Row(
        ADMINS, 201, lambda _: {"first_day": "2026-12-01", "last_day": "2026-12-02"}, at={"person_id": "absent"}
    ),
    "end_away": Row(ADMINS, 204),
    "show_strategy": every(), "list_pillars": every(), "show_pillar": every(),
    "update_strategy": Row(ADMINS, 200, lambda _: {"mission": "No one asks twice"}, outsider=200),
    "create_pillar": Row(ADMINS, 201, lambda _: {"name": "Calm work"}, outsider=201),
    "update_pillar": Row(ADMINS, 200, lambda _: {"name": "Loyal customers"}), "move_pillar": Row(ADMINS, 204, lambda _: {"direction": "up"}),
    "archive_pillar": Row(ADMINS), "restore_pillar": Row(ADMINS),
    "change_role": Row(ADMINS, 200, lambda _: {"role": "viewer"}),
    "remove_person": Row(ADMINS, 204),
    "invite": Row(ADMINS, 201, lambda _: {"label": "noor@example.com"}, outsider=201),
    "list_invitations": Row(ADMINS, outsider=200), "revoke_invitation": Row(ADMINS, 204),
    "create_team": Row(ADMINS, 201, lambda _: {"name": "Help centre"}, outsider=201),
    "update_team": Row(ADMINS, 200, lambda _: {"name": "Help"}),
    "delete_team": Row(ADMINS, 204, at={"team_id": "empty_team"}),
    "set_team_member": Row(ADMINS, 200, lambda _: {"is_manager": False}),
    "remove_team_member": Row(ADMINS, at={"person_id": "lead"}),
    "show_team_rhythm": every(), "clear_team_rhythm": Row(ADMINS),
    "set_team_rhythm": Row(ADMINS, 200, lambda _: {"weeks": 2, "weekday": 1}),
    "list_tokens": Row(ADMINS, outsider=200),
    "create_token": Row(("admin",), 201, lambda _: {"name": "t", "scopes": ["read"]}, outsider=201),
    "revoke_token": Row(ADMINS, 204),
    "list_events": Row(ADMINS, outsider=200),
    "list_webhooks": Row(ADMINS, outsider=200), "show_webhook": Row(ADMINS),
    "create_webhook": Row(ADMINS, 201, lambda _: {"url": "https://example.org/h", "events": ["checkin.created"]}, outsider=201),
    "update_webhook": Row(ADMINS, 200, lambda _: {"is_on": False}), "delete_webhook": Row(ADMINS, 204),
    "rotate_webhook_secret": Row(ADMINS, 201), "list_deliveries": Row(ADMINS),
    "send_test_message": Row(ADMINS, 202), "replay_delivery": Row(ADMINS, 202),
}  # fmt: skip
# A member's token cannot carry the scope admin at all, so a team's manager changes it on the page.
OUTSIDE_LISTS = frozenset(
    {
        "list_cycles", "list_objectives", "list_key_results", "show_week", "list_check_ins", "list_kpis", "show_me",
        "show_workspace", "show_rules", "list_people", "list_teams", "search", "show_feed", "list_notifications",
        "list_initiatives", "show_strategy", "list_away", "list_requests", "list_pillars",
        "show_choices", "list_views",
        "list_guidance", "list_templates",
        "list_past_kpis",
    }
)  # fmt: skip
OUTSIDE = {"create_cycle": 201, "create_objective": 404, "check_in": 404, "create_kpi": 422}
CONTRIBUTES = {
    "check_in": 201, "record_readings": 200, "add_initiative": 201, "update_initiative": 200, "set_initiative_state": 200,
    "delete_initiative": 204,
}  # fmt: skip
NOT_FOR_ROBOTS = dict.fromkeys(
    (
        "comment_on_objective",
        "comment_on_kpi",
        "delete_comment",
        "settle_flag",
        "react",
        "unreact",
        "follow_objective",
        "unfollow_objective",
        "follow_kpi",
        "unfollow_kpi",
        "choose_notifications",
        "create_view",
        "check_in",
        "delete_check_in",
        "edit_check_in",
        "create_token",
        "invite",
    ),
    422,
)


def operations() -> dict[str, tuple[str, str]]:
    found = {}
    for path, methods in api.get_openapi_schema()["paths"].items():
        for method, operation in methods.items():
            found[operation["operationId"]] = (method.upper(), path.removeprefix("/api/v1"))
    return found


NAMED = {
    "cycle_id": "cycle", "objective_id": "goal", "key_result_id": "key_result", "check_in_id": "check_in", "comment_id": "comment", "kind": "reaction", "slug": "kpi",
    "note_id": "note", "person_id": "person", "team_id": "team", "token_id": "token", "webhook_id": "webhook",
    "pillar_id": "pillar", "away_id": "away", "request_id": "request", "parent_id": "goal",
    "delivery_id": "delivery", "invitation_id": "invitation", "initiative_id": "initiative", "template_id": "template", "view_id": "view",
}  # fmt: skip
GUARDED = {
    "objective_id",
    "key_result_id",
    "check_in_id",
    "slug",
    "note_id",
    "comment_id",
    "initiative_id",
    "request_id",
    "parent_id",
}  # can stand behind a wall


def address(path: str, t: Things, row: Row) -> str:
    return (
        path.format(**{name: getattr(t, which, "heart") for name, which in (NAMED | dict(row.at)).items()}) + row.more
    )


# What the coach of a cycle may too, so that the cycle or the goal is looked up first.
COACHED = {"approve_objective", "send_back", "publish_cycle", "ask_for_drafts", "lock_cycle", "unlock_cycle"}


def worlds_of(path: str) -> tuple[str, ...]:
    """Return where an operation's thing can be: everywhere if it is named in the address."""
    named = set(re.findall(r"{(\w+)}", path))
    if named & GUARDED:
        return WORLDS
    return ("open", "foreign", "missing") if named else ("open",)


def expected(name: str, row: Row, method: str, who: str, world: str) -> int:
    """Return the status for a reader in a world, from the table of those who see everything."""
    if who in {"anonymous", "removed", "disabled"}:
        return 401
    if who == "outsider":
        return 200 if name in OUTSIDE_LISTS else OUTSIDE.get(name, row.outsider)
    if who == "read token" and method != "GET":
        return 403
    if who == "write token" and name in NOT_FOR_ROBOTS:
        status = NOT_FOR_ROBOTS[name]
    elif ("workspace" if who == "write token" else who) in row.may or (who == "read token" and "read only" in row.may):
        status = row.status
    elif who == "contributor":
        status = CONTRIBUTES.get(name, row.status if "member" in row.may else row.else_)
    else:
        status = row.else_ if who != "viewer" or method == "GET" else 403
    if world in {"foreign", "missing"} or (world == "private" and who not in SEES):
        scope_first = who == "viewer" or ("lead" not in row.may and name not in COACHED)
        return status if status == 403 and scope_first else 404
    return status


def test_every_operation_stands_in_the_table() -> None:
    assert set(operations()) == set(TABLE)


@pytest.mark.parametrize("who", ACTORS)
def test_each_operation_answers_each_actor_in_each_world_as_the_table_says(
    company: Company, who: str, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setenv("MILEPOST_NOW", NOW.isoformat())
    settings.API_REQUESTS_A_MINUTE = 10**9
    worlds = build_worlds(company)
    call = Caller(tokens_of(company).get(who, ""), Client())
    end_access(company)
    wrong = []
    for name, (method, path) in operations().items():
        row = TABLE[name]
        answers = {}
        for world in worlds_of(path):
            things = worlds[world]
            with transaction.atomic():  # each operation finds everything as it was
                answer = call(method, address(path, things, row), row.body(things) if row.body else None)
                transaction.set_rollback(True)
            answers[world] = (answer.status_code, answer.content)
            if answer.status_code != (said := expected(name, row, method, who, world)):
                wrong.append((name, world, answer.status_code, said, answer.content[:200]))
        alike = {answers[w] for w in ("private", "foreign", "missing") if w in answers and answers[w][0] == 404}
        if answers.get("foreign") != answers.get("missing"):
            wrong.append((name, "foreign is not missing"))
        if len(alike) > 1:
            wrong.append((name, "tells them apart", alike))
    assert wrong == [], "\n".join(map(str, wrong))
