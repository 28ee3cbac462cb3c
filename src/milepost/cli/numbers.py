"""Numbers in a terminal."""


def three_digits(value: float) -> str:
    """Return a value as a board shows it: 68.9, 0.0123, 159,744."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"  # noqa: PLR2004 - thousands are written out
