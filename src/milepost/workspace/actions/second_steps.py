"""A person's authenticator app and passkeys come and go."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from allauth.mfa.models import Authenticator
from django.db import transaction

from milepost.workspace.actions.events import gone, made
from milepost.workspace.actions.sessions import end_sessions
from milepost.workspace.actions.told import told
from milepost.workspace.errors import NotFound, StillDemanded
from milepost.workspace.models import User
from milepost.workspace.queries.second_steps import SECOND_STEPS, what_demands

T = TypeVar("T")
WORDS = {Authenticator.Type.TOTP.value: "authenticator app", Authenticator.Type.WEBAUTHN.value: "passkey"}


@transaction.atomic
def add_second_step(*, user: User, add: Callable[[], T], session_key: str, now: datetime) -> T:
    """Let `add` make one of a person's second steps and return what it returns; each of their workspaces is told.

    With the first one they are signed out of every other browser: those were let in without.

    Args:
        add: may make an authenticator app or a passkey, or refuse to; then nothing is told.
        session_key: of the browser that they add it in.
    """
    before = _steps(user)
    with told(user, verb="added_step", now=now) as event:
        answer = add()
        fresh = [kind for pk, kind in _steps(user).items() if pk not in before]
        event.changes = made(second_step=", ".join(WORDS[kind] for kind in fresh))
        if fresh and not before:
            end_sessions(user.pk, but=session_key)
    return answer


@transaction.atomic
def remove_second_step(*, user: User, step_id: int, now: datetime) -> None:
    """Take an authenticator app or a passkey of a person away, with the last one their recovery codes too.

    Each workspace they are in is told.

    Raises:
        NotFound: there is none with this id, or it is somebody else's.
        StillDemanded: it is the last one, and a workspace of theirs demands one.
    """
    with told(user, verb="removed_step", now=now) as event:
        steps = _steps(user)
        if step_id not in steps:
            raise NotFound
        own = Authenticator.objects.filter(user=user.pk)
        if len(steps) > 1:
            own = own.filter(pk=step_id)
        elif names := what_demands(user.pk):
            raise StillDemanded(names)
        own.delete()
        event.changes = gone(second_step=WORDS[steps[step_id]])


def _steps(user: User) -> dict[int, str]:
    rows = Authenticator.objects.filter(user=user.pk, type__in=SECOND_STEPS)
    return dict(rows.values_list("pk", "type"))
