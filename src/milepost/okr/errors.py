"""What can go wrong around goals, in sentences for people."""

from collections.abc import Sequence

from milepost.core.circles import Circle
from milepost.workspace.errors import DomainError, Invalid


class GoalCircle(Invalid):
    """A goal cannot contribute to itself (rule R3)."""

    def __init__(self, path: list[str]) -> None:
        way = " → ".join(f"“{title}”" for title in path)
        super().__init__(f"This would make a circle: {way}. Choose another parent.", field="parent")


class PartCircle(Invalid):
    """A key result cannot be made of itself (rule P9)."""

    def __init__(self, path: Sequence[str]) -> None:
        super().__init__(str(Circle(path, fix="Choose other key results.")), field="parts")


class WrongState(DomainError):
    """The goal's life does not allow this step now (rule A2)."""


class CycleLocked(WrongState):
    """The plan of the cycle is locked: it changes by an admin or the cycle's coach alone."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The plan of {name} is locked. Ask an admin or the cycle's coach to change it or unlock it.")


class NeedsReason(Invalid):
    """An active plan is changed with a reason (rule A1)."""

    def __init__(self) -> None:
        super().__init__("The plan is running. Say in one line why it changes.", field="reason")


class NothingToRepeat(Invalid):
    """“Nothing changed” needs an earlier value (rule C3)."""

    def __init__(self, title: str) -> None:
        super().__init__(f"“{title}” has no value yet, so something has to change: write its first one.", field="value")
