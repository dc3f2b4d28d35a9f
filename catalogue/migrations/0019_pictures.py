"""Pictures of ideas, with what has to be said of each."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from catalogue.migrations._numbers import keep_numbers


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0018_transfer'),
    ]

    operations = [
        migrations.AddField(
            model_name='idea',
            name='picture_alt',
            field=models.CharField(blank=True, help_text='What can be seen on it, in the idea’s language, for whoever doesn’t see it.', max_length=300, verbose_name='alternative text'),
        ),
        migrations.AddField(
            model_name='idea',
            name='picture_credit',
            field=models.CharField(blank=True, help_text='Who made it, as they want to be named.', max_length=200, verbose_name='credit'),
        ),
        migrations.AddField(
            model_name='idea',
            name='picture_licence',
            field=models.CharField(blank=True, choices=[('cc-by-4.0', 'CC BY 4.0'), ('cc-by-sa-4.0', 'CC BY-SA 4.0'), ('cc0-1.0', 'CC0 1.0, no rights reserved'), ('public-domain', 'Public domain'), ('permission', 'Shown with permission')], max_length=20, verbose_name='licence'),
        ),
        migrations.CreateModel(
            name='Picture',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=32, unique=True)),
                ('width', models.PositiveSmallIntegerField(help_text='Of the larger size, in pixels.')),
                ('height', models.PositiveSmallIntegerField(help_text='Of the larger size, in pixels.')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('remembered', models.BooleanField(default=False, help_text='History names it.')),
            ],
            options={
                'verbose_name': 'picture',
                'constraints': [models.CheckConstraint(condition=models.Q(('height__gt', 0), ('width__gt', 0)), name='picture_has_a_size')],
            },
        ),
        migrations.AddField(
            model_name='idea',
            name='picture',
            field=models.ForeignKey(blank=True, help_text='JPEG, PNG or WebP, at most 10 MB, at least 640 pixels wide. None is needed.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='ideas', to='catalogue.picture', verbose_name='picture'),
        ),
        migrations.AddConstraint(
            model_name='idea',
            constraint=models.CheckConstraint(condition=models.Q(('picture__isnull', True), models.Q(models.Q(('picture_alt', ''), _negated=True), models.Q(('picture_credit', ''), _negated=True), models.Q(('picture_licence', ''), _negated=True)), _connector='OR'), name='idea_picture_is_described'),
        ),
        migrations.AddConstraint(
            model_name='idea',
            constraint=models.CheckConstraint(condition=models.Q(('picture_licence__in', ['', 'cc-by-4.0', 'cc-by-sa-4.0', 'cc0-1.0', 'public-domain', 'permission'])), name='idea_picture_licence_is_known'),
        ),
        migrations.RunPython(keep_numbers, migrations.RunPython.noop, elidable=False),
    ]
