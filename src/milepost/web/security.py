"""What every answer tells the browser to refuse."""

import secrets
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

# A page runs the scripts that this very answer names by its nonce, and no other: not even a file of
# this site, should an attacker ever place one. Styles come from files only.
PAGE = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# What is no page (JSON, files, static files) loads nothing, should a browser ever show it as one.
OTHER = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
SWITCHED_OFF = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media", "fullscreen",
    "geolocation", "gyroscope", "magnetometer", "microphone", "midi", "payment", "picture-in-picture",
    "screen-wake-lock", "usb", "xr-spatial-tracking",
)  # fmt: skip
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": ", ".join(
        [f"{name}=()" for name in SWITCHED_OFF]
        + ["publickey-credentials-create=(self)", "publickey-credentials-get=(self)"]
    ),
}


class SecurityHeaders:
    """Puts the headers on everything that leaves: pages, interface, static files, redirects, errors.

    The outermost of all, so that an answer made by any other middleware, or by a crash inside it,
    passes here. Small enough to own: Django 5.2 has no policy of its own, and a package would bring
    settings for a dozen things that are not done here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.headers = dict(ALWAYS)
        if settings.SECURE_HSTS_SECONDS:
            self.headers["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains"

    def __call__(self, request: HttpRequest) -> HttpResponse:
        nonce = secrets.token_urlsafe(16)
        request.csp_nonce = nonce  # type: ignore[attr-defined] # read by the frame of every page
        answer = self.get_response(request)
        is_page = answer.get("Content-Type", "").startswith("text/html")
        answer["Content-Security-Policy"] = PAGE.format(nonce=nonce) if is_page else OTHER
        for name, value in self.headers.items():
            answer[name] = value
        if is_page:
            answer.setdefault("Cache-Control", "no-store")  # what one person read stays with them
        return answer
