"""One person's data: all of it handed over, or name and address gone from everywhere and the trail still sound."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import reverse

from milepost.metrics import actions as metrics
from milepost.metrics.models import Metric, MetricContributor
from milepost.okr import actions as okr
from milepost.okr.models import AlignmentRequest, Contributor, Cycle, KeyResult, Objective
from milepost.rhythm import actions as talk
from milepost.rhythm.models import DueMail, NotificationMail
from milepost.rhythm.queries import objective_timeline
from milepost.workspace import actions
from milepost.workspace.errors import Invalid, InvitationClosed, LastAdmin, NoToken
from milepost.workspace.models import Delivery, DueWork, Event, Invitation, Membership, Role, User
from milepost.workspace.privacy import TABLES
from milepost.workspace.queries import place_of_token, verify_trail
from tests.people import NOW, PASSWORD, TODAY, Company, build_company

pytestmark = pytest.mark.django_db
EMAIL, NAME = "zoe.quill@acme.example", "Zoë Quill-Maßmann"
LATER = NOW + timedelta(hours=1)


def _review(company: Company, person: int, key_result: int) -> None:
    """Let somebody ask for drafts, send one back, grade a key result before its close, coach its cycle and keep a view."""
    okr.ask_for_drafts(by=company.actor("zoe"), cycle_id=company.cycle, wanted_by=TODAY, now=NOW)
    asked = company.objective("Waits", activate=False)
    Objective.objects.filter(pk=asked).update(state="in_review")
    okr.send_back(by=company.actor("zoe"), objective_id=asked, reason="Her question", now=NOW)
    okr.save_view(by=company.actor("zoe"), name="Hers", query="as=list&view=mine", now=NOW)
    draft = okr.GradeDraft(grade=0.4, reason="Late", lesson="Begin early")
    okr.save_grades(by=company.actor("zoe"), drafts={key_result: draft}, now=NOW)
    cycle = Cycle.objects.get(pk=company.cycle)
    okr.edit_cycle(
        by=company.operator(), cycle_id=cycle.pk, name=cycle.name, first_day=cycle.first_day, last_day=cycle.last_day,
        coach_id=person, now=NOW,
    )  # fmt: skip


@pytest.fixture
def life(company: Company) -> dict[str, object]:  # noqa: PLR0915 - a trace in every table
    """Let one person leave a trace in every table that can hold one, in two workspaces."""
    other = build_company("Other")
    for place in (company, other):
        place.ids["zoe"] = actions.add_member(
            by=place.operator(), email=EMAIL, name=NAME, role="admin", password=PASSWORD, now=NOW
        )
    zoe = Membership.objects.get(pk=company.ids["zoe"])
    company.users["zoe"] = zoe.user
    by = company.actor("zoe")
    actions.set_team_member(by=company.operator(), team_id=company.team, membership_id=zoe.pk, is_manager=True, now=NOW)
    webhook, _ = actions.create_webhook(
        by=by, url="https://a.example/h", events=["checkin.created", "comment.created"], now=NOW
    )
    actions.send_test(by=by, webhook_id=webhook, now=NOW)
    slug = company.kpi(lead_id=zoe.pk)
    metrics.add_note(by=by, slug=slug, day=TODAY, text="Holiday", fiscal_month=1, now=NOW)
    okr.record_readings(by=by, kpi=slug, readings=[okr.NewReading(day=TODAY, value=4, reason="Counted")], now=NOW)
    goal = company.objective(who="lead")
    okr.edit_objective(
        by=by, objective_id=goal, reason="Hers now", now=NOW,
        draft=okr.ObjectiveDraft(title="T", cycle_id=company.cycle, lead_id=zoe.pk, owner_person_id=zoe.pk),
    )  # fmt: skip
    key_result = KeyResult.objects.get(objective_id=goal)
    okr.edit_key_result(
        by=by, key_result_id=key_result.pk, reason="Hers", now=NOW,
        draft=okr.KeyResultDraft(title="K", start=100, target=60, lead_id=zoe.pk),
    )  # fmt: skip
    draft = okr.CheckInDraft(key_result_id=key_result.pk, value=80, confidence=6, note="Slow", blockers="Rota")
    okr.record_check_in(by=by, draft=draft, now=NOW)
    okr.set_override(by=by, key_result_id=key_result.pk, score=0.7, why="Signed", now=NOW)
    _review(company, zoe.pk, key_result.pk)
    okr.add_initiative(by=by, objective_id=goal, draft=okr.InitiativeDraft(title="Ask around", lead_id=zoe.pk), now=NOW)
    okr.save_objective_template(by=by, objective_id=goal, name="To begin with", now=NOW)
    NotificationMail.objects.create(workspace_id=company.workspace_id, to=zoe, created_at=NOW)
    DueMail.objects.create(
        workspace_id=company.workspace_id, to=zoe, due_on=TODAY, created_at=NOW, tries=1, error=f"{EMAIL} was refused"
    )
    token = actions.create_token(by=by, name=f"{NAME}'s laptop", scopes=["read"], days=9, now=NOW)
    actions.keep_answer(
        token_id=token.id, key="k", body_hash="h", status=200, headers={}, now=NOW,
        body=json.dumps({"name": NAME, "email": EMAIL}, ensure_ascii=False).encode(),
    )  # fmt: skip
    invited = actions.invite(by=by, label="A friend", role="member", team_id=None, now=NOW)
    actions.invite(by=company.actor(), label=f"{NAME.upper()} <{EMAIL}>", role="member", team_id=None, now=NOW)
    address, _ = EmailAddress.objects.get_or_create(user=zoe.user, email=EMAIL)
    EmailConfirmation.objects.create(email_address=address, key="secret-key", sent=NOW)
    Authenticator.objects.create(user=zoe.user, type="totp", data={"secret": "secret-key"})
    UserSession.objects.create(user=zoe.user, ip="192.0.2.7", session_key="secret-key", user_agent="Zoe's browser")
    typed = {"username": EMAIL.upper(), "ip_address": "192.0.2.7", "user_agent": "x", "path_info": "/account/login/"}
    AccessAttempt.objects.create(**typed, failures_since_start=3, get_data="", post_data="secret-key")
    AccessFailureLog.objects.create(**typed)
    AccessLog.objects.create(**typed, session_hash="secret-key")
    Contributor.objects.create(objective=Objective.objects.order_by("id")[0], membership=zoe)
    MetricContributor.objects.create(metric=Metric.objects.filter(is_kpi=True).order_by("id")[0], membership=zoe)
    DueWork.objects.create(
        workspace_id=company.workspace_id, kind="new_day", due_at=NOW, last_error=f"Mail to {EMAIL} failed"
    )
    Delivery.objects.filter(webhook_id=webhook).update(error=f"{EMAIL} was refused")
    subject = talk.Subject(objective_id=goal)
    for who in ("zoe", "admin"):  # each names her
        draft_said = talk.CommentDraft(text=f"Ask @{NAME}", flag="risk")
        said = talk.post_comment(by=company.actor(who), subject=subject, draft=draft_said, now=NOW)
    talk.set_reaction(by=by, comment_id=said, kind="thanks", now=NOW)
    talk.set_follow(by=by, subject=subject, is_on=True, now=NOW)
    talk.choose_notifications(by=by, choices={"closed": talk.Choice(in_app=False, by_mail=True)})
    client = Client()
    client.force_login(zoe.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    okr.change_rules(by=replace(by, role=Role.ADMIN), draft=okr.usual_rules("strict"), reason="Her choice", now=NOW)
    okr.add_away(by=by, membership_id=zoe.pk, first_day=NOW.date(), last_day=NOW.date(), note="Hiking", now=NOW)
    AlignmentRequest.objects.create(
        workspace_id=company.workspace_id, parent_id=goal, child_id=company.objective("Asks"),
        asked_by=zoe, asked_at=NOW,
    )  # fmt: skip
    return {
        "other": other, "goal": goal, "token": token, "invited": invited, "client": client, "zoe": zoe, "webhook": webhook,
    }  # fmt: skip


def hits(*words: str) -> list[str]:
    """Return where any of these words stands: every column of every table of the database, as text."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            for column in connection.introspection.get_table_description(cursor, table):
                quoted = connection.ops.quote_name(column.name)
                cursor.execute(f"SELECT {quoted} FROM {connection.ops.quote_name(table)} WHERE {quoted} IS NOT NULL")
                for (value,) in cursor.fetchall():
                    text = (
                        bytes(value).decode(errors="replace") if isinstance(value, bytes | memoryview) else str(value)
                    )
                    text = text + json.dumps(text) + text.encode().decode("unicode_escape", errors="replace")
                    if any(word.lower() in text.lower() for word in words):
                        found.append(f"{table}.{column.name}")
    return found


def test_the_scan_finds_what_is_there(life: dict[str, object]) -> None:
    found = set(hits(NAME, EMAIL))
    assert {
        "workspace_user.name", "workspace_user.email", "workspace_invitation.label", "workspace_apitoken.name",
        "workspace_idempotencykey.answer", "workspace_delivery.body", "workspace_delivery.error",
        "workspace_duework.last_error", "account_emailaddress.email",
    } <= found  # fmt: skip
    assert not {f for f in found if f.startswith(("workspace_event.", "okr_"))}


def test_after_erasing_nobody_finds_the_name_and_the_trail_is_sound(company: Company, life: dict[str, object]) -> None:
    other, zoe = life["other"], life["zoe"]
    before = {
        c.workspace_id: list(Event.objects.filter(workspace_id=c.workspace_id).order_by("sequence").values())
        for c in (company, other)
    }
    actions.erase_person(email=EMAIL.upper(), now=LATER)
    assert hits(NAME, EMAIL, "zoë", "quill", "maßmann") == []
    for workspace_id, events in before.items():
        assert verify_trail(workspace_id, kept=[events[-1]["hash"]]).wrong == ""
        now = list(Event.objects.filter(workspace_id=workspace_id).order_by("sequence").values())
        assert now[:-1] == events
        assert (now[-1]["verb"], now[-1]["kind"], now[-1]["actor_kind"]) == ("erased", "person", "operator")
    # every way in is closed
    client = life["client"]
    assert client.get(reverse("week", args=[company.slug])).status_code == 302  # type: ignore[union-attr]
    assert not Session.objects.exists()
    with pytest.raises(NoToken):
        place_of_token(life["token"].secret, now=LATER)  # type: ignore[union-attr]
    with pytest.raises(InvitationClosed):
        actions.find_invitation(str(life["invited"]), now=LATER)
    user = User.objects.get(pk=zoe.user_id)  # type: ignore[union-attr]
    assert (user.name, user.is_active, user.has_usable_password(), user.is_operator) == (
        "Erased person",
        False,
        False,
        False,
    )
    assert not Membership.objects.filter(user=user, removed_at=None).exists()
    # what was done stays, by somebody without a name
    items = objective_timeline(company.actor(), int(str(life["goal"]))).items
    assert {item.who for item in items if item.kind in {"check_in", "amendment"}} == {"Erased person"}
    comments = [item for item in items if item.kind == "comment"]  # an admin named her and stays who they are
    assert sorted(item.who for item in comments) == ["Ada Admin", "Erased person"]
    assert [old for item in items for field, old, new in item.fields if field == "lead"] == ["Lead Acme"] * 2
    body = json.loads(Delivery.objects.filter(type="checkin.created").get().body)
    assert (body["data"]["author"], body["data"]["note"]) == ("Erased person", "Slow")
    admin = Client()
    admin.force_login(company.users["admin"], backend="allauth.account.auth_backends.AuthenticationBackend")
    for name in ("audit", "settings_members", "people", "week"):
        assert admin.get(reverse(name, args=[company.slug])).status_code == 200


def test_an_address_can_come_back_as_somebody_new(company: Company, life: dict[str, object]) -> None:
    actions.erase_person(email=EMAIL, now=LATER)
    pk = actions.add_member(by=company.operator(), email=EMAIL, name="New", role="member", password=PASSWORD, now=LATER)
    assert pk != company.ids["zoe"]
    with pytest.raises(Invalid, match="Nobody here has the address"):
        actions.erase_person(email="nobody@acme.example", now=LATER)


def test_the_last_admin_stays_and_nothing_is_half_erased(company: Company, life: dict[str, object]) -> None:
    other = life["other"]
    actions.change_role(by=other.operator(), membership_id=other.ids["admin"], role="member", now=NOW)  # type: ignore[union-attr]
    with pytest.raises(LastAdmin):
        actions.erase_person(email=EMAIL, now=LATER)
    assert User.objects.get(email=EMAIL).name == NAME
    assert Membership.objects.filter(user__email=EMAIL, removed_at=None).count() == 2


def test_other_people_keep_their_names(company: Company, life: dict[str, object]) -> None:
    """A short name is not searched for inside longer ones."""
    actions.add_member(
        by=company.operator(), email="al@acme.example", name="Al", role="member", password=PASSWORD, now=NOW
    )
    actions.invite(by=company.actor(), label="Albert Alder", role="member", team_id=None, now=NOW)
    actions.erase_person(email="al@acme.example", now=LATER)
    assert Invitation.objects.filter(label="Albert Alder", revoked_at=None).exists()
    assert User.objects.filter(name=NAME).exists()


def test_the_export_holds_every_personal_column_and_every_row_of_the_person(
    company: Company, life: dict[str, object]
) -> None:
    told = actions.export_person(email=EMAIL, now=LATER)
    tables = told["tables"]
    json.dumps(told)
    assert set(tables) == {table for table, classes in TABLES.items() if classes.personal}
    for table, rows in tables.items():
        classes = TABLES[table]
        assert rows, table
        assert classes.personal <= set(rows[0]), table
        assert not classes.secret & set(rows[0]), table
        assert len(rows) == count_of(table), table
    said = json.dumps(tables, ensure_ascii=False)
    for word in (NAME, EMAIL, "Holiday", "Slow", "Rota", "Counted", "Hers now"):
        assert word in said
    for secret in ("secret-key", "md5$", str(life["invited"])):
        assert secret not in said
    told_places = Event.objects.filter(verb="exported", kind="person").values_list("object_id", flat=True)
    assert set(told_places) == {company.ids["zoe"], life["other"].ids["zoe"]}  # type: ignore[union-attr]


def count_of(table: str) -> int:
    """Count a person's rows anew, by whatever column of the table holds an id of theirs, in plain SQL."""
    user = User.objects.get(email=EMAIL)
    places = [m.pk for m in Membership.objects.filter(user=user)]
    model = next(m for m in apps.get_models(include_auto_created=True) if m._meta.db_table == table)
    ways = {
        "workspace_user": f"id = {user.pk}", "account_emailconfirmation": "1 = 1", "workspace_idempotencykey": "1 = 1",
        "axes_accessattempt": "1 = 1", "axes_accessfailurelog": "1 = 1", "axes_accesslog": "1 = 1",
        "workspace_searchword": f"kind = 'person' AND object_id IN ({places[0]}, {places[1]})",
    }  # fmt: skip
    conditions = [ways[table]] if table in ways else []
    for field in model._meta.concrete_fields:
        if field.related_model is User:
            conditions.append(f"{field.column} = {user.pk}")
        if field.related_model is Membership:
            conditions.append(f"{field.column} IN ({places[0]}, {places[1]})")
    if table == "workspace_invitation":
        conditions.append(f"lower(label) LIKE '%{EMAIL[4:]}%'")
    if table == "workspace_delivery":
        conditions.append(f"body LIKE '%{NAME}%'")
    if table == "okr_amendment":
        conditions.append(f"field IN ('lead', 'owner_person') AND (old = '{places[0]}' OR new = '{places[0]}')")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE {' OR '.join(f'({c})' for c in conditions)}")
        return int(cursor.fetchone()[0])
