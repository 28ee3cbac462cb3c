"""How sure the lead is."""

LEAST, MOST = 1, 10


class BadConfidence(ValueError):
    """A confidence outside 1 to 10."""


def check_confidence(confidence: int) -> None:
    """Do nothing if a confidence is a whole number from 1 to 10.

    Raises:
        BadConfidence: with the number named.

    Source: rules S6, C1.
    """
    if isinstance(confidence, bool) or not isinstance(confidence, int) or not LEAST <= confidence <= MOST:
        raise BadConfidence(f"A confidence is a whole number from {LEAST} to {MOST}, not {str(confidence)[:40]}.")


def imported_confidence(confidence: int) -> int:
    """Return the confidence of a file that may count from 0: a 0 becomes 1.

    Raises:
        BadConfidence: it lies outside 0 to 10.

    Source: rule C1.
    """
    found = LEAST if confidence == 0 and not isinstance(confidence, bool) else confidence
    check_confidence(found)
    return found


def as_probability(confidence: int) -> float:
    """Return a confidence 1..10 read as a chance 0..1, at the close.

    Raises:
        BadConfidence: it lies outside 1 to 10.

    Source: rule S6.
    """
    check_confidence(confidence)
    return confidence / MOST
