"""Key results that are made of others (rule P9)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('metrics', '0005_targets'),
        ('okr', '0007_kinds'),
        ('workspace', '0008_rule_sets'),
    ]

    operations = [
        migrations.CreateModel(
            name='Part',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weight', models.FloatField(default=1.0)),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField(null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='keyresult',
            name='key_result_has_its_numbers',
        ),
        migrations.AddField(
            model_name='keyresult',
            name='combine',
            field=models.CharField(blank=True, choices=[('sum', 'sum'), ('mean', 'mean'), ('weighted_mean', 'weighted_mean')], default='', max_length=13),
        ),
        migrations.AlterField(
            model_name='keyresult',
            name='kind',
            field=models.CharField(choices=[('reach', 'Reach a value'), ('keep', 'Keep a level'), ('levels', 'Floor, target and stretch'), ('milestone', 'Milestone'), ('tasks', 'Tasks'), ('percent', 'Percent done'), ('judged', 'Judged by the lead'), ('baseline', 'Measure a baseline first'), ('children', 'Made of other key results')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='keyresult',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['milestone', 'tasks', 'judged']), models.Q(('kind', 'reach'), ('metric__isnull', False), ('start__isnull', False), ('target__isnull', False)), models.Q(('kind', 'keep'), ('metric__isnull', False), models.Q(('low__isnull', False), ('high__isnull', False), _connector='OR')), models.Q(('ambition', 'aspirational'), ('kind', 'levels'), ('metric__isnull', False), ('start__isnull', False), ('stretch__isnull', False), ('target__isnull', False)), models.Q(('kind', 'percent'), ('metric__isnull', False)), models.Q(('kind', 'baseline'), ('target__isnull', True), ('metric__isnull', False)), models.Q(('combine', 'sum'), ('kind', 'children'), ('metric__isnull', False), ('start__isnull', False), ('target__isnull', False)), models.Q(('kind', 'children'), models.Q(('combine', 'sum'), _negated=True)), _connector='OR'), name='key_result_has_its_numbers'),
        ),
        migrations.AddConstraint(
            model_name='keyresult',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'children'), models.Q(('combine', ''), _negated=True)), models.Q(models.Q(('kind', 'children'), _negated=True), ('combine', '')), _connector='OR'), name='key_result_combines_its_parts'),
        ),
        migrations.AddField(
            model_name='part',
            name='child',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='part_of', to='okr.keyresult'),
        ),
        migrations.AddField(
            model_name='part',
            name='parent',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='okr.keyresult'),
        ),
        migrations.AddField(
            model_name='part',
            name='workspace',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspace.workspace'),
        ),
        migrations.AddIndex(
            model_name='part',
            index=models.Index(condition=models.Q(('until__isnull', True)), fields=['child'], name='part_upwards'),
        ),
        migrations.AddIndex(
            model_name='part',
            index=models.Index(condition=models.Q(('until__isnull', True)), fields=['parent'], name='part_downwards'),
        ),
        migrations.AddConstraint(
            model_name='part',
            constraint=models.CheckConstraint(condition=models.Q(('parent', models.F('child')), _negated=True), name='part_not_of_itself'),
        ),
        migrations.AddConstraint(
            model_name='part',
            constraint=models.CheckConstraint(condition=models.Q(('weight__gte', 0)), name='part_weight_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='part',
            constraint=models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('parent', 'child'), name='part_once'),
        ),
    ]
