"""Datasette on the same ideas in the same run: what a good general tool takes for the questions of our list.

    make bench-datasette [IDEAS=100000]

Needs the database that `python -m benchmarks --only sqlite` leaves behind. Its published ideas are written into a flat
table, as one would for Datasette: an index on every column that is a facet, lists as JSON, its own full-text search.
Datasette's limits of time are lifted, so that it counts everything, as we do. Both are asked by turns for JSON.
"""

import argparse
import http.client
import json
import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

#: The facets that Datasette is asked for: columns with one value, and lists.
COLUMNS, LISTS = ("country", "city", "organisation", "sector"), ("theme", "topic", "audience", "criterion")
#: For each question, ours and Datasette's.
QUESTIONS = {
    "all ideas": ("", ""),
    "one country": ("country=CA", "country=CA"),
    "words": ("q=mentoring+refugees", "_search=mentoring+refugees"),
}
TURNS = 5

FLAT = """
    CREATE TABLE ideas AS SELECT
        i.id, i.slug, i.title, i.summary, i.started, i.first_published AS published, c.country, c.slug AS city,
        o.slug AS organisation, o.sector,
        (SELECT json_group_array(t.slug) FROM ours.catalogue_idea_themes j JOIN ours.catalogue_theme t
            ON t.id = j.theme_id WHERE j.idea_id = i.id) AS theme,
        (SELECT json_group_array(t.slug) FROM ours.catalogue_idea_topics j JOIN ours.catalogue_topic t
            ON t.id = j.topic_id WHERE j.idea_id = i.id) AS topic,
        (SELECT json_group_array(t.slug) FROM ours.catalogue_idea_audiences j JOIN ours.catalogue_audience t
            ON t.id = j.audience_id WHERE j.idea_id = i.id) AS audience,
        (SELECT json_group_array(DISTINCT e.criterion) FROM ours.catalogue_evidence e
            WHERE e.idea_id = i.id) AS criterion,
        b.text AS body
    FROM ours.catalogue_idea i
        LEFT JOIN ours.catalogue_city c ON c.id = i.city_id
        LEFT JOIN ours.catalogue_organisation o ON o.id = i.organisation_id
        LEFT JOIN ours.catalogue_body b ON b.idea_id = i.id
    WHERE i.status = 'published' ORDER BY i.id
"""


def flatten(ours: Path, flat: Path) -> None:
    """Writes the flat table beside the database, unless it is there already."""
    if flat.exists():
        return
    connection = sqlite3.connect(flat)
    connection.execute("ATTACH ? AS ours", [str(ours)])
    connection.execute(FLAT)
    connection.execute("CREATE UNIQUE INDEX by_id ON ideas (id)")
    for column in (*COLUMNS, "published"):
        connection.execute(f"CREATE INDEX by_{column} ON ideas ({column})")
    connection.execute(
        "CREATE VIRTUAL TABLE ideas_fts USING fts5(title, summary, body, content='ideas', tokenize='porter')"
    )
    connection.execute("INSERT INTO ideas_fts (ideas_fts) VALUES ('rebuild')")
    connection.execute("ANALYZE")
    connection.commit()
    connection.close()


def get(port: int, address: str) -> tuple[float, dict]:
    start = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    connection.request("GET", address)
    answer = connection.getresponse()
    content = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{answer.status} for {address}: {content[:300]!r}")
    return time.perf_counter() - start, json.loads(content)


def datasette(python: Path, flat: Path, port: int) -> subprocess.Popen:
    limits = []
    for name in ("sql_time_limit_ms", "facet_time_limit_ms"):
        limits += ["--setting", name, "600000"]
    command = [str(python), "-m", "datasette", "serve", str(flat), "--port", str(port), *limits]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _attempt in range(300):
        try:
            get(port, "/-/versions.json")
            return server
        except OSError:
            time.sleep(0.1)
    server.terminate()
    raise RuntimeError("Datasette doesn't start.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--ideas", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, default=Path("."))
    parser.add_argument("--python", type=Path, required=True, help="a Python that has Datasette")
    arguments = parser.parse_args()
    ours = arguments.folder.resolve() / f"benchmark-{arguments.ideas}.sqlite3"
    if not ours.exists():
        sys.exit(f"There is no {ours.name}. Make it: python -m benchmarks --only sqlite --ideas {arguments.ideas}")
    flat = ours.with_stem(f"{ours.stem}-flat")
    flatten(ours, flat)
    os.environ |= {
        "DATABASE_URL": f"sqlite:///{ours}",
        "SECRET_KEY": "for-benchmarks-only",
        "SITE_URL": "http://127.0.0.1:8000",
        "DJANGO_SETTINGS_MODULE": "goodideas.settings",
    }
    import django

    django.setup()
    from benchmarks.servers import free_port, serving

    facets = "&".join([f"_facet={name}" for name in COLUMNS] + [f"_facet_array={name}" for name in LISTS])
    port = free_port()
    theirs = datasette(arguments.python, flat, port)
    try:
        with serving(DJANGO_SETTINGS_MODULE="benchmarks.settings", PAGE_CACHE="off") as (own, _pid):
            print(f"{arguments.ideas:,} ideas{'ours':>22}{'Datasette':>14}{'':>10}")
            for name, (ask_us, ask_them) in QUESTIONS.items():
                us, them = [], []
                address = f"/{flat.stem}/ideas.json?{facets}&_size=20&_sort_desc=published&{ask_them}"
                for _turn in range(TURNS):
                    us.append(get(own, f"/ideas.json?{ask_us}")[0])
                    them.append(get(port, address)[0])
                ratio = min(them) / min(us)
                print(f"{name:<16}{min(us) * 1000:>13.1f} ms{min(them) * 1000:>11.1f} ms{ratio:>8.0f} ×", flush=True)
    finally:
        theirs.terminate()
        theirs.wait()


if __name__ == "__main__":
    main()
