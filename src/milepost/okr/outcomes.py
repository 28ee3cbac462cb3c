"""What may become of a key result after its cycle: pure, shared by writes and reads."""

from milepost.okr.models import KeyResultKind, Outcome

KEPT_AT_A_LEVEL = frozenset({KeyResultKind.REACH, KeyResultKind.KEEP, KeyResultKind.LEVELS})


def outcomes_of(kind: str, *, is_kpi: bool | None) -> tuple[str, ...]:
    """Return the words to choose from: its own measure may become a KPI, the target of the KPI it reads may rise.

    One made of others is carried over by carrying those over.

    Args:
        is_kpi: whether it reads a KPI; None where it has no measure.

    Source: rules G3, P9.
    """
    found = [Outcome.KEEP, Outcome.DROP]
    if kind != KeyResultKind.CHILDREN:
        found.append(Outcome.CARRY)
    if kind in KEPT_AT_A_LEVEL and is_kpi is not None:
        found.append(Outcome.RAISE if is_kpi else Outcome.KPI)
    return tuple(word.value for word in found)
