"""The only way to fetch a metric."""

from typing import Any

from django.db.models import QuerySet

from milepost.metrics.models import Metric
from milepost.prepared import prepared
from milepost.workspace.errors import Invalid, NotFound
from milepost.workspace.permissions import Actor


def get_kpi(actor: Actor, slug: str) -> Metric:
    """Return a KPI that the actor may see, with its score row.

    Raises:
        NotFound: there is none with this slug, it belongs to another workspace, or it stands behind a wall.
    """
    found = _kpi(slug, *actor.sight)
    if not found:
        raise NotFound
    return found[0]


@prepared
def _kpi(slug: str, *sight: Any) -> QuerySet[Metric, Metric]:
    return Metric.objects.seen(*sight).select_related("score").filter(slug=slug, is_kpi=True)


def find_kpi(actor: Actor, name: str) -> str | None:
    """Return the slug of the KPI with this slug or name, None if there is none.

    Raises:
        Invalid: several KPIs have the name.
    """
    rows = Metric.objects.visible_to(actor).filter(is_kpi=True, archived_at=None)
    found = list(rows.filter(slug=name).values_list("slug", flat=True)) or list(
        rows.filter(name__iexact=name.strip()).values_list("slug", flat=True)[:2]
    )
    if len(found) > 1:
        raise Invalid(f"Several KPIs are called {name}. Use the slug: the last part of the KPI's address.")
    return found[0] if found else None
