"""Signing in and out, second steps, passwords: nobody gets round them, and nobody learns what is not theirs."""

import os
import random
import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.http import HttpResponse
from django.template.loader import get_template
from django.test import Client
from django.urls import get_resolver, reverse

from milepost.web.account import browser_words
from milepost.workspace import actions
from milepost.workspace.models import User
from tests.people import NOW, PASSWORD, Company, build_company

pytestmark = pytest.mark.django_db
SEQUENCES = int(os.environ.get("MILEPOST_SEQUENCES", "25"))
OTHER = "another fine battery"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()  # limits are counted there


def sign_in(
    email: str, password: str = PASSWORD, *, client: Client | None = None, ip: str = "1.1.1.1", **more: str
) -> HttpResponse:
    return (client or Client()).post(
        reverse("account_login"),
        {"login": email, "password": password, **more},
        REMOTE_ADDR=ip,
        headers={"user-agent": FIREFOX},
    )


def is_in(client: Client) -> bool:
    return client.get(reverse("account")).status_code == 200


def said(answer: HttpResponse) -> str:
    """Return a page without what differs from one form to the next."""
    text = re.sub(
        r'nonce="[^"]*"|csrfmiddlewaretoken" value="[^"]*"|X-CSRFToken": "[^"]*"', "", answer.content.decode()
    )
    return re.sub(r'name="login" value="[^"]*"', "", text)


# Lock-out.


def test_ten_wrong_passwords_shut_the_door_of_that_name_from_that_address(company: Company) -> None:
    lead = company.users["lead"].email
    wrong = [sign_in(lead.upper() if n % 2 else lead, f"wrong {n}") for n in range(10)]
    right = sign_in(lead)
    assert {answer.status_code for answer in [*wrong, right]} == {200}
    assert said(right) == said(wrong[0])  # nobody is told that the door is shut now
    assert sign_in(lead, ip="2.2.2.2").status_code == 302
    assert sign_in(company.users["member"].email).status_code == 302


def test_a_name_that_nobody_has_is_answered_alike_all_the_way(company: Company) -> None:
    for n in range(12):
        known, unknown = sign_in(company.users["lead"].email, f"no {n}"), sign_in("nobody@acme.example", f"no {n}")
        assert (known.status_code, said(known)) == (unknown.status_code, said(unknown))


def test_nine_wrong_ones_and_the_right_one_start_the_count_again(company: Company) -> None:
    lead = company.users["lead"].email
    for _ in range(2):
        for n in range(9):
            sign_in(lead, f"wrong {n}")
        assert sign_in(lead).status_code == 302


def test_the_door_opens_after_a_quarter_of_an_hour(company: Company) -> None:
    from axes.models import AccessAttempt

    lead = company.users["lead"].email
    for n in range(15):  # what is tried while it is shut does not lengthen it
        sign_in(lead, f"wrong {n}")
    assert sign_in(lead).status_code == 200
    AccessAttempt.objects.update(attempt_time=datetime.now(UTC) - timedelta(minutes=15, seconds=1))
    assert sign_in(lead).status_code == 302


def test_one_address_against_many_names_is_slowed_down(company: Company) -> None:
    codes = [sign_in(f"person{n}@acme.example", "wrong").status_code for n in range(40)]
    assert codes[0] == 200
    assert codes[-1] == 429


def test_no_password_is_kept_of_a_failed_try(company: Company) -> None:
    from axes.models import AccessAttempt

    sign_in(company.users["lead"].email, "a typo of my real password")
    kept = repr(list(AccessAttempt.objects.values()))
    assert "typo" not in kept
    assert company.users["lead"].email in kept


# Passwords.


@pytest.mark.parametrize(
    ("password", "says"),
    [("short", "at least 10"), ("password123", "too common"), ("noor@acme.example", "too similar"), ("Noor Visser", "too similar"), ("x1" * 65, "130 characters")],
)  # fmt: skip
def test_who_joins_is_told_the_rules_before_and_held_to_them(
    company: Company, password: str, says: str, monkeypatch
) -> None:
    monkeypatch.setenv("MILEPOST_NOW", NOW.isoformat())
    link = reverse(
        "join", args=[actions.invite(by=company.actor(), label="Noor", role="member", team_id=None, now=NOW)]
    )
    assert "10 to 128 characters" in Client().get(link).content.decode()
    body = {"name": "Noor Visser", "email": "noor@acme.example", "password": password}
    assert says in Client().post(link, body).content.decode()
    client = Client()
    assert client.post(link, body | {"password": "tide" + "x" * 124}).status_code == 302
    assert is_in(client)
    assert UserSession.objects.filter(user__email="noor@acme.example").count() == 1


def test_a_new_password_signs_every_other_browser_out(company: Company) -> None:
    lead = company.users["lead"].email
    here, there = Client(), Client()
    for client in (here, there):
        sign_in(lead, client=client)
    page = here.get(reverse("account_change_password")).content.decode()
    assert "10 to 128 characters" in page
    done = here.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": OTHER, "password2": OTHER}
    )
    assert done.status_code == 302
    assert (is_in(here), is_in(there)) == (True, False)
    assert sign_in(lead).status_code == 200
    assert sign_in(lead, OTHER).status_code == 302


def test_a_reset_tells_the_same_of_everybody_and_writes_to_those_it_knows(company: Company) -> None:
    answers = {}
    for email in (company.users["lead"].email, "nobody@acme.example"):
        client = Client()
        first = client.post(reverse("account_reset_password"), {"email": email})
        answers[email] = (first.status_code, first.headers["Location"], said(client.get(first.headers["Location"])))
    assert len(set(answers.values())) == 1
    assert [letter.to for letter in mail.outbox] == [[company.users["lead"].email]]
    assert mail.outbox[0].subject == "A new password for Milepost"


class Resets:
    """A person, their browsers, the links they were sent, and what should hold of them."""

    def __init__(self, user: User, monkeypatch: pytest.MonkeyPatch) -> None:
        self.user, self.password, self.links, self.minutes = user, PASSWORD, [], 0
        start = datetime.now()  # noqa: DTZ005 - as Django counts the age of links
        monkeypatch.setattr(PasswordResetTokenGenerator, "_now", lambda _: start + timedelta(minutes=self.minutes))
        self.count = 0

    def ask(self) -> None:
        mail.outbox.clear()
        Client().post(reverse("account_reset_password"), {"email": self.user.email})
        self.links.append([re.search(r"https?://\S+", mail.outbox[0].body)[0], self.minutes, True])  # type: ignore[index]

    def wait(self) -> None:
        self.minutes += 35

    def enter(self) -> None:
        assert sign_in(self.user.email, self.password).status_code == 302
        for link in self.links:  # not needed any more; told by the second, so one of this very second may live on
            link[2] = link[2] and None

    def change(self) -> None:
        client = Client()
        sign_in(self.user.email, self.password, client=client)
        self.new(lambda body: client.post(reverse("account_change_password"), {"oldpassword": self.password, **body}))
        self.spoil()

    def new(self, send) -> None:
        self.count += 1
        fresh = f"{OTHER} {self.count}"
        send({"password1": fresh, "password2": fresh})
        self.password = fresh

    def follow(self, which: int) -> None:
        if not self.links:
            return
        link, asked_at, is_fresh = self.links[which]
        client = Client()
        page = client.get(link, follow=True)
        if is_fresh is None:
            is_fresh = "used or is too old" not in page.content.decode()
        works = is_fresh and self.minutes - asked_at <= 60
        assert ("used or is too old" in page.content.decode()) != works
        if works:
            self.new(lambda body: client.post(page.redirect_chain[-1][0], body))
            self.spoil()
            again = client.post(
                page.redirect_chain[-1][0], {"password1": "hijacked horse", "password2": "hijacked horse"}
            )
            assert again.status_code in {200, 302}
        else:
            client.post(link, {"password1": "hijacked horse", "password2": "hijacked horse"})

    def spoil(self) -> None:
        for link in self.links:
            link[2] = False

    def holds(self) -> None:
        self.user.refresh_from_db()
        assert self.user.check_password(self.password)
        assert not self.user.check_password("hijacked horse")


def test_a_reset_link_works_once_for_an_hour_and_not_after_the_password_changed(
    company: Company, settings, monkeypatch
) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    chosen = random.Random(20261122)
    for number in range(SEQUENCES):
        user = User.objects.create_user(email=f"reset{number}@acme.example", name="R", password=PASSWORD)
        resets = Resets(user, monkeypatch)
        steps = [
            resets.ask,
            resets.ask,
            resets.wait,
            resets.enter,
            resets.change,
            lambda r=resets: r.follow(-1),
            lambda r=resets: r.follow(-1),
            lambda r=resets: r.follow(0),
        ]
        for step in chosen.choices(steps, k=9):
            step()
            resets.holds()


# Second steps.


def confirm(client: Client) -> None:
    assert client.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 302


def add_app(client: Client) -> str:
    confirm(client)
    page = client.get(reverse("mfa_activate_totp"))
    secret = re.search(r"<code[^>]*>(\w+)</code>", page.content.decode())[1]  # type: ignore[index]
    assert "<svg viewBox" in page.content.decode()
    done = client.post(reverse("mfa_activate_totp"), {"code": code(secret)})
    assert done.headers["Location"] == reverse("mfa_view_recovery_codes")
    return secret


def code(secret: str, *, steps: int = 0) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30 + steps))


def codes_of(client: Client) -> list[str]:
    confirm(client)
    return re.findall(r"<li>(\d{8})</li>", client.get(reverse("mfa_view_recovery_codes")).content.decode())


def test_a_password_alone_opens_nothing_once_there_is_an_app(company: Company, settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    settings.MFA_RATE_LIMITS = False
    lead = company.users["lead"]
    owner = Client()
    sign_in(lead.email, client=owner)
    secret = add_app(owner)
    assert secret not in repr(list(Authenticator.objects.values()))  # encrypted
    unused = codes_of(owner)
    assert len(unused) == 10
    assert not any(one in repr(list(Authenticator.objects.values())) for one in unused)
    spent: list[str] = []
    chosen = random.Random(7)
    week = reverse("week", args=[company.slug])
    for _ in range(SEQUENCES):
        client = Client()
        assert sign_in(lead.email, client=client).headers["Location"] == reverse("mfa_authenticate")
        for kind in chosen.choices(
            ["wrong", "old", "spent", "skip", "empty", "code", "recovery"], weights=[4, 2, 3, 3, 1, 1, 1], k=5
        ):
            works = False
            if kind == "skip":  # whatever else is asked for, the door stays shut
                for where in (
                    week,
                    reverse("account"),
                    reverse("mfa_deactivate_totp"),
                    reverse("account_change_password"),
                ):
                    assert client.get(where).status_code == 302
                assert client.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 302
            else:
                given = {"wrong": f"{chosen.randrange(10**6):06}", "old": code(secret, steps=-20), "empty": ""}.get(
                    kind, ""
                )
                if kind == "spent":
                    given = chosen.choice(spent) if spent else "00000000"
                if kind == "code":
                    given, works = code(secret), True
                    cache.clear()  # else no second code works within half a minute; it knows no spent ones then
                    spent = [one for one in spent if len(one) != len(given)]
                if kind == "recovery" and unused:
                    given, works = unused.pop(), True
                client.post(reverse("mfa_authenticate"), {"code": given})
                if works:
                    spent.append(given)
            assert (client.get(week).status_code == 200) == works, kind
            if works:
                break
    assert spent


def test_a_passkey_is_asked_for_where_there_is_one(company: Company) -> None:
    owner, half = Client(), Client()
    sign_in(company.users["lead"].email, client=owner)
    add_app(owner)
    sign_in(company.users["lead"].email, client=half)
    assert "passkey" not in half.get(reverse("mfa_authenticate")).content.decode().split("<main")[1]
    # With one it is offered: tests/browser/test_passkeys.py.


def test_a_code_opens_the_door_once(company: Company, settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    lead = company.users["lead"]
    owner = Client()
    sign_in(lead.email, client=owner)
    secret = add_app(owner)
    given = code(secret, steps=1)
    opened = []
    for _ in range(2):
        client = Client()
        sign_in(lead.email, client=client)
        client.post(reverse("mfa_authenticate"), {"code": given})
        opened.append(is_in(client))
    assert opened == [True, False]


def test_codes_cannot_be_tried_at_will(company: Company) -> None:
    lead = company.users["lead"]
    owner = Client()
    sign_in(lead.email, client=owner)
    add_app(owner)
    client = Client()
    sign_in(lead.email, client=client)
    pages = [client.post(reverse("mfa_authenticate"), {"code": f"{n:06}"}).content.decode() for n in range(21)]
    assert "Too many" in pages[-1]
    assert "Too many" not in pages[0]


def test_a_lost_secret_key_opens_no_door_and_the_operator_takes_the_step_away(company: Company, settings) -> None:
    from milepost.workspace.errors import Invalid

    lead = company.users["lead"]
    owner = Client()
    sign_in(lead.email, client=owner)
    secret, codes = add_app(owner), codes_of(owner)
    settings.SECRET_KEY = "another key, made after the first one was lost, long enough"
    client = Client()
    assert sign_in(lead.email, client=client).status_code == 302
    for given in (code(secret), codes[0], totp.format_hotp_value(totp.hotp_value("", int(time.time()) // 30))):
        assert client.post(reverse("mfa_authenticate"), {"code": given}).status_code == 200
        assert not is_in(client)
    assert actions.forget_second_steps(email=lead.email.upper(), now=NOW) == 2
    client = Client()
    assert sign_in(lead.email, client=client).headers["Location"] != reverse("mfa_authenticate")
    assert is_in(client)
    with pytest.raises(Invalid):
        actions.forget_second_steps(email="nobody@acme.example", now=NOW)


def test_changing_a_second_step_asks_for_the_password_again(company: Company, settings) -> None:
    client = Client()
    client.force_login(company.users["lead"], backend="allauth.account.auth_backends.AuthenticationBackend")
    for name in ("mfa_activate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes"):
        for answer in (client.get(reverse(name)), client.post(reverse(name), {"code": "000000"})):
            assert answer.status_code == 302
            assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))
    assert not Authenticator.objects.exists()


def test_nobody_reaches_the_second_steps_of_another(company: Company) -> None:
    theirs = Authenticator.objects.create(
        user=company.users["member"], type="webauthn", data={"name": "Theirs", "credential": {}}
    )
    stranger = Client()
    client = Client()
    sign_in(company.users["lead"].email, client=client)
    confirm(client)
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        where = reverse(name, args=[theirs.pk])
        missing = reverse(name, args=[theirs.pk + 1000])
        assert [stranger.get(where).status_code, stranger.post(where).status_code] == [302, 302]
        for method in ("get", "post"):
            assert getattr(client, method)(where).status_code == getattr(client, method)(missing).status_code == 404
    assert "Theirs" not in client.get(reverse("account")).content.decode()
    assert Authenticator.objects.filter(pk=theirs.pk).exists()


def test_admins_see_who_has_no_second_step(company: Company) -> None:
    owner, admin = Client(), Client()
    sign_in(company.users["lead"].email, client=owner)
    admin.force_login(company.users["admin"], backend="allauth.account.auth_backends.AuthenticationBackend")
    where = reverse("settings_members", args=[company.slug])
    assert "Five people sign in with a password alone." in admin.get(where).content.decode()
    add_app(owner)
    assert "Four people sign in with a password alone." in admin.get(where).content.decode()


# Sessions.


def test_a_person_sees_where_they_are_signed_in_and_ends_one_or_all(company: Company) -> None:
    lead = company.users["lead"].email
    clients = [Client() for _ in range(4)]
    for number, client in enumerate(clients):
        sign_in(lead, client=client, ip=f"9.9.9.{number}")
    here = clients[0]
    page = here.get(reverse("account")).content.decode()
    assert page.count("Firefox on Windows") >= 4
    assert "9.9.9.3" in page
    assert "4 browsers" in page
    row = UserSession.objects.get(ip="9.9.9.3")
    assert here.post(reverse("account"), {"session": row.pk}).status_code == 302
    assert [is_in(client) for client in clients] == [True, True, True, False]
    here.post(reverse("account"), {"do": "others"})
    assert [is_in(client) for client in clients] == [True, False, False, False]
    assert UserSession.objects.count() == 1


def test_nobody_ends_the_session_of_another(company: Company) -> None:
    mine, theirs = Client(), Client()
    sign_in(company.users["lead"].email, client=mine)
    sign_in(company.users["member"].email, client=theirs)
    row = UserSession.objects.get(user=company.users["member"].pk)
    own = UserSession.objects.get(user=company.users["lead"].pk)
    assert mine.post(reverse("account"), {"session": row.pk}).status_code == 404
    assert mine.post(reverse("account"), {"session": 10**9}).status_code == 404
    assert mine.post(reverse("account"), {"session": own.pk}).status_code == 404  # that is what signing out is for
    assert mine.post(reverse("account"), {"session": "x"}).status_code == 400
    assert (is_in(mine), is_in(theirs)) == (True, True)


def test_who_leaves_the_last_workspace_is_signed_out_at_once(company: Company, monkeypatch) -> None:
    monkeypatch.setenv("MILEPOST_NOW", NOW.isoformat())
    elsewhere = build_company("Elsewhere")
    both = company.users["member"]
    actions.add_member(by=elsewhere.operator(), email=both.email, name="M", role="viewer", password="", now=NOW)
    leaver, stayer = Client(), Client()
    sign_in(company.users["lead"].email, client=leaver)
    sign_in(both.email, client=stayer)
    for who in ("lead", "member"):
        actions.remove_member(by=company.actor(), membership_id=company.ids[who], now=NOW)
    assert (is_in(leaver), is_in(stayer)) == (False, True)
    assert stayer.get(reverse("week", args=[company.slug])).status_code == 404


def test_an_account_that_is_switched_off_is_out_with_the_next_request(company: Company) -> None:
    client = Client()
    sign_in(company.users["lead"].email, client=client)
    User.objects.filter(pk=company.users["lead"].pk).update(is_active=False)
    assert not is_in(client)
    assert "account/inactive" in sign_in(company.users["lead"].email).headers.get("Location", "account/inactive")


def test_a_session_ends_after_thirty_days_however_much_it_is_used(company: Company, monkeypatch) -> None:
    client = Client()
    monkeypatch.setenv("MILEPOST_NOW", NOW.isoformat())
    sign_in(company.users["lead"].email, client=client)
    for day in range(0, 31, 6):
        monkeypatch.setenv("MILEPOST_NOW", (NOW + timedelta(days=day)).isoformat())
        assert is_in(client)
    monkeypatch.setenv("MILEPOST_NOW", (NOW + timedelta(days=30, minutes=1)).isoformat())
    assert not is_in(client)
    assert not Session.objects.exists()


def test_signing_out_ends_the_session_itself(company: Company) -> None:
    client = Client()
    sign_in(company.users["lead"].email, client=client)
    kept = client.cookies["sessionid"].value
    client.post(reverse("account_logout"))
    thief = Client()
    thief.cookies["sessionid"] = kept
    assert not is_in(thief)


def test_signing_in_changes_the_session_key(company: Company) -> None:
    client = Client()
    client.get(reverse("account_login"))
    client.cookies["sessionid"] = "planted0planted0planted0planted0"
    sign_in(company.users["lead"].email, client=client)
    assert client.cookies["sessionid"].value != "planted0planted0planted0planted0"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox on Windows"), ("", ""), ("curl/8.1", ""),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36", "Chrome on Android"),
    ],
)  # fmt: skip
def test_a_device_is_named_in_words(agent: str, words: str) -> None:
    assert browser_words(agent) == words


def test_every_page_of_allauth_that_is_routed_is_ours() -> None:
    ours = Path(__file__).resolve().parents[2] / "src/milepost/web/templates"
    asked = set()
    for pattern in get_resolver().url_patterns:
        view = getattr(getattr(pattern, "callback", None), "view_class", None)
        if view is not None and view.__module__.startswith("allauth."):
            asked |= {
                name
                for name in (getattr(view, n, None) for n in dir(view) if n.startswith("template_name"))
                if isinstance(name, str) and "." in name
            }
    assert len(asked) >= 18
    foreign = [name for name in asked | {"429.html", "account/email/password_reset_key_message.txt"}
               if not Path(get_template(name).origin.name).is_relative_to(ours)]  # fmt: skip
    # Plain text: the codes, one a line; and a page that is never shown, since nobody signs up by themselves.
    assert sorted(foreign) == ["account/signup.html", "mfa/recovery_codes/download.txt"]
    assert "By invitation only" in Client().get(reverse("account_signup")).content.decode()
