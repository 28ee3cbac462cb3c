"""When somebody is away: nobody asks them, and who stands in for them may check in (rule C4)."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from milepost.okr.actions.drafts import person
from milepost.okr.actions.moment import Moment, lock_moment
from milepost.okr.actions.refresh import refresh
from milepost.okr.models import KeyResultScore
from milepost.workspace.actions import keep_past, record_event
from milepost.workspace.actions.text import clean_name
from milepost.workspace.errors import Invalid, NotFound
from milepost.workspace.models import Away, Membership
from milepost.workspace.permissions import Actor, can_set_away, require

LONGEST_NOTE = 200
LONGEST_DAYS = 400


@transaction.atomic
def add_away(
    *,
    by: Actor,
    membership_id: int,
    first_day: date,
    last_day: date,
    stand_in_id: int | None = None,
    note: str = "",
    now: datetime,
) -> int:
    """Say that somebody is away on these days, both included, and return the id of the stretch.

    What falls due meanwhile is asked of nobody, but of the stand-in where one is named; what they lead is
    refreshed in the same transaction.

    Raises:
        NotAllowed: neither their own nor an admin's.
        NotFound: somebody is not in the workspace.
        Invalid: the days run backwards, are many, are over, or meet another stretch; or who stands in is away.
    """
    moment = lock_moment(by, now=now)
    require(can_set_away, by, membership_id, to="say when somebody else is away")
    membership = _member(by, membership_id)
    _check_days(membership, first_day, last_day, today=moment.today)
    stand_in = _stand_in(by, membership, stand_in_id, first_day, last_day)
    row = Away.objects.create(
        workspace_id=by.workspace_id,
        membership=membership,
        first_day=first_day,
        last_day=last_day,
        stand_in_id=stand_in,
        note=clean_name(note, field="note", most=LONGEST_NOTE) if note.strip() else "",
    )
    _moved(membership, moment)
    changes: dict[str, tuple[object, object]] = {
        "first_day": (None, first_day.isoformat()),
        "last_day": (None, last_day.isoformat()),
    }
    if stand_in is not None:
        changes["stand_in"] = (None, stand_in)
    record_event(by=by, verb="away", kind="person", object_id=membership.pk, now=now, changes=changes)
    return row.pk


@transaction.atomic
def end_away(*, by: Actor, away_id: int, now: datetime) -> None:
    """Take a stretch back; of one that runs, the days until yesterday stay.

    Raises:
        NotAllowed, NotFound.
        Invalid: it is over.
    """
    moment = lock_moment(by, now=now)
    row = Away.objects.select_related("membership").filter(pk=away_id, workspace_id=by.workspace_id).first()
    # Whose days they are is not told to who may not change them: there, elsewhere and nowhere answer alike.
    require(can_set_away, by, row.membership_id if row else None, to="say when somebody else is away")
    if row is None or row.membership.removed_at is not None:
        raise NotFound
    if row.last_day < moment.today:
        raise Invalid("These days are over, so they stay as they were.")
    old = row.last_day
    yesterday = moment.today - timedelta(days=1)
    new: str | None = None
    if row.first_day <= yesterday:
        row.last_day, new = yesterday, yesterday.isoformat()
        row.save(update_fields=["last_day"])
    else:
        row.delete()
    _moved(row.membership, moment)
    changes = {"last_day": (old.isoformat(), new)}
    record_event(by=by, verb="back", kind="person", object_id=row.membership_id, now=now, changes=changes)


def _member(by: Actor, membership_id: int) -> Membership:
    found = Membership.objects.filter(pk=membership_id, workspace_id=by.workspace_id, removed_at=None).first()
    if found is None:
        raise NotFound
    return found


def _check_days(membership: Membership, first: date, last: date, *, today: date) -> None:
    if last < first:
        raise Invalid("The last day lies before the first. Turn them round.", field="last_day")
    if (last - first).days >= LONGEST_DAYS:
        raise Invalid(f"These are {(last - first).days + 1} days. Write {LONGEST_DAYS} at most.", field="last_day")
    if last < today:
        raise Invalid("These days are over. Write days from today on.", field="last_day")
    met = Away.objects.filter(membership=membership, first_day__lte=last, last_day__gte=first).first()
    if met is not None:
        raise Invalid(
            f"They are away from {met.first_day} to {met.last_day} already. Take that back first.", field="first_day"
        )


def _stand_in(by: Actor, membership: Membership, stand_in_id: int | None, first: date, last: date) -> int | None:
    found = person(by, stand_in_id)
    if found is None:
        return None
    if found == membership.pk:
        raise Invalid("Choose somebody else to stand in.", field="stand_in")
    if Away.objects.filter(membership_id=found, first_day__lte=last, last_day__gte=first).exists():
        raise Invalid(
            "Who should stand in is away on some of these days. Choose somebody who is here.", field="stand_in"
        )
    return found


def _moved(membership: Membership, moment: Moment) -> None:
    """Write the days down where scores read them, and refresh what the person leads."""
    rows = Away.objects.filter(membership=membership).order_by("first_day", "id")
    days = [[first.isoformat(), last.isoformat()] for first, last in rows.values_list("first_day", "last_day")]
    membership.away = days or None
    membership.save(update_fields=["away"])
    keep_past(membership, now=moment.now)
    asked = Q(next_check_in_on__isnull=False) | Q(away_due_on__isnull=False)
    led = KeyResultScore.objects.filter(asked, lead=membership)
    refresh(
        key_results=list(led.values_list("key_result_id", flat=True)),
        rhythms=moment.rhythms,
        today=moment.today,
        now=moment.now,
    )
