"""Search finds phrases by pairs of neighbours, and reads what it ranks by in a narrow table.

The texts are written anew. Each database's index holds which words an idea has and not where they stand: no query has
to unpack a text, save one for a phrase of three words or more.
"""

import django.db.models.deletion
from django.db import migrations, models

# PostgreSQL: a column that is always what the keys make it. It is kept with them outside the rows, so that a frequent
# word's hits lie on few pages. The functions forbid the scan that the planner takes to be cheaper for such a word: it
# would unpack every vector of the table.
POSTGRESQL = [
    "DROP FUNCTION catalogue_find(tsquery, integer)",
    "DROP FUNCTION catalogue_count(tsquery)",
    "ALTER TABLE catalogue_searchtext SET (toast_tuple_target = 128)",
    """
    ALTER TABLE catalogue_searchtext ADD COLUMN vector tsvector
    GENERATED ALWAYS AS (array_to_tsvector(array_remove(string_to_array(keys, ' '), ''))) STORED
    """,
    """
    CREATE FUNCTION catalogue_find(wanted tsquery, exactly text, most integer) RETURNS TABLE (ids bytea, heads text)
    LANGUAGE sql STABLE SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
        WITH hits AS MATERIALIZED (
            SELECT string_agg(int4send(idea_id::integer), '') AS ids, count(*) AS number FROM catalogue_searchtext
            WHERE vector @@ wanted AND (exactly = '' OR keys ~ exactly)
        )
        SELECT ids, CASE WHEN number <= most THEN (
            SELECT string_agg(head.keys, E'\n')
            FROM catalogue_searchtext text JOIN catalogue_searchhead head USING (idea_id)
            WHERE vector @@ wanted AND (exactly = '' OR text.keys ~ exactly)
        ) END FROM hits
    $$
    """,
    """
    CREATE FUNCTION catalogue_count(wanted tsquery, exactly text) RETURNS bigint
    LANGUAGE sql STABLE SET enable_seqscan = off AS $$
        SELECT count(*) FROM catalogue_searchtext WHERE vector @@ wanted AND (exactly = '' OR keys ~ exactly)
    $$
    """,
]
# SQLite: a table of its own, which holds no text but finds it in the row.
SQLITE = [
    "DROP TABLE catalogue_searchindex",
    """
    CREATE VIRTUAL TABLE catalogue_searchindex USING fts5(
        keys, content='catalogue_searchtext', content_rowid='idea_id', tokenize="ascii tokenchars '_'",
        detail=none, columnsize=0
    )
    """,
    """
    CREATE TRIGGER searchtext_made AFTER INSERT ON catalogue_searchtext BEGIN
        INSERT INTO catalogue_searchindex (rowid, keys) VALUES (new.idea_id, new.keys);
    END
    """,
    """
    CREATE TRIGGER searchtext_gone AFTER DELETE ON catalogue_searchtext BEGIN
        INSERT INTO catalogue_searchindex (catalogue_searchindex, rowid, keys)
        VALUES ('delete', old.idea_id, old.keys);
    END
    """,
    """
    CREATE TRIGGER searchtext_changed AFTER UPDATE OF keys ON catalogue_searchtext BEGIN
        INSERT INTO catalogue_searchindex (catalogue_searchindex, rowid, keys)
        VALUES ('delete', old.idea_id, old.keys);
        INSERT INTO catalogue_searchindex (rowid, keys) VALUES (new.idea_id, new.keys);
    END
    """,
]


def make_index(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def write_texts(apps, schema_editor):
    """For a catalogue that had ideas before. PostgreSQL's index is made when they are there: that is far quicker."""
    if apps.get_model("catalogue", "Idea").objects.exists():
        from catalogue.models import SearchText

        SearchText.refresh_all()
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.connection.check_constraints()
        schema_editor.execute("CREATE INDEX searchtext_by_key ON catalogue_searchtext USING gin (vector)")


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0007_edition_stamp")]
    operations = [
        # The triggers go with it.
        migrations.DeleteModel(name="SearchText"),
        migrations.CreateModel(
            name="SearchHead",
            fields=[
                ("keys", models.TextField()),
                ("idea", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="search_head", serialize=False, to="catalogue.idea")),
            ],
            options={"abstract": False},
        ),
        migrations.CreateModel(
            name="SearchText",
            fields=[
                ("keys", models.TextField()),
                ("idea", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="search_text", serialize=False, to="catalogue.idea")),
            ],
            options={"abstract": False},
        ),
        migrations.RunPython(make_index, elidable=False),
        migrations.RunPython(write_texts, migrations.RunPython.noop, elidable=False),
    ]
