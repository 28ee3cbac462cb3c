"""Sends messages to webhooks (Standard Webhooks 1.0)."""

import ipaddress
import logging
import socket
from datetime import datetime
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.core.mail import send_mail
from standardwebhooks.webhooks import Webhook

from milepost.workspace import actions
from milepost.workspace.actions import Message
from milepost.workspace.queries import whom_to_tell

SECONDS = 10.0
log = logging.getLogger("milepost.jobs")


class Refused(RuntimeError):
    """A message that is not sent: its address leads into a private network, or nothing can sign it."""


def deliver(*, now: datetime, transport: httpx.BaseTransport | None = None) -> int:
    """Send what is due and return how many messages were tried."""
    messages = actions.claim_deliveries(now=now)
    for message in messages:
        try:
            status, error = _send(message, now=now, transport=transport), ""
        except (httpx.HTTPError, OSError, Refused) as problem:
            status, error = None, f"{type(problem).__name__}: {problem}"
        if status is not None and 200 <= status < 300:  # noqa: PLR2004 - what counts as arrived
            actions.delivered(delivery_id=message.id, status=status, now=now)
            continue
        error = error or f"answered {status}"
        if actions.not_delivered(delivery_id=message.id, status=status, error=error, now=now):
            _tell_admins(message, error)
    return len(messages)


def _send(message: Message, *, now: datetime, transport: httpx.BaseTransport | None) -> int:
    if not message.secrets:
        raise Refused("its secret cannot be read, since the installation's key was changed. Make a new one.")
    signed = [Webhook(secret).sign(message.message_id, now, message.body) for secret in message.secrets]
    headers = {
        "content-type": "application/json",
        "user-agent": "Milepost",
        "webhook-id": message.message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signed),
    }
    parts = urlsplit(message.url)
    host = parts.hostname or ""
    address = reachable(host, parts.port or (443 if parts.scheme == "https" else 80))
    # The name was looked up once: the message goes to that very address, whatever the name says by then.
    target = httpx.URL(message.url).copy_with(host=address)
    with httpx.Client(timeout=SECONDS, follow_redirects=False, transport=transport, trust_env=False) as client:
        answer = client.post(
            target,
            content=message.body.encode(),
            headers={**headers, "host": parts.netloc},
            extensions={"sni_hostname": host},
        )
    return answer.status_code


def reachable(host: str, port: int) -> str:
    """Return the address to send to.

    Raises:
        Refused: one of the name's addresses is not public, and this installation does not allow that.
        OSError: the name is unknown.
    """
    found = {str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    for one in found:
        address = ipaddress.ip_address(one.split("%")[0])
        mapped = getattr(address, "ipv4_mapped", None) or address
        if not mapped.is_global and not settings.WEBHOOKS_MAY_STAY_INSIDE:
            raise Refused(f"{host} is {one}, inside a private network. MILEPOST_PRIVATE_WEBHOOKS=1 allows that.")
    return sorted(found)[0]


def _tell_admins(message: Message, error: str) -> None:
    url, emails = whom_to_tell(message.webhook_id)
    log.warning("webhook %s is switched off: %s", url, error)
    if emails:
        text = (
            f"Nothing has arrived at {url} for days, so it is switched off.\nThe last answer: {error}\n\n"
            "Mend the receiver, then switch it on in Settings, Webhooks. The messages wait there and can be sent again."
        )
        send_mail("A webhook is switched off", text, None, list(emails), fail_silently=True)
