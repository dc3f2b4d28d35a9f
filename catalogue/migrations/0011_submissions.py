"""What people without an account propose, the letters to them, and the counts of a day."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import catalogue.models.submission
from catalogue import roles


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0010_news'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Submission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('idea', 'A Good Idea'), ('adaptation', 'An idea tried elsewhere'), ('correction', 'A correction')], default='idea', max_length=20, verbose_name='kind')),
                ('state', models.CharField(choices=[('started', 'Not sent yet'), ('received', 'Received'), ('needs-changes', 'Changes are asked for'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn')], default='started', max_length=20, verbose_name='state')),
                ('token', models.CharField(default=catalogue.models.submission.make_token, editable=False, max_length=43, unique=True)),
                ('key', models.UUIDField(editable=False, null=True, unique=True)),
                ('language', models.CharField(default='en', max_length=20, verbose_name='language')),
                ('answers', models.JSONField(default=dict, help_text='By step, as they were typed.', verbose_name='answers')),
                ('complete', models.JSONField(default=list, help_text='The steps that lack nothing.')),
                ('title', models.CharField(blank=True, max_length=200, verbose_name='title')),
                ('city', models.CharField(blank=True, max_length=100, verbose_name='city')),
                ('country', models.CharField(blank=True, max_length=2, verbose_name='country')),
                ('organisation', models.CharField(blank=True, max_length=200, verbose_name='organisation')),
                ('name', models.CharField(blank=True, max_length=100, verbose_name='name')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('opened_at', models.DateTimeField(help_text='When the first form was opened.', null=True)),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='begun')),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='last changed')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent')),
                ('confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='address confirmed')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                ('trapped', models.BooleanField(default=False, help_text='The field that people don’t see was filled in.')),
                ('suspicions', models.JSONField(blank=True, default=list, verbose_name='what speaks for spam')),
                ('held_back', models.BooleanField(default=False, verbose_name='held back')),
                ('adaptation_made', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='catalogue.adaptation', verbose_name='became the journey')),
                ('idea', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='submissions', to='catalogue.idea', verbose_name='about')),
                ('idea_made', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='catalogue.idea', verbose_name='became the idea')),
            ],
            options={
                'verbose_name': 'submission',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Mail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('letter', models.CharField(choices=[('link', 'The link to go on with'), ('received', 'Received; please confirm your address'), ('changes', 'The editors ask for changes'), ('accepted', 'Accepted'), ('declined', 'Declined')], max_length=20, verbose_name='letter')),
                ('to', models.EmailField(max_length=254, verbose_name='to')),
                ('language', models.CharField(default='en', max_length=20, verbose_name='language')),
                ('facts', models.JSONField(default=dict)),
                ('written_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='written')),
                ('due_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='next try')),
                ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='tries')),
                ('fault', models.CharField(blank=True, max_length=300, verbose_name='what the mail server said')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent')),
                ('refused_at', models.DateTimeField(blank=True, null=True, verbose_name='refused')),
                ('submission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mails', to='catalogue.submission')),
            ],
            options={
                'verbose_name': 'letter',
                'verbose_name_plural': 'outbox',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(choices=[('sent', 'Sent to the editors'), ('changed', 'Changed and sent again'), ('confirmed', 'Address confirmed'), ('asked', 'The editors ask'), ('answered', 'Answered'), ('withdrawn', 'Withdrawn'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('held-back', 'Held back'), ('released', 'Released')], max_length=20, verbose_name='what')),
                ('text', models.TextField(blank=True, verbose_name='message')),
                ('by_name', models.CharField(blank=True, help_text='Empty when its submitter did it.', max_length=150)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('submission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='catalogue.submission')),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Tally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('digest', models.CharField(max_length=64)),
                ('count', models.PositiveIntegerField(default=0)),
            ],
            options={
                'verbose_name_plural': 'tallies',
                'constraints': [models.UniqueConstraint(fields=('day', 'digest'), name='tally_is_one_a_day')],
            },
        ),
        migrations.AddIndex(
            model_name='submission',
            index=models.Index(fields=['state', 'held_back'], name='submission_by_state'),
        ),
        migrations.AddConstraint(
            model_name='submission',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['idea', 'adaptation', 'correction'])), name='submission_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='submission',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['started', 'received', 'needs-changes', 'accepted', 'declined', 'withdrawn'])), name='submission_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='submission',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'idea'), ('idea__isnull', False), _connector='OR'), name='submission_is_about_an_idea'),
        ),
        migrations.AddConstraint(
            model_name='submission',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['started', 'withdrawn']), ('sent_at__isnull', False), _connector='OR'), name='submission_sent_has_a_date'),
        ),
        migrations.AddConstraint(
            model_name='submission',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['accepted', 'declined', 'withdrawn']), _negated=True), ('decided_at__isnull', False), _connector='OR'), name='submission_decided_has_a_date'),
        ),
        migrations.AddIndex(
            model_name='mail',
            index=models.Index(condition=models.Q(('refused_at__isnull', True), ('sent_at__isnull', True)), fields=['due_at'], name='mail_waiting'),
        ),
        migrations.AddConstraint(
            model_name='mail',
            constraint=models.CheckConstraint(condition=models.Q(('sent_at__isnull', True), ('refused_at__isnull', True), _connector='OR'), name='mail_is_sent_or_refused'),
        ),
        migrations.RunPython(roles.apply, migrations.RunPython.noop, elidable=False),
    ]
