"""What readers looked for and no idea has, who may see it, and which versions of an idea readers may see."""

from django.db import migrations, models
from django.db.models import Max

from catalogue import roles

IDEA = 1
#: 1 to 1000 are the opening collection's.
LAST_NUMBER = 1000


def keep_numbers(apps, schema_editor):
    """SQLite makes the table of ideas anew for another column, and forgets which numbers it gave; history knows."""
    if schema_editor.connection.vendor != "sqlite":
        return
    ideas, revisions = (apps.get_model("catalogue", name).objects for name in ("Idea", "Revision"))
    given = ideas.aggregate(last=Max("pk")), revisions.filter(kind=IDEA).aggregate(last=Max("object_id"))
    last = max(LAST_NUMBER, *(row["last"] or 0 for row in given))
    schema_editor.execute("DELETE FROM sqlite_sequence WHERE name = 'catalogue_idea'")
    schema_editor.execute(f"INSERT INTO sqlite_sequence (name, seq) VALUES ('catalogue_idea', {last})")


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0015_assessment'),
    ]

    operations = [
        migrations.CreateModel(
            name='Wanted',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('words', models.CharField(blank=True, max_length=60, verbose_name='words')),
                ('days', models.PositiveIntegerField(default=1, help_text='On how many days it was asked for.', verbose_name='days')),
                ('last_day', models.DateField(verbose_name='last asked for')),
            ],
            options={
                'verbose_name': 'search that found nothing',
                'verbose_name_plural': 'searches that found nothing',
                'ordering': ['-days', '-last_day', 'words'],
            },
        ),
        migrations.AddField(
            model_name='idea',
            name='versions_from',
            field=models.PositiveIntegerField(default=1, help_text='Earlier ones answer that they are gone.', verbose_name='first version that readers may see'),
        ),
        migrations.AddConstraint(
            model_name='idea',
            constraint=models.CheckConstraint(condition=models.Q(('versions_from__gte', 1)), name='idea_versions_begin_at_one'),
        ),
        migrations.RunPython(keep_numbers, migrations.RunPython.noop, elidable=False),
        migrations.RunPython(roles.apply, migrations.RunPython.noop, elidable=False),
    ]
