"""Dumps: complete, as of one edition, with true checksums, written whole or not at all, and served safely."""

import csv
import hashlib
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalogue import dumps
from catalogue.models import Edition, Evidence, Idea
from tests.factories import make_adaptation, make_city, make_complete_idea, make_idea, make_organisation, make_resource

pytestmark = pytest.mark.django_db
SITE = "http://127.0.0.1:8000"
NOBODY_COUNTED = {
    "population": None, "population_year": None, "population_source": "",
    "newcomers": None, "newcomers_year": None, "newcomers_source": "",
}  # fmt: skip
THEN = datetime(2020, 5, 17, 12, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _a_folder_of_its_own(settings, tmp_path):
    settings.DUMP_ROOT = tmp_path / "dumps"


@pytest.fixture
def told(db):
    city = make_city(name="Toronto", region="Ontario")
    with Edition.act():
        idea = make_complete_idea(
            title="Naan",
            body="## What was done\n\nBread.",
            city=city,
            organisation=make_organisation(
                name="Council",
                city=city,
                aliases=["TC"],
                web_address="https://example.org/",
                description="A *council*.",
            ),
            partners=["TRIEC"],
            started=2013,
            ended=2019,
            ended_why="Its grant ran out.",
            last_verified=date(2024, 2, 3),
            verified_by="organisation",
            first_published=THEN,
            sources=[make_resource(title="A report", url="https://example.org/report", type="report", language="en")],
        )
        source = idea.resources.get()
        Evidence.objects.create(
            idea=idea, criterion="successful", claim="Many came.", basis="measured", year=2015, resource=source
        )
    return idea


def written(name=dumps.LINES) -> str:
    return dumps.find(name).read_text(encoding="utf-8")


def lines() -> list[dict]:
    return [json.loads(line) for line in written().splitlines()]


def test_dump_holds_each_idea_complete(client, told):
    dumps.dump()
    (row,) = lines()
    result = client.get("/ideas.json").json()["results"][0]
    city = {"slug": "toronto", "name": "Toronto", "region": "Ontario", "country": "CA"}
    assert row == result | {
        "permalink": f"{SITE}/i/{told.pk}/",
        "body": "## What was done\n\nBread.",
        "city": city | {"latitude": 43.7, "longitude": -79.4} | NOBODY_COUNTED,
        "organisation": {
            "slug": "council", "name": "Council", "aliases": ["TC"], "sector": "city-government", "city": city,
            "web_address": "https://example.org/", "description": "A *council*.",
        },
        "partners": ["TRIEC"],
        "web_address": "",
        "title_is_original": False,
        "ended": 2019,
        "ended_why": "Its grant ran out.",
        "profiled_year": None,
        "picture": None,
        "verified": "2024-02-03",
        "verified_by": "organisation",
        "evidence": [
            {"criterion": "successful", "claim": "Many came.", "basis": "measured", "year": 2015, "source": 1}
        ],
        "resources": [
            {
                "number": 1, "title": "A report", "url": "https://example.org/report", "type": "report",
                "language": "en", "archived_url": "",
            }
        ],
        "guide": None,
        "travels": [],
    }  # fmt: skip


def test_dump_tells_journeys_from_both_ends_and_no_draft(told):
    ghent = make_city(name="Ghent", country="BE")
    became = make_idea(title="Naan in Ghent", city=ghent)
    draft = make_idea(title="Secret", city=make_city(name="Secretville"), status=Idea.Status.DRAFT)
    make_adaptation(idea=told, became=became, year=2015, state="running", note="The oven came along.")
    make_adaptation(idea=told, became=draft, country="FR")
    make_adaptation(idea=told, city=make_city(name="Unseen"), shown=False)
    dumps.dump()
    rows = {row["id"]: row for row in lines()}
    there, hidden = rows[told.pk]["travels"]
    (back,) = rows[became.pk]["travels"]
    assert (there["direction"], there["idea"]["title"], there["city"]["slug"]) == ("to", "Naan in Ghent", "ghent")
    assert (there["year"], there["state"], there["note"]) == (2015, "running", "The oven came along.")
    assert (back["direction"], back["idea"]["url"], back["city"]["slug"]) == ("from", f"{SITE}/ideas/naan/", "toronto")
    assert (hidden["idea"], hidden["city"], hidden["country"]["code"]) == (None, None, "FR")
    for secret in ("Secret", "Unseen"):
        assert secret not in written() + written(dumps.CSV)


def test_dump_holds_nothing_that_is_not_published(told):
    make_idea(title="Hidden", status=Idea.Status.DRAFT)
    make_idea(title="Hidden", status=Idea.Status.SCHEDULED, publish_at=THEN)
    make_idea(title="Gone", status=Idea.Status.WITHDRAWN, withdrawn_reason="Why")
    dumps.dump()
    assert [row["title"] for row in lines()] == ["Naan"]
    assert [row["title"] for row in csv.DictReader(written(dumps.CSV).removeprefix("\ufeff").splitlines())] == ["Naan"]


def test_dump_csv_is_that_of_the_site(client, told):
    make_idea(title="Earlier", first_published=THEN)
    dumps.dump()
    served = client.get("/ideas.csv").getvalue().decode().splitlines()
    assert sorted(written(dumps.CSV).splitlines()) == sorted(served)


def test_dump_manifest_tells_edition_counts_checksums_and_licence(told):
    folder = dumps.dump()
    manifest = json.loads((folder / "manifest.json").read_text())
    edition = Edition.current()
    assert folder.name == f"{datetime.now(UTC):%Y-%m-%d}-edition-{edition}"
    assert {name: manifest[name] for name in ("edition", "site", "ideas")} == {
        "edition": edition,
        "site": SITE,
        "ideas": 1,
    }
    assert manifest["licence"] == {"name": "CC BY 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"}
    assert abs(datetime.now(UTC) - datetime.fromisoformat(manifest["made"])).total_seconds() < 60
    assert manifest["files"] == {
        name: {
            "bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "url": f"{SITE}/dumps/{folder.name}/{name}",
        }
        for name in ("ideas.csv", "ideas.jsonl")
        for content in [(folder / name).read_bytes()]
    }


def test_dump_that_fails_leaves_nothing_behind(told, settings, monkeypatch):
    def broken(index, ids, original):
        yield "half"
        raise OSError("The disk is full.")

    monkeypatch.setattr(dumps, "as_csv", broken)
    with pytest.raises(CommandError, match="The disk is full"):
        call_command("dump", verbosity=0)
    assert list(Path(settings.DUMP_ROOT).iterdir()) == []


def test_dump_twice_of_one_edition_is_one_dump(told):
    first = dumps.dump()
    before = (first / "manifest.json").stat().st_mtime_ns
    assert dumps.dump() == first
    assert (first / "manifest.json").stat().st_mtime_ns == before


def test_dump_keeps_the_last_and_nothing_that_is_not_a_dump_is_taken_away(told, settings):
    root = Path(settings.DUMP_ROOT)
    for name in ("2020-01-01-edition-9", "2020-01-01-edition-10", "2019-12-31-edition-8", "mine"):
        (root / name).mkdir(parents=True)
    call_command("dump", keep=2, verbosity=0)
    assert sorted(path.name for path in root.iterdir()) == ["2020-01-01-edition-10", dumps.dumps()[0].name, "mine"]
    with pytest.raises(CommandError, match="from 1 up"):
        call_command("dump", keep=0)


@pytest.mark.parametrize("count", [1, 9])
def test_dump_asks_the_same_queries_however_many_ideas(db, count):
    with Edition.act():
        for _ in range(count):
            make_complete_idea(criteria=["practical"])
    with CaptureQueriesContext(connection) as queries:
        dumps.dump()
    # The index, two forms, and what each idea holds besides.
    assert len([q for q in queries if "SAVEPOINT" not in q["sql"]]) == 21


def test_latest_dump_is_served_and_each_under_its_date(client, told):
    folder = dumps.dump()
    for name, kind in dumps.TYPES.items():
        for address in (f"/dumps/{name}", f"/dumps/{folder.name}/{name}"):
            response = client.get(address)
            assert (response.status_code, response.headers["Content-Type"]) == (200, kind)
            assert response.getvalue() == (folder / name).read_bytes()
            assert response.headers["Content-Length"] == str((folder / name).stat().st_size)
            assert response.headers["Access-Control-Allow-Origin"] == "*"
            again = client.get(address, headers={"if-none-match": response.headers["ETag"]})
            assert (again.status_code, again.headers["ETag"]) == (304, response.headers["ETag"])
            since = client.get(address, headers={"if-modified-since": response.headers["Last-Modified"]})
            assert since.status_code == 304
    disposition = client.get("/dumps/ideas.csv").headers["Content-Disposition"]
    assert disposition == f'attachment; filename="good-ideas-{folder.name}-ideas.csv"'


@pytest.mark.parametrize(
    "address",
    [
        "/dumps/",
        "/dumps/secret.txt",
        "/dumps/../settings.py",
        "/dumps/%2e%2e/ideas.csv",
        "/dumps/..%2fideas.csv",
        "/dumps/mine/ideas.csv",
        "/dumps/2020-01-01-edition-1/ideas.csv",
        "/dumps/.writing/ideas.csv",
    ],
)
def test_nothing_else_is_served(client, told, settings, address):
    dumps.dump()
    root = Path(settings.DUMP_ROOT)
    (root / "mine").mkdir()
    for path in (root / "mine" / "ideas.csv", root / "ideas.csv", root.parent / "ideas.csv", root / "secret.txt"):
        path.write_text("secret")
    assert client.get(address).status_code == 404


def test_before_the_first_dump_there_is_none(client, db):
    assert client.get("/dumps/ideas.csv").status_code == 404
