"""The addresses that the catalogue names, and what was seen at them."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from catalogue import roles


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0011_submissions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Link',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('url', models.URLField(max_length=500, unique=True, verbose_name='web address')),
                ('host', models.CharField(blank=True, db_index=True, max_length=255, verbose_name='site')),
                ('due_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now, verbose_name='next visit')),
                ('visited_at', models.DateTimeField(blank=True, null=True, verbose_name='last visit')),
                ('outcome', models.CharField(blank=True, choices=[('good', 'Answers'), ('not-found', 'Not found there'), ('gone', 'Gone, its site says'), ('broken', 'Its site says that it is broken'), ('refused', 'Its site refuses it'), ('kept-out', 'Its site lets no program in; people may see it'), ('untrusted', 'Its certificate can’t be verified'), ('no-host', 'No such site'), ('no-connection', 'Its site takes no connection'), ('too-slow', 'It took longer than ten seconds'), ('nonsense', 'What it answers is no web page'), ('astray', 'It sends from one address to the next without end'), ('inward', 'It leads to a machine that isn’t on the public web'), ('not-web', 'It is no ordinary web address, so nobody went there')], max_length=20, verbose_name='what was seen')),
                ('status', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='status')),
                ('moved_to', models.CharField(blank=True, max_length=2000, verbose_name='moved to')),
                ('good_at', models.DateTimeField(blank=True, null=True, verbose_name='last answered')),
                ('failing_since', models.DateTimeField(blank=True, null=True, verbose_name='fails since')),
                ('dead_since', models.DateTimeField(blank=True, null=True, verbose_name='taken for dead since')),
                ('told_fault', models.CharField(blank=True, editable=False, max_length=200)),
                ('told_copy', models.CharField(blank=True, editable=False, max_length=700)),
                ('excused_at', models.DateTimeField(blank=True, null=True, verbose_name='no fault since')),
                ('excused_why', models.CharField(blank=True, max_length=300, verbose_name='why it is no fault')),
            ],
            options={
                'verbose_name': 'link',
                'ordering': ['host', 'url'],
            },
        ),
        migrations.CreateModel(
            name='Visit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
                ('outcome', models.CharField(choices=[('good', 'Answers'), ('not-found', 'Not found there'), ('gone', 'Gone, its site says'), ('broken', 'Its site says that it is broken'), ('refused', 'Its site refuses it'), ('kept-out', 'Its site lets no program in; people may see it'), ('untrusted', 'Its certificate can’t be verified'), ('no-host', 'No such site'), ('no-connection', 'Its site takes no connection'), ('too-slow', 'It took longer than ten seconds'), ('nonsense', 'What it answers is no web page'), ('astray', 'It sends from one address to the next without end'), ('inward', 'It leads to a machine that isn’t on the public web'), ('not-web', 'It is no ordinary web address, so nobody went there')], max_length=20, verbose_name='what was seen')),
                ('status', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='status')),
                ('moved_to', models.CharField(blank=True, max_length=2000, verbose_name='moved to')),
            ],
            options={
                'verbose_name': 'visit',
                'ordering': ['-id'],
            },
        ),
        migrations.RemoveField(
            model_name='resource',
            name='last_checked',
        ),
        migrations.AddField(
            model_name='link',
            name='excused_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='visit',
            name='link',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='visits', to='catalogue.link'),
        ),
        migrations.AddIndex(
            model_name='link',
            index=models.Index(condition=models.Q(('dead_since__isnull', False)), fields=['dead_since'], name='link_dead'),
        ),
        migrations.AddConstraint(
            model_name='link',
            constraint=models.CheckConstraint(condition=models.Q(('dead_since__isnull', True), ('failing_since__isnull', False), _connector='OR'), name='link_dead_was_failing'),
        ),
        migrations.AddConstraint(
            model_name='link',
            constraint=models.CheckConstraint(condition=models.Q(('excused_at__isnull', True), models.Q(('excused_why', ''), _negated=True), _connector='OR'), name='link_excused_has_a_reason'),
        ),
        migrations.RunPython(roles.apply, migrations.RunPython.noop, elidable=False),
    ]
