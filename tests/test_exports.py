"""The machine forms: what they hold, that they agree with each other and with a rebuild, and what they refuse."""

import csv
import io
import json
import random
import re
import unicodedata
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import geojson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from catalogue import exports
from catalogue import index as indexes
from catalogue.models import Audience, City, Edition, Idea, Redirect, Theme, Topic
from tests.factories import make_city, make_idea, make_organisation, make_term
from tests.markup import tree_of
from tests.rebuild import FACETS, Rebuild

pytestmark = pytest.mark.django_db
SITE = "http://127.0.0.1:8000"


def read_json(client, query="", status=200):
    response = client.get(f"/ideas.json{query}")
    assert response.status_code == status, response.content.decode()[:500]
    return response.json()


def read_csv(client, query=""):
    text = client.get(f"/ideas.csv{query}").getvalue().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def read_geojson(client, query=""):
    return json.loads(client.get(f"/ideas.geojson{query}").getvalue())


@pytest.fixture
def told(db):
    """An idea of which everything is known, and one of which nothing is."""
    toronto = make_city(name="Toronto", latitude=43.7, longitude=-79.4)
    make_term(Theme, "work", name={"en": "Work", "fr": "Travail"})
    full = make_idea(
        title="Naan in the park",
        summary="Bread “and” friends; café.",
        city=toronto,
        organisation=make_organisation(name="City of Toronto", city=toronto),
        topics=["sport"],
        audiences=["women", "youth"],
        criteria=["practical", "transferable"],
        started=2013,
        language="fr",
        first_published=datetime(2020, 5, 17, 12, 30, tzinfo=UTC),
    )
    bare = make_idea(
        title="Bare",
        summary="",
        city=None,
        organisation=None,
        themes=[],
        first_published=datetime(2020, 5, 16, tzinfo=UTC),
    )
    return full, bare


def test_ideas_json_holds_each_field_of_a_result(client, told):
    full, bare = told
    assert read_json(client)["results"] == [
        {
            "id": full.pk,
            "slug": "naan-in-the-park",
            "title": "Naan in the park",
            "summary": "Bread “and” friends; café.",
            "language": "fr",
            "url": f"{SITE}/ideas/naan-in-the-park/",
            "city": {"slug": "toronto", "name": "Toronto"},
            "country": {"code": "CA", "name": "Canada"},
            "organisation": {"slug": "city-of-toronto", "name": "City of Toronto"},
            "sector": "city-government",
            "themes": [{"slug": "work", "name": "Work"}],
            "topics": [{"slug": "sport", "name": "Sport"}],
            "audiences": [{"slug": "women", "name": "Women"}, {"slug": "youth", "name": "Youth"}],
            "criteria": {"practical": True, "innovative": False, "successful": False, "transferable": True},
            "started": 2013,
            "published": "2020-05-17T12:30:00+00:00",
            "updated": "2020-05-17T12:30:00+00:00",
        },
        {
            "id": bare.pk,
            "slug": "bare",
            "title": "Bare",
            "summary": "",
            "language": "en",
            "url": f"{SITE}/ideas/bare/",
            "city": None,
            "country": None,
            "organisation": None,
            "sector": None,
            "themes": [],
            "topics": [],
            "audiences": [],
            "criteria": {"practical": False, "innovative": False, "successful": False, "transferable": False},
            "started": None,
            "published": "2020-05-16T00:00:00+00:00",
            "updated": "2020-05-16T00:00:00+00:00",
        },
    ]


def test_ideas_json_holds_counts_edition_and_licence(client, told):
    found = read_json(client, "?theme=work&country=ca")
    assert {name: found[name] for name in ("count", "page", "pages", "page_size", "next", "previous")} == {
        "count": 1, "page": 1, "pages": 1, "page_size": 20, "next": None, "previous": None
    }  # fmt: skip
    assert found["edition"] == Edition.current()
    assert found["licence"] == {"name": "CC BY 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"}
    assert list(found["facets"]) == list(FACETS)
    assert found["facets"]["theme"] == [{"value": "work", "label": "Work", "count": 1, "selected": True}]
    assert found["facets"]["country"] == [{"value": "CA", "label": "Canada", "count": 1, "selected": True}]
    assert found["facets_total"] == {"audience": 2, "criterion": 2} | dict.fromkeys(
        ["theme", "topic", "country", "city", "organisation", "sector"], 1
    )


def test_ideas_json_labels_are_in_the_language_of_the_reader(client, told):
    with translation.override("fr"):
        (result, *_others) = exports.results(indexes.current(), [told[0].pk])
    assert (result.data["themes"][0]["name"], result.data["country"]["name"]) == ("Travail", "Canada")


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("theme=nonsense", "theme"),
        ("country=ZZ", "country"),
        ("criterion=good", "criterion"),
        ("started_min=abc", "started_min"),
        ("started_min=2010&started_max=2000", "started_min"),
        ("sort=loudest", "sort"),
        ("page=0", "page"),
        ("facet=colour", "facet"),
    ],
)
def test_machine_forms_answer_nonsense_with_the_fault_in_json(client, told, query, parameter):
    for form in ("json", "csv", "geojson", "atom"):
        response = client.get(f"/ideas.{form}?{query}")
        assert (response.status_code, response.headers["Content-Type"]) == (400, "application/json")
        ((name, messages),) = response.json()["errors"].items()
        assert (name, len(messages)) == (parameter, 1)
        assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("size", ["0", "101", "-1", "abc", "1.5", "²", "9" * 400])
def test_ideas_json_refuses_a_page_size_outside_1_to_100(client, told, size):
    assert list(read_json(client, f"?page_size={size}", status=400)["errors"]) == ["page_size"]
    # The other forms have no pages, and an unknown parameter is ignored.
    assert client.get(f"/ideas.csv?page_size={size}").status_code == 200


def test_ideas_json_past_the_last_page_is_404_in_json(client, told):
    assert read_json(client, "?page=2", status=404) == {"errors": {"page": ["There is no page 2; the last is page 1."]}}
    assert read_json(client, "?page_size=1&page=2")["page"] == 2
    assert read_json(client, "?city=toronto&audience=women&started_min=2014")["pages"] == 1


@pytest.mark.parametrize("form", ["json", "csv", "geojson"])
def test_machine_forms_lead_from_an_old_slug_to_the_new_one(client, told, form):
    with Edition.act():
        city = told[0].city
        city.slug = "tkaronto"
        city.save()
    response = client.get(f"/ideas.{form}?city=toronto&theme=work&page_size=5")
    assert (response.status_code, response.headers["Location"]) == (
        301,
        f"/ideas.{form}?city=tkaronto&theme=work&page_size=5",
    )
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert Redirect.objects.count() == 1


def test_machine_forms_may_be_read_from_any_origin_and_say_their_edition(client, told):
    for address in ("/ideas.json", "/ideas.csv", "/ideas.geojson", "/suggest.json?q=t"):
        headers = client.get(address).headers
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert headers["X-Catalogue-Edition"] == str(Edition.current())
        assert headers["Link"] == '<https://creativecommons.org/licenses/by/4.0/>; rel="license"'
        assert "Set-Cookie" not in headers
        assert client.post(address).status_code == 405


def test_downloads_are_named_after_their_edition(client, told):
    edition = Edition.current()
    csv_file, geojson = client.get("/ideas.csv"), client.get("/ideas.geojson")
    assert csv_file.headers["Content-Disposition"] == f'attachment; filename="good-ideas-edition-{edition}.csv"'
    assert csv_file.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert geojson.headers["Content-Disposition"] == f'attachment; filename="good-ideas-edition-{edition}.geojson"'
    assert geojson.headers["Content-Type"] == "application/geo+json"


@pytest.mark.parametrize("form", ["json", "csv", "geojson"])
def test_machine_forms_answer_head_without_reading_the_ideas(client, told, form):
    got, head = client.get(f"/ideas.{form}"), client.head(f"/ideas.{form}")
    _ = got.getvalue()
    assert (head.status_code, head.content if form == "json" else head.getvalue()) == (200, b"")
    assert {k: v for k, v in head.headers.items() if k != "Content-Length"} == {
        k: v for k, v in got.headers.items() if k != "Content-Length"
    }


def test_ideas_csv_tells_what_the_json_tells(client, told):
    rows = read_csv(client)
    assert list(rows[0]) == exports.COLUMNS
    assert rows[0] == {
        "edition": str(Edition.current()), "id": str(told[0].pk), "slug": "naan-in-the-park",
        "title": "Naan in the park", "summary": "Bread “and” friends; café.", "language": "fr",
        "url": f"{SITE}/ideas/naan-in-the-park/", "city": "toronto", "city_name": "Toronto", "country": "CA",
        "country_name": "Canada", "organisation": "city-of-toronto", "organisation_name": "City of Toronto",
        "sector": "city-government", "themes": "work", "topics": "sport", "audiences": "women, youth",
        "practical": "true", "innovative": "false", "successful": "false", "transferable": "true",
        "started": "2013", "published": "2020-05-17T12:30:00+00:00", "updated": "2020-05-17T12:30:00+00:00",
        "licence": "CC BY 4.0",
    }  # fmt: skip
    empty = "city city_name country country_name organisation organisation_name sector themes topics audiences started"
    assert [rows[1][name] for name in empty.split()] == [""] * 11


def test_ideas_csv_opens_in_excel_and_is_read_by_programs_that_know_no_mark(client, told):
    content = client.get("/ideas.csv").getvalue()
    assert content.startswith("\ufeffedition,id,slug,title,".encode())
    assert content.endswith(b"\r\n")
    assert next(csv.DictReader(io.StringIO(content.decode())))["id"] == str(told[0].pk)


@pytest.mark.parametrize(
    ("title", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+49 for beginners", "'+49 for beginners"),
        ("-50 % rent", "'-50 % rent"),
        ("@home", "'@home"),
        ("\t=1", "\t'=1"),
        ("\r=1", "\r'=1"),
        (' "=1', " \"'=1"),
        ("a;=cmd|'/c calc'!A1", "a;'=cmd|'/c calc'!A1"),
        ("a\n@b", "a\n'@b"),
        ("＝1", "'＝1"),
        ("Work - and learn; life = good", "Work - and learn; life = good"),
        ('Say "no", twice', 'Say "no", twice'),
    ],
)
def test_ideas_csv_cell_that_looks_like_a_formula_is_made_harmless(client, db, title, cell):
    make_idea(title=title, summary=title, slug="one", city=make_city(name=title, slug="place"))
    (row,) = read_csv(client)
    assert (row["title"], row["summary"], row["city_name"]) == (cell, cell, cell)
    assert read_json(client)["results"][0]["title"] == title


def test_ideas_geojson_is_as_rfc_7946_has_it(client, told):
    full, bare = told
    found = read_geojson(client)
    assert {name: found[name] for name in found if name != "features"} == {
        "type": "FeatureCollection", "edition": Edition.current(), "licence": exports.LICENCE,
    }  # fmt: skip
    results = read_json(client)["results"]
    assert found["features"] == [
        {
            "type": "Feature",
            "id": full.pk,
            # Longitude first.
            "geometry": {"type": "Point", "coordinates": [-79.4, 43.7]},
            "properties": results[0],
        },
        {"type": "Feature", "id": bare.pk, "geometry": None, "properties": results[1]},
    ]


def test_ideas_geojson_is_valid_for_an_independent_reader(client, told):
    found = geojson.loads(client.get("/ideas.geojson").getvalue())
    assert (type(found), len(found.features)) == (geojson.FeatureCollection, 2)
    # It knows no feature without a geometry, which RFC 7946 allows.
    assert [feature.is_valid for feature in found.features if feature.geometry] == [True]


def test_ideas_geojson_has_no_geometry_where_a_city_has_no_coordinates(client, db):
    make_idea(city=make_city(latitude=None, longitude=None))
    make_idea(city=make_city(latitude=0, longitude=0))
    geometries = [feature["geometry"] for feature in read_geojson(client)["features"]]
    assert geometries == [{"type": "Point", "coordinates": [0, 0]}, None]


def test_machine_forms_of_an_empty_catalogue_are_empty(client, db):
    assert (read_json(client)["count"], read_json(client)["results"]) == (0, [])
    assert read_csv(client) == []
    assert read_geojson(client)["features"] == []


def test_ideas_json_pages_lead_to_each_other_and_show_every_idea_once(client, db):
    city, day = make_city(), datetime(2020, 1, 1, tzinfo=UTC)
    with Edition.act():
        for number in range(23):
            published = day + timedelta(days=number % 3)
            make_idea(title=f"T {number % 5}", city=city, organisation=None, first_published=published)
        make_idea(themes=["live"])
    for sort in ("newest", "title", "viewed", "city"):
        address, seen, addresses = f"/ideas.json?theme=work&sort={sort}&page_size=5&facet=city", [], []
        while address:
            found = client.get(address).json()
            seen += [result["id"] for result in found["results"]]
            addresses.append(address)
            assert found["next"] is None or found["next"].startswith(f"{SITE}/ideas.json?")
            address = (found["next"] or "").removeprefix(SITE)
        assert (len(seen), len(set(seen)), len(addresses)) == (23, 23, 5)
        assert read_csv(client, f"?theme=work&sort={sort}&page=4")[0]["id"] == str(seen[0])
    assert addresses[1] == "/ideas.json?theme=work&sort=city&page=2&facet=city&page_size=5"
    first = client.get(addresses[1]).json()["previous"]
    assert first == f"{SITE}/ideas.json?theme=work&sort=city&facet=city&page_size=5"


def test_ideas_json_lists_a_hundred_values_the_chosen_always_and_all_when_asked(client, db):
    with Edition.act():
        for number in range(130):
            make_idea(city=make_city(name=f"Town {number:03}", slug=f"town-{129 - number:03}"), organisation=None)
        make_idea(city=City.objects.get(slug="town-000"), organisation=None)
    found = read_json(client)
    labels = [value["label"] for value in found["facets"]["city"]]
    assert labels == ["Town 129", *(f"Town {number:03}" for number in range(99))]
    assert found["facets_total"]["city"] == 130
    chosen = read_json(client, "?city=town-001")["facets"]["city"]
    assert chosen[100:] == [{"value": "town-001", "label": "Town 128", "count": 1, "selected": True}]
    assert len(read_json(client, "?facet=city")["facets"]["city"]) == 130


def test_machine_forms_ask_once_a_chunk(client, db, monkeypatch):
    monkeypatch.setattr(exports, "CHUNK", 4)
    with Edition.act():
        for _ in range(10):
            make_idea(topics=["sport"], audiences=["women"], criteria=["practical"])
    client.get("/ideas.json")
    for form, expected in (("json", 1), ("csv", 3), ("geojson", 3)):
        with CaptureQueriesContext(connection) as queries:
            assert b"sport" in client.get(f"/ideas.{form}?theme=work").getvalue()
        assert len(queries) == expected, form


@pytest.mark.parametrize("form", ["csv", "geojson"])
def test_downloads_are_sent_while_they_are_read(client, db, monkeypatch, form):
    """The first bytes come before any row is read, and a chunk is read only when the one before it was sent."""
    monkeypatch.setattr(exports, "CHUNK", 2)
    with Edition.act():
        for _ in range(6):
            make_idea()
    indexes.current()
    with CaptureQueriesContext(connection) as queries:
        parts = iter(client.get(f"/ideas.{form}").streaming_content)
        read = [len(queries)]
        for _part in parts:
            read.append(len(queries))
    assert read[:6] == [0, 0, 1, 1, 2, 2]


def test_downloads_leave_out_what_was_withdrawn_since_the_index_was_made(client, told):
    index = indexes.current()
    Edition.current()
    with Edition.act():
        told[0].status, told[0].withdrawn_reason = "withdrawn", "Gone."
        told[0].save()
    assert [result.data["slug"] for result in exports.stream(index, index.ordered(index.ids, "newest"))] == ["bare"]


def test_every_form_finds_the_same_words_in_the_same_order(client, told):
    with Edition.act():
        make_idea(title="A park", summary="Naan, too.")
        make_idea(title="Bread and naan")
    found = read_json(client, "?q=naan&page_size=2")
    slugs = [result["slug"] for result in (*found["results"], *client.get(found["next"]).json()["results"])]
    assert (found["count"], sorted(slugs)) == (3, ["a-park", "bread-and-naan", "naan-in-the-park"])
    assert slugs[-1] == "a-park"
    assert [row["slug"] for row in read_csv(client, "?q=naan")] == slugs
    assert [feature["properties"]["slug"] for feature in read_geojson(client, "?q=naan")["features"]] == slugs
    assert html_page(client, "?q=naan")[0] == slugs


def test_idea_list_names_its_machine_forms(client, told):
    tree = tree_of(client.get("/ideas/?theme=work"))
    links = [link for link in tree.iter("link") if link.get("rel") == "alternate" and link.get("type")]
    forms = [(link.get("type"), link.get("href")) for link in links]
    assert forms == [
        ("application/json", "/ideas.json?theme=work"),
        ("text/csv", "/ideas.csv?theme=work"),
        ("application/geo+json", "/ideas.geojson?theme=work"),
        ("application/atom+xml", "/ideas.atom?theme=work"),
    ]
    (line,) = [p for p in tree.iter("p") if p.get("class") == "machine"]
    assert [(a.text, a.get("href")) for a in line.iter("a")] == [
        ("JSON", "/ideas.json?theme=work"),
        ("CSV", "/ideas.csv?theme=work"),
        ("GeoJSON", "/ideas.geojson?theme=work"),
        ("Atom", "/ideas.atom?theme=work"),
    ]


def suggested(client, q) -> list[tuple]:
    found = client.get("/suggest.json", {"q": q}).json()["suggestions"]
    return [(one["type"], one["label"], one["note"], one["url"].removeprefix(SITE), one["count"]) for one in found]


def test_suggest_json_names_places_topics_organisations_and_titles(client, db):
    city = make_city(name="Málaga", region="Andalusia", country="ES")
    make_idea(title="Male mentors", city=city, organisation=None, topics=["malaria"])
    make_idea(title="Not him", organisation=make_organisation(name="The Malay Club"), city=None)
    make_idea(title="Malta", status="draft", city=make_city(name="Malmö", country="SE"))
    assert suggested(client, " MAL") == [
        ("city", "Málaga", "Andalusia, Spain", "/cities/malaga/", 1),
        ("topic", "Malaria", "1 idea", "/topics/malaria/", 1),
        ("organisation", "The Malay Club", "1 idea", "/organisations/the-malay-club/", 1),
        ("idea", "Male mentors", "Málaga, Spain", "/ideas/male-mentors/", None),
    ]
    assert suggested(client, "spa") == [("country", "Spain", "1 idea", "/countries/es/", 1)]
    assert [label for _sort, label, *_rest in suggested(client, "club mal")] == ["The Malay Club"]
    assert [label for _sort, label, *_rest in suggested(client, "mentors")] == ["Male mentors"]
    assert suggested(client, "alay") == []


def test_suggest_json_gives_ten_at_most_the_fullest_first(client, db):
    with Edition.act():
        for number in range(15):
            make_idea(title=f"Ber {number:02}", city=make_city(name=f"Berg {number:02}"), organisation=None)
        full = make_city(name="Berlin")
        make_idea(title="x", city=full, organisation=None)
        make_idea(title="y", city=full, organisation=None)
    labels = [label for _sort, label, *_rest in suggested(client, "ber")]
    assert labels[:6] == ["Berlin", "Berg 00", "Berg 01", "Ber 00", "Ber 01", "Ber 02"]
    assert len(labels) == 10


@pytest.mark.parametrize("q", ["", " ", "'\"", "*", "\0", "-", "()", "%", "😀", "مرحبا", "a" * 5000, "[", "\\"])
def test_suggest_json_of_what_nobody_is_called_is_empty(client, told, q):
    assert suggested(client, q) == []


class Made(Rebuild):
    """A collection made by chance, kept twice: in the database, and as plain values."""

    TITLES = ("Zebra", "zebra", "“Älter”", "alter", "Ångström", "(beta)", "Mid", "mid-way", "Éclair")

    def __init__(self, seed: int):
        self.chance, self.ideas = random.Random(seed), {}
        names = [f"{name} {number}" for number, name in enumerate(("Lyon", "Łomża", "ärla", "Bern", "bern"))]
        with Edition.act():
            self.cities = [make_city(name=name, country=self.chance.choice(["CA", "DE", "FR"])) for name in names]
            self.organisations = [make_organisation(sector=self.chance.choice(["police", "media"])) for _ in range(4)]
            for model in (Theme, Topic, Audience):
                for number in range(4):
                    make_term(model, f"{model.__name__.lower()}-{number}")
        self.add(30)

    def some(self, values, most=3):
        return self.chance.sample(values, self.chance.randrange(most))

    def add(self, number: int):
        with Edition.act():
            for _ in range(number):
                self.add_one()

    def add_one(self):
        facets = {name: [f"{name}-{n}" for n in self.some(range(4))] for name in ("theme", "topic", "audience")}
        city = self.chance.choice([*self.cities, None])
        organisation = self.chance.choice([*self.organisations, None])
        criteria = self.some(["practical", "innovative", "successful"])
        published = datetime(2020, 1, self.chance.randrange(1, 9), tzinfo=UTC)
        title, started = self.chance.choice(self.TITLES), self.chance.choice([None, 1999, 2005, 2010])
        idea = make_idea(
            title=title, city=city, organisation=organisation, criteria=criteria, first_published=published,
            started=started, **{f"{name}s": values for name, values in facets.items()},
        )  # fmt: skip
        self.ideas[idea.pk] = {name: set(values) for name, values in facets.items()} | {
            "slug": idea.slug,
            "title": title,
            "published": published,
            "started": started,
            "city": {city.slug} if city else set(),
            "city_name": city.name if city else None,
            "country": {city.country} if city else set(),
            "organisation": {organisation.slug} if organisation else set(),
            "sector": {organisation.sector} if organisation else set(),
            "criterion": set(criteria),
        }

    def change(self):
        """An act: something is withdrawn, something comes, a city moves to another country."""
        with Edition.act():
            pk = self.chance.choice(sorted(self.ideas))
            idea = Idea.objects.get(pk=pk)
            idea.status, idea.withdrawn_reason = "withdrawn", "Gone."
            idea.save()
            del self.ideas[pk]
            self.add_one()
            city = self.chance.choice(self.cities)
            city.country = self.chance.choice(["CA", "DE", "FR"])
            city.save()
            for row in self.ideas.values():
                if row["city"] == {city.slug}:
                    row["country"] = {city.country}

    def query(self) -> dict:
        query = {}
        for facet in self.some(FACETS, 4):
            values = self.values(facet)
            query[facet] = self.chance.sample(values, min(len(values), self.chance.choice([1, 1, 2])))
        years = sorted(self.chance.choices([1999, 2004, 2005, 2010], k=2))
        for name, year in zip(("started_min", "started_max"), years, strict=True):
            if self.chance.random() < 0.3:
                query[name] = year
        return query

    def ordered(self, query: dict, sort: str) -> list[int]:
        if sort == "newest":
            return self.ids(query)
        name = {"title": "title", "city": "city_name"}[sort]
        return sorted(self.ids(query), key=lambda pk: (self.ideas[pk][name] is None, key(self.ideas[pk][name]), pk))


def key(text: str | None) -> str:
    """Case, accents and leading punctuation folded away, as the contract has it."""
    if text is None:
        return ""
    decomposed = unicodedata.normalize("NFKD", text.replace("Ł", "L").casefold())
    return re.sub(r"^\W+", "", "".join(c for c in decomposed if not unicodedata.combining(c)))


def written(query: dict, **more) -> str:
    return f"?{urlencode(query | more, doseq=True)}"


def html_page(client, query: str):
    """Slugs, counts and number of results, as a page of HTML shows them."""
    tree = tree_of(client.get(f"/ideas/{query}"))
    main = tree.find(".//main")
    parents = {child: parent for parent in main.iter() for child in parent}
    counts = {}
    for box in main.iter("input"):
        if box.get("type") == "checkbox" and box.get("form") == "finder":
            number = " ".join("".join(parents[box].itertext()).split()).split()[-1]
            counts.setdefault(box.get("name"), {})[box.get("value")] = int(number)
    return [h.find("a").get("href").split("/")[2] for h in main.iter("h3") if h.find("a") is not None], counts


@pytest.mark.parametrize("seed", range(4))
def test_every_form_agrees_with_a_plain_rebuild_cold_and_warm(client, db, seed):
    made = Made(seed)
    for step in range(12):
        if step % 2:
            made.change()
        if step % 4 == 0:
            indexes.forget()
        query, sort = made.query(), made.chance.choice(["newest", "title", "city"])
        expected = made.ordered(query, sort)
        address = written(query, sort=sort)
        found = read_json(client, f"{address}&page_size=100")
        assert (found["count"], [result["id"] for result in found["results"]]) == (len(expected), expected), address
        counts = {f: {v["value"]: v["count"] for v in values} for f, values in found["facets"].items()}
        assert counts == {facet: made.counts(query, facet) for facet in FACETS}, address
        assert found["facets_total"] == {facet: len(values) for facet, values in counts.items()}
        rows, features = read_csv(client, address), read_geojson(client, address)["features"]
        assert [int(row["id"]) for row in rows] == [feature["id"] for feature in features] == expected
        assert [feature["properties"] for feature in features] == found["results"]
        slugs = [made.ideas[pk]["slug"] for pk in expected]
        if expected:
            assert html_page(client, address) == (slugs[:20], {f: values for f, values in counts.items() if values})
