"""The claims of an idea's evidence in other languages: part of its translation."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0023_page_languages'),
    ]

    operations = [
        migrations.CreateModel(
            name='TranslatedClaim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(verbose_name='claim')),
                ('source_text', models.TextField(editable=False)),
                ('evidence', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='translated', to='catalogue.evidence', verbose_name='evidence')),
                ('translation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='claims', to='catalogue.translation')),
            ],
            options={
                'verbose_name': 'translated claim',
                'verbose_name_plural': 'translated claims',
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(fields=('translation', 'evidence'), name='translated_claim_is_there_once'), models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='translated_claim_says_something')],
            },
        ),
    ]
