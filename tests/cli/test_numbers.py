"""Numbers in a terminal."""

import pytest

from milepost.cli.numbers import three_digits


@pytest.mark.parametrize(
    ("value", "text"),
    [(68.94, "68.9"), (0.01234, "0.0123"), (159744.2, "159,744"), (100.0, "100"), (99.98, "99.98"), (99.94, "99.9")],
)
def test_three_digits_are_shown_and_what_is_not_quite_a_hundred_is_not_told_as_one(value: float, text: str) -> None:
    assert three_digits(value) == text
