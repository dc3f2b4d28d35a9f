"""How fast it all is: finding, the index, exports and pages, at any size, on both databases.

    python -m benchmarks [--ideas 1000 100000] [--folder FOLDER] [--postgres URL] [--output FILE] [--half]

For each size it makes a database of made-up ideas (in FOLDER for SQLite, beside the one that URL names for PostgreSQL;
one that is there already is used again) and measures it in processes of its own. Every target is a ratio within one
run: the machine's speed cancels out. The results are printed as a table and, with --output, written as JSON, from
which `scripts/table_of_figures.py` makes the README's table. It ends with 1 when a target was missed; with --half, when
it was missed by more than half.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

SIZES = [1_000, 100_000]
POSTGRES = "postgres://postgres@127.0.0.1:5432/postgres"
#: What is measured, each in a process of its own so that no memory of another is counted.
PARTS = ("facets", "index", "exports", "pages")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--ideas", type=int, nargs="+", default=SIZES, help="sizes, the smallest first")
    parser.add_argument("--folder", type=Path, default=Path("."), help="where SQLite's files are kept; the present one")
    parser.add_argument("--postgres", default=POSTGRES, help="a PostgreSQL server and a database to begin from, or ''")
    parser.add_argument("--output", type=Path, help="a file for the results as JSON")
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--half", action="store_true", help="miss a target only beyond half of its margin")
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.part:
        print(json.dumps(part(arguments.part)))
        return
    results = []
    for number in sorted(arguments.ideas):
        for vendor, url in databases(arguments, number):
            print(f"\n{number:,} ideas on {vendor}", flush=True)
            rows = measure(url, number, arguments.parts)
            rows += growth(results, vendor, rows)
            for one in rows:
                judge(one, number, 2 if arguments.half else 1)
            print(table(rows), flush=True)
            results.append({"database": vendor, "ideas": number, "measures": rows})
    if arguments.output:
        keep(results, arguments.output)
    sys.exit(any(row["met"] is False for result in results for row in result["measures"]))


def part(name: str) -> list[dict]:
    """One part's rows, measured here on the database of the settings."""
    from benchmarks import measures, serving

    return getattr(serving if name == "pages" else measures, name)()


def databases(arguments, number: int) -> list[tuple[str, str]]:
    found = []
    if arguments.only != "postgresql":
        file = arguments.folder.resolve() / f"benchmark-{number}.sqlite3"
        found.append(("sqlite", f"sqlite:///{file}"))
    if arguments.only != "sqlite" and arguments.postgres:
        found.append(("postgresql", _postgres_database(arguments.postgres, f"good_ideas_benchmark_{number}")))
    return found


def _postgres_database(url: str, name: str) -> str:
    """The address of a database of this name on the same server, which is made if it isn't there."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(f'CREATE DATABASE "{name}"')
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def measure(url: str, number: int, parts: tuple[str, ...]) -> list[dict]:
    """Every row of the table for one database."""
    environment = os.environ | {
        "DATABASE_URL": url,
        "SECRET_KEY": "for-benchmarks-only",
        "SITE_URL": "http://127.0.0.1:8000",
        "DJANGO_SETTINGS_MODULE": "goodideas.settings",
    }
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "migrate", "--verbosity", "0"], env=environment, check=True)
    subprocess.run([*manage, "generate_ideas", str(number), "--seed", "1"], env=environment, check=True)
    subprocess.run([*manage, "collectstatic", "--no-input", "--verbosity", "0"], env=environment, check=True)
    rows = []
    for name in parts:
        command = [sys.executable, "-m", "benchmarks", "--part", name]
        answer = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
        rows += [row | {"part": name} for row in json.loads(answer.stdout.splitlines()[-1])]
    return rows


#: The measure that growth is told of; `benchmarks.measures` needs a database, and this module has none.
WHOLE = "a whole uncached list"


def growth(results: list[dict], vendor: str, rows: list[dict]) -> list[dict]:
    """How much slower a whole list is than on the smallest database measured before, of the same kind."""
    before = next((one for one in results if one["database"] == vendor), None)
    now = next((row["value"] for row in rows if row["what"] == WHOLE), None)
    if before is None or now is None:
        return []
    then = next(row["value"] for row in before["measures"] if row["what"] == WHOLE)
    what = f"{WHOLE}, to one of {before['ideas']:,} ideas"
    grown = {"id": "T6", "what": what, "value": now / then, "unit": "×", "part": "facets"}
    return [grown | {"target": 2, "sign": "≤", "least": 0}]


def judge(row: dict, number: int, leniency: int) -> None:
    """Says whether a row meets its target; one that has none at this size, or none at all, says neither."""
    target, row["met"] = row["target"], None
    if target is not None and number >= row["least"]:
        if row["sign"] == "≤":
            row["met"] = row["value"] <= target * leniency
        else:
            row["met"] = row["value"] >= target / leniency


def keep(results: list[dict], output: Path) -> None:
    """Writes the results. Of parts, sizes and databases that weren't measured this time the file keeps what it had."""
    before = json.loads(output.read_text(encoding="utf-8")) if output.exists() else []
    for result in results:
        old = next(
            (one for one in before if (one["database"], one["ideas"]) == (result["database"], result["ideas"])), None
        )
        if old is None:
            before.append(result)
            continue
        parts = {row["part"] for row in result["measures"]}
        old["measures"] = [row for row in old["measures"] if row["part"] not in parts] + result["measures"]
    output.write_text(json.dumps(before, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def table(rows: list[dict]) -> str:
    lines = [f"{'':4} {'measured':58} {'':>12} {'target':>10}"]
    for row in rows:
        target = "" if row["target"] is None else f"{row['sign']} {row['target']:g}"
        verdict = {True: "met", False: "MISSED", None: ""}[row["met"]]
        lines.append(f"{row['id']:4} {row['what']:58} {row['value']:>9.4g} {row['unit']:2} {target:>10} {verdict}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
