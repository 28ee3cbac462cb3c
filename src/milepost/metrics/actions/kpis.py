"""Making and changing KPIs."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.text import slugify

from milepost.core.calendar import Frequency
from milepost.core.series import Aggregation
from milepost.core.target import Direction, Target
from milepost.core.targets import TargetPlan
from milepost.core.units import parse_unit
from milepost.metrics.actions.calculate import Knowledge, recalculate
from milepost.metrics.actions.formulas import check_grains, guard_inputs, set_formula
from milepost.metrics.actions.refresh import refresh_kpis
from milepost.metrics.actions.targets import check_target, plan_words, set_target
from milepost.metrics.models import Metric, MetricContributor, MetricTag, Reading
from milepost.metrics.permissions import can_create_kpi, can_edit_kpi
from milepost.metrics.queries.access import get_kpi
from milepost.metrics.queries.targets import target_rows, targets_of
from milepost.metrics.scoring import ALWAYS, plan_on
from milepost.workspace.actions import (
    chosen_pillar,
    clean_tags,
    index_words,
    keep_past,
    lock_workspace,
    made,
    owning_team,
    read_visibility,
    record_event,
    walls_stand,
)
from milepost.workspace.actions.text import clean_name, clean_text
from milepost.workspace.actions.versions import count_up
from milepost.workspace.errors import Invalid, NotFound
from milepost.workspace.models import Membership, Visibility
from milepost.workspace.permissions import WHO_SEES, Actor, require

LONGEST_TEXT = 5000


@dataclass(frozen=True, slots=True)
class KpiDraft:
    """What a person writes of a KPI; `target` None means it is only watched (rule K3).

    `target_since` is the day from which the target is in force, None today. `visibility` is everybody, team
    or private (M5); `contributor_ids` and `tags` None leave them as they are, and so does `formula` (K7), of which
    "" says that the KPI is measured.
    """

    name: str
    unit: str
    direction: str
    frequency: str
    aggregation: str
    target: TargetPlan | None
    lead_id: int | None
    owner_team_id: int | None = None
    group: str = ""
    description: str = ""
    lag_days: int | None = None
    visibility: str = "everybody"
    contributor_ids: Sequence[int] | None = None
    target_since: date | None = None
    formula: str | None = None
    pillar_id: int | None = None
    tags: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """A KPI that was changed, and what counts now for each KPI of which that made other values."""

    kpi: Metric
    values: Mapping[int, Knowledge]


@transaction.atomic
def create_kpi(*, by: Actor, draft: KpiDraft, today: date, now: datetime) -> str:
    """Make a KPI and return its slug.

    Raises:
        NotAllowed, Invalid, NotFound, BadTarget.
    """
    require(can_create_kpi, by, to="add a KPI")
    workspace = lock_workspace(by.workspace_id)
    kpi = Metric(workspace_id=by.workspace_id, is_kpi=True, created_at=now)
    _fill(kpi, by, draft, fiscal_month=workspace.fiscal_month, today=today)
    kpi.slug = _free_slug(by, kpi)
    kpi.save()
    _set_contributors(kpi, draft.contributor_ids)
    tags = _set_tags(kpi, draft.tags or ())
    set_target(kpi, draft.target, since=draft.target_since or ALWAYS)
    formula = set_formula(kpi, draft.formula or "", by=by)
    if formula is not None:
        check_grains(kpi, by=by)
        guard_inputs(kpi, by=by)
        recalculate(by.workspace_id, {kpi.pk}, today=today, fiscal_month=workspace.fiscal_month, now=now)
    _after(kpi, today=today, now=now)
    record_event(
        by=by,
        verb="created",
        kind="kpi",
        object_id=kpi.pk,
        now=now,
        changes=made(
            **_told(kpi), target=plan_words(draft.target), formula=formula[1] if formula else "", tags=tags and tags[1]
        ),
        about=_about(kpi),
    )
    return kpi.slug


@transaction.atomic
def change_kpi(
    *, by: Actor, slug: str, draft: KpiDraft, today: date, seen: int | None = None, now: datetime
) -> Changed:
    """Change a KPI as `okr.actions.edit_kpi`, which moves the goals and checks who sees it through them.

    Raises:
        NotAllowed, Invalid, NotFound, BadTarget.
        Stale: it is not the version `seen` any more.
    """
    workspace = lock_workspace(by.workspace_id)
    kpi = get_kpi(by, slug)
    require(can_edit_kpi, by, kpi, to="change this KPI")
    count_up(kpi, seen=seen)
    before = _told(kpi)
    _fill(kpi, by, draft, fiscal_month=workspace.fiscal_month, today=today)
    after = _told(kpi)
    changes = {field: [before[field], after[field]] for field in before if after[field] != before[field]}
    frozen = {"unit", "frequency", "aggregation"} & set(changes)
    if frozen and Reading.objects.filter(metric=kpi).exists():
        raise Invalid(
            "Unit, frequency and counting stay as they are once there are values. Add a new KPI instead.",
            field=sorted(frozen)[0],
        )
    kpi.save()
    versions = targets_of([kpi.pk]).get(kpi.pk, ())
    since = draft.target_since or today
    old_target = plan_on(versions, since)
    hanging: dict[str, object] = {}
    if old_target != draft.target:
        had_one = any(target is not None for _, target in versions)
        if not had_one and draft.target_since is None:
            since = ALWAYS  # a first target fills what had none (K2)
        hanging["targets"] = target_rows(kpi.pk)
        set_target(kpi, draft.target, since=since)
        changes["target"] = [plan_words(old_target), plan_words(draft.target)]
        if since > today:
            changes["target_since"] = [None, since.isoformat()]
    helpers = _set_contributors(kpi, draft.contributor_ids)
    if helpers is not None:
        changes["contributors"] = list(helpers)
        hanging["contributors"] = helpers[0]
    tags = None if draft.tags is None else _set_tags(kpi, draft.tags)
    if tags is not None:
        changes["tags"] = list(tags)
    formula = None if draft.formula is None else set_formula(kpi, draft.formula, by=by)
    keep_past(kpi, now=now, **hanging)
    if formula is not None:
        changes["formula"] = list(formula)
    check_grains(kpi, by=by)
    guard_inputs(kpi, by=by)
    values: Mapping[int, Knowledge] = {}
    if changes:
        if {"formula", "lag_days"} & set(changes):  # how long a formula waits for a value is its input's lag
            values = recalculate(by.workspace_id, {kpi.pk}, today=today, fiscal_month=workspace.fiscal_month, now=now)
        _after(kpi, today=today, now=now)
        record_event(by=by, verb="changed", kind="kpi", object_id=kpi.pk, now=now, changes=changes, about=_about(kpi))
    return Changed(kpi, values)


@transaction.atomic
def archive_kpi(*, by: Actor, slug: str, now: datetime) -> None:
    """Take a KPI off the boards; its values and address stay, and formulas that read it go on with them.

    Raises:
        NotAllowed, NotFound.
    """
    lock_workspace(by.workspace_id)
    kpi = get_kpi(by, slug)
    require(can_edit_kpi, by, kpi, to="archive this KPI")
    old, kpi.archived_at = kpi.archived_at, now
    kpi.save(update_fields=["archived_at"])
    keep_past(kpi, now=now)
    index_words(workspace_id=by.workspace_id, kind="kpi", object_id=kpi.pk, text="")
    changes = {"archived": (old is not None, True)}
    record_event(by=by, verb="archived", kind="kpi", object_id=kpi.pk, now=now, changes=changes, about=_about(kpi))


def become_kpi(*, by: Actor, metric: Metric, draft: KpiDraft, today: date, now: datetime) -> str:
    """Make the own measure of a key result a KPI, with all its values, and return its slug (rule G3).

    Called in the transaction of a close. Unit, frequency and counting stay what the values are of.

    Raises:
        NotAllowed, Invalid, NotFound, BadTarget.
    """
    require(can_create_kpi, by, to="add a KPI")
    workspace = lock_workspace(by.workspace_id)
    metric.is_kpi = True
    _fill(metric, by, draft, fiscal_month=workspace.fiscal_month, today=today)
    metric.slug = _free_slug(by, metric)
    count_up(metric, seen=None)
    metric.save()
    _set_contributors(metric, draft.contributor_ids)
    set_target(metric, draft.target, since=ALWAYS)
    _after(metric, today=today, now=now)
    changes = made(**_told(metric), target=plan_words(draft.target))
    record_event(by=by, verb="created", kind="kpi", object_id=metric.pk, now=now, changes=changes, about=_about(metric))
    return metric.slug


def raise_target(*, by: Actor, kpi: Metric, target: Target, today: date, now: datetime) -> None:
    """Keep a KPI against a stricter target from a day on (rules G3, K2); called in the transaction of a close.

    Raises:
        NotAllowed, BadTarget.
        Invalid: it is kept against that or a stricter one already.
    """
    require(can_edit_kpi, by, kpi, to="change the target of this KPI")
    workspace = lock_workspace(by.workspace_id)
    direction, frequency = Direction(kpi.direction), Frequency(kpi.frequency)
    check_target(target, direction=direction, frequency=frequency, fiscal_month=workspace.fiscal_month)
    versions = targets_of([kpi.pk]).get(kpi.pk, ())
    old = plan_on(versions, today)
    if isinstance(old, Target) and _is_as_strict(old, target):
        raise Invalid(
            f"“{kpi.name}” is kept at {plan_words(old)} already, so {plan_words(target)} raises nothing.",
            field="outcome",
        )
    since = today if any(plan is not None for _, plan in versions) else ALWAYS
    set_target(kpi, target, since=since)
    count_up(kpi, seen=None)
    kpi.save(update_fields=["version"])
    _after(kpi, today=today, now=now)
    changes = {"target": (plan_words(old), plan_words(target))}
    record_event(by=by, verb="changed", kind="kpi", object_id=kpi.pk, now=now, changes=changes, about=_about(kpi))


def _is_as_strict(old: Target, new: Target) -> bool:
    """Return whether all that meets the old target meets the new one."""
    low = new.low is None or (old.low is not None and old.low >= new.low)
    high = new.high is None or (old.high is not None and old.high <= new.high)
    return low and high


def _fill(kpi: Metric, by: Actor, draft: KpiDraft, *, fiscal_month: int, today: date) -> None:
    kpi.name = clean_name(draft.name, most=200)
    kpi.unit_code = parse_unit(draft.unit).code
    kpi.direction = _one_of(Direction, draft.direction, field="direction")
    kpi.frequency = _one_of(Frequency, draft.frequency, field="frequency")
    kpi.aggregation = _one_of(Aggregation, draft.aggregation, field="aggregation")
    kpi.group = clean_name(draft.group, field="group", most=80) if draft.group.strip() else ""
    kpi.description = clean_text(draft.description, field="description", most=LONGEST_TEXT)
    if draft.lag_days is not None and not 0 <= draft.lag_days <= 366:  # noqa: PLR2004 - a year
        raise Invalid("Choose a lag from 0 to 366 days.", field="lag_days")
    kpi.lag_days = draft.lag_days
    direction, frequency = Direction(kpi.direction), Frequency(kpi.frequency)
    check_target(draft.target, direction=direction, frequency=frequency, fiscal_month=fiscal_month)
    lead = Membership.objects.filter(pk=draft.lead_id or 0, workspace_id=by.workspace_id, removed_at=None).first()
    if lead is None:
        raise Invalid("Choose a lead: the one person who answers for this KPI.", field="lead")
    kpi.lead = lead
    kpi.owner_team_id = owning_team(by, draft.owner_team_id, there=kpi.owner_team_id, today=today, field="team")
    kpi.pillar_id = chosen_pillar(by, draft.pillar_id, there=kpi.pillar_id)
    kpi.visibility = read_visibility(draft.visibility, owner_team_id=draft.owner_team_id)
    if kpi.visibility != Visibility.EVERYBODY:
        walls_stand(by.workspace_id)


def _set_contributors(kpi: Metric, ids: Sequence[int] | None) -> tuple[list[int], list[int]] | None:
    """Make these people those who help with a KPI; return ids before and after, None if nothing changed."""
    there = set(MetricContributor.objects.filter(metric=kpi).values_list("membership_id", flat=True))
    if ids is None or set(ids) == there:
        return None
    wanted = set(ids)
    people = Membership.objects.filter(workspace_id=kpi.workspace_id, removed_at=None, pk__in=wanted)
    if people.count() != len(wanted):
        raise NotFound
    MetricContributor.objects.filter(metric=kpi).exclude(membership_id__in=wanted).delete()
    MetricContributor.objects.bulk_create(
        MetricContributor(metric=kpi, membership_id=pk) for pk in sorted(wanted - there)
    )
    return sorted(there), sorted(wanted)


def _set_tags(kpi: Metric, words: Sequence[str]) -> tuple[list[str], list[str]] | None:
    """Let a KPI be found by these tags; return them before and after, None if nothing changed."""
    wanted = clean_tags(words)
    there, kpi.tags = kpi.tags, list(wanted.values())
    if there == kpi.tags:
        return None
    MetricTag.objects.filter(metric=kpi).delete()
    MetricTag.objects.bulk_create(MetricTag(metric=kpi, key=key, word=word) for key, word in wanted.items())
    kpi.save(update_fields=["tags"])
    return there, kpi.tags


def _one_of(enum: type[Direction] | type[Frequency] | type[Aggregation], value: str, *, field: str) -> str:
    if value not in {member.value for member in enum}:
        raise Invalid(f"Choose one of {', '.join(m.value for m in enum)}.", field=field)
    return value


def _after(kpi: Metric, *, today: date, now: datetime) -> None:
    index_words(workspace_id=kpi.workspace_id, kind="kpi", object_id=kpi.pk, text=kpi.name)
    refresh_kpis([kpi.pk], today=today, now=now)


def _free_slug(by: Actor, kpi: Metric) -> str:
    """Return an address of its own; behind a wall one that no other name can meet, so that none betrays it."""
    base = slugify(kpi.name)[:60] or "kpi"
    if kpi.visibility != Visibility.EVERYBODY:
        return f"{base}-{secrets.token_hex(4)}"
    taken = set(
        Metric.objects.filter(workspace_id=by.workspace_id, slug__startswith=base).values_list("slug", flat=True)
    )
    taken |= {"new"}
    return next(slug for n in range(1, len(taken) + 2) if (slug := base if n == 1 else f"{base}-{n}") not in taken)


def _told(kpi: Metric) -> dict[str, object]:
    """Return what the trail tells of a KPI: its lead by id, its team by name."""
    return {
        "name": kpi.name,
        "unit": kpi.unit_code,
        "direction": kpi.direction,
        "frequency": kpi.frequency,
        "aggregation": kpi.aggregation,
        "lead": kpi.lead_id,
        "owner_team": kpi.owner_team and kpi.owner_team.name,
        "pillar": kpi.pillar and kpi.pillar.name,
        "group": kpi.group,
        "description": kpi.description,
        "lag_days": kpi.lag_days,
        "visibility": WHO_SEES[Visibility(kpi.visibility)],
    }


def _about(kpi: Metric) -> dict[str, object]:
    return {"title": kpi.name, "slug": kpi.slug}
