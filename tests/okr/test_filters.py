"""One state for every view of the goals: what is written into an address is read from it again."""

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.okr.queries.filters import (
    FORMS,
    GROUPS,
    SORTS,
    STATES,
    STATUSES,
    TABS,
    TEXT_MOST,
    GoalFilter,
    checked_query,
    read_filter,
    write_filter,
)
from milepost.workspace.errors import Invalid

IDS = st.none() | st.integers(1, 10**18 - 1)
TEXTS = (
    st.text(max_size=TEXT_MOST)
    .map(lambda text: " ".join(text.split()))
    .filter(lambda text: text == "" or (text.isprintable() and any(c.isalnum() for c in text)))
)
FILTERS = st.builds(
    GoalFilter,
    form=st.sampled_from(FORMS), tab=st.sampled_from(TABS), cycle_id=IDS, team_id=IDS, lead_id=IDS,
    state=st.sampled_from(("", *STATES)), status=st.sampled_from(("", *STATUSES)), text=TEXTS,
    group=st.sampled_from(GROUPS), sort=st.sampled_from(SORTS),
)  # fmt: skip


@given(FILTERS)
def test_what_is_written_is_read_again(asked: GoalFilter) -> None:
    assert read_filter(dict(parse_qsl(write_filter(asked)))) == (asked, ())


@given(FILTERS)
def test_a_state_is_written_in_one_way(asked: GoalFilter) -> None:
    assert checked_query(write_filter(asked)) == write_filter(asked)


@given(FILTERS, st.sampled_from(FORMS))
def test_another_view_keeps_all_that_was_chosen(asked: GoalFilter, form: str) -> None:
    there, _ = read_filter(dict(parse_qsl(write_filter(asked, form=form))))
    assert (there.form, write_filter(there, form=asked.form)) == (form, write_filter(asked))


@given(
    st.dictionaries(
        st.sampled_from(("as", "view", "cycle", "team", "lead", "state", "status", "q", "group", "sort")), st.text()
    )
)
def test_whatever_stands_in_an_address_is_read_or_said_to_be_left_out(address: dict[str, str]) -> None:
    asked, left_out = read_filter(address)
    named = sum(bool(text.strip()) for text in address.values())
    written = dict(parse_qsl(write_filter(asked)))
    said_nothing = {"as": "tree", "view": "all"}  # what nobody needs to write
    kept = sum(1 for name, text in address.items() if name in written or said_nothing.get(name) == text.strip())
    assert read_filter(written) == (asked, ())
    assert kept - ("as" in address and address["as"].strip() not in FORMS) + len(left_out) == named


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ({"view": "nowhere"}, "There is no filter “nowhere” of goals, so it was left out."),
        ({"status": "green"}, "There is no status “green” of goals, so it was left out."),
        ({"team": "-1"}, "There is no team “-1” of goals, so it was left out."),
        ({"team": "0"}, "There is no team “0” of goals, so it was left out."),
        ({"lead": "9" * 30}, "There is no lead “999999999999999999999999999999” of goals, so it was left out."),
        ({"q": "x" * 101}, f"There is no text “{'x' * 40}…” of goals, so it was left out."),
        ({"q": "?!"}, "There is no text “?!” of goals, so it was left out."),
        ({"q": "a\0b"}, "There is no text “a\0b” of goals, so it was left out."),
    ],
)
def test_what_there_is_not_is_left_out_in_a_sentence(address: dict[str, str], said: str) -> None:
    assert read_filter(address) == (GoalFilter(), (said,))


def test_names_of_others_are_left_to_them() -> None:
    assert read_filter({"page": "2", "follow": "7", "on": "2026-11-01"}) == (GoalFilter(), ())


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("as=list&colour=red", "A view knows no “colour”."),
        ("as=list&status=green", "There is no status “green” of goals."),
        ("&".join(f"a{n}=1" for n in range(40)), "This is too long for a view."),
    ],
)
def test_a_view_holds_only_what_there_is(query: str, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked_query(query)
    assert str(refused.value).startswith(said)
    assert refused.value.field == "query"


def test_an_empty_query_is_the_tree_of_the_cycle_that_runs() -> None:
    assert checked_query("") == checked_query("?") == "as=tree"


@pytest.mark.parametrize(
    ("asked", "is_narrow"),
    [
        (GoalFilter(), False),
        (GoalFilter(form="map", cycle_id=3, group="team", sort="title"), False),
        (GoalFilter(tab="mine"), True),
        (GoalFilter(text="reply"), True),
        (GoalFilter(state="draft"), True),
    ],
)
def test_groups_and_order_leave_nothing_out(asked: GoalFilter, is_narrow: bool) -> None:
    assert asked.is_narrow is is_narrow
