"""What proxies say of a request, believed only where the installation names them."""

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse

SAID_BY_PROXIES = (
    "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_SERVER", "HTTP_X_FORWARDED_PREFIX", "HTTP_X_FORWARDED_SSL", "HTTP_FORWARDED", "HTTP_X_REAL_IP",
    "HTTP_X_CLIENT_IP", "HTTP_CF_CONNECTING_IP", "HTTP_TRUE_CLIENT_IP", "HTTP_X_ORIGINAL_URL", "HTTP_X_REWRITE_URL",
    "HTTP_X_HTTP_METHOD_OVERRIDE",
)  # fmt: skip


class TrustedProxies:
    """Takes the sender's address and scheme from a trusted proxy, and such words from nobody else.

    Everything behind it reads REMOTE_ADDR and `is_secure()` and needs to know nothing of proxies. The
    host is never taken from a proxy's header: a proxy passes Host on, and links use the base address.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        said = {name: request.META.pop(name, "") for name in SAID_BY_PROXIES}
        if is_trusted(request.META.get("REMOTE_ADDR", "")):
            request.META["REMOTE_ADDR"] = sender(said["HTTP_X_FORWARDED_FOR"], behind=request.META["REMOTE_ADDR"])
            scheme = said["HTTP_X_FORWARDED_PROTO"].strip().lower()
            if scheme in {"http", "https"}:
                request.META["wsgi.url_scheme"] = scheme
        return self.get_response(request)


def is_trusted(address: str) -> bool:
    """Return whether this is the address of a proxy that the installation names."""
    try:
        found = ip_address(address.strip())
    except ValueError:
        return False
    return any(found in network for network in settings.TRUSTED_PROXIES)


def sender(forwarded: str, *, behind: str) -> str:
    """Return who sent the request: the last address of the chain that is no trusted proxy.

    What stands left of it was written by that sender and may be invented.
    """
    for part in reversed(forwarded.split(",")):
        address = part.strip()
        try:
            ip_address(address)
        except ValueError:
            return behind
        if not is_trusted(address):
            return address
        behind = address
    return behind
