"""Who proposed an idea, where they may be named."""

from django.db import migrations, models

from catalogue.migrations._numbers import keep_numbers


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0019_pictures'),
    ]

    operations = [
        migrations.AddField(
            model_name='idea',
            name='credited',
            field=models.BooleanField(default=False, help_text='Where they allowed it. Nothing is shown where no name is kept.', verbose_name='name who proposed it'),
        ),
        migrations.AddField(
            model_name='idea',
            name='proposed_by',
            field=models.CharField(blank=True, editable=False, max_length=100),
        ),
        migrations.RunPython(keep_numbers, migrations.RunPython.noop, elidable=False),
    ]
