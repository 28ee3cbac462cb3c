"""Every action once: one that leaves no event, or is not in the table, fails the run."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from types import ModuleType

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test.utils import CaptureQueriesContext

from milepost.metrics import actions as metrics
from milepost.okr import actions as okr
from milepost.okr.models import AlignmentRequest, CheckIn, ChecklistItem, KeyResult
from milepost.rhythm import actions as rhythm
from milepost.workspace import actions as workspace
from milepost.workspace.models import Delivery, Event, Former, Invitation, Remembered, User, Webhook
from milepost.workspace.models.remembered import plain
from milepost.workspace.queries import place_of_token, verify_trail
from tests.people import NOW, PASSWORD, TODAY, Company, build_company

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=1)
ROOMS: dict[str, ModuleType] = {"workspace": workspace, "metrics": metrics, "okr": okr, "rhythm": rhythm}

# What leaves no event, and why.
QUIET = {
    "workspace.claim_deliveries": "a worker's lease", "workspace.claim_next": "a worker's lease",
    "workspace.delivered": "the delivery says it", "workspace.fail": "a worker's lease", "workspace.finish": "a worker's lease",
    "workspace.forget_old_answers": "housekeeping", "workspace.forget_old_deliveries": "housekeeping",
    "workspace.schedule": "a job's row", "workspace.keep_answer": "a retry's answer", "workspace.kept_answer": "reads",
    "workspace.find_invitation": "reads", "workspace.index_many": "derived words", "workspace.index_words": "derived words",
    "workspace.lock_workspace": "a lock", "workspace.made": "a shape", "workspace.keep_past": "keeps what a change took", "workspace.gone": "a shape",
    "workspace.record_event": "is the event", "workspace.tell": "a message of a change that has its event",
    "workspace.touch_token": "a use, not a change", "workspace.touch_session": "a use, not a change",
    "workspace.end_session": "a sign-out", "workspace.end_sessions": "a sign-out", "workspace.delete_workspace": "takes the trail along; samples only",
    "workspace.erase_everything": "tests only", "workspace.overwrite_erased": "empties pages of the disk", "workspace.make_operator": "above every workspace",
    "workspace.read_visibility": "reads", "workspace.chosen_pillar": "reads", "workspace.owning_team": "reads", "workspace.clean_tags": "reads", "workspace.walls_stand": "derived from goals and KPIs",
    "workspace.walls_moved": "lets scores be made anew",
    "workspace.announce": "lets others hear", "workspace.hear": "lets others hear",
    "rhythm.set_reaction": "a nod, not a change", "rhythm.set_follow": "one's own choice", "rhythm.mark_read": "one's own list",
    "rhythm.choose_notifications": "one's own choice", "rhythm.stop_mails": "one's own choice",
    "rhythm.write_due_mails": "an outbox", "rhythm.due_mail_sent": "an outbox", "rhythm.due_mail_failed": "an outbox",
    "rhythm.write_notification_mails": "an outbox", "rhythm.notification_mail_sent": "an outbox", "rhythm.notification_mail_failed": "an outbox",
    "metrics.recalculate": "derived values", "metrics.refresh_kpis": "derived rows", "metrics.refresh_kpi": "derived rows", "okr.refresh_day": "derived rows", "okr.rebuild": "derived rows",
    "okr.patched_rules": "a shape", "okr.rules_of": "a shape", "okr.usual_rules": "a shape",
}  # fmt: skip


@dataclass(slots=True)
class World:
    """A company with one of everything that an action may be about."""

    company: Company

    def __getattr__(self, name: str) -> object:
        return getattr(self.company, name)

    def key_result(self, goal: int) -> int:
        return KeyResult.objects.filter(objective_id=goal).order_by("position")[0].pk

    def check_in(self, goal: int) -> int:
        draft = okr.CheckInDraft(key_result_id=self.key_result(goal), value=80, confidence=6)
        return okr.record_check_in(by=self.company.actor("lead"), draft=draft, now=NOW)

    def comment(self, goal: int) -> int:
        subject, draft = rhythm.Subject(objective_id=goal), rhythm.CommentDraft(text="Ask @Ada Admin", flag="risk")
        return rhythm.post_comment(by=self.company.actor("lead"), subject=subject, draft=draft, now=NOW)

    def webhook(self) -> int:
        return workspace.create_webhook(
            by=self.company.actor(), url="https://a.example/h", events=["checkin.created"], now=NOW
        )[0]

    def invitation(self) -> str:
        return workspace.invite(
            by=self.company.actor(), label="Noor <noor@elsewhere.example>", role="member", team_id=self.company.team, now=NOW
        )  # fmt: skip

    def draft(self, title: str = "Other", **given: object) -> okr.ObjectiveDraft:
        c = self.company
        fields = {"title": title, "cycle_id": c.cycle, "lead_id": c.ids["lead"], "owner_team_id": c.team} | given
        return okr.ObjectiveDraft(**fields)  # type: ignore[arg-type]

    def kpi_draft(self, **given: object) -> metrics.KpiDraft:
        fields: dict[str, object] = {
            "name": "Uptime", "unit": "%", "direction": "higher", "frequency": "week", "aggregation": "stock",
            "target": None, "lead_id": self.company.ids["lead"],
        } | given  # fmt: skip
        return metrics.KpiDraft(**fields)  # type: ignore[arg-type]


Deed = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Row:
    """How to do an action (what it needs is made first), and the event it leaves."""

    prepare: Callable[[World], Deed]
    verb: str
    kind: str
    changes: frozenset[str] = frozenset()
    reason: str = ""
    actor: str = "person"
    others: tuple[str, ...] = ()  # verbs of further events of the same deed


def row(verb: str, kind: str, prepare: Callable[[World], Deed], *changes: str, **more: object) -> Row:
    return Row(prepare, verb, kind, frozenset(changes), **more)  # type: ignore[arg-type]


def settings(**given: object) -> workspace.WorkspaceSettings:
    fields: dict[str, object] = {
        "name": "Acme", "time_zone": "UTC", "fiscal_month": 1, "rhythm_weeks": 1, "rhythm_weekday": 0, "reviewers": 0,
        "demands_second_step": False,
    }  # fmt: skip
    return workspace.WorkspaceSettings(**(fields | given))  # type: ignore[arg-type]


def _accept(w: World) -> Deed:
    token = w.invitation()
    return lambda: workspace.accept_invitation(
        token=token, user=None, email="noor@elsewhere.example", name="Noor Nowhere", password=PASSWORD, now=LATER
    )


def _revoke_invitation(w: World) -> Deed:
    w.invitation()
    pk = Invitation.objects.get().pk
    return lambda: workspace.revoke_invitation(by=w.company.actor(), invitation_id=pk, now=LATER)


def _token(w: World, name: str = "Ada Admin's laptop") -> workspace.NewToken:
    return workspace.create_token(by=w.company.actor(), name=name, scopes=["read", "goal:write"], days=9, now=NOW)


def _replay(w: World) -> Deed:
    workspace.send_test(by=w.company.actor(), webhook_id=w.webhook(), now=NOW)
    pk = Delivery.objects.get().pk
    return lambda: workspace.replay(by=w.company.actor(), delivery_id=pk, now=LATER)


def _give_up(w: World) -> Deed:
    workspace.send_test(by=w.company.actor(), webhook_id=w.webhook(), now=NOW)
    pk = Delivery.objects.get().pk
    return lambda: workspace.not_delivered(delivery_id=pk, status=410, took_ms=5, error="answered 410", now=LATER)


def _note(w: World) -> Deed:
    slug = w.company.kpi()
    pk = metrics.add_note(by=w.company.actor("lead"), slug=slug, day=TODAY, text="New form", fiscal_month=1, now=NOW)
    return lambda: metrics.withdraw_note(by=w.company.actor("lead"), slug=slug, note_id=pk, now=LATER)


def _close_cycle(w: World) -> Deed:
    w.company.objective()
    after = NOW + timedelta(days=60)
    return lambda: okr.close_cycle(by=w.company.actor("admin", after), cycle_id=w.company.cycle, now=after)


def _planned(w: World, *, locked: bool = False, before: bool = False) -> int:
    """Make the next cycle with a draft in it; locked, or with a goal of this cycle to copy instead."""
    first, last = TODAY + timedelta(days=60), TODAY + timedelta(days=140)
    cycle = okr.create_cycle(by=w.company.operator(), name="After", first_day=first, last_day=last, now=NOW)
    if not before:
        w.company.objective("Next", cycle_id=cycle, activate=False)
    if locked:
        okr.lock_cycle(by=w.company.actor(), cycle_id=cycle, now=NOW)
    return cycle


def _publish_cycle(w: World) -> Deed:
    cycle = _planned(w)
    return lambda: okr.publish_cycle(by=w.company.actor(), cycle_id=cycle, now=LATER)


def _in_review(w: World, do: Callable[[int], object]) -> Deed:
    """Make a goal that waits for two reviewers."""
    workspace.change_settings(by=w.company.actor(), settings=settings(reviewers=2), now=NOW)
    goal = w.company.objective()
    return lambda: do(goal)


def _lock_cycle(w: World) -> Deed:
    cycle = _planned(w)
    return lambda: okr.lock_cycle(by=w.company.actor(), cycle_id=cycle, now=LATER)


def _unlock_cycle(w: World) -> Deed:
    cycle = _planned(w, locked=True)
    return lambda: okr.unlock_cycle(by=w.company.actor(), cycle_id=cycle, reason="A team joins", now=LATER)


def _copy_cycle(w: World) -> Deed:
    goal, cycle = w.company.objective(), _planned(w, before=True)
    return lambda: okr.copy_cycle(by=w.company.actor("lead"), cycle_id=cycle, objective_ids=[goal], now=LATER)


def _cancelled(w: World, goal: int) -> int:
    okr.cancel_objective(by=w.company.actor("lead"), objective_id=goal, reason="Over", now=NOW)
    return goal


def _carry_over(w: World) -> Deed:
    row = w.key_result(w.company.objective())
    draft = okr.CheckInDraft(key_result_id=row, value=80, confidence=6)
    okr.record_check_in(by=w.company.actor("lead"), draft=draft, now=NOW)
    first, last = TODAY + timedelta(days=60), TODAY + timedelta(days=140)
    okr.create_cycle(by=w.company.operator(), name="After", first_day=first, last_day=last, now=NOW)
    return lambda: okr.carry_over(by=w.company.actor("lead"), cycle_id=w.company.cycle, key_result_ids=[row], now=LATER)


def _of_goal(do: Callable[[World, int], object], **given: object) -> Callable[[World], Deed]:
    """Make an objective first, then do something to it."""

    def prepare(w: World) -> Deed:
        goal = w.company.objective(**given)  # type: ignore[arg-type]
        return lambda: do(w, goal)

    return prepare


def _of_key_result(do: Callable[[World, int], object], **given: object) -> Callable[[World], Deed]:
    return _of_goal(lambda w, goal: do(w, w.key_result(goal)), **given)


def _of_check_in(do: Callable[[World, int], object]) -> Callable[[World], Deed]:
    def prepare(w: World) -> Deed:
        check_in = w.check_in(w.company.objective())
        return lambda: do(w, check_in)

    return prepare


def _of_comment(do: Callable[[World, int], object]) -> Callable[[World], Deed]:
    def prepare(w: World) -> Deed:
        comment = w.comment(w.company.objective())
        return lambda: do(w, comment)

    return prepare


def _of_kpi(do: Callable[[World, str], object]) -> Callable[[World], Deed]:
    def prepare(w: World) -> Deed:
        slug = w.company.kpi()
        return lambda: do(w, slug)

    return prepare


def _of_webhook(do: Callable[[World, int], object]) -> Callable[[World], Deed]:
    def prepare(w: World) -> Deed:
        pk = w.webhook()
        return lambda: do(w, pk)

    return prepare


def _overridden(w: World) -> Deed:
    pk = w.key_result(w.company.objective())
    okr.set_override(by=w.company.actor("lead"), key_result_id=pk, score=0.8, why="Signed", now=NOW)
    return lambda: okr.clear_override(by=w.company.actor("lead"), key_result_id=pk, reason="Paid", now=LATER)


def _of_initiative(do: Callable[[World, int], object]) -> Callable[[World], Deed]:
    """Add work with one line to a goal first, then do something to it."""

    def prepare(w: World) -> Deed:
        draft = okr.InitiativeDraft("Write macros", items=[okr.ItemDraft("Ten most asked")])
        pk = okr.add_initiative(by=w.company.actor("lead"), objective_id=w.company.objective(), draft=draft, now=NOW)
        return lambda: do(w, pk)

    return prepare


def _revoke_token(w: World) -> Deed:
    made = _token(w)
    return lambda: workspace.revoke_token(by=w.company.actor(), token_id=made.id, now=LATER)


def _delete_team(w: World) -> Deed:
    pk = workspace.create_team(by=w.company.actor(), name="Night shift", parent_id=w.company.team, now=NOW)
    return lambda: workspace.delete_team(by=w.company.actor(), team_id=pk, now=LATER)


def _empty_cycle(w: World) -> Deed:
    pk = okr.create_cycle(by=w.company.actor(), name="Next", first_day=TODAY, last_day=TODAY, now=NOW)
    return lambda: okr.delete_cycle(by=w.company.actor(), cycle_id=pk, now=LATER)


def _of_view(deed: Callable[[World, int], object]) -> Callable[[World], Deed]:
    def prepare(w: World) -> Deed:
        pk = okr.save_view(by=w.company.actor("lead"), name="Mine", query="as=list", is_shared=True, now=NOW)
        return lambda: deed(w, pk)

    return prepare


def _passkey(w: World) -> int:
    data = {"name": "Lead's key", "credential": {}}
    return Authenticator.objects.create(user=w.company.users["lead"], type="webauthn", data=data).pk


def _remove_step(w: World) -> Deed:
    pk = _passkey(w)
    return lambda: workspace.remove_second_step(user=w.company.users["lead"], step_id=pk, now=LATER)


def _set_up(w: World) -> Deed:
    workspace.erase_everything()
    return lambda: workspace.set_up_installation(
        email="first@acme.example", name="First One", password=PASSWORD, workspace_name="Acme", time_zone="UTC", now=LATER
    )  # fmt: skip


def _template(w: World) -> int:
    return okr.save_objective_template(by=w.company.actor("lead"), objective_id=w.company.objective(), now=NOW)


def _of_template(do: Callable[[World, int], object]) -> Callable[[World], Deed]:
    def prepare(w: World) -> Deed:
        pk = _template(w)
        return lambda: do(w, pk)

    return prepare


def _of_pillar(do: Callable[[World, int], object]) -> Callable[[World], Deed]:
    def prepare(w: World) -> Deed:
        workspace.create_pillar(by=w.company.actor(), name="Calm work", now=NOW)
        pk = workspace.create_pillar(by=w.company.actor(), name="Customers who stay", now=NOW)
        return lambda: do(w, pk)

    return prepare


def _end_away(w: World) -> Deed:
    pk = _away(w, by="lead")
    return lambda: okr.end_away(by=w.company.actor("lead"), away_id=pk, now=LATER)


def _away(w: World, *, by: str) -> int:
    days = {"first_day": TODAY, "last_day": TODAY + timedelta(days=5)}
    ids = w.company.ids
    return okr.add_away(by=w.company.actor(by), membership_id=ids["lead"], stand_in_id=ids["member"], now=NOW, **days)


def _two(do: Callable[[World, int, int], object], **given: object) -> Callable[[World], Deed]:
    """Make two objectives of the lead first, the second below the first where that is asked for."""

    def prepare(w: World) -> Deed:
        first = w.company.objective("First")
        below = {"parent_id": first} if given.get("is_below") else {}
        second = w.company.objective("Second", **below)  # type: ignore[arg-type]
        return lambda: do(w, first, second)

    return prepare


def _serving(w: World, a: int, b: int) -> int:
    by = w.company.actor("lead")
    return okr.serve(by=by, objective_id=b, key_result_id=w.key_result(a), reason="It helps", now=NOW)


def _request(w: World) -> Deed:
    beside = workspace.create_team(by=w.company.actor(), name="Sales", parent_id=None, now=NOW)
    theirs = w.company.objective("Theirs", who="member", owner_team_id=beside)
    ours = w.company.objective("Ours")
    okr.add_parent(by=w.company.actor("lead"), objective_id=ours, parent_id=theirs, reason="It helps", now=NOW)
    pk = AlignmentRequest.objects.get().pk
    return lambda: okr.answer_request(
        by=w.company.actor("member"), request_id=pk, accepted=True, answer="Gladly", now=LATER
    )


STEP = okr.StepDraft(title="Rota agreed")
CR = okr.KeyResultDraft(title="Tickets", start=100, target=50)
TABLE: dict[str, Row] = {
    "workspace.set_up_installation": row("created", "workspace", _set_up, "name", "time_zone"),
    "workspace.create_workspace": row(
        "created", "workspace",
        lambda w: lambda: workspace.create_workspace(user=User.objects.get(name="Ada Admin"), name="Second", time_zone="UTC", now=LATER),
        "name", "time_zone",
    ),
    "workspace.change_settings": row(
        "changed", "workspace",
        lambda w: lambda: workspace.change_settings(by=w.company.actor(), settings=settings(rhythm_weeks=2), now=LATER), "rhythm_weeks",
    ),
    "okr.save_objective_template": row(
        "created", "template",
        _of_goal(lambda w, pk: okr.save_objective_template(by=w.company.actor("lead"), objective_id=pk, name="To begin with", now=LATER)),
        "name",
    ),
    "okr.save_kpi_template": row(
        "created", "template", _of_kpi(lambda w, slug: okr.save_kpi_template(by=w.company.actor("lead"), slug=slug, now=LATER)), "name",
    ),
    "okr.rename_template": row(
        "changed", "template",
        _of_template(lambda w, pk: okr.rename_template(by=w.company.actor("lead"), template_id=pk, name="Other", now=LATER)), "name",
    ),
    "okr.delete_template": row(
        "deleted", "template",
        _of_template(lambda w, pk: okr.delete_template(by=w.company.actor("lead"), template_id=pk, now=LATER)), "name",
    ),
    "okr.change_rules": row(
        "changed", "workspace",
        lambda w: lambda: okr.change_rules(
            by=w.company.actor(), draft=replace(okr.usual_rules("ratio"), working_days=[0, 1, 2, 3, 4]), reason="Agreed", now=LATER
        ),
        "rule_set", "ahead_from", "on_track_from", "at_risk_from", "working_days", reason="Agreed",
    ),
    "workspace.invite": row("invited", "invitation", lambda w: w.invitation, "role", "team", "until"),
    "workspace.accept_invitation": row("joined", "person", _accept, "role", "team"),
    "workspace.revoke_invitation": row("revoked", "invitation", _revoke_invitation, "role"),
    "workspace.record_export": row(
        "exported", "audit",
        lambda w: lambda: workspace.record_export(by=w.company.actor(), filters={"verb": "closed"}, now=LATER),
    ),
    "workspace.change_role": row(
        "changed", "person",
        lambda w: lambda: workspace.change_role(by=w.company.actor(), membership_id=w.company.ids["lead"], role="admin", now=LATER), "role",
    ),
    "workspace.remove_member": row(
        "removed", "person",
        lambda w: lambda: workspace.remove_member(by=w.company.actor(), membership_id=w.company.ids["lead"], now=LATER), "role", "teams",
    ),
    "workspace.add_member": row(
        "added", "person",
        lambda w: lambda: workspace.add_member(
            by=w.company.operator(), email="noor@elsewhere.example", name="Noor Nowhere", role="member", password=PASSWORD, now=LATER
        ),
        "role", actor="operator",
    ),
    "workspace.set_password": row(
        "set_password", "person", lambda w: lambda: workspace.set_password(email="lead@acme.example", password=PASSWORD, now=LATER),
        actor="operator",
    ),
    "workspace.forget_second_steps": row(
        "forgot_steps", "person", lambda w: lambda: workspace.forget_second_steps(email="lead@acme.example", now=LATER),
        actor="operator",
    ),
    "workspace.add_second_step": row(
        "added_step", "person",
        lambda w: lambda: workspace.add_second_step(
            user=w.company.users["lead"], add=lambda: _passkey(w), session_key="", now=LATER
        ),
        "second_step",
    ),
    "workspace.remove_second_step": row("removed_step", "person", _remove_step, "second_step"),
    "workspace.erase_person": row(
        "erased", "person", lambda w: lambda: workspace.erase_person(email="lead@acme.example", now=LATER), "role", "teams",
        actor="operator",
    ),
    "workspace.export_person": row(
        "exported", "person", lambda w: lambda: workspace.export_person(email="lead@acme.example", now=LATER), actor="operator",
    ),
    "okr.add_away": row("away", "person", lambda w: lambda: _away(w, by="lead"), "first_day", "last_day", "stand_in"),
    "okr.end_away": row("back", "person", _end_away, "last_day"),
    "workspace.edit_strategy": row(
        "changed", "strategy",
        lambda w: lambda: workspace.edit_strategy(by=w.company.actor(), mission="No one asks twice", vision="", values="", now=LATER),
        "mission",
    ),
    "workspace.create_pillar": row(
        "created", "pillar",
        lambda w: lambda: workspace.create_pillar(by=w.company.actor(), name="Calm work", perspective="process", now=LATER),
        "name", "perspective",
    ),
    "workspace.edit_pillar": row(
        "changed", "pillar",
        _of_pillar(lambda w, pk: workspace.edit_pillar(
            by=w.company.actor(), pillar_id=pk, name="Loyal customers", description="They stay", perspective="customer", now=LATER
        )),
        "name", "description", "perspective",
    ),
    "workspace.move_pillar": row(
        "ordered", "pillar",
        _of_pillar(lambda w, pk: workspace.move_pillar(by=w.company.actor(), pillar_id=pk, up=True, now=LATER)), "position",
    ),
    "workspace.archive_pillar": row(
        "archived", "pillar",
        _of_pillar(lambda w, pk: workspace.archive_pillar(by=w.company.actor(), pillar_id=pk, archived=True, now=LATER)), "archived",
    ),
    "workspace.create_team": row(
        "created", "team",
        lambda w: lambda: workspace.create_team(by=w.company.actor(), name="Help", parent_id=w.company.team, now=LATER), "name", "parent",
    ),
    "workspace.edit_team": row(
        "changed", "team",
        lambda w: lambda: workspace.edit_team(by=w.company.actor(), team_id=w.company.team, name="Care", parent_id=None, now=LATER), "name",
    ),
    "workspace.delete_team": row("deleted", "team", _delete_team, "name"),
    "workspace.set_team_member": row(
        "changed", "team",
        lambda w: lambda: workspace.set_team_member(
            by=w.company.actor(), team_id=w.company.team, membership_id=w.company.ids["lead"], is_manager=True, now=LATER
        ),
        "place",
    ),
    "workspace.set_team_rhythm": row(
        "changed", "team",
        lambda w: lambda: workspace.set_team_rhythm(
            by=w.company.actor(), team_id=w.company.team, rhythm=workspace.TeamRhythm(weeks=2, weekday=1), now=LATER
        ),
        "rhythm_weeks", "rhythm_weekday", "rhythm_hour", "rhythm_skip_days",
    ),
    "workspace.create_token": row("created", "token", lambda w: lambda: _token(w), "scopes", "until"),
    "workspace.revoke_token": row("revoked", "token", _revoke_token, "scopes"),
    "workspace.create_webhook": row("created", "webhook", lambda w: w.webhook, "url", "events"),
    "workspace.edit_webhook": row(
        "changed", "webhook",
        _of_webhook(lambda w, pk: workspace.edit_webhook(by=w.company.actor(), webhook_id=pk, is_on=False, now=LATER)), "is_on",
    ),
    "workspace.rotate_secret": row(
        "rotated_secret", "webhook", _of_webhook(lambda w, pk: workspace.rotate_secret(by=w.company.actor(), webhook_id=pk, now=LATER))
    ),
    "workspace.delete_webhook": row(
        "deleted", "webhook", _of_webhook(lambda w, pk: workspace.delete_webhook(by=w.company.actor(), webhook_id=pk, now=LATER)),
        "url", "events",
    ),
    "workspace.send_test": row(
        "tested", "webhook", _of_webhook(lambda w, pk: workspace.send_test(by=w.company.actor(), webhook_id=pk, now=LATER))
    ),
    "workspace.replay": row("replayed", "webhook", _replay),
    "workspace.not_delivered": row("switched_off", "webhook", _give_up, "is_on", reason="the last answer: answered 410", actor="job"),
    "metrics.create_kpi": row(
        "created", "kpi", lambda w: lambda: metrics.create_kpi(by=w.company.actor("lead"), draft=w.kpi_draft(), today=TODAY, now=LATER),
        "name", "unit", "direction", "frequency", "aggregation", "lead", "visibility",
    ),
    "okr.edit_kpi": row(
        "changed", "kpi",
        _of_kpi(lambda w, slug: okr.edit_kpi(
            by=w.company.actor(), slug=slug, today=TODAY, now=LATER,
            draft=w.kpi_draft(name="First reply time", unit="min", direction="lower", owner_team_id=w.company.team, lead_id=w.company.ids["admin"]),
        )),
        "lead", "target",
    ),
    "metrics.archive_kpi": row(
        "archived", "kpi", _of_kpi(lambda w, slug: metrics.archive_kpi(by=w.company.actor("lead"), slug=slug, now=LATER)), "archived"
    ),
    "metrics.add_note": row(
        "noted", "kpi",
        _of_kpi(lambda w, slug: metrics.add_note(by=w.company.actor("lead"), slug=slug, day=TODAY, text="Form", fiscal_month=1, now=LATER)),
        "note",
    ),
    "metrics.withdraw_note": row("withdrew_note", "kpi", _note, "note"),
    "okr.record_readings": row(
        "recorded", "kpi",
        _of_kpi(lambda w, slug: okr.record_readings(
            by=w.company.actor("lead"), kpi=slug, readings=[okr.NewReading(day=TODAY, value=41.5, reason="Counted twice")], now=LATER
        )),
        "2026-11-16", reason="Counted twice",
    ),
    "okr.create_cycle": row(
        "created", "cycle",
        lambda w: lambda: okr.create_cycle(by=w.company.actor(), name="Q1", first_day=TODAY, last_day=TODAY, now=LATER),
        "name", "first_day", "last_day",
    ),
    "okr.save_view": row(
        "created", "view",
        lambda w: lambda: okr.save_view(by=w.company.actor("lead"), name="Mine", query="as=list", is_shared=True, now=LATER),
        "name", "is_shared",
    ),
    "okr.change_view": row(
        "changed", "view",
        _of_view(lambda w, pk: okr.change_view(by=w.company.actor("lead"), view_id=pk, name="Map", query="as=map", now=LATER)),
        "name", "query",
    ),
    "okr.delete_view": row(
        "deleted", "view", _of_view(lambda w, pk: okr.delete_view(by=w.company.actor("lead"), view_id=pk, now=LATER)),
        "name", "is_shared",
    ),
    "okr.edit_cycle": row(
        "changed", "cycle",
        lambda w: lambda: okr.edit_cycle(
            by=w.company.actor(), cycle_id=w.company.cycle, name="Q4 2026", first_day=TODAY.replace(day=1), last_day=TODAY.replace(month=12), now=LATER
        ),
        "first_day", "last_day",
    ),
    "okr.delete_cycle": row("deleted", "cycle", _empty_cycle, "name", "first_day", "last_day"),
    "okr.close_cycle": row("closed", "cycle", _close_cycle, "running", others=("closed",)),
    "okr.save_grades": row(
        "graded", "key_result",
        _of_key_result(lambda w, pk: okr.save_grades(
            by=w.company.actor("lead"), drafts={pk: okr.GradeDraft(grade=0.4, reason="Half of it", outcome="keep")}, now=LATER
        )),
        "grade", "outcome", reason="Half of it",
    ),
    "okr.carry_over": row("closed", "objective", _carry_over, "state", "grade", others=("created",)),
    "okr.publish_cycle": row("published", "cycle", _publish_cycle, "drafts", others=("activated",)),
    "okr.approve_objective": row(
        "approved", "objective",
        lambda w: _in_review(w, lambda pk: okr.approve_objective(by=w.company.actor(), objective_id=pk, now=LATER)), "approvals",
    ),
    "okr.send_back": row(
        "sent_back", "objective",
        lambda w: _in_review(w, lambda pk: okr.send_back(by=w.company.actor(), objective_id=pk, reason="Say from where", now=LATER)),
        "state", reason="Say from where",
    ),
    "okr.ask_for_drafts": row(
        "asked_for_drafts", "cycle",
        lambda w: lambda: okr.ask_for_drafts(by=w.company.actor(), cycle_id=w.company.cycle, wanted_by=TODAY, now=LATER), "wanted_by",
    ),
    "okr.lock_cycle": row("locked", "cycle", _lock_cycle, "locked"),
    "okr.unlock_cycle": row("unlocked", "cycle", _unlock_cycle, "locked", reason="A team joins"),
    "okr.copy_cycle": row(
        "created", "objective", _copy_cycle,
        "title", "lead", "owner_team", "cycle", "ambition", "counts", "visibility", "key_results",
    ),
    "okr.write_retrospective": row(
        "looked_back", "cycle",
        _of_goal(lambda w, _: okr.write_retrospective(
            by=w.company.actor("lead"), cycle_id=w.company.cycle, draft=okr.RetrospectiveDraft(kept="Mondays"), now=LATER
        )),
        "kept",
    ),
    "okr.create_objective": row(
        "created", "objective",
        lambda w: lambda: okr.create_objective(by=w.company.actor("lead"), draft=w.draft(), activate=False, now=LATER),
        "title", "lead", "owner_team", "cycle", "ambition", "counts", "visibility",
    ),
    "okr.edit_objective": row(
        "amended", "objective",
        _of_goal(lambda w, goal: okr.edit_objective(
            by=w.company.actor("lead"), objective_id=goal, draft=w.draft(lead_id=w.company.ids["member"]), reason="Moved on", now=LATER
        )),
        "title", "lead", reason="Moved on",
    ),
    "okr.activate_objective": row(
        "activated", "objective",
        _of_goal(lambda w, goal: okr.activate_objective(by=w.company.actor("lead"), objective_id=goal, now=LATER), activate=False), "state",
    ),
    "okr.set_paused": row(
        "paused", "objective",
        _of_goal(lambda w, goal: okr.set_paused(by=w.company.actor("lead"), objective_id=goal, paused=True, now=LATER)), "state",
    ),
    "okr.cancel_objective": row(
        "cancelled", "objective",
        _of_goal(lambda w, goal: okr.cancel_objective(by=w.company.actor("lead"), objective_id=goal, reason="No longer", now=LATER)),
        "state", reason="No longer",
    ),
    "okr.close_objective": row(
        "closed", "objective",
        _of_goal(lambda w, goal: okr.close_objective(
            by=w.company.actor("lead"), objective_id=goal, grade=okr.GradeDraft(grade=0.4, reason="Half of it"), key_results={}, now=LATER
        )),
        "state", "grade", reason="Half of it",
    ),
    "okr.reopen_objective": row(
        "reopened", "objective",
        _of_goal(lambda w, goal: okr.reopen_objective(by=w.company.actor("lead"), objective_id=_cancelled(w, goal), reason="Again", now=LATER)),
        "state", "grade", "final_score", reason="Again", others=("cancelled",),
    ),
    "okr.add_parent": row(
        "amended", "objective",
        _two(lambda w, a, b: okr.add_parent(by=w.company.actor("lead"), objective_id=b, parent_id=a, reason="It helps", now=LATER)),
        "parents", reason="It helps",
    ),
    "okr.edit_parent": row(
        "amended", "objective",
        _two(
            lambda w, a, b: okr.edit_parent(
                by=w.company.actor("lead"), objective_id=b, parent_id=a, contributes=False, reason="Beside it", now=LATER
            ),
            is_below=True,
        ),
        "parents", reason="Beside it",
    ),
    "okr.remove_parent": row(
        "amended", "objective",
        _two(
            lambda w, a, b: okr.remove_parent(by=w.company.actor("lead"), objective_id=b, parent_id=a, reason="Alone", now=LATER),
            is_below=True,
        ),
        "parents", reason="Alone",
    ),
    "okr.serve": row(
        "amended", "objective",
        _two(lambda w, a, b: okr.serve(by=w.company.actor("lead"), objective_id=b, key_result_id=w.key_result(a), reason="It helps", now=LATER)),
        "serves", reason="It helps",
    ),
    "okr.stop_serving": row(
        "amended", "objective",
        _two(lambda w, a, b: okr.stop_serving(by=w.company.actor("lead"), objective_id=b, served_id=_serving(w, a, b), reason="Alone", now=LATER)),
        "serves", reason="Alone", others=("amended",),
    ),
    "okr.answer_request": row("accepted", "objective", _request, "parents", reason="Gladly"),
    "okr.set_shares": row(
        "amended", "objective",
        _two(
            lambda w, a, b: okr.set_shares(
                by=w.company.actor("lead"), objective_id=a, drafts=[okr.ShareDraft("objective", b, 0.4)], reason="Less", now=LATER
            ),
            is_below=True,
        ),
        "shares", reason="Less",
    ),
    "okr.make_initiative": row(
        "amended", "key_result",
        _of_goal(lambda w, goal: okr.make_initiative(by=w.company.actor("lead"), key_result_id=w.key_result(goal), reason="It is work", now=LATER)),
        "state", reason="It is work", others=("created",),
    ),
    "okr.transfer_key_result": row(
        "amended", "objective",
        _two(lambda w, a, b: okr.transfer_key_result(
            by=w.company.actor("lead"), key_result_id=w.key_result(b), objective_id=a, reason="Fits there", now=LATER
        )),
        "key_results", reason="Fits there", others=("amended",),
    ),
    "okr.clone_objective": row(
        "created", "objective",
        _of_goal(lambda w, goal: okr.clone_objective(by=w.company.actor("lead"), objective_id=goal, cycle_id=w.company.cycle, now=LATER)),
        "title", "lead", "owner_team", "cycle", "ambition", "counts", "visibility", "key_results",
    ),
    "okr.add_key_result": row(
        "amended", "objective",
        _of_goal(lambda w, goal: okr.add_key_result(by=w.company.actor("lead"), objective_id=goal, draft=CR, reason="One more", now=LATER)),
        "key_results", reason="One more",
    ),
    "okr.edit_key_result": row(
        "amended", "key_result",
        _of_key_result(lambda w, pk: okr.edit_key_result(by=w.company.actor("lead"), key_result_id=pk, draft=CR, reason="Harder", now=LATER)),
        "title", "target", reason="Harder",
    ),
    "okr.add_initiative": row(
        "created", "initiative",
        _of_goal(lambda w, goal: okr.add_initiative(by=w.company.actor("lead"), objective_id=goal, draft=okr.InitiativeDraft("Write macros"), now=LATER)),
        "title", "objective",
    ),
    "okr.edit_initiative": row(
        "changed", "initiative",
        _of_initiative(lambda w, pk: okr.edit_initiative(by=w.company.actor("lead"), initiative_id=pk, draft=okr.InitiativeDraft("Write 20 macros", due_on=TODAY), now=LATER)),
        "title", "due_on",
    ),
    "okr.set_initiative_state": row(
        "changed", "initiative",
        _of_initiative(lambda w, pk: okr.set_initiative_state(by=w.company.actor("lead"), initiative_id=pk, state="cancelled", reason="Bought instead", now=LATER)),
        "state", reason="Bought instead",
    ),
    "okr.tick_item": row(
        "changed", "initiative",
        _of_initiative(lambda w, pk: okr.tick_item(by=w.company.actor("lead"), initiative_id=pk, item_id=ChecklistItem.objects.get().pk, is_done=True, now=LATER)),
        "checklist", "state",
    ),
    "okr.delete_initiative": row(
        "deleted", "initiative",
        _of_initiative(lambda w, pk: okr.delete_initiative(by=w.company.actor("lead"), initiative_id=pk, now=LATER)),
        "title", "objective",
    ),
    "okr.set_override": row(
        "amended", "key_result",
        _of_key_result(lambda w, pk: okr.set_override(
            by=w.company.actor("lead"), key_result_id=pk, score=0.8, why="Signed", is_kept=True, now=LATER
        )),
        "override", reason="Signed",
    ),
    "okr.clear_override": row("amended", "key_result", _overridden, "override", reason="Paid"),
    "okr.cancel_key_result": row(
        "amended", "key_result",
        _of_key_result(lambda w, pk: okr.cancel_key_result(by=w.company.actor("lead"), key_result_id=pk, reason="Wrong one", now=LATER)),
        "state", reason="Wrong one",
    ),
    "okr.move_key_result": row(
        "ordered", "objective",
        _of_key_result(lambda w, pk: okr.move_key_result(by=w.company.actor("lead"), key_result_id=pk, up=False, now=LATER), key_results=[CR, CR]),
        "position",
    ),
    "okr.record_check_in": row(
        "checked_in", "key_result",
        _of_key_result(lambda w, pk: okr.record_check_in(
            by=w.company.actor("lead"), draft=okr.CheckInDraft(key_result_id=pk, value=80, confidence=6, own_word="at_risk", note="Slow"), now=LATER
        )),
        "value", "confidence", "own_word", reason="Slow",
    ),
    "okr.record_check_ins": row(
        "checked_in", "key_result",
        _of_key_result(
            lambda w, pk: okr.record_check_ins(
                by=w.company.actor("lead"), drafts=[okr.CheckInDraft(key_result_id=pk, confidence=6, steps={_step(pk): 1.0})], now=LATER
            ),
            key_results=[okr.KeyResultDraft(title="Rota", kind="milestone", steps=[STEP])],
        ),
        "steps", "confidence",
    ),
    "okr.edit_check_in": row(
        "edited_check_in", "key_result",
        _of_check_in(lambda w, pk: okr.edit_check_in(
            by=w.company.actor("lead"), check_in_id=pk, now=LATER,
            draft=okr.CheckInDraft(key_result_id=CheckIn.objects.get(pk=pk).key_result_id, value=70, confidence=7),
        )),
        "value", "confidence",
    ),
    "okr.delete_check_in": row(
        "deleted_check_in", "key_result",
        _of_check_in(lambda w, pk: okr.delete_check_in(by=w.company.actor("lead"), check_in_id=pk, now=LATER)), "value", "confidence",
    ),
    "rhythm.post_comment": row("commented", "objective", _of_goal(lambda w, goal: w.comment(goal)), "flag"),
    "rhythm.edit_comment": row(
        "edited_comment", "objective",
        _of_comment(lambda w, pk: rhythm.edit_comment(by=w.company.actor("lead"), comment_id=pk, text="Ask @Lead Acme", flag="", now=LATER)),
        "flag",
    ),
    "rhythm.delete_comment": row(
        "deleted_comment", "objective",
        _of_comment(lambda w, pk: rhythm.delete_comment(by=w.company.actor("lead"), comment_id=pk, now=LATER)),
    ),
    "rhythm.settle_flag": row(
        "settled_flag", "objective",
        _of_comment(lambda w, pk: rhythm.settle_flag(by=w.company.actor("lead"), comment_id=pk, now=LATER)), "settled",
    ),
}  # fmt: skip
NEW_WORKSPACE = {"workspace.set_up_installation", "workspace.create_workspace"}  # nobody else can write to it yet


def _step(key_result: int) -> int:
    return KeyResult.objects.get(pk=key_result).steps.get().pk


def functions() -> set[str]:
    return {
        f"{room}.{name}"
        for room, module in ROOMS.items()
        for name in module.__all__
        if callable(getattr(module, name)) and not isinstance(getattr(module, name), type)
    }


def test_every_action_stands_in_a_table() -> None:
    assert functions() == set(TABLE) | set(QUIET)


@pytest.mark.parametrize("name", TABLE)
def test_each_action_leaves_one_event_with_old_and_new(company: Company, name: str) -> None:
    expected = TABLE[name]
    deed = expected.prepare(World(company))
    last = Event.objects.order_by("-id").values_list("id", flat=True).first() or 0
    before, kept = standing(), Former.objects.order_by("-id").values_list("id", flat=True).first() or 0
    with CaptureQueriesContext(connection) as queries:
        deed()
    assert taken_back(before, after=kept) == before, "keep_past was not called for a row that was changed"
    told = list(Event.objects.filter(pk__gt=last).order_by("id"))
    event = told[-1]
    assert [e.verb for e in told] == [*expected.others, expected.verb]
    assert (event.kind, event.actor_kind) == (expected.kind, expected.actor)
    assert set(event.data.get("changes", {})) == expected.changes
    assert all(
        len(pair) == 2 and pair[0] != pair[1] for k, pair in event.data.get("changes", {}).items() if k not in SAME
    )
    assert event.data.get("reason", "") == expected.reason
    assert event.actor_id is not None or expected.actor != "person"
    assert event.object_id
    words = json.dumps(list(Event.objects.values_list("data", flat=True)), ensure_ascii=False)
    for personal in (*User.objects.values_list("name", flat=True), "@", "Noor", "laptop"):
        assert personal not in words, name
    for verdict in [verify_trail(pk) for pk in set(Event.objects.values_list("workspace_id", flat=True))]:
        assert verdict.wrong == ""
    if connection.vendor == "postgresql" and name not in NEW_WORKSPACE:
        assert_locked_first([q["sql"] for q in queries])


def standing() -> dict[tuple[str, int], dict[str, object]]:
    """Return what every row says of which a day of the past is told."""
    return {
        (model.PAST_KIND, row.pk): {name: plain(getattr(row, name)) for name in model.PAST}
        for model in Remembered.__subclasses__()
        for row in model._default_manager.all()
    }


def taken_back(
    before: dict[tuple[str, int], dict[str, object]], *, after: int
) -> dict[tuple[str, int], dict[str, object]]:
    """Return what the rows that were there say today, with all put back that they said before an action."""
    found = standing()
    for former in Former.objects.filter(pk__gt=after).order_by("-until", "-id"):
        row = found[former.kind, former.object_id]
        row.update({name: value for name, value in former.said.items() if name in row})
    return {key: found.get(key, before[key]) for key in before}  # a draft that was deleted is told of no more


SAME = {"grade", "final_score"}  # a cancelled goal that runs again never had one


def assert_locked_first(statements: list[str]) -> None:
    """The workspace's row is locked before the first statement that changes anything."""
    for sql in statements:
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            raise AssertionError(f"it writes before it holds the lock: {sql[:200]}")
        if 'FROM "workspace_workspace"' in sql and "FOR NO KEY UPDATE" in sql:
            return
    raise AssertionError("it never takes the lock")


def test_a_program_stands_in_the_event_with_its_token(company: Company) -> None:
    made = _token(World(company))
    place, _ = place_of_token(made.secret, now=NOW)
    goal = okr.create_objective(by=place.actor, draft=World(company).draft(), activate=False, now=NOW)
    event = Event.objects.get(verb="created", kind="objective", object_id=goal)
    assert (event.actor_kind, event.actor_id, event.data["token"]) == ("token", company.ids["admin"], made.id)


def test_a_change_that_changes_nothing_leaves_no_event(company: Company) -> None:
    before = Event.objects.count()
    workspace.change_settings(by=company.actor(), settings=settings(), now=NOW)
    workspace.set_team_member(
        by=company.actor(), team_id=company.team, membership_id=company.ids["lead"], is_manager=False, now=NOW
    )
    assert Event.objects.count() == before


def test_a_password_is_told_to_each_workspace_of_the_person(company: Company) -> None:
    other = build_company("Other")
    workspace.add_member(
        by=other.operator(), email="lead@acme.example", name="x", role="member", password=PASSWORD, now=NOW
    )
    workspace.set_password(email="lead@acme.example", password=PASSWORD, now=NOW)
    told = Event.objects.filter(verb="set_password").values_list("workspace_id", flat=True)
    assert sorted(told) == sorted([company.workspace_id, other.workspace_id])
    assert Webhook.objects.count() == 0
