"""What an objective serves besides its parents: a key result of another one, or a KPI; no number moves (rule R3)."""

from datetime import datetime

from django.db import transaction

from milepost.metrics.models import Metric
from milepost.metrics.queries import get_kpi
from milepost.okr.actions.alignment import OVER, changing, told_of
from milepost.okr.actions.moment import lock_moment
from milepost.okr.models import KeyResult, Served
from milepost.okr.queries.access import get_key_result
from milepost.workspace.errors import Invalid, NotFound
from milepost.workspace.models import Visibility
from milepost.workspace.permissions import Actor

MOST_SERVED = 10


@transaction.atomic
def serve(
    *,
    by: Actor,
    objective_id: int,
    key_result_id: int | None = None,
    kpi: str | None = None,
    reason: str = "",
    now: datetime,
) -> int:
    """Say that an objective is there to move a key result of another one, or a KPI; return the link's id.

    Nobody is asked, for nothing is counted: a link that counts is a parent or a key result's source.

    Args:
        kpi: its slug; exactly one of the two is given.
        reason: of the amendment, once the objective runs.

    Raises:
        NotAllowed, NotFound, NeedsReason, WrongState.
        Invalid: neither or both are given, it serves it already, or these are too many.
    """
    lock_moment(by, now=now)
    objective = changing(by, objective_id)
    if (key_result_id is None) == (kpi is None):
        raise Invalid("Name one thing it serves: a key result, or a KPI.", field="serves")
    thing = _thing(by, key_result_id, kpi)
    if isinstance(thing, KeyResult):
        if thing.objective_id == objective.pk:
            raise Invalid(f"“{thing.title}” is a key result of this objective already.", field="serves")
        if thing.state in OVER:
            state = thing.get_state_display().lower()
            raise Invalid(f"“{thing.title}” is {state}. Choose one that runs.", field="serves")
    elif thing.archived_at is not None:
        raise Invalid(f"“{thing.name}” is archived. Choose a KPI that is watched.", field="serves")
    there = Served.objects.filter(objective=objective, until=None)
    if there.filter(**_as_field(thing)).exists():
        raise Invalid(f"It serves “{_title(thing)}” already.", field="serves")
    if (count := there.count()) >= MOST_SERVED:
        raise Invalid(f"It serves {count} things. Keep it to {MOST_SERVED}.", field="serves")
    made = Served.objects.create(workspace_id=by.workspace_id, objective=objective, since=now, **_as_field(thing))
    told_of(by, objective, {"serves": ("", _in_words(thing))}, reason=reason, now=now)
    return made.pk


@transaction.atomic
def stop_serving(*, by: Actor, objective_id: int, served_id: int, reason: str = "", now: datetime) -> None:
    """Take back that an objective serves something; that it did stays on record.

    Raises:
        NotAllowed, NotFound, NeedsReason, WrongState.
    """
    lock_moment(by, now=now)
    objective = changing(by, objective_id)
    rows = Served.objects.filter(objective=objective, until=None).select_related("key_result", "metric")
    link = rows.filter(pk=served_id).first()
    if link is None:
        raise NotFound
    slug = link.metric.slug if link.metric else None
    thing = _thing(by, link.key_result_id, slug)  # whoever does not see it cannot tell that it is there
    link.until = now
    link.save(update_fields=["until"])
    told_of(by, objective, {"serves": (_in_words(thing), "")}, reason=reason, now=now)


def _thing(by: Actor, key_result_id: int | None, kpi: str | None) -> KeyResult | Metric:
    if key_result_id is not None:
        return get_key_result(by, key_result_id)
    return get_kpi(by, kpi or "")


def _as_field(thing: KeyResult | Metric) -> dict[str, KeyResult | Metric]:
    return {"key_result": thing} if isinstance(thing, KeyResult) else {"metric": thing}


def _title(thing: KeyResult | Metric) -> str:
    return thing.title if isinstance(thing, KeyResult) else thing.name


def _in_words(thing: KeyResult | Metric) -> str:
    """Return how the ledger names it: what everybody reads names nothing that not everybody sees."""
    wall = thing.objective.visibility if isinstance(thing, KeyResult) else thing.visibility
    kind = "the key result" if isinstance(thing, KeyResult) else "the KPI"
    return f"{kind} {_title(thing)}" if wall == Visibility.EVERYBODY else f"{kind} that not everybody sees"
