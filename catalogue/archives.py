"""The form of a backup: each row of the database as JSON Lines, the files of `MEDIA_ROOT`, a manifest of checksums.

It is a zip file that any program opens, and the same from both databases: a backup of one restores into the other.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import PurePosixPath
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

#: Of this form. A later one says another number.
FORM = 1
MANIFEST, TABLES, MEDIA = "manifest.json", "tables/", "media/"
#: Rows, and bytes, that are in memory at a time.
CHUNK, PIECE = 2_000, 1 << 20
#: Sessions end with the database: who was signed in then, and out since, must not be in again. Failures to sign in
#: count for minutes, and name people.
LEFT_OUT = {
    "sessions.Session",
    "axes.AccessAttempt",
    "axes.AccessAttemptExpiration",
    "axes.AccessFailureLog",
    "axes.AccessLog",
}


class Unfit(Exception):
    """Why a backup can't be written, read or restored here, in a sentence that says what to do."""


@dataclass
class Entry:
    """What the manifest knows of one file of the archive. A table also says its rows, and the last number given out."""

    bytes: int
    sha256: str
    rows: int | None = None
    last_number: int | None = None


@dataclass
class Manifest:
    """What an archive holds, as of when, and by which migrations its tables were made."""

    made: str
    site: str
    edition: int
    database: str
    migrations: dict[str, list[str]]
    files: dict[str, Entry] = field(default_factory=dict)
    form: int = FORM

    def written(self) -> bytes:
        """As JSON; what an entry doesn't know is left out."""
        whole = asdict(self)
        whole["files"] = {
            name: {key: value for key, value in entry.items() if value is not None}
            for name, entry in whole["files"].items()
        }
        return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()

    @classmethod
    def read(cls, archive: ZipFile) -> "Manifest":
        try:
            said = json.loads(archive.read(MANIFEST))
            if said["form"] != FORM:
                raise Unfit(f"This backup has the form {said['form']}, and this version of Good Ideas reads {FORM}.")
            return cls(**said | {"files": {name: Entry(**entry) for name, entry in said["files"].items()}})
        except (KeyError, TypeError, ValueError, BadZipFile) as error:
            raise Unfit("Its manifest can’t be read, so this is no backup of Good Ideas, or a damaged one.") from error


# Which tables


def tables(migrations: dict[str, list[str]]) -> list:
    """The models of every table that these migrations make, as they are at that point and not as the code is now."""
    nodes = [(app, name) for app, names in migrations.items() for name in names]
    state = MigrationLoader(connection).project_state(nodes)
    models = state.apps.get_models(include_auto_created=True)
    kept = [m for m in models if m._meta.managed and not m._meta.proxy and m._meta.label not in LEFT_OUT]
    return sorted(kept, key=lambda model: model._meta.db_table)


def applied() -> dict[str, list[str]]:
    """By app, the last migrations that this database has. Empty for a database without any."""
    loader = MigrationLoader(connection)
    done = {key for key in loader.applied_migrations if key in loader.graph.nodes}
    last: dict[str, list[str]] = {}
    for app, name in sorted(done):
        after = loader.graph.node_map[app, name].children
        if not any(child.key in done and child.key[0] == app for child in after):
            last.setdefault(app, []).append(name)
    return last


# What a row holds


def lines(model) -> Iterator[bytes]:
    """Each row of a table as a line of JSON, by column, in the order of its key: the same from both databases."""
    columns = [field.column for field in model._meta.concrete_fields]
    names = [field.attname for field in model._meta.concrete_fields]
    rows = model._base_manager.order_by("pk").values_list(*names)
    for row in rows.iterator(chunk_size=CHUNK):
        values = dict(zip(columns, row, strict=True))
        # Sorted, because PostgreSQL keeps the keys of a JSON value in an order of its own.
        yield (json.dumps(values, default=_plain, ensure_ascii=False, sort_keys=True) + "\n").encode()


def _plain(value):
    match value:
        case date():
            return value.isoformat()
        case UUID():
            return str(value)
        case bytes() | memoryview():
            return base64.b64encode(value).decode("ascii")
    raise TypeError(f"A backup knows no form for {type(value).__name__}.")


# Writing and reading


def write(archive: ZipFile, name: str, parts: Iterable[bytes]) -> Entry:
    """Adds a file part by part. Pictures are packed already."""
    info = ZipInfo(name, date_time=timezone.now().timetuple()[:6])
    info.compress_type = ZIP_STORED if name.startswith(MEDIA) else ZIP_DEFLATED
    digest, size = hashlib.sha256(), 0
    with archive.open(info, "w", force_zip64=True) as file:
        for part in parts:
            digest.update(part)
            size += file.write(part)
    return Entry(size, digest.hexdigest())


def check(archive: ZipFile, manifest: Manifest) -> None:
    """Reads every file to its end and compares it with the manifest; `Unfit` names the first that is another."""
    found = set(archive.namelist()) - {MANIFEST}
    if strange := sorted(found ^ manifest.files.keys()):
        raise Unfit(f"It is damaged: {strange[0]} is in the archive or in its manifest, but not in both.")
    for name, entry in manifest.files.items():
        # security: what isn't a plain path below its folder would be written elsewhere.
        if not name.startswith((TABLES, MEDIA)) or ".." in PurePosixPath(name).parts or "\\" in name:
            raise Unfit(f"It holds a file with a name that no backup has: {name!r}.")
        digest = hashlib.sha256()
        try:
            for part in parts(archive, name):
                digest.update(part)
        except (BadZipFile, EOFError, ValueError, OSError) as error:
            raise Unfit(f"It is damaged: {name} can’t be read ({error}). Take another backup.") from error
        if digest.hexdigest() != entry.sha256:
            raise Unfit(f"It is damaged: {name} isn’t what the manifest says. Take another backup.")


def parts(archive: ZipFile, name: str) -> Iterator[bytes]:
    with archive.open(name) as file:
        while part := file.read(PIECE):
            yield part
