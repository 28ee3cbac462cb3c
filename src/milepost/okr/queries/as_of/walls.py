"""Who might see a goal at a moment: what walls meant for numbers then (R6), and who may see them there (A3)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from milepost.core.alignment import Audience
from milepost.metrics.queries.audience import add_teams, counted
from milepost.okr.models import Contributor, Objective, SharingTeam
from milepost.prepared import prepared
from milepost.workspace.models import Visibility
from milepost.workspace.permissions import Actor


@dataclass(frozen=True, slots=True)
class PastPeople:
    """The people of each objective at a moment: its lead, its owner, who helped, and who led its key results.

    `shared`: the teams that shared one that was for its team.
    """

    of: Mapping[int, frozenset[int]]
    team: Mapping[int, int | None]
    visibility: Mapping[int, int]
    shared: Mapping[int, frozenset[int]] = field(default_factory=dict)

    def seen(self, actor: Actor, objective_id: int) -> bool:
        """Return whether the actor, in the teams of today, might have seen an objective."""
        sight = actor.sight
        level = self.visibility[objective_id]
        if level <= sight.level or sight.me in self.of.get(objective_id, ()):
            return True
        teams = {self.team[objective_id], *self.shared.get(objective_id, ())}
        return level == Visibility.TEAM and not teams.isdisjoint(sight.teams)

    def audiences(self, ids: Collection[int]) -> dict[int, Audience]:
        """Return for each objective who saw it, by the teams and roles of today; as `okr.queries.audience`."""
        people = {pk: set(self.of.get(pk, ())) for pk in ids if self.visibility[pk] != Visibility.EVERYBODY}
        add_teams(people, {pk: self.team[pk] for pk in people if self.visibility[pk] == Visibility.TEAM})
        pairs = [(pk, team) for pk in people for team in self.shared.get(pk, ())]
        inside: dict[int, set[int]] = {team: set() for _, team in pairs}
        add_teams(inside, {team: team for team in inside})
        for pk, team in pairs:
            people[pk] |= inside[team]
        return counted(people, list(ids))


def people_then(
    objectives: Mapping[int, Mapping[str, Any]],
    lists: Mapping[int, Mapping[str, Any]],
    key_results: Iterable[Mapping[str, Any]],
) -> PastPeople:
    """Return who might see objectives; one query where one was not for everybody, two where one was for teams.

    Args:
        objectives: columns as they stood.
        lists: what hung on them, where that changed since.
        key_results: columns as they stood, of all of them.
    """
    narrow = {pk for pk, o in objectives.items() if o["visibility"]}
    people: dict[int, set[int]] = {}
    for pk in narrow:
        o = objectives[pk]
        people[pk] = {one for one in (o["lead_id"], o["owner_person_id"]) if one is not None}
        people[pk] |= set(lists.get(pk, {}).get("contributors", ()))
    for pk, one in _contributors([pk for pk in narrow if "contributors" not in lists.get(pk, ())]):
        people[pk].add(one)
    for k in key_results:
        if k["objective_id"] in people:
            people[k["objective_id"]].add(k["lead_id"])
    for_teams = [pk for pk in narrow if objectives[pk]["visibility"] == Visibility.TEAM]
    shared = {pk: set(lists.get(pk, {}).get("sharing_teams", ())) for pk in for_teams}
    for pk, team in _sharing([pk for pk in for_teams if "sharing_teams" not in lists.get(pk, ())]):
        shared[pk].add(team)
    return PastPeople(
        of={pk: frozenset(found) for pk, found in people.items()},
        team={pk: o["owner_team_id"] for pk, o in objectives.items()},
        visibility={pk: o["visibility"] for pk, o in objectives.items()},
        shared={pk: frozenset(teams) for pk, teams in shared.items()},
    )


def seen_today(actor: Actor, ids: Collection[int]) -> set[int]:
    """Return those of these objectives that the actor may see today; no query where there are no walls."""
    return {pk for (pk,) in _seen(ids, *actor.sight)} if actor.has_walls and not actor.is_admin else set(ids)


@prepared
def _contributors(ids: Collection[int]) -> QuerySet[Contributor, tuple[int, int]]:
    return Contributor.objects.filter(objective_id__in=ids).values_list("objective_id", "membership_id")


@prepared
def _sharing(ids: Collection[int]) -> QuerySet[SharingTeam, tuple[int, int]]:
    return SharingTeam.objects.filter(objective_id__in=ids).values_list("objective_id", "team_id")


@prepared
def _seen(ids: Collection[int], *sight: Any) -> QuerySet[Objective, tuple[int]]:
    return Objective.objects.seen(*sight).filter(pk__in=ids).values_list("pk")
