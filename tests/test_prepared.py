"""Statements that are composed once: the same rows as the queryset, whatever is asked."""

from collections.abc import Collection
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from milepost.okr.models import Cycle, KeyResult, KeyResultScore, ObjectiveScore
from milepost.okr.scoring import KeyResultRow
from milepost.prepared import counted, insert, prepared, upsert
from milepost.workspace.models import Workspace
from tests.people import Company


@prepared
def _cycles(ids: Collection[int], name: str, day: date) -> QuerySet[Cycle, Cycle]:
    return Cycle.objects.filter(pk__in=ids, first_day__lte=day).exclude(name=name).order_by("id")


@prepared
def _days(ids: Collection[int]) -> QuerySet[Cycle, tuple[Any, ...]]:
    return Cycle.objects.filter(pk__in=ids).order_by("-id").values_list("id", "first_day", "workspace__name")


@prepared
def _drops_it(_name: str) -> QuerySet[Cycle, Cycle]:
    return Cycle.objects.all()


def test_same_rows_as_the_queryset(company: Company) -> None:
    made = [
        Cycle.objects.create(
            workspace_id=company.workspace_id, name=f"C{n}", first_day=date(2026, n, 1), last_day=date(2026, n, 20)
        ).pk
        for n in range(1, 8)
    ]
    for count in (1, 2, 3, 5, 7):
        ids = made[:count]
        plain = Cycle.objects.filter(pk__in=ids).order_by("-id").values_list("id", "first_day", "workspace__name")
        assert _days(ids) == list(plain)
    found = _cycles(made, "C2", date(2026, 4, 1))
    assert [cycle.name for cycle in found] == ["C1", "C3", "C4"]
    assert found[0].first_day == date(2026, 1, 1)
    assert _cycles(made, "C1", date(2026, 2, 1))[0].name == "C2"  # nothing sticks from the call before


def test_nothing_is_asked_about_nothing(company: Company) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert _days([]) == []
    assert not asked.captured_queries
    assert company.workspace_id


def test_a_question_it_cannot_prepare_is_refused(company: Company) -> None:
    assert company.workspace_id
    with pytest.raises(TypeError, match="cannot be asked about None"):
        _days(None)  # type: ignore[arg-type] # on purpose
    with pytest.raises(TypeError, match="by position"):
        _days(ids=[1])
    with pytest.raises(ValueError, match="drops an argument"):
        _drops_it("x")


def test_insert_sets_the_id_and_upsert_replaces(company: Company) -> None:
    cycle = Cycle(
        workspace_id=company.workspace_id, name="By hand", first_day=date(2026, 1, 1), last_day=date(2026, 2, 1)
    )
    insert(cycle)
    kept = Cycle.objects.get(name="By hand")
    assert (cycle.pk, cycle.first_day) == (kept.pk, kept.first_day)
    columns = [field.attname for field in Cycle._meta.concrete_fields]
    row = [getattr(kept, name) for name in columns]
    row[columns.index("name")] = "Renamed"
    upsert(Cycle, [row])
    assert Cycle.objects.get(pk=kept.pk).name == "Renamed"
    assert Workspace.objects.count() >= 1


def test_score_rows_are_written_in_the_order_of_their_columns() -> None:
    """`refresh` writes rows by position: the columns between the keys and the day are those of the pure row."""
    names = [field.attname for field in KeyResultScore._meta.concrete_fields]
    assert names[:6] == ["key_result_id", "workspace_id", "cycle_id", "objective_id", "lead_id", "is_live"]
    assert names[6:-2] == list(KeyResultRow._fields)
    assert names[-2:] == ["status_on", "computed_at"]
    assert [field.attname for field in ObjectiveScore._meta.concrete_fields] == [
        "objective_id", "workspace_id", "cycle_id", "lead_id", "is_root", "is_live", "score", "expected", "word",
        "needs_attention", "reported", "children", "key_results", "child_objectives", "missing", "confidence",
        "checked_in_on", "next_check_in_on", "status_on", "computed_at",
    ]  # fmt: skip
    assert KeyResult._meta.pk is not None


def _of_day(ids: Collection[int], day: date) -> list[QuerySet[Cycle]]:
    rows = Cycle.objects.filter(pk__in=ids)
    return [rows, rows.filter(first_day__lte=day), rows.filter(first_day__gt=day, name="C2")]


def test_counts_are_those_of_the_querysets_up_to_a_limit(company: Company) -> None:
    made = [
        Cycle.objects.create(
            workspace_id=company.workspace_id, name=f"C{n}", first_day=date(2026, n, 1), last_day=date(2026, n, 20)
        ).pk
        for n in range(1, 8)
    ]
    count = counted(_of_day, most=5)
    with CaptureQueriesContext(connection) as asked:
        assert count(made, date(2026, 1, 1)) == [5, 1, 1]
        assert count(made[:3], date(2026, 2, 1)) == [3, 2, 0]  # nothing sticks from the call before
    assert len(asked.captured_queries) == 2


def test_counts_that_cannot_be_prepared_are_refused(company: Company) -> None:
    with pytest.raises(TypeError, match="by position"):
        counted(_of_day, most=5)(ids=[1], day=date(2026, 1, 1))
    with pytest.raises(TypeError, match="cannot be asked about None"):
        counted(_of_day, most=5)([company.cycle], None)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="changes or drops"):
        counted(lambda _name: [Cycle.objects.all()], most=5)("x")
