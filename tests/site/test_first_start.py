"""Fifty people find a new installation at the same moment: one becomes its admin."""

from collections import Counter

import pytest
from django.test import Client

from milepost.workspace.models import Membership, User, Workspace
from tests.okr.test_concurrency import together
from tests.people import NOW

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 50


def test_of_fifty_set_ups_at_once_one_wins_and_the_door_closes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILEPOST_NOW", NOW.isoformat())
    answers: list[int] = []

    def set_up(number: int):
        def run() -> None:
            body = {
                "workspace_name": f"Company {number}", "time_zone": "UTC", "name": f"Person {number}",
                "email": f"p{number}@example.org", "password": "correct horse battery",
            }  # fmt: skip
            answers.append(Client().post("/start/", body).status_code)

        return run

    assert together([set_up(number) for number in range(AT_ONCE)]) == []
    assert Counter(answers) == {302: 1, 404: AT_ONCE - 1}
    assert (User.objects.count(), Workspace.objects.count(), Membership.objects.count()) == (1, 1, 1)
    client = Client()
    assert client.get("/start/").status_code == 404
    assert client.post("/start/", {}).status_code == 404
