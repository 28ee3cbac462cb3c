"""Who sees a goal, who helps with it, and what may not be shown through it (M5, R6)."""

from collections.abc import Collection
from datetime import date

from milepost.core.alignment import is_inside
from milepost.metrics.models import Metric
from milepost.metrics.queries.audience import kpi_audiences
from milepost.okr.models import Contributor, KeyResult, Objective, ObjectiveTag, SharingTeam
from milepost.okr.queries.audience import audiences
from milepost.workspace.actions import clean_tags, owning_team, walls_stand
from milepost.workspace.errors import Invalid, NotFound
from milepost.workspace.models import Membership, Visibility
from milepost.workspace.permissions import Actor

MOST_CONTRIBUTORS = 100
MOST_TEAMS = 20


def set_contributors(by: Actor, objective: Objective, ids: Collection[int]) -> tuple[list[int], list[int]] | None:
    """Make these people the contributors of an objective; return ids before and after, None if nothing changed.

    Raises:
        NotFound: somebody is not in the workspace.
        Invalid: these are too many.
    """
    wanted = set(ids)
    if len(wanted) > MOST_CONTRIBUTORS:
        raise Invalid(f"These are {len(wanted)} people. Name {MOST_CONTRIBUTORS} at most.", field="contributors")
    there = set(Contributor.objects.filter(objective=objective).values_list("membership_id", flat=True))
    if wanted == there:
        return None
    people = Membership.objects.filter(workspace_id=by.workspace_id, removed_at=None, pk__in=wanted)
    if people.count() != len(wanted):
        raise NotFound
    Contributor.objects.filter(objective=objective).exclude(membership_id__in=wanted).delete()
    Contributor.objects.bulk_create(Contributor(objective=objective, membership_id=pk) for pk in sorted(wanted - there))
    return sorted(there), sorted(wanted)


def set_sharing_teams(
    by: Actor, objective: Objective, ids: Collection[int], *, today: date
) -> tuple[list[str], list[str]] | None:
    """Let these teams share an objective; return their names before and after, None if nothing changed.

    Raises:
        NotFound: there is no such team.
        Invalid: the team owns it already, has ended, or these are too many.
    """
    wanted = set(ids)
    if len(wanted) > MOST_TEAMS:
        raise Invalid(f"These are {len(wanted)} teams. Share it with {MOST_TEAMS} at most.", field="sharing_teams")
    if objective.owner_team_id in wanted:
        raise Invalid("It belongs to this team already. Choose others to share it with.", field="sharing_teams")
    rows = SharingTeam.objects.filter(objective=objective)
    there = dict(rows.order_by("team__name").values_list("team_id", "team__name"))
    if wanted == there.keys():
        return None
    for pk in wanted - there.keys():
        owning_team(by, pk, there=None, today=today, field="sharing_teams")
    rows.exclude(team_id__in=wanted).delete()
    SharingTeam.objects.bulk_create(
        SharingTeam(objective=objective, team_id=pk) for pk in sorted(wanted - there.keys())
    )
    return list(there.values()), list(rows.order_by("team__name").values_list("team__name", flat=True))


def set_tags(objective: Objective, words: Collection[str]) -> tuple[list[str], list[str]] | None:
    """Let an objective be found by these tags; return them before and after, None if nothing changed.

    Raises:
        Invalid: a tag cannot be used, or these are too many.
    """
    wanted = clean_tags(words)
    there, objective.tags = objective.tags, list(wanted.values())
    if there == objective.tags:
        return None
    ObjectiveTag.objects.filter(objective=objective).delete()
    ObjectiveTag.objects.bulk_create(
        ObjectiveTag(objective=objective, key=key, word=word) for key, word in wanted.items()
    )
    objective.save(update_fields=["tags"])
    return there, objective.tags


def guard(objective: Objective, *, has_walls: bool) -> None:
    """Note that walls stand, and refuse an objective through which a KPI would be seen by more than may see it.

    Args:
        has_walls: what the locked workspace says; without walls there is no KPI to look for.

    Raises:
        Invalid: with the KPI named.
    """
    if objective.visibility != Visibility.EVERYBODY:
        walls_stand(objective.workspace_id)
    elif not has_walls:
        return
    narrow = Metric.objects.filter(key_results__objective=objective, is_kpi=True, visibility__gt=0).exclude(
        key_results__state="cancelled"
    )
    found = list(narrow.distinct())
    if not found:
        return
    seen_by = audiences([objective.pk])[objective.pk]
    may_see = kpi_audiences([kpi.pk for kpi in found])
    for kpi in found:
        if not is_inside(seen_by, may_see[kpi.pk]):
            raise Invalid(
                f"“{kpi.name}” is seen by fewer people than this objective. Let fewer see the objective, "
                "or more see the KPI.",
                field="visibility",
            )


def guard_kpi(by: Actor, kpi: Metric) -> None:
    """Refuse a KPI that more people see through an objective than may see it.

    Raises:
        Invalid: with an objective named, if it is the actor's to see.
    """
    if kpi.visibility == Visibility.EVERYBODY:
        return
    walls_stand(kpi.workspace_id)
    rows = KeyResult.objects.filter(metric=kpi).exclude(state="cancelled")
    ids = list(rows.values_list("objective_id", flat=True))
    seen_by = audiences(ids)
    may_see = kpi_audiences([kpi.pk])[kpi.pk]
    wider = [pk for pk in ids if not is_inside(seen_by[pk], may_see)]
    if wider:
        shown = Objective.objects.visible_to(by).filter(pk__in=wider).values_list("title", flat=True).first()
        which = f"“{shown}” reads it and is" if shown else "An objective reads it that is"
        raise Invalid(f"{which} seen by more people. Let fewer see that one first.", field="visibility")
