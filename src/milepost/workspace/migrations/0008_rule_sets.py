"""How a workspace tells status: dated rows that cannot be changed or deleted (A1), by triggers on both engines."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLE = "workspace_rulesetversion"
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
        ('workspace', '0007_second_step'),
    ]

    operations = [
        migrations.CreateModel(
            name='RuleSetVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateField()),
                ('at', models.DateTimeField()),
                ('reason', models.CharField(max_length=500)),
                ('kind', models.CharField(choices=[('gap', 'gap'), ('ratio', 'ratio'), ('strict', 'strict')], max_length=8)),
                ('ahead', models.FloatField(null=True)),
                ('on_track', models.FloatField()),
                ('at_risk', models.FloatField()),
                ('early_until', models.FloatField()),
                ('objective', models.CharField(choices=[('own', 'own'), ('weakest_child', 'weakest_child')], max_length=16)),
                ('working_days', models.CharField(blank=True, default='', max_length=7)),
                ('holidays', models.TextField(blank=True, default='')),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workspace.membership')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspace.workspace')),
            ],
        ),
        migrations.AddField(
            model_name='workspace',
            name='rules',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workspace.rulesetversion'),
        ),
        migrations.AddIndex(
            model_name='rulesetversion',
            index=models.Index(fields=['workspace', '-id'], name='rule_sets_newest_first'),
        ),
        migrations.AddConstraint(
            model_name='rulesetversion',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='rule_set_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='rulesetversion',
            constraint=models.CheckConstraint(condition=models.Q(('at_risk__lt', models.F('on_track')), models.Q(('ahead__isnull', True), ('on_track__lt', models.F('ahead')), _connector='OR')), name='thresholds_fall'),
        ),
        migrations.AddConstraint(
            model_name='rulesetversion',
            constraint=models.CheckConstraint(condition=models.Q(('early_until__range', (0, 1))), name='early_until_is_a_share'),
        ),
        migrations.AddConstraint(
            model_name='rulesetversion',
            constraint=models.CheckConstraint(condition=models.Q(('holidays', ''), models.Q(('working_days', ''), _negated=True), _connector='OR'), name='holidays_of_working_days'),
        ),
        migrations.RunPython(add_triggers, drop_triggers),
    ]
