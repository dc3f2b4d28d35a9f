"""Whether a migration locks anybody out: servers serve readers and an editor saves while one changes the ideas' table.

    python -m benchmarks.migrating [--ideas 100000]

Uses the database of the settings, in which so many made-up ideas stay. Two migrations that a later release might have
(`benchmarks/ahead/`) add a column to the table of ideas and an index over it, by `manage.py migrate`, and are taken
back. On PostgreSQL they are tried before that while somebody holds the table, as a long export does, and have to give
up.
"""

import argparse
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks import figures

SERVERS, READERS = 2, 4
#: Seconds that a migration waits for a table that is in use.
PATIENCE = 2.0


@dataclass
class Part:
    """What readers and an editor saw while one thing was done."""

    what: str
    seconds: float
    read: int
    longest: float
    saved: int
    longest_save: float


def tried() -> tuple[list[Part], list[str]]:
    """Each part of the drill, and each fault as a sentence."""
    from django.db import connection

    from benchmarks.ahead.migrations import LATEST
    from benchmarks.reading import Reading
    from benchmarks.servers import servers

    parts, wrong = [], []
    with servers(SERVERS) as ports, Reading(ports, _addresses(), READERS) as reading, _Editor() as editor:

        def measure(what: str, work: Callable[[], None]) -> None:
            reading.start_counting()
            editor.times = []
            start = time.perf_counter()
            work()
            seconds = time.perf_counter() - start
            parts.append(
                Part(
                    what, seconds, len(reading.times), reading.longest, len(editor.times), max(editor.times, default=0)
                )
            )

        def migrate(*arguments: str, refused: bool = False) -> None:
            done = _migrate(*arguments)
            if bool(done.returncode) != refused or ("was in use" in done.stderr) != refused:
                wrong.append(f"migrate {' '.join(arguments)} ended with {done.returncode}: {done.stderr[-500:]}")

        measure("nothing", lambda: time.sleep(3))
        try:
            if connection.vendor == "postgresql":
                with _Holding():
                    measure("a migration that gives up", lambda: migrate("catalogue", refused=True))
            measure("a column and an index", lambda: migrate("catalogue"))
        finally:
            measure("taken back", lambda: migrate("catalogue", LATEST))
    return parts, wrong + reading.wrong + editor.faults


def _addresses() -> list[str]:
    """Many that differ, so that most are made anew: pages of ideas, and pages of the list."""
    from catalogue.models import Idea

    slugs = list(Idea.objects.published().order_by("pk").values_list("slug", flat=True)[:3000])
    lists = [f"/ideas/?page={number}" for number in range(1, 1 + min(500, len(slugs) // 20))]
    return [address for pair in zip(slugs, (lists or ["/ideas/"]) * len(slugs), strict=False) for address in (
        f"/ideas/{pair[0]}/", pair[1],
    )]  # fmt: skip


def _migrate(*arguments: str) -> subprocess.CompletedProcess:
    from django.conf import settings

    from benchmarks.servers import database_url

    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "benchmarks.ahead.settings",
        "DATABASE_URL": database_url(),
        "SECRET_KEY": settings.SECRET_KEY,
        "SITE_URL": settings.SITE_URL,
    }
    command = [sys.executable, "manage.py", "migrate", "--lock-timeout", str(PATIENCE), "--no-color", *arguments]
    return subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True)


class _Holding:
    """Reads the table of ideas in a transaction that goes on, as a long export does."""

    def __enter__(self):
        from django.db import connections

        self.connection = connections["default"].copy()
        self.connection.set_autocommit(False)
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM catalogue_idea")
        return self

    def __exit__(self, *error):
        self.connection.rollback()
        self.connection.close()


class _Editor:
    """Somebody who gives an idea another title five times a second, and how long each took."""

    def __init__(self):
        self.times: list[float] = []
        self.faults: list[str] = []
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._save)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *error):
        self._done.set()
        self._thread.join()

    def _save(self) -> None:
        from django.db import connection

        from catalogue.models import Edition, Idea

        try:
            idea = Idea.objects.published().latest("pk")
            title, number = idea.title, 0
            while not self._done.wait(0.2):
                start = time.perf_counter()
                number += 1
                with Edition.act(why="a drill of migrations"):
                    idea.title = f"{title} {number}"
                    idea.save()
                self.times.append(time.perf_counter() - start)
            with Edition.act(why="a drill of migrations"):
                idea.title = title
                idea.save()
        except Exception as fault:
            self.faults.append(f"An editor couldn't save: {fault!r}")
        finally:
            connection.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--ideas", type=int, default=100_000)
    figures.add_output(parser)
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodideas.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from catalogue.models import Idea

    if (missing := asked.ideas - Idea.objects.published().count()) > 0:
        call_command("generate_ideas", missing, seed=1, verbosity=0)
    parts, wrong = tried()
    count = Idea.objects.published().count()
    print(f"{connection.vendor}, {count} ideas, {SERVERS} servers, {READERS} readers, an editor")
    for part in parts:
        print(
            f"{part.what}: {part.seconds:.1f} s; {part.read} pages read, longest wait {part.longest * 1000:.0f} ms; "
            f"{part.saved} saved, longest wait {part.longest_save * 1000:.0f} ms"
        )
    print(f"{len(wrong)} faults")
    print("\n".join(wrong[:20]))
    if not wrong:
        waits = ", ".join(f"{part.what} {part.longest * 1000:,.0f} ms" for part in parts)
        figures.keep(asked.output, {"migrating": f"{count:,} ideas, 0 faults; longest wait of a reader: {waits}"})
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
