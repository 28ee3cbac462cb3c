"""What can go wrong around people and workspaces, in sentences for people."""


class DomainError(Exception):
    """A refusal that a person can read; `str(error)` is the sentence, `field` the place if there is one."""

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


class NotFound(DomainError):
    """The thing does not exist, or is not the reader's; the two are never told apart."""

    def __init__(self) -> None:
        super().__init__("There is nothing at this address, or it is not open to you.")


class NotAllowed(DomainError):
    """The reader may see the thing, but not do this to it."""


class Invalid(DomainError):
    """A value that cannot be saved."""


class AlreadySetUp(DomainError):
    """The first start is over: this installation has its first admin."""

    def __init__(self) -> None:
        super().__init__("This installation is set up already. Sign in, or ask an admin for an invitation.")


class InvitationClosed(DomainError):
    """The link was used, withdrawn or has expired."""

    def __init__(self) -> None:
        super().__init__("This invitation is no longer open. Ask an admin for a new link.")


class LastAdmin(DomainError):
    """A workspace keeps at least one admin."""

    def __init__(self) -> None:
        super().__init__("This is the last admin. Make somebody else an admin first.")


class TeamCircle(DomainError):
    """A team cannot lie inside itself."""

    def __init__(self, path: list[str]) -> None:
        super().__init__(f"A team cannot lie inside itself: {' → '.join(path)}. Choose another parent.", field="parent")
