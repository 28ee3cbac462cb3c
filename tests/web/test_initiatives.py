"""Work under goals on pages: added in one line, its page, its checklist, where it stands."""

import pytest
from django.test import Client
from django.urls import reverse

from milepost.okr.models import ChecklistItem, Initiative, KeyResult, KeyResultScore
from tests.okr.test_initiatives import added, goal_of_tasks
from tests.people import NOW, Company

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def lead(company: Company, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setenv("MILEPOST_NOW", NOW.isoformat())
    client = Client()
    client.force_login(company.users["lead"], backend=BACKEND)
    return client


def test_work_is_added_in_one_line_and_done_with_one_button(company: Company, lead: Client) -> None:
    goal, _ = goal_of_tasks(company)
    new = reverse("initiative_new", args=[company.slug, goal])
    assert lead.post(new, {"quick": "1", "title": "Write macros"}).status_code == 302
    made = Initiative.objects.get()
    assert (made.title, made.lead_id, made.key_result_id) == ("Write macros", company.ids["lead"], None)
    page = lead.get(reverse("goal", args=[company.slug, goal])).content.decode()
    assert "0 of 1 done" in page
    move = reverse("initiative_move", args=[company.slug, made.pk])
    answer = lead.post(move, {"from": "goal", "state": "done"})
    assert answer["Location"].endswith("#initiatives")
    assert "1 of 1 done" in lead.get(reverse("goal", args=[company.slug, goal])).content.decode()


def test_a_title_without_words_is_asked_for_again(company: Company, lead: Client) -> None:
    goal, _ = goal_of_tasks(company)
    answer = lead.post(reverse("initiative_new", args=[company.slug, goal]), {"quick": "1", "title": " "})
    assert answer.status_code == 422
    assert not Initiative.objects.exists()


def test_the_form_says_what_counts_and_why_it_does_not(company: Company, lead: Client) -> None:
    goal, key_result = goal_of_tasks(company)
    reach = KeyResult.objects.get(objective_id=goal, kind="reach")
    new = reverse("initiative_new", args=[company.slug, goal])
    sent = {"title": "Hire", "items": "Advert\n\n Interviews ", "due_on": "2026-12-04", "counts": "1"}
    wrong = lead.post(new, sent | {"key_result": reach.pk})
    assert wrong.status_code == 422
    assert "is not made of tasks" in wrong.content.decode()
    assert "Say in one line why" in lead.post(new, sent | {"key_result": key_result.pk}).content.decode()
    lead.post(new, sent | {"key_result": key_result.pk, "reason": "The rota needs people"})
    made = Initiative.objects.get()
    assert [item.title for item in ChecklistItem.objects.order_by("position")] == ["Advert", "Interviews"]
    shown = lead.get(reverse("initiative", args=[company.slug, made.pk])).content.decode()
    assert "Planned, due 4 Dec. 0 of 2 lines of its checklist are done." in shown
    assert "one of its tasks, 33 % of it" in shown.replace("\u202f", " ").replace("\u2009", " ").replace("\xa0", " ")
    check_in = lead.get(reverse("goal", args=[company.slug, goal]) + f"?check_in={key_result.pk}").content.decode()
    assert reverse("initiative", args=[company.slug, made.pk]) in check_in


def test_a_line_keeps_its_tick_when_another_one_is_added(company: Company, lead: Client) -> None:
    goal, _ = goal_of_tasks(company)
    pk = added(company, goal)
    edit = reverse("initiative_edit", args=[company.slug, pk])
    lead.post(edit, {"title": "Hire for weekends", "items": "Advert\nInterviews"})
    first = ChecklistItem.objects.get(title="Advert")
    lead.post(reverse("initiative_move", args=[company.slug, pk]), {"item": first.pk, "done": "1"})
    lead.post(edit, {"title": "Hire for weekends", "items": "Contract\nAdvert"})
    lines = [(item.title, item.is_done) for item in ChecklistItem.objects.order_by("position")]
    assert lines == [("Contract", False), ("Advert", True)]


def test_a_check_in_saves_the_tasks_that_are_its_own(company: Company, lead: Client) -> None:
    goal, key_result = goal_of_tasks(company)
    pk = added(company, goal, key_result_id=key_result.pk, counts=True, reason="The rota needs people")
    lead.post(reverse("initiative_move", args=[company.slug, pk]), {"state": "done"})
    own = key_result.steps.get(title="Rota agreed")
    sent = {f"confidence-{key_result.pk}": "6", f"steps-{key_result.pk}": [own.pk], "save": "all"}
    answer = lead.post(reverse("check_in", args=[company.slug, key_result.pk]), sent)
    assert answer.status_code == 302
    assert KeyResultScore.objects.get(pk=key_result.pk).score == pytest.approx(2 / 3)


def test_cancelling_what_counts_without_a_reason_says_so_and_changes_nothing(company: Company, lead: Client) -> None:
    goal, key_result = goal_of_tasks(company)
    pk = added(company, goal, key_result_id=key_result.pk, counts=True, reason="The rota needs people")
    answer = lead.post(reverse("initiative_move", args=[company.slug, pk]), {"state": "cancelled"}, follow=True)
    assert "Say in one line why it changes" in answer.content.decode()
    assert Initiative.objects.get().state == "planned"
