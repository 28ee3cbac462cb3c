"""Asks people by mail for the check-ins that are due (rule C4)."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse

from milepost import mail
from milepost.core.numbers import said
from milepost.okr import actions as okr
from milepost.rhythm import actions as rhythm
from milepost.rhythm.queries import Waiting, due_mails_waiting
from milepost.workspace.queries import Place

KIND = "due_mail"
PAUSE = timedelta(minutes=10)
log = logging.getLogger("milepost.jobs")


def run(place: Place, *, now: datetime) -> datetime:
    """Write down who is to be asked, send what waits, and return when to look again.

    Without the address that people use there is nothing to link to, so nobody is asked.
    """
    if not settings.BASE_URL or place.is_sample:
        return now + PAUSE
    if place.scores_are_old:
        okr.refresh_day(by=place.actor, now=now)  # what is due is told from the rows of today
    rhythm.write_due_mails(place=place, now=now)
    for waiting in due_mails_waiting(place):
        _send(waiting, now=now)
    return now + PAUSE


def _send(waiting: Waiting, *, now: datetime) -> None:
    if not waiting.items:  # everything is checked in by now
        rhythm.due_mail_sent(due_mail_id=waiting.id, now=now)
        return
    try:
        mail.deliver(message(waiting))
    except mail.NotSent as problem:
        log.error("a mail about due check-ins was not sent. %s", problem)
        rhythm.due_mail_failed(due_mail_id=waiting.id, error=str(problem))
    else:
        rhythm.due_mail_sent(due_mail_id=waiting.id, now=now)


def message(waiting: Waiting) -> EmailMessage:
    """Return the mail: what is due, a link that opens the form ready, and one that stops such mails."""
    count = len(waiting.items)
    what = waiting.items[0].title if count == 1 else f"{count} check-ins"
    form, stop = (settings.BASE_URL + reverse(name, args=[token]) for name, token in _links(waiting))
    lines = [
        f"{waiting.name}, {'one check-in is' if count == 1 else f'{count} check-ins are'} due in {waiting.workspace}:",
        "",
    ]
    for item in waiting.items:
        last = "no value yet" if item.value is None else f"last {said(item.value)} {item.unit}".rstrip()
        lines += [f"- {item.title} ({last})", f"  {item.objective}"]
    lines += [
        "",
        "The form is open here, without signing in, for two weeks:",
        form,
        "",
        "The link is yours alone: whoever has it can check in for you.",
        f"No more mails about due check-ins: {stop}",
        "",
    ]
    headers = {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    subject = f"{what}: due {waiting.due_on:%-d %b}"
    return EmailMessage(subject, "\n".join(lines), settings.DEFAULT_FROM_EMAIL, [waiting.email], headers=headers)


def _links(waiting: Waiting) -> tuple[tuple[str, str], ...]:
    return ("due_form", waiting.form), ("stop_mails", waiting.stop)
