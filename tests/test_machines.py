"""What machines look for at fixed addresses: sitemaps, robots.txt, OpenSearch and security.txt."""

import re
from datetime import UTC, datetime, timedelta
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import pytest
from django.contrib.staticfiles.finders import find
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalogue import sitemaps
from catalogue.models import Edition, Idea, Page
from tests.factories import make_adaptation, make_city, make_idea, make_organisation

SITE = "http://127.0.0.1:8000"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LINK = "{http://www.w3.org/1999/xhtml}link"
IN_EACH = (str, "/fr{}".format, "/de{}".format, "/es{}".format)
THEN = datetime(2020, 5, 17, 12, 30, tzinfo=UTC)


def read(client, address="/sitemap.xml"):
    """The root's name, and the addresses in a sitemap with their dates; of a page, those in English.

    Each page stands there in every language, and each time names itself in all of them.
    """
    response = client.get(address)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/xml; charset=utf-8")
    root = ElementTree.fromstring(response.getvalue())
    found = [(item.findtext(f"{MAP}loc").removeprefix(SITE), item.findtext(f"{MAP}lastmod")) for item in root]
    if root.tag == f"{MAP}urlset":
        pages = found[::4]
        assert found == [(spell(path), date) for path, date in pages for spell in IN_EACH]
        for place, item in enumerate(root):
            path = pages[place // 4][0]
            links = [(link.get("hreflang"), link.get("href")) for link in item.findall(LINK)]
            names = [*zip(("en", "fr", "de", "es"), IN_EACH, strict=True), ("x-default", str)]
            assert links == [(name, SITE + spell(path)) for name, spell in names]
        found = pages
    assert len(dict(found)) == len(found)
    return root.tag.removeprefix(MAP), dict(found)


@pytest.mark.usefixtures("collection")
def test_sitemap_holds_every_public_page_of_the_collection(client):
    from tests.test_collection import addresses

    pages = {address for group in addresses().values() for address in group if "?" not in address}
    few = {group[0] for group in addresses().values()} & pages
    hidden = {page for page in few if '<meta name="robots" content="noindex">' in client.get(page).content.decode()}
    root, found = read(client)
    assert (root, set(found)) == ("urlset", pages - hidden)
    idea = Idea.objects.published().first()
    assert found[idea.get_absolute_url()] == idea.first_published.isoformat()
    assert found["/about/"] == Page.objects.filter(path="/about/").latest("updated").updated.isoformat()


@pytest.mark.django_db
def test_sitemap_hides_what_is_not_published(client):
    city = make_city(name="Toronto")
    make_idea(title="Shown", city=city, organisation=make_organisation(name="Council"), first_published=THEN)
    later = datetime.now(UTC) + timedelta(days=9)
    before = read(client)
    with Edition.act():
        make_idea(title="Hidden", topics=["hidden"], status=Idea.Status.DRAFT)
        make_idea(title="Hidden", status=Idea.Status.SCHEDULED, publish_at=later)
        make_adaptation(idea=Idea.objects.get(title="Shown"), city=make_city(name="Hiddenton"), shown=False)
    assert read(client) == before
    Idea.objects.get(title="Shown").withdraw(reason="Under review")
    assert [path for path in read(client)[1] if path.count("/") > 2] == ["/about/data/", "/themes/work/"]


@pytest.mark.django_db
def test_sitemap_dates_an_idea_by_its_last_news(client):
    idea = make_idea(title="Shown", first_published=THEN)
    idea.verify()
    assert read(client)[1]["/ideas/shown/"] == THEN.isoformat()
    idea.end(2021)
    assert read(client)[1]["/ideas/shown/"] == Idea.objects.dated().get().updated.isoformat() > THEN.isoformat()


@pytest.mark.django_db
def test_large_sitemap_comes_in_parts_that_together_hold_the_same(client, monkeypatch):
    with Edition.act():
        for _ in range(7):
            make_idea(topics=["sport"])
    whole = read(client)[1]
    monkeypatch.setattr(sitemaps, "MOST", 3)
    root, parts = read(client)
    assert (root, list(parts)) == (
        "sitemapindex",
        [
            "/sitemap-pages-1.xml",
            "/sitemap-theme-1.xml",
            "/sitemap-topic-1.xml",
            "/sitemap-country-1.xml",
            *(f"/sitemap-{section}-{n}.xml" for section in ("city", "organisation", "ideas") for n in (1, 2, 3)),
        ],
    )
    found = {}
    for address in parts:
        section = read(client, address)[1]
        assert not found.keys() & section.keys()
        assert address == "/sitemap-pages-1.xml" or len(section) <= 3
        found |= section
    assert found == whole
    for address in ("/sitemap-ideas-4.xml", "/sitemap-ideas-0.xml", "/sitemap-drafts-1.xml"):
        assert client.get(address).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 20])
def test_sitemap_asks_two_queries(client, count):
    with Edition.act():
        for _ in range(count):
            make_idea()
    read(client)
    with CaptureQueriesContext(connection) as queries:
        read(client)
    assert len(queries) == 2


@pytest.mark.django_db
def test_sitemap_of_an_empty_catalogue_holds_the_lists(client):
    assert list(read(client)[1])[:3] == ["/", "/ideas/", "/map/"]


def test_robots_may_read_all_but_the_desk_and_endless_filters(client):
    response = client.get("/robots.txt")
    text = response.content.decode()
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert re.findall(r"^Sitemap: (.*)$", text, re.MULTILINE) == [f"{SITE}/sitemap.xml"]
    rules = [re.escape(rule).replace(r"\*", ".*") for rule in re.findall(r"^Disallow: (.*)$", text, re.MULTILINE)]

    def may(path):
        return not any(re.match(rule, path) for rule in rules)

    refused = [
        "/admin/",
        "/ideas/?q=mentor",
        "/ideas/?theme=work&country=CA",
        "/map/?q=mentor",
        "/map/?theme=work&lines=1",
    ]
    read = [
        "/",
        "/ideas/",
        "/ideas/?page=2",
        "/ideas/?theme=work",
        "/map/?region=europe",
        "/ideas.json",
        "/cities/toronto/",
        "/cities.atom",
    ]
    assert [path for path in (*refused, *read) if may(path)] == read
    parser = RobotFileParser()
    parser.parse(text.splitlines())
    assert (parser.can_fetch("Any", "/admin/"), parser.can_fetch("Any", "/ideas/")) == (False, True)


@pytest.mark.django_db
def test_opensearch_describes_the_search_and_every_page_names_it(client):
    response = client.get("/opensearch.xml")
    space = "{http://a9.com/-/spec/opensearch/1.1/}"
    root = ElementTree.fromstring(response.content)
    assert response.headers["Content-Type"] == "application/opensearchdescription+xml"
    assert (root.tag, root.findtext(f"{space}ShortName")) == (f"{space}OpenSearchDescription", "Good Ideas")
    # As the specification limits them.
    assert len(root.findtext(f"{space}ShortName")) <= 16
    assert 0 < len(root.findtext(f"{space}Description")) <= 1024
    urls = {url.get("type"): url.get("template") for url in root.findall(f"{space}Url")}
    assert urls == {
        "text/html": f"{SITE}/ideas/?q={{searchTerms}}",
        "application/json": f"{SITE}/ideas.json?q={{searchTerms}}&page={{startPage?}}",
        "application/atom+xml": f"{SITE}/ideas.atom?q={{searchTerms}}",
        "application/opensearchdescription+xml": f"{SITE}/opensearch.xml",
    }
    make_idea(title="Mentors for all")
    for template in list(urls.values())[:3]:
        address = template.removeprefix(SITE).replace("{searchTerms}", "mentors").replace("{startPage?}", "")
        assert "/ideas/mentors-for-all/" in client.get(address).content.decode()
    assert find(root.findtext(f"{space}Image").removeprefix(f"{SITE}/static/"))
    link = '<link rel="search" type="application/opensearchdescription+xml" title="Good Ideas" href="/opensearch.xml">'
    assert link in client.get("/").content.decode()


@pytest.mark.django_db
def test_security_txt_names_whom_to_tell(client, settings):
    assert client.get("/.well-known/security.txt").status_code == 404
    settings.SECURITY_CONTACT = ["mailto:security@example.org", "https://example.org/report"]
    response = client.get("/.well-known/security.txt")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    fields = [line.split(": ", 1) for line in response.content.decode().splitlines()]
    expires = datetime.fromisoformat(dict(fields)["Expires"])
    assert timedelta(days=100) < expires - datetime.now(UTC) < timedelta(days=365)
    assert [(name, value) for name, value in fields if name != "Expires"] == [
        ("Contact", "mailto:security@example.org"),
        ("Contact", "https://example.org/report"),
        ("Preferred-Languages", "en"),
        ("Canonical", f"{SITE}/.well-known/security.txt"),
    ]
    assert client.get("/.well-known/security.txt").content == response.content
