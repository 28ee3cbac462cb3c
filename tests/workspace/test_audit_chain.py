"""The audit trail shows what was done to it: 200 ways to tamper, each one found."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from milepost.core.chain import GENESIS, fingerprint
from milepost.okr import actions
from milepost.okr.models import KeyResult
from milepost.workspace.actions import record_event
from milepost.workspace.actions.erase import lift_append_only
from milepost.workspace.models import Event, EventHead, Workspace
from milepost.workspace.models.event import chained
from milepost.workspace.queries import trail_head, verify_trail
from tests.people import NOW, Company, build_company

ROWS, TAMPERINGS = 40, 200
COLUMNS = (
    "workspace_id", "sequence", "at", "actor_id", "actor_kind", "verb", "kind", "object_id", "data", "previous_hash", "hash",
)  # fmt: skip


def fill(company: Company, rows: int = ROWS) -> None:
    key_result = KeyResult.objects.get(objective_id=company.objective())
    by = company.actor("lead")
    while trail_head(company.workspace_id).sequence < rows:
        at = NOW + timedelta(minutes=trail_head(company.workspace_id).sequence)
        value = 100 - trail_head(company.workspace_id).sequence / 3
        draft = actions.CheckInDraft(key_result_id=key_result.pk, value=value, confidence=6)
        actions.record_check_in(by=by, draft=draft, now=at)


@pytest.mark.django_db
def test_every_event_follows_the_one_before_it_and_the_head_is_the_last(company: Company) -> None:
    fill(company)
    events = list(Event.objects.filter(workspace_id=company.workspace_id).order_by("sequence"))
    assert [e.sequence for e in events] == list(range(1, ROWS + 1))
    assert [e.previous_hash for e in events] == [GENESIS, *(e.hash for e in events[:-1])]
    assert all(e.hash == fingerprint(chained(e)) for e in events)
    head = trail_head(company.workspace_id)
    assert (head.sequence, head.hash) == (ROWS, events[-1].hash)
    verdict = verify_trail(company.workspace_id, kept=[events[4].hash])
    assert (verdict.wrong, verdict.rows, verdict.held) == ("", ROWS, {events[4].hash})


@pytest.mark.django_db
def test_two_hundred_tamperings_are_all_found(company: Company) -> None:
    """Whoever owns the database may lift the triggers; a head kept outside still shows what they did."""
    other = build_company("Other")
    fill(company)
    chance = random.Random(20261124)
    kept = trail_head(company.workspace_id).hash
    assert verify_trail(company.workspace_id, kept=[kept]).wrong == ""
    missed, by_kind = [], dict.fromkeys(DEEDS, 0)
    for number in range(TAMPERINGS):
        name = list(DEEDS)[number % len(DEEDS)]
        with transaction.atomic():
            with lift_append_only("tampering"):
                did = DEEDS[name](chance, company, other)
            found = [verify_trail(c.workspace_id, kept=[kept]) for c in (company, other)]
            transaction.set_rollback(True)
        if any(verdict.wrong for verdict in found) or kept not in found[0].held:
            by_kind[name] += 1
        else:
            missed.append((name, did))
    assert missed == []
    assert sum(by_kind.values()) == TAMPERINGS
    assert verify_trail(company.workspace_id, kept=[kept]).wrong == ""


def _some(chance: random.Random, company: Company, *, until: int = ROWS) -> Event:
    return Event.objects.get(workspace_id=company.workspace_id, sequence=chance.randint(1, until))


def _edit(chance: random.Random, company: Company, other: Company) -> object:
    event, column = _some(chance, company), chance.choice(COLUMNS)
    new: Any
    match column:
        case "workspace_id":
            new = other.workspace_id
        case "sequence":
            new = chance.choice([event.sequence + 1000, 0])
        case "at":
            new = event.at + timedelta(microseconds=1)
        case "actor_id":
            new = company.ids["viewer"] if event.actor_id != company.ids["viewer"] else None
        case "actor_kind":
            new = "job"
        case "object_id":
            new = event.object_id + 1
        case "data":
            new = {**event.data, "reason": "another"}
        case "previous_hash" | "hash":
            new = fingerprint({"made": chance.random()})
        case _:
            new = "forged"
    Event.objects.filter(pk=event.pk).update(**{column: new})
    return event.sequence, column


def _nested(chance: random.Random, company: Company, _: Company) -> object:
    """Change one number deep inside an event by as little as there is."""
    told = Event.objects.filter(workspace_id=company.workspace_id, verb="checked_in")
    event = chance.choice(list(told))
    event.data["changes"]["value"][1] = event.data["changes"]["value"][1] + 1e-9
    Event.objects.filter(pk=event.pk).update(data=event.data)
    return event.sequence


def _delete(chance: random.Random, company: Company, _: Company) -> object:
    event = _some(chance, company)
    Event.objects.filter(pk=event.pk).delete()
    return event.sequence


def _cut(chance: random.Random, company: Company, _: Company) -> object:
    last = chance.randint(0, ROWS - 1)
    Event.objects.filter(workspace_id=company.workspace_id, sequence__gt=last).delete()
    return last


def _cut_with_head(chance: random.Random, company: Company, other: Company) -> object:
    last = chance.randint(1, ROWS - 1)
    Event.objects.filter(workspace_id=company.workspace_id, sequence__gt=last).delete()
    _move_head(company)
    return last


def _swap(chance: random.Random, company: Company, _: Company) -> object:
    """Let two events change places, sequence and links with them."""
    a, b = _some(chance, company, until=ROWS // 2), _some(chance, company)
    while a.pk == b.pk:
        b = _some(chance, company)
    places = [(a.sequence, a.previous_hash), (b.sequence, b.previous_hash)]
    Event.objects.filter(pk=a.pk).update(sequence=9999, previous_hash="x" * 64)
    Event.objects.filter(pk=b.pk).update(sequence=places[0][0], previous_hash=places[0][1])
    Event.objects.filter(pk=a.pk).update(sequence=places[1][0], previous_hash=places[1][1])
    return [p[0] for p in places]


def _insert(chance: random.Random, company: Company, _: Company) -> object:
    """Push an event in between: well formed, with its own right fingerprint."""
    after = _some(chance, company, until=ROWS - 1)
    later = Event.objects.filter(workspace_id=company.workspace_id, sequence__gt=after.sequence)
    for event in later.order_by("-sequence"):
        Event.objects.filter(pk=event.pk).update(sequence=event.sequence + 1)
    following = Event.objects.get(workspace_id=company.workspace_id, sequence=after.sequence + 2)
    Event.objects.filter(pk=following.pk).update(previous_hash="y" * 64)
    _forged(company, after)
    _move_head(company)
    return after.sequence


def _append(chance: random.Random, company: Company, _: Company) -> object:
    """Add an event at the end that follows nothing of what is there."""
    last = Event.objects.get(workspace_id=company.workspace_id, sequence=ROWS)
    last.hash = fingerprint({"made": chance.random()})
    _forged(company, last)
    return ROWS + 1


def _rebuild(chance: random.Random, company: Company, _: Company) -> object:
    """Change an event and write everything after it anew, head and all: only a kept head can tell."""
    event = _some(chance, company)
    previous = event.previous_hash
    for row in Event.objects.filter(workspace_id=company.workspace_id, sequence__gte=event.sequence).order_by(
        "sequence"
    ):
        if row.pk == event.pk:
            row.data = {**row.data, "reason": f"forged {chance.random()}"}
        row.previous_hash = previous
        row.hash = previous = fingerprint(chained(row))
        row.save()
    _move_head(company)
    assert verify_trail(company.workspace_id).wrong == ""  # nothing inside shows it
    return event.sequence


def _head(chance: random.Random, company: Company, _: Company) -> object:
    heads = EventHead.objects.filter(workspace_id=company.workspace_id)
    heads.update(**chance.choice([{"hash": "z" * 64}, {"sequence": ROWS + 3}, {"sequence": ROWS - 3}]))
    return None


def _forged(company: Company, after: Event) -> None:
    made = Event(
        workspace_id=company.workspace_id, sequence=after.sequence + 1, at=after.at, actor_kind="person", verb="closed",
        kind="objective", object_id=1, data={}, previous_hash=after.hash,
    )  # fmt: skip
    made.hash = fingerprint(chained(made))
    made.save()


def _move_head(company: Company) -> None:
    last = Event.objects.filter(workspace_id=company.workspace_id).order_by("-sequence")[0]
    EventHead.objects.filter(workspace_id=company.workspace_id).update(sequence=last.sequence, hash=last.hash)


DEEDS: dict[str, Callable[[random.Random, Company, Company], object]] = {
    "edit": _edit, "edit a column": _edit, "edit any column": _edit, "edit inside": _nested, "delete": _delete, "cut": _cut,
    "cut with head": _cut_with_head, "swap": _swap, "insert": _insert, "append": _append, "rebuild": _rebuild, "head": _head,
}  # fmt: skip


@pytest.mark.django_db
def test_the_first_bad_row_is_named(company: Company) -> None:
    fill(company)
    for sequence in (30, 12):
        with lift_append_only("tampering"):
            Event.objects.filter(workspace_id=company.workspace_id, sequence=sequence).update(object_id=7777)
    row = Event.objects.get(workspace_id=company.workspace_id, sequence=12)
    said = str(verify_trail(company.workspace_id))
    assert said.startswith(f"row 12 (id {row.pk}, 2026-")
    assert "content was changed" in said
    with lift_append_only("tampering"):
        Event.objects.filter(workspace_id=company.workspace_id, sequence=5).delete()
    assert "row 6" in str(verify_trail(company.workspace_id))
    assert "row 5 is missing before it" in str(verify_trail(company.workspace_id))
    with lift_append_only("tampering"):
        Event.objects.filter(workspace_id=company.workspace_id).delete()
    assert "row 1 is missing: the trail ends before it" in str(verify_trail(company.workspace_id))


@pytest.mark.django_db
def test_the_database_lets_no_two_events_follow_one(company: Company) -> None:
    fill(company, rows=ROWS)
    head = Event.objects.get(workspace_id=company.workspace_id, sequence=ROWS)
    before = Event.objects.get(workspace_id=company.workspace_id, sequence=ROWS - 1)
    for sequence, previous in ((ROWS + 1, before.hash), (ROWS, "0" * 63 + "1"), (ROWS, head.previous_hash)):
        event = Event(
            workspace_id=company.workspace_id, sequence=sequence, at=NOW, actor_kind="job", verb="x", kind="y", object_id=1,
            data={}, previous_hash=previous, hash="f" * 64,
        )  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            event.save()
    assert verify_trail(company.workspace_id).wrong == ""


@pytest.mark.django_db
def test_what_is_taken_back_leaves_no_gap(company: Company) -> None:
    fill(company)
    with transaction.atomic():
        record_event(by=company.operator(), verb="tried", kind="workspace", object_id=1, now=NOW)
        transaction.set_rollback(True)
    record_event(by=company.operator(), verb="done", kind="workspace", object_id=1, now=NOW)
    assert verify_trail(company.workspace_id).wrong == ""
    assert trail_head(company.workspace_id).sequence == ROWS + 1


@pytest.mark.django_db(transaction=True)
def test_eight_writers_at_once_make_one_chain() -> None:
    from tests.okr.test_concurrency import together

    company = build_company()
    before = trail_head(company.workspace_id).sequence
    by = company.actor()

    def writer(number: int) -> Callable[[], None]:
        def write() -> None:
            for i in range(12):
                if number % 2:  # takes the lock itself
                    actions.create_cycle(
                        by=by, name=f"C {number} {i}", first_day=NOW.date(), last_day=NOW.date(), now=NOW
                    )  # fmt: skip
                else:  # forgot it: the row of the head makes it wait, too
                    with transaction.atomic():
                        record_event(by=by, verb="tried", kind="workspace", object_id=i, now=NOW)

        return write

    assert together([writer(n) for n in range(8)]) == []
    verdict = verify_trail(company.workspace_id)
    assert (verdict.wrong, verdict.rows) == ("", before + 96)


@pytest.mark.django_db
def test_each_workspace_has_a_chain_of_its_own(company: Company) -> None:
    other = build_company("Other")
    heads = {trail_head(c.workspace_id).hash for c in (company, other)}
    assert len(heads) == 2
    firsts = Event.objects.filter(sequence=1)
    assert {e.previous_hash for e in firsts} == {GENESIS}
    assert firsts.count() == Workspace.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_trail_from_before_the_chain_is_chained_without_names() -> None:
    from django.core.management import call_command
    from django.db.migrations.executor import MigrationExecutor

    company = build_company()
    lead = company.ids["lead"]
    try:
        call_command("migrate", "okr", "0004", verbosity=0)
        call_command("migrate", "workspace", "0004", verbosity=0)
        old = MigrationExecutor(connection).loader.project_state([("workspace", "0004_webhooks")]).apps
        for verb, kind, data in (
            ("amended", "objective", {"title": "T", "changes": {"lead_id": ["Lead Acme", "Member Acme"]}}),
            ("changed", "person", {"role": ["member", "admin"]}),
            ("created", "token", {"name": "Lead's laptop", "scopes": ["read", "admin"]}),
            ("checked_in", "key_result", {"title": "T", "value": 80.5, "confidence": 6}),
        ):
            old.get_model("workspace", "Event").objects.create(
                workspace_id=company.workspace_id, at=NOW, actor_kind="person", verb=verb, kind=kind, object_id=1, data=data
            )  # fmt: skip
    finally:
        call_command("migrate", verbosity=0)
    verdict = verify_trail(company.workspace_id)
    assert verdict.wrong == ""
    told = [e.data for e in Event.objects.filter(workspace_id=company.workspace_id).order_by("-sequence")[:4]][::-1]
    assert told == [
        {"title": "T", "changes": {"lead": [lead, company.ids["member"]]}},
        {"changes": {"role": ["member", "admin"]}},
        {"scopes": ["read", "admin"]},
        {"title": "T", "changes": {"value": [None, 80.5], "confidence": [None, 6]}},
    ]
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        Event.objects.filter(workspace_id=company.workspace_id).delete()
    record_all = trail_head(company.workspace_id).sequence
    actions.create_cycle(by=company.operator(), name="N", first_day=NOW.date(), last_day=NOW.date(), now=NOW)
    assert trail_head(company.workspace_id).sequence == record_all + 1
    assert verify_trail(company.workspace_id).wrong == ""
