"""Twelve readers, and one of everything in four worlds: open, behind a wall, in another workspace, nowhere."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from milepost.metrics import actions as metrics
from milepost.okr import actions
from milepost.okr.models import KeyResult
from milepost.workspace import actions as workspace
from milepost.workspace.models import Membership
from milepost.workspace.permissions import Scope
from tests.people import NOW, PASSWORD, TODAY, Company, build_company

ACTORS = (
    "anonymous", "admin", "manager", "lead", "member", "viewer", "contributor", "outsider", "removed", "disabled",
    "read token", "write token",
)  # fmt: skip
WORLDS = ("open", "private", "foreign", "missing")
MISSING = 999_999
# Who looks behind the walls of these worlds; a workspace's token speaks for its admins (ADR 0007).
SEES = ("admin", "lead", "contributor", "write token", "read token")
PK = {
    "goal": "goal", "goal_branch": "goal", "goal_edit": "goal", "goal_activate": "draft", "goal_pause": "goal",
    "goal_cancel": "goal", "goal_close": "goal", "goal_reopen": "goal", "key_result_new": "goal",
    "key_result_edit": "key_result", "key_result_cancel": "key_result", "key_result_move": "key_result",
    "check_in": "key_result", "check_in_edit": "check_in", "check_in_delete": "check_in", "person": "person",
    "team": "team", "team_edit": "team", "team_delete": "team", "team_members": "team",
}  # fmt: skip


@dataclass(slots=True)
class Things:
    """One of everything in a workspace."""

    company: Company
    goal: int
    draft: int
    key_result: int
    check_in: int
    kpi: str
    note: int
    team: int
    person: int

    def of(self, name: str) -> dict[str, object]:
        """Return the arguments of a route."""
        ids: dict[str, object] = {"goal": self.goal, "draft": self.draft, "key_result": self.key_result}
        ids |= {"check_in": self.check_in, "team": self.team, "person": self.person}
        args: dict[str, object] = {"workspace": self.company.slug}
        if name in PK:
            args["pk"] = ids[PK[name]]
        if name == "kpi_note_delete":
            args["pk"] = self.note
        if name.startswith("kpi") and name not in {"kpis", "kpi_new"}:
            args["slug"] = self.kpi
        return args


def build_things(company: Company, *, kpi_name: str = "First reply time", **walls: Any) -> Things:
    """Make one of everything; `walls` are the visibility and the contributors of goals and KPI."""
    goal = company.objective(**walls)
    draft = company.objective("A draft", activate=False, **walls)
    key_result = KeyResult.objects.get(objective_id=goal).pk
    check_in = actions.record_check_in(
        by=company.actor("lead"), draft=actions.CheckInDraft(key_result_id=key_result, value=80, confidence=6), now=NOW
    )
    kpi = company.kpi(kpi_name, **walls)
    note = metrics.add_note(by=company.actor("lead"), slug=kpi, day=TODAY, text="New form", fiscal_month=1, now=NOW)
    return Things(company, goal, draft, key_result, check_in, kpi, note, company.team, company.ids["member"])


def build_worlds(company: Company) -> dict[str, Things]:
    """Make the four worlds, and of the readers those whom a company has not."""
    for who in ("contributor", "removed", "disabled"):
        company.ids[who] = workspace.add_member(
            by=company.operator(),
            email=f"{who}@acme.example",
            name=who.title(),
            role="member",
            password=PASSWORD,
            now=NOW,
        )
        company.users[who] = Membership.objects.get(pk=company.ids[who]).user
    helpers = [company.ids["contributor"]]
    other = build_company("Other")
    company.users["outsider"] = other.users["admin"]
    opened = build_things(company, contributor_ids=helpers)
    hidden = build_things(company, kpi_name="Behind a wall", visibility="private", contributor_ids=helpers)
    theirs = build_things(other, kpi_name="Theirs alone")
    gone = [MISSING] * 4
    return {
        "open": opened, "private": hidden, "foreign": replace(theirs, company=company),
        "missing": Things(company, *gone, "nothing-here", *gone[:3]),
    }  # fmt: skip


def tokens_of(company: Company) -> dict[str, str]:
    """Return a token of each reader who may hold one, with every scope of their role."""
    other = build_company("Second")
    made = {}
    for who in ("admin", "manager", "lead", "member", "viewer", "contributor", "removed", "disabled"):
        by = company.actor(who)
        scopes = sorted(workspace.tokens.OF_ROLE[by.role])  # type: ignore[attr-defined]
        made[who] = workspace.create_token(by=by, name=who, scopes=scopes, days=9, now=NOW).secret
    every = tuple(scope.value for scope in Scope)
    for who, by, scopes in (
        ("read token", company.actor(), ("read",)), ("write token", company.actor(), every), ("outsider", other.actor(), every),
    ):  # fmt: skip
        made[who] = workspace.create_token(
            by=by, name=who, scopes=scopes, days=9, for_workspace=who == "write token", now=NOW
        ).secret
    return made


def end_access(company: Company) -> None:
    """Take out who was removed and shut off who was disabled; both had signed in and made tokens before."""
    workspace.remove_member(by=company.actor(), membership_id=company.ids["removed"], now=NOW + timedelta(minutes=1))
    user = company.users["disabled"]
    user.is_active = False
    user.save(update_fields=["is_active"])
