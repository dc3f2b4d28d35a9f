"""What search reads: the ideas as the keys of their words, each database's own index of them, and synonyms.

The keys hold letters a to z and figures alone (see `catalogue.words`), so that "simple" on PostgreSQL and "ascii" on
SQLite take a text apart in the same way.
"""

import django.db.models.deletion
from django.db import migrations, models

from catalogue import roles

KINDS = [(0, "everything"), (1, "idea"), (2, "city"), (3, "organisation"), (4, "theme"), (5, "topic"), (6, "audience"), (7, "resource"), (8, "adaptation"), (9, "redirect"), (10, "page"), (11, "synonym")]

# PostgreSQL: a column that is always what the row's own fields make it. Both functions forbid the scan that the planner
# takes to be cheaper for a frequent word: it would unpack every vector of the table.
POSTGRESQL = [
    """
    ALTER TABLE catalogue_searchtext ADD COLUMN vector tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('simple', ' zz0zz ' || names), 'B')
        || setweight(to_tsvector('simple', ' zz0zz ' || summary), 'C')
        || setweight(to_tsvector('simple', ' zz0zz ' || text), 'D')
    ) STORED
    """,
    "CREATE INDEX searchtext_by_word ON catalogue_searchtext USING gin (vector)",
    """
    CREATE FUNCTION catalogue_find(wanted tsquery, most integer) RETURNS TABLE (ids text, heads text)
    LANGUAGE sql STABLE SET enable_seqscan = off AS $$
        WITH hits AS MATERIALIZED (SELECT idea_id FROM catalogue_searchtext WHERE vector @@ wanted)
        SELECT (SELECT string_agg(idea_id::text, ',') FROM hits),
            CASE WHEN (SELECT count(*) FROM hits) <= most THEN (
                SELECT string_agg(concat_ws(E'\\t', idea_id, title, names, summary), E'\\n')
                FROM hits JOIN catalogue_searchtext USING (idea_id)
            ) END
    $$
    """,
    """
    CREATE FUNCTION catalogue_count(wanted tsquery) RETURNS bigint
    LANGUAGE sql STABLE SET enable_seqscan = off AS $$
        SELECT count(*) FROM catalogue_searchtext WHERE vector @@ wanted
    $$
    """,
]
# SQLite: a table of its own, which holds no text but finds it in the row.
SQLITE = [
    """
    CREATE VIRTUAL TABLE catalogue_searchindex USING fts5(
        title, names, summary, text, content='catalogue_searchtext', content_rowid='idea_id', tokenize='ascii'
    )
    """,
    """
    CREATE TRIGGER searchtext_made AFTER INSERT ON catalogue_searchtext BEGIN
        INSERT INTO catalogue_searchindex (rowid, title, names, summary, text)
        VALUES (new.idea_id, new.title, new.names, new.summary, new.text);
    END
    """,
    """
    CREATE TRIGGER searchtext_gone AFTER DELETE ON catalogue_searchtext BEGIN
        INSERT INTO catalogue_searchindex (catalogue_searchindex, rowid, title, names, summary, text)
        VALUES ('delete', old.idea_id, old.title, old.names, old.summary, old.text);
    END
    """,
    """
    CREATE TRIGGER searchtext_changed AFTER UPDATE ON catalogue_searchtext BEGIN
        INSERT INTO catalogue_searchindex (catalogue_searchindex, rowid, title, names, summary, text)
        VALUES ('delete', old.idea_id, old.title, old.names, old.summary, old.text);
        INSERT INTO catalogue_searchindex (rowid, title, names, summary, text)
        VALUES (new.idea_id, new.title, new.names, new.summary, new.text);
    END
    """,
]


def make_index(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def drop_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION catalogue_find(tsquery, integer)")
        schema_editor.execute("DROP FUNCTION catalogue_count(tsquery)")
    else:
        # Its triggers go with the table that they watch.
        schema_editor.execute("DROP TABLE catalogue_searchindex")


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0004_desk")]
    operations = [
        migrations.AlterField(model_name=model, name="kind", field=models.PositiveSmallIntegerField(choices=KINDS))
        for model in ("change", "draft", "revision")
    ] + [
        migrations.CreateModel(
            name="Synonym",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words", models.CharField(help_text="Two or more that mean the same, with commas between: asylum seeker, refugee claimant.", max_length=300, unique=True, verbose_name="words")),
            ],
            options={
                "ordering": ["words"],
                "constraints": [models.CheckConstraint(condition=models.Q(("words__contains", ",")), name="synonym_has_two_sides")],
            },
        ),
        migrations.CreateModel(
            name="Word",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("word", models.CharField(max_length=30, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="SearchText",
            fields=[
                ("idea", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="search_text", serialize=False, to="catalogue.idea")),
                ("title", models.TextField()),
                ("names", models.TextField(help_text="Of places, organisations with their other names, partners, topics and themes.")),
                ("summary", models.TextField()),
                ("text", models.TextField(help_text="Of the body and of the evidence.")),
            ],
        ),
        migrations.RunPython(roles.apply, migrations.RunPython.noop, elidable=False),
        migrations.RunPython(make_index, drop_index, elidable=False),
    ]
