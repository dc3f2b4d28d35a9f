"""Restores a backup into an empty database: all of it as it was, down to the last number given out, or nothing.

It is no act, and makes no line of history: what comes back brings its own. Only the stamp of its edition is drawn anew.
"""

import hashlib
import json
import os
import secrets
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from catalogue.archives import CHUNK, MEDIA, TABLES, Entry, Manifest, Unfit, applied, check, lines, parts, tables
from catalogue.models.guard import unguarded
from catalogue.seeding import keep_numbers_free

#: What migrations put into a database that nobody has used yet; the backup has its own of it.
MADE_BY_MIGRATIONS = {
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "catalogue_edition",
    "django_content_type",
}

Progress = Callable[[str, int, int], None]


def restore(path: Path, progress: Progress = lambda what, done, total: None) -> Manifest:
    """Restores a backup into the database and the folder of pictures of the settings; what it held is said.

    The tables are made as the backup had them and filled; only then they are brought to what this code needs. Raises
    `Unfit` where that can't be done: then no row was written.
    """
    try:
        archive = ZipFile(path)
    except (BadZipFile, OSError) as error:
        raise Unfit(f"{path} can’t be read as a backup: {error}.") from error
    with archive:
        manifest = Manifest.read(archive)
        progress("every checksum", 0, 0)
        check(archive, manifest)
        _prepare(manifest, progress)
        models = tables(manifest.migrations)
        if strange := {TABLES + f"{model._meta.db_table}.jsonl" for model in models} ^ {*_tables(manifest)}:
            raise Unfit(f"It doesn’t hold the tables that its migrations make: {min(strange)}.")
        _restore_media(archive, manifest, progress)
        try:
            _restore_rows(archive, manifest, models, progress)
        except DatabaseError as error:
            raise Unfit(f"The database refuses it, and nothing was restored: {error}") from error
    # Brings an older backup to what this code needs; for one of today it finds nothing to do.
    call_command("migrate", interactive=False, verbosity=0)
    keep_numbers_free()
    return manifest


def _tables(manifest: Manifest) -> list[str]:
    return [name for name in manifest.files if name.startswith(TABLES)]


# An empty place


def _prepare(manifest: Manifest, progress: Progress) -> None:
    """Makes the tables as the backup had them, in a database that has none, or has just those and nothing in them."""
    known = MigrationLoader(connection).graph.nodes
    wanted = [(app, name) for app, names in manifest.migrations.items() for name in names]
    if later := [f"{app}.{name}" for app, name in wanted if (app, name) not in known]:
        raise Unfit(f"It was made by a later version, with {later[0]}. Install that version and restore with it.")
    if (present := applied()) and present != manifest.migrations:
        raise Unfit("This database has tables of another version than the backup. Make a new, empty one and name it.")
    if not present and connection.introspection.table_names():
        raise Unfit("This database holds tables of something else. Make a new, empty one and name it.")
    for model in tables(present) if present else ():
        if model._meta.db_table not in MADE_BY_MIGRATIONS and model._base_manager.exists():
            raise Unfit(
                f"This database isn’t empty: {model._meta.db_table} has rows. A backup is never laid over them: make a "
                "new, empty database and name it in DATABASE_URL."
            )
    if not present:
        progress("the tables", 0, 0)
        MigrationExecutor(connection).migrate(wanted)


# What it holds


def _restore_rows(archive: ZipFile, manifest: Manifest, models: list, progress: Progress) -> None:
    with unguarded(), transaction.atomic():
        for model in models:
            with connection.cursor() as cursor:
                cursor.execute(f"DELETE FROM {_quoted(model._meta.db_table)}")
        for done, model in enumerate(models):
            name = f"{TABLES}{model._meta.db_table}.jsonl"
            progress(model._meta.db_table, done, len(models))
            _insert(model, archive, name)
            _number_on(model, manifest.files[name])
        connection.check_constraints()
        for done, model in enumerate(models):
            progress(f"{model._meta.db_table}, compared", done, len(models))
            _compare(model, manifest.files[f"{TABLES}{model._meta.db_table}.jsonl"])
        with connection.cursor() as cursor:
            # Of the same number only the same edition has a stamp: nobody's copy passes for one of what comes now.
            cursor.execute("UPDATE catalogue_edition SET stamp = %s", [secrets.token_hex(8)])


def _insert(model, archive: ZipFile, name: str) -> None:
    """Fills a table with its very values: no field derives or dates anything."""
    fields = model._meta.concrete_fields
    columns = ", ".join(_quoted(field.column) for field in fields)
    insert = f"INSERT INTO {_quoted(model._meta.db_table)} ({columns}) VALUES ({', '.join(['%s'] * len(fields))})"
    with archive.open(name) as file, connection.cursor() as cursor:
        for chunk in iter(lambda: list(islice(file, CHUNK)), []):
            cursor.executemany(insert, [list(_values(fields, json.loads(line))) for line in chunk])


def _values(fields, row: dict) -> Iterator:
    return (field.get_db_prep_save(field.to_python(row[field.column]), connection) for field in fields)


def _number_on(model, entry: Entry) -> None:
    """What is new gets a number after the last that was ever given out."""
    table, key = model._meta.db_table, model._meta.pk
    if entry.last_number is None:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, %s)::regclass, %s)",
                [f'"{table}"', key.column, entry.last_number],
            )
        else:
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, entry.last_number])


def _compare(model, entry: Entry) -> None:
    digest = hashlib.sha256()
    for line in lines(model):
        digest.update(line)
    if digest.hexdigest() != entry.sha256:
        raise Unfit(f"{model._meta.db_table} came out otherwise than it went in, and nothing was restored.")


def _restore_media(archive: ZipFile, manifest: Manifest, progress: Progress) -> None:
    """Puts back the pictures that aren't there. They are named by their content: another of that name is damaged."""
    names = [name for name in manifest.files if name.startswith(MEDIA)]
    for done, name in enumerate(names):
        progress("pictures", done, len(names))
        path = Path(settings.MEDIA_ROOT) / name.removeprefix(MEDIA)
        if path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == manifest.files[name].sha256:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            with draft.open("wb") as file:
                for part in parts(archive, name):
                    file.write(part)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
