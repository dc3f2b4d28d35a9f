"""Pages of words in several languages: each is a page of its own, known by its address and its language."""

import django.core.validators
from django.db import migrations, models
from django.db.models import Value
from django.db.models.functions import Concat, Left, Length


def name_the_language(apps, schema_editor):
    """`seed` knows each page by its address and its language from now on; those that it loaded are English."""
    seeded = apps.get_model("catalogue", "Seeded").objects.using(schema_editor.connection.alias)
    seeded.filter(model="page").update(key=Concat("key", Value(" en")))


def forget_the_language(apps, schema_editor):
    seeded = apps.get_model("catalogue", "Seeded").objects.using(schema_editor.connection.alias)
    seeded.filter(model="page", key__endswith=" en").update(key=Left("key", Length("key") - 3))


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0022_accounts'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='page',
            options={'ordering': ['order', 'path', 'language']},
        ),
        migrations.AddField(
            model_name='page',
            name='language',
            field=models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('de', 'Deutsch'), ('es', 'Español')], default='en', max_length=20, verbose_name='language'),
        ),
        migrations.AddField(
            model_name='page',
            name='made_from',
            field=models.CharField(blank=True, max_length=16, verbose_name='made from the English version'),
        ),
        migrations.AlterField(
            model_name='page',
            name='path',
            field=models.CharField(max_length=100, validators=[django.core.validators.RegexValidator('^/(about/([a-z0-9-]+/)?|privacy/|accessibility/)$', 'Pages stand at /about/, under it (/about/name/), at /privacy/ or at /accessibility/.')], verbose_name='address'),
        ),
        migrations.RunPython(name_the_language, forget_the_language),
        migrations.AddConstraint(
            model_name='page',
            constraint=models.UniqueConstraint(fields=('path', 'language'), name='page_is_there_once', violation_error_message='There is a page at this address in this language already.'),
        ),
        migrations.AddConstraint(
            model_name='page',
            constraint=models.CheckConstraint(condition=models.Q(('language__in', ['en', 'fr', 'de', 'es'])), name='page_language_is_known'),
        ),
    ]
