"""What sign-in may do here."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from milepost.links import absolute


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
