"""What was kept, changed and learned in a cycle."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from milepost.okr.actions.moment import lock_moment
from milepost.okr.models import Retrospective
from milepost.okr.permissions import About, can_look_back
from milepost.okr.queries.access import get_cycle
from milepost.workspace.actions import record_event
from milepost.workspace.actions.text import clean_text
from milepost.workspace.actions.versions import count_up
from milepost.workspace.errors import NotFound
from milepost.workspace.models import Team
from milepost.workspace.permissions import Actor, require

LONGEST = 5000
FIELDS = ("kept", "changed", "learned")


@dataclass(frozen=True, slots=True)
class RetrospectiveDraft:
    """What a cycle leaves behind, in the words of those who were in it."""

    kept: str = ""
    changed: str = ""
    learned: str = ""


@transaction.atomic
def write_retrospective(
    *,
    by: Actor,
    cycle_id: int,
    draft: RetrospectiveDraft,
    team_id: int | None = None,
    seen: int | None = None,
    now: datetime,
) -> None:
    """Write what a cycle was like, of everybody or of one team; the trail keeps what stood there before.

    Raises:
        NotAllowed: neither admin, nor the cycle's coach, nor the lead of a goal in it.
        NotFound: no such cycle or team.
        Invalid: a text is too long.
        Stale: it is not the version `seen` any more.
    """
    lock_moment(by, now=now)
    cycle = get_cycle(by, cycle_id)
    if team_id is not None and not Team.objects.filter(pk=team_id, workspace_id=by.workspace_id).exists():
        raise NotFound
    require(can_look_back, by, About(cycle, team_id), to="write the retrospective of this cycle")
    of_team = Q(team_id=team_id) if team_id is not None else Q(team__isnull=True)
    there = Retrospective.objects.filter(of_team, cycle=cycle).first()
    row = there or Retrospective(workspace_id=by.workspace_id, cycle=cycle, team_id=team_id, version=0)
    count_up(row, seen=seen)
    words = {name: clean_text(getattr(draft, name), field=name, most=LONGEST) for name in FIELDS}
    changes = {name: (getattr(row, name), words[name]) for name in FIELDS if getattr(row, name) != words[name]}
    if not changes:
        return
    for name in changes:
        setattr(row, name, words[name])
    row.save()
    record_event(
        by=by,
        verb="looked_back",
        kind="cycle",
        object_id=cycle.pk,
        now=now,
        changes=changes,
        about={"name": cycle.name, "team": team_id},
    )
