"""What is too large, too many or too slow is refused in a sentence, before it costs much."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from milepost.exchange import readings_file
from milepost.web.errors import MOST_BODY
from tests.web.test_matrix import Things, client_of, things

pytestmark = pytest.mark.django_db
__all__ = ["things"]  # a fixture
COLUMNS = {"date": "Week", "value": "Value"}


@pytest.fixture
def client(things: Things) -> Client:
    return client_of(things.company, "admin")


def address(things: Things) -> str:
    return reverse("kpi_import", kwargs=things.of("kpi_import"))


def test_a_body_that_announces_too_much_is_refused_before_it_is_read(client: Client, things: Things) -> None:
    class Unread:
        def read(self, *_: int) -> bytes:
            raise AssertionError("it was read")

        readline = read

    for path in (address(things), reverse("account_login"), reverse("theme"), "/nothing/here/"):
        answer = client.generic("POST", path, b"", CONTENT_LENGTH=str(MOST_BODY + 1), **{"wsgi.input": Unread()})
        assert answer.status_code == 413
        assert "Send at most 20 MB at once." in answer.content.decode()
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("length", ["-1", "1e9", "x", "", "99999999999999999999", "12, 12"])
def test_a_length_that_is_none_breaks_nothing(client: Client, things: Things, length: str) -> None:
    assert client.generic("POST", reverse("theme"), b"", CONTENT_LENGTH=length).status_code in {302, 400, 413}


def test_a_file_over_the_limit_is_refused_beside_its_field(client: Client, things: Things, monkeypatch) -> None:
    monkeypatch.setattr("milepost.web.forms.kpis.MOST_BYTES", 1000)
    answer = client.post(address(things), {"file": SimpleUploadedFile("a.csv", b"x" * 2000), **COLUMNS})
    assert answer.status_code == 422
    assert "Send at most 20 MB." in answer.content.decode()


def test_more_than_one_file_too_many_fields_and_too_much_text(client: Client, things: Things) -> None:
    two = {"file": SimpleUploadedFile("a.csv", b"x"), "more": SimpleUploadedFile("b.csv", b"x"), **COLUMNS}
    answers = [
        (client.post(address(things), two), 400, "Send one file at a time."),
        (client.post(reverse("theme"), {f"f{n}": "1" for n in range(5001)}), 400, "Send at most 5,000."),
        (client.post(reverse("theme"), {"next": "x" * (5 * 1024 * 1024 + 1)}), 413, "Send at most 5 MB of it."),
    ]
    for answer, status, words in answers:
        assert answer.status_code == status
        assert words in answer.content.decode()


def test_a_file_that_takes_too_long_is_given_up(client: Client, things: Things, monkeypatch) -> None:
    monkeypatch.setattr(readings_file, "MOST_SECONDS", -1)
    rows = b"Week,Value\n" + b"2026-11-09,41\n" * 6000
    answer = client.post(address(things), {"file": SimpleUploadedFile("a.csv", rows), **COLUMNS})
    assert answer.status_code == 422
    assert "Split it." in answer.content.decode()


def test_a_form_that_lies_about_its_parts_is_answered(client: Client, things: Things) -> None:
    for kind in (
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=x" + "y" * 300,
    ):
        answer = client.generic("POST", address(things), b"--x\r\nnonsense", content_type=kind)
        assert answer.status_code in {400, 422}
        assert "Traceback" not in answer.content.decode()


def test_the_name_of_a_file_leads_nowhere(client: Client, things: Things) -> None:
    for name in ("../../etc/passwd", "..\\..\\boot.ini", "<script>alert(1)</script>.csv", "a\x00.csv", "x" * 500):
        file = SimpleUploadedFile("a.csv", b"Week,Value\n2026-11-09,41\n")
        file.name = name
        answer = client.post(address(things), {"file": file, **COLUMNS})
        assert answer.status_code in {200, 400, 422}
        assert "<script>alert" not in answer.content.decode()
