"""What tells an edition from another of the same number."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0006_dead_links'),
    ]

    operations = [
        migrations.AddField(
            model_name='edition',
            name='stamp',
            field=models.CharField(blank=True, editable=False, max_length=16),
        ),
    ]
