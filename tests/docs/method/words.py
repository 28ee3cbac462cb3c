"""How an example is written down, and the list of all of them."""

from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction

from milepost.core.explain.text import number, percent

EXAMPLES: dict[str, Callable[[], str]] = {}
_PARTS = {Fraction(1, 3): "⅓", Fraction(2, 3): "⅔"}


def example(key: str) -> Callable[[Callable[[], str]], Callable[[], str]]:
    """Enter a function that returns what stands in the third column of the row of this rule."""

    def enter(function: Callable[[], str]) -> Callable[[], str]:
        assert key not in EXAMPLES, f"two examples of {key}"
        EXAMPLES[key] = function
        return function

    return enter


def pct(share: float | None) -> str:
    assert share is not None
    return percent(share)


def n(value: float | None) -> str:
    assert value is not None
    return number(value)


def hundredth(share: float | Fraction | None) -> str:
    """Return a share in percent without the sign: 50, 16⅔."""
    assert share is not None
    whole = Fraction(share).limit_denominator(10**6) * 100
    part = whole - int(whole)
    return f"{int(whole)}{_PARTS[part]}" if part in _PARTS else number(float(whole))


def listed(texts: Sequence[str], last: str = ", ") -> str:
    return last.join([", ".join(texts[:-1]), texts[-1]]) if len(texts) > 1 else texts[0]


def on(day: date) -> str:
    return f"{day.day} {day:%B}"
