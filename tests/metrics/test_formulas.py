"""Calculated KPIs: written, worked out, told, refused (rule K7)."""

import json
from datetime import date

import pytest

from milepost.core.formula.grammar import DEEPEST
from milepost.metrics import actions as metrics
from milepost.metrics.errors import Calculated
from milepost.metrics.models import FormulaInput, KpiScore, Metric, Reading, ReadingSource
from milepost.metrics.queries import explained_kpi, get_kpi
from milepost.metrics.queries.formulas import shown_formula
from milepost.okr import actions as okr
from milepost.okr.models import KeyResult, KeyResultScore, ObjectiveScore
from milepost.okr.queries.integrity import orphans
from milepost.workspace import actions as workspace
from milepost.workspace.actions import delete_workspace
from milepost.workspace.errors import Invalid
from milepost.workspace.models import Delivery, Event
from tests.metrics.formulas import calculated, edit, measured, moment, pk_of, values_of, write
from tests.people import NOW, Company, build_company

pytestmark = pytest.mark.django_db
SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)


@pytest.fixture
def deals(company: Company) -> str:
    """A win rate of deals won and lost; October: 10 of 40."""
    won, lost = measured(company, "Won"), measured(company, "Lost deals")
    write(company, won, m10_01=10)
    write(company, lost, m10_01=30)
    return calculated(company, "Win rate", "100 × won ÷ (won + [lost deals])", at=NOW, unit="%", aggregation="stock")


def test_a_formula_makes_readings_of_its_own_source(company: Company, deals: str) -> None:
    assert values_of(deals) == {OCTOBER: 25.0}
    reading = Reading.objects.get(metric__slug=deals)
    assert (reading.source, reading.author_id, reading.numerator) == (ReadingSource.FORMULA, None, None)
    score = KpiScore.objects.get(metric__slug=deals)
    assert (score.value, score.valid_on, score.last_source, score.readings) == (25.0, OCTOBER, "formula", 1)


def test_each_change_of_an_input_moves_the_result(company: Company, deals: str) -> None:
    write(company, "won", m09_01=5)
    assert values_of(deals) == {OCTOBER: 25.0}  # one input of September is missing
    write(company, "lost-deals", m09_01=5)
    assert values_of(deals) == {SEPTEMBER: 50.0, OCTOBER: 25.0}
    write(company, "won", m10_01=30)  # a correction
    assert values_of(deals) == {SEPTEMBER: 50.0, OCTOBER: 50.0}
    write(company, "lost-deals", m09_01=None)  # taken back: the result is withdrawn and its history kept
    assert values_of(deals) == {OCTOBER: 50.0}
    kept = Reading.objects.filter(metric__slug=deals, valid_on=SEPTEMBER).order_by("id").values_list("value", flat=True)
    assert list(kept) == [50.0, None]
    assert KpiScore.objects.get(metric__slug=deals).value == 50.0


def test_a_write_that_changes_no_result_stores_none(company: Company, deals: str) -> None:
    before = Reading.objects.filter(metric__slug=deals).count()
    write(company, "won", m11_01=7)  # the open month
    other = measured(company, "Other")
    write(company, other, m10_01=1)
    assert Reading.objects.filter(metric__slug=deals).count() == before


def test_a_division_by_nothing_is_missing(company: Company, deals: str) -> None:
    write(company, "won", m10_01=0)
    write(company, "lost-deals", m10_01=0)
    assert values_of(deals) == {}
    assert KpiScore.objects.get(metric__slug=deals).value is None


def test_results_go_on_into_other_formulas_in_their_order(company: Company, deals: str) -> None:
    calculated(company, "Lost share", "100 − [win rate]", at=NOW, unit="%")
    twice = calculated(company, "Both", "[lost share] + 2 × [Win rate]", at=NOW, unit="%")
    assert values_of("lost-share") == {OCTOBER: 75.0}
    assert values_of(twice) == {OCTOBER: 125.0}
    write(company, "won", m10_01=30)
    assert values_of(twice) == {OCTOBER: 150.0}
    edit(company, deals, formula="won")  # changed in the middle
    assert values_of(twice) == {OCTOBER: 70.0 + 60.0}


def test_goals_that_read_the_result_move_in_the_same_write(company: Company, deals: str) -> None:
    drafts = [okr.KeyResultDraft(title="Win more", start=25, target=75, kpi=deals)]
    goal = company.objective("Win", key_results=drafts)
    pk = KeyResult.objects.get(title="Win more").pk
    write(company, "won", m10_01=30)
    score = KeyResultScore.objects.get(key_result_id=pk)
    assert (score.value, score.score) == (50.0, 0.5)
    assert ObjectiveScore.objects.get(objective_id=goal).score == 0.5
    edit(company, deals, formula="100 × won ÷ [lost deals] × 0 + 75")
    assert KeyResultScore.objects.get(key_result_id=pk).score == 1.0
    assert okr.rebuild(by=company.actor(), now=NOW) == 0


def test_typed_values_are_refused_whatever_the_door(company: Company, deals: str) -> None:
    for source in (ReadingSource.HAND, ReadingSource.FILE, ReadingSource.API):
        with pytest.raises(Calculated, match="“Win rate” is calculated by a formula and takes no values"):
            okr.record_readings(
                by=company.actor(), kpi=deals, readings=[okr.NewReading(day=OCTOBER, value=1)], source=source, now=NOW
            )
    assert values_of(deals) == {OCTOBER: 25.0}


def test_a_changed_formula_makes_all_values_anew_and_leaves_one_event(company: Company, deals: str) -> None:
    write(company, "won", m09_01=5)
    write(company, "lost-deals", m09_01=5)
    edit(company, deals, formula="won ÷ [lost deals]")
    assert values_of(deals) == {SEPTEMBER: 1.0, OCTOBER: pytest.approx(1 / 3)}
    event = Event.objects.latest("sequence")
    assert (event.verb, event.kind, event.object_id) == ("changed", "kpi", pk_of(deals))
    assert event.data["changes"] == {"formula": ["100 × Won ÷ (Won + [Lost deals])", "Won ÷ [Lost deals]"]}
    assert set(FormulaInput.objects.filter(metric__slug=deals).values_list("input__slug", flat=True)) == {
        "won",
        "lost-deals",
    }


def test_renaming_an_input_does_not_break_the_formula(company: Company, deals: str) -> None:
    edit(company, "won", name="Deals we won")
    shown = shown_formula(company.actor(), get_kpi(company.actor(), deals))
    assert shown == "100 × [Deals we won] ÷ ([Deals we won] + [Lost deals])"
    write(company, "won", m10_01=30)
    assert values_of(deals) == {OCTOBER: 50.0}
    before = Event.objects.count()
    for same in (shown, shown.lower()):  # what the form shows, saved again
        edit(company, deals, formula=same)
    assert Event.objects.count() == before


def test_a_kpi_may_be_measured_again(company: Company, deals: str) -> None:
    edit(company, deals, formula="")
    assert values_of(deals) == {OCTOBER: 25.0}
    write(company, deals, m10_01=30)
    assert values_of(deals) == {OCTOBER: 30.0}
    write(company, "won", m10_01=1)
    assert values_of(deals) == {OCTOBER: 30.0}
    with pytest.raises(Invalid, match="values of its own"):
        edit(company, deals, formula="won")


def test_two_kpis_of_one_name_are_told_apart_by_slug(company: Company) -> None:
    first, second = measured(company, "Deals"), measured(company, "deals")
    with pytest.raises(
        Invalid, match=r"At character 5: several KPIs are called “DEALS”. Write \[deals\] or \[deals-2\]"
    ) as caught:
        calculated(company, "Sum", "2 × DEALS")
    assert caught.value.field == "formula"
    write(company, second, m10_01=4)
    made = calculated(company, "Sum", "2 × [deals-2]", at=NOW)
    assert values_of(made) == {OCTOBER: 8.0}
    assert shown_formula(company.actor(), get_kpi(company.actor(), made)) == "2 × [deals-2]"
    edit(company, first, name="Trials")
    assert shown_formula(company.actor(), get_kpi(company.actor(), made)) == "2 × deals"


def test_a_name_that_no_bracket_holds_is_written_by_slug(company: Company) -> None:
    slug = measured(company, "Deals [EU]")
    made = calculated(company, "Sum", f"2 × [{slug}]")
    assert shown_formula(company.actor(), get_kpi(company.actor(), made)) == "2 × [deals-eu]"


@pytest.mark.parametrize(
    ("formula", "sentence"),
    [
        ("won ÷", "At character 6: the formula ends where a name, a number or “(” belongs."),
        ("won ÷ lost", "At character 7: there is no KPI “lost”. There are Lost deals, Won."),
        ("2 × 3", "At character 1: the formula reads no KPI. Write the name of at least one."),
        ("won ÷ 20%", "At character 9: a percentage is written as its number"),
        ("(" * (DEEPEST + 1) + "won" + ")" * (DEEPEST + 1), f"{DEEPEST + 1} parentheses stand inside each other"),
        ("won + " * 400 + "won", "the formula is 2403 characters long. Keep it to 2000."),
        ("+".join(["won"] * 500), "the formula has more than 500 parts"),
    ],
)  # fmt: skip
def test_what_is_no_formula_is_refused_at_its_place(company: Company, deals: str, formula: str, sentence: str) -> None:
    for write_it in (lambda: calculated(company, "Other", formula), lambda: edit(company, deals, formula=formula)):
        with pytest.raises(Invalid) as caught:
            write_it()
        assert caught.value.field == "formula"
        if "There are" in sentence:
            assert sentence[:50] in str(caught.value)
        else:
            assert sentence in str(caught.value)
    assert values_of(deals) == {OCTOBER: 25.0}
    assert not Metric.objects.filter(name="Other").exists()


def test_an_input_with_longer_periods_is_refused_with_both_names(company: Company, deals: str) -> None:
    with pytest.raises(Invalid, match="“Won” has one value a month and “Weekly” one a week") as caught:
        calculated(company, "Weekly", "won", frequency="week")
    assert caught.value.field == "formula"


def test_an_input_keeps_its_periods_while_something_reads_it(company: Company) -> None:
    plain = measured(company, "Plain", frequency="week")
    calculated(company, "By week", "plain × 2", frequency="week")
    with pytest.raises(Invalid, match="1 calculated KPI reads this one and could not with these periods") as caught:
        edit(company, plain, frequency="month")
    assert caught.value.field == "frequency"
    edit(company, plain, frequency="day")


def test_circles_are_refused_with_their_path(company: Company, deals: str) -> None:
    calculated(company, "Lost share", "100 − [win rate]")
    calculated(company, "Doubled", "2 × [lost share]")
    with pytest.raises(Invalid, match="“Win rate” → “Doubled” → “Lost share” → “Win rate”") as caught:
        edit(company, deals, formula="won + doubled")
    assert caught.value.field == "formula"
    with pytest.raises(Invalid, match="circle: “Win rate” → “Win rate”"):
        edit(company, deals, formula="won + [win rate]")


def test_an_archived_input_keeps_its_values_and_is_not_offered_anew(company: Company, deals: str) -> None:
    metrics.archive_kpi(by=company.actor(), slug="won", now=NOW)
    okr.rebuild(by=company.actor(), now=NOW)
    assert values_of(deals) == {OCTOBER: 25.0}
    edit(company, deals, formula="1 × won")  # it may stay
    with pytest.raises(Invalid, match="there is no KPI “won”"):
        calculated(company, "Other", "won")
    write(company, "won", m10_01=12)
    assert values_of(deals) == {OCTOBER: 12.0}


def test_a_result_that_is_archived_goes_on_for_what_reads_it(company: Company, deals: str) -> None:
    other = calculated(company, "Lost share", "100 − [win rate]", at=NOW)
    metrics.archive_kpi(by=company.actor(), slug=deals, now=NOW)
    write(company, "won", m10_01=30)
    assert values_of(other) == {OCTOBER: 50.0}


def test_weeks_come_in_by_the_month_of_their_last_day_and_wait_for_their_lag(company: Company) -> None:
    won = measured(company, "Won", frequency="week")
    made = calculated(company, "By month", "won")
    at = moment(1)
    write(company, won, now=at, m09_28=1, m10_05=2, m10_12=4, m10_26=16)
    assert values_of(made) == {}  # the week of 19 October may still come
    okr.refresh_day(by=company.operator(moment(4)), now=moment(4))
    assert values_of(made) == {OCTOBER: 7.0}
    write(company, won, now=moment(5), m10_19=8)
    assert values_of(made) == {OCTOBER: 15.0}


def test_a_month_that_closes_is_worked_out_by_the_nightly_job(company: Company) -> None:
    won = measured(company, "Won")
    made = calculated(company, "Twice", "2 × won")
    write(company, won, now=moment(31, 10), m10_01=5)
    assert values_of(made) == {}
    okr.refresh_day(by=company.operator(moment(1)), now=moment(1))
    assert values_of(made) == {OCTOBER: 10.0}
    assert KpiScore.objects.get(metric__slug=made).value == 10.0


def test_a_changed_lag_of_an_input_is_a_change_of_what_is_known(company: Company) -> None:
    sales, refunds = measured(company, "Sales"), measured(company, "Refunds", lag_days=60)
    made = calculated(company, "Net", "sales − if_missing(refunds, 0)")
    write(company, sales, m10_01=100)
    assert values_of(made) == {}
    edit(company, refunds, lag_days=5)
    assert values_of(made) == {OCTOBER: 100.0}


def test_a_clock_that_was_set_back_leaves_the_newest_result_in_use(company: Company, deals: str) -> None:
    write(company, "won", now=moment(24), m10_01=30)
    write(company, "lost-deals", now=moment(23), m10_01=10)
    assert values_of(deals) == {OCTOBER: 75.0}
    before = Reading.objects.filter(metric__slug=deals).count()
    okr.rebuild(by=company.actor(), now=moment(23))
    assert Reading.objects.filter(metric__slug=deals).count() == before


def test_other_programs_hear_of_results(company: Company, deals: str) -> None:
    workspace.create_webhook(by=company.actor(), url="https://a.example/h", events=["kpi.value_recorded"], now=NOW)
    write(company, "won", m10_01=30)
    told = [json.loads(body)["data"] for body in Delivery.objects.order_by("id").values_list("body", flat=True)]
    assert [(one["kpi"], one["value"], one["source"]) for one in told] == [
        ("win-rate", 50.0, "formula"),
        ("won", 30.0, "hand"),
    ]


def test_another_workspace_is_out_of_reach_even_of_a_planted_row(company: Company, deals: str) -> None:
    other = build_company("Beta")
    theirs = measured(other, "Theirs")
    write(other, theirs, m10_01=5)
    with pytest.raises(Invalid, match="there is no KPI “theirs”"):
        calculated(company, "Spy", "theirs")
    kpi = Metric.objects.get(slug=deals)
    Metric.objects.filter(pk=kpi.pk).update(formula=f"[#{pk_of('won')}] + [#{pk_of(theirs)}]")
    FormulaInput.objects.create(metric=kpi, input_id=pk_of(theirs))
    okr.rebuild(by=company.actor(), now=NOW)
    write(other, theirs, m10_01=98765)
    assert values_of(deals) == {}
    said = repr(explained_kpi(company.actor(), deals, today=NOW.date()))
    assert "10" in said
    assert "98" not in said
    assert shown_formula(company.actor(), get_kpi(company.actor(), deals)) == "Won + hidden"
    assert orphans(company.workspace_id) == ["1 formulas that read another workspace's KPI"]


def test_a_workspace_with_formulas_can_be_deleted(company: Company, deals: str) -> None:
    delete_workspace(slug=company.slug, only_sample=False)
    assert not FormulaInput.objects.exists()
