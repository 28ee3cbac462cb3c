"""One spelling of a record, whatever engine kept it."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core.chain import canonical, fingerprint, plain

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def test_the_bytes_are_the_documented_ones() -> None:
    at = datetime(2026, 11, 22, 10, 30, tzinfo=timezone(timedelta(hours=1)))
    record = {"sequence": 2, "at": at, "data": {"é": [80.0, 0.1, None, True]}, "actor_id": None}
    assert canonical(record) == (
        b'{"actor_id":null,"at":"2026-11-22T09:30:00.000000Z","data":{"\\u00e9":[80,0.1,null,true]},"sequence":2}'
    )


@given(JSON)
def test_a_value_reads_the_same_after_any_json(value: object) -> None:
    text = canonical({"data": value})
    assert canonical({"data": json.loads(json.dumps(plain(value)))}) == text
    assert json.loads(text)["data"] == plain(value)


@pytest.mark.parametrize(("one", "other"), [(1e16, 10**16), (80.0, 80), (-0.0, 0), (1e22, 10**22)])
def test_a_whole_number_has_one_spelling(one: float, other: int) -> None:
    assert fingerprint({"v": one}) == fingerprint({"v": other})


def test_what_is_no_json_is_refused() -> None:
    for value in (float("nan"), float("inf"), {"a": [float("-inf")]}):
        with pytest.raises(ValueError):
            plain(value)
    with pytest.raises(TypeError):
        plain({"at": datetime(2026, 1, 1, tzinfo=UTC)})


def test_two_records_never_share_a_fingerprint_by_moving_a_border() -> None:
    assert fingerprint({"a": "1", "b": "2"}) != fingerprint({"a": '1","b":"2'})
