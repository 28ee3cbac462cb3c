"""The pages of the goals: addresses that can be shared, switching that keeps the filter, views that are kept."""

import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from milepost.okr import actions
from milepost.okr.models import SavedView
from milepost.okr.queries.filters import FORMS
from tests.people import NOW, TODAY, Company

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
STATE = "view=attention&team={team}&lead={lead}&status=at_risk&state=active&q=tool&group=owner&sort=title"


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILEPOST_NOW", NOW.isoformat())


def client(company: Company, who: str = "lead") -> Client:
    found = Client()
    found.force_login(company.users[who], backend=BACKEND)
    return found


def page(company: Company, query: str = "", who: str = "lead", status: int = 200) -> str:
    answer = client(company, who).get(reverse("goals", args=[company.slug]) + query)
    assert answer.status_code == status
    return answer.content.decode()


def links(text: str, label: str) -> list[str]:
    """Return the addresses in the navigation of this label."""
    (inside,) = re.findall(rf'<nav [^>]*aria-label="{label}">(.*?)</nav>', text, re.DOTALL)
    return [found.replace("&amp;", "&") for found in re.findall(r'<a href="([^"]*)"', inside)]


def asked_in(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


@pytest.mark.parametrize("form", FORMS)
def test_switching_the_view_or_the_tab_keeps_everything_else(company: Company, form: str) -> None:
    company.objective()
    state = STATE.format(team=company.team, lead=company.ids["lead"])
    text = page(company, f"?as={form}&{state}")
    ours = asked_in(f"?as={form}&{state}")
    assert [asked_in(link) for link in links(text, "View")] == [ours | {"as": other} for other in FORMS]
    tabs = [asked_in(link) for link in links(text, "Filter goals")]
    assert [tab | {"view": "attention"} for tab in tabs] == [ours] * 5
    assert [tab.get("view", "all") for tab in tabs] == ["all", "attention", "overdue", "mine", "unaligned"]
    for said in ("Team: Acme Support", "Lead: Lead Acme", "Status: at risk", "Text: tool", "By owner", "Order: title"):
        assert said in text


@pytest.mark.parametrize("form", FORMS)
def test_each_view_shows_the_goals(company: Company, form: str) -> None:
    top = company.objective("Be recommended", owner_team_id=None, who="admin")
    company.objective("Answer at once", parent_id=top)
    actions.refresh_day(by=company.operator(), now=NOW)
    text = page(company, f"?as={form}")
    assert 'aria-current="true">' in text
    said = ("Acme Support", "the company") if form == "chart" else ("Be recommended", "Answer at once")
    assert all(one in text for one in said)


@pytest.mark.parametrize("form", FORMS)
def test_a_view_without_goals_says_what_to_do(company: Company, form: str) -> None:
    assert "Add the first objective" in page(company, f"?as={form}")
    assert "no goal fits this filter" in page(company, f"?as={form}&q=nothing")
    assert "Add the first objective" not in page(company, f"?as={form}", who="viewer")


def test_what_there_is_not_is_said_and_left_out(company: Company) -> None:
    company.objective("Be recommended")
    text = page(company, "?as=pie&status=green&team=999999")
    for said in ("view “pie”", "status “green”", "The team of this view is not there"):
        assert said in text
    assert "Be recommended" in text
    page(company, "?cycle=999999", status=404)


def test_a_choice_is_escaped(company: Company) -> None:
    text = page(company, "?as=list&status=%3Cscript%3E&q=%3Cb%3Etool")
    assert "<script>" not in text.replace("<script src", "")
    assert "<b>tool" not in text


def test_text_and_counts_beside_a_cycle_select_keep_the_filter(company: Company) -> None:
    actions.create_cycle(by=company.operator(), name="Next", first_day=TODAY, last_day=TODAY, now=NOW)
    text = page(company, "?as=list&q=tool&group=team&cycle=" + str(company.cycle))
    for name, value in (("as", "list"), ("q", "tool"), ("group", "team")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in text
    select = text[text.index('<form method="get" class="inline">') :].partition("</form>")[0]
    assert '<input type="hidden" name="cycle"' not in select  # the select is the one that says it


def test_folded_rows_are_loaded_on_demand(company: Company) -> None:
    for number in range(9):
        company.objective(f"Goal {number}")
    text = page(company, "?as=tree")
    assert text.count("hx-get") == 10  # nine rows and the filter
    assert "Tickets older than 24 h" not in text
    opened = page(company, f"?as=tree&open={re.findall(r'id=.o-([0-9]+)', text)[0]}")
    assert opened.count(">Tickets older than 24 h</a>") == 1


def test_the_next_page_is_of_the_same_filter(company: Company) -> None:
    for number in range(51):
        company.objective(f"Goal {number:02}", activate=False)
    text = page(company, "?as=list&sort=title")
    assert 'href="?as=list&amp;sort=title&amp;page=2"' in text
    after = page(company, "?as=list&sort=title&page=2")
    assert "Goal 50" in after and "Goal 00" not in after
    assert 'href="?as=list&amp;sort=title&amp;page=1"' in after


def test_what_can_be_chosen_is_a_page_and_a_part_of_one(company: Company) -> None:
    address = reverse("goals_choose", args=[company.slug]) + f"?as=map&view=mine&team={company.team}&q=tool"
    whole = client(company).get(address).content.decode()
    part = client(company).get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" in whole and "<html" not in part
    for text in (whole, part):
        assert '<input type="hidden" name="as" value="map">' in text
        assert '<input type="hidden" name="view" value="mine">' in text
        assert f'<option value="{company.team}" selected>Acme Support</option>' in text
        assert 'name="q" value="tool"' in text
        assert "Member Acme" in text


def save(company: Company, who: str = "lead", **given: str) -> object:
    body = {"name": "Mine", "query": "as=list&view=mine"} | given
    return client(company, who).post(reverse("goal_views", args=[company.slug]), body)


def test_a_view_is_kept_and_stands_above_the_goals(company: Company) -> None:
    answer = save(company, seen_by="all")
    assert answer["Location"].endswith("goals/?as=list&view=mine")  # type: ignore[index]
    for who in ("lead", "viewer"):
        assert links(page(company, "?as=tree", who=who), "Saved views") == ["?as=list&view=mine"]
    assert "aria-current" in re.findall(r'aria-label="Saved views">.*?</nav>', page(company, "?as=list&view=mine"))[0]


def test_the_page_opens_with_the_view_that_its_reader_chose(company: Company) -> None:
    save(company, opens="this")
    address = reverse("goals", args=[company.slug])
    assert client(company).get(address)["Location"] == f"{address}?as=list&view=mine"
    assert client(company).get(f"{address}?as=tree").status_code == 200
    assert client(company, "member").get(address).status_code == 200


def test_a_refusal_stands_beside_its_field(company: Company) -> None:
    save(company)
    answer = save(company)
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert "There is a view called Mine already" in answer.content.decode()  # type: ignore[attr-defined]
    assert save(company, name="").status_code == 422  # type: ignore[attr-defined]


def test_a_view_is_renamed_shared_and_deleted(company: Company) -> None:
    save(company)
    kept = SavedView.objects.get()
    address = reverse("goal_view", args=[company.slug, kept.pk])
    assert client(company).get(address).status_code == 200
    changed = client(company).post(address, {"name": "Ours", "seen_by": "all", "opens": "this", "version": "1"})
    assert changed.status_code == 302
    kept.refresh_from_db()
    assert (kept.name, kept.is_shared, kept.is_default, kept.query) == ("Ours", True, True, "as=list&view=mine")
    late = client(company).post(address, {"name": "Late", "version": "1"})
    assert late.status_code == 409
    assert client(company, "admin").post(address, {"name": "Tidy", "seen_by": "all"}).status_code == 302
    kept.refresh_from_db()
    assert (kept.name, kept.is_default) == ("Tidy", True)  # whose page it opens is its owner's to say
    assert client(company).post(address, {"do": "delete"}).status_code == 302
    assert not SavedView.objects.exists()


def test_a_private_view_is_not_there_for_others(company: Company) -> None:
    save(company)
    address = reverse("goal_view", args=[company.slug, SavedView.objects.get().pk])
    for who in ("admin", "member", "viewer"):
        assert client(company, who).get(address).status_code == 404
        assert client(company, who).post(address, {"name": "Theirs"}).status_code == 404
    assert "Mine" not in links(page(company, "?as=tree", who="admin"), "View")
    assert 'aria-label="Saved views"' not in page(company, "?as=tree", who="admin")


def test_a_viewer_sees_views_and_no_form(company: Company) -> None:
    save(company, seen_by="all")
    text = client(company, "viewer").get(reverse("goal_views", args=[company.slug])).content.decode()
    assert "kept by" in text and "Save view" not in text and "Change<span" not in text
