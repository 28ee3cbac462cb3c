"""Where the short notices after a change wait for the next page."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class _Cookie(CookieStorage):
    cookie_name = f"{settings.COOKIE_PREFIX}notices"


class Notices(FallbackStorage):
    """Django's own, under a name that binds the cookie to this host where https is used."""

    storage_classes = (_Cookie, SessionStorage)
