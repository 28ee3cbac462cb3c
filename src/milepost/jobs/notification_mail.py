"""Tells people by mail what they chose to hear of there and have not read, several things in one mail."""

import logging
import textwrap
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse

from milepost import mail
from milepost.rhythm import actions as rhythm
from milepost.rhythm.queries import NewsMail, NotificationLine, news_mail, news_waiting
from milepost.workspace.queries import Place

KIND = "notification_mail"
PAUSE = timedelta(minutes=5)
LONGEST_QUOTE = 400
WIDTH = 76
SAYS = {
    "mentioned": "{who} mentions you on {title}",
    "replied": "{who} replied to you on {title}",
    "commented": "{who} commented on {title}",
    "settled": "{who} settled your flag on {title}",
    "handed": "{who} handed to you: {title}",
    "review": "{who} asks for a review of {title}",
}
ANSWERS = {"approved": "approved", "sent_back": "asked for changes to"}
log = logging.getLogger("milepost.jobs")


def run(place: Place, *, now: datetime) -> datetime:
    """Write down who is to be told, send what waits, and return when to look again.

    Without the address that people use there is nothing to link to, so nobody is told by mail.
    """
    if not settings.BASE_URL or place.is_sample:
        return now + PAUSE
    rhythm.write_notification_mails(place=place, now=now)
    for mail_id in news_waiting(place, now=now):
        waiting = news_mail(place, mail_id, now=now)  # just before it leaves: what may be told changes meanwhile
        if waiting is not None:
            _send(waiting, now=now)
    return now + PAUSE


def _send(waiting: NewsMail, *, now: datetime) -> None:
    if not waiting.items:  # everything is read by now, or not theirs to see any more
        rhythm.notification_mail_sent(mail_id=waiting.id, told=(), now=now)
        return
    try:
        mail.deliver(message(waiting))
    except mail.NotSent as problem:
        log.error("a mail of notifications was not sent. %s", problem)
        rhythm.notification_mail_failed(mail_id=waiting.id, error=str(problem))
    else:
        rhythm.notification_mail_sent(mail_id=waiting.id, told=waiting.told, now=now)


def message(waiting: NewsMail) -> EmailMessage:
    """Return the mail: what happened, where it stands, and a link that stops such mails.

    Its Message-ID is that of the row, so that a mail sent again after a crash is known as the same one.
    """
    stop = settings.BASE_URL + reverse("stop_mails", args=[waiting.stop])
    every = settings.BASE_URL + reverse("notifications", args=[waiting.slug])
    count = len(waiting.items) + waiting.more
    lines = [f"{waiting.name}, {'this is' if count == 1 else f'these {count} things are'} new in {waiting.workspace}:"]
    for item in waiting.items:
        lines += ["", f"- {_sentence(item)}", *_about(item), f"  {_address(waiting.slug, item)}"]
    if waiting.more:
        lines += ["", f"And {waiting.more} more: {every}"]
    lines += [
        "",
        f"What is told where is yours to choose: {every}#choices",
        f"No more mails of what you are told: {stop}",
        "",
    ]
    subject = _sentence(waiting.items[0]) if count == 1 else f"{count} notifications in {waiting.workspace}"
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    headers = {
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Message-ID": f"<notifications.{waiting.slug}.{waiting.id}@{host}>",
    }
    return EmailMessage(
        _one_line(subject), "\n".join(lines), settings.DEFAULT_FROM_EMAIL, [waiting.email], headers=headers
    )


def _sentence(item: NotificationLine) -> str:
    said = item.data
    if item.kind == "status":
        return f"{item.title} is now {_word(said['after'])}, before {_word(said['before'])}"
    if item.kind == "flagged":
        flag = "an opportunity" if said.get("flag") == "opportunity" else "a risk"
        return f"{item.who} flagged {flag} on {item.title}"
    if item.kind == "closed":
        grade = f", graded {said['grade']:.2f}" if said.get("grade") is not None else ""
        return f"{item.who} {said.get('verb', 'closed')} {item.title}{grade}"
    if item.kind == "answered":
        return f"{item.who} {ANSWERS[said['verb']]} {item.title}"
    if item.kind == "asked":
        return f"{item.who} asks {', '.join(said['teams'])} for drafts of {item.title} by {said['wanted_by']}"
    return SAYS[item.kind].format(who=item.who, title=item.title)


def _about(item: NotificationLine) -> list[str]:
    """Return the goal that a key result belongs to, and what was said, shortened."""
    lines = [f"  {item.goal}"] if item.goal != item.title else []
    if item.text:
        text = textwrap.shorten(item.text, LONGEST_QUOTE, placeholder=" …")
        lines += textwrap.wrap(text, WIDTH, initial_indent="  > ", subsequent_indent="  > ", break_long_words=False)
    return lines


def _address(slug: str, item: NotificationLine) -> str:
    route, key = ("kpi", item.kpi) if item.kpi else ("goal", item.objective_id)
    if item.cycle_id is not None:
        route, key = "plan", item.cycle_id
    place = f"#comment-{item.comment_id}" if item.comment_id else f"#kr-{item.key_result_id}"
    path = reverse(route, args=[slug, key])
    return settings.BASE_URL + path + (place if item.comment_id or item.key_result_id else "")


def _word(status: str) -> str:
    return status.replace("_", " ")


def _one_line(text: str) -> str:
    return " ".join(text.split())
