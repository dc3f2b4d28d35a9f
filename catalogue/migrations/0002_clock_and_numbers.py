"""Starts the catalogue's clock at edition 0, and the numbers of new ideas after those kept for the opening collection."""

from django.db import migrations

#: 1 to 1000 are the opening collection's, which may grow: an idea that an editor makes must never hold one of them.
FIRST_NUMBER = 1001


def start(apps, schema_editor):
    apps.get_model("catalogue", "Edition").objects.get_or_create(id=1)
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER TABLE catalogue_idea ALTER COLUMN id RESTART WITH {FIRST_NUMBER}")
    else:
        # The row is there already when a change of the table copied it.
        schema_editor.execute("DELETE FROM sqlite_sequence WHERE name = 'catalogue_idea'")
        schema_editor.execute(f"INSERT INTO sqlite_sequence (name, seq) VALUES ('catalogue_idea', {FIRST_NUMBER - 1})")


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial")]
    operations = [migrations.RunPython(start, migrations.RunPython.noop, elidable=False)]
