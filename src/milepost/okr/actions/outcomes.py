"""What becomes of key results once they are closed: KPIs, higher targets, drafts of the next cycle (G3, G4)."""

from collections.abc import Mapping, Sequence

from milepost.core.target import Target, TargetRule
from milepost.metrics.actions.kpis import KpiDraft, become_kpi, raise_target
from milepost.okr.actions.carry import carry
from milepost.okr.actions.grading import GradeDraft
from milepost.okr.actions.moment import Moment
from milepost.okr.actions.walls import guard_kpi
from milepost.okr.models import Contributor, KeyResult, KeyResultKind, Objective, Outcome
from milepost.workspace.models import Membership, Visibility
from milepost.workspace.permissions import WHO_SEES, Actor


def follow(
    by: Actor, objective: Objective, rows: Sequence[KeyResult], said: Mapping[int, GradeDraft], *, moment: Moment
) -> tuple[Objective | None, list[int]]:
    """Do what was decided of the key results of an objective that closes.

    Returns:
        The draft in which carried ones go on, None if there is none, and key results whose rows have to be made.

    Raises:
        NotAllowed, NotFound, Invalid, BadTarget.
    """
    for row in rows:
        if row.outcome == Outcome.KPI:
            _turn_into_kpi(by, row, objective, moment=moment)
        elif row.outcome == Outcome.RAISE and row.metric is not None:
            raise_target(by=by, kpi=row.metric, target=_target_of(row), today=moment.today, now=moment.now)
    carried = {row: said[row.pk].keeps_progress for row in rows if row.outcome == Outcome.CARRY}
    return carry(by, objective, carried, moment=moment) if carried else (None, [])


def _turn_into_kpi(by: Actor, row: KeyResult, objective: Objective, *, moment: Moment) -> None:
    """Make a key result's own measure a KPI that the same people see, kept at what the key result wanted.

    A value may be a rhythm old before it is missed: it was typed at check-ins.
    """
    metric = row.metric
    if metric is None:
        raise AssertionError(f"{row.pk} has no measure, so it could not be chosen")
    people = _people_of(objective) if objective.visibility != Visibility.EVERYBODY else set()
    present = Membership.objects.filter(pk__in=people | {row.lead_id}, removed_at=None)
    helpers = set(present.values_list("pk", flat=True))
    lead_id = row.lead_id if row.lead_id in helpers else objective.lead_id
    draft = KpiDraft(
        name=row.title,
        unit=metric.unit_code,
        direction=metric.direction,
        frequency=metric.frequency,
        aggregation=metric.aggregation,
        target=_target_of(row),
        lead_id=lead_id,
        owner_team_id=objective.owner_team_id,
        lag_days=moment.rhythms.of(objective.owner_team_id).days,
        visibility=WHO_SEES[Visibility(objective.visibility)],
        contributor_ids=sorted(helpers - {lead_id}) if people else (),
    )
    become_kpi(by=by, metric=metric, draft=draft, today=moment.today, now=moment.now)
    guard_kpi(by, metric)


def _people_of(objective: Objective) -> set[int]:
    leads = KeyResult.objects.filter(objective=objective).values_list("lead_id", flat=True)
    helpers = Contributor.objects.filter(objective=objective).values_list("membership_id", flat=True)
    return {pk for pk in (*leads, *helpers, objective.lead_id, objective.owner_person_id) if pk}


def _target_of(row: KeyResult) -> Target:
    """Return what a key result wanted as the target of a KPI: its target to hold, or the level it kept (K2)."""
    if row.kind == KeyResultKind.KEEP:
        both = row.low is not None and row.high is not None
        one = TargetRule.AT_LEAST if row.low is not None else TargetRule.AT_MOST
        return Target(TargetRule.WITHIN if both else one, low=row.low, high=row.high, tolerance=row.tolerance)
    if row.start is None or row.target is None:
        raise AssertionError(f"{row.pk} has no target, so it could not be chosen")
    rises = row.target > row.start
    return Target(TargetRule.AT_LEAST, low=row.target) if rises else Target(TargetRule.AT_MOST, high=row.target)
