"""What an installation refuses to start with, and what it makes by itself."""

import os
import secrets
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from milepost.site.environment import Environment
from milepost.site.secret_key import Misconfigured, checked, kept

TAIL = "qT7vR2mKx9LwZp4NcYs8BhJd3FgUe6Va1Xn5Co0Ri-QzMkTbWyHu_EjP"  # random enough, and the same on every core
BAD = (
    "", "x", "short", "a" * 80, "ab" * 40, "abc123" * 12, "changeme" * 8, "secret", "0123456789" * 8,
    "django-insecure-" + TAIL, "insecure-" + TAIL,
    "CHANGE_ME_" + TAIL, "change-me-please-" + TAIL,
    "TEST_NON_DEV_SECRET" + TAIL, "my-super-Secret-key-" + TAIL,
    "your-key-here-" + TAIL, "deadbeef" + TAIL, "milepost" + TAIL,
    "replace this by something long and random, please do it now", "thisISaREALLYlongPASSWORD0thatnobodyGUESSESever1234",
    "example-key-" + TAIL, TAIL[:49],
    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz0123456789",
)  # fmt: skip


@pytest.mark.parametrize("key", BAD)
def test_a_known_short_or_repeated_key_is_refused_in_a_sentence(key: str, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"The secret key of MILEPOST_SECRET_KEY .*random characters"):
        checked(key, came_from="MILEPOST_SECRET_KEY")
    (tmp_path / "secret_key").write_text(key)
    (tmp_path / "secret_key").chmod(0o600)
    with pytest.raises(Misconfigured, match="Delete .*secret_key"):
        kept(tmp_path)


def test_random_keys_are_taken() -> None:
    for make in (secrets.token_urlsafe, secrets.token_hex):
        for _ in range(300):
            key = make(64)
            assert checked(key, came_from="MILEPOST_SECRET_KEY") == key


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_the_key_is_made_for_its_owner_only_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        environment = Environment(home=tmp_path / "home")
        key = environment.secret_key()
    finally:
        os.umask(before)
    assert environment.secret_key() == key
    assert stat.S_IMODE((tmp_path / "home/secret_key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "home").stat().st_mode) == 0o700
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["secret_key"]


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o666])
def test_a_key_that_others_could_read_is_shut_with_a_word(
    tmp_path: Path, mode: int, caplog: pytest.LogCaptureFixture
) -> None:
    key = kept(tmp_path)
    (tmp_path / "secret_key").chmod(mode)
    assert kept(tmp_path) == key
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert f"mode {mode:04o}" in caplog.text
    assert key not in caplog.text


def test_a_key_that_cannot_be_shut_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(tmp_path)
    (tmp_path / "secret_key").chmod(0o644)

    def not_yours(self: Path, mode: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "chmod", not_yours)
    with pytest.raises(Misconfigured, match="mode 0600"):
        kept(tmp_path)


def run(tmp_path: Path, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
    environ = {
        name: value for name, value in os.environ.items() if not name.startswith(("MILEPOST", "DATABASE", "DJANGO"))
    }
    environ |= {"MILEPOST_HOME": str(tmp_path / "home"), "DJANGO_SETTINGS_MODULE": "milepost.site.settings", **more}
    return subprocess.run(
        [sys.executable, "-W", "ignore", *command], env=environ, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("MILEPOST_SECRET_KEY", "changeme", "The secret key of MILEPOST_SECRET_KEY has only 8 characters."),
        ("MILEPOST_BASE_URL", "okr.example.org", "MILEPOST_BASE_URL is “okr.example.org”."),
        ("MILEPOST_ALLOWED_HOSTS", "*", "MILEPOST_ALLOWED_HOSTS allows every name."),
        ("MILEPOST_TRUSTED_PROXIES", "nginx", "MILEPOST_TRUSTED_PROXIES"),
    ],
)
def test_a_start_that_is_refused_ends_in_a_sentence(tmp_path: Path, name: str, value: str, says: str) -> None:
    done = run(tmp_path, "-c", "from milepost.cli.main import main; main()", "init", **{name: value})
    assert done.returncode == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_check_deploy_finds_nothing(tmp_path: Path) -> None:
    served = {"MILEPOST_BASE_URL": "https://okr.example.org", "MILEPOST_TRUSTED_PROXIES": "10.0.0.0/24"}
    done = run(tmp_path, "-m", "django", "check", "--deploy", "--fail-level", "WARNING", **served)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("System check identified no issues"), done.stdout
    shown = run(
        tmp_path, "-c",
        "from django.conf import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.ALLOWED_HOSTS, s.DEBUG)",
        **served,
    )  # fmt: skip
    assert shown.stdout.split()[:2] == ["__Host-sessionid", "__Host-csrftoken"]
    assert "okr.example.org" in shown.stdout
    assert "False" in shown.stdout


COOKIES = """
import django; django.setup()
from django.conf import settings; settings.ALLOWED_HOSTS = ["testserver"]; settings.SECURE_SSL_REDIRECT = False
from django.core.management import call_command; call_command("migrate", verbosity=0)
from django.test import Client
from milepost import clock
from milepost.workspace.actions import set_up_installation
set_up_installation(email="a@b.example", name="A", password="correct horse battery", workspace_name="W", time_zone="UTC", now=clock.now())
client = Client()
answers = [client.get("/account/login/", secure=True)]
body = {"login": "a@b.example", "password": "correct horse battery"}
answers.append(client.post("/account/login/", body, secure=True))
answers.append(client.post("/theme/", {"theme": "dark"}, secure=True))
for answer in answers:
    for cookie in answer.cookies.values():
        print(cookie.OutputString())
"""


def test_cookies_are_bound_to_the_host_where_https_is_used(tmp_path: Path) -> None:
    done = run(tmp_path, "-c", COOKIES, MILEPOST_BASE_URL="https://okr.example.org")
    assert done.returncode == 0, done.stderr
    cookies = {line.partition("=")[0]: line for line in done.stdout.splitlines()}
    assert set(cookies) == {"__Host-sessionid", "__Host-csrftoken", "__Host-notices", "theme"}
    for name, cookie in cookies.items():
        assert "Secure" in cookie
        assert "SameSite=Lax" in cookie
        assert "Path=/;" in cookie + ";"
        assert "Domain" not in cookie
        assert ("HttpOnly" in cookie) == (name != "theme")  # the key t changes colours at once
