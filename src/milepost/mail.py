"""What leaves by mail, and what is said when it does not leave."""

import logging
import re
import smtplib
import socket
import ssl
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email

MOST_WAITING = 200
LONGEST_REASON = 200
log = logging.getLogger("milepost.mail")
_sender = ThreadPoolExecutor(max_workers=2, thread_name_prefix="milepost-mail")
_room = BoundedSemaphore(MOST_WAITING)


class NotSent(Exception):
    """A mail that did not leave; the sentence says why and names neither a person nor a secret."""


def send(*, to: Sequence[str], subject: str, text: str) -> None:
    """Send a mail and return when the server has it.

    Raises:
        NotSent: it does not have it.
    """
    deliver(EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, list(to)))


def send_later(message: EmailMessage) -> None:
    """Send a mail beside the answer to a request; what goes wrong stands in the log.

    So an answer neither waits for a mail server nor tells, by what it says or how long it takes,
    whether there was anybody to write to. What waits when the process ends is lost.
    """
    if not _room.acquire(blocking=False):
        log.error("a mail was not sent: %d wait already. Is the mail server slow?", MOST_WAITING)
        return
    try:
        _sender.submit(_deliver_and_tell, message)
    except RuntimeError:  # the process is ending
        _room.release()
        log.error("a mail was not sent: the server was about to stop.")


def _deliver_and_tell(message: EmailMessage) -> None:
    try:
        deliver(message)
    except NotSent as problem:
        log.error("a mail was not sent. %s", problem)
    except Exception:
        log.exception("a mail was not sent")  # a fault of ours, or of a backend
    finally:
        _room.release()


def deliver(message: EmailMessage) -> None:
    """Hand a mail to the server that the settings name; one to nobody is dropped.

    Raises:
        NotSent: it was not taken.
    """
    to = message.recipients()
    if not to:
        return  # composed for nobody
    for address in to:
        try:
            validate_email(address)  # line ends in it would be headers of the mail
        except ValidationError:
            raise NotSent("One of its addresses is no e-mail address.") from None
    try:
        message.send()
    except _refusals() as problem:
        raise NotSent(_without(to, _why(problem))) from problem


def _refusals() -> tuple[type[Exception], ...]:
    """Return what backends raise for what can go wrong: smtplib and requests both build on OSError."""
    known: tuple[type[Exception], ...] = (OSError, ValueError)
    if settings.EMAIL_BACKEND.startswith("anymail."):
        from anymail.exceptions import AnymailError  # noqa: PLC0415 - loads an HTTP client that most do without

        known = (*known, AnymailError)
    return known


def _why(problem: Exception) -> str:
    """Return what went wrong as a sentence with what to do."""
    place, seconds = settings.MAIL.place, settings.EMAIL_TIMEOUT
    if _has_timed_out(problem):
        return f"{place} did not answer within {seconds} second{'' if seconds == 1 else 's'}."
    match problem:
        case ssl.SSLCertVerificationError():
            reason = _line(problem.verify_message)
            return f"The certificate of {place} is not to be trusted: {reason}. SSL_CERT_FILE names more authorities."
        case ssl.SSLError():
            return f"{place} does not speak TLS as it should: {_line(problem.reason)}. Try smtp:// or smtps://"
        case socket.gaierror():
            return f"Nobody knows the name of {place}. Look at MILEPOST_MAIL_URL."
        case ConnectionRefusedError():
            return f"Nobody listens at {place}. Look at host and port in MILEPOST_MAIL_URL."
        case smtplib.SMTPAuthenticationError():
            return f"{place} does not accept user and password ({_reply(problem)}). Look at MILEPOST_MAIL_URL."
        case smtplib.SMTPNotSupportedError():
            return f"{place} cannot do what is asked: {_line(problem)} Try smtps://, or see ?tls=none."
        case smtplib.SMTPSenderRefused():
            return f"{place} refuses mail from {settings.DEFAULT_FROM_EMAIL} ({_reply(problem)})."
        case smtplib.SMTPRecipientsRefused():
            code, said = next(iter(problem.recipients.values()))
            return f"{place} refuses the address ({code} {_line(said)})."
        case smtplib.SMTPResponseException():
            return f"{place} refuses the mail ({_reply(problem)})."
    return f"{place}: {_line(problem) or type(problem).__name__}"


def _has_timed_out(problem: BaseException | None) -> bool:
    """Return whether somebody kept silent; smtplib calls that a closed connection, and keeps the cause behind it."""
    while problem is not None:
        if isinstance(problem, TimeoutError):
            return True
        problem = problem.__cause__ or problem.__context__
    return False


def _reply(problem: smtplib.SMTPResponseException) -> str:
    return f"{problem.smtp_code} {_line(problem.smtp_error)}"


def _line(said: object) -> str:
    """Return what a server said as one short line without anything that a terminal would obey."""
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    return " ".join(re.sub(r"[^\x20-\x7e\xa0-\uffff]", " ", text).split())[:LONGEST_REASON]


def _without(addresses: Sequence[str], text: str) -> str:
    for address in addresses:
        text = re.sub(re.escape(address), "the address", text, flags=re.IGNORECASE)
    return text
