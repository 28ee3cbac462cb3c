"""Reviews of key results, retrospectives of cycles with their coach, and what is carried over (G3, G4)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('okr', '0013_saved_views'),
        ('workspace', '0011_strategy'),
    ]

    operations = [
        migrations.CreateModel(
            name='Retrospective',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kept', models.TextField(blank=True, default='')),
                ('changed', models.TextField(blank=True, default='')),
                ('learned', models.TextField(blank=True, default='')),
                ('version', models.PositiveIntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('key_result', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='review', serialize=False, to='okr.keyresult')),
                ('grade', models.FloatField(null=True)),
                ('reason', models.TextField(blank=True, default='')),
                ('lesson', models.TextField(blank=True, default='')),
                ('outcome', models.CharField(blank=True, choices=[('keep', 'Keep'), ('drop', 'Drop'), ('carry', 'Carry over'), ('kpi', 'Turn into KPI'), ('raise', 'Raise KPI target')], default='', max_length=6)),
                ('keeps_progress', models.BooleanField(default=False)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='cycle',
            name='coach',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workspace.membership'),
        ),
        migrations.AddField(
            model_name='keyresult',
            name='carried_from',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='carried_to', to='okr.keyresult'),
        ),
        migrations.AddField(
            model_name='keyresult',
            name='is_reviewed',
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name='keyresult',
            name='outcome',
            field=models.CharField(blank=True, choices=[('keep', 'Keep'), ('drop', 'Drop'), ('carry', 'Carry over'), ('kpi', 'Turn into KPI'), ('raise', 'Raise KPI target')], default='', max_length=6),
        ),
        migrations.AddField(
            model_name='objective',
            name='carried_from',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='carried_to', to='okr.objective'),
        ),
        migrations.AddIndex(
            model_name='objective',
            index=models.Index(fields=['workspace', 'state', 'cycle'], name='objective_by_state'),
        ),
        migrations.AddField(
            model_name='retrospective',
            name='cycle',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='retrospectives', to='okr.cycle'),
        ),
        migrations.AddField(
            model_name='retrospective',
            name='team',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspace.team'),
        ),
        migrations.AddField(
            model_name='retrospective',
            name='workspace',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspace.workspace'),
        ),
        migrations.AddField(
            model_name='review',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workspace.membership'),
        ),
        migrations.AddField(
            model_name='review',
            name='workspace',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspace.workspace'),
        ),
        migrations.AddConstraint(
            model_name='retrospective',
            constraint=models.UniqueConstraint(fields=('cycle', 'team'), name='one_retrospective_a_team'),
        ),
        migrations.AddConstraint(
            model_name='retrospective',
            constraint=models.UniqueConstraint(condition=models.Q(('team__isnull', True)), fields=('cycle',), name='one_retrospective_of_all'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(('grade__isnull', True), models.Q(('grade__range', (0.0, 1.0)), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='another_grade_says_why'),
        ),
    ]
