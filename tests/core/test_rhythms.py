"""When check-ins are due and for which day they count (rules C2, C4, R7)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core.rhythm import (
    AfterClose,
    Away,
    BadRhythm,
    CheckInDay,
    OwnRhythm,
    Rhythm,
    check_in_day,
    check_rhythm,
    due_moment,
    inherited_rhythm,
    is_asked,
    is_stale,
    stale_from,
)

MONDAY = date(2026, 11, 23)
WEEKLY, EVERY_TWO = Rhythm(), Rhythm(every_weeks=2)
rhythms = st.one_of(st.none(), st.builds(Rhythm, every_weeks=st.integers(1, 3), weekday=st.integers(0, 6)))
settings = st.lists(st.builds(OwnRhythm, rhythm=rhythms, is_locked=st.booleans()), max_size=5)


def test_c4_a_team_overrides_what_it_inherits_unless_it_is_locked() -> None:
    assert inherited_rhythm([]) == Rhythm()
    assert inherited_rhythm([OwnRhythm(WEEKLY), OwnRhythm(), OwnRhythm(EVERY_TWO)]) == EVERY_TWO
    assert inherited_rhythm([OwnRhythm(WEEKLY), OwnRhythm(EVERY_TWO), OwnRhythm()]) == EVERY_TWO
    assert inherited_rhythm([OwnRhythm(WEEKLY, is_locked=True), OwnRhythm(EVERY_TWO)]) == WEEKLY
    assert inherited_rhythm([OwnRhythm(WEEKLY), OwnRhythm(EVERY_TWO, is_locked=True), OwnRhythm(WEEKLY)]) == EVERY_TWO


@given(settings, settings)
def test_c4_nothing_below_a_lock_matters(above: list, below: list) -> None:
    locked = [*above, OwnRhythm(EVERY_TWO, is_locked=True)]
    assert inherited_rhythm([*locked, *below]) == inherited_rhythm(locked)


def test_c4_the_hour_is_one_of_the_zone() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert due_moment(Rhythm(hour=9), MONDAY, berlin) == datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert due_moment(Rhythm(hour=9), date(2026, 7, 6), berlin) == datetime(2026, 7, 6, 7, tzinfo=UTC)
    assert due_moment(Rhythm(hour=2), date(2026, 3, 29), berlin) == datetime(2026, 3, 29, 1, tzinfo=UTC)  # 03:00 there


def test_c4_nobody_is_asked_who_is_away_or_updated_shortly_before() -> None:
    skipping = Rhythm(skip_days=3)
    assert is_asked(WEEKLY, due_on=MONDAY, updated_on=MONDAY)
    assert is_asked(skipping, due_on=MONDAY, updated_on=None)
    assert not is_asked(skipping, due_on=MONDAY, updated_on=MONDAY - timedelta(days=3))
    assert is_asked(skipping, due_on=MONDAY, updated_on=MONDAY - timedelta(days=4))
    holiday = Away(MONDAY, MONDAY + timedelta(days=11))
    assert not is_asked(WEEKLY, due_on=MONDAY, updated_on=None, away=[holiday])
    assert not is_asked(WEEKLY, due_on=holiday.last, updated_on=None, away=[holiday])
    assert is_asked(WEEKLY, due_on=holiday.last + timedelta(1), updated_on=None, away=[holiday])


@pytest.mark.parametrize(
    ("rhythm", "words"),
    [(Rhythm(every_weeks=4), "Every 4 weeks"), (Rhythm(every_weeks=0), "Every 0 weeks"), (Rhythm(weekday=7), "7 is no weekday"),
     (Rhythm(hour=24), "24 is no hour"), (Rhythm(skip_days=-1), "-1 days back")],
)  # fmt: skip
def test_c4_what_is_no_rhythm_is_refused_with_the_number(rhythm: Rhythm, words: str) -> None:
    with pytest.raises(BadRhythm, match=words):
        check_rhythm(rhythm)
    check_rhythm(Rhythm(every_weeks=3, weekday=6, hour=23, skip_days=0))


def test_c2_a_check_in_after_the_end_counts_at_the_end_and_is_late() -> None:
    last = date(2026, 12, 31)
    assert check_in_day(today=last, last=last) == CheckInDay(last, is_late=False)
    assert check_in_day(today=date(2027, 1, 4), last=last) == CheckInDay(last, is_late=True)
    with pytest.raises(AfterClose, match="ended on 2026-12-31"):
        check_in_day(today=date(2027, 1, 4), last=last, is_closed=True)


@pytest.mark.parametrize(("rhythm", "fresh_days"), [(WEEKLY, 10), (EVERY_TWO, 21), (Rhythm(monthly=True), 45)])
def test_r7_a_value_is_stale_after_one_and_a_half_rhythms(rhythm: Rhythm, fresh_days: int) -> None:
    assert not is_stale(MONDAY, rhythm=rhythm, today=MONDAY + timedelta(days=fresh_days))
    assert is_stale(MONDAY, rhythm=rhythm, today=MONDAY + timedelta(days=fresh_days + 1))
    assert stale_from(MONDAY, rhythm=rhythm) == MONDAY + timedelta(days=fresh_days + 1)
