"""Calculated KPIs on their pages (rule K7)."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from milepost.metrics import actions as metrics
from milepost.metrics.models import Metric
from tests.metrics.formulas import calculated, measured, values_of, write
from tests.people import NOW, Company
from tests.web.test_query_counts import MOST

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILEPOST_NOW", NOW.isoformat())


@pytest.fixture
def deals(company: Company) -> Company:
    measured(company, "Won")
    measured(company, "Lost deals")
    write(company, "won", m10_01=10)
    write(company, "lost-deals", m10_01=30)
    return company


def client_of(company: Company, who: str = "lead") -> Client:
    client = Client()
    client.force_login(company.users[who])
    return client


def form(company: Company, **given: str) -> dict[str, str]:
    fields = {
        "name": "Win rate", "unit": "%", "frequency": "month", "direction": "higher", "aggregation": "stock", "rule": "none",
        "lead": str(company.ids["lead"]), "team": "", "formula": "100 × won ÷ (won + [lost deals])",
    }  # fmt: skip
    return fields | given


def test_a_formula_is_written_on_the_form_and_shown_with_links(deals: Company) -> None:
    client = client_of(deals)
    answer = client.post(reverse("kpi_new", args=[deals.slug]), form(deals))
    assert answer.status_code == 302
    assert values_of("win-rate") != {}
    page = client.get(answer.url).content.decode()
    assert 'calculated: <code class="formula">100 × Won ÷ (Won + [Lost deals])</code>' in page
    for slug, name in (("won", "Won"), ("lost-deals", "Lost deals")):
        assert f'<a href="{reverse("kpi", args=[deals.slug, slug])}">{name}</a>' in page
    assert "25" in page
    assert 'id="add"' not in page
    assert reverse("kpi_import", args=[deals.slug, "win-rate"]) not in page
    board = client.get(reverse("kpis", args=[deals.slug])).content.decode()
    assert "Calculated" in board
    shown = client.get(reverse("kpi_edit", args=[deals.slug, "win-rate"])).content.decode()
    assert "100 × Won ÷ (Won + [Lost deals])</textarea>" in shown
    kept = Metric.objects.get(slug="win-rate")
    sent = form(deals, formula="100 × Won ÷ (Won + [Lost deals])", group="Sales", version=str(kept.version))
    assert client.post(reverse("kpi_edit", args=[deals.slug, "win-rate"]), sent).status_code == 302
    kept.refresh_from_db()
    assert (kept.group, kept.formula) == ("Sales", Metric.objects.get(slug="win-rate").formula)


def test_what_is_wrong_stands_at_the_field(deals: Company) -> None:
    client = client_of(deals)
    answer = client.post(reverse("kpi_new", args=[deals.slug]), form(deals, formula="100 × lost"))
    page = answer.content.decode()
    assert answer.status_code == 422
    at = page.index('id="id_formula_error"')
    assert "At character 7: there is no KPI “lost”" in page[at : at + 400]
    assert "100 × lost</textarea>" in page


TRIED = [
    ("100 × won ÷ (won + [lost deals])", "Reads Won and Lost deals. "),
    ("won × ", "At character 6: the formula ends where a name, a number or “(” belongs."),
    ("won + lost", "At character 7: there is no KPI “lost”."),
    ("", "Empty: its values are typed, imported or sent."),
]


@pytest.mark.parametrize(("formula", "said"), TRIED)
def test_a_formula_is_tried_while_it_is_typed(deals: Company, formula: str, said: str) -> None:
    client = client_of(deals, "viewer")
    answer = client.post(reverse("kpi_formula", args=[deals.slug]), form(deals, formula=formula))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert said in text
    assert ("25" in text) == said.startswith("Reads")
    assert "<html" not in text


def test_trying_knows_the_kpi_it_is_for(deals: Company) -> None:
    calculated(deals, "Win rate", "100 × won ÷ (won + [lost deals])")
    calculated(deals, "Again", "[win rate] × 2")
    client = client_of(deals)
    address = reverse("kpi_formula", args=[deals.slug])
    text = client.post(f"{address}?of=win-rate", form(deals, formula="again + won")).content.decode()
    assert "This would make a circle: “Win rate” → “Again” → “Win rate”." in text
    text = client.post(f"{address}?of=lost-deals", form(deals, formula="won")).content.decode()
    assert "This KPI has values of its own" in text
    text = client.post(address, form(deals, frequency="week", name="<b>Mine")).content.decode()
    assert "“Won” has one value a month and “&lt;b&gt;Mine” one a week" in text
    text = client.post(address, form(deals, frequency="fortnight", formula="won")).content.decode()
    assert "one a week" in text
    assert "U+0000" in client.post(address, form(deals, formula="won \x00")).content.decode()


def test_typed_values_and_files_are_refused_with_the_reason(deals: Company) -> None:
    calculated(deals, "Win rate", "100 × won ÷ (won + [lost deals])")
    client = client_of(deals)
    for answer in (
        client.get(reverse("kpi_import", args=[deals.slug, "win-rate"])),
        client.post(reverse("kpi_values", args=[deals.slug, "win-rate"]), {"period": "2026-10", "value": "3"}),
    ):
        assert answer.status_code == 400
        assert "“Win rate” is calculated by a formula and takes no values" in answer.content.decode()
    palette = client.post(
        reverse("find", args=[deals.slug]), {"kind": "kpi", "reference": "win-rate", "value": "3"}, follow=True
    )
    assert "takes no values" in palette.content.decode()
    assert list(values_of("win-rate").values()) == [25.0]


def test_an_archived_input_is_said_to_be(deals: Company) -> None:
    calculated(deals, "Twice", "2 × won")
    metrics.archive_kpi(by=deals.actor(), slug="won", now=NOW)
    page = client_of(deals).get(reverse("kpi", args=[deals.slug, "twice"])).content.decode()
    assert "Won</a> (archived)" in page


def test_a_page_takes_as_many_queries_with_two_inputs_as_with_twenty(deals: Company) -> None:
    names = [f"Part {k}" for k in range(20)]
    for name in names:
        write(deals, measured(deals, name), m10_01=1)
    calculated(deals, "Few", "won + [lost deals]")
    calculated(deals, "Many", " + ".join(f"[{name}]" for name in names))
    client = client_of(deals)
    counts = []
    for slug in ("few", "few", "many"):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse("kpi", args=[deals.slug, slug])).status_code == 200
        counts.append(len(asked))
    assert counts[1] == counts[2]
    assert counts[1] <= MOST  # of the house: the form asks for pillars and hints beside what a formula needs
