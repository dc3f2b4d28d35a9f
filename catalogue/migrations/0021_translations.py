"""Translations of ideas, and what translators and editors may do with them."""

import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models

from catalogue import roles


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0020_credit'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='change',
            name='kind',
            field=models.PositiveSmallIntegerField(choices=[(0, 'everything'), (1, 'idea'), (2, 'city'), (3, 'organisation'), (4, 'theme'), (5, 'topic'), (6, 'audience'), (7, 'resource'), (8, 'adaptation'), (9, 'redirect'), (10, 'page'), (11, 'synonym'), (12, 'order of the most viewed'), (13, 'translation')]),
        ),
        migrations.AlterField(
            model_name='draft',
            name='kind',
            field=models.PositiveSmallIntegerField(choices=[(0, 'everything'), (1, 'idea'), (2, 'city'), (3, 'organisation'), (4, 'theme'), (5, 'topic'), (6, 'audience'), (7, 'resource'), (8, 'adaptation'), (9, 'redirect'), (10, 'page'), (11, 'synonym'), (12, 'order of the most viewed'), (13, 'translation')]),
        ),
        migrations.AlterField(
            model_name='revision',
            name='kind',
            field=models.PositiveSmallIntegerField(choices=[(0, 'everything'), (1, 'idea'), (2, 'city'), (3, 'organisation'), (4, 'theme'), (5, 'topic'), (6, 'audience'), (7, 'resource'), (8, 'adaptation'), (9, 'redirect'), (10, 'page'), (11, 'synonym'), (12, 'order of the most viewed'), (13, 'translation')]),
        ),
        migrations.CreateModel(
            name='Translation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('de', 'Deutsch'), ('es', 'Español')], max_length=20, verbose_name='language')),
                ('state', models.CharField(choices=[('draft', 'In work'), ('offered', 'Offered for review'), ('published', 'Published'), ('withdrawn', 'Withdrawn')], default='draft', max_length=20, verbose_name='state')),
                ('title', models.CharField(blank=True, max_length=200, verbose_name='title')),
                ('summary', models.CharField(blank=True, help_text='Plain text, at most 450 characters.', max_length=450, verbose_name='summary')),
                ('credit', models.CharField(blank=True, help_text='Only if they ask to be named. Empty, readers are told that the editors translated it.', max_length=200, verbose_name='name of the translator, for readers')),
                ('sent_back', models.TextField(blank=True, verbose_name='why it was sent back')),
                ('withdrawn_reason', models.TextField(blank=True, verbose_name='reason for the withdrawal')),
                ('translator_name', models.CharField(blank=True, editable=False, max_length=150, verbose_name='translator')),
                ('reviewer_name', models.CharField(blank=True, editable=False, max_length=150, verbose_name='reviewer')),
                ('reviewed_at', models.DateTimeField(editable=False, null=True, verbose_name='reviewed')),
                ('source_title', models.CharField(editable=False, max_length=200)),
                ('source_summary', models.CharField(blank=True, editable=False, max_length=450)),
                ('body', models.TextField(blank=True, help_text='Markdown, with the same headings as the original.', verbose_name='text')),
                ('source_body', models.TextField(blank=True, editable=False)),
                ('idea', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='translations', to='catalogue.idea', verbose_name='idea')),
                ('reviewer', models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('translator', models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'translation',
                'verbose_name_plural': 'translations',
                'ordering': ['-id'],
                'permissions': [('publish_translation', 'Can review and publish translations')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'published')), fields=('idea', 'language'), name='translation_is_published_once'), models.UniqueConstraint(condition=models.Q(('state__in', ['draft', 'offered'])), fields=('idea', 'language'), name='translation_is_in_work_once', violation_error_message='Somebody is translating this idea into this language already.'), models.CheckConstraint(condition=models.Q(('language__in', ['en', 'fr', 'de', 'es'])), name='translation_language_is_known'), models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'offered', 'published', 'withdrawn'])), name='translation_state_is_known'), models.CheckConstraint(condition=models.Q(('state', 'draft'), models.Q(models.Q(('title', ''), _negated=True), models.Q(('summary', ''), _negated=True), models.Q(('body', ''), _negated=True)), _connector='OR'), name='translation_is_whole_when_offered'), models.CheckConstraint(condition=django.db.models.lookups.LessThanOrEqual(django.db.models.functions.text.Length('summary'), 450), name='translation_summary_is_short'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'published'), _negated=True), ('reviewed_at__isnull', False), _connector='OR'), name='translation_published_is_reviewed'), models.CheckConstraint(condition=models.Q(('reviewer__isnull', True), ('translator__isnull', True), models.Q(('reviewer', models.F('translator')), _negated=True), _connector='OR'), name='translation_is_reviewed_by_another'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'withdrawn'), _negated=True), models.Q(('withdrawn_reason', ''), _negated=True), _connector='OR'), name='translation_withdrawn_has_a_reason')],
            },
        ),
        migrations.RunPython(roles.apply, migrations.RunPython.noop, elidable=False),
    ]
