"""Every page of the opening collection, and every filter against a rebuild from the fixtures."""

import functools
import html
import random
import re
from urllib.parse import urlencode

import html5lib
import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.resolvers import LocalePrefixPattern

from catalogue import index as indexes
from catalogue import linked_data
from catalogue.countries import country_name
from catalogue.models import Idea
from catalogue.records import one_line, record_of
from tests.readers import facts
from tests.rebuild import FACETS, Rebuild, rows
from tests.schema_org import faults

# The mark of the database, too: without it, this file run alone would have none.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("collection")]

#: Routes that are no page of the collection, each with what a plain GET answers.
OTHER = {
    # The collection has no guide: none is invented.
    "idea-guide": ("/ideas/making-connections/guide/", 404),
    # A page that never changed has one version, the one that is there.
    "idea-versions": ("/ideas/making-connections/versions/", 200),
    "idea-version": ("/ideas/making-connections/versions/1/", 200),
    "short-link": ("/i/103/", 301),
    "short-version": ("/i/103/versions/1/", 301),
    "picture": (f"/pictures/{'0' * 64}-640.webp", 404),
    "idea-json": ("/ideas/the-gdansk-immigrant-integration-model.json", 200),
    "idea-bib": ("/ideas/the-gdansk-immigrant-integration-model.bib", 200),
    "idea-ris": ("/ideas/the-gdansk-immigrant-integration-model.ris", 200),
    "idea-csl": ("/ideas/the-gdansk-immigrant-integration-model.csl.json", 200),
    "idea-png": ("/ideas/the-gdansk-immigrant-integration-model.png", 200),
    "ideas-json": ("/ideas.json", 200),
    "ideas-csv": ("/ideas.csv", 200),
    "ideas-geojson": ("/ideas.geojson", 200),
    "ideas-atom": ("/ideas.atom", 200),
    "theme-atom": ("/themes/work.atom", 200),
    "topic-atom": ("/topics/language-learning.atom", 200),
    "country-atom": ("/countries/ca.atom", 200),
    "city-atom": ("/cities/toronto.atom", 200),
    "organisation-atom": ("/organisations/city-of-toronto.atom", 200),
    "suggest-json": ("/suggest.json?q=tor", 200),
    "oembed": ("/oembed?url=http://127.0.0.1:8000/i/103/", 200),
    "idea-embed": ("/embed/ideas/making-connections/", 200),
    "dump-latest": ("/dumps/nothing.csv", 404),
    "dump": ("/dumps/2026-01-01-edition-1/ideas.csv", 404),
    "openapi": ("/openapi.json", 200),
    # Whoever has the secret has a page; nobody else.
    "submission-detail": (f"/submit/{'x' * 32}/", 404),
    "submit-step": (f"/submit/{'x' * 32}/what/", 404),
    "submit-check": (f"/submit/{'x' * 32}/check/", 404),
    "submit-later": (f"/submit/{'x' * 32}/later/", 404),
    "submission-withdraw": (f"/submit/{'x' * 32}/withdraw/", 404),
    "submission-confirm": (f"/submit/{'x' * 32}/confirm/{'0' * 32}/", 404),
    "still": (f"/still/{'x' * 32}/", 404),
    "sitemap": ("/sitemap.xml", 200),
    "sitemap-part": ("/sitemap-ideas-1.xml", 200),
    "robots": ("/robots.txt", 200),
    "opensearch": ("/opensearch.xml", 200),
    "security": ("/.well-known/security.txt", 404),
    "healthz": ("/healthz", 200),
    "readyz": ("/readyz", 200),
    "old-address": ("/good_idea/naan-in-the-park/", 404),
    "admin:index": ("/admin/", 302),
}


def addresses() -> dict[str, list[str]]:
    """For each route of the URL map that is a page, every address that the collection gives it."""
    index = indexes.current()
    return {
        "home": ["/"],
        "idea-list": ["/ideas/", "/ideas/?theme=work", "/ideas/?theme=work&page=2", "/ideas/?sort=title"],
        "idea-detail": [f"/ideas/{row['slug']}/" for row in rows("ideas")],
        "idea-map": ["/map/", "/map/?region=europe", "/map/?theme=work&lines=1"],
        "travel": ["/travel/"],
        "compare": [
            "/compare/?idea=making-connections&idea=refugee-food-festival",
            "/compare/?idea=making-connections",
            "/compare/",
        ],
        "like-mine": ["/like-mine/", "/like-mine/?size=50000-250000", "/like-mine/?size=50000-250000&page=2"],
        "theme-list": ["/themes/"],
        "theme-detail": [f"/themes/{slug}/" for slug in index["theme"].values],
        "topic-list": ["/topics/"],
        "topic-detail": [f"/topics/{slug}/" for slug in index["topic"].values],
        "country-list": ["/countries/"],
        "country-detail": [f"/countries/{code.lower()}/" for code in index["country"].values],
        "city-list": ["/cities/"],
        "city-detail": [f"/cities/{slug}/" for slug in index["city"].values],
        "organisation-list": ["/organisations/", "/organisations/?page=2", "/organisations/?sector=police"],
        "organisation-detail": [f"/organisations/{slug}/" for slug in index["organisation"].values],
        "criterion-list": ["/criteria/"],
        "submit": ["/submit/"],
        "submit-adaptation": ["/ideas/making-connections/adapt/"],
        "submit-correction": ["/ideas/making-connections/correct/"],
        "resource-list": ["/resources/", "/resources/?page=2", "/resources/?kind=video&theme=work"],
        "about": ["/about/"],
        "data": ["/about/data/"],
        "page-detail": ["/about/principles/", "/about/governance/"],
        "privacy": ["/privacy/"],
        "accessibility": ["/accessibility/"],
    }


@pytest.fixture(scope="module")
def answer(collection):
    """What an address answers, asked once for all tests of this module: a thousand pages take a while."""
    return functools.cache(Client().get)


def text_of(page: str) -> str:
    """What a reader sees of a page, in one line, with plain hyphens."""
    page = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", page)).replace("\u2011", "-").split())


def test_every_route_has_an_example():
    patterns = get_resolver().url_patterns
    # The second half of the map, which there is in every language.
    (each,) = [part for part in patterns if isinstance(part.pattern, LocalePrefixPattern)]
    routes = {name for part in [*patterns, *each.url_patterns] if (name := getattr(part, "name", None))}
    assert routes == set(addresses()) | set(OTHER) - {"admin:index"}


@pytest.mark.parametrize(("address", "status"), OTHER.values(), ids=OTHER)
def test_other_routes_answer(client, address, status):
    assert client.get(address).status_code == status


def test_every_page_answers_with_one_heading_and_a_title_of_its_own(answer):
    titles = {}
    for address in [address for group in addresses().values() for address in group]:
        response = answer(address)
        page = response.content.decode()
        assert response.status_code == 200, address
        assert len(re.findall(r"<h1[ >]", page)) == 1, address
        assert not response.cookies, address
        assert "Cookie" not in response.get("Vary", ""), address
        title = re.search(r"<title>(.*?)</title>", page, re.DOTALL)[1]
        assert titles.setdefault(title, address) == address, f"{address} and {titles[title]}: {title}"
        (canonical,) = re.findall(r'<link rel="canonical" href="(http://127\.0\.0\.1:8000/[^"]*)">', page)
        translations = re.findall(r'<link rel="alternate" hreflang="([^"]*)" href="([^"]*)">', page)
        path = canonical.removeprefix("http://127.0.0.1:8000")
        others = [(code, canonical.removesuffix(path) + f"/{code}{path}") for code in ("fr", "de", "es")]
        assert translations == [("en", canonical), *others, ("x-default", canonical)], address
        assert len(re.findall(r'<meta property="og:image" content="http://127\.0\.0\.1:8000/[^"]*\.png">', page)) == 1
    assert len(titles) > 1100


def test_every_kind_of_page_is_well_formed_html(answer):
    for name, group in addresses().items():
        parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
        tree = parser.parse(answer(group[0]).content.decode())
        ids = [element.get("id") for element in tree.iter() if element.get("id")]
        assert len(ids) == len(set(ids)), f"{name}: an id stands twice"
        assert tree.get("lang") == "en"
        # A strict CSP forbids them, so a page that had one would be broken.
        assert not [
            e.tag
            for e in tree.iter()
            if e.get("style") or e.tag == "style" or any(a.startswith("on") for a in e.keys())
        ]
        linked = {e.get("href") for e in tree.iter("a")} - {None}
        assert not [href for href in linked if href.startswith("#") and href[1:] not in ids], name


def test_every_link_of_every_kind_of_page_leads_somewhere(answer):
    seen = set()
    for group in addresses().values():
        page = answer(group[0]).content.decode()
        seen |= {html.unescape(href) for href in re.findall(r'<a [^>]*href="(/[^"#]*)', page)}
    broken = {href: status for href in seen if (status := answer(href).status_code) != 200}
    assert broken == {}


def test_idea_page_shows_everything_that_its_fixture_rows_hold(answer):
    parts = {}
    resources = {row["url"]: row for row in rows("resources")}
    for name in ("bodies", "evidence", "citations"):
        for row in rows(name):
            parts.setdefault(row["idea"][0], []).append((name, row))
    names = {("topic", r["slug"]): r["name"]["en"] for r in rows("topics")}
    names |= {("theme", r["slug"]): r["name"]["en"] for r in rows("themes")}
    names |= {("audience", r["slug"]): r["name"]["en"] for r in rows("audiences")}
    cities = {row["slug"]: row for row in rows("cities")}
    organisations = {row["slug"]: row for row in rows("organisations")}
    for idea in rows("ideas"):
        page = answer(f"/ideas/{idea['slug']}/").content.decode()
        shown = text_of(page)
        wanted = [idea["title"], idea["summary"], *idea["partners"], "22 November 2026", f"/i/{idea['pk']}/"]
        wanted += [str(idea[name]) for name in ("started", "ended", "profiled_year") if idea[name] is not None]
        wanted += [names[kind, term[0]] for kind in ("theme", "topic", "audience") for term in idea[f"{kind}s"]]
        if idea["title_is_original"]:
            wanted.append("first published")
        if idea["city"]:
            city = cities[idea["city"][0]]
            wanted += [city["name"], city["region"], country_name(city["country"], "en")]
        if idea["organisation"]:
            wanted.append(organisations[idea["organisation"][0]]["name"])
        links = [idea["web_address"]] if idea["web_address"] else []
        for name, row in parts.get(idea["slug"], []):
            if name == "bodies":
                wanted += [line.lstrip("# ") for line in row["text"].split("\n") if line]
            elif name == "evidence":
                wanted.append(row["claim"])
            else:
                wanted.append(resources[row["resource"][0]]["title"])
                links.append(row["resource"][0])
        missing = [text for text in wanted if text and " ".join(text.split()) not in shown]
        assert not missing, f"{idea['slug']}: {missing}"
        assert not [
            link for link in links if f'href="{html.escape(link)}"' not in page and f'href="{link}"' not in page
        ]


def test_forms_of_every_idea_carry_the_same_facts():
    index = indexes.current()
    for idea in Idea.objects.published().for_page():
        record = record_of(idea, index)
        bibtex, ris, csl = facts(record)
        assert bibtex == ris == csl
        assert (ris["key"], ris["title"]) == (f"good-ideas-{idea.pk}", one_line(idea.title))
        assert (ris["date"], ris["abstract"]) == ("2026-nov-22", one_line(idea.summary))
        article = linked_data.article(record)
        assert faults(article) == []
        assert (article["headline"], article["@id"], article["keywords"]) == (
            ris["title"],
            ris["url"],
            ", ".join(ris["keywords"]),
        )


def test_idea_page_tells_every_journey(answer):
    for row in rows("adaptations"):
        for end in ("idea", "became"):
            if row[end]:
                shown = text_of(answer(f"/ideas/{row[end][0]}/").content.decode())
                for text in (row["note"], row["place"], str(row["year"] or "")):
                    assert text in shown, f"{row[end][0]}: {text}"


def test_old_addresses_of_the_collection_lead_to_its_ideas_in_every_spelling(client, settings):
    settings.ALLOWED_HOSTS = [".citiesofmigration.ca"]
    for row in rows("redirects"):
        path = row["path"]
        to = f"/ideas/{row['idea'][0]}/" if row["idea"] else row["to"]
        for host in ("citiesofmigration.ca", "www.citiesofmigration.ca"):
            for spelling in (path, path.rstrip("/"), f"{path}?lang=fr", f"{path.rstrip('/')}?lang=de"):
                response = client.get(spelling, headers={"host": host})
                assert (response.status_code, response.get("Location", "")) == (301 if to else 404, to), spelling
        if not to:
            page = html.unescape(response.content.decode())
            assert f"“{row['note']}” stood at this address" in page
            assert "https://web.archive.org/web/2019/https://citiesofmigration.ca/" in page


COMBINATIONS = 300


def random_queries() -> list[dict]:
    """Random filters; every second has two values of one facet."""
    chance, rebuild = random.Random(20081119), Rebuild()
    queries = []
    for number in range(COMBINATIONS):
        query = {}
        for facet in chance.sample(FACETS, chance.choice([1, 1, 2, 2, 3])):
            # From one idea's own values, half the time, so that enough of them match something.
            pool = rebuild.values(facet)
            query[facet] = [chance.choice(pool)]
        if number % 2:
            facet = chance.choice(list(query))
            query[facet] = sorted(set(query[facet]) | set(chance.sample(rebuild.values(facet), 2)))[:2]
        if chance.random() < 0.3:
            query["started_min"] = chance.randint(1985, 2015)
        if chance.random() < 0.2:
            query["started_max"] = chance.randint(2000, 2025)
        if query.get("started_min", 0) > query.get("started_max", 9999):
            query.pop("started_max")
        queries.append(query)
    return queries


def test_filters_and_counts_equal_a_rebuild_from_the_fixtures(client):
    rebuild, matched, doubled = Rebuild(), 0, 0
    for query in random_queries():
        address = f"/ideas/?{urlencode(query, doseq=True)}"
        page = client.get(address).content.decode()
        ids = rebuild.ids(query)
        matched += bool(ids)
        doubled += any(len(query.get(facet, [])) == 2 for facet in FACETS)
        number = re.search(r'<h2 id="results">(.*?)</h2>', page)[1]
        noun = "idea" if len(ids) == 1 else "ideas"
        assert number == (f"{len(ids)} {noun}" if ids else "No idea matches all of that"), address
        slugs = re.findall(r'<h3><a href="/ideas/([^/]+)/"', page)
        assert slugs == [rebuild.ideas[pk]["slug"] for pk in ids[:20]], address
        shown = {}
        for label in re.findall(r'<label class="opt.*?</label>', page, re.DOTALL):
            name, value = re.search(r'name="(\w+)" value="([^"]+)"', label).groups()
            shown.setdefault(name, {})[value] = int(re.search(r">(\d+)</span></label>$", label)[1])
        for facet in FACETS:
            counts = rebuild.counts(query, facet)
            if facet in {"city", "organisation"}:
                # The panel shows twenty of these; the chosen always.
                assert set(query.get(facet, [])) <= set(shown.get(facet, {})), address
                counts = {value: count for value, count in counts.items() if value in shown.get(facet, {})}
            assert shown.get(facet, {}) == counts, f"{address} {facet}"
    assert matched > COMBINATIONS / 4
    assert doubled >= COMBINATIONS / 2 - 5


def test_index_equals_the_collection():
    assert len(indexes.current()) == len(rows("ideas")) == 367


def test_unknown_address_offers_its_words(client):
    response = client.get("/good-practice/neighbourhood-mothers-leading/")
    page = response.content.decode()
    assert response.status_code == 404
    assert 'value="neighbourhood mothers leading"' in page
    assert reverse("idea-detail", args=["neighbourhood-mothers-leading-the-way-in-neukolln"]) in page


def test_pages_stay_the_same_whoever_asks():
    plain = Client().get("/ideas/").content
    assert Client(headers={"accept-language": "de", "cookie": "a=b"}).get("/ideas/").content == plain
