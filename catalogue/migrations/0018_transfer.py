"""Transfer guides, how many people live in a city, and how often ideas are viewed."""

import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models

from catalogue import roles


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0017_review'),
    ]

    operations = [
        migrations.CreateModel(
            name='DailyViews',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('count', models.PositiveBigIntegerField()),
            ],
            options={
                'verbose_name_plural': 'views by day',
            },
        ),
        migrations.CreateModel(
            name='Guide',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('must_stay', models.TextField(blank=True, help_text='Without it, it would be another idea. A line for each thing.', max_length=500, verbose_name='what must stay')),
                ('may_change', models.TextField(blank=True, help_text='A line for each thing.', max_length=500, verbose_name='what may change')),
                ('lead_sector', models.CharField(blank=True, choices=[('city-government', 'City government'), ('other-government', 'Other government'), ('community-organisation', 'Community organisation'), ('foundation', 'Foundation'), ('employer', 'Employer'), ('university-or-college', 'University or college'), ('school', 'School'), ('library-or-museum', 'Library or museum'), ('labour-union', 'Labour union'), ('resident-or-business-association', 'Residents’ or business association'), ('police', 'Police'), ('health-authority', 'Health authority'), ('urban-planning', 'Urban planning'), ('financial-institution', 'Financial institution'), ('media', 'Media'), ('network', 'Network'), ('other', 'Other')], max_length=40, verbose_name='who can lead it')),
                ('lead', models.CharField(blank=True, help_text='Where the kind alone doesn’t say it.', max_length=200, verbose_name='who can lead it, in words')),
                ('legal_power', models.TextField(blank=True, help_text='What the city, or whoever leads it, has to be allowed to do.', max_length=300, verbose_name='legal power')),
                ('staff', models.TextField(blank=True, help_text='Who works on it, and how much of their time.', max_length=300, verbose_name='staff')),
                ('money', models.CharField(blank=True, choices=[('under-10000', 'Under 10,000 US dollars'), ('10000-50000', '10,000 to 50,000 US dollars'), ('50000-250000', '50,000 to 250,000 US dollars'), ('250000-1000000', '250,000 to 1 million US dollars'), ('over-1000000', 'Over 1 million US dollars')], help_text='For the first year, in US dollars.', max_length=20, verbose_name='money')),
                ('first_result', models.CharField(blank=True, choices=[('under-6-months', 'Under six months'), ('6-12-months', 'Six months to a year'), ('1-2-years', 'One to two years'), ('over-2-years', 'Over two years')], max_length=20, verbose_name='time to a first result')),
                ('first_steps', models.TextField(blank=True, help_text='A line for each step, in their order; they are numbered.', max_length=700, verbose_name='first steps')),
            ],
            options={
                'verbose_name': 'transfer guide',
                'verbose_name_plural': 'transfer guides',
            },
        ),
        migrations.CreateModel(
            name='Popularity',
            fields=[
                ('id', models.PositiveSmallIntegerField(editable=False, primary_key=True, serialize=False)),
                ('until', models.DateField(help_text='The last day of the year that was counted.')),
                ('order', models.BinaryField(default=b'', help_text='Numbers of ideas, four bytes each.')),
            ],
            options={
                'verbose_name': 'order of the most viewed',
                'verbose_name_plural': 'most viewed',
            },
        ),
        migrations.CreateModel(
            name='ReadLog',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first', models.CharField(help_text='A digest of the first line.', max_length=64, unique=True)),
                ('read', models.PositiveBigIntegerField(default=0, help_text='Bytes of it that were counted.')),
                ('last_day', models.DateField(auto_now=True)),
            ],
        ),
        migrations.AddField(
            model_name='citation',
            name='to_reuse',
            field=models.BooleanField(default=False, help_text='The transfer guide lists it among the documents to reuse.', verbose_name='to reuse elsewhere'),
        ),
        migrations.AddField(
            model_name='city',
            name='newcomers',
            field=models.FloatField(blank=True, help_text='In a hundred people. Readers see it.', null=True, verbose_name='born in another country'),
        ),
        migrations.AddField(
            model_name='city',
            name='newcomers_source',
            field=models.URLField(blank=True, max_length=500, verbose_name='where that is from'),
        ),
        migrations.AddField(
            model_name='city',
            name='newcomers_year',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='of the year'),
        ),
        migrations.AddField(
            model_name='city',
            name='population',
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name='population'),
        ),
        migrations.AddField(
            model_name='city',
            name='population_source',
            field=models.URLField(blank=True, max_length=500, verbose_name='where that is from'),
        ),
        migrations.AddField(
            model_name='city',
            name='population_year',
            field=models.PositiveSmallIntegerField(blank=True, help_text='Empty where the source doesn’t say.', null=True, verbose_name='of the year'),
        ),
        migrations.AlterField(
            model_name='change',
            name='kind',
            field=models.PositiveSmallIntegerField(choices=[(0, 'everything'), (1, 'idea'), (2, 'city'), (3, 'organisation'), (4, 'theme'), (5, 'topic'), (6, 'audience'), (7, 'resource'), (8, 'adaptation'), (9, 'redirect'), (10, 'page'), (11, 'synonym'), (12, 'order of the most viewed')]),
        ),
        migrations.AlterField(
            model_name='draft',
            name='kind',
            field=models.PositiveSmallIntegerField(choices=[(0, 'everything'), (1, 'idea'), (2, 'city'), (3, 'organisation'), (4, 'theme'), (5, 'topic'), (6, 'audience'), (7, 'resource'), (8, 'adaptation'), (9, 'redirect'), (10, 'page'), (11, 'synonym'), (12, 'order of the most viewed')]),
        ),
        migrations.AlterField(
            model_name='revision',
            name='kind',
            field=models.PositiveSmallIntegerField(choices=[(0, 'everything'), (1, 'idea'), (2, 'city'), (3, 'organisation'), (4, 'theme'), (5, 'topic'), (6, 'audience'), (7, 'resource'), (8, 'adaptation'), (9, 'redirect'), (10, 'page'), (11, 'synonym'), (12, 'order of the most viewed')]),
        ),
        migrations.AddConstraint(
            model_name='city',
            constraint=models.CheckConstraint(condition=models.Q(('population__isnull', True), models.Q(('population_source', ''), _negated=True), _connector='OR'), name='city_population_has_a_source'),
        ),
        migrations.AddConstraint(
            model_name='city',
            constraint=models.CheckConstraint(condition=models.Q(('newcomers__isnull', True), models.Q(('newcomers_year__isnull', False), models.Q(('newcomers_source', ''), _negated=True)), _connector='OR'), name='city_newcomers_have_a_year_and_a_source'),
        ),
        migrations.AddConstraint(
            model_name='city',
            constraint=models.CheckConstraint(condition=models.Q(('newcomers__isnull', True), ('newcomers__range', (0, 100)), _connector='OR'), name='city_newcomers_are_a_share'),
        ),
        migrations.AddConstraint(
            model_name='city',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('population_year__isnull', True), ('population_year__range', (1800, 2100)), _connector='OR'), models.Q(('newcomers_year__isnull', True), ('newcomers_year__range', (1800, 2100)), _connector='OR')), name='city_years_in_range'),
        ),
        migrations.AddField(
            model_name='dailyviews',
            name='idea',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='daily_views', to='catalogue.idea'),
        ),
        migrations.AddField(
            model_name='guide',
            name='idea',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='guide', to='catalogue.idea'),
        ),
        migrations.AddConstraint(
            model_name='popularity',
            constraint=models.CheckConstraint(condition=models.Q(('id', 1)), name='popularity_is_one_row'),
        ),
        migrations.AddIndex(
            model_name='dailyviews',
            index=models.Index(fields=['day'], name='views_by_day'),
        ),
        migrations.AddConstraint(
            model_name='dailyviews',
            constraint=models.UniqueConstraint(fields=('idea', 'day'), name='views_are_one_a_day'),
        ),
        migrations.AddConstraint(
            model_name='guide',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('must_stay', ''), _negated=True), models.Q(('may_change', ''), _negated=True), models.Q(('lead_sector', ''), _negated=True), models.Q(('lead', ''), _negated=True), models.Q(('legal_power', ''), _negated=True), models.Q(('staff', ''), _negated=True), models.Q(('money', ''), _negated=True), models.Q(('first_result', ''), _negated=True), models.Q(('first_steps', ''), _negated=True), _connector='OR'), name='guide_says_something', violation_error_message='Fill in at least one field, or take the guide away.'),
        ),
        migrations.AddConstraint(
            model_name='guide',
            constraint=models.CheckConstraint(condition=models.Q(django.db.models.lookups.LessThanOrEqual(django.db.models.functions.text.Length('must_stay'), 500), django.db.models.lookups.LessThanOrEqual(django.db.models.functions.text.Length('may_change'), 500), django.db.models.lookups.LessThanOrEqual(django.db.models.functions.text.Length('legal_power'), 300), django.db.models.lookups.LessThanOrEqual(django.db.models.functions.text.Length('staff'), 300), django.db.models.lookups.LessThanOrEqual(django.db.models.functions.text.Length('first_steps'), 700)), name='guide_fits_on_a_page'),
        ),
        migrations.AddConstraint(
            model_name='guide',
            constraint=models.CheckConstraint(condition=models.Q(('lead_sector__in', ['', 'city-government', 'other-government', 'community-organisation', 'foundation', 'employer', 'university-or-college', 'school', 'library-or-museum', 'labour-union', 'resident-or-business-association', 'police', 'health-authority', 'urban-planning', 'financial-institution', 'media', 'network', 'other'])), name='guide_lead_is_known'),
        ),
        migrations.AddConstraint(
            model_name='guide',
            constraint=models.CheckConstraint(condition=models.Q(('money__in', ['', 'under-10000', '10000-50000', '50000-250000', '250000-1000000', 'over-1000000'])), name='guide_money_is_known'),
        ),
        migrations.AddConstraint(
            model_name='guide',
            constraint=models.CheckConstraint(condition=models.Q(('first_result__in', ['', 'under-6-months', '6-12-months', '1-2-years', 'over-2-years'])), name='guide_wait_is_known'),
        ),
        migrations.RunPython(roles.apply, migrations.RunPython.noop, elidable=False),
    ]
