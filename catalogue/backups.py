"""Backs up everything while the site serves: all rows as of one moment and all pictures, in one file that is checked.

The oldest backups go when newer ones take their place.
"""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZipFile

from django.conf import settings
from django.db import connection
from django.utils import timezone

from catalogue.archives import (
    MANIFEST,
    MEDIA,
    PIECE,
    TABLES,
    Entry,
    Manifest,
    Unfit,
    applied,
    check,
    lines,
    tables,
    write,
)
from catalogue.models import Edition
from catalogue.models.edition import read_snapshot

#: Backups that are kept when nothing else is said.
KEPT = 14
_NAME = re.compile(r"good-ideas-\d{4}-\d\d-\d\dT\d{6}Z-edition-\d+\.zip")

#: Hears what is being written, and how many parts of how many are done.
Progress = Callable[[str, int, int], None]


def backup(folder: Path, keep: int = KEPT, progress: Progress = lambda what, done, total: None) -> Path:
    """Writes a backup into a folder, reads it back, and takes away the oldest. Says where it is."""
    # security: it holds addresses of people and the digests of passwords.
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = folder / f".backup.{os.getpid()}"
    try:
        with os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as file:
            with ZipFile(file, "w") as archive:
                manifest = _fill(archive, progress)
            file.flush()
            os.fsync(file.fileno())
        with ZipFile(draft) as archive:
            check(archive, manifest)
        made = manifest.made.replace(":", "").removesuffix("+0000") + "Z"
        path = folder / f"good-ideas-{made}-edition-{manifest.edition}.zip"
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)
    for old in backups(folder)[keep:]:
        old.unlink()
    return path


def backups(folder: Path) -> list[Path]:
    """The backups in a folder, newest first."""
    return sorted((path for path in folder.iterdir() if _NAME.fullmatch(path.name)), reverse=True)


def _fill(archive: ZipFile, progress: Progress) -> Manifest:
    with read_snapshot():
        migrations = applied()
        if "catalogue" not in migrations:
            raise Unfit("There is nothing to back up: this database holds no catalogue.")
        manifest = Manifest(
            made=timezone.now().isoformat(timespec="seconds"),
            site=settings.SITE_URL,
            edition=Edition.current(),
            database=connection.vendor,
            migrations=migrations,
        )
        models = tables(migrations)
        for done, model in enumerate(models):
            table = model._meta.db_table
            progress(table, done, len(models))
            manifest.files[f"{TABLES}{table}.jsonl"] = _table(archive, model)
    # After the rows, which name them: a picture's file is there before its row, and never changes.
    for path in _media():
        name = MEDIA + path.relative_to(settings.MEDIA_ROOT).as_posix()
        progress(name, len(manifest.files), 0)
        try:
            with path.open("rb") as file:
                manifest.files[name] = write(archive, name, iter(lambda: file.read(PIECE), b""))
        except FileNotFoundError:
            # No idea had that picture any more, and it was just tidied away.
            continue
    archive.writestr(MANIFEST, manifest.written())
    return manifest


def _table(archive: ZipFile, model) -> Entry:
    rows = 0

    def counted() -> Iterator[bytes]:
        nonlocal rows
        for line in lines(model):
            rows += 1
            yield line

    entry = write(archive, f"{TABLES}{model._meta.db_table}.jsonl", counted())
    entry.rows, entry.last_number = rows, _last_number(model)
    return entry


def _last_number(model) -> int | None:
    """The last number that the database gave out for a table: what had it may be gone, and it is never given again."""
    table, key = model._meta.db_table, model._meta.pk
    if not key.get_internal_type().endswith("AutoField"):
        return None
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT pg_sequence_last_value(pg_get_serial_sequence(%s, %s)::regclass)", [f'"{table}"', key.column]
            )
        else:
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
    # Where none was given out yet, SQLite may say 0.
    return (found[0] or None) if found else None


def _media() -> list[Path]:
    """The files that readers may get; one that is being written begins with a dot."""
    return sorted(path for path in Path(settings.MEDIA_ROOT).rglob("[!.]*") if path.is_file())
