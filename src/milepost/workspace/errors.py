"""What can go wrong around people and workspaces, in sentences for people."""

from collections.abc import Sequence


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


class StillDemanded(DomainError):
    """A workspace that demands a second step keeps everybody's last one."""

    def __init__(self, names: Sequence[str]) -> None:
        verb = "demands" if len(names) == 1 else "demand"
        super().__init__(
            f"{', '.join(names)} {verb} a second step of everybody. Add another one before you remove this."
        )


class TeamCircle(DomainError):
    """A team cannot lie inside itself."""

    def __init__(self, path: list[str]) -> None:
        super().__init__(f"A team cannot lie inside itself: {' → '.join(path)}. Choose another parent.", field="parent")


class RhythmLocked(DomainError):
    """What stands above a team has locked its rhythm, so the team follows it."""

    def __init__(self, by: str, *, is_team: bool) -> None:
        whom = "Ask an admin or its manager" if is_team else "Ask an admin"
        super().__init__(
            f"{by} has locked its rhythm, so every team below it follows. {whom} to unlock it, or follow it.",
            field="rhythm",
        )


class Stale(DomainError):
    """Somebody changed the thing after the writer had looked; `current` is its version now."""

    def __init__(self, current: int) -> None:
        super().__init__(f"Somebody changed this meanwhile; it is version {current} now. Look again, then save.")
        self.current = current


class KeyReused(DomainError):
    """An Idempotency-Key came again with another request."""

    def __init__(self, *, at_once: bool = False) -> None:
        sentence = (
            "A request with this Idempotency-Key is under way. Send it again in a moment."
            if at_once
            else "This Idempotency-Key was used for another request. Take a new one."
        )
        super().__init__(sentence, field="Idempotency-Key")
        self.at_once = at_once


class NoToken(DomainError):
    """No token, one that is unknown or has ended, or a holder who is gone; which of them is not told."""

    def __init__(self) -> None:
        super().__init__("Send a token that is in force: Authorization: Bearer mp_…")
