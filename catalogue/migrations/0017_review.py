"""How a submission is read and decided: who has it in hand, what screening found, and what readers advise."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from catalogue import roles


def take_submissions_from_readers(apps, schema_editor):
    """Readers saw every submission; now each sees what they are asked to read, by way of their review."""
    for group in apps.get_model("auth", "Group").objects.filter(name="Readers"):
        group.permissions.remove(*group.permissions.filter(codename="view_submission"))


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0016_wanted_and_versions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Judgement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('criterion', models.CharField(choices=[('practical', 'Practical'), ('innovative', 'Innovative'), ('successful', 'Successful'), ('transferable', 'Transferable')], max_length=20, verbose_name='criterion')),
                ('finding', models.CharField(choices=[('met', 'Met'), ('partly', 'Partly met'), ('not-shown', 'Not shown')], max_length=20, verbose_name='finding')),
                ('ground', models.CharField(blank=True, help_text='An answer of the submission, by its step and field, or one of its links.', max_length=500, verbose_name='where it is shown')),
                ('note', models.TextField(blank=True, verbose_name='note')),
            ],
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reader_name', models.CharField(max_length=150)),
                ('round', models.PositiveSmallIntegerField(help_text='Sent back and sent again, a submission is read anew.')),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='asked')),
                ('reminded', models.PositiveSmallIntegerField(default=0, verbose_name='reminders')),
                ('conflict', models.BooleanField(null=True, verbose_name='conflict of interest')),
                ('recommendation', models.CharField(blank=True, choices=[('accept', 'Accept it'), ('changes', 'Ask for changes'), ('decline', 'Decline it')], max_length=20, verbose_name='recommendation')),
                ('words', models.TextField(blank=True, verbose_name='for the editors')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='done')),
                ('left_at', models.DateTimeField(blank=True, null=True, verbose_name='no longer needed')),
            ],
            options={
                'verbose_name': 'review',
                'ordering': ['-id'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='submission',
            name='submission_state_is_known',
        ),
        migrations.AddField(
            model_name='submission',
            name='editor',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='editor'),
        ),
        migrations.AddField(
            model_name='submission',
            name='readers_wanted',
            field=models.PositiveSmallIntegerField(default=2),
        ),
        migrations.AddField(
            model_name='submission',
            name='round',
            field=models.PositiveSmallIntegerField(default=0, help_text='How often it was given to readers.'),
        ),
        migrations.AddField(
            model_name='submission',
            name='screened',
            field=models.JSONField(blank=True, default=dict, help_text='The answers to the questions of screening.'),
        ),
        migrations.AlterField(
            model_name='event',
            name='what',
            field=models.CharField(choices=[('sent', 'Sent to the editors'), ('changed', 'Changed and sent again'), ('confirmed', 'Address confirmed'), ('claimed', 'An editor has it in hand'), ('taken-over', 'Taken over'), ('screened', 'Screened'), ('in-review', 'Given to readers'), ('assigned', 'A reader is asked'), ('declared', 'The reader has no conflict of interest'), ('conflict', 'The reader has a conflict of interest'), ('read', 'Read, and advice given'), ('taken-off', 'The reader is taken off'), ('reminded', 'The reader is reminded'), ('noted', 'Note among editors'), ('asked', 'The editors ask'), ('answered', 'Answered'), ('withdrawn', 'Withdrawn'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('published', 'Published'), ('held-back', 'Held back'), ('released', 'Released')], max_length=20, verbose_name='what'),
        ),
        migrations.AlterField(
            model_name='mail',
            name='letter',
            field=models.CharField(choices=[('link', 'The link to go on with'), ('received', 'Received; please confirm your address'), ('in-review', 'Readers have it'), ('changes', 'The editors ask for changes'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('published', 'Readers see the idea'), ('assigned', 'To a reader: please read it'), ('reminder', 'To a reader: a reminder'), ('called-off', 'To a reader: it is no longer needed'), ('still', 'Is it still so?'), ('still-again', 'Is it still so? Asked again')], max_length=20, verbose_name='letter'),
        ),
        migrations.AlterField(
            model_name='submission',
            name='idea_made',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='proposals', to='catalogue.idea', verbose_name='became the idea'),
        ),
        migrations.AlterField(
            model_name='submission',
            name='state',
            field=models.CharField(choices=[('started', 'Not sent yet'), ('received', 'Received'), ('screening', 'Being screened'), ('in-review', 'In review'), ('needs-changes', 'Changes are asked for'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn')], default='started', max_length=20, verbose_name='state'),
        ),
        migrations.AddConstraint(
            model_name='submission',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['started', 'received', 'screening', 'in-review', 'needs-changes', 'accepted', 'declined', 'withdrawn'])), name='submission_state_is_known'),
        ),
        migrations.AddField(
            model_name='review',
            name='reader',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='reviews', to=settings.AUTH_USER_MODEL, verbose_name='reader'),
        ),
        migrations.AddField(
            model_name='review',
            name='submission',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reviews', to='catalogue.submission'),
        ),
        migrations.AddField(
            model_name='judgement',
            name='review',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='judgements', to='catalogue.review'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.UniqueConstraint(fields=('submission', 'round', 'reader'), name='review_is_asked_for_once'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(('recommendation__in', ['', 'accept', 'changes', 'decline'])), name='review_recommendation_is_known'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('done_at__isnull', True), ('recommendation', '')), models.Q(('conflict', False), ('conflict__isnull', False), ('done_at__isnull', False), models.Q(('recommendation', ''), _negated=True)), _connector='OR'), name='review_done_recommends'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(('conflict__isnull', True), ('conflict', False), ('left_at__isnull', False), _connector='OR'), name='review_in_conflict_is_left'),
        ),
        migrations.AddConstraint(
            model_name='judgement',
            constraint=models.UniqueConstraint(fields=('review', 'criterion'), name='judgement_is_one_a_criterion'),
        ),
        migrations.AddConstraint(
            model_name='judgement',
            constraint=models.CheckConstraint(condition=models.Q(('criterion__in', ['practical', 'innovative', 'successful', 'transferable'])), name='judgement_criterion_is_known'),
        ),
        migrations.AddConstraint(
            model_name='judgement',
            constraint=models.CheckConstraint(condition=models.Q(('finding__in', ['met', 'partly', 'not-shown'])), name='judgement_finding_is_known'),
        ),
        migrations.AddConstraint(
            model_name='judgement',
            constraint=models.CheckConstraint(condition=models.Q(('finding', 'not-shown'), models.Q(('ground', ''), _negated=True), _connector='OR'), name='judgement_shown_has_a_ground', violation_error_message='Say where it is shown.'),
        ),
        migrations.RunPython(take_submissions_from_readers, migrations.RunPython.noop, elidable=False),
        migrations.RunPython(roles.apply, migrations.RunPython.noop, elidable=False),
    ]
