"""Who helps with a goal or a KPI is shown the forms that they may send, and no others."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from milepost.okr.models import KeyResult
from tests.people import NOW, Company
from tests.web.test_matrix import client_of
from tests.web.test_query_counts import MOST

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(company: Company, monkeypatch: pytest.MonkeyPatch) -> Company:
    monkeypatch.setenv("MILEPOST_NOW", NOW.isoformat())
    return company


def read(client: Client, address: str) -> str:
    client.get(address)  # the first look of a day brings the scores to it
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
    assert answer.status_code == 200
    assert len(queries) <= MOST
    return answer.content.decode()


@pytest.mark.parametrize(("who", "helps", "edits"), [("lead", True, True), ("member", True, False), ("viewer", False, False)])  # fmt: skip
def test_a_contributor_checks_in_on_the_page_of_the_goal(company: Company, who: str, helps: bool, edits: bool) -> None:
    goal = company.objective(contributor_ids=[company.ids["member"], company.ids["viewer"]])
    key_result = KeyResult.objects.get(objective_id=goal).pk
    page = read(client_of(company, who), reverse("goal", args=[company.slug, goal]) + f"?check_in={key_result}")
    assert (f'name="value-{key_result}"' in page) == helps
    assert (reverse("goal_edit", args=[company.slug, goal]) in page) == edits


@pytest.mark.parametrize(("who", "helps", "edits"), [("lead", True, True), ("member", True, False), ("viewer", False, False)])  # fmt: skip
def test_a_contributor_writes_values_on_the_page_of_the_kpi(
    company: Company, who: str, helps: bool, edits: bool
) -> None:
    slug = company.kpi(contributor_ids=[company.ids["member"], company.ids["viewer"]])
    client = client_of(company, who)
    page = read(client, reverse("kpi", args=[company.slug, slug]))
    importing = reverse("kpi_import", args=[company.slug, slug])
    assert (f'action="{reverse("kpi_values", args=[company.slug, slug])}"' in page) == helps
    assert (importing in page) == helps
    assert client.get(importing).status_code == (200 if helps else 403)
    assert (reverse("kpi_edit", args=[company.slug, slug]) in page) == edits


def test_whoever_does_not_help_is_shown_neither(company: Company) -> None:
    goal, slug = company.objective(), company.kpi()
    key_result = KeyResult.objects.get(objective_id=goal).pk
    client = client_of(company, "member")
    assert f'name="value-{key_result}"' not in read(client, reverse("goal", args=[company.slug, goal]))
    assert reverse("kpi_values", args=[company.slug, slug]) not in read(
        client, reverse("kpi", args=[company.slug, slug])
    )
