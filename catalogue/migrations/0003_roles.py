"""Makes the groups of those who work on the catalogue, and lets an idea say that it belongs to no one city."""

from django.db import migrations, models

from catalogue import roles

#: As in 0002: SQLite forgets it when a change copies the table, and history knows the numbers of what is gone.
KEPT_NUMBER = 1000


def keep_numbers(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DELETE FROM sqlite_sequence WHERE name = 'catalogue_idea'")
        schema_editor.execute(
            "INSERT INTO sqlite_sequence (name, seq) SELECT 'catalogue_idea', max(number) FROM ("
            f"SELECT {KEPT_NUMBER} AS number UNION SELECT max(id) FROM catalogue_idea "
            "UNION SELECT max(object_id) FROM catalogue_revision WHERE kind = 1)"
        )


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0002_clock_and_numbers"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [
        migrations.AddField(
            model_name='idea',
            name='placeless',
            field=models.BooleanField(default=False, help_text='A network of many, say, or something online.', verbose_name='belongs to no one city'),
        ),
        migrations.AddConstraint(
            model_name='idea',
            constraint=models.CheckConstraint(condition=models.Q(('placeless', False), ('city__isnull', True), _connector='OR'), name='idea_placeless_has_no_city'),
        ),
        migrations.RunPython(keep_numbers, migrations.RunPython.noop, elidable=False),
        migrations.RunPython(roles.apply, migrations.RunPython.noop, elidable=False),
    ]
