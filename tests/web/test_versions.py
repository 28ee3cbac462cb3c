"""Two people at one form: the second one sees both versions, and nothing of either is lost."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from milepost.metrics.models import Metric
from milepost.okr.models import Amendment, Cycle, KeyResult, Objective
from milepost.workspace.models import Team, Workspace
from tests.people import NOW, Company

pytestmark = pytest.mark.django_db
Form = dict[str, object]


@pytest.fixture
def browser(company: Company, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setenv("MILEPOST_NOW", NOW.isoformat())
    client = Client()
    client.force_login(company.users["admin"], backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def opened(client: Client, address: str) -> Form:
    """Open a form and return what a browser would send of it."""
    form = client.get(address).context["form"]
    sent: Form = {}
    for bound in form:
        value = bound.value()
        if value is not None and value != []:
            sent[bound.html_name] = value
    return sent


Case = tuple[str, str, object, object, Callable[[], object]]


def cases(company: Company) -> dict[str, Case]:
    """Return by kind: the address of the form, a field, two values for it, and what stands there."""
    goal = company.objective("Open parent", activate=False)
    key = KeyResult.objects.get(objective_id=goal)
    slug = company.kpi()
    ws = company.slug
    return {
        "objective": (
            reverse("goal_edit", args=[ws, goal]), "title", "By Ana", "By Tom", lambda: Objective.objects.get(pk=goal).title,
        ),
        "key result": (
            reverse("key_result_edit", args=[ws, key.pk]), "target", "50", "40", lambda: KeyResult.objects.get(pk=key.pk).target,
        ),
        "kpi": (reverse("kpi_edit", args=[ws, slug]), "group", "Ana's", "Tom's", lambda: Metric.objects.get(slug=slug).group),
        "team": (
            reverse("team_edit", args=[ws, company.team]), "name", "By Ana", "By Tom", lambda: Team.objects.get(pk=company.team).name,
        ),
        "cycle": (
            reverse("settings_cycles", args=[ws]) + f"?edit={company.cycle}", "name", "By Ana", "By Tom",
            lambda: Cycle.objects.get(pk=company.cycle).name,
        ),
        "workspace": (
            reverse("settings", args=[ws]), "name", "By Ana", "By Tom", lambda: Workspace.objects.get(pk=company.workspace_id).name,
        ),
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["objective", "key result", "kpi", "team", "cycle", "workspace"])
def test_the_second_one_is_shown_both_versions_and_decides(company: Company, browser: Client, kind: str) -> None:
    address, field, first, second, stands = cases(company)[kind]
    ana, tom = opened(browser, address), opened(browser, address)
    assert ana["version"] == tom["version"]
    assert browser.post(address, {**ana, field: first}).status_code == 302
    late = browser.post(address, {**tom, field: second})
    page = late.content.decode()
    assert late.status_code == 409
    assert str(stands()) in {str(first), f"{first}.0"}  # nothing of the first is lost
    assert "Somebody saved another version while you wrote" in page
    (differs,) = late.context["form"].conflict
    assert (differs.there, differs.sent) == (str(first).replace("'", "'"), str(second))
    again = {**tom, field: second, "version": late.context["form"]["version"].value()}
    assert browser.post(address, again).status_code == 302  # seen, and wanted all the same
    assert str(stands()) in {str(second), f"{second}.0"}


def test_what_was_not_touched_by_the_first_is_not_called_different(company: Company, browser: Client) -> None:
    address, field, first, _, _ = cases(company)["objective"]
    ana, tom = opened(browser, address), opened(browser, address)
    browser.post(address, {**ana, field: first, "why": "Because"})
    late = browser.post(address, {**tom, "ambition": "aspirational"})
    said = {d.label: (d.there, d.sent) for d in late.context["form"].conflict}
    assert set(said) == {"Objective", "Why", "Kind"}
    assert said["Why"] == ("Because", "")
    assert said["Kind"][0].startswith("Committed")


def test_a_running_goal_keeps_one_amendment_a_writer(company: Company, browser: Client) -> None:
    goal = company.objective("Runs")
    address = reverse("goal_edit", args=[company.slug, goal])
    ana, tom = opened(browser, address), opened(browser, address)
    browser.post(address, {**ana, "title": "By Ana", "reason": "Clearer"})
    late = browser.post(address, {**tom, "title": "By Tom", "reason": "Shorter"})
    assert late.status_code == 409
    assert Amendment.objects.filter(goal_id=goal).count() == 1
    browser.post(
        address, {**tom, "title": "By Tom", "reason": "Shorter", "version": late.context["form"]["version"].value()}
    )
    told = list(Amendment.objects.filter(goal_id=goal).order_by("id").values_list("old", "new", "reason"))
    assert told == [("Runs", "By Ana", "Clearer"), ("By Ana", "By Tom", "Shorter")]
