"""The form, the card and the check-in of each kind of key result, as pages show and take them."""

import pytest
from django.test import Client
from django.urls import reverse

from milepost.okr import actions
from milepost.okr.models import CheckIn, KeyResult, KeyResultScore, Step
from tests.people import NOW, Company

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(company: Company, client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setenv("MILEPOST_NOW", NOW.isoformat())
    client.force_login(company.users["lead"])
    return client


def form(company: Company, **given: object) -> dict[str, object]:
    fields = {
        "title": "Measure", "kind": "reach", "lead": company.ids["lead"], "ambition": "committed", "reason": "Agreed",
    }  # fmt: skip
    return fields | given


def added(company: Company, client: Client, **given: object) -> KeyResult:
    pk = company.objective(key_results=[actions.KeyResultDraft(title="First", start=0, target=1)])
    answer = client.post(reverse("key_result_new", args=[company.slug, pk]), form(company, **given))
    assert answer.status_code == 302, answer.content.decode()
    return KeyResult.objects.get(title="Measure")


def page_of(company: Company, client: Client, key_result: KeyResult) -> str:
    address = reverse("goal", args=[company.slug, key_result.objective_id])
    return client.get(f"{address}?check_in={key_result.pk}").content.decode()


def checked_in(company: Company, client: Client, key_result: KeyResult, **given: object) -> KeyResultScore:
    names = {name: f"{name}-{key_result.pk}" for name in ("value", "steps", "note")}
    sent = {names.get(name, name): value for name, value in given.items()} | {f"confidence-{key_result.pk}": "6"}
    answer = client.post(reverse("check_in", args=[company.slug, key_result.pk]), sent)
    assert answer.status_code == 302, answer.content.decode()
    return KeyResultScore.objects.get(pk=key_result.pk)


def test_every_kind_stands_in_the_form_with_its_help_even_without_a_script(company: Company, lead: Client) -> None:
    pk = company.objective()
    text = lead.get(reverse("key_result_new", args=[company.slug, pk])).content.decode()
    for kind in ("reach levels", "levels", "keep", "milestone tasks", "percent", "judged", "baseline"):
        assert f'data-when="kind" data-values="{kind}"' in text
    assert "hidden" not in text.split('data-when="kind"')[1][:40]
    assert "floor 40, target 100, stretch 140" in text


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            {"kind": "levels", "start": "0", "target": "100", "stretch": "140", "ambition": "aspirational"},
            "0 → 100, stretch 140, no value yet",
        ),
        ({"kind": "percent"}, "no value yet"),
        ({"kind": "judged"}, "not judged yet"),
        ({"kind": "baseline", "unit": "min"}, "waiting for a baseline"),
        ({"kind": "tasks", "steps": "One\nTwo, cancelled\nThree, 2026-12-01"}, "0 of 2 tasks"),
        ({"kind": "milestone", "steps": "Signed x2, 2026-11-30\nLaunched"}, "0 of 2 steps"),
    ],
)
def test_each_kind_is_added_shown_and_edited(company: Company, lead: Client, given: dict, words: str) -> None:
    key_result = added(company, lead, **given, priority="1")
    assert key_result.kind == given["kind"]
    shown = page_of(company, lead, key_result)
    assert words in shown
    assert "P1<" in shown
    # What the form shows can be sent as it is, and then nothing changes.
    edit = reverse("key_result_edit", args=[company.slug, key_result.pk])
    there = lead.get(edit).context["form"].initial
    sent = {name: value for name, value in there.items() if value is not None and name not in {"step_ids", "version"}}
    assert lead.post(edit, sent | {"reason": "Again"}).status_code == 302
    assert key_result.version + 1 == KeyResult.objects.get(pk=key_result.pk).version
    assert reverse("key_result_edit", args=[company.slug, key_result.pk]) in shown
    assert list(lead.get(edit).context["form"].initial["steps"].splitlines()) == given.get("steps", "").splitlines()


def test_a_milestone_takes_the_share_of_a_step(company: Company, lead: Client) -> None:
    key_result = added(company, lead, kind="milestone", steps="Signed x2\nLaunched")
    signed, launched = Step.objects.filter(key_result=key_result).order_by("position")
    row = checked_in(company, lead, key_result, steps=[launched.pk], **{f"steps-{key_result.pk}-{signed.pk}": "50 %"})
    assert row.score == pytest.approx((2 * 0.5 + 1) / 3)
    assert 'value="50"' in page_of(company, lead, key_result)


def test_a_cancelled_task_cannot_be_ticked(company: Company, lead: Client) -> None:
    key_result = added(company, lead, kind="tasks", steps="One\nTwo, cancelled")
    one = Step.objects.get(key_result=key_result, title="One")
    shown = page_of(company, lead, key_result)
    assert "<s>Two</s>, cancelled" in shown
    assert checked_in(company, lead, key_result, steps=[one.pk]).score == 1.0


def test_the_lead_judges_in_percent(company: Company, lead: Client) -> None:
    key_result = added(company, lead, kind="judged")
    assert checked_in(company, lead, key_result, value="60 %", note="Two of three agreed").score == 0.6
    shown = page_of(company, lead, key_result)
    assert "judged 60" in shown
    answer = lead.post(
        reverse("check_in", args=[company.slug, key_result.pk]),
        {f"value-{key_result.pk}": "70", f"confidence-{key_result.pk}": "6"},
    )
    assert answer.status_code == 422
    assert "Say why the score is 70 %" in answer.content.decode()


def test_what_was_measured_is_the_start_of_the_way_that_follows(company: Company, lead: Client) -> None:
    key_result = added(company, lead, kind="baseline", unit="min")
    checked_in(company, lead, key_result, value="48")
    assert "waiting for a baseline, 48" in page_of(company, lead, key_result)
    edit = reverse("key_result_edit", args=[company.slug, key_result.pk])
    assert lead.get(edit).context["form"].initial["start"] == 48
    sent = form(company, start="48", target="30", unit="min", reason="")
    refused = lead.post(edit, sent)
    assert refused.status_code == 422
    assert "Say in one line why" in refused.content.decode()
    assert lead.post(edit, sent | {"reason": "Now we know"}).status_code == 302
    shown = page_of(company, lead, key_result)
    assert "48 → 30" in shown
    assert "Measure a baseline first" in shown  # the ledger says what it was


def test_a_score_set_by_hand_says_who_and_why_beside_the_computed_one(company: Company, lead: Client) -> None:
    key_result = added(company, lead, start="100", target="60")
    checked_in(company, lead, key_result, value="90")
    address = reverse("key_result_override", args=[company.slug, key_result.pk])
    assert "is computed as 25" in lead.get(address).content.decode()
    refused = lead.post(address, {"score": "120", "why": "Signed"})
    assert refused.status_code == 422
    assert "from 0 to 1, or 0 to 100 %" in refused.content.decode()
    assert lead.post(address, {"score": "80", "why": "Signed, paid in January", "kept": "1"}).status_code == 302
    shown = page_of(company, lead, key_result)
    assert "set by Lead Acme until it is taken back: Signed, paid in January. Computed: 25" in shown
    assert lead.post(address, {"do": "clear", "reason": "Paid"}).status_code == 302
    assert "set by Lead Acme until" not in page_of(company, lead, key_result)
    assert KeyResultScore.objects.get(pk=key_result.pk).score == 0.25


def test_checkpoints_are_read_line_by_line_and_refused_with_the_line(company: Company, lead: Client) -> None:
    plan = "2026-11-15, 90\n2026-12-01, 70"
    key_result = added(company, lead, start="100", target="60", curve="checkpoints", checkpoints=plan)
    assert list(key_result.checkpoints.order_by("on").values_list("value", flat=True)) == [90, 70]
    edit = reverse("key_result_edit", args=[company.slug, key_result.pk])
    assert lead.get(edit).context["form"].initial["checkpoints"] == plan
    for wrong, words in (
        ("2026-11-15, 90\nsoon, 70", "Line 2: write a day"), ("2026-02-30, 90", "is no day of the calendar"),
        ("2027-02-01, 90", "must lie between 2026-10-01 and 2026-12-31"),
    ):  # fmt: skip
        sent = form(company, title="Other", start="100", target="60", curve="checkpoints", checkpoints=wrong)
        answer = lead.post(reverse("key_result_new", args=[company.slug, key_result.objective_id]), sent)
        assert answer.status_code == 422
        assert words in answer.content.decode()


def test_the_plan_is_drawn_with_what_came_of_it(company: Company, lead: Client) -> None:
    key_result = added(company, lead, start="100", target="60", curve="checkpoints", checkpoints="2026-11-22, 90")
    checked_in(company, lead, key_result, value="85")
    address = reverse("key_result_plan", args=[company.slug, key_result.pk])
    shown = lead.get(address).content.decode()
    assert "The plan from 1 Oct to 31 Dec, 90 by today; the last value is 85" in shown
    assert "Checkpoint, 22 Nov: 90" in shown
    assert '<td class="n">85</td>' in shown
    edit = reverse("key_result_edit", args=[company.slug, key_result.pk])
    sent = form(company, start="100", target="50", curve="checkpoints", checkpoints="2026-11-22, 90")
    assert lead.post(edit, sent).status_code == 302
    assert "Amended: since 22 Nov a straight line to the target." in lead.get(address).content.decode()


def test_without_a_way_the_plan_says_why(company: Company, lead: Client) -> None:
    key_result = added(company, lead, kind="keep", high="30")
    shown = lead.get(reverse("key_result_plan", args=[company.slug, key_result.pk])).content.decode()
    assert "there is no way to draw" in shown


@pytest.fixture
def regions(company: Company) -> list[KeyResult]:
    drafts = [actions.KeyResultDraft(title=title, start=0, target=100, unit="EUR") for title in ("North", "South")]
    pk = company.objective("Sell everywhere", key_results=drafts)
    rows = list(KeyResult.objects.filter(objective_id=pk).order_by("position"))
    for row, value in zip(rows, (30, 80), strict=True):
        draft = actions.CheckInDraft(key_result_id=row.pk, value=value, confidence=6)
        actions.record_check_in(by=company.actor("lead"), draft=draft, now=NOW)
    return rows


def test_one_made_of_others_is_added_shown_and_sent_back_as_it_is(
    company: Company, lead: Client, regions: list[KeyResult]
) -> None:
    weights = {f"weight-{regions[0].pk}": "3", f"weight-{regions[1].pk}": "1"}
    parts = [str(row.pk) for row in regions]
    key_result = added(company, lead, kind="children", combine="weighted_mean", parts=parts, **weights)
    shown = page_of(company, lead, key_result)
    for words in (
        "the weighted mean of other key results",
        ">North</a>",
        "×3",
        ">30\u202f%<",
        "It follows what it is made",
    ):
        assert words in shown
    edit = reverse("key_result_edit", args=[company.slug, key_result.pk])
    text = lead.get(edit).content.decode()
    assert text.count("checked>") == 2
    assert f'name="weight-{regions[0].pk}" inputmode="decimal" autocomplete="off" value="3"' in text
    assert "Sell everywhere" in text
    assert "Measure</label>" not in text  # not made of itself
    there = lead.get(edit).context["form"].initial
    sent = {
        name: value
        for name, value in there.items()
        if value is not None and name not in {"step_ids", "version", "part_weights"}
    }
    assert lead.post(edit, sent | weights).status_code == 302  # nothing changed, so no reason is asked for
    assert checked_in(company, lead, key_result, note="Both grow").score == pytest.approx((3 * 0.3 + 0.8) / 4)


def test_a_sum_has_its_own_way_and_says_beside_its_fields_what_is_wrong(
    company: Company, lead: Client, regions: list[KeyResult]
) -> None:
    parts = [str(row.pk) for row in regions]
    pk = company.objective("All of it")
    new = reverse("key_result_new", args=[company.slug, pk])
    sum_of = {"kind": "children", "combine": "sum", "parts": parts}
    refused = lead.post(new, form(company, **sum_of, sum_start="0"))
    assert (refused.status_code, "sum_target" in refused.context["form"].errors) == (422, True)
    refused = lead.post(new, form(company, **sum_of | {"parts": []}, sum_start="0", sum_target="5"))
    assert "Choose at least one" in refused.content.decode()
    weighed = {"combine": "weighted_mean", f"weight-{regions[0].pk}": "heavy"}
    refused = lead.post(new, form(company, **sum_of | weighed))
    assert "The weight of “North”" in refused.content.decode()
    key_result = added(company, lead, **sum_of, sum_start="0", sum_target="200")
    shown = page_of(company, lead, key_result)
    assert "0 → €200 together, now €110" in shown.replace("\u00a0", " ")
    assert "Value, the sum of others" in shown
    row = KeyResultScore.objects.get(pk=key_result.pk)
    assert (row.value, row.score) == (110, pytest.approx(0.55))


def test_what_waits_for_a_baseline_has_no_share_and_the_others_have_the_whole(company: Company, lead: Client) -> None:
    drafts = [actions.KeyResultDraft(title=t, start=0, target=1) for t in ("One", "Two")]
    drafts.append(actions.KeyResultDraft(title="First measure", kind="baseline", share=0.25))
    pk = company.objective(key_results=drafts)
    text = lead.get(reverse("goal", args=[company.slug, pk])).content.decode()
    assert "share 25\u202f%" not in text
    assert text.count("share 50\u202f%") == 2
    waiting = KeyResult.objects.get(title="First measure")
    edit = lead.get(reverse("key_result_edit", args=[company.slug, waiting.pk]))
    assert edit.context["form"].initial["share"] == 25  # what was agreed holds again once it has a target


def test_checkpoints_are_asked_for_with_the_curve_that_goes_through_them(company: Company, lead: Client) -> None:
    pk = company.objective()
    text = lead.get(reverse("key_result_new", args=[company.slug, pk])).content.decode()
    before = text[: text.index('id="id_checkpoints"')]
    assert before.rindex('data-when="curve" data-values="checkpoints"') > before.rindex('id="id_curve"')
    for name in ("sum_start", "sum_target"):
        before = text[: text.index(f'id="id_{name}"')]
        assert before.endswith(before[before.rindex('<div class="fld" data-when="combine" data-values="sum">') :])


def test_a_refused_row_of_my_week_is_the_one_that_is_marked_and_keeps_what_was_typed(
    company: Company, lead: Client
) -> None:
    drafts = [
        actions.KeyResultDraft(title="Fine", start=100, target=60),
        actions.KeyResultDraft(title="Judged", kind="judged"),
        actions.KeyResultDraft(title="Stages", kind="milestone", steps=[actions.StepDraft("One")]),
    ]
    goal = company.objective(key_results=drafts)
    fine, judged, steps = KeyResult.objects.filter(objective_id=goal).order_by("position")
    one = steps.steps.order_by("position")[0]
    sent = {
        f"value-{fine.pk}": "80", f"confidence-{fine.pk}": "6", f"value-{judged.pk}": "70",
        f"confidence-{judged.pk}": "6", f"confidence-{steps.pk}": "6", f"steps-{steps.pk}-{one.pk}": "40",
    }  # fmt: skip
    page = lead.post(reverse("week", args=[company.slug]), sent)
    assert page.status_code == 422
    shown = page.content.decode()
    assert shown.count("Say why the score is 70 %") == 1
    before, _, _ = shown.partition("Say why the score is 70 %")
    assert before.rfind(f"value-{judged.pk}") > before.rfind(f"value-{fine.pk}")
    assert f'name="steps-{steps.pk}-{one.pk}" inputmode="decimal" autocomplete="off" value="40"' in shown
    assert not CheckIn.objects.exists()
