"""Every kind of key result, its plan, its priority, and a score set in the place of the computed one."""

from collections import defaultdict
from zoneinfo import ZoneInfo

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

LIFTED = "EXISTS (SELECT 1 FROM workspace_appendonlylift)"


def guard_check_ins_again(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """SQLite makes a table anew for a constraint, and its triggers are gone then."""
    if schema_editor.connection.vendor != "sqlite":
        return
    for event in ("UPDATE", "DELETE"):
        schema_editor.execute(
            f"CREATE TRIGGER IF NOT EXISTS okr_checkin_no_{event.lower()} BEFORE {event} ON okr_checkin "
            f"WHEN NOT {LIFTED} BEGIN SELECT RAISE(ABORT, 'okr_checkin is append-only'); END"
        )


def read_amended_plans(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Plans that were amended follow their ledger from now on, and every score row is written anew."""
    bends: dict[int, list[list[str]]] = defaultdict(list)
    rows = apps.get_model("okr", "Amendment").objects.filter(kind="key_result", field__in=["start", "target"])
    told = rows.order_by("id").values_list("goal_id", "field", "old", "new", "at", "workspace__time_zone")
    for goal_id, field, old, new, at, zone in told:
        on = at.astimezone(ZoneInfo(zone)).date()
        bends[goal_id].append([at.isoformat(), on.isoformat(), field, old, new])
    for pk, changes in bends.items():
        apps.get_model("okr", "KeyResult").objects.filter(pk=pk).update(bends=changes)
    apps.get_model("workspace", "Workspace").objects.update(scores_on=None)


class Migration(migrations.Migration):

    dependencies = [
        ('metrics', '0004_walls'),
        ('okr', '0006_walls'),
        ('workspace', '0006_walls'),
    ]

    operations = [
        migrations.CreateModel(
            name='Checkpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField()),
                ('value', models.FloatField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='keyresult',
            name='key_result_has_its_numbers',
        ),
        migrations.AddField(
            model_name='checkin',
            name='judged',
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name='keyresult',
            name='at_close',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='keyresult',
            name='curve',
            field=models.CharField(choices=[('linear', 'linear'), ('checkpoints', 'checkpoints'), ('front', 'front'), ('back', 'back'), ('s', 's')], default='linear', max_length=12),
        ),
        migrations.AddField(
            model_name='keyresult',
            name='floor',
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name='keyresult',
            name='bends',
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name='keyresult',
            name='override_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='keyresult',
            name='override_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workspace.membership'),
        ),
        migrations.AddField(
            model_name='keyresult',
            name='override_kept',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='keyresult',
            name='override_score',
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name='keyresult',
            name='override_why',
            field=models.CharField(blank=True, default='', max_length=500),
        ),
        migrations.AddField(
            model_name='keyresult',
            name='priority',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='keyresult',
            name='stretch',
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name='keyresultscore',
            name='computed',
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name='keyresultscore',
            name='is_overridden',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='step',
            name='is_cancelled',
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name='keyresult',
            name='kind',
            field=models.CharField(choices=[('reach', 'Reach a value'), ('keep', 'Keep a level'), ('levels', 'Floor, target and stretch'), ('milestone', 'Milestone'), ('tasks', 'Tasks'), ('percent', 'Percent done'), ('judged', 'Judged by the lead'), ('baseline', 'Measure a baseline first')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='checkin',
            constraint=models.CheckConstraint(condition=models.Q(('judged__isnull', True), models.Q(('judged__range', (0.0, 1.0)), models.Q(('note', ''), _negated=True)), _connector='OR'), name='judged_says_why'),
        ),
        migrations.AddConstraint(
            model_name='keyresult',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['milestone', 'tasks', 'judged']), models.Q(('kind', 'reach'), ('metric__isnull', False), ('start__isnull', False), ('target__isnull', False)), models.Q(('kind', 'keep'), ('metric__isnull', False), models.Q(('low__isnull', False), ('high__isnull', False), _connector='OR')), models.Q(('ambition', 'aspirational'), ('kind', 'levels'), ('metric__isnull', False), ('start__isnull', False), ('stretch__isnull', False), ('target__isnull', False)), models.Q(('kind', 'percent'), ('metric__isnull', False)), models.Q(('kind', 'baseline'), ('target__isnull', True), ('metric__isnull', False)), _connector='OR'), name='key_result_has_its_numbers'),
        ),
        migrations.AddConstraint(
            model_name='keyresult',
            constraint=models.CheckConstraint(condition=models.Q(('at_close', False), models.Q(('kind', 'keep'), ('high__isnull', False), ('low__isnull', False)), _connector='OR'), name='key_result_at_close_of_range'),
        ),
        migrations.AddConstraint(
            model_name='keyresult',
            constraint=models.CheckConstraint(condition=models.Q(('priority__isnull', True), ('priority__lte', 4), _connector='OR'), name='key_result_priority_0_to_4'),
        ),
        migrations.AddConstraint(
            model_name='keyresult',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('override_at__isnull', True), ('override_kept', False), ('override_score__isnull', True)), models.Q(('override_score__range', (0.0, 1.0)), ('override_at__isnull', False), models.Q(('override_why', ''), _negated=True)), _connector='OR'), name='key_result_override_says_why'),
        ),
        migrations.AddField(
            model_name='checkpoint',
            name='key_result',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='checkpoints', to='okr.keyresult'),
        ),
        migrations.AddConstraint(
            model_name='checkpoint',
            constraint=models.UniqueConstraint(fields=('key_result', 'on'), name='checkpoint_once_a_day'),
        ),
        migrations.RunPython(guard_check_ins_again, migrations.RunPython.noop),
        migrations.RunPython(read_amended_plans, migrations.RunPython.noop),
    ]
