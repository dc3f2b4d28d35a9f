"""The data's own description, held against its standard and against real answers; and the page that tells of it."""

import csv
import io
import json
import re
from contextlib import redirect_stdout

import html5lib
import jsonschema
import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.test import Client
from django.urls import resolve
from django.utils.html import escape
from openapi_spec_validator import validate

from catalogue import dumps, exports, schemas
from catalogue.filters import PARAMETERS
from catalogue.models import Edition
from catalogue.openapi import document
from catalogue.views import data
from tests.factories import make_adaptation, make_city, make_complete_idea, make_idea, make_organisation

SITE = "http://127.0.0.1:8000"
DESCRIBED = json.loads(json.dumps(document(), cls=DjangoJSONEncoder))
#: An address of each, with what it answers besides what was asked for.
EXAMPLES = {
    "/ideas.json": ["", "?theme=work&facet=city", "?theme=none", "?page=9", "?city=old", "?page_size=1"],
    "/ideas.csv": ["", "?theme=none", "?city=old"],
    "/ideas.geojson": ["", "?theme=none", "?city=old"],
    "/ideas.atom": ["", "?theme=none", "?city=old"],
    "/suggest.json": ["", "?q=t"],
    "/oembed": [f"?url={SITE}/ideas/full/", f"?url={SITE}/ideas/full/&format=xml", "", "?format=x", "?url=x"],
}


@pytest.fixture
def world(db, settings, tmp_path):
    """Ideas of which everything and of which nothing is known, a journey, something renamed, and a dump."""
    settings.DUMP_ROOT = tmp_path
    city = make_city(name="Toronto", slug="old")
    full = make_complete_idea(
        title="Full", city=city, organisation=make_organisation(name="Council", city=city), criteria=["practical"],
        started=2010, ended=2020,
    )  # fmt: skip
    make_idea(title="Bare", summary="", city=None, organisation=None, themes=[])
    make_adaptation(idea=full, city=make_city(name="Ghent", country="BE"))
    with Edition.act():
        city.slug = "toronto"
        city.save()
    dumps.dump()


def operations() -> list[tuple[str, str]]:
    """Each path that is described, with an address of it."""
    names = {"/themes": "work", "/topics": "mentoring", "/countries": "ca", "/cities": "toronto", "/ideas": "full"}
    found = []
    for path in DESCRIBED["paths"]:
        folder = f"/{path.split('/')[1]}"
        address = re.sub(r"\{\w+\}", names.get(folder, "council"), path)
        found += [(path, address + query) for query in EXAMPLES.get(path, [""])]
    # The map of the site may lack forms of an idea that the description has; what it has is held true.
    return [(path, address) for path, address in found if resolve(address.split("?")[0]).url_name != "old-address"]


def test_description_is_valid_openapi(client, db):
    response = client.get("/openapi.json")
    validate(response.json())
    assert response.json() == DESCRIBED
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(("path", "address"), operations(), ids=[address for _path, address in operations()])
def test_answers_are_as_described(client, world, path, address):
    response = client.get(address)
    described = DESCRIBED["paths"][path]["get"]["responses"][str(response.status_code)]
    for name, header in described.get("headers", {}).items():
        assert (name in response.headers) == header["required"]
    if "content" in described:
        kind = response.headers["Content-Type"].split(";")[0]
        check(response.getvalue(), kind, described["content"][kind]["schema"])


def check(content: bytes, kind: str, schema: dict):
    if not kind.endswith("json"):
        assert (schema, bool(content)) == ({"type": "string"}, True)
        return
    whole = schema | {"components": DESCRIBED["components"]}
    jsonschema.Draft202012Validator(whole, format_checker=jsonschema.FormatChecker()).validate(json.loads(content))


def test_every_line_of_a_dump_is_as_described(world):
    for line in dumps.find(dumps.LINES).read_text().splitlines():
        check(line.encode(), "application/json", {"$ref": "#/components/schemas/CompleteIdea"})
        assert set(json.loads(line)) == set(schemas.RESULT | schemas.COMPLETE)


def test_no_field_and_no_parameter_is_left_undescribed(client, world):
    answer = client.get("/ideas.json").json()
    assert set(answer) == set(schemas.SCHEMAS["Results"]["properties"])
    assert list(answer["results"][0]) == list(schemas.RESULT)
    columns = [column for field in schemas.dictionary(schemas.RESULT) for column in field["columns"].split(", ")]
    assert sorted(["edition", *columns, "licence"]) == sorted(exports.COLUMNS)
    named = [parameter["name"] for parameter in DESCRIBED["paths"]["/ideas.json"]["get"]["parameters"]]
    assert sorted(named) == sorted([*PARAMETERS, "page_size", "facet"])


def test_every_machine_form_of_the_site_is_described(client):
    from tests.test_collection import OTHER

    elsewhere = {"/openapi.json"}
    forms = {path.split("?")[0] for path, status in OTHER.values() if status == 200 and re.search(r"\.\w*json", path)}
    described = [re.sub(r"\{\w+\}", "[^/.]+", path) for path in DESCRIBED["paths"]]
    assert [form for form in forms - elsewhere if not any(re.fullmatch(path, form) for path in described)] == []


def test_page_tells_every_field_and_every_address(client, world):
    page = client.get("/about/data/").content.decode()
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)
    told = [" ".join("".join(dt.itertext()).split()).split()[0] for dt in tree.iter("dt")]
    assert told == [*schemas.RESULT, *schemas.COMPLETE]
    for ref in data.forms():
        assert f">{SITE}{ref.url}</a>" in page
    for ref in data.dump_files():
        assert f"<code>{ref.label}</code>" in page
        assert client.get(ref.label.removeprefix(SITE)).status_code == 200
    assert "https://creativecommons.org/licenses/by/4.0/" in page
    assert client.get("/openapi.json").status_code == 200


@pytest.mark.usefixtures("collection")
@pytest.mark.parametrize("ref", data.examples(), ids=lambda ref: ref.url)
def test_example_finds_something(client, ref):
    assert f'href="{escape(ref.url)}"' in client.get("/about/data/").content.decode()
    response = client.get(ref.url)
    assert response.status_code == 200
    body = response.getvalue().decode()
    if ref.url.startswith("/ideas.csv"):
        assert len(list(csv.reader(io.StringIO(body)))) > 5
    else:
        assert body.count("/ideas/") > 1 or json.loads(body)["facets"]["topic"]


@pytest.mark.django_db(transaction=True)
def test_example_program_reads_every_page(live_server, settings):
    settings.SITE_URL = live_server.url
    ideas = [make_idea(title=f"Idea {number}") for number in range(2)]
    said = io.StringIO()
    shown = Client().get("/about/data/").content.decode()
    assert escape(data.PROGRAM.format(site=live_server.url)) in shown
    with redirect_stdout(said):
        exec(compile(data.PROGRAM.format(site=live_server.url).replace("=100", "=1"), "example", "exec"), {})
    assert said.getvalue() == "".join(
        f"{idea.pk} {idea.title} {live_server.url}/ideas/{idea.slug}/\n" for idea in reversed(ideas)
    )
