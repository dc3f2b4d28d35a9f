"""Keeps the permanent numbers of ideas on SQLite, which makes a table anew to change it and forgets what it gave out."""

#: 1 to 1000 are the opening collection's.
KEPT_NUMBER = 1000


def keep_numbers(apps, schema_editor):
    """The last operation of every migration that changes the table of ideas. History knows the numbers of what is gone."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DELETE FROM sqlite_sequence WHERE name = 'catalogue_idea'")
        schema_editor.execute(
            "INSERT INTO sqlite_sequence (name, seq) SELECT 'catalogue_idea', max(number) FROM ("
            f"SELECT {KEPT_NUMBER} AS number UNION SELECT max(id) FROM catalogue_idea "
            "UNION SELECT max(object_id) FROM catalogue_revision WHERE kind = 1)"
        )
