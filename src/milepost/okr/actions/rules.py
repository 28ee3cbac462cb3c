"""How a workspace tells status: the rules of words, and the days that count (S2, S3, E1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction

from milepost.core.calendar import local_day
from milepost.core.numbers import finite
from milepost.core.rule_sets import RULE_SETS, BadRuleSet, ObjectiveRule, RuleKind, RuleSet, check_rule_set
from milepost.core.workdays import NoWorkingDay, WorkCalendar
from milepost.okr.actions.days import rebuild
from milepost.okr.models import KeyResult
from milepost.workspace.actions import lock_workspace, record_event
from milepost.workspace.actions.text import clean_text
from milepost.workspace.actions.versions import count_up
from milepost.workspace.errors import Invalid
from milepost.workspace.models import RuleSetVersion, Workspace
from milepost.workspace.permissions import Actor, can_change_settings, require
from milepost.workspace.queries import rules_in_force
from milepost.workspace.queries.rules import shown_rules

SMALL = 500  # key results: so many are told anew at once, more with the next read
MOST_HOLIDAYS = 400
LONGEST_REASON = 500
# What the trail calls the parts of a rule set.
TOLD = {
    "kind": "rule_set", "ahead": "ahead_from", "on_track": "on_track_from", "at_risk": "at_risk_from",
    "early_until": "early_until", "objective": "objective_word", "working_days": "working_days", "holidays": "holidays",
}  # fmt: skip
THRESHOLDS = ("ahead", "on_track", "at_risk")


@dataclass(frozen=True, slots=True)
class RulesDraft:
    """How status shall be told.

    Thresholds and `early_until` are shares: of progress minus plan, or for the kind ratio of progress
    by plan. `working_days` are weekdays, 0 is Monday; None counts every day, and then no holidays.
    """

    kind: str
    ahead: float | None
    on_track: float
    at_risk: float
    early_until: float
    objective: str
    working_days: Sequence[int] | None = None
    holidays: Sequence[date] = ()


def usual_rules(kind: str) -> RulesDraft:
    """Return a kind's own thresholds, every day counted.

    Raises:
        Invalid: there is no such kind.
    """
    if kind not in RULE_SETS:
        raise Invalid(f"Choose one of {', '.join(RuleKind)}.", field="kind")
    rules = RULE_SETS[RuleKind(kind)]
    return RulesDraft(
        kind, rules.ahead, rules.on_track, rules.at_risk, rules.early_until, rules.objective.value
    )  # fmt: skip


def patched_rules(there: Mapping[str, Any], given: Mapping[str, Any]) -> RulesDraft:
    """Return the rules in force with what was given put in their place; another kind brings its own thresholds.

    Args:
        there: as `workspace.queries.show_rules` gives them.
        given: the names of `RulesDraft`.

    Raises:
        Invalid: there is no such kind.
    """
    known = RulesDraft(**{name: there[name] for name in RulesDraft.__dataclass_fields__})
    kind = given.get("kind", known.kind)
    if kind != known.kind:
        usual = usual_rules(kind)
        known = replace(known, kind=kind, **{name: getattr(usual, name) for name in THRESHOLDS})
    if "working_days" in given and given["working_days"] is None and "holidays" not in given:
        known = replace(known, holidays=())
    return replace(known, **given)


def rules_of(draft: RulesDraft) -> tuple[RuleSet, WorkCalendar | None]:
    """Return what a draft says, checked.

    Raises:
        Invalid: a word cannot be told by it, or no day would count; the numbers are named.
    """
    try:
        rules = RuleSet(
            kind=RuleKind(draft.kind),
            ahead=draft.ahead,
            on_track=finite(draft.on_track, name="The threshold of on track"),
            at_risk=finite(draft.at_risk, name="The threshold of at risk"),
            early_until=draft.early_until,
            objective=ObjectiveRule(draft.objective),
        )
    except ValueError as error:
        kinds, words = ", ".join(RuleKind), ", ".join(ObjectiveRule)
        is_word = draft.kind not in set(RuleKind) or draft.objective not in set(ObjectiveRule)
        says = f"Choose the kind from {kinds} and the objective's word from {words}." if is_word else str(error)
        raise Invalid(says, field="kind" if is_word else "on_track") from None
    try:
        check_rule_set(rules)
    except BadRuleSet as error:
        early = not 0 <= rules.early_until <= 1
        raise Invalid(str(error), field="early_until" if early else "on_track") from None
    return rules, _calendar(draft)


def _calendar(draft: RulesDraft) -> WorkCalendar | None:
    if draft.working_days is None:
        if draft.holidays:
            raise Invalid("Every day counts, so there are no holidays. Choose the working days.", field="holidays")
        return None
    if len(draft.holidays) > MOST_HOLIDAYS:
        raise Invalid(f"These are {len(draft.holidays)} days. Keep {MOST_HOLIDAYS} at most.", field="holidays")
    calendar = WorkCalendar(frozenset(draft.working_days), frozenset(draft.holidays))
    try:
        calendar.validate()
    except NoWorkingDay as error:
        raise Invalid(str(error), field="working_days") from None
    return calendar


@transaction.atomic
def change_rules(*, by: Actor, draft: RulesDraft, reason: str, seen: int | None = None, now: datetime) -> None:
    """Tell status by other rules from today on; the old ones are kept.

    The words of all goals are told anew: at once where they are few, else before anybody reads them.

    Raises:
        NotAllowed: not an admin.
        Invalid: no word could be told by them, or the reason is missing.
        Stale: the workspace is not the version `seen` any more.
    """
    require(can_change_settings, by, to="change how status is told")
    workspace = lock_workspace(by.workspace_id)
    count_up(workspace, seen=seen)
    rules, calendar = rules_of(draft)
    before = rules_in_force(by.workspace_id)
    old, new = shown_rules(before), shown_rules(replace(before, rules=rules, days=calendar))
    changed = [name for name in new if old[name] != new[name]]
    if not changed:
        return
    reason = clean_text(reason, field="reason", most=LONGEST_REASON)
    if not reason:
        raise Invalid("Say why status is told by other rules.", field="reason")
    workspace.rules = RuleSetVersion.objects.create(
        workspace=workspace,
        since=local_day(now, workspace.time_zone),
        at=now,
        actor_id=by.membership_id,
        reason=reason,
        kind=rules.kind.value,
        ahead=rules.ahead,
        on_track=rules.on_track,
        at_risk=rules.at_risk,
        early_until=rules.early_until,
        objective=rules.objective.value,
        working_days="" if calendar is None else "".join(map(str, sorted(calendar.weekdays))),
        holidays="" if calendar is None else " ".join(day.isoformat() for day in sorted(calendar.holidays)),
    )
    workspace.save(update_fields=["rules", "version"])
    changes = {TOLD[name]: (_plain(old[name]), _plain(new[name])) for name in changed}
    record_event(
        by=by, verb="changed", kind="workspace", object_id=workspace.pk, now=now, changes=changes, reason=reason
    )
    if KeyResult.objects.filter(workspace_id=by.workspace_id).count() <= SMALL:
        rebuild(by=by, now=now)
    else:
        Workspace.objects.filter(pk=workspace.pk).update(scores_on=None)


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [one.isoformat() if isinstance(one, date) else one for one in value]
    return value
