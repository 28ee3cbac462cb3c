"""Mail leaves by the server that the environment names, or a sentence says why it does not."""

import json
import logging
import re
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from hypothesis import assume, given
from hypothesis import strategies as st

from milepost import mail
from milepost.site.environment import Environment
from milepost.site.mail import PROVIDERS, read_mail, without_secrets
from milepost.site.secret_key import Misconfigured
from tests.people import Company
from tests.site.test_start import run
from tests.support.mail_server import (
    IN_AN_ADDRESS,
    PASSWORD,
    USER,
    Taken,
    certificate,
    free_port,
    serving,
    silent,
)
from tests.web.test_account import said

FROM = "Milepost <okr@acme.example>"
SECRET = "hunter2"
COMMAND = ("-c", "from milepost.cli.main import main; main()", "mail-test")


@pytest.fixture
def use(settings: Any, tmp_path: Path) -> Callable[..., None]:
    """Set what the settings module sets, from an address."""

    def set_up(url: str, *, sender: str = FROM, seconds: int = 10) -> None:
        made = Environment(home=tmp_path, mail_url=url, mail_from=sender, mail_seconds=seconds).mail()
        settings.MAIL, settings.EMAIL_BACKEND = made, made.backend
        settings.EMAIL_HOST, settings.EMAIL_PORT = made.host, made.port
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = made.user, made.password
        settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = made.starttls, made.tls
        settings.EMAIL_TIMEOUT, settings.DEFAULT_FROM_EMAIL = seconds, made.sender
        settings.ANYMAIL = {**made.provider, "REQUESTS_TIMEOUT": seconds}

    return set_up


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return path


def send(to: str = "lena@acme.example") -> None:
    mail.send(to=[to], subject="Grüße", text="Five goals wait für you.\n")


# The address.


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("smtp://u:p@mail.example.org:587", ("mail.example.org", 587, "u", "p", True, False)),
        ("smtp://u:p@mail.example.org", ("mail.example.org", 587, "u", "p", True, False)),
        ("smtp://mail.example.org:25", ("mail.example.org", 25, "", "", True, False)),
        ("smtp://127.0.0.1:25?tls=none", ("127.0.0.1", 25, "", "", False, False)),
        ("smtp://u:p@[::1]:2525/?tls=none", ("::1", 2525, "u", "p", False, False)),
        ("smtps://u:p@mail.example.org:465", ("mail.example.org", 465, "u", "p", False, True)),
        ("smtps://u:p@mail.example.org", ("mail.example.org", 465, "u", "p", False, True)),
        (f" smtp://{IN_AN_ADDRESS}@h ", ("h", 587, USER, PASSWORD, True, False)),
    ],
)
def test_an_address_says_server_and_safety(url: str, found: tuple[object, ...]) -> None:
    made = read_mail(url, sender=FROM)
    assert (made.host, made.port, made.user, made.password, made.starttls, made.tls) == found
    assert made.backend == "django.core.mail.backends.smtp.EmailBackend"
    assert not made.password or PASSWORD not in repr(made)


@pytest.mark.parametrize("url", ["", "console:", " "])
def test_without_a_server_mail_is_printed(url: str) -> None:
    made = read_mail(url, sender="")
    assert (made.backend, made.place) == ("django.core.mail.backends.console.EmailBackend", "console")


WRONG = {
    f"smtp://u:{SECRET}@mail.example.org:smtp": "no address such as",
    f"smtp://u:{SECRET}@mail.example.org:99999": "no address such as",
    f"smtp://u:{SECRET}/x@mail.example.org": "%2F",
    f"smtp://u:{SECRET}#x@mail.example.org:587": "%23",
    f"smtp://u:x?{SECRET}@mail.example.org": "%3F",
    f"smtp://u:{SECRET}": "%3A",
    f"smtp://u:{SECRET}@": "no host",
    f"smtp://{SECRET}@mail.example.org": "go together",
    f"smtp://:{SECRET}@mail.example.org": "go together",
    f"smtp://u:{SECRET}@mail.example.org/inbox": "Nothing may follow the port",
    f"smtp://u:{SECRET}@mail.example.org?tls=none": "in the open",
    f"smtp://u:{SECRET}@mail.example.org?tls=maybe": "The only option",
    f"smtp://mail.example.org?password={SECRET}": "The only option",
    f"smtps://u:{SECRET}@mail.example.org?tls=none": "The only option",
    f"smtp://u:{SECRET}@[::1": "no address such as",
    f"mail://u:{SECRET}@mail.example.org": "begins with none of",
    f"u:{SECRET}@mail.example.org": "begins with none of",
    f"smtp:u:{SECRET}@mail.example.org": "begins with none of",
    f"{SECRET}": "begins with none of",
    "mail.example.org:587": "begins with none of",
    f"postmark://{SECRET}@": "begins with none of",
    f"anymail+pigeon://{SECRET}@": "begins with none of",
    f"anymail+postmark://{SECRET}": "anymail+postmark://TOKEN@",
    f"anymail+postmark://u:{SECRET}@": "alone before the @",
    f"anymail+postmark://{SECRET}@example.org": "Nothing follows the @",
    f"anymail+resend://{SECRET}@?api=http://example.org": "in the open",
    f"anymail+resend://{SECRET}@?key=x": "The only option",
}


@pytest.mark.parametrize("url", WRONG)
def test_a_wrong_address_is_refused_without_what_is_secret_in_it(url: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        read_mail(url, sender=FROM)
    sentence = str(refused.value)
    assert sentence.startswith("MILEPOST_MAIL_URL is “")
    assert WRONG[url] in sentence
    assert SECRET not in sentence


def test_what_is_left_of_an_address_helps() -> None:
    assert without_secrets(f"smtp://u:{SECRET}@mail.example.org:587/x") == "smtp://…@mail.example.org:587…"
    assert without_secrets("smpt://mail.example.org:587") == "smpt://…"
    assert without_secrets("mail.example.org:587") == "mail.example.org:587"
    assert without_secrets(f"smtp:user:{SECRET}://mail.example.org") == "…"


@given(
    st.sampled_from(["smtp", "smtps", "anymail+resend", "anymail+x", "", "imap"]),
    st.sampled_from(["://", ":", "//", ":///", "@"]),
    st.text(alphabet="/#?@:%&=[]. ", max_size=4),
    st.text(alphabet="/#?@:%&=[]. ", max_size=4),
    st.sampled_from(["", "@mail.example.org", "@mail.example.org:587", "@", "@mail.example.org?tls=none"]),
)
def test_no_misspelling_shows_a_password(scheme: str, mark: str, before: str, after: str, rest: str) -> None:
    """It stands before the last @, or behind a colon where there is none."""
    assume("@" in rest or "@" not in before + after)
    url = f"{scheme}{mark}user:{before}Hunter2{after}{rest}"
    assert "unter2" not in without_secrets(url)
    try:
        read_mail(url, sender=FROM)
    except Misconfigured as refused:
        assert "unter2" not in str(refused)


@pytest.mark.parametrize(
    ("sender", "kept"),
    [
        ("okr@acme.example", "okr@acme.example"),
        ("Milepost <okr@acme.example>", "Milepost <okr@acme.example>"),
        ('"Goals, Acme" <okr@acme.example>', '"Goals, Acme" <okr@acme.example>'),
        ("Meilenstein Köln <okr@acme.example>", "Meilenstein Köln <okr@acme.example>"),
    ],
)
def test_the_sender_is_an_address_with_or_without_a_name(sender: str, kept: str) -> None:
    assert read_mail("smtp://mail.example.org", sender=sender).sender == kept


@pytest.mark.parametrize(
    "sender",
    ["Milepost", "okr@", "a@acme.example, b@acme.example", "Milepost <okr@acme.example>\nBcc: all@acme.example", "<>",
     "okr@acme.example\r", "Mile\x00post <okr@acme.example>"],
)  # fmt: skip
def test_a_wrong_sender_is_refused(sender: str) -> None:
    with pytest.raises(Misconfigured, match=r"^MILEPOST_MAIL_FROM is “[^\n\r]*”\. Write one address"):
        read_mail("smtp://mail.example.org", sender=sender)


def test_a_sender_is_wanted_where_the_user_is_no_address() -> None:
    for url in ("smtp://u:p@mail.example.org", "smtp://mail.example.org", "anymail+resend://key@"):
        with pytest.raises(Misconfigured, match="MILEPOST_MAIL_FROM is empty"):
            read_mail(url, sender="")
    assert read_mail(f"smtp://{IN_AN_ADDRESS}@mail.example.org", sender="").sender == USER


# A server.


@pytest.mark.parametrize("how", ["starttls", "tls"])
def test_mail_arrives_over_tls_with_a_password(use: Callable[..., None], trusted: Path, how: str) -> None:
    taken = Taken()
    with serving(taken, auth=True, **{how: trusted}) as port:
        use(f"{'smtp' if how == 'starttls' else 'smtps'}://{IN_AN_ADDRESS}@127.0.0.1:{port}")
        send()
    (one,) = taken.mails
    assert (one.mail_from, one.rcpt_tos) == ("okr@acme.example", ["lena@acme.example"])
    text = one.content.decode()
    assert "From: Milepost <okr@acme.example>" in text
    assert "To: lena@acme.example" in text
    assert "=?utf-8?" in text
    assert taken.sign_ins == [PASSWORD.encode()]


def test_a_relay_beside_it_takes_mail_without_tls_when_told_so(use: Callable[..., None]) -> None:
    taken = Taken()
    with serving(taken) as port:
        use(f"smtp://127.0.0.1:{port}?tls=none")
        send()
    assert len(taken.mails) == 1


def why(to: str = "lena@acme.example") -> str:
    with pytest.raises(mail.NotSent) as refused:
        send(to)
    return str(refused.value)


def test_a_wrong_password_is_said(use: Callable[..., None], trusted: Path) -> None:
    taken = Taken()
    with serving(taken, starttls=trusted, auth=True) as port:
        use(f"smtp://okr%40mail.example:{SECRET}@127.0.0.1:{port}")
        sentence = why()
    assert sentence.startswith(f"127.0.0.1:{port} does not accept user and password (535 ")
    assert SECRET not in sentence
    assert taken.mails == []


def test_a_certificate_that_nobody_vouches_for_gets_no_password(use: Callable[..., None], tmp_path: Path) -> None:
    for how, scheme in (("starttls", "smtp"), ("tls", "smtps")):
        taken = Taken()
        with serving(taken, auth=True, **{how: certificate(tmp_path)}) as port:
            use(f"{scheme}://{IN_AN_ADDRESS}@127.0.0.1:{port}")
            assert "is not to be trusted: self-signed certificate" in why()
        assert (taken.mails, taken.sign_ins) == ([], [])


def test_a_certificate_of_another_host_gets_no_password(
    use: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, taken = certificate(tmp_path, name="mail.elsewhere.example"), Taken()
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with serving(taken, starttls=path, auth=True) as port:
        use(f"smtp://{IN_AN_ADDRESS}@127.0.0.1:{port}")
        assert "is not to be trusted: IP address mismatch" in why()
    assert (taken.mails, taken.sign_ins) == ([], [])


def test_a_server_that_offers_no_tls_gets_no_password(use: Callable[..., None]) -> None:
    """Somebody on the way could have taken the offer out."""
    taken = Taken()
    with serving(taken) as port:
        use(f"smtp://{IN_AN_ADDRESS}@127.0.0.1:{port}")
        assert "STARTTLS extension not supported by server" in why()
    assert (taken.mails, taken.sign_ins) == ([], [])


def test_nobody_listening_is_said(use: Callable[..., None]) -> None:
    port = free_port()
    use(f"smtp://127.0.0.1:{port}")
    assert why() == f"Nobody listens at 127.0.0.1:{port}. Look at host and port in MILEPOST_MAIL_URL."


def test_a_name_that_nobody_knows_is_said(use: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    use("smtp://mail.invalid")
    assert why() == "Nobody knows the name of mail.invalid:587. Look at MILEPOST_MAIL_URL."


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_server_that_keeps_silent_is_left_in_time(use: Callable[..., None], scheme: str) -> None:
    with silent() as port:
        use(f"{scheme}://127.0.0.1:{port}", seconds=1)
        begun = time.monotonic()
        assert why() == f"127.0.0.1:{port} did not answer within 1 second."
    assert 0.9 < time.monotonic() - begun < 5


def test_a_refused_address_is_said_and_not_repeated(use: Callable[..., None]) -> None:
    taken = Taken(refuses="550 no such box: \x1b[31m<{}>")
    with serving(taken) as port:
        use(f"smtp://127.0.0.1:{port}?tls=none")
        sentence = why()
    assert sentence == f"127.0.0.1:{port} refuses the address (550 no such box: [31m<the address>)."


INJECTED = [
    "lena@acme.example\nBcc: all@acme.example", "lena@acme.example\r\nBcc: all@acme.example", "lena@acme.example\r",
    "lena@acme.example, all@acme.example", "lena@acme.example;all@acme.example", "Lena <lena@acme.example>",
    "lena@acme.example\x00", "lena@acme.example>\r\nRCPT TO:<all@acme.example", "lena", "",
    "lena\n@acme.example", "lena@acme.example\u2028Bcc: all@acme.example",
]  # fmt: skip


@pytest.mark.parametrize("to", INJECTED, ids=repr)
def test_an_address_that_carries_more_is_refused(use: Callable[..., None], to: str) -> None:
    taken = Taken()
    with serving(taken) as port:
        use(f"smtp://127.0.0.1:{port}?tls=none")
        if to:
            assert why(to) == "One of its addresses is no e-mail address."
        with pytest.raises(mail.NotSent):
            mail.deliver(EmailMessage("S", "T", FROM, ["lena@acme.example"], bcc=[to or "x"]))
        with pytest.raises(mail.NotSent):
            mail.send(to=["lena@acme.example"], subject=f"S\nBcc: {to}", text="T")
    assert taken.mails == []


# Providers.


class Provider(BaseHTTPRequestHandler):
    """Takes what is posted and answers as providers do."""

    got: list[tuple[str, dict[str, str], str]]
    status = 200

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        self.got.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        said = {
            "id": "1",
            "messageId": "1",
            "MessageID": "1",
            "ErrorCode": 0,
            "Message": "OK",
            "To": "lena@acme.example",
        }
        said |= {"message": "Queued. Thank you."} if self.status == 200 else {"message": f"bad token {SECRET[:3]}"}
        answer = json.dumps(said).encode()
        self.send_response(self.status)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def provider() -> Iterator[Any]:
    kind = type("Kind", (Provider,), {"got": []})
    server = HTTPServer(("127.0.0.1", 0), kind)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    server.kind = kind  # type: ignore[attr-defined]
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_provider_is_handed_the_mail_with_its_token(use: Callable[..., None], provider: Any, name: str) -> None:
    use(f"anymail+{name}://{SECRET}@?api=http://127.0.0.1:{provider.server_port}/v9")
    send()
    ((path, headers, body),) = provider.kind.got
    assert path.startswith("/v9/")
    assert "lena" in body
    assert SECRET in "".join(headers.values()) or "basic" in headers["authorization"].lower()


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_provider_that_refuses_is_said_in_a_line_without_the_token(
    use: Callable[..., None], provider: Any, name: str
) -> None:
    provider.kind.status = 401
    use(f"anymail+{name}://{SECRET}@?api=http://127.0.0.1:{provider.server_port}/")
    sentence = why()
    assert sentence.startswith(f"{name}: ")
    assert "401" in sentence
    assert SECRET not in sentence
    assert "lena" not in sentence
    assert "\n" not in sentence


def test_a_provider_out_of_reach_is_said(use: Callable[..., None]) -> None:
    use(f"anymail+postmark://{SECRET}@?api=http://127.0.0.1:{free_port()}/")
    sentence = why()
    assert sentence.startswith("postmark: ")
    assert SECRET not in sentence
    with silent() as port:
        use(f"anymail+postmark://{SECRET}@?api=http://127.0.0.1:{port}/", seconds=1)
        assert why() == "postmark did not answer within 1 second."


def test_the_domain_of_mailgun_stands_behind_the_at(use: Callable[..., None], provider: Any) -> None:
    use(f"anymail+mailgun://{SECRET}@mg.acme.example?api=http://127.0.0.1:{provider.server_port}/v3")
    send()
    assert provider.kind.got[0][0] == "/v3/mg.acme.example/messages"


# The command.


def test_the_command_says_that_it_was_taken(tmp_path: Path) -> None:
    taken, path = Taken(), certificate(tmp_path)
    with serving(taken, starttls=path, auth=True) as port:
        url = f"smtp://{IN_AN_ADDRESS}@127.0.0.1:{port}"
        done = run(tmp_path, *COMMAND, "lena@acme.example", MILEPOST_MAIL_URL=url, SSL_CERT_FILE=str(path))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"127.0.0.1:{port} has taken the mail to lena@acme.example from {USER}.\n"
    assert [one.rcpt_tos for one in taken.mails] == [["lena@acme.example"]]


def test_the_command_says_that_it_was_printed(tmp_path: Path) -> None:
    done = run(tmp_path, *COMMAND, "lena@acme.example")
    assert done.returncode == 0
    assert "Subject: Milepost can send mail" in done.stdout
    assert done.stdout.endswith("the mail was printed and went nowhere. Set MILEPOST_MAIL_URL.\n")


def test_the_command_says_why_not_and_ends_with_1(tmp_path: Path) -> None:
    with silent() as port:
        set_to = {"MILEPOST_MAIL_URL": f"smtp://u:{SECRET}@127.0.0.1:{port}", "MILEPOST_MAIL_FROM": FROM}
        done = run(tmp_path, *COMMAND, "lena@acme.example", MILEPOST_MAIL_SECONDS="1", **set_to)
    assert done.returncode == 1
    assert done.stderr == f"Not sent. 127.0.0.1:{port} did not answer within 1 second.\n"
    done = run(tmp_path, *COMMAND, "lena@acme.example\nBcc: all@acme.example", **set_to)
    assert (done.returncode, done.stderr) == (1, "Not sent. One of its addresses is no e-mail address.\n")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("MILEPOST_MAIL_URL", f"smtp://u:{SECRET}@mail.example.org?tls=none", "MILEPOST_MAIL_URL is “smtp://…@mail.example.org…”."),
        ("MILEPOST_MAIL_FROM", "Milepost", "MILEPOST_MAIL_FROM is “Milepost”. Write one address"),
        ("MILEPOST_MAIL_SECONDS", "soon", "MILEPOST_MAIL_SECONDS is “soon”. Input should be a valid integer"),
        ("MILEPOST_MAIL_SECONDS", "0", "MILEPOST_MAIL_SECONDS is “0”. Input should be greater than or equal to 1."),
        ("MILEPOST_PORT", "http", "MILEPOST_PORT is “http”. Input should be a valid integer"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("command", ["init", "serve"])
def test_a_start_is_refused_with_a_sentence(tmp_path: Path, name: str, value: str, says: str, command: str) -> None:
    done = run(tmp_path, *COMMAND[:2], command, **{"MILEPOST_PORT": str(free_port()), name: value})
    assert done.returncode == 1
    assert done.stderr.startswith(says)
    assert SECRET not in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


# A page that writes to somebody.


@pytest.fixture
def beside(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let mail leave beside the answer, as it does when served, and return what waits for it."""
    own = mail.ThreadPoolExecutor(max_workers=2)
    monkeypatch.setattr(mail, "_sender", own)
    return lambda: own.shutdown(wait=True)


def ask(email: str) -> tuple[object, ...]:
    cache.clear()  # limits are counted there
    client = Client()
    first = client.post(reverse("account_reset_password"), {"email": email})
    then = client.get(first.headers["Location"])
    return first.status_code, first.headers["Location"], said(then)


@pytest.mark.django_db
def test_the_link_of_a_reset_arrives_and_works(
    company: Company, use: Callable[..., None], trusted: Path, beside: Callable[[], None]
) -> None:
    taken = Taken()
    with serving(taken, starttls=trusted, auth=True) as port:
        use(f"smtp://{IN_AN_ADDRESS}@127.0.0.1:{port}")
        ask(company.users["lead"].email)
        beside()
    (one,) = taken.mails
    assert one.rcpt_tos == [company.users["lead"].email]
    link = re.search(r"https?://\S+", one.content.decode().replace("=\r\n", "").replace("=3D", "="))[0]  # type: ignore[index]
    assert "New password" in Client().get(link, follow=True).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("way", ["gone", "silent", "refusing", "broken"])
def test_a_reset_answers_alike_whatever_the_mail_server_does(
    company: Company, use: Callable[..., None], beside: Callable[[], None], caplog: pytest.LogCaptureFixture, way: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    known = company.users["lead"].email
    taken = Taken(refuses="550 <{}> is not here")
    with silent() as port, serving(taken) as refusing:
        if way == "broken":  # a fault of ours, or of a backend
            monkeypatch.setattr(EmailMessage, "send", lambda *_: 1 / 0)
        else:
            url = {
                "gone": f"127.0.0.1:{free_port()}",
                "silent": f"127.0.0.1:{port}",
                "refusing": f"127.0.0.1:{refusing}?tls=none",
            }
            use(f"smtp://{url[way]}", seconds=2)
        answers, took = [], []
        for email in (known, "nobody@acme.example"):
            begun = time.monotonic()
            answers.append(ask(email))
            took.append(time.monotonic() - begun)
        beside()
    assert answers[0] == answers[1]
    assert answers[0][0] == 302
    assert max(took) < 1.5  # nobody waits for the mail server
    told = [record for record in caplog.records if record.name == "milepost.mail"]
    assert [record.levelno for record in told] == [logging.ERROR]  # of the one that was to be sent
    assert told[0].getMessage().startswith("a mail was not sent")
    assert known not in caplog.text


@pytest.mark.django_db
def test_a_mail_to_nobody_is_composed_too(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """So the answer takes as long as for somebody."""
    handed: list[EmailMessage] = []
    monkeypatch.setattr(mail, "send_later", handed.append)
    for email in (company.users["lead"].email, "nobody@acme.example"):
        ask(email)
    assert [one.to for one in handed] == [[company.users["lead"].email], []]
    assert [one.body.count("http") for one in handed] == [1, 1]
    assert "nobody@acme.example" in handed[1].body


def test_what_waits_has_an_end(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    opened, held = threading.Event(), mail.ThreadPoolExecutor(max_workers=1)
    monkeypatch.setattr(mail, "_sender", held)
    monkeypatch.setattr(mail, "_room", threading.BoundedSemaphore(3))
    sent: list[str] = []

    def deliver(message: EmailMessage) -> None:
        opened.wait(20)
        sent.append(message.subject)

    monkeypatch.setattr(mail, "deliver", deliver)
    for number in range(5):
        mail.send_later(EmailMessage(str(number), "", FROM, ["lena@acme.example"]))
    assert caplog.text.count("wait already") == 2
    opened.set()
    held.shutdown(wait=True)
    assert sent == ["0", "1", "2"]
    mail.send_later(EmailMessage("late", "", FROM, ["lena@acme.example"]))
    assert "about to stop" in caplog.text
    assert [mail._room.acquire(blocking=False) for _ in range(4)] == [True, True, True, False]
