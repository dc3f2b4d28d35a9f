"""Whether a backup brings everything back: taken while an editor writes, restored, and each row and address compared.

    python -m benchmarks.restoring [--folder FOLDER]

Backs up the database of the settings, in which an editor renames two cities again and again meanwhile; then once more
when all is quiet. Both backups are restored into empty databases of the same kind, which are taken away afterwards: in
the first the two cities have the same name, as after each act, and the second is what was backed up, row by row and at
every address of the sitemap.
"""

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from zipfile import ZipFile

from benchmarks import figures

#: Besides what the sitemap holds: the machine forms of the collection, and of each idea.
FORMS = (
    "/ideas.json?page_size=100",
    "/ideas.csv",
    "/ideas.geojson",
    "/ideas.atom",
    "/sitemap.xml",
    "/suggest.json?q=a",
)
IDEA_FORMS = (".json", ".bib", ".ris", ".csl.json")
#: Drafts are not found.
EXPECTED = {200, 301, 404, 410}
_LOCATION = re.compile(rb"<loc>([^<]+)</loc>")
#: A form that makes something has a key of its own each time.
_STAMP = re.compile(rb'name="stamp" value="[^"]*"')


@dataclass
class Outcome:
    """What the drill found. Nothing may differ."""

    acts: int
    apart: list[str]
    rows: int
    rows_differ: list[str]
    addresses: int
    addresses_differ: list[str]
    backup_seconds: float
    restore_seconds: float


def drill(folder: Path) -> Outcome:
    """Backs up twice into a folder, restores twice, compares; the database of the settings keeps two cities more."""
    from benchmarks.servers import database_url

    source = database_url()
    with _writing() as acts:
        while len(acts) < 3:
            time.sleep(0.01)
        begun, before = time.monotonic(), len(acts)
        busy = _backup(source, folder / "busy")
        seconds, during = time.monotonic() - begun, len(acts) - before
    quiet = _backup(source, folder / "quiet")
    with _empty(folder / "first") as place:
        _manage(place, "restore", str(busy))
        names = json.loads(_run(place, "cities").stdout)
    with _empty(folder / "second") as place:
        begun = time.monotonic()
        _manage(place, "restore", str(quiet), media=folder / "media")
        took = time.monotonic() - begun
        again = _backup(place, folder / "again", media=folder / "media")
        old, new = _files(quiet), _files(again)
        # The edition's stamp has to be another one.
        edition = "tables/catalogue_edition.jsonl"
        differ = [name for name in sorted(old | new) if (old.get(name) == new.get(name)) == (name == edition)]
        here, there = (json.loads(_run(url, "answers", media=media).stdout) for url, media in (
            (source, None), (place, folder / "media")
        ))  # fmt: skip
    return Outcome(
        acts=during,
        apart=names if len(set(names)) != 1 else [],
        rows=sum(entry.get("rows", 0) for entry in old.values()),
        rows_differ=differ,
        addresses=len(here),
        addresses_differ=[path for path in sorted(here | there) if here.get(path) != there.get(path)],
        backup_seconds=seconds,
        restore_seconds=took,
    )


@contextmanager
def _writing() -> Iterator[list[int]]:
    """An editor in a thread, who gives two cities the same new name in each act; the list grows with their acts."""
    from django.db import connection

    from catalogue.models import City, Edition

    with Edition.act(why="a drill of backups"):
        cities = [City.objects.create(name="0", region=side, country="CA") for side in ("Drill, left", "Drill, right")]
    acts, ended, failed = [], threading.Event(), []

    def write():
        try:
            while not ended.wait(0.005):
                with Edition.act(why="a drill of backups"):
                    for city in cities:
                        city.name = str(len(acts) + 1)
                        city.save()
                acts.append(1)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield acts
    finally:
        ended.set()
        writer.join()
    if failed:
        raise failed[0]


@contextmanager
def _empty(path: Path) -> Iterator[str]:
    """The address of a new database of the same kind as that of the settings; gone afterwards."""
    from django.db import connection

    if connection.vendor == "sqlite":
        yield f"sqlite:///{path}.sqlite3"
        return
    from benchmarks.servers import database_url

    name = f"{connection.settings_dict['NAME']}_{path.name}_{os.getpid()}"
    quoted = connection.ops.quote_name(name)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {quoted} TEMPLATE template0")
    try:
        yield database_url().rpartition("/")[0] + f"/{name}"
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {quoted}")


def _backup(url: str, folder: Path, media: Path | None = None) -> Path:
    _manage(url, "backup", str(folder), media=media)
    (path,) = folder.iterdir()
    return path


def _manage(url: str, *command: str, media: Path | None = None) -> str:
    return _started(url, ["manage.py", *command], media).stdout


def _run(url: str, what: str, media: Path | None = None) -> subprocess.CompletedProcess:
    return _started(url, ["-m", "benchmarks.restoring", "--say", what], media)


def _started(url: str, command: list[str], media: Path | None) -> subprocess.CompletedProcess:
    from django.conf import settings

    environment = os.environ | {
        "DATABASE_URL": url,
        "SECRET_KEY": settings.SECRET_KEY,
        "SITE_URL": settings.SITE_URL,
        "MEDIA_ROOT": str(media or settings.MEDIA_ROOT),
        "DJANGO_SETTINGS_MODULE": "goodideas.settings",
    }
    done = subprocess.run(
        [sys.executable, *command], cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()[-2000:]}")
    return done


def _files(path: Path) -> dict[str, dict]:
    with ZipFile(path) as archive:
        return json.loads(archive.read("manifest.json"))["files"]


# What a process of its own says of its database


def answers() -> dict[str, str]:
    """Status and digest of what is answered at every public address, in every language."""
    from django.conf import settings
    from django.test import Client, override_settings

    from catalogue.models import Idea, Picture

    client, found = Client(SERVER_NAME=urlsplit(settings.SITE_URL).hostname), {}
    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with override_settings(STORAGES=settings.STORAGES | plain, WHITENOISE_AUTOREFRESH=True):
        paths = [path.decode().removeprefix(settings.SITE_URL) for path in _locations(client, "/sitemap.xml")]
        for idea in Idea.objects.order_by("pk"):
            paths += [f"/i/{idea.pk}/", idea.path, *(idea.path.rstrip("/") + form for form in IDEA_FORMS)]
        for picture in Picture.objects.order_by("pk"):
            paths += picture.addresses.values()
        for path in [*FORMS, *paths]:
            response = client.get(path)
            if response.status_code not in EXPECTED:
                raise RuntimeError(f"{path} answers {response.status_code}")
            body = _STAMP.sub(b"", response.getvalue())
            found[path] = f"{response.status_code} {response.get('Location', '')} {hashlib.sha256(body).hexdigest()}"
    return found


def _locations(client, path: str) -> Iterator[bytes]:
    """What a sitemap names, and what the sitemaps name that it names."""
    body = client.get(path).getvalue()
    for location in _LOCATION.findall(body):
        if b"<sitemapindex" in body:
            yield from _locations(client, re.sub(rb"^https?://[^/]*", b"", location).decode())
        else:
            yield location


def cities() -> list[str]:
    from catalogue.models import City

    return list(City.objects.filter(region__startswith="Drill, ").order_by("-pk").values_list("name", flat=True)[:2])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, help="where the backups lie meanwhile; a temporary one if not named")
    parser.add_argument("--say", choices=["answers", "cities"], help=argparse.SUPPRESS)
    figures.add_output(parser)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodideas.settings")
    import django

    django.setup()
    if options.say:
        print(json.dumps({"answers": answers, "cities": cities}[options.say]()))
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        outcome = drill(Path(folder))
    sentence = (
        f"{outcome.rows:,} rows backed up in {outcome.backup_seconds:.1f} s during {outcome.acts} acts, restored in "
        f"{outcome.restore_seconds:.1f} s, the same at {outcome.addresses:,} addresses"
    )
    if wrong := [*outcome.apart, *outcome.rows_differ, *outcome.addresses_differ]:
        sys.exit(f"Not the same: {', '.join(wrong[:20])}")
    print(sentence)
    figures.keep(options.output, {"restoring": sentence})


if __name__ == "__main__":
    main()
