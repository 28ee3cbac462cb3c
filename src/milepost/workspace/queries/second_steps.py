"""Who signs in with more than a password."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef

from milepost.workspace.models import Membership

# Recovery codes stand in for one of these and are no second step of their own.
SECOND_STEPS = (Authenticator.Type.TOTP.value, Authenticator.Type.WEBAUTHN.value)


@dataclass(frozen=True, slots=True)
class Step:
    """An authenticator app or a passkey; `last_used_at` None: never."""

    id: int
    name: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class SecondSteps:
    """What a person signs in with beside the password; `codes_left` None: they have no recovery codes."""

    app: Step | None
    passkeys: tuple[Step, ...]
    codes_left: int | None

    @property
    def count(self) -> int:
        """Return how many there are, recovery codes not counted."""
        return len(self.passkeys) + (self.app is not None)


def list_second_steps(user_id: int) -> SecondSteps:
    """Return a person's own second steps, the oldest first."""
    rows = Authenticator.objects.filter(user=user_id).order_by("created_at", "pk")
    by_type: dict[str, list[Authenticator]] = {}
    for row in rows:
        by_type.setdefault(row.type, []).append(row)
    apps = [_step(row, "Authenticator app") for row in by_type.get(Authenticator.Type.TOTP, [])]
    codes = [len(_inside(row).get_unused_codes()) for row in by_type.get(Authenticator.Type.RECOVERY_CODES, [])]
    return SecondSteps(
        app=next(iter(apps), None),
        passkeys=tuple(_step(row, _inside(row).name) for row in by_type.get(Authenticator.Type.WEBAUTHN, [])),
        codes_left=next(iter(codes), None),
    )


def _inside(row: Authenticator) -> Any:
    """Return what allauth reads from the row's sealed column."""
    return row.wrap()  # type: ignore[no-untyped-call] # it has no types


def _step(row: Authenticator, name: str) -> Step:
    return Step(id=row.pk, name=name, created_at=row.created_at, last_used_at=row.last_used_at)


def has_second_step(person: OuterRef) -> Exists:
    """Return the condition that a person, named by their user's id, has an authenticator app or a passkey."""
    return Exists(Authenticator.objects.filter(user_id=person, type__in=SECOND_STEPS))


def what_demands(user_id: int) -> tuple[str, ...]:
    """Return the names of the workspaces of a person that demand a second step of everybody."""
    places = Membership.objects.filter(user_id=user_id, removed_at=None, workspace__demands_second_step=True)
    return tuple(places.order_by("workspace__name").values_list("workspace__name", flat=True))
