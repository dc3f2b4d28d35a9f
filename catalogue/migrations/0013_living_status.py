"""Whether an idea is still so: whom the editors ask, what they answered, and why something ended."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import catalogue.models.submission
from catalogue import roles
from catalogue.migrations._numbers import keep_numbers


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0012_link_checks'),
    ]

    operations = [
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(help_text='Better an office’s than a person’s: offices stay.', max_length=254, verbose_name='e-mail')),
                ('order', models.PositiveSmallIntegerField(default=1, help_text='1 is written to first; 2 when nobody answers there.', verbose_name='order')),
                ('language', models.CharField(default='en', max_length=20, verbose_name='language')),
                ('added_at', models.DateTimeField(auto_now_add=True, verbose_name='added')),
            ],
            options={
                'verbose_name': 'contact',
                'ordering': ['organisation', 'order', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Inquiry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(default=catalogue.models.submission.make_token, editable=False, max_length=43, unique=True)),
                ('state', models.CharField(choices=[('open', 'Asked'), ('still', 'Still so'), ('changed', 'Changed'), ('ended', 'Ended'), ('silent', 'Nobody answered')], default='open', max_length=20, verbose_name='state')),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='asked')),
                ('letters', models.PositiveSmallIntegerField(default=0, verbose_name='letters')),
                ('due_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='next step')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='answered')),
                ('words', models.TextField(blank=True, verbose_name='in their words')),
                ('ended_year', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='year it ended')),
                ('before', models.JSONField(editable=False, null=True)),
                ('settled_at', models.DateTimeField(blank=True, null=True, verbose_name='settled')),
            ],
            options={
                'verbose_name': 'yearly question',
                'verbose_name_plural': 'yearly questions',
                'ordering': ['-id'],
            },
        ),
        migrations.AddField(
            model_name='idea',
            name='ended_why',
            field=models.TextField(blank=True, help_text='Readers see it.', verbose_name='why it ended'),
        ),
        migrations.AddField(
            model_name='idea',
            name='verified_by',
            field=models.CharField(blank=True, choices=[('editors', 'the editors'), ('organisation', 'the organisation that leads it')], max_length=20, verbose_name='verified by'),
        ),
        migrations.AlterField(
            model_name='mail',
            name='letter',
            field=models.CharField(choices=[('link', 'The link to go on with'), ('received', 'Received; please confirm your address'), ('changes', 'The editors ask for changes'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('still', 'Is it still so?'), ('still-again', 'Is it still so? Asked again')], max_length=20, verbose_name='letter'),
        ),
        migrations.AlterField(
            model_name='mail',
            name='submission',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='mails', to='catalogue.submission'),
        ),
        migrations.AddConstraint(
            model_name='idea',
            constraint=models.CheckConstraint(condition=models.Q(('ended_why', ''), ('ended__isnull', False), _connector='OR'), name='idea_ended_why_has_a_year'),
        ),
        migrations.AddConstraint(
            model_name='idea',
            constraint=models.CheckConstraint(condition=models.Q(('verified_by', ''), models.Q(('last_verified__isnull', False), ('verified_by__in', ['editors', 'organisation'])), _connector='OR'), name='idea_verifier_is_known'),
        ),
        migrations.AddField(
            model_name='contact',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contacts', to='catalogue.organisation', verbose_name='organisation'),
        ),
        migrations.AddField(
            model_name='inquiry',
            name='idea',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='inquiries', to='catalogue.idea', verbose_name='idea'),
        ),
        migrations.AddField(
            model_name='inquiry',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='inquiries', to='catalogue.organisation', verbose_name='asked of'),
        ),
        migrations.AddField(
            model_name='inquiry',
            name='submission',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='catalogue.submission', verbose_name='correction'),
        ),
        migrations.AddField(
            model_name='mail',
            name='inquiry',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='mails', to='catalogue.inquiry'),
        ),
        migrations.AddConstraint(
            model_name='mail',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('inquiry__isnull', True), ('submission__isnull', False)), models.Q(('inquiry__isnull', False), ('submission__isnull', True)), _connector='OR'), name='mail_is_about_one_thing'),
        ),
        migrations.AddIndex(
            model_name='inquiry',
            index=models.Index(fields=['state', 'due_at'], name='inquiry_by_state'),
        ),
        migrations.AddConstraint(
            model_name='inquiry',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'still', 'changed', 'ended', 'silent'])), name='inquiry_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='inquiry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['still', 'changed', 'ended']), _negated=True), ('answered_at__isnull', False), _connector='OR'), name='inquiry_answered_has_a_date'),
        ),
        migrations.AddConstraint(
            model_name='inquiry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'ended'), _negated=True), ('ended_year__isnull', False), _connector='OR'), name='inquiry_ended_has_a_year'),
        ),
        migrations.RunPython(keep_numbers, migrations.RunPython.noop, elidable=False),
        migrations.RunPython(roles.apply, migrations.RunPython.noop, elidable=False),
    ]
