"""The card that other sites may show, and oEmbed: who gets it for which address, and that nothing else is framable."""

import re
from urllib.parse import quote
from xml.etree import ElementTree

import html5lib
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalogue.models import Edition, Idea
from tests.factories import make_city, make_idea, make_organisation

pytestmark = pytest.mark.django_db
SITE = "http://127.0.0.1:8000"


@pytest.fixture
def idea(db):
    city = make_city(name="Toronto")
    council = make_organisation(name="Council", city=city)
    return make_idea(title='Naan & "more" <b>', slug="naan", city=city, organisation=council, summary="Bread, daily.")


def ask(client, url, status=200, **more):
    query = "&".join(f"{name}={quote(str(value))}" for name, value in more.items())
    response = client.get(f"/oembed?url={quote(url)}&{query}")
    assert response.status_code == status, response.content.decode()
    return response


def frame_of(html):
    return html5lib.parseFragment(html, namespaceHTMLElements=False).find("iframe").attrib


def rename(idea):
    with Edition.act():
        idea.slug = "bread"
        idea.save()


def test_oembed_describes_the_card(client, idea):
    answer = ask(client, f"{SITE}/ideas/naan/").json()
    frame = frame_of(answer.pop("html"))
    assert answer == {
        "version": "1.0",
        "type": "rich",
        "title": 'Naan & "more" <b>',
        "author_name": "Council",
        "author_url": f"{SITE}/organisations/council/",
        "provider_name": "Good Ideas",
        "provider_url": f"{SITE}/",
        "cache_age": 86400,
        "width": 600,
        "height": 320,
    }
    assert frame == {
        "src": f"{SITE}/embed/ideas/naan/", "title": 'Naan & "more" <b>', "width": "600", "height": "320",
        "loading": "lazy", "style": "border: 0; max-width: 100%",
    }  # fmt: skip
    assert client.get(frame["src"].removeprefix(SITE)).status_code == 200


def test_oembed_says_the_same_in_xml(client, idea):
    response = ask(client, f"{SITE}/ideas/naan/", format="xml")
    assert response.headers["Content-Type"] == "text/xml; charset=utf-8"
    found = {element.tag: element.text for element in ElementTree.fromstring(response.content)}
    assert found == {name: str(value) for name, value in ask(client, f"{SITE}/ideas/naan/").json().items()}


@pytest.mark.parametrize(
    "address",
    [
        "/ideas/naan",
        "/ideas/naan/",
        "/ideas/naan/?utm=x#top",
        "/ideas/bread/",
        "/i/{pk}/",
        "/i/{pk}",
        "/embed/ideas/naan/",
        "/IDEAS/NAAN/",
    ],
)
def test_oembed_knows_an_idea_by_any_of_its_addresses(client, idea, address):
    rename(idea)
    for site in (SITE, SITE.replace("http", "https")):
        assert ask(client, site + address.format(pk=idea.pk)).json()["title"] == idea.title


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/ideas/naan/",
        f"{SITE}@example.org/ideas/naan/",
        "http://127.0.0.1:9000/ideas/naan/",
        "ftp://127.0.0.1:8000/ideas/naan/",
        "http://[/ideas/naan/",
        "/ideas/naan/",
        "naan",
        f"{SITE}/ideas/draft/",
        f"{SITE}/ideas/none/",
        f"{SITE}/ideas/",
        f"{SITE}/cities/toronto/",
        f"{SITE}/i/999999999999/",
        f"{SITE}/\0",
        f"{SITE}/%00%ff",
    ],
)
def test_oembed_knows_no_other_address(client, idea, url):
    make_idea(slug="draft", status=Idea.Status.DRAFT)
    assert list(ask(client, url, 404).json()["errors"]) == ["url"]


def test_oembed_knows_no_other_form(client, idea):
    assert list(ask(client, f"{SITE}/ideas/naan/", 501, format="yaml").json()["errors"]) == ["format"]


@pytest.mark.parametrize("size", ["0", "-1", "wide", "1.5", "²", "9" * 30])
def test_oembed_refuses_what_is_no_size(client, idea, size):
    for name in ("maxwidth", "maxheight"):
        assert list(ask(client, f"{SITE}/ideas/naan/", 400, **{name: size}).json()["errors"]) == [name]


def test_oembed_wants_an_address(client, idea):
    assert client.get("/oembed").status_code == 400
    assert client.get("/oembed?url=&format=json").json() == {"errors": {"url": ["Give the address of an idea."]}}


def test_oembed_makes_the_card_no_larger_than_asked_for(client, idea):
    answer = ask(client, f"{SITE}/ideas/naan/", maxwidth=320, maxheight=9000).json()
    frame = frame_of(answer["html"])
    assert (answer["width"], answer["height"], frame["width"], frame["height"]) == (320, 320, "320", "320")


def test_what_is_withdrawn_is_told_and_what_is_merged_leads_on(client, idea):
    other = make_idea(title="The other", slug="other")
    Idea.objects.get(pk=idea.pk).merge_into(other)
    assert ask(client, f"{SITE}/ideas/naan/").json()["title"] == "The other"
    response = client.get("/embed/ideas/naan/")
    assert (response.status_code, response.headers["Location"]) == (301, "/embed/ideas/other/")
    other.withdraw(reason="The council asked us to.")
    (sentence,) = ask(client, f"{SITE}/ideas/other/", 410).json()["errors"]["url"]
    assert sentence.startswith("The other City")
    assert sentence.endswith("The council asked us to.")
    response = client.get("/embed/ideas/other/")
    assert response.status_code == 410
    for text in ("The other", "The council asked us to.", other.where):
        assert text in response.content.decode()
    assert "frame-ancestors *" in response.headers["Content-Security-Policy"]


def test_old_card_leads_to_the_new_one_in_one_hop_with_and_without_slash(client, idea):
    rename(idea)
    for address in ("/embed/ideas/naan/", "/embed/ideas/naan", "/embed/ideas/bread"):
        response = client.get(address)
        assert (response.status_code, response.headers["Location"]) == (301, "/embed/ideas/bread/")


def test_card_of_a_draft_is_404(client, idea):
    make_idea(slug="draft", status=Idea.Status.DRAFT)
    assert client.get("/embed/ideas/draft/").status_code == client.get("/embed/ideas/none/").status_code == 404


def test_card_may_be_framed_and_nothing_else(client, idea):
    headers = client.get("/embed/ideas/naan/").headers
    assert "X-Frame-Options" not in headers
    assert "frame-ancestors *;" in headers["Content-Security-Policy"] + ";"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    for address in ("/", "/ideas/naan/", "/ideas/", "/admin/login/", "/oembed", "/embed/ideas/none/"):
        headers = client.get(address).headers
        assert headers["X-Frame-Options"] == "DENY", address
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], address


def test_card_leads_out_of_its_frame_and_is_not_indexed(client, idea):
    page = client.get("/embed/ideas/naan/").content.decode()
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)
    assert [(a.get("href"), a.get("target")) for a in tree.iter("a")] == [("/ideas/naan/", "_top"), ("/", "_top")]
    assert '<meta name="robots" content="noindex">' in page
    assert f'<link rel="canonical" href="{SITE}/ideas/naan/">' in page
    assert "<script" not in page
    for text in ("Naan &amp; &quot;more&quot; &lt;b&gt;", "Bread, daily.", "Toronto, Canada", "Council"):
        assert text in page


def test_idea_page_names_its_card(client, idea):
    page = client.get("/ideas/naan/").content.decode()
    found = re.findall(r'<link rel="alternate" type="([^"]+oembed)" title="[^"]+" href="([^"]+)">', page)
    assert [kind for kind, _href in found] == ["application/json+oembed", "text/xml+oembed"]
    for _kind, href in found:
        assert client.get(href.replace("&amp;", "&")).status_code == 200


@pytest.mark.parametrize("count", [1, 5])
def test_card_and_oembed_ask_a_fixed_number_of_queries(client, idea, count):
    for _ in range(count):
        make_idea()
    client.get("/embed/ideas/naan/")
    found = []
    for address in ("/embed/ideas/naan/", f"/oembed?url={SITE}/ideas/naan/"):
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        found.append(len(queries))
    assert found == [2, 4]
