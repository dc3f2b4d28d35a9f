"""What readers looked for and no idea has, who may see it, and which versions of an idea readers may see."""

from django.db import migrations, models

from catalogue import roles
from catalogue.migrations._numbers import keep_numbers


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0015_assessment'),
    ]

    operations = [
        migrations.CreateModel(
            name='Wanted',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('words', models.CharField(blank=True, max_length=60, verbose_name='words')),
                ('days', models.PositiveIntegerField(default=1, help_text='On how many days it was asked for.', verbose_name='days')),
                ('last_day', models.DateField(verbose_name='last asked for')),
            ],
            options={
                'verbose_name': 'search that found nothing',
                'verbose_name_plural': 'searches that found nothing',
                'ordering': ['-days', '-last_day', 'words'],
            },
        ),
        migrations.AddField(
            model_name='idea',
            name='versions_from',
            field=models.PositiveIntegerField(default=1, help_text='Earlier ones answer that they are gone.', verbose_name='first version that readers may see'),
        ),
        migrations.AddConstraint(
            model_name='idea',
            constraint=models.CheckConstraint(condition=models.Q(('versions_from__gte', 1)), name='idea_versions_begin_at_one'),
        ),
        migrations.RunPython(keep_numbers, migrations.RunPython.noop, elidable=False),
        migrations.RunPython(roles.apply, migrations.RunPython.noop, elidable=False),
    ]
