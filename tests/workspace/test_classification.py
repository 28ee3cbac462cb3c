"""Every column is personal, secret or business: one that nobody classified fails the run."""

import pytest
from django.apps import apps
from django.db import connection

from milepost.workspace.models import Membership, User
from milepost.workspace.privacy import TABLES

MODELS = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
SECRET_WORDS = ("password", "secret", "token_hash", "session")
OURS_TO_KNOW = {"django_migrations", "sqlite_sequence"}  # of the tools, without data of anybody


def test_every_column_of_every_table_is_classified_once() -> None:
    columns = {table: {str(f.column) for f in model._meta.concrete_fields} for table, model in MODELS.items()}
    assert {table: classes.known for table, classes in TABLES.items()} == columns
    for table, classes in TABLES.items():
        listed = [*classes.personal, *classes.secret, *classes.business]
        assert len(listed) == len(set(listed)), table


@pytest.mark.django_db
def test_the_database_holds_no_table_or_column_besides() -> None:
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        assert tables - OURS_TO_KNOW == set(TABLES)
        for table, classes in TABLES.items():
            found = {c.name for c in connection.introspection.get_table_description(cursor, table)}
            assert found == classes.known, table


def test_what_points_at_a_person_is_personal_and_what_looks_secret_is_secret() -> None:
    for table, model in MODELS.items():
        for field in model._meta.concrete_fields:
            if field.related_model in {User, Membership} and "score" not in table:
                assert field.column in TABLES[table].personal, (table, field.column)
            if any(word in str(field.column) for word in SECRET_WORDS) and field.column != "old_secret_until":
                assert field.column in TABLES[table].secret, (table, field.column)
