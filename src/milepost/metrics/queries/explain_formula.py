"""Where the value of a calculated KPI comes from, for one reader (rule K7)."""

from datetime import date

from milepost.core.calendar import Frequency
from milepost.core.explain import Explanation, Fed, Link, explain_formula
from milepost.core.formula import Read, read_at
from milepost.metrics.models import Metric
from milepost.metrics.queries.formulas import ids_in, inputs_shown, key_of, read_kept, sources_of
from milepost.metrics.queries.series import known_readings
from milepost.metrics.scoring import Judged
from milepost.workspace.permissions import Actor


def explained_value(actor: Actor, kpi: Metric, judged: Judged) -> tuple[Explanation, ...]:
    """Return the explanation of the last value of a calculated KPI that the actor was shown; four queries.

    Where newer periods are over and have none, it says which inputs they lack.
    """
    node, frequency = read_kept(kpi.formula), Frequency(kpi.frequency)
    ids = ids_in(node)
    kpis = {one.pk: one for one in Metric.objects.filter(pk__in=ids, workspace_id=kpi.workspace_id)}
    shown = {key_of(one.id) for one in inputs_shown(actor, kpi)[1]}
    sources = sources_of(kpi, node, kpis, known_readings(ids))
    fiscal_month = kpi.workspace.fiscal_month

    def read(start: date) -> dict[str, Read]:
        return read_at(node, sources, start, frequency=frequency, fiscal_month=fiscal_month)

    def called(key: str) -> tuple[str, Link | None]:
        one = kpis.get(int(key.removeprefix("#")))
        return (one.name, Link("kpi", one.slug or "")) if one is not None and key in shown else ("", None)

    start = judged.last.start if judged.last else judged.newest
    fed = {}
    for key, one in read(start).items():
        name, link = called(key)
        source = sources[key]
        fed[key] = Fed(name, one.value, source.unit_code, source.frequency, one.parts, one.expected, link)
    newest = judged.newest if start < judged.newest else None
    missing = [(newest, *called(key)) for key, one in read(newest).items() if one.value is None] if newest else []
    said = explain_formula(node, fed, unit=kpi.unit_code, start=start, frequency=frequency, missing_since=missing)
    return (said,)
