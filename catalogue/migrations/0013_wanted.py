"""What readers looked for and no idea has, and who may see it."""

from django.db import migrations, models

from catalogue import roles


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0012_assessment'),
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
        migrations.RunPython(roles.apply, migrations.RunPython.noop, elidable=False),
    ]
