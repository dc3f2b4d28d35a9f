"""A large import while readers read: every planted fault is told and nothing written, then all of it in one act.

    python -m benchmarks.importing [--rows 10000]

Uses the database of the settings, in which the made-up ideas stay: give it one of its own. A workbook of so many rows
(organisations, resources, published ideas, their evidence and sources) is uploaded with 37 faults, tried, mended, tried
again and imported, as `tick` does it, while eight clients read from two servers.
"""

import argparse
import io
import os
import resource
import sys
import time

from benchmarks import figures
from benchmarks.reading import Clients, get_json

READERS, SERVERS = 8, 2
ADDRESSES = ("/ideas.json", "/ideas.json?sort=title&page_size=5", "/ideas.json?theme=work", "/ideas.json?q=benchmark")


def sheets(rows: int) -> dict[str, list[list]]:
    """Made-up tables with so many rows in all, each after the names of its columns."""
    part = rows // 10
    ideas = [
        [
            f"made-up-for-a-benchmark-{n}",
            "published",
            f"Made up for a benchmark, {n}",
            "Nothing that happened anywhere.",
            "## What was done\n\nNothing: these words are there to be imported. " * 20,
            "",
            "true",
            f"made-up-organisation-{n % part}",
            "work, live",
            "benchmarks",
            "anybody",
            1990 + n % 30,
        ]
        for n in range(3 * part)
    ]
    return {
        "organisations": [
            ["slug", "name", "sector"],
            *([f"made-up-organisation-{n}", f"Made-up organisation {n}", "other"] for n in range(part // 2)),
            *([f"made-up-organisation-{n}", f"Made-up organisation {n}", "network"] for n in range(part // 2, part)),
        ],
        "resources": [["title", "url"], *([f"Made-up {n}", f"https://example.org/{n}"] for n in range(part))],
        "ideas": [
            "slug status title summary body city placeless organisation themes topics audiences started".split(),
            *ideas,
        ],
        "evidence": [
            ["idea", "criterion", "claim", "year"],
            *([f"made-up-for-a-benchmark-{n}", "practical", f"It was made up, {n}.", 2001] for n in range(2 * part)),
        ],
        "sources": [
            ["idea", "resource"],
            *([f"made-up-for-a-benchmark-{n}", f"https://example.org/{n % part}"] for n in range(3 * part)),
        ],
    }


def plant(tables: dict[str, list[list]]) -> set[tuple[str, int, str]]:
    """Puts 37 faults into tables, evenly spread; says where each is."""
    planted = set()
    for table, column, wrong, number in [
        ("organisations", "sector", "nonsense", 5),
        ("resources", "title", "", 5),
        ("ideas", "started", "1700", 6),
        ("ideas", "themes", "work, wrok", 5),
        ("ideas", "placeless", "perhaps", 5),
        ("evidence", "criterion", "practicable", 6),
        ("sources", "resource", "https://example.org/unknown", 5),
    ]:
        rows = tables[table]
        for place in range(number):
            # Apart from those before: no row has two of them, for the report to be counted by.
            row = (place * 2 + 1) * (len(rows) - 1) // (2 * number) + len(planted) % 7 + 1
            rows[row][rows[0].index(column)] = wrong
            planted.add((table, row + 1, column))
    return planted


def workbook(tables: dict[str, list[list]]) -> bytes:
    from openpyxl import Workbook

    book, file = Workbook(write_only=True), io.BytesIO()
    for name, rows in tables.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(file)
    return file.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=10_000)
    figures.add_output(parser)
    asked = parser.parse_args()
    rows = asked.rows
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodideas.settings")
    import django

    django.setup()
    from django.contrib.auth.models import User
    from django.db import connection

    from benchmarks.servers import servers
    from catalogue.exchange.working import upload, work
    from catalogue.models import Act, Audience, Edition, Import, Theme, Topic

    with Edition.act(why="terms for a benchmark of imports"):
        for model, slug in ((Theme, "work"), (Theme, "live"), (Topic, "benchmarks"), (Audience, "anybody")):
            model.objects.get_or_create(slug=slug, defaults={"name": {"en": slug.capitalize()}})
    importer = User.objects.create_superuser(f"importer-{os.getpid()}")
    wrong = []

    took: list[float] = []

    def timed(what: str, data: bytes | None, made=None, state=None):
        start = time.perf_counter()
        made = made or upload(data, "benchmark.xlsx", by=importer)
        told = work(made) if made.move(Import.OPEN, state) else "not moved"
        took.append(time.perf_counter() - start)
        print(f"{what}: {took[-1]:.1f} s. {told}", flush=True)
        return made

    before = Edition.current(), Act.objects.count()
    tables = sheets(rows)
    sound = workbook(tables)
    planted = plant(tables)
    with servers(SERVERS) as ports, _Reading(ports) as reading:
        made = timed("tried with faults", workbook(tables), state=Import.State.TO_TRY)
        found = [(fault.table, fault.row, fault.column) for fault in made.faults.all()]
        if len(planted) != 37 or sorted(found) != sorted(planted):
            wrong.append(f"{len(planted)} faults were planted and {len(found)} told: {set(found) ^ planted}")
        if (Edition.current(), Act.objects.count()) != before:
            wrong.append("something was written while it was tried")
        made = timed("tried when mended", sound, state=Import.State.TO_TRY)
        reading.start_counting()
        Import.objects.filter(pk=made.pk).update(why="a benchmark of imports")
        timed("written", None, made=made, state=Import.State.TO_WRITE)
        reading.stop_counting()
        after = Edition.current(), Act.objects.count()
        if after != (before[0] + 1, before[1] + 1) or Act.objects.first().revisions.count() < rows // 2:
            wrong.append(f"it wasn't one act: {before} became {after}, {made.state}")
        fresh = [get_json(port, "/ideas.json?topic=benchmarks") for port in ports]
        if any(told["count"] < 3 * rows // 10 or told["edition"] != after[0] for told in fresh):
            wrong.append("a server's next answer didn't know it")
    importer.delete()
    slowest, middle = max(reading.times), sorted(reading.times)[len(reading.times) // 2]
    print(f"{len(reading.times)} answers to {READERS} readers meanwhile, half within {middle * 1000:.0f} ms, "
          f"all within {slowest * 1000:.0f} ms; of editions {sorted(reading.editions)}")  # fmt: skip
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{connection.vendor}, {rows} rows, {len(sound) / 1e6:.1f} MB; at most {peak} MB of memory")
    print("\n".join(wrong))
    if not wrong:
        sentence = (
            f"{rows:,} rows, 37 faults told, tried in {took[1]:.1f} s and written in {took[2]:.1f} s; meanwhile "
            f"{len(reading.times):,} answers to {READERS} readers, half within {middle * 1000:.0f} ms and all within "
            f"{slowest * 1000:.0f} ms; at most {peak} MB of memory"
        )
        figures.keep(asked.output, {"importing": sentence})
    sys.exit(bool(wrong))


class _Reading(Clients):
    """Readers at all of the servers, whose waiting is counted when it is asked for."""

    def __init__(self, ports: list[int]):
        super().__init__(READERS)
        self.ports, self.counting = ports, False
        self.times, self.editions = [], set()

    def start_counting(self):
        self.counting = True

    def stop_counting(self):
        self.counting = False

    def work(self, number: int) -> None:
        while not self.done.wait(0.02):
            start, counted = time.perf_counter(), self.counting
            told = get_json(self.ports[number % len(self.ports)], ADDRESSES[number % len(ADDRESSES)])
            if counted:
                self.times.append(time.perf_counter() - start)
                self.editions.add(told["edition"])


if __name__ == "__main__":
    main()
