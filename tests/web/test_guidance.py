"""Hints beside the field, remarks as a list, examples: what pages say."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from milepost.metrics.models import Metric
from milepost.okr import actions
from milepost.okr.models import KeyResult, Objective, Template
from tests.people import NOW, TODAY, Company

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILEPOST_NOW", NOW.isoformat())


def client(company: Company, who: str = "lead") -> Client:
    found = Client()
    found.force_login(company.users[who], backend="allauth.account.auth_backends.AuthenticationBackend")
    return found


def hints(
    company: Company, form: str, sent: dict[str, object], *, of: object = "", who: str = "lead"
) -> dict[str, str]:
    """Return what is said in each room of a form."""
    address = reverse("guidance_hints", args=[company.slug]) + f"?form={form}&of={of}"
    text = client(company, who).post(address, sent, headers={"HX-Request": "true"}).content.decode()
    rooms = {}
    for part in text.split('<div id="hints-')[1:]:
        name, _, said = part.partition('"')
        rooms[name] = said
    return rooms


def typed(company: Company, **more: object) -> dict[str, object]:
    return {
        "title": "Answer weekends as fast as weekdays", "owner": "", "lead": company.ids["lead"], "cycle": company.cycle,
        "parent": "", "ambition": "committed", "kr-TOTAL_FORMS": 3, **more,
    }  # fmt: skip


def test_a_hint_stands_in_the_room_of_its_field_and_others_stay_empty(company: Company) -> None:
    said = hints(company, "objective", typed(company, title="Improve support"))
    assert "vague" in said["title"]
    assert "tip" not in said["lead"] + said["parent"] + said["kr-0"]
    assert "1 of 3 objectives" in said["owner"]
    assert "Nobody leads it yet." in hints(company, "objective", typed(company, lead=""))["lead"]
    assert "unaligned" in hints(company, "objective", typed(company, owner=f"team-{company.team}"))["parent"]


def test_a_key_result_in_one_line_is_read_and_work_is_known(company: Company) -> None:
    rows = {"kr-0-title": "First reply time, weekends 71 -> 30 min", "kr-1-title": "Launch the Saturday rota"}
    said = hints(company, "objective", typed(company, **rows))
    assert "Read as: from 71 to 30 min" in said["kr-0"]
    assert "activity" in said["kr-1"]
    assert 'data-put="kr-1-kind" data-value="initiative"' in said["kr-1"]
    made = hints(company, "objective", typed(company, **rows, **{"kr-1-kind": "initiative"}))
    assert "Read as: an initiative" in made["kr-1"] and "activity" not in made["kr-1"]
    assert "Make it a key result" in made["kr-1"] and "Make it a key result" not in made["kr-0"]
    assert "too-few" not in said["key_results"]
    alone = hints(company, "objective", typed(company, **{"kr-0-title": "Replies 48 -> 30 min"}))
    assert "too-few" in alone["key_results"]


def test_a_kpi_that_a_key_result_could_read_is_offered_unless_it_is_behind_a_wall(company: Company) -> None:
    slug = company.kpi("First reply time", visibility="private")
    sent = typed(company, **{"kr-0-title": "First reply time, weekends 71 -> 30 min"})
    said = hints(company, "objective", sent)["kr-0"]
    assert f'data-put="kr-0-kpi" data-value="{slug}"' in said
    assert "First reply time”" not in hints(company, "objective", sent, who="member")["kr-0"]
    assert "no-source" not in hints(company, "objective", sent, who="member")["kr-0"]


def test_an_objective_that_is_there_is_not_asked_for_its_key_results_again(company: Company) -> None:
    goal = company.objective()
    said = hints(company, "objective", typed(company), of=goal)
    assert "too-few" not in str(said)
    assert "1 of 3 objectives" in said["owner"]  # it counts once


def test_the_form_of_a_key_result_offers_another_kind(company: Company) -> None:
    goal = company.objective()
    level = {"title": "First reply time", "kind": "reach", "start": "30", "target": "30"}
    said = hints(company, "key_result", level, of=goal)["target"]
    assert "start-is-target" in said
    assert 'data-put="kind" data-value="keep"' in said
    wish = hints(company, "key_result", {"title": "A content team", "kind": "reach"}, of=goal)
    assert 'data-put="kind" data-value="baseline"' in wish["title"]
    hidden = company.objective("Hidden", visibility="private")
    company.kpi()
    sent = level | {"kpi": "first-reply-time"}
    address = reverse("guidance_hints", args=[company.slug]) + f"?form=key_result&of={hidden}"
    assert client(company, "member").post(address, sent).status_code == 404


def test_a_target_that_its_kpi_never_came_near_is_told_while_it_is_typed(company: Company) -> None:
    slug, goal = company.kpi(), company.objective()
    values = [actions.NewReading(day=TODAY - timedelta(weeks=n), value=40.0 + n % 4) for n in range(1, 30)]
    actions.record_readings(by=company.actor("lead"), kpi=slug, readings=values, now=NOW)
    sent = {"title": "First reply time", "kind": "reach", "start": "43", "target": "30", "kpi": slug}
    assert "unrealistic" in hints(company, "key_result", sent, of=goal)["target"]
    assert "unrealistic" not in str(hints(company, "key_result", sent | {"target": "41"}, of=goal))
    row = {f"kr-0-{name}": value for name, value in sent.items()}
    assert "unrealistic" in hints(company, "objective", typed(company, **row))["kr-0"]


def test_a_target_without_a_period_is_offered_one(company: Company) -> None:
    sent = {"name": "Days until paid", "rule": "fixed", "as_given": "Below 60 days", "frequency": "month"}
    said = hints(company, "kpi", sent)
    assert 'data-put="as_given" data-value="Below 60 days each month"' in said["as_given"]
    assert "no-source" in said["description"]
    assert "no-target" in hints(company, "kpi", sent | {"rule": "none"})["rule"]


def test_hints_take_anything_that_can_be_typed(company: Company) -> None:
    for odd in ("nan", "1e400", "<script>", "x" * 5000, "\0", "−5", "99999999999999999999"):
        sent = dict.fromkeys(("title", "owner", "lead", "parent", "kind", "start", "target", "low", "kpi", "ambition", "name", "as_given", "unit", "rule", "frequency", "kr-TOTAL_FORMS", "kr-0-title", "kr-0-start", "kr-0-target", "kr-0-kind"), odd)  # fmt: skip
        for form in ("objective", "key_result", "kpi", "nothing"):
            address = reverse("guidance_hints", args=[company.slug]) + f"?form={form}&of={odd}"
            answer = client(company).post(address, sent)
            assert answer.status_code == 200, (form, odd)
            assert b"<script>" not in answer.content


def test_the_list_groups_remarks_and_links_to_where_they_are_put_right(company: Company) -> None:
    goal = company.objective("Improve support", key_results=[actions.KeyResultDraft("Launch it", start=0, target=1)])
    company.objective("Improve in secret", visibility="private")
    page = client(company).get(reverse("guidance", args=[company.slug])).content.decode()
    assert "Remarks on Q4 2026" in page
    assert "2 of 3 objectives" in page
    assert reverse("goal_edit", args=[company.slug, goal]) + "#id_title" in page
    pk = KeyResult.objects.get(title="Launch it").pk
    assert reverse("key_result_initiative", args=[company.slug, pk]) in page  # it is work
    outside = client(company, "member").get(reverse("guidance", args=[company.slug])).content.decode()
    assert "secret" not in outside
    assert "1 of 3 objectives" in outside
    assert "/edit/" not in outside  # who may not change it is not sent there
    assert "No remarks" in client(company).get(reverse("guidance", args=[company.slug]) + "?of=kpis").content.decode()


def test_the_hints_of_an_objective_stand_on_its_page_for_who_may_change_it(company: Company) -> None:
    goal = company.objective("Improve support")
    address = reverse("goal_guidance", args=[company.slug, goal])
    for who, is_there in (("lead", True), ("admin", True), ("member", False), ("viewer", False)):
        page = client(company, who).get(reverse("goal", args=[company.slug, goal])).content.decode()
        assert (f'hx-get="{address}"' in page) is is_there
    panel = client(company).get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in panel
    assert "vague" in panel
    assert "<h1>Hints</h1>" in client(company).get(address).content.decode()


def test_an_example_fills_the_form_and_is_saved_as_it_stands(company: Company) -> None:
    address = reverse("goal_new", args=[company.slug]) + "?example=answers-the-same-day"
    page = client(company).get(address)
    assert page.context["form"]["title"].value() == "Nobody goes home waiting for an answer from us"
    formset = page.context["formset"]
    assert [f["title"].value() for f in formset][:1] == ["Median first reply time"]
    lists = {"contributors", "sharing_teams"}  # a browser sends nothing of a list without a choice
    sent: dict[str, object] = {f.html_name: f.value() or "" for f in page.context["form"] if f.name not in lists}
    sent |= {"kr-TOTAL_FORMS": len(formset.forms), "kr-INITIAL_FORMS": formset.initial_form_count()}
    for form in formset:
        sent |= {f.html_name: "" if f.value() is None else f.value() for f in form}
    assert client(company).post(address, sent).status_code == 302
    assert Objective.objects.get().state == "active"
    rows = KeyResult.objects.order_by("position").values_list("title", "start", "target", "metric__unit_code")
    assert rows[0] == ("Median first reply time", 190.0, 60.0, "min")
    assert len(rows) == 3
    assert client(company).get(reverse("goal_new", args=[company.slug]) + "?example=nothing").status_code == 404


def test_a_template_of_ones_own_keeps_the_kind_of_what_needs_no_number(company: Company) -> None:
    drafts = [
        actions.KeyResultDraft("Replies", start=48, target=30, unit="min"),
        actions.KeyResultDraft("Contract signed", kind="milestone", steps=[actions.StepDraft("Signed")]),
    ]
    goal = company.objective(key_results=drafts)
    ask = reverse("goal_template", args=[company.slug, goal])
    assert "Everybody here will see the template" in client(company).get(ask).content.decode()
    assert client(company).post(ask, {"name": "To begin with"}).status_code == 302
    pk = Template.objects.get().pk
    address = reverse("goal_new", args=[company.slug]) + f"?template={pk}"
    rows = client(company, "member").get(address).context["formset"]
    assert [(f["title"].value(), f["start"].value(), f["kind"].value()) for f in rows][:2] == [
        ("Replies", None, "reach"), ("Contract signed", None, "milestone"),
    ]  # fmt: skip
    sent = typed(company) | {
        "counts": "key_results", "kr-TOTAL_FORMS": 2, "kr-INITIAL_FORMS": 2, "kr-0-title": "Replies", "kr-0-start": "50",
        "kr-0-target": "20", "kr-0-kind": "reach", "kr-1-title": "Contract signed", "kr-1-kind": "milestone",
    }  # fmt: skip
    assert client(company).post(address, sent).status_code == 302
    made = KeyResult.objects.filter(objective__title="Answer weekends as fast as weekdays")
    assert list(made.order_by("position").values_list("kind", flat=True)) == ["reach", "milestone"]


def test_an_example_of_a_kpi_fills_its_form_with_the_numbers_of_its_target(company: Company) -> None:
    form = client(company).get(reverse("kpi_new", args=[company.slug]) + "?example=first-reply-time").context["form"]
    said = {
        name: form[name].value()
        for name in ("name", "unit", "frequency", "direction", "aggregation", "high", "as_given")
    }
    assert said == {
        "name": "First reply time", "unit": "min", "frequency": "week", "direction": "lower", "aggregation": "distinct",
        "high": "30", "as_given": "At most 30 min each week",
    }  # fmt: skip
    wide = client(company).get(reverse("kpi_new", args=[company.slug]) + "?example=budget-deviation").context["form"]
    assert (wide["low"].value(), wide["high"].value()) == ("95", "103")
    vague = (
        client(company)
        .get(reverse("kpi_new", args=[company.slug]) + "?example=monthly-recurring-revenue")
        .context["form"]
    )
    assert vague["low"].value() is None
    assert Metric.objects.count() == 0


def test_examples_are_narrowed_and_a_viewer_is_offered_no_form(company: Company) -> None:
    address = reverse("examples", args=[company.slug])
    page = client(company).get(address + "?department=finance").content.decode()
    assert "Three objectives to begin with." in page
    assert "Our work is paid for when it is done" in page
    assert "Releases that nobody has to notice" not in page
    assert "Use it" in page
    assert "Use it" not in client(company, "viewer").get(address).content.decode()
    assert "No example has all of this" in client(company).get(address + "?q=zzzz").content.decode()
    assert client(company).get(address + "?kind=odd&department=odd&industry=odd").status_code == 200


def test_a_template_is_renamed_and_deleted_from_the_page(company: Company) -> None:
    by = company.actor("lead")
    pk = actions.save_objective_template(by=by, objective_id=company.objective(), name="First", now=NOW)
    address = reverse("template_change", args=[company.slug, pk])
    assert (
        "Rename or delete"
        not in client(company, "member").get(reverse("examples", args=[company.slug])).content.decode()
    )
    assert client(company).post(address, {"name": "Second", "kind": "objective"}).status_code == 302
    assert "Second" in client(company).get(reverse("examples", args=[company.slug])).content.decode()
    assert client(company).post(address, {"do": "delete"}).status_code == 302
    assert not Template.objects.exists()
