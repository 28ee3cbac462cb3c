"""What sign-in may do here."""

import base64
import hashlib
import secrets
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from milepost import clock, mail
from milepost.links import absolute
from milepost.workspace import actions

NOBODY = 0  # the id of nobody: a mail to them is composed and sent to no address


class Adapter(DefaultAccountAdapter):
    """People come by invitation, so nobody signs up by themselves."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str) -> bool:
        """Whether to go on to this address after signing in: only within this very host."""
        request = context.request
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link of the mail, never built from what the request says of its host."""
        return absolute(self.request, reverse("account_reset_password_from_key", args=key.split("-", 1)))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write to somebody beside the answer, which is the same whether the mail leaves or not."""
        to = [] if context["user"].pk == NOBODY else [email]
        mail.send_later(self.render_mail(template_prefix, to, {"email": email, **context}))


class SecondSteps(DefaultMFAAdapter):
    """Keeps the secrets of authenticator apps encrypted and binds passkeys to the base address."""

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret; one of an earlier secret key is lost, and no code may ever match it."""
        try:
            return _box().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return base64.b32encode(secrets.token_bytes(20)).decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        host = urlsplit(settings.BASE_URL).hostname or context.request.get_host().partition(":")[0]
        return {"id": host, "name": "Milepost"}

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        """A name for a new passkey: where it was made says most, when there are several."""
        return browser_words(context.request.headers.get("User-Agent", "")) or "Passkey"


def _box() -> Fernet:
    key = hashlib.sha256(b"second steps " + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


class LongestPassword:
    """Refuses passwords beyond 128 characters, before they are hashed at length."""

    most = 128

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) > self.most:
            raise ValidationError(f"This password has {len(password):,} characters. Use at most {self.most}.")

    def get_help_text(self) -> str:
        return f"At most {self.most} characters."


PASSWORD_RULES = "10 to 128 characters, no common one, and not your name or address"  # noqa: S105 - words


def sender_of(request: HttpRequest) -> str:
    """Return the address that sign-ins are counted for; behind a named proxy it is the person's own."""
    return str(request.META.get("REMOTE_ADDR", ""))


def name_given(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Return the name that somebody signs in with, written one way."""
    given = (credentials or {}).get("email") or (credentials or {}).get("username") or request.POST.get("login", "")
    return str(given).strip().lower()[:254]


def enter(request: HttpRequest, user: Any) -> None:
    """Sign in a person who just chose their password, as the sign-in page does."""
    login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    record_authentication(request, user, method="password")
    if not request.session.session_key:
        request.session.save()  # a new session has its key from the first saving on
    touch(request, now=clock.now())


def touch(request: HttpRequest, *, now: datetime) -> None:
    """Write down that somebody who is signed in uses this browser, and from where."""
    actions.touch_session(
        user_id=request.user.pk or 0,
        session_key=request.session.session_key or "",
        address=sender_of(request) or "0.0.0.0",  # noqa: S104 - no address is known, nothing is bound to it
        user_agent=request.headers.get("User-Agent", ""),
        now=now,
    )


SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"), ("Windows", "Windows"),
    ("Mac OS X", "Mac"), ("Linux", "Linux"),
)  # fmt: skip
BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip


def browser_words(user_agent: str) -> str:
    """Return a device in words, such as Firefox on Windows; "" when nothing is known."""
    browser = next((word for sign, word in BROWSERS if sign in user_agent), "")
    system = next((word for sign, word in SYSTEMS if sign in user_agent), "")
    return f"{browser} on {system}" if browser and system else browser or system
