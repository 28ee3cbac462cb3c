"""Where mail goes: read from one address in the environment."""

import re
from dataclasses import dataclass, field
from email.utils import formataddr, getaddresses
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from milepost.site.secret_key import Misconfigured

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
SERVERS = {"smtp": 587, "smtps": 465}  # with the port where nobody names one
BACKENDS = "django.core.mail.backends"
NOBODY = "Milepost <milepost@localhost>"
# What anymail calls the one secret of each provider.
PROVIDERS = {
    "brevo": "API_KEY",
    "mailersend": "API_TOKEN",
    "mailgun": "API_KEY",
    "postmark": "SERVER_TOKEN",
    "resend": "API_KEY",
}
EXAMPLE = "smtp://user:password@mail.example.org:587"
ENCODED = "Write / # ? @ : of a password as %2F %23 %3F %40 %3A."


@dataclass(frozen=True, slots=True)
class Mail:
    """How mail leaves; `place` names where to, in words that hold no secret."""

    backend: str
    sender: str
    place: str
    host: str = "localhost"
    port: int = 25
    user: str = ""
    password: str = field(default="", repr=False)
    starttls: bool = False
    tls: bool = False
    provider: dict[str, str] = field(default_factory=dict, repr=False)


def read_mail(address: str, *, sender: str) -> Mail:
    """Return how mail leaves by the address of a mail server, or of a provider.

    `console:` prints it, `smtp://` begins with STARTTLS, `smtps://` with TLS, `anymail+NAME://TOKEN@`
    hands it to a provider. Certificates are checked in each case.

    Raises:
        Misconfigured: the address or the sender cannot be used; no secret is in the sentence.
    """
    address = address.strip()
    if address in {"", "console:"}:
        return Mail(f"{BACKENDS}.console.EmailBackend", _sender(sender or NOBODY), "console")
    scheme, mark, _ = address.partition("://")
    name = scheme.removeprefix("anymail+")
    if not mark or (scheme not in SERVERS and (name == scheme or name not in PROVIDERS)):
        known = ", ".join(["console:", "smtp://", "smtps://", *(f"anymail+{one}://" for one in PROVIDERS)])
        raise _refused(address, f"It begins with none of {known}. Write one such as {EXAMPLE}")
    parts, options = _split(address)
    if scheme in SERVERS:
        return _server(address, parts, options, sender)
    return _provider(address, name, parts, options, sender)


def _split(address: str) -> tuple[SplitResult, dict[str, str]]:
    """Return the parts of an address with its options."""
    try:
        parts = urlsplit(address)
        _ = parts.port  # read here, where a port that is none raises
        options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    except ValueError:  # its own words would repeat a piece of the password
        raise _refused(address, f"It is no address such as {EXAMPLE} {ENCODED}") from None
    if parts.path not in {"", "/"} or parts.fragment:
        raise _refused(address, f"Nothing may follow the port. {ENCODED}")
    return parts, options


def _server(address: str, parts: SplitResult, options: dict[str, str], sender: str) -> Mail:
    host, is_tls = parts.hostname or "", parts.scheme == "smtps"
    if not host:
        raise _refused(address, f"It names no host. Write one such as {EXAMPLE}")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        raise _refused(address, f"User and password go together. Write both, such as {EXAMPLE}, or none.")
    is_open = not is_tls and options == {"tls": "none"}
    if options and not is_open:
        raise _refused(address, "The only option is ?tls=none, which sends without TLS; leave others out.")
    if is_open and password and host not in LOOPBACK:
        raise _refused(address, "It would send the password in the open. Leave ?tls=none out, or use smtps://")
    if not sender and "@" not in user:
        raise Misconfigured("MILEPOST_MAIL_FROM is empty. Write who mails come from: Milepost <okr@example.org>")
    port = parts.port or SERVERS[parts.scheme]
    return Mail(
        f"{BACKENDS}.smtp.EmailBackend",
        _sender(sender or user),
        f"{host}:{port}",
        host=host,
        port=port,
        user=user,
        password=password,
        starttls=not is_tls and not is_open,
        tls=is_tls,
    )


def _provider(address: str, name: str, parts: SplitResult, options: dict[str, str], sender: str) -> Mail:
    if not parts.username or parts.password is not None or parts.port is not None:
        raise _refused(address, f"Write your token of {name} alone before the @: anymail+{name}://TOKEN@")
    if parts.hostname and name != "mailgun":
        raise _refused(address, f"Nothing follows the @ for {name}: anymail+{name}://TOKEN@")
    api = options.pop("api", "")
    if options:
        raise _refused(address, "The only option is ?api=https://…, where the provider has several places.")
    at = urlsplit(api)
    if api and at.scheme != "https" and at.hostname not in LOOPBACK:
        raise _refused(address, "It would send the token in the open. The option api begins with https://")
    if not sender:
        raise Misconfigured("MILEPOST_MAIL_FROM is empty. Write who mails come from: Milepost <okr@example.org>")
    given = {PROVIDERS[name]: unquote(parts.username), "API_URL": api, "SENDER_DOMAIN": parts.hostname or ""}
    return Mail(
        f"anymail.backends.{name}.EmailBackend",
        _sender(sender),
        name,
        provider={f"{name.upper()}_{key}": value for key, value in given.items() if value},
    )


def _sender(given: str) -> str:
    """Return who mails come from, a name and an address, or an address alone."""
    found = getaddresses([given])
    try:
        if len(found) != 1 or not given.isprintable():
            raise ValidationError("one address in one line")
        validate_email(found[0][1])
    except ValidationError:
        shown = " ".join(given.split())[:120]
        raise Misconfigured(
            f"MILEPOST_MAIL_FROM is “{shown}”. Write one address, such as Milepost <okr@example.org>"
        ) from None
    name, address = found[0]
    return formataddr((name, address)) if name.isascii() else f"{name} <{address}>"


def _refused(address: str, advice: str) -> Misconfigured:
    return Misconfigured(f"MILEPOST_MAIL_URL is “{without_secrets(address)}”. {advice}")


def without_secrets(address: str) -> str:
    """Return what of an address may be shown, however it is misspelled: scheme, host and port."""
    scheme, mark, rest = address.partition("://")
    _, at, place = rest.rpartition("@")
    if mark and not re.fullmatch(r"[a-z][a-z0-9+.-]{0,39}", scheme, re.IGNORECASE):
        return "…"  # what stands before :// is no scheme but a name and a password
    if not mark:
        return address if re.fullmatch(r"([a-z0-9-]{1,63}\.)+[a-z]{2,20}(:\d{1,5})?", address) else "…"
    if not at and scheme not in SERVERS:
        place = "…"  # a token without its @
    found = re.match(r"(\[[\da-fA-F:]*\]|[\w.-]*)(:\d{1,5}(?!\d))?(.*)", place, re.DOTALL)
    host, port, more = found.groups(default="") if found else ("", "", place)
    return f"{scheme}://{'…@' if at else ''}{host}{port}{'…' if more else ''}"
