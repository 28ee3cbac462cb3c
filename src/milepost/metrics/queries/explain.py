"""Why a KPI has its word, and a calculated one its value."""

from datetime import date

from milepost.core.calendar import Frequency, last_day
from milepost.core.explain import Explained, Input, Link, explain_kpi
from milepost.core.ramp import Ramp
from milepost.metrics.models import Metric, Reading, ReadingSource
from milepost.metrics.queries.access import get_kpi
from milepost.metrics.queries.explain_formula import explained_value
from milepost.metrics.queries.series import as_points, known_readings
from milepost.metrics.queries.targets import targets_of
from milepost.metrics.scoring import Judged, Versions, in_force_since, judge, plan_on, target_of_period
from milepost.workspace.permissions import Actor


def explained_kpi(actor: Actor, slug: str, *, today: date) -> Explained:
    """Return the explanation of a KPI's status on `today`, before it that of a calculated value.

    Four queries; eight where a formula makes the values.

    Raises:
        NotFound: it is not the actor's to see.
    """
    kpi = get_kpi(actor, slug)
    frequency = Frequency(kpi.frequency)
    known = known_readings([kpi.pk]).get(kpi.pk, {})
    versions = targets_of([kpi.pk]).get(kpi.pk, ())
    judged = judge(as_points(known), versions, frequency=frequency, lag_days=kpi.lag_days, today=today)
    about = Link("kpi", slug)
    inputs: list[Input] = []
    if judged.last is not None:
        reading = known[judged.last.start]
        author = Reading.objects.filter(pk=reading.id).values_list("author__user__name", flat=True).first()
        source = ReadingSource(reading.source).label
        inputs.append(Input("value", judged.last.value, kpi.unit_code, judged.last.start, source, author or "", about))
    status = explain_kpi(
        last=judged.last,
        target=judged.target,
        frequency=frequency,
        lag_days=judged.lag_days,
        today=today,
        expected_periods=judged.expected_periods,
        unit=kpi.unit_code,
        inputs=(*inputs, *_target(kpi, judged, versions, today=today)),
        link=about,
        target_of=lambda start: target_of_period(versions, start, frequency),
    )
    value = explained_value(actor, kpi, judged) if kpi.formula else ()
    return Explained(about, kpi.name, kpi.unit_code, today, (*value, status))


def _target(kpi: Metric, judged: Judged, versions: Versions, *, today: date) -> list[Input]:
    """Return the numbers of the target that judges the last value, with the day since which it is in force."""
    target = judged.target
    if target is None:
        return []
    start, frequency = judged.last.start if judged.last else today, Frequency(kpi.frequency)
    since = in_force_since(versions, start, frequency)
    ends = {"at least": target.low, "at most": target.high, "tolerance": target.tolerance}
    found = [Input(label, value, kpi.unit_code, since, "target") for label, value in ends.items() if value is not None]
    plan = plan_on(versions, last_day(start, frequency))
    if isinstance(plan, Ramp):  # where the line lies that the target of the period is on
        line = [
            ("the line begins at", plan.start, plan.since),
            *(("it comes to", value, day) for day, value in plan.goals),
        ]
        found += [Input(label, value, kpi.unit_code, day, "target") for label, value, day in line]
    return found
