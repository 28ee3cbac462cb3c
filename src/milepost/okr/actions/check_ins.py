"""Checking in: value, confidence and a line, in one transaction or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from milepost.core.judgement import BadJudgement, check_judgement
from milepost.core.series import Point
from milepost.core.status import GoalWord
from milepost.metrics.actions.readings import NewReading, Stored, store_readings
from milepost.metrics.errors import ReadsKpi
from milepost.metrics.models import Reading, ReadingSource
from milepost.metrics.queries.series import as_points
from milepost.okr.actions.measures import in_full
from milepost.okr.actions.moment import Moment, lock_moment
from milepost.okr.actions.refresh import refresh
from milepost.okr.errors import NothingToRepeat, WrongState
from milepost.okr.models import (
    WITH_METRIC,
    WITH_STEPS,
    CheckIn,
    GoalState,
    KeyResult,
    KeyResultKind,
    KeyResultScore,
    Step,
)
from milepost.okr.permissions import can_check_in, can_edit_goal, stands_in_for
from milepost.okr.queries.access import get_check_in, get_key_results
from milepost.okr.queries.facts import JustRead
from milepost.prepared import insert
from milepost.workspace.actions import gone, keep_past, record_event, tell
from milepost.workspace.actions.text import clean_text
from milepost.workspace.errors import Invalid, NotFound
from milepost.workspace.models import Visibility, WebhookEvent
from milepost.workspace.permissions import Actor, require

OWN_WORDS = frozenset({GoalWord.OFF_TRACK, GoalWord.AT_RISK, GoalWord.ON_TRACK, GoalWord.AHEAD})
LONGEST_NOTE = 1000
NO_VALUE: dict[str, str] = {
    KeyResultKind.JUDGED: "set the score instead",
    KeyResultKind.CHILDREN: "it is made of other key results, so write it there",
}


@dataclass(frozen=True, slots=True)
class CheckInDraft:
    """What a person says of one key result.

    `value` is the level so far in the metric's unit, None where it was not typed; `steps` maps step
    ids to the share done (0..1) of a milestone, to 0 or 1 of a task; `judged` is the score 0..1 of a
    judged one, and `note` says why; `own_word` is a status of S5 or "".
    """

    key_result_id: int
    confidence: int | None
    value: float | None = None
    note: str = ""
    blockers: str = ""
    own_word: str = ""
    nothing_changed: bool = False
    steps: Mapping[int, float] = field(default_factory=dict)
    judged: float | None = None
    request_key: str | None = None


@transaction.atomic
def record_check_ins(*, by: Actor, drafts: Sequence[CheckInDraft], now: datetime) -> tuple[int, ...]:
    """Save these check-ins, all or none, and return their ids in the order given.

    One transaction writes check-ins, readings, events and scores. A draft whose `request_key` was
    saved before is not saved again; its first id is returned.

    Raises:
        NotFound, NotAllowed: a key result that is not there or not the actor's to check in on.
        WrongState: the key result is not running.
        ReadsKpi: a value was typed where a KPI is read.
        NothingToRepeat: "nothing changed" without an earlier value.
        Invalid: confidence outside 1..10, a text that is too long, an unknown status or step.

    Source: rules C1, C2, C3, S5, S6.
    """
    moment = lock_moment(by, now=now)
    if by.membership_id is None:
        raise Invalid("A check-in comes from a person.")
    ids = [draft.key_result_id for draft in drafts]
    found = get_key_results(by, ids)
    seen = _saved_before(by, drafts)
    saved: list[int] = []
    points: dict[int, tuple[Point, ...]] = {}
    touched: dict[int, KeyResult] = {}
    for draft in drafts:
        if draft.request_key and draft.request_key in seen:
            saved.append(seen[draft.request_key])
            continue
        key_result = found.get(draft.key_result_id)
        if key_result is None:
            raise NotFound
        _may_check_in(by, key_result, moment, to="check in on this key result")
        try:
            check_in, stored = _save(by, key_result, draft, moment=moment)
        except Exception as refusal:
            refusal.add_note(f"key result {key_result.pk}")  # so that a form with many of them marks the right one
            raise
        saved.append(check_in.pk)
        touched[key_result.pk] = key_result
        if stored is not None and key_result.metric_id is not None:
            points[key_result.metric_id] = as_points(stored.known)
    read = JustRead(key_results=touched, points=points)
    refresh(key_results=touched, rhythms=moment.rhythms, today=moment.today, now=now, read=read)
    return tuple(saved)


def record_check_in(*, by: Actor, draft: CheckInDraft, now: datetime) -> int:
    """Save one check-in and return its id; as `record_check_ins`."""
    return record_check_ins(by=by, drafts=[draft], now=now)[0]


@transaction.atomic
def edit_check_in(*, by: Actor, check_in_id: int, draft: CheckInDraft, now: datetime) -> int:
    """Replace one's own check-in by another for the same day and return the new id; both are kept (C2).

    Raises:
        NotFound: it is not there, not in force, or not the actor's own.
        Others as `record_check_ins`.
    """
    moment = lock_moment(by, now=now)
    old = _own(by, check_in_id, moment)
    new, _ = _save(by, old.key_result, draft, moment=moment, replaces=old)
    refresh(key_results=[old.key_result_id], rhythms=moment.rhythms, today=moment.today, now=now)
    return new.pk


@transaction.atomic
def delete_check_in(*, by: Actor, check_in_id: int, now: datetime) -> None:
    """Withdraw one's own check-in and the value that came with it; both stay in the history (C2).

    Raises:
        NotFound: it is not there, not in force, or not the actor's own.
        WrongState: the key result is closed.
    """
    moment = lock_moment(by, now=now)
    old = _own(by, check_in_id, moment)
    _must_run(old.key_result)
    if old.reading is not None and old.key_result.metric is not None and not old.nothing_changed:
        _withdraw_value(by, old, moment=moment)
    CheckIn.objects.create(
        workspace_id=by.workspace_id,
        key_result=old.key_result,
        author_id=_person(by),
        at=now,
        valid_on=old.valid_on,
        confidence=old.confidence,
        replaces=old,
        withdrawn=True,
    )
    record_event(
        by=by,
        verb="deleted_check_in",
        kind="key_result",
        object_id=old.key_result_id,
        now=now,
        changes=gone(value=old.value, confidence=old.confidence),
        about=_about(old.key_result, old),
    )
    refresh(key_results=[old.key_result_id], rhythms=moment.rhythms, today=moment.today, now=now)


def _own(by: Actor, check_in_id: int, moment: Moment) -> CheckIn:
    found = get_check_in(by, check_in_id)
    if found.author_id != by.membership_id and not by.is_admin:
        raise NotFound
    _may_check_in(by, found.key_result, moment, to="change this check-in")
    return found


def _may_check_in(by: Actor, key_result: KeyResult, moment: Moment, *, to: str) -> None:
    """Let who may check in pass, and who stands in for a lead that is away today (rule C4)."""
    if can_check_in.test(by, key_result) or key_result.lead_id in stands_in_for(by, today=moment.today):
        return
    require(can_check_in, by, key_result, to=to)


def _save(
    by: Actor,
    key_result: KeyResult,
    draft: CheckInDraft,
    *,
    moment: Moment,
    replaces: CheckIn | None = None,
) -> tuple[CheckIn, Stored | None]:
    """Return the check-in, and what storing its value did if one was typed."""
    _must_run(key_result)
    cycle = key_result.objective.cycle
    valid_on = replaces.valid_on if replaces else min(moment.today, cycle.last_day)
    confidence = _confidence(draft.confidence)
    note = clean_text(draft.note, field="note", most=LONGEST_NOTE)
    blockers = clean_text(draft.blockers, field="blockers", most=LONGEST_NOTE)
    if draft.own_word and draft.own_word not in OWN_WORDS:
        raise Invalid("Choose off track, at risk, on track or ahead.", field="own_word")
    if draft.own_word and not note:
        raise Invalid("Say in one line why the status is another one.", field="note")
    reading_id: int | None
    stored: Stored | None = None
    steps: dict[str, float] | None = None
    steps_before: dict[str, float] = {}
    value: float | None
    judged: float | None = None
    _fits(key_result, draft)
    if key_result.kind in WITH_STEPS:
        steps_before, steps = _steps(key_result, draft, now=moment.now)
        reading_id, value = None, None
    elif key_result.kind == KeyResultKind.JUDGED:
        judged = _judgement(by, key_result, draft, note=note)
        reading_id, value = None, None
    elif draft.nothing_changed or draft.value is None:
        last, value = _last_reading(key_result, draft)
        reading_id = last.pk if last else None
    else:
        value = draft.value
        stored = _typed(by, key_result, value, valid_on=valid_on, moment=moment)
        reading_id = stored.readings[0].pk if stored.readings else stored.known[valid_on].id
    check_in = CheckIn(
        workspace_id=by.workspace_id,
        key_result=key_result,
        author_id=_person(by),
        at=moment.now,
        valid_on=valid_on,
        reading_id=reading_id,
        value=value,
        confidence=confidence,
        note=note,
        blockers=blockers,
        own_word=draft.own_word,
        nothing_changed=draft.nothing_changed,
        is_late=moment.today > cycle.last_day,
        steps=steps,
        judged=judged,
        replaces=replaces,
        request_key=draft.request_key,
    )
    insert(check_in)
    record_event(
        by=by,
        verb="edited_check_in" if replaces else "checked_in",
        kind="key_result",
        object_id=key_result.pk,
        now=moment.now,
        changes=_changes(key_result, check_in, replaces=replaces, steps_before=steps_before),
        reason=note if draft.own_word else "",  # an own status says why (S5)
        about=_about(key_result, check_in),
    )
    told = {
        "check_in_id": check_in.pk,
        "key_result_id": key_result.pk,
        "objective_id": key_result.objective_id,
        "title": key_result.title,
        "value": value,
        "confidence": confidence,
        "note": note,
        "author": by.name,
    }
    if key_result.objective.visibility == Visibility.EVERYBODY:
        tell(workspace_id=by.workspace_id, event=WebhookEvent.CHECK_IN_CREATED, data=[told], now=moment.now)
    return check_in, stored


def _must_run(key_result: KeyResult) -> None:
    if key_result.state != GoalState.ACTIVE or key_result.objective.state != GoalState.ACTIVE:
        state = key_result.objective.get_state_display().lower()
        raise WrongState(f"“{key_result.title}” is not running: its objective is {state}.")


def _fits(key_result: KeyResult, draft: CheckInDraft) -> None:
    """Refuse what another kind of key result takes: nothing that was sent is dropped in silence."""
    title = key_result.title
    if draft.value is not None and key_result.kind not in WITH_METRIC:
        how = NO_VALUE.get(key_result.kind, "say what is done of each step instead")
        raise Invalid(f"“{title}” takes no value: {how}.", field="value")
    if draft.steps and key_result.kind not in WITH_STEPS:
        raise Invalid(f"“{title}” has no steps: write its value instead.", field="steps")
    if draft.judged is not None and key_result.kind != KeyResultKind.JUDGED:
        raise Invalid(f"“{title}” is not judged: its score is computed.", field="judged")


def _judgement(by: Actor, key_result: KeyResult, draft: CheckInDraft, *, note: str) -> float | None:
    """Return the score a lead gives (P10), None where nothing changed."""
    if draft.nothing_changed:
        score = _score_of(key_result)
        if score is None or score.computed is None:
            raise NothingToRepeat(key_result.title)
        return None
    require(can_edit_goal, by, key_result, to="judge this key result; its lead does")
    if draft.judged is None:
        raise Invalid(f"Write how far “{key_result.title}” has come, 0 to 100 %.", field="judged")
    try:
        check_judgement(score=draft.judged, why=note)
    except BadJudgement as error:
        raise Invalid(str(error), field="judged" if note else "note") from None
    return draft.judged


def _typed(by: Actor, key_result: KeyResult, value: float, *, valid_on: date, moment: Moment) -> Stored:
    metric = key_result.metric
    if metric is None or metric.is_kpi:
        raise ReadsKpi(metric.name if metric else key_result.title)
    return store_readings(
        by=by,
        metric=metric,
        batch=[NewReading(day=valid_on, value=value)],
        source=ReadingSource.HAND,
        today=moment.today,
        fiscal_month=moment.fiscal_month,
        now=moment.now,
    )


def _last_reading(key_result: KeyResult, draft: CheckInDraft) -> tuple[Reading | None, float | None]:
    """Return the reading a check-in without a typed value points to (C3), and the value it shows."""
    metric = key_result.metric
    score = _score_of(key_result)
    shown = score.value if score else None
    if metric is None or key_result.kind == KeyResultKind.CHILDREN:
        return None, shown
    last = Reading.objects.filter(metric=metric).order_by("-valid_on", "-known_at", "-id").first()
    if metric.is_kpi:
        return last, shown
    if last is None or last.value is None or shown is None:
        last = (
            Reading.objects.filter(metric=metric, value__isnull=False).order_by("-valid_on", "-known_at", "-id").first()
        )
    if last is None:
        if draft.nothing_changed:
            raise NothingToRepeat(key_result.title)
        raise Invalid(f"Write the value of “{key_result.title}”.", field="value")
    return last, last.value


def _steps(key_result: KeyResult, draft: CheckInDraft, *, now: datetime) -> tuple[dict[str, float], dict[str, float]]:
    """Write what is done of each step and return it before and after, by step id."""
    own = Step.objects.filter(key_result=key_result).select_related("initiative").order_by("position", "id")
    steps = {step.pk: step for step in own}
    before = {str(pk): step.done for pk, step in steps.items()}
    was = in_full(steps.values())
    if draft.nothing_changed:
        return before, before
    for pk, done in draft.steps.items():
        step = steps.get(pk)
        if step is None:
            raise NotFound
        if step.is_cancelled:
            raise Invalid(f"“{step.title}” was cancelled, so it is neither done nor left to do.", field="steps")
        if key_result.kind == KeyResultKind.TASKS and done not in {0, 1}:
            raise Invalid(f"“{step.title}” is a task: it is done or it is not.", field="steps")
        if not 0 <= done <= 1:
            raise Invalid(f"“{step.title}” is between 0 and 100 % done.", field="steps")
        if step.done != done:
            if hasattr(step, "initiative"):
                raise Invalid(f"“{step.title}” is an initiative: say there that it is done.", field="steps")
            step.done = done
            step.save(update_fields=["done"])
    after = {str(pk): step.done for pk, step in steps.items()}
    if after != before:
        keep_past(key_result, now=now, steps=was)
    return before, after


def _changes(
    key_result: KeyResult, new: CheckIn, *, replaces: CheckIn | None, steps_before: Mapping[str, float]
) -> dict[str, tuple[object, object]]:
    """Return what a check-in says against what stood: the check-in it replaces, else the score row."""
    stood = replaces if replaces is not None else _score_of(key_result)
    value = confidence = own_word = None
    if stood is not None:
        value, confidence, own_word = stood.value, stood.confidence, stood.own_word or None
    changes: dict[str, tuple[object, object]] = {"confidence": (confidence, new.confidence)}
    if new.judged is not None:
        before = stood.judged if isinstance(stood, CheckIn) else stood.computed if stood is not None else None
        changes = {"judged": (before, new.judged), **changes}
    elif new.steps is None:
        if key_result.kind in WITH_METRIC or new.value is not None:
            changes = {"value": (value, new.value), **changes}
    elif steps_before != new.steps:
        changes = {"steps": (steps_before, new.steps), **changes}
    if own_word != (new.own_word or None):
        changes["own_word"] = (own_word, new.own_word or None)
    return changes


def _score_of(key_result: KeyResult) -> KeyResultScore | None:
    """Return the row that came with the key result; a new one has none."""
    return getattr(key_result, "score", None)


def _about(key_result: KeyResult, check_in: CheckIn) -> dict[str, object]:
    return {"title": key_result.title, "objective": key_result.objective_id, "check_in": check_in.pk}


def _withdraw_value(by: Actor, old: CheckIn, *, moment: Moment) -> None:
    reading, metric = old.reading, old.key_result.metric
    if reading is None or metric is None or metric.is_kpi:
        return
    in_use = Reading.objects.filter(metric=metric, valid_on=reading.valid_on).order_by("-known_at", "-id").first()
    if in_use is None or in_use.pk != reading.pk:
        return  # a later check-in of that day stands already
    before = (
        Reading.objects.filter(metric=metric, valid_on=reading.valid_on, known_at__lte=reading.known_at)
        .exclude(pk=reading.pk)
        .order_by("-known_at", "-id")
        .first()
    )
    store_readings(
        by=by,
        metric=metric,
        batch=[NewReading(day=reading.valid_on, value=before.value if before else None, reason="check-in deleted")],
        source=ReadingSource.HAND,
        today=moment.today,
        fiscal_month=moment.fiscal_month,
        now=moment.now,
    )


def _saved_before(by: Actor, drafts: Sequence[CheckInDraft]) -> dict[str, int]:
    keys = [draft.request_key for draft in drafts if draft.request_key]
    if not keys:
        return {}
    rows = CheckIn.objects.filter(workspace_id=by.workspace_id, request_key__in=keys)
    return {key: pk for key, pk in rows.values_list("request_key", "id") if key is not None}


def _confidence(value: int | None) -> int:
    if value is None:
        raise Invalid("Choose a confidence from 1 to 10.", field="confidence")
    if not 1 <= value <= 10:  # noqa: PLR2004 - rule S6
        raise Invalid(f"Confidence goes from 1 to 10, not {value}.", field="confidence")
    return value


def _person(by: Actor) -> int:
    if by.membership_id is None:
        raise Invalid("A check-in comes from a person.")
    return by.membership_id
