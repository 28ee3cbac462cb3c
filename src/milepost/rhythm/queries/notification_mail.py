"""Notifications that are told by mail: to whom, and what of it may still be told when the mail leaves."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core import signing

from milepost.rhythm.models import Notification, NotificationChoice, NotificationKind, NotificationMail
from milepost.rhythm.models.due_mail import MOST_TRIES
from milepost.rhythm.queries.due_mail import STOP
from milepost.rhythm.queries.notifications import NotificationLine, lines_of
from milepost.workspace.errors import NotFound
from milepost.workspace.models import Membership
from milepost.workspace.queries import Place, place_of

FIRST_IN_APP = timedelta(minutes=15)  # what is read there meanwhile is not mailed
BETWEEN = timedelta(hours=1)  # two mails to one person
LATEST = timedelta(days=2)  # a worker that was off for longer leaves it to the app
MOST_ITEMS = 30
NEWS = "news"  # in the link that stops these mails: all kinds but due check-ins, which have a link of their own


@dataclass(frozen=True, slots=True)
class NewsMail:
    """A mail of what somebody was told, as they may read it now; `more` counts what did not fit.

    `told` are all the notifications it stands for, `stop` is the token of the link that stops such mails.
    """

    id: int
    email: str
    name: str
    workspace: str
    slug: str
    items: tuple[NotificationLine, ...]
    more: int
    told: tuple[int, ...]
    stop: str


def who_is_written_to(place: Place, *, now: datetime) -> dict[int, list[int]]:
    """Return who gets a mail now, as memberships, with the notifications it is about; two queries.

    Nobody who is away, has left or had one within the hour, nor of what they read already.
    """
    waiting = Notification.objects.filter(
        workspace_id=place.workspace_id, by_mail=True, mail=None, mailed_at=None, read_at=None,
        at__gt=now - LATEST, at__lte=now, to__removed_at=None, to__user__is_active=True,
    )  # fmt: skip
    found: dict[int, list[int]] = {}
    ripe: set[int] = set()
    for pk, to, at, away in waiting.order_by("id").values_list("id", "to_id", "at", "to__away"):
        if is_away(away, place.today):
            continue
        found.setdefault(to, []).append(pk)
        if at <= now - FIRST_IN_APP:
            ripe.add(to)
    lately = NotificationMail.objects.filter(to_id__in=ripe, created_at__gt=now - BETWEEN)
    ripe -= set(lately.values_list("to_id", flat=True))
    return {to: found[to] for to in sorted(ripe)}


def news_waiting(place: Place, *, now: datetime, limit: int = 50) -> list[int]:
    """Return mails that wait to be sent, the oldest first; one query."""
    rows = NotificationMail.objects.filter(
        workspace_id=place.workspace_id, sent_at=None, tries__lt=MOST_TRIES, created_at__gt=now - LATEST
    )
    return list(rows.order_by("id").values_list("id", flat=True)[:limit])


def news_mail(place: Place, mail_id: int, *, now: datetime) -> NewsMail | None:
    """Return a mail that waits, with what its reader may see and wants to hear at this moment; six queries at most.

    What they read meanwhile, may not see any more, or was deleted is left out; with nothing left it has no items.
    None for who is away, has left, or may see nothing without a second step: it waits.
    """
    mail = NotificationMail.objects.filter(workspace_id=place.workspace_id, pk=mail_id).values_list("to_id").first()
    if mail is None:
        return None
    (to,) = mail
    try:
        reader = place_of(membership_id=to, now=now)
    except NotFound:
        return None
    email, away = Membership.objects.values_list("user__email", "away").get(pk=to)
    if reader.lacks_second_step or is_away(away, place.today):
        return None
    refused = NotificationChoice.objects.filter(membership_id=to, by_mail=False)
    rows = Notification.objects.visible_to(reader.actor).filter(mail_id=mail_id, to_id=to, read_at=None)
    rows = rows.exclude(kind__in=refused.values("kind")).filter(comment__deleted_at=None)
    lines = lines_of(rows.order_by("id"))
    return NewsMail(
        id=mail_id,
        email=email,
        name=reader.user_name,
        workspace=reader.name,
        slug=reader.slug,
        items=lines[:MOST_ITEMS],
        more=max(0, len(lines) - MOST_ITEMS),
        told=tuple(line.id for line in lines),
        stop=signing.dumps([to, NEWS], salt=STOP, compress=True),
    )


def is_away(away: list[list[str]] | None, day: date) -> bool:
    """Return whether somebody with these days away, as their membership has them, is away on a day."""
    return any(date.fromisoformat(first) <= day <= date.fromisoformat(last) for first, last in away or ())


def kinds_of(word: str) -> tuple[str, ...]:
    """Return which kinds of mails a link stops.

    Raises:
        NotFound: there are none of this word.
    """
    if word == NEWS:
        return tuple(kind.value for kind in NotificationKind if kind is not NotificationKind.DUE)
    if word not in NotificationKind.values:
        raise NotFound
    return (word,)
