"""Whole addresses, for what leaves the browser: invitations, mails, commands to copy."""

from django.conf import settings
from django.http import HttpRequest


def absolute(request: HttpRequest, path: str) -> str:
    """Return the whole address of a path: of the base address where one is set, else of the request's host.

    A Host header is the sender's word; `ALLOWED_HOSTS` bounds it, the base address ends the matter.
    """
    base: str = settings.BASE_URL
    return f"{base}{path}" if base else request.build_absolute_uri(path)
