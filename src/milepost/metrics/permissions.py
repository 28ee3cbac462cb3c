"""Who may change a KPI and write its values."""

from rules.predicates import predicate

from milepost.metrics.models import Metric, MetricContributor
from milepost.workspace.permissions import Actor, can_write, is_admin


@predicate
def leads_kpi(actor: Actor, metric: Metric | None) -> bool:
    """Return whether the actor is the KPI's lead and more than a viewer."""
    return (
        metric is not None
        and actor.can_write
        and actor.membership_id is not None
        and metric.lead_id == actor.membership_id
    )


@predicate
def manages_kpis_team(actor: Actor, metric: Metric | None) -> bool:
    """Return whether the actor manages the team that owns the KPI, or one above it."""
    return metric is not None and actor.can_write and metric.owner_team_id in actor.managed_teams


@predicate
def contributes(actor: Actor, metric: Metric | None) -> bool:
    """Return whether the actor helps with the KPI: may write its values, not change it."""
    if metric is None or not actor.can_write or actor.membership_id is None:
        return False
    return MetricContributor.objects.filter(metric=metric, membership_id=actor.membership_id).exists()


can_create_kpi = can_write
can_edit_kpi = is_admin | leads_kpi | manages_kpis_team
can_write_values = can_edit_kpi | contributes
