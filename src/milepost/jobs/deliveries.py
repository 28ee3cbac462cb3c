"""Sends messages to webhooks (Standard Webhooks 1.0)."""

import logging
import time
from dataclasses import dataclass
from datetime import datetime
from threading import Thread
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from standardwebhooks.webhooks import Webhook

from milepost import mail
from milepost.jobs.addresses import Refused, reachable
from milepost.workspace import actions
from milepost.workspace.actions import Message
from milepost.workspace.queries import whom_to_tell

SECONDS = 10.0  # for connecting, and again for each piece of the answer
LONGEST = 30.0  # for all of it, whatever dribbles in
log = logging.getLogger("milepost.jobs")


@dataclass(slots=True)
class Attempt:
    """A message and how sending it went; `status` None: nobody answered."""

    message: Message
    status: int | None = None
    error: str = f"no answer within {LONGEST:.0f} seconds"
    took_ms: int = int(LONGEST * 1000)

    @property
    def has_arrived(self) -> bool:
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004 - what counts as arrived


def deliver(*, now: datetime, transport: httpx.BaseTransport | None = None) -> int:
    """Send what is due, side by side, and return how many messages were tried."""
    attempts = [Attempt(message) for message in actions.claim_deliveries(now=now)]
    # Daemons: a receiver that never ends its answer can hold up neither this loop nor the end of the process.
    given = {"now": now, "transport": transport}
    threads = [Thread(target=_try, args=(attempt,), kwargs=given, daemon=True) for attempt in attempts]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + LONGEST
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    for attempt in attempts:
        _write_down(attempt, now=now)
    return len(attempts)


def _write_down(attempt: Attempt, *, now: datetime) -> None:
    message, status, took_ms = attempt.message, attempt.status, attempt.took_ms
    if status is not None and attempt.has_arrived:
        actions.delivered(delivery_id=message.id, status=status, took_ms=took_ms, now=now)
        return
    error = attempt.error or f"answered {status}"
    if actions.not_delivered(delivery_id=message.id, status=status, took_ms=took_ms, error=error, now=now):
        _tell_admins(message, error)


def _try(attempt: Attempt, *, now: datetime, transport: httpx.BaseTransport | None) -> None:
    begun = time.monotonic()
    status, error = None, ""
    try:
        status = _send(attempt.message, now=now, transport=transport)
    except (httpx.HTTPError, httpx.InvalidURL, OSError, Refused, ValueError) as problem:
        error = str(problem) or type(problem).__name__
    attempt.took_ms = round(1000 * (time.monotonic() - begun))
    attempt.error, attempt.status = error, status


def _send(message: Message, *, now: datetime, transport: httpx.BaseTransport | None) -> int:
    """Send a message and return the status of the answer, whose body nobody reads."""
    if not message.secrets:
        raise Refused("its secret cannot be read, since the installation's key was changed. Make a new one.")
    signed = [Webhook(secret).sign(message.message_id, now, message.body) for secret in message.secrets]
    parts = urlsplit(message.url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    # The name is looked up once: the message goes to that very address, whatever the name says by then.
    address = reachable(host, port, inside=settings.WEBHOOKS_MAY_STAY_INSIDE)
    headers = {
        "host": parts.netloc,
        "content-type": "application/json",
        "user-agent": "Milepost",
        "webhook-id": message.message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signed),
    }
    with (
        httpx.Client(timeout=SECONDS, follow_redirects=False, transport=transport, trust_env=False) as client,
        client.stream(
            "POST",
            httpx.URL(message.url).copy_with(host=address),
            content=message.body.encode(),
            headers=headers,
            extensions={"sni_hostname": host},
        ) as answer,
    ):
        return answer.status_code


def _tell_admins(message: Message, error: str) -> None:
    url, emails = whom_to_tell(message.webhook_id)
    log.warning("webhook %s is switched off: %s", url, error)
    if emails:
        text = (
            f"Messages to {url} do not arrive any more, so it is switched off.\nThe last answer: {error}\n\n"
            "Mend the receiver, then switch it on in Settings, Webhooks. Messages that wait there are sent then; "
            "each can also be sent again by hand."
        )
        try:
            mail.send(to=emails, subject="A webhook is switched off", text=text)
        except mail.NotSent as problem:
            log.error("nobody was told that webhook %s is switched off. %s", url, problem)
