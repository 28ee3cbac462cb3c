"""Twelve readers, and one of everything in four worlds: open, behind a wall, in another workspace, nowhere."""

from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any

from milepost.metrics import actions as metrics
from milepost.okr import actions
from milepost.okr.models import AlignmentRequest, KeyResult, Objective
from milepost.rhythm import actions as talk
from milepost.rhythm.models import Notification
from milepost.workspace import actions as workspace
from milepost.workspace.models import Invitation, Membership
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
    "goal": "goal", "goal_explanation": "goal", "goal_guidance": "goal", "goal_template": "goal", "template_change": "template", "goal_branch": "goal", "goal_edit": "goal", "goal_activate": "draft", "goal_send_back": "waiting", "goal_pause": "goal", "goal_changes": "goal",
    "goal_cancel": "goal", "goal_close": "goal", "goal_reopen": "closed", "key_result_new": "goal",
    "key_result_edit": "key_result", "key_result_cancel": "key_result", "key_result_override": "key_result", "key_result_plan": "key_result", "key_result_explanation": "key_result", "key_result_move": "key_result",
    "initiative_new": "goal", "initiative": "initiative", "initiative_edit": "initiative", "initiative_move": "initiative", "initiative_delete": "initiative",
    "check_in": "key_result", "check_in_edit": "check_in", "check_in_delete": "check_in", "person": "person",
    "goal_comment": "goal", "goal_follow": "goal", "goal_people": "goal", "comment_edit": "comment", "comment_delete": "comment",
    "comment_settle": "comment", "comment_react": "comment",
    "goal_alignment": "goal", "goal_clone": "goal", "key_result_transfer": "key_result", "key_result_initiative": "key_result", "person_away": "absent",
    "pillar_edit": "pillar", "pillar_move": "pillar", "pillar_archive": "pillar",
    "plan": "cycle", "plan_remarks": "cycle", "plan_publish": "cycle", "plan_lock": "cycle", "plan_ask": "cycle", "plan_copy": "past_cycle", "review": "cycle", "review_close": "past_cycle", "review_carry": "cycle", "retrospective": "cycle",
    "team": "team", "team_edit": "team", "team_rhythm": "team", "team_delete": "empty_team", "team_members": "team",
    "goal_view": "view",
}  # fmt: skip


@dataclass(slots=True)
class Things:
    """One of everything in a workspace, in each state that a write asks for: who may is seen from what succeeds."""

    company: Company
    goal: int
    draft: int
    waiting: int  # in review
    other: int
    below: int
    served: int  # what the one below serves
    paused: int
    closed: int
    key_result: int
    overridden: int
    initiative: int
    check_in: int
    comment: int
    notification: int
    kpi: str
    note: int
    team: int
    empty_team: int
    request: int
    pillar: int
    absent: int
    away: int
    person: int
    lead: int
    cycle: int
    past_cycle: int
    empty_cycle: int
    token: int
    invitation: int
    webhook: int
    delivery: int
    template: int
    view: int  # shared, and kept by the lead

    def of(self, name: str) -> dict[str, object]:
        """Return the arguments of a route."""
        args: dict[str, object] = {"workspace": self.company.slug}
        if name in PK:
            args["pk"] = getattr(self, PK[name])
        if name == "kpi_note_delete":
            args["pk"] = self.note
        if name.startswith("kpi") and name not in {"kpis", "kpi_new", "kpi_formula"}:
            args["slug"] = self.kpi
        return args


def build_things(company: Company, *, kpi_name: str = "First reply time", **walls: Any) -> Things:
    """Make one of everything; `walls` are the visibility and the contributors of goals and KPI."""
    admin, lead = company.actor(), company.actor("lead")
    goal = company.objective(**walls)
    paused, closed = company.objective("Paused", **walls), company.objective("Closed", **walls)
    actions.set_paused(by=lead, objective_id=paused, paused=True, now=NOW)
    overridden = KeyResult.objects.get(objective_id=paused).pk
    actions.set_override(by=lead, key_result_id=overridden, score=0.8, why="Signed", now=NOW)
    actions.close_objective(by=lead, objective_id=closed, grade=actions.GradeDraft(), key_results={}, now=NOW)
    key_result = KeyResult.objects.get(objective_id=goal).pk
    check_in = actions.record_check_in(
        by=lead, draft=actions.CheckInDraft(key_result_id=key_result, value=80, confidence=6), now=NOW
    )
    kpi = company.kpi(kpi_name, **walls)
    subject = talk.Subject(objective_id=goal)
    flagged = talk.CommentDraft(text="It may slip", flag="risk")
    comment = talk.post_comment(by=lead, subject=subject, draft=flagged, now=NOW)
    answer = talk.CommentDraft(text="Why?", reply_to=comment)
    talk.post_comment(by=admin, subject=subject, draft=answer, now=NOW)  # its author is told
    past, empty = (
        actions.create_cycle(by=admin, name=f"{name} of {goal}", first_day=day, last_day=day, now=NOW)
        for name, day in (("Past", TODAY - timedelta(days=90)), ("Empty", TODAY))
    )
    actions.lock_cycle(by=admin, cycle_id=empty, now=NOW)
    first, last = date(2027, 1, 1), date(2027, 3, 31)  # where goals go on
    actions.create_cycle(by=admin, name=f"Next of {goal}", first_day=first, last_day=last, now=NOW)
    workspace.invite(by=admin, label="Noor", role="member", team_id=None, now=NOW)
    webhook, _ = workspace.create_webhook(by=admin, url="https://example.org/h", events=["cycle.closed"], now=NOW)
    below = company.objective("Below it", parent_id=goal, **walls)
    return Things(
        company=company,
        goal=goal,
        other=company.objective("Another", **walls),
        below=below,
        served=actions.serve(by=lead, objective_id=below, key_result_id=key_result, reason="It helps", now=NOW),
        request=ask(company, goal, **walls),
        draft=company.objective("A draft", activate=False, **walls),
        waiting=wait(company, **walls),
        paused=paused,
        closed=closed,
        key_result=key_result,
        overridden=overridden,
        initiative=actions.add_initiative(
            by=lead, objective_id=goal, draft=actions.InitiativeDraft("Write macros"), now=NOW
        ),
        check_in=check_in,
        comment=comment,
        notification=Notification.objects.filter(to_id=company.ids["lead"], comment__reply_to=comment).latest("pk").pk,
        kpi=kpi,
        note=metrics.add_note(by=lead, slug=kpi, day=TODAY, text="New form", fiscal_month=1, now=NOW),
        team=company.team,
        empty_team=workspace.create_team(by=admin, name=f"Empty of {goal}", parent_id=None, now=NOW),
        pillar=workspace.create_pillar(by=admin, name=f"Pillar of {goal}", now=NOW),
        absent=company.ids["viewer"],
        away=actions.add_away(
            by=admin,
            membership_id=company.ids["viewer"],
            first_day=TODAY + timedelta(days=20 + goal),
            last_day=TODAY + timedelta(days=20 + goal),
            now=NOW,
        ),
        person=company.ids["member"],
        lead=company.ids["lead"],
        cycle=company.cycle,
        past_cycle=past,
        empty_cycle=empty,
        token=workspace.create_token(by=admin, name="Spare", scopes=["read"], days=9, now=NOW).id,
        invitation=Invitation.objects.latest("pk").pk,
        webhook=webhook,
        delivery=workspace.send_test(by=admin, webhook_id=webhook, now=NOW),
        template=actions.save_objective_template(by=lead, objective_id=goal, name=f"Template of {goal}", now=NOW),
        view=actions.save_view(by=lead, name=f"View of {goal}", query="as=list", is_shared=True, now=NOW),
    )


def wait(company: Company, **walls: Any) -> int:
    """Make a goal that is in review, as if the workspace asked for reviewers."""
    goal = company.objective("Waits", activate=False, **walls)
    Objective.objects.filter(pk=goal).update(state="in_review")
    return goal


def ask(company: Company, goal: int, **walls: Any) -> int:
    """Let another goal ask whether it may count towards this one."""
    child = company.objective("Asks", **walls)
    return AlignmentRequest.objects.create(
        workspace_id=company.workspace_id, parent_id=goal, child_id=child, asked_at=NOW
    ).pk


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
    gone = {f.name: MISSING for f in fields(Things)} | {"company": company, "kpi": "nothing-here"}
    return {
        "open": opened, "private": hidden, "foreign": replace(theirs, company=company),
        "missing": Things(**gone),  # type: ignore[arg-type]
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
