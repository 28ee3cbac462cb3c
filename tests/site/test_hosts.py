"""What a sender says of hosts, proxies and where to go next is not believed."""

import itertools
import re
from collections.abc import Iterator
from ipaddress import ip_network
from urllib.parse import urljoin, urlsplit

import pytest
from django.core import mail
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse

from milepost.site.proxies import TrustedProxies
from tests.people import NOW, PASSWORD, Company

pytestmark = pytest.mark.django_db
EVIL = "evil.example"
HOSTS = (
    EVIL, f"{EVIL}:80", f"testserver.{EVIL}", f"testserver@{EVIL}", f"{EVIL}#testserver", f"{EVIL}/testserver",
    f"testserver:80@{EVIL}", f"{EVIL}?", f"testserver:{EVIL}", f"testserver, {EVIL}", f" {EVIL}", f"{EVIL}.",
    f"[::1].{EVIL}", f"testserver\t{EVIL}", f"//{EVIL}", f"http://{EVIL}",
)  # fmt: skip
SAID = (
    "X-Forwarded-Host", "X-Forwarded-Server", "X-Host", "X-HTTP-Host-Override", "Forwarded", "X-Original-URL",
    "X-Rewrite-URL", "X-Forwarded-Prefix", "X-Forwarded-Port", "X-Forwarded-Proto", "X-Forwarded-Ssl", "X-Real-IP",
    "True-Client-IP", "CF-Connecting-IP", "X-Forwarded-For", "Referer", "Origin", "X-Client-IP",
)  # fmt: skip
SAID_VALUES = {
    "Forwarded": f"for={EVIL};host={EVIL};proto=https",
    "Origin": f"https://{EVIL}",
    "Referer": f"https://{EVIL}/",
}
NEXT = (
    "https://evil.example/", "http://evil.example", "//evil.example", "///evil.example", "////evil.example/%2f..",
    "\\\\evil.example", "/\\evil.example", "\\/evil.example", "/\t/evil.example", "/\n/evil.example", "\t//evil.example",
    " //evil.example", "https:evil.example", "https:/evil.example", "https:///evil.example", "http:\\\\evil.example",
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc",
    "https://testserver@evil.example/", "https://testserver.evil.example/", "https://evil.example\\@testserver/",
    "https://evil.example#@testserver/", "https://evil.example?testserver", "//testserver@evil.example",
    "//evil.example\\.testserver", "https://localhost/", "http://127.0.0.1/", "https://[::1]/", "//localhost/",
    "ftp://testserver/", "https://evil。example/", "//evil%E3%80%82example", "/\x00/evil.example", "%2f%2fevil.example",
    "http:/\\evil.example", "//google%00.com", "@evil.example", ".evil.example",
)  # fmt: skip


def headers() -> Iterator[dict[str, str]]:
    for host in HOSTS:
        yield {"Host": host}
    for name in SAID:
        yield {name: SAID_VALUES.get(name, EVIL)}
    for name in ("X-Forwarded-Host", "Forwarded", "X-Forwarded-Proto"):
        yield {"Host": "testserver", name: SAID_VALUES.get(name, EVIL), "X-Forwarded-For": f"{EVIL}, 10.0.0.5"}


def ask_all(company: Company, given: dict[str, str]) -> list[HttpResponse]:
    """Ask for what holds whole addresses: a reset mail, an invitation, commands to copy, redirects."""
    sent = {"headers": given}
    client = Client()
    client.force_login(company.users["admin"], backend="allauth.account.auth_backends.AuthenticationBackend")
    stranger = Client()
    ws = company.slug
    return [
        stranger.post(reverse("account_reset_password"), {"email": company.users["lead"].email}, **sent),
        client.post(
            reverse("settings_members", args=[ws]), {"do": "invite", "label": "Noor", "role": "member"}, **sent
        ),
        client.get(reverse("tokens", args=[ws]), **sent),
        stranger.get(reverse("week", args=[ws]), **sent),
        stranger.get("/workspaces", **sent),
        client.get("/", **sent),
    ]


@pytest.fixture(autouse=True)
def _no_limits(settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILEPOST_NOW", NOW.isoformat())
    settings.ACCOUNT_RATE_LIMITS = False


@pytest.mark.parametrize("base", ["", "https://okr.example.org"])
def test_no_header_finds_its_way_into_an_answer_or_a_mail(company: Company, base: str) -> None:
    letters = 0
    for given in headers():
        mail.outbox.clear()
        with override_settings(BASE_URL=base, ALLOWED_HOSTS=["testserver", "localhost", "127.0.0.1"]):
            answers = ask_all(company, given)
        for answer in answers:
            assert EVIL not in answer.content.decode(), given
            assert EVIL not in answer.headers.get("Location", ""), given
            assert "Access-Control-Allow-Origin" not in answer.headers
            assert answer.status_code < 500, given
        for letter in mail.outbox:
            letters += 1
            assert EVIL not in str(letter.message()), given
            assert set(re.findall(r"https?://[^/\s]+", letter.body)) == {base or "http://testserver"}, given
        if answers[1].status_code == 200:
            assert f"{base or 'http://testserver'}/join/" in answers[1].content.decode()
    assert letters >= len(SAID)


def test_the_corpus_is_large_enough() -> None:
    assert len(list(headers())) + len(NEXT) >= 75


@pytest.mark.parametrize("wanted", NEXT, ids=repr)
def test_signing_in_and_choosing_colours_lead_nowhere_else(company: Company, wanted: str) -> None:
    lead = company.users["lead"]
    client = Client()
    body = {"login": lead.email, "password": PASSWORD, "next": wanted}
    answers = [
        client.post(reverse("account_login"), body),
        client.post(reverse("theme"), {"theme": "dark", "next": wanted}),
        client.get(reverse("account_login"), {"next": wanted}),
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": wanted}),
        client.post(reverse("account_logout"), {"next": wanted}),
    ]
    assert [answer.status_code for answer in answers] == [302] * 5
    for answer in answers:
        assert_here(answer.headers["Location"])


def assert_here(location: str) -> None:
    """A browser stays on this host: it drops tabs and line ends and reads a backslash as a slash."""
    seen = re.sub(r"[\t\n\r\x00]", "", location).strip().replace("\\", "/")
    reached = urlsplit(urljoin("http://testserver/account/login/", seen))
    assert (reached.scheme, reached.netloc) == ("http", "testserver"), location


@pytest.mark.parametrize(
    "path", ["//evil.example/", "///evil.example/w/acme/week", "/\\evil.example/", "//evil.example/%2e%2e"]
)
def test_an_address_that_looks_like_a_host_is_not_redirected_to(company: Company, path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code in {301, 302, 404}
    assert_here(answer.headers.get("Location", "/"))


def test_a_request_from_another_origin_writes_nothing(company: Company) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(company.users["admin"], backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get(reverse("team_new", args=[company.slug]))
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page.content.decode())[1]  # type: ignore[index]
    for origin in (
        "https://evil.example",
        "null",
        "http://testserver.evil.example",
        "http://testserver:81",
        "https://testserver",
    ):
        answer = client.post(
            reverse("team_new", args=[company.slug]), {"name": "X", "parent": "", "csrfmiddlewaretoken": token},
            headers={"origin": origin},
        )  # fmt: skip
        assert answer.status_code == 403, origin
    fine = client.post(
        reverse("team_new", args=[company.slug]), {"name": "X", "parent": "", "csrfmiddlewaretoken": token}
    )
    assert fine.status_code == 302


# Who sent it, by whom it came, what the chain said, and what is believed: address and scheme.
CHAINS = [
    ("9.9.9.9", "1.2.3.4", "https", "9.9.9.9", "http"),  # a stranger says so
    ("10.0.0.5", "1.2.3.4", "https", "1.2.3.4", "https"),
    ("10.0.0.5", "6.6.6.6, 1.2.3.4", "http", "1.2.3.4", "http"),  # the left part is invented
    ("10.0.0.5", "1.2.3.4, 10.0.0.7", "https", "1.2.3.4", "https"),  # two proxies
    ("10.0.0.5", "10.0.0.6, 10.0.0.7", "https", "10.0.0.6", "https"),
    ("10.0.0.5", "", "", "10.0.0.5", "http"),
    ("10.0.0.5", "nonsense", "gopher", "10.0.0.5", "http"),
    ("10.0.0.5", "1.2.3.4, <script>", "https", "10.0.0.5", "https"),
    ("10.0.0.5", "2001:db8::1", "HTTPS", "2001:db8::1", "https"),
    ("", "1.2.3.4", "https", "", "http"),
]


@pytest.mark.parametrize(("by", "chain", "proto", "address", "scheme"), CHAINS)
def test_a_proxy_is_believed_where_it_is_named_and_nobody_else(
    by: str, chain: str, proto: str, address: str, scheme: str
) -> None:
    seen: list[HttpRequest] = []
    request = RequestFactory().get(
        "/", REMOTE_ADDR=by, headers={"X-Forwarded-For": chain, "X-Forwarded-Proto": proto, "X-Forwarded-Host": EVIL}
    )
    with override_settings(TRUSTED_PROXIES=[ip_network("10.0.0.0/24")]):
        TrustedProxies(lambda r: seen.append(r) or HttpResponse())(request)
    assert (seen[0].META["REMOTE_ADDR"], seen[0].scheme) == (address, scheme)
    assert not any("FORWARDED" in name for name in seen[0].META)


def test_nobody_is_believed_unless_named() -> None:
    for by, proto in itertools.product(("127.0.0.1", "10.0.0.5", "::1"), ("https", "on")):
        seen: list[HttpRequest] = []
        request = RequestFactory().get(
            "/", REMOTE_ADDR=by, headers={"X-Forwarded-For": "1.2.3.4", "X-Forwarded-Proto": proto}
        )
        TrustedProxies(lambda r, seen=seen: seen.append(r) or HttpResponse())(request)
        assert (seen[0].META["REMOTE_ADDR"], seen[0].is_secure()) == (by, False)


@override_settings(
    TRUSTED_PROXIES=[ip_network("127.0.0.1/32")], SECURE_SSL_REDIRECT=True, SECURE_SSL_HOST="okr.example.org"
)
def test_plain_http_is_led_to_https_of_the_own_host() -> None:
    client = Client()
    led = client.get("/account/login/", headers={"X-Forwarded-Proto": "http", "host": "localhost"})
    assert (led.status_code, led.headers["Location"]) == (301, "https://okr.example.org/account/login/")
    assert client.get("/healthz", headers={"X-Forwarded-Proto": "http"}).status_code == 200
    assert client.get("/account/login/", headers={"X-Forwarded-Proto": "https"}).status_code in {200, 302}
