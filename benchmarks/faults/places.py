"""What a drill breaks beside processes and networks: the disk below the database, a table, the clock of the servers."""

import contextlib
import os
import resource
import sqlite3
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.client import family

#: PostgreSQL's own errors, which its own triggers raise here: it is nobody's place to fill a server's disk.
FULL, READ_ONLY = ("53100", "could not extend file: No space left on device"), ("25006", "cannot execute INSERT")
_TRIGGERS = """
CREATE TABLE drill_shut (sqlstate text, message text);
CREATE FUNCTION drill_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE why record;
BEGIN
    SELECT * INTO why FROM drill_shut LIMIT 1;
    IF FOUND THEN RAISE EXCEPTION '%', why.message USING ERRCODE = why.sqlstate; END IF;
    RETURN NULL;
END $$;
DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'drill_shut' LOOP
        EXECUTE format('CREATE TRIGGER drill AFTER INSERT OR UPDATE OR DELETE ON %I
                        FOR EACH STATEMENT EXECUTE FUNCTION drill_refuses()', name);
    END LOOP;
END $$;
"""


def sqlite_file(url: str) -> Path | None:
    """The file of an SQLite database; None for another."""
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else None


class Disk:
    """The disk of the database of an address. On SQLite it may be a small one of its own, mounted by whoever may."""

    error = FULL

    def __init__(self, url: str):
        self.url, self.file = url, sqlite_file(url)
        self.pids: list[int] = []
        self.mounted = bool(self.file) and os.path.ismount(self.file.parent)
        self.how = "by the error that PostgreSQL has for it, raised by triggers"

    def __enter__(self):
        if not self.file:
            self._execute(_TRIGGERS)
        return self

    def __exit__(self, *error):
        if self.pids:
            self.open()

    def shut(self, pid: int) -> None:
        """From now on the server can write nothing there."""
        self.pids = family(pid)
        if self.file:
            self.shut_file()
        else:
            self._execute("INSERT INTO drill_shut VALUES (%s, %s)", self.error)

    def open(self) -> None:
        if self.file:
            self.open_file()
        else:
            self._execute("DELETE FROM drill_shut")
        self.pids = []

    def shut_file(self) -> None:
        raise NotImplementedError

    def open_file(self) -> None:
        raise NotImplementedError

    def limit(self, largest: int) -> None:
        """How large a file of the server's processes may be: what is open already is stopped by this alone."""
        for pid in self.pids:
            with contextlib.suppress(ProcessLookupError):
                hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard if largest < 0 else largest, hard))

    def _execute(self, statement: str, values=None) -> None:
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement, values)


class Full(Disk):
    """A file takes all the room of the disk; where none can be mounted, no file of the server's may grow."""

    def shut_file(self) -> None:
        if not self.mounted:
            self.how = "by a limit to the size of the server's files: no disk could be mounted here"
            self.limit(0)
            return
        self.how = "on a disk of its own, full to the last byte"
        with open(self._ballast, "wb", buffering=0) as ballast:
            for size in (1 << 16, 1 << 12, 1):
                with contextlib.suppress(OSError):
                    while True:
                        ballast.write(b"\0" * size)

    def open_file(self) -> None:
        if self.mounted:
            self._ballast.unlink()
        else:
            self.limit(-1)

    @property
    def _ballast(self) -> Path:
        return self.file.parent / "ballast"


class ReadOnly(Disk):
    """What is opened can only be read, and what is open already takes no byte (limits bind root; modes don't)."""

    error = READ_ONLY

    def shut_file(self) -> None:
        self.limit(0)
        if self.mounted:
            folder = str(self.file.parent)
            subprocess.run(["mount", "--bind", folder, folder], check=True)
            subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True)
            self.how = "mounted read-only, what was open already by a limit to the size of files"
        else:
            self.how = "by a limit to the size of the server's files: nothing could be mounted here"

    def open_file(self) -> None:
        if self.mounted:
            # What was opened meanwhile holds the read-only one; it goes when that is closed.
            subprocess.run(["umount", "--lazy", str(self.file.parent)], check=True)
        self.limit(-1)


class Lock:
    """Somebody who has the table of ideas to themselves; on SQLite, which knows no tables here, the right to write."""

    def __init__(self, url: str):
        self.url = url

    def __enter__(self):
        if file := sqlite_file(self.url):
            self.connection = sqlite3.connect(file, isolation_level=None, timeout=10)
            self.statement = "BEGIN IMMEDIATE"
        else:
            import psycopg

            self.connection = psycopg.connect(self.url)
            self.statement = "LOCK TABLE catalogue_idea IN ACCESS EXCLUSIVE MODE"
        return self

    def __exit__(self, *error):
        self.connection.close()

    def take(self) -> None:
        self.connection.execute(self.statement)

    def release(self) -> None:
        self.connection.rollback()


class Clock:
    """The wall clock of servers: it goes by a file. Their monotonic clock and the database's own go on as ever."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.file = Path(self.folder.name) / "ahead"
        self.set(0)
        shim = Path(__file__).parent / "shifted"
        self.settings = {"PYTHONPATH": str(shim), "DRILL_CLOCK": str(self.file)}
        return self

    def __exit__(self, *error):
        self.folder.cleanup()

    def set(self, seconds: int) -> None:
        draft = self.file.with_suffix(".new")
        draft.write_text(str(seconds))
        draft.rename(self.file)
        # Servers look ten times a second.
        time.sleep(0.25)
