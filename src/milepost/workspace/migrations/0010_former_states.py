"""What rows said before a change, so that any day can be told (A3); append-only by triggers on both engines."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLE = "workspace_former"
LIFTED = "EXISTS (SELECT 1 FROM workspace_appendonlylift)"


def add_triggers(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"CREATE TRIGGER {TABLE}_append_only BEFORE UPDATE OR DELETE ON {TABLE} "
            "FOR EACH ROW EXECUTE FUNCTION milepost_append_only()"
        )
        schema_editor.execute(
            f"CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE} "
            "FOR EACH STATEMENT EXECUTE FUNCTION milepost_append_only()"
        )
    else:
        for event in ("UPDATE", "DELETE"):
            schema_editor.execute(
                f"CREATE TRIGGER {TABLE}_no_{event.lower()} BEFORE {event} ON {TABLE} WHEN NOT {LIFTED} "
                f"BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END"
            )


def drop_triggers(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP TRIGGER {TABLE}_append_only ON {TABLE}")
        schema_editor.execute(f"DROP TRIGGER {TABLE}_no_truncate ON {TABLE}")
    else:
        for event in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER {TABLE}_no_{event}")


class Migration(migrations.Migration):

    dependencies = [
        ('workspace', '0009_due_mail'),
    ]

    operations = [
        migrations.CreateModel(
            name='Former',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=12)),
                ('object_id', models.BigIntegerField()),
                ('until', models.DateTimeField()),
                ('said', models.JSONField()),
                ('left', models.BigIntegerField(null=True)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspace.workspace')),
            ],
            options={
                'indexes': [models.Index(fields=['kind', 'object_id', 'until'], name='former_of_row'), models.Index(condition=models.Q(('left__isnull', False)), fields=['left'], name='former_left')],
            },
        ),
        migrations.RunPython(add_triggers, drop_triggers),
    ]
