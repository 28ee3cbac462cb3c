"""By whose rhythm goals of people went on a day of the past: that of the one team they were in then (C4, A3)."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import QuerySet

from milepost.prepared import prepared
from milepost.workspace.models import Membership
from milepost.workspace.queries import Then, stood

OWNER, ONLY_TEAM = "owner_person_id", "owner_person__only_team_id"


def owners_of(objectives: Mapping[int, Mapping[str, Any]], then: Then) -> set[int]:
    """Return whose goals these are, by what their rows say; nobody where all teams went by one rhythm."""
    if not then.rhythms.by_team:
        return set()
    return {o[OWNER] for o in objectives.values() if o[OWNER] is not None}


def teams_then(
    objectives: Mapping[int, dict[str, Any]],
    lists: Mapping[int, Mapping[str, Any]],
    said: Mapping[int, Mapping[str, Any]],
    asked: Collection[int],
    then: Then,
) -> None:
    """Write into rows which team their owners of then were in.

    No query where the owners are the same, or where all teams went by one rhythm.

    Args:
        lists: what `all_stood` says of the objectives, put back already.
        said: what it says of the people `asked`.
    """
    owners = owners_of(objectives, then)
    if not owners:
        return
    was = {**said, **stood("person", owners - set(asked), then.until)}
    others = {pk for pk in objectives if OWNER in lists.get(pk, ())}
    now = dict(_only_teams([o for pk in others if (o := objectives[pk][OWNER]) is not None]))
    for pk, o in objectives.items():
        only = now.get(o[OWNER]) if pk in others else o[ONLY_TEAM]
        o[ONLY_TEAM] = was.get(o[OWNER], {}).get("only_team_id", only)


@prepared
def _only_teams(ids: Collection[int]) -> QuerySet[Membership, tuple[int, int | None]]:
    return Membership.objects.filter(pk__in=ids).values_list("id", "only_team_id")
