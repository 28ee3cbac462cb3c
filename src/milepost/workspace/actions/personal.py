"""One person's data: handed over, or erased, by whoever runs the installation (ADR 0006)."""

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection, transaction
from django.db.models import Model, Q, QuerySet

from milepost.workspace.actions.events import gone, record_event
from milepost.workspace.actions.lock import lock_workspace
from milepost.workspace.actions.members import keep_an_admin
from milepost.workspace.actions.rhythms import settle_people
from milepost.workspace.actions.sessions import end_sessions
from milepost.workspace.errors import Invalid
from milepost.workspace.models import (
    ActorKind,
    ApiToken,
    Away,
    Delivery,
    DueWork,
    IdempotencyKey,
    Invitation,
    Membership,
    Role,
    SearchWord,
    TeamMembership,
    User,
    WebhookEvent,
)
from milepost.workspace.permissions import Actor
from milepost.workspace.privacy import TABLES

NAME = "Erased person"
LABEL = "erased"
SPEAKERS = ("author", "asked_by")  # what messages to webhooks call the person who acted
CHUNK = 500
LOCKS = (AccessAttempt, AccessFailureLog, AccessLog)  # they know people by the name they typed


@dataclass(frozen=True, slots=True)
class _Person:
    """A user with every place they have or had."""

    user: User
    places: tuple[Membership, ...]

    @property
    def ids(self) -> tuple[int, ...]:
        return tuple(place.pk for place in self.places)


@transaction.atomic
def export_person(*, email: str, now: datetime) -> dict[str, Any]:
    """Return everything classified as personal of one person, by table, with the rows it stands in.

    Secrets are left out. Each workspace they are or were in is told that it was done.

    Raises:
        Invalid: nobody has this address.
    """
    person = _locked(email)
    tables = {
        model._meta.db_table: rows
        for model in apps.get_models(include_auto_created=True)
        if TABLES[model._meta.db_table].personal and (rows := list(_rows_of(model, person)))
    }
    for place in person.places:
        record_event(by=_operator(place), verb="exported", kind="person", object_id=place.pk, now=now)
    return {"email": person.user.email, "name": person.user.name, "exported_at": now.isoformat(), "tables": tables}


@transaction.atomic
def erase_person(*, email: str, now: datetime) -> None:
    """Take a person's name and address out of every table and end each way in; what they did stays.

    Their row becomes "Erased person"; events, values and check-ins go on pointing at it, so that the
    audit trail is what it was. Texts that they wrote, such as notes and reasons, stay as they are.

    Raises:
        Invalid: nobody has this address.
        LastAdmin: they are the last admin of a workspace.
    """
    person = _locked(email)
    for place in person.places:
        if place.removed_at is None and place.role == Role.ADMIN:
            keep_an_admin(place.workspace_id, but=place.pk)
    old_email, old_name = person.user.email, person.user.name
    for place in person.places:
        _leave(place, now=now)
    _end_tokens(person, now=now)
    _end_sessions(person.user)
    _forget_in_copies((old_email, old_name), [place.workspace_id for place in person.places], now=now)
    EmailAddress.objects.filter(user=person.user).delete()
    user = person.user
    user.email, user.name, user.last_login = f"erased-{user.pk}@erased.invalid", NAME, None
    user.is_active = user.is_operator = False
    user.set_unusable_password()
    user.save()


def overwrite_erased() -> bool:
    """Let the database give up the pages that erased rows stood in, and return whether it could.

    Outside of every transaction. SQLite writes its file anew, so that no byte of them is left;
    PostgreSQL frees the room in its files, where bytes stay until it is used again.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                return not cursor.fetchone()[0]  # 1: somebody reads what was there before
    except OperationalError:  # somebody writes, for longer than we wait
        return False
    return True


def _locked(email: str) -> _Person:
    """Return the person with this address; every workspace they have a place in is locked."""
    user = User.objects.filter(email__iexact=email.strip()).first()
    if user is None:
        raise Invalid(f"Nobody here has the address {email[:80]}.", field="email")
    for workspace_id in user.memberships.order_by("workspace_id").values_list("workspace_id", flat=True):
        lock_workspace(workspace_id)
    return _Person(user, tuple(Membership.objects.filter(user=user).order_by("workspace_id")))


def _operator(place: Membership) -> Actor:
    return Actor(workspace_id=place.workspace_id, membership_id=None, role=Role.ADMIN, kind=ActorKind.OPERATOR)


def _leave(place: Membership, *, now: datetime) -> None:
    """Take a person out of a workspace, if they are still in it, and tell it."""
    teams = TeamMembership.objects.filter(membership=place)
    was_in = list(teams.order_by("team__name").values_list("team__name", flat=True))
    teams.delete()
    settle_people(lock_workspace(place.workspace_id), [place.pk], now=now)
    Away.objects.filter(membership=place).delete()
    Away.objects.filter(stand_in=place).update(stand_in=None)
    Membership.objects.filter(pk=place.pk).update(away=None)
    SearchWord.objects.filter(workspace_id=place.workspace_id, kind="person", object_id=place.pk).delete()
    changes = gone(role=place.role, teams=was_in) if place.removed_at is None else None
    if place.removed_at is None:
        place.removed_at = now
        place.save(update_fields=["removed_at"])
    record_event(by=_operator(place), verb="erased", kind="person", object_id=place.pk, now=now, changes=changes)


def _end_tokens(person: _Person, *, now: datetime) -> None:
    own = ApiToken.objects.filter(membership_id__in=person.ids)
    own.filter(revoked_at=None).update(revoked_at=now)
    own.update(name=LABEL)
    IdempotencyKey.objects.filter(token__in=own).delete()
    sent = Invitation.objects.filter(invited_by_id__in=person.ids, accepted_at=None, revoked_at=None)
    sent.update(revoked_at=now)


def _end_sessions(user: User) -> None:
    """End every way in that is open: sessions, what is known of them, second steps, and doors shut for this name."""
    end_sessions(user.pk)
    UserSession.objects.filter(user=user.pk).delete()
    Authenticator.objects.filter(user=user.pk).delete()
    for model in LOCKS:
        model._default_manager.filter(username__iexact=user.email).delete()
    theirs = [
        session.session_key
        for session in Session.objects.iterator(chunk_size=CHUNK)
        if session.get_decoded().get("_auth_user_id") == str(user.pk)
    ]
    for at in range(0, len(theirs), CHUNK):
        Session.objects.filter(session_key__in=theirs[at : at + CHUNK]).delete()


def _forget_in_copies(words: Collection[str], workspaces: Collection[int], *, now: datetime) -> None:
    """Take name and address out of what was copied from them: invitations, messages, kept answers, errors."""
    invitations = Invitation.objects.filter(workspace_id__in=workspaces)
    named = invitations.filter(pk__in=_naming(invitations, "label", words))
    named.filter(accepted_at=None, revoked_at=None).update(revoked_at=now)
    named.update(label=LABEL)
    spelled = [json.dumps(word, ensure_ascii=False)[1:-1] for word in words]
    sent = Delivery.objects.filter(webhook__workspace_id__in=workspaces)
    messages = sent.filter(_any_of("body", spelled))
    for message in messages.iterator(chunk_size=CHUNK):
        message.body = _without(message.body, words)
        message.save(update_fields=["body"])
    as_bytes = [word.encode() for word in spelled]
    answers = IdempotencyKey.objects.filter(token__workspace_id__in=workspaces).values_list("id", "answer")
    held = [pk for pk, answer in answers.iterator(chunk_size=CHUNK) if any(w in bytes(answer) for w in as_bytes)]
    for at in range(0, len(held), CHUNK):
        IdempotencyKey.objects.filter(pk__in=held[at : at + CHUNK]).delete()
    failed, unsent = DueWork.objects.exclude(last_error=""), sent.exclude(error="")
    DueWork.objects.filter(pk__in=_naming(failed, "last_error", words)).update(last_error=LABEL)
    unmailed = apps.get_model("rhythm", "DueMail")._default_manager.filter(workspace_id__in=workspaces)
    unmailed.filter(pk__in=_naming(unmailed.exclude(error=""), "error", words)).update(error=LABEL)
    Delivery.objects.filter(pk__in=_naming(unsent, "error", words)).update(error=LABEL)


def _without(body: str, words: Collection[str]) -> str:
    """Return a message that names somebody else in their place."""
    told = orjson.loads(body)
    for speaker in SPEAKERS:
        if told.get("data", {}).get(speaker) in words:
            told["data"][speaker] = NAME
    if told.get("type") == WebhookEvent.COMMENT_CREATED:  # whom it mentions stands in it by name
        for word in words:
            told["data"]["text"] = told["data"]["text"].replace(f"@{word}", f"@{NAME}")
    return orjson.dumps(told).decode()


def _naming(rows: QuerySet[Any, Any], column: str, words: Collection[str]) -> list[int]:
    """Return the ids of rows whose text has one of these as whole words, in any case: Al is not in Albert."""
    told = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in words), re.IGNORECASE)
    return [pk for pk, text in rows.values_list("id", column).iterator(chunk_size=CHUNK) if told.search(text)]


def _any_of(column: str, words: Collection[str]) -> Q:
    found = Q()
    for word in words:
        found |= Q(**{f"{column}__contains": word})
    return found


def _rows_of(model: type[Model], person: _Person) -> Iterator[dict[str, Any]]:
    """Return the rows of a table that tell of a person, without what is secret."""
    columns = TABLES[model._meta.db_table]
    shown = [field for field in model._meta.concrete_fields if field.column not in columns.secret]
    theirs = _about(model, person)
    if not theirs:
        return
    rows = model._default_manager.filter(theirs).order_by("pk").distinct()
    for row in rows.values_list(*(field.attname for field in shown)).iterator(chunk_size=CHUNK):
        yield {str(field.column): _told(value) for field, value in zip(shown, row, strict=True)}


def _about(model: type[Model], person: _Person) -> Q:
    """Return what finds a person's rows in a table: every column that points at them, and what has none."""
    found = Q(pk=person.user.pk) if model is User else Q()
    for field in model._meta.concrete_fields:
        if field.related_model is User:
            found |= Q(**{field.attname: person.user.pk})
        elif field.related_model is Membership:
            found |= Q(**{f"{field.attname}__in": person.ids})
    words = (person.user.email, person.user.name)
    spelled = [json.dumps(word, ensure_ascii=False)[1:-1] for word in words]
    match model._meta.db_table:
        case "axes_accessattempt" | "axes_accessfailurelog" | "axes_accesslog":
            found |= Q(username__iexact=person.user.email)
        case "account_emailconfirmation":
            found |= Q(email_address__user=person.user)
        case "workspace_invitation":
            here = Invitation.objects.filter(workspace_id__in=[p.workspace_id for p in person.places])
            found |= Q(pk__in=_naming(here, "label", words))
        case "workspace_searchword":
            found |= Q(kind="person", object_id__in=person.ids)
        case "workspace_idempotencykey":
            found |= Q(token__membership_id__in=person.ids)
        case "workspace_delivery":
            found |= _any_of("body", spelled) & Q(webhook__workspace_id__in=[p.workspace_id for p in person.places])
        case "okr_amendment":  # a person is an id there
            ids = [str(pk) for pk in person.ids]
            found |= Q(field__in=["lead", "owner_person"]) & (Q(old__in=ids) | Q(new__in=ids))
            for one in ids:  # the contributors are a list of them
                listed = rf"(^|, ){one}(,|$)"
                found |= Q(field="contributors") & (Q(old__regex=listed) | Q(new__regex=listed))
    return found


def _told(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode(errors="replace")
    return value
