"""What the top objectives of a pillar say together."""

from hypothesis import given
from hypothesis import strategies as st

from milepost.core.pillars import Top, pillar_health

SHARE = st.floats(0, 1)
TOPS = st.lists(st.builds(Top, st.none() | SHARE, SHARE, st.sampled_from(["on_track", "at_risk", "no_value"])))


def test_who_has_no_score_is_counted_and_left_out_of_both_means() -> None:
    tops = [Top(0.4, 0.6, "at_risk"), Top(0.8, 0.6, "ahead"), Top(None, 0.9, "no_value")]
    health = pillar_health(tops)
    assert (round(health.score or 0, 9), round(health.expected or 0, 9)) == (0.6, 0.6)
    assert (health.reported, health.total) == (2, 3)
    assert dict(health.words) == {"at_risk": 1, "ahead": 1, "no_value": 1}


def test_a_pillar_on_which_nothing_stands_has_no_number() -> None:
    health = pillar_health([])
    assert (health.score, health.expected, health.total, health.words) == (None, None, 0, ())


@given(TOPS)
def test_the_mean_lies_within_the_scores_and_every_objective_has_one_word(tops: list[Top]) -> None:
    health = pillar_health(tops)
    scores = [top.score for top in tops if top.score is not None]
    assert (health.score is None) == (not scores)
    if health.score is not None:
        assert min(scores) <= health.score <= max(scores)
    assert sum(n for _, n in health.words) == health.total == len(tops)
