"""The page of the strategy and the pillars on forms."""

import pytest
from django.test import Client
from django.urls import reverse

from milepost.okr.models import Amendment, Objective
from milepost.workspace import actions as workspace
from milepost.workspace.models import Pillar
from tests.people import NOW, Company

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILEPOST_NOW", NOW.isoformat())


def client_of(company: Company, who: str = "admin") -> Client:
    client = Client()
    client.force_login(company.users[who], backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_an_admin_writes_the_strategy_and_everybody_reads_it(company: Company) -> None:
    admin, address = client_of(company), reverse("strategy", args=[company.slug])
    assert "Nothing is written down yet" in admin.get(address).content.decode()
    admin.post(reverse("strategy_edit", args=[company.slug]), {"mission": "No customer asks **twice**"})
    admin.post(reverse("pillar_new", args=[company.slug]), {"name": "Loyal customers", "perspective": "customer"})
    said = client_of(company, "viewer").get(address).content.decode()
    assert "No customer asks <strong>twice</strong>" in said
    assert "Loyal customers" in said and "Customer</span>" in said
    assert "Edit texts" not in said


def test_a_pillar_is_chosen_on_the_form_and_shown_with_where_it_comes_from(company: Company) -> None:
    pk = workspace.create_pillar(by=company.actor(), name="Loyal customers", now=NOW)
    goal = company.objective()
    below = company.objective("Below", parent_id=goal)
    lead = client_of(company, "lead")
    form = {
        "title": "Be the tool support teams recommend", "lead": company.ids["lead"], "cycle": company.cycle, "parent": "",
        "owner": f"team-{company.team}", "ambition": "committed", "counts": "key_results", "pillar": pk,
    }  # fmt: skip
    answer = lead.post(reverse("goal_edit", args=[company.slug, goal]), form)
    assert answer.status_code == 422 and "Say in one line why" in answer.content.decode()
    lead.post(reverse("goal_edit", args=[company.slug, goal]), form | {"reason": "It belongs there"})
    assert Objective.objects.get(pk=goal).pillar_id == pk
    assert Amendment.objects.get(goal_id=goal).field == "pillar"
    said = lead.get(reverse("goal", args=[company.slug, below])).content.decode()
    assert "Loyal customers</a>" in said and "from Be the tool support teams recommend" in said
    assert "It belongs there" in lead.get(reverse("goal", args=[company.slug, goal])).content.decode()


def test_an_archived_pillar_stays_chosen_where_it_stands_and_is_offered_nowhere_else(company: Company) -> None:
    pk = workspace.create_pillar(by=company.actor(), name="Loyal customers", now=NOW)
    slug = company.kpi(pillar_id=pk)
    admin = client_of(company)
    admin.post(reverse("pillar_archive", args=[company.slug, pk]), {"do": "archive"})
    assert "Loyal customers (archived)" in admin.get(reverse("kpi_edit", args=[company.slug, slug])).content.decode()
    assert "Loyal customers" not in admin.get(reverse("kpi_new", args=[company.slug])).content.decode()
    assert "Loyal customers" in admin.get(reverse("kpi", args=[company.slug, slug])).content.decode()
    admin.post(reverse("pillar_archive", args=[company.slug, pk]), {"do": "restore"})
    assert Pillar.objects.get(pk=pk).archived_at is None
