"""What readers found when they read an idea, and who may write it down."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

from catalogue import roles


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0014_imports'),
    ]

    operations = [
        migrations.CreateModel(
            name='Assessment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('read_on', models.DateField(help_text='When the last of them had read it.', verbose_name='read on')),
                ('readers', models.PositiveSmallIntegerField(default=2, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(9)], verbose_name='how many read it')),
                ('practical', models.CharField(choices=[('met', 'Met'), ('partly', 'Partly met'), ('not-shown', 'Not shown')], max_length=20, verbose_name='Practical')),
                ('innovative', models.CharField(choices=[('met', 'Met'), ('partly', 'Partly met'), ('not-shown', 'Not shown')], max_length=20, verbose_name='Innovative')),
                ('successful', models.CharField(choices=[('met', 'Met'), ('partly', 'Partly met'), ('not-shown', 'Not shown')], max_length=20, verbose_name='Successful')),
                ('transferable', models.CharField(choices=[('met', 'Met'), ('partly', 'Partly met'), ('not-shown', 'Not shown')], max_length=20, verbose_name='Transferable')),
                ('idea', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='assessment', to='catalogue.idea')),
            ],
            options={
                'verbose_name': 'assessment',
                'verbose_name_plural': 'assessment',
                'constraints': [models.CheckConstraint(condition=models.Q(('readers__range', (1, 9))), name='assessment_has_readers'), models.CheckConstraint(condition=models.Q(('practical__in', ['met', 'partly', 'not-shown'])), name='assessment_practical_is_known'), models.CheckConstraint(condition=models.Q(('innovative__in', ['met', 'partly', 'not-shown'])), name='assessment_innovative_is_known'), models.CheckConstraint(condition=models.Q(('successful__in', ['met', 'partly', 'not-shown'])), name='assessment_successful_is_known'), models.CheckConstraint(condition=models.Q(('transferable__in', ['met', 'partly', 'not-shown'])), name='assessment_transferable_is_known')],
            },
        ),
        migrations.RunPython(roles.apply, migrations.RunPython.noop, elidable=False),
    ]
