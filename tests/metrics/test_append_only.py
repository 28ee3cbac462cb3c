"""Facts stay: the database itself refuses to change or delete them."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from milepost.metrics.models import Reading
from milepost.okr import actions
from milepost.okr.models import Amendment, CheckIn, KeyResult
from milepost.workspace.actions import delete_workspace
from milepost.workspace.errors import NotAllowed
from milepost.workspace.models import Event, Workspace
from tests.people import NOW, TODAY, Company, build_company

pytestmark = pytest.mark.django_db
FACTS = ("metrics_reading", "okr_checkin", "okr_amendment", "workspace_event")


@pytest.fixture
def facts(company: Company) -> Company:
    slug = company.kpi()
    actions.record_readings(
        by=company.actor("lead"), kpi=slug, readings=[actions.NewReading(day=TODAY, value=43)], now=NOW
    )
    pk = company.objective()
    key_result = KeyResult.objects.get(objective_id=pk)
    actions.record_check_in(
        by=company.actor("lead"),
        draft=actions.CheckInDraft(key_result_id=key_result.pk, value=80, confidence=6),
        now=NOW,
    )
    draft = actions.KeyResultDraft(title=key_result.title, start=100, target=50)
    actions.edit_key_result(
        by=company.actor("lead"), key_result_id=key_result.pk, draft=draft, reason="Harder", now=NOW
    )
    return company


@pytest.mark.parametrize("table", FACTS)
@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM {}", "UPDATE {} SET id = id", "INSERT OR REPLACE INTO {0} SELECT * FROM {0}", "TRUNCATE {} CASCADE"],
)
def test_the_database_refuses(facts: Company, table: str, statement: str) -> None:
    is_postgres = connection.vendor == "postgresql"
    if statement.startswith("INSERT") and is_postgres:
        statement = "INSERT INTO {0} SELECT * FROM {0} ON CONFLICT (id) DO UPDATE SET id = EXCLUDED.id"
    if statement.startswith("TRUNCATE") and not is_postgres:
        statement = "DELETE FROM {} WHERE 1 = 1"
    connection.check_constraints()  # PostgreSQL truncates nothing while deferred checks wait
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))
    assert Reading.objects.count() == 2
    assert all(model.objects.exists() for model in (CheckIn, Amendment, Event))


def test_a_correction_supersedes_and_both_are_kept(facts: Company) -> None:
    slug = "first-reply-time"
    for value in (44, 44, 45):
        actions.record_readings(
            by=facts.actor("lead"), kpi=slug, readings=[actions.NewReading(day=TODAY, value=value)], now=NOW
        )
    values = Reading.objects.filter(metric__slug=slug).order_by("id").values_list("value", flat=True)
    assert list(values) == [43, 44, 45]


def test_a_file_writes_only_where_its_own_last_value_differs(facts: Company) -> None:
    day = date(2026, 11, 9)

    def write(value: float, source: str) -> int:
        stored = actions.record_readings(
            by=facts.actor("lead"), kpi="first-reply-time", readings=[actions.NewReading(day=day, value=value)],
            source=actions.ReadingSource(source), now=NOW,
        )  # fmt: skip
        return len(stored.readings)

    assert [write(40, "file"), write(40, "file"), write(41, "hand"), write(40, "file"), write(42, "file")] == [
        1,
        0,
        1,
        0,
        1,
    ]


def test_only_a_sample_can_be_deleted_and_it_takes_everything_along(facts: Company) -> None:
    other = build_company("Other")
    with pytest.raises(NotAllowed, match="not a sample"):
        delete_workspace(slug=facts.slug)
    Workspace.objects.filter(slug=facts.slug).update(is_sample=True)
    delete_workspace(slug=facts.slug)
    assert [w.slug for w in Workspace.objects.all()] == [other.slug]
    assert not Reading.objects.exists()
    assert not Event.objects.filter(workspace_id=facts.workspace_id).exists()
    connection.check_constraints()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Event.objects.all().delete()
