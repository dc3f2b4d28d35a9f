"""What the last look at a cited address found wrong."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0005_search'),
    ]

    operations = [
        migrations.AddField(
            model_name='resource',
            name='fault',
            field=models.CharField(blank=True, help_text='Such as: no longer there. Empty while it answers as it should.', max_length=200, verbose_name='what is wrong with the address'),
        ),
        migrations.AddIndex(
            model_name='resource',
            index=models.Index(condition=models.Q(('fault', ''), _negated=True), fields=['fault'], name='resource_with_fault'),
        ),
    ]
