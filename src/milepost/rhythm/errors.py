"""What can go wrong when people talk about goals."""

from milepost.workspace.errors import DomainError, Invalid


class NotMentionable(Invalid):
    """Somebody is named who cannot be: not there, or not to see the goal; the two are never told apart."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} cannot be mentioned here. Pick a name from the list, or leave the @ out.", field="text"
        )


class AlreadySettled(DomainError):
    """A flag is settled once."""

    def __init__(self) -> None:
        super().__init__("This flag is settled already.")


class Withdrawn(DomainError):
    """A deleted comment takes no changes, replies or reactions."""

    def __init__(self) -> None:
        super().__init__("This comment was deleted. Write a new one.")
