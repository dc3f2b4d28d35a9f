"""Backups: whole, as of one moment, refused when damaged, and restored into an empty place or not at all."""

import hashlib
import json
import re
import shutil
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from benchmarks.restoring import _backup, _empty, _manage, drill
from catalogue import backups
from catalogue.archives import Entry, Manifest, Unfit, applied, check, tables
from catalogue.backups import backup
from catalogue.models import Edition, Idea, Page, Picture, Submission
from catalogue.models.guard import unguarded
from catalogue.restoring import restore
from tests.drawn import drawn, uploaded
from tests.factories import make_adaptation, make_complete_idea, make_idea, make_translation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def told() -> Idea:
    """A catalogue with something of each kind that is awkward to write down."""
    picture = Picture.take_in(uploaded(drawn(colour="red", size=(1600, 800))))
    about = {"picture_alt": "Two people", "picture_credit": "Ana Example", "picture_licence": "cc-by-4.0"}
    about |= {"criteria": ["practical"]}
    idea = make_complete_idea(title="Crème “brûlée” \u2028 \\ ' %s", partners=["Ü", 'a"b'], picture=picture, **about)
    make_translation(idea, claims=["C’est\tpratique."])
    make_adaptation(idea=idea, place="An island", note="Line\r\nbreak\ttab")
    with Edition.act(why="an old one"):
        make_idea(title="Gone", status="withdrawn", withdrawn_reason="It never was.")
        Page.objects.create(path="/about/us/", title="Us", body="# Us")
    Submission.objects.create(title="A secret", email="somebody@example.org", answers={"b": [1.5, None], "a": {}})
    return idea


def change(path: Path, name: str, content: bytes) -> Path:
    """A copy of an archive in which one file is another; None leaves it out."""
    other = path.with_name("other.zip")
    with ZipFile(path) as old, ZipFile(other, "w") as new:
        for entry in old.namelist():
            if entry != name:
                new.writestr(entry, old.read(entry))
        if content is not None:
            new.writestr(name, content)
    return other


def snapshot(path: Path) -> dict:
    with ZipFile(path) as archive:
        return json.loads(archive.read("manifest.json"))


# The drill


@pytest.mark.django_db(transaction=True)
def test_backup_taken_while_an_editor_writes_comes_back_whole(tmp_path):
    told()
    outcome = drill(tmp_path)
    assert (outcome.apart, outcome.rows_differ, outcome.addresses_differ) == ([], [], [])
    assert outcome.acts > 0
    assert outcome.addresses > 40
    assert outcome.rows > 100


def test_checksum_of_a_table_tells_another_row(tmp_path):
    told()
    first = backup(tmp_path / "one")
    with Edition.act():
        idea = Idea.objects.published().first()
        idea.title = "Another"
        idea.save()
    second = backup(tmp_path / "two")
    old, new = snapshot(first)["files"], snapshot(second)["files"]
    told_by = {"act", "change", "edition", "idea", "revision", "searchhead", "searchtext", "word"}
    assert {name for name in old if old[name] != new[name]} == {f"tables/catalogue_{name}.jsonl" for name in told_by}


# What it holds


def test_backup_holds_every_table_and_each_picture_with_its_checksum(tmp_path):
    told()
    path = backup(tmp_path)
    with ZipFile(path) as archive:
        manifest = Manifest.read(archive)
        check(archive, manifest)
        names = set(archive.namelist())
        for name, entry in manifest.files.items():
            assert hashlib.sha256(archive.read(name)).hexdigest() == entry.sha256
    left = ("django_migrations", "django_session", "axes_", "catalogue_searchindex")
    made = {table for table in connection.introspection.table_names() if not table.startswith(left)}
    files = {f"media/pictures/{p.digest[:2]}/{p.digest}-{w}.webp" for p in Picture.objects.all() for w in (640, 1280)}
    assert names == {"manifest.json"} | {f"tables/{table}.jsonl" for table in made} | files
    assert manifest.files["tables/catalogue_idea.jsonl"].rows == Idea.objects.count()
    assert (manifest.edition, manifest.database) == (Edition.current(), connection.vendor)
    assert path.stat().st_mode & 0o077 == 0


def test_backup_asks_for_each_table_once(tmp_path, django_assert_max_num_queries):
    told()
    # Rows and the last number of each table; migrations, edition.
    with django_assert_max_num_queries(2 * len(tables(applied())) + 10):
        backup(tmp_path)


def test_backups_that_are_older_go(tmp_path, monkeypatch):
    kept = tmp_path / "mine.zip"
    kept.write_text("not ours")
    now = timezone.now()
    for day in range(4):
        monkeypatch.setattr(timezone, "now", lambda day=day: now + timedelta(days=day))
        backup(tmp_path, keep=2)
    found = sorted(path.name for path in tmp_path.iterdir())
    assert [re.sub("T.*", "", name) for name in found] == [
        f"good-ideas-{now + timedelta(days=2):%Y-%m-%d}", f"good-ideas-{now + timedelta(days=3):%Y-%m-%d}", "mine.zip"
    ]  # fmt: skip


def test_backup_that_fails_leaves_nothing_and_the_old_ones(tmp_path, monkeypatch):
    first = backup(tmp_path)

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backups, "_last_number", full)
    with pytest.raises(CommandError, match=r"Nothing was backed up: .* No space left on device"):
        call_command("backup", str(tmp_path), keep=1)
    assert list(tmp_path.iterdir()) == [first]


def test_picture_that_is_tidied_away_meanwhile_is_left_out(tmp_path, monkeypatch):
    told()
    gone = tmp_path / "media" / "pictures" / "aa" / "gone.webp"
    monkeypatch.setattr(backups, "_media", lambda: [gone])
    assert not any(name.startswith("media/") for name in snapshot(backup(tmp_path / "b"))["files"])


# What is refused


def test_restore_refuses_a_database_that_holds_anything(tmp_path):
    told()
    path, edition = backup(tmp_path), Edition.objects.get()
    with pytest.raises(CommandError, match=r"^Not restored\. This database isn’t empty: catalogue_act has rows\."):
        call_command("restore", str(path))
    assert (Edition.objects.get().stamp, Idea.objects.filter(title="Gone").count()) == (edition.stamp, 1)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("tables/catalogue_idea.jsonl", b"{}\n", "tables/catalogue_idea.jsonl isn’t what the manifest says"),
        ("tables/catalogue_idea.jsonl", None, "tables/catalogue_idea.jsonl is in the archive or in its manifest"),
        ("tables/catalogue_more.jsonl", b"", "tables/catalogue_more.jsonl is in the archive or in its manifest"),
        ("manifest.json", b"{", "Its manifest can’t be read"),
        ("manifest.json", b'{"form": 2}', "has the form 2"),
    ],
)
def test_restore_refuses_what_is_damaged_before_it_looks_at_the_database(tmp_path, name, content, said):
    damaged = change(backup(tmp_path), name, content)
    with pytest.raises(Unfit, match=re.escape(said)):
        restore(damaged)


def test_restore_refuses_half_a_file_and_what_is_none(tmp_path):
    path = backup(tmp_path)
    half = tmp_path / "half.zip"
    half.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    for wrong in (half, tmp_path / "nowhere.zip"):
        with pytest.raises(CommandError, match=r"can’t be read as a backup"):
            call_command("restore", str(wrong))


@pytest.mark.parametrize("name", ["media/../../evil", "/etc/evil", "media/..\\evil", "other/evil"])
def test_restore_writes_nowhere_else(tmp_path, name):
    path = backup(tmp_path)
    manifest = snapshot(path)
    manifest["files"][name] = {"bytes": 4, "sha256": hashlib.sha256(b"evil").hexdigest()}
    evil = change(
        change(path, name, b"evil").rename(tmp_path / "with.zip"), "manifest.json", json.dumps(manifest).encode()
    )
    with pytest.raises(Unfit, match="a name that no backup has"):
        restore(evil)


def test_restore_refuses_a_backup_of_a_later_version(tmp_path):
    path = backup(tmp_path)
    manifest = snapshot(path)
    manifest["migrations"]["catalogue"] = ["9999_later"]
    later = change(path, "manifest.json", json.dumps(manifest).encode())
    with pytest.raises(Unfit, match=r"made by a later version, with catalogue\.9999_later"):
        restore(later)


# What comes back


@pytest.fixture
def emptied(transactional_db, settings):
    """Empties the test's database as far as migrations left it, keeping its tables."""

    def empty():
        with unguarded(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                names = ", ".join(f'"{t}"' for t in connection.introspection.table_names() if t != "django_migrations")
                cursor.execute(f"TRUNCATE {names} RESTART IDENTITY")
            else:
                call_command("flush", interactive=False, verbosity=0)
        shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)

    return empty


def test_restored_catalogue_goes_on_counting_and_has_another_stamp(tmp_path, emptied, client):
    idea = told()
    with Edition.act():
        last = make_idea(title="The last", status="draft")
        number = last.pk
        last.delete()
    stamp, etag = Edition.objects.get().stamp, client.get(idea.path).headers["ETag"]
    path = backup(tmp_path)
    emptied()
    assert not Idea.objects.exists()
    restore(path)
    assert Edition.objects.get().stamp not in ("", stamp)
    again = client.get(idea.path, headers={"if-none-match": etag})
    assert (again.status_code, again.headers["ETag"] == etag) == (200, False)
    # A number that was given out is never given again, though what had it is gone.
    assert make_idea().pk > number
    assert all(p.file_of(p.digest, w).is_file() for p in Picture.objects.all() for w in (640, 1280))


def test_restore_that_fails_leaves_no_row(tmp_path, emptied):
    told()
    path = backup(tmp_path)
    manifest = snapshot(path)
    # A text of nothing: the checksums are right, and the database refuses it.
    name = "tables/catalogue_body.jsonl"
    row = b'{"idea_id": 987654, "text": "Of nothing."}\n'
    manifest["files"][name] |= {"sha256": hashlib.sha256(row).hexdigest(), "rows": 1}
    wrong = change(path, name, row).rename(tmp_path / "wrong.zip")
    wrong = change(wrong, "manifest.json", json.dumps(manifest).encode())
    emptied()
    with pytest.raises(Unfit, match="The database refuses it, and nothing was restored"):
        restore(wrong)
    assert not Idea.objects.exists()
    restore(path)
    assert Idea.objects.filter(title="Gone").count() == 1


@pytest.mark.django_db(transaction=True)
def test_backup_of_an_earlier_version_is_brought_up_to_date(tmp_path):
    with _empty(tmp_path / "earlier") as place, _empty(tmp_path / "now") as other:
        _manage(place, "migrate", "catalogue", "0018")
        old = _backup(place, tmp_path / "old")
        assert snapshot(old)["migrations"]["catalogue"] == ["0018_transfer"]
        _manage(other, "restore", str(old))
        _manage(other, "migrate", "--check")
        assert snapshot(_backup(other, tmp_path / "new"))["files"].keys() > snapshot(old)["files"].keys()


def test_manifest_reads_back_what_it_wrote(tmp_path):
    entry = Entry(bytes=3, sha256="abc", rows=1, last_number=7)
    one = Manifest(
        "2026-01-01T00:00:00+00:00", "http://x", 3, "sqlite", {"catalogue": ["0001_initial"]}, {"tables/a": entry}
    )
    with ZipFile(tmp_path / "m.zip", "w") as archive:
        archive.writestr("manifest.json", one.written())
    with ZipFile(tmp_path / "m.zip") as archive:
        assert Manifest.read(archive) == one
