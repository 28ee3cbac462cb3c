"""Numbers in a terminal."""


def three_digits(value: float) -> str:
    """Return a value as a board shows it: 68.9, 0.0123, 159,744; what is not quite 100 is not told as 100."""
    if abs(value) >= 1000:  # noqa: PLR2004 - thousands are written out
        return f"{value:,.0f}"
    text = f"{value:.3g}"
    return f"{value:.4g}" if text in {"100", "-100"} and float(text) != value else text
