"""Making and changing workspaces."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction
from django.utils.text import slugify

from milepost.workspace.actions.events import made, record_event
from milepost.workspace.actions.lock import lock_workspace
from milepost.workspace.actions.past import keep_past
from milepost.workspace.actions.rhythms import between, settle_rhythms
from milepost.workspace.actions.search import index_words
from milepost.workspace.actions.text import clean_name
from milepost.workspace.actions.versions import count_up
from milepost.workspace.errors import Invalid, NotAllowed
from milepost.workspace.models import ActorKind, Membership, Role, User, Workspace
from milepost.workspace.permissions import Actor, can_change_settings, require
from milepost.workspace.queries.second_steps import SECOND_STEPS

RESERVED_SLUGS = frozenset({"new", "api", "static", "account", "start", "join", "styleguide", "healthz"})


def clean_zone(name: str) -> str:
    """Return the name of an existing time zone.

    Raises:
        Invalid: there is no such zone.
    """
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid(f"“{name[:60]}” is no time zone. Write one such as Europe/Madrid.", field="time_zone") from None
    return name


@transaction.atomic
def create_workspace(*, user: User, name: str, time_zone: str, now: datetime, is_sample: bool = False) -> Membership:
    """Create a workspace with this operator as its admin and return the membership.

    Raises:
        NotAllowed: the user does not run this installation.
        Invalid: name or zone cannot be used.
    """
    if not user.is_operator:
        raise NotAllowed("Only who runs this installation may make workspaces.")
    name = clean_name(name)
    workspace = Workspace.objects.create(
        name=name, slug=_free_slug(name), time_zone=clean_zone(time_zone), is_sample=is_sample, created_at=now
    )
    membership = Membership.objects.create(workspace=workspace, user=user, role=Role.ADMIN, joined_at=now)
    actor = Actor(workspace_id=workspace.pk, membership_id=membership.pk, role=Role.ADMIN)
    index_words(workspace_id=workspace.pk, kind="person", object_id=membership.pk, text=user.name)
    changes = made(name=name, time_zone=workspace.time_zone)
    record_event(by=actor, verb="created", kind="workspace", object_id=workspace.pk, now=now, changes=changes)
    return membership


def _free_slug(name: str) -> str:
    base = slugify(name)[:50] or "workspace"
    taken = set(Workspace.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | RESERVED_SLUGS
    return next(slug for n in range(1, len(taken) + 2) if (slug := base if n == 1 else f"{base}-{n}") not in taken)


@dataclass(frozen=True, slots=True)
class WorkspaceSettings:
    """What an admin may set; `rhythm_weeks` 0 means monthly, `rhythm_weekday` 0 Monday.

    Check-ins are asked for by mail from `rhythm_hour` on, 0..23 in the workspace's zone, but not of who
    updated within the last `rhythm_skip_days`; 0 asks always. `rhythm_is_locked` keeps teams from having
    a rhythm of their own; what they had set waits.
    """

    name: str
    time_zone: str
    fiscal_month: int
    rhythm_weeks: int
    rhythm_weekday: int
    reviewers: int
    demands_second_step: bool
    rhythm_hour: int = 9
    rhythm_skip_days: int = 0
    rhythm_is_locked: bool = False


@transaction.atomic
def change_settings(*, by: Actor, settings: WorkspaceSettings, seen: int | None = None, now: datetime) -> None:
    """Save the workspace's settings; scores are due again, but for those that give them no meaning.

    Raises:
        NotAllowed: not an admin.
        Invalid: a value cannot be used, or who demands a second step of everybody has none.
        Stale: it is not the version `seen` any more.
    """
    require(can_change_settings, by, to="change the settings")
    workspace = lock_workspace(by.workspace_id)
    count_up(workspace, seen=seen)
    changes: dict[str, list[object]] = {}
    wanted = {
        "name": clean_name(settings.name),
        "time_zone": clean_zone(settings.time_zone),
        "fiscal_month": between(settings.fiscal_month, 1, 12, field="fiscal_month"),
        "rhythm_weeks": between(settings.rhythm_weeks, 0, 3, field="rhythm_weeks"),
        "rhythm_weekday": between(settings.rhythm_weekday, 0, 6, field="rhythm_weekday"),
        "rhythm_hour": between(settings.rhythm_hour, 0, 23, field="rhythm_hour"),
        "rhythm_skip_days": between(settings.rhythm_skip_days, 0, 30, field="rhythm_skip_days"),
        "rhythm_is_locked": settings.rhythm_is_locked,
        "reviewers": between(settings.reviewers, 0, 2, field="reviewers"),
        "demands_second_step": settings.demands_second_step,
    }
    if settings.demands_second_step and not workspace.demands_second_step:
        _check_may_demand(by)
    for field, new in wanted.items():
        old = getattr(workspace, field)
        if old != new:
            changes[field] = [old, new]
            setattr(workspace, field, new)
    if not changes:
        return
    if changes.keys() - {"demands_second_step", "rhythm_hour", "rhythm_skip_days", "rhythm_is_locked"}:
        workspace.scores_on = None
    workspace.save(update_fields=[*changes, "scores_on", "version"])
    if not settle_rhythms(workspace, now=now):
        keep_past(workspace, now=now)
    record_event(by=by, verb="changed", kind="workspace", object_id=workspace.pk, now=now, changes=changes)


def _check_may_demand(by: Actor) -> None:
    """Refuse unless an admin who can show a second step demands it: so at least one is not shut out.

    The operator may for an admin who has one; a token of the workspace stands for nobody who could.
    """
    admins = Membership.objects.filter(
        workspace_id=by.workspace_id, role=Role.ADMIN, removed_at=None, user__authenticator__type__in=SECOND_STEPS
    )
    if by.kind == ActorKind.OPERATOR:
        sentence = "No admin of this workspace has a second step. Let one of them set it up first, in their account."
    elif by.membership_id is None:
        admins = admins.none()
        sentence = "A token of the workspace cannot demand it. An admin who has a second step switches it on."
    else:
        admins = admins.filter(pk=by.membership_id)
        sentence = "Set up a second step of your own first, in your account. Then you can demand one of everybody."
    if not admins.exists():
        raise Invalid(sentence, field="demands_second_step")
