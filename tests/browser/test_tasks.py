"""Frequent tasks and the steps they may take, from the signed-in home page; typing is not counted."""

from datetime import date

import pytest
from playwright.sync_api import expect

from milepost.metrics.models import Reading
from milepost.okr import actions as okr
from milepost.okr.models import CheckIn, KeyResult, KeyResultScore, Objective, Review
from milepost.rhythm.models import Notification
from tests.browser.conftest import Opener, Steps, violations
from tests.people import NOW, Company


def due_key_results(company: Company, count: int) -> int:
    drafts = [
        okr.KeyResultDraft(title=f"Tickets of kind {i}", unit="tickets", start=100, target=60) for i in range(count)
    ]
    return company.objective(key_results=drafts)


def test_task_1_check_in_one_key_result_takes_two_steps(living: Company, open_as: Opener) -> None:
    due_key_results(living, 1)
    page = open_as("lead", f"/w/{living.slug}/week/")
    steps = Steps(page)
    steps.click(page.get_by_label("New value"))
    page.keyboard.press("Control+A")
    page.keyboard.type("80")
    steps.press("Control+Enter")
    expect(page.get_by_role("status")).to_contain_text("Saved one check-in")
    assert steps.count <= 2
    assert KeyResultScore.objects.get().value == 80


def test_task_2_check_in_all_of_my_week_takes_six_steps_and_one_when_nothing_changed(
    living: Company, open_as: Opener
) -> None:
    due_key_results(living, 5)
    page = open_as("lead", f"/w/{living.slug}/week/")
    steps = Steps(page)
    for box in page.get_by_label("New value").all():
        steps.click(box)
        page.keyboard.type("70")
    steps.press("Control+Enter")
    expect(page.get_by_role("status")).to_contain_text("Saved five check-ins")
    assert steps.count <= 6
    expect(page.get_by_text("Nothing due.")).to_be_visible()


def test_task_2_nothing_changed_is_one_step(living: Company, open_as: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    pk = due_key_results(living, 2)
    for row in KeyResultScore.objects.filter(objective_id=pk):
        okr.record_check_in(
            by=living.actor("lead"), draft=okr.CheckInDraft(key_result_id=row.pk, confidence=8, value=90), now=NOW
        )
    monkeypatch.setenv("MILEPOST_NOW", "2026-11-29T09:00+00:00")
    page = open_as("lead", f"/w/{living.slug}/week/")
    steps = Steps(page)
    steps.click(page.get_by_role("button", name="Nothing changed"))
    expect(page.get_by_role("status")).to_contain_text("Saved two check-ins")
    assert steps.count == 1
    assert CheckIn.objects.filter(nothing_changed=True, confidence=8, reading__isnull=False).count() == 2


def test_task_3_log_a_kpi_value_takes_two_steps(living: Company, open_as: Opener) -> None:
    living.kpi()
    page = open_as("lead", f"/w/{living.slug}/week/")
    steps = Steps(page)
    steps.press("Control+k")
    page.locator("#find-q").fill("reply 43")
    steps.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Written to First reply time")
    assert steps.count <= 2
    assert Reading.objects.get().value == 43


def test_task_4_what_is_off_and_why_stands_on_the_home_page(living: Company, open_as: Opener) -> None:
    slug = living.kpi()
    values = [okr.NewReading(day=date(2026, 11, d), value=43) for d in (2, 9)]
    okr.record_readings(by=living.actor("lead"), kpi=slug, readings=values, now=NOW)
    page = open_as("lead", f"/w/{living.slug}/week/")
    steps = Steps(page)
    look = page.locator("section", has_text="Needs a look").last
    expect(look).to_contain_text("First reply time has no objective behind it")
    steps.click(look.get_by_role("link", name="First reply time"))
    expect(page.locator(".cmp")).to_contain_text("13\u00a0min over")
    assert steps.count <= 1


def test_task_5_open_any_goal_takes_two_steps(living: Company, open_as: Opener) -> None:
    living.objective()
    page = open_as("lead", f"/w/{living.slug}/week/")
    steps = Steps(page)
    steps.press("Control+k")
    page.locator("#find-q").fill("recomm")
    steps.press("Enter")
    expect(page.locator("h1")).to_have_text("Be the tool support teams recommend")
    assert steps.count <= 2


def test_task_6_comment_or_ask_the_owner_takes_two_steps(living: Company, open_as: Opener) -> None:
    living.objective()
    page = open_as("member", f"/w/{living.slug}/goals/")
    steps = Steps(page)
    steps.click(page.get_by_role("link", name="Be the tool support teams recommend"))
    page.wait_for_selector("[data-say]")
    page.keyboard.press("m")
    page.keyboard.type("Was it the queue, @le")
    expect(page.get_by_role("option", name="Lead Acme")).to_be_visible()
    page.keyboard.press("Enter")  # the name is picked, nothing is sent
    expect(page.get_by_label("Comment", exact=True)).to_have_value("Was it the queue, @Lead Acme ")
    page.keyboard.type("again?")
    steps.press("Control+Enter")
    said = page.locator(".tl blockquote").first
    expect(said).to_have_text("Was it the queue, @Lead Acme again?")
    assert steps.count <= 2
    assert Notification.objects.get(kind="mentioned").to_id == living.ids["lead"]


def test_a_comment_is_answered_flagged_and_taken_back_without_javascript(living: Company, open_as: Opener) -> None:
    goal = living.objective()
    page = open_as("lead", f"/w/{living.slug}/goals/{goal}/", script=False)
    page.get_by_label("Comment", exact=True).fill("It may slip")
    page.get_by_label("Flag as").select_option("risk")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".cm .flag")).to_have_text("Risk")
    page.get_by_text("Reply").first.click()
    page.get_by_label("Reply to Lead Acme").fill("Then say when")
    page.get_by_role("button", name="Reply", exact=True).click()
    expect(page.locator(".cm-r blockquote")).to_have_text("Then say when")
    page.get_by_role("button", name="Settle").click()
    expect(page.locator(".cm .flag")).to_contain_text("settled by Lead Acme")
    page.get_by_role("link", name="Edit your comment").first.click()
    page.get_by_role("button", name="Delete this comment").click()
    expect(page.get_by_text("Deleted by Lead Acme.")).to_be_visible()


def test_task_8_turn_an_off_kpi_into_an_objective_takes_two_steps(living: Company, open_as: Opener) -> None:
    slug = living.kpi()
    values = [okr.NewReading(day=date(2026, 11, d), value=43) for d in (2, 9)]
    okr.record_readings(by=living.actor("lead"), kpi=slug, readings=values, now=NOW)
    page = open_as("lead", f"/w/{living.slug}/kpis/{slug}/")
    steps = Steps(page)
    steps.click(page.get_by_role("link", name="Start an objective").first)
    steps.press("Control+Enter")
    expect(page.locator("h1")).to_have_text("Lower first reply time to 30\u00a0min")
    assert steps.count <= 2
    assert Objective.objects.get().state == "active"


def test_everything_works_without_javascript(living: Company, open_as: Opener) -> None:
    due_key_results(living, 1)
    page = open_as("lead", f"/w/{living.slug}/week/", script=False)
    page.get_by_label("New value").fill("+5")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".err")).to_contain_text("no earlier value")
    assert page.get_by_label("New value").input_value() == "+5"
    page.get_by_label("New value").fill("80")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Saved one check-in")
    page.goto(f"/w/{living.slug}/find/?q=tickets")
    page.get_by_role("link", name="Tickets of kind 0").click()
    expect(page.locator("h1")).to_have_text("Be the tool support teams recommend")


def ended_quarter(company: Company, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Leave a goal of a quarter that is over with two key results, neither at its target; return their ids."""
    drafts = [okr.KeyResultDraft(title=f"Tickets of kind {i}", unit="tickets", start=100, target=60) for i in range(2)]
    goal = company.objective(key_results=drafts)
    rows = list(KeyResult.objects.filter(objective_id=goal).order_by("position").values_list("pk", flat=True))
    for pk in rows:
        draft = okr.CheckInDraft(key_result_id=pk, value=80, confidence=6)
        okr.record_check_in(by=company.actor("lead"), draft=draft, now=NOW)
    okr.create_cycle(
        by=company.operator(), name="Q1 2027", first_day=date(2027, 1, 1), last_day=date(2027, 3, 31), now=NOW
    )
    monkeypatch.setenv("MILEPOST_NOW", "2027-01-04T09:00+00:00")
    return rows


def test_task_10_score_a_finished_key_result_takes_two_steps(
    living: Company, open_as: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = ended_quarter(living, monkeypatch)
    page = open_as("lead", f"/w/{living.slug}/week/")
    steps = Steps(page)
    steps.click(page.get_by_role("link", name="Q4 2026 ended: grade one objective"))
    expect(page.locator(f"#g-{first}")).to_be_focused()
    steps.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Saved one grade")
    assert steps.count <= 2
    assert list(Review.objects.values_list("key_result_id", "grade")) == [(first, None)]
    # The next one waits with the focus in its field.
    expect(page.locator(f"#g-{second}")).to_be_focused()


def test_task_11_carry_over_all_unfinished_key_results_takes_two_steps(
    living: Company, open_as: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = ended_quarter(living, monkeypatch)
    page = open_as("lead", f"/w/{living.slug}/week/")
    steps = Steps(page)
    steps.click(page.get_by_role("link", name="Q4 2026 ended: grade one objective"))
    steps.click(page.get_by_role("button", name="Carry over 2 unfinished"))
    expect(page.get_by_role("status")).to_contain_text("Carried two key results over to Q1 2027")
    assert steps.count <= 2
    assert set(KeyResult.objects.filter(state="draft").values_list("carried_from_id", flat=True)) == set(rows)


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_review_is_complete_by_keyboard_and_for_readers(
    living: Company, open_as: Opener, monkeypatch: pytest.MonkeyPatch, width: int, scheme: str
) -> None:
    first, _ = ended_quarter(living, monkeypatch)
    page = open_as("lead", f"/w/{living.slug}/cycles/{living.cycle}/review/", width=width, scheme=scheme)
    expect(page.get_by_role("heading", name="How good confidence was")).to_be_visible()  # the margin has come
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    # Why is asked once there is another grade, and how it starts once it goes on.
    why, keep = page.locator(f"#y-{first}"), page.locator(f"[name=keep-{first}]")
    expect(why).to_be_hidden()
    expect(keep).to_be_hidden()
    page.locator(f"#g-{first}").fill("0.7")
    page.locator(f"[name=outcome-{first}][value=carry]").check()
    expect(why).to_be_visible()
    expect(keep).to_be_visible()
    why.fill("A quiet quarter")
    page.get_by_role("button", name="Save grades").click()
    expect(page.get_by_text("Lead gave 0.70 instead of 0.50: A quiet quarter")).to_be_visible()
    assert violations(page) == []
