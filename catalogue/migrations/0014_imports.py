"""Files that are uploaded to be imported, and who may do that."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from catalogue import roles


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0013_living_status'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Import',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='file')),
                ('size', models.PositiveBigIntegerField(verbose_name='bytes')),
                ('digest', models.CharField(editable=False, max_length=64)),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('format', models.CharField(max_length=10)),
                ('encoding', models.CharField(blank=True, max_length=20)),
                ('delimiter', models.CharField(blank=True, max_length=1)),
                ('weight', models.PositiveBigIntegerField(default=0, help_text='Bytes once it is unpacked.')),
                ('tables', models.JSONField(default=list, help_text='Of each its name, its columns and its first rows.')),
                ('plan', models.JSONField(default=dict, help_text='What each table and each column is.')),
                ('state', models.CharField(choices=[('uploaded', 'Its columns are to be looked at'), ('to-try', 'Waits to be tried'), ('trying', 'Is being tried'), ('faulty', 'Has faults'), ('sound', 'Can be imported'), ('to-write', 'Waits to be written'), ('writing', 'Is being written'), ('done', 'Imported')], default='uploaded', max_length=10, verbose_name='state')),
                ('why', models.CharField(blank=True, max_length=300, verbose_name='why')),
                ('uploaded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='uploaded')),
                ('beat_at', models.DateTimeField(editable=False, null=True)),
                ('rows', models.PositiveIntegerField(default=0, verbose_name='rows')),
                ('fault_count', models.PositiveIntegerField(default=0, verbose_name='faults')),
                ('new', models.JSONField(default=dict)),
                ('changed', models.JSONField(default=dict)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
            ],
            options={
                'verbose_name': 'import',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='ImportFile',
            fields=[
                ('of', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='file', serialize=False, to='catalogue.import')),
                ('data', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='ImportFault',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(blank=True, max_length=200)),
                ('row', models.PositiveIntegerField()),
                ('column', models.CharField(blank=True, max_length=200)),
                ('sentence', models.TextField()),
                ('of', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='faults', to='catalogue.import')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.AddConstraint(
            model_name='import',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['uploaded', 'to-try', 'trying', 'faulty', 'sound', 'to-write', 'writing', 'done'])), name='import_state_is_known'),
        ),
        migrations.RunPython(roles.apply, migrations.RunPython.noop, elidable=False),
    ]
