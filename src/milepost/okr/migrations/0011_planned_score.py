"""What the first plan of a closed objective came to (G2)."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('okr', '0010_templates'),
    ]

    operations = [
        migrations.AddField(
            model_name='objective',
            name='planned_score',
            field=models.FloatField(null=True),
        ),
    ]
