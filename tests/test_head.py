"""What the head of a page says of its languages, and of the picture that is shown with a link to it."""

import re

import pytest

from tests.factories import make_idea

SITE = "http://127.0.0.1:8000"


@pytest.mark.django_db
@pytest.mark.parametrize("prefix", ["", "/fr", "/de", "/es"])
def test_page_names_its_translations(client, prefix):
    make_idea(title="Here")
    for address in ("/", "/ideas/here/", "/ideas/?theme=work"):
        page = client.get(prefix + address).content.decode()
        assert re.findall('<link rel="canonical" href="([^"]+)">', page) == [f"{SITE}{prefix}{address}"]
        assert re.findall('<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', page) == [
            ("en", f"{SITE}{address}"),
            ("fr", f"{SITE}/fr{address}"),
            ("de", f"{SITE}/de{address}"),
            ("es", f"{SITE}/es{address}"),
            ("x-default", f"{SITE}{address}"),
        ]
    assert '<link rel="alternate" hreflang' not in client.get(f"{prefix}/nothing/here/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["", "?theme=work&utm_source=somebody&country=CA"])
def test_menu_of_languages_leads_to_the_same_page(client, query):
    make_idea(title="Here")
    asked = "?theme=work&amp;country=CA" if query else ""
    page = client.get(f"/de/ideas/{query}").content.decode()
    menu = page[page.index('<details class="langs') : page.index("</details>", page.index('<details class="langs'))]
    assert re.findall(
        '<a href="([^"]*)" lang="(..)" hreflang="(..)" dir="ltr"( aria-current="true")?>([^<]*)<', menu
    ) == [
        (f"/ideas/{asked}", "en", "en", "", "English"),
        (f"/fr/ideas/{asked}", "fr", "fr", "", "Français"),
        (f"/de/ideas/{asked}", "de", "de", ' aria-current="true"', "Deutsch"),
        (f"/es/ideas/{asked}", "es", "es", "", "Español"),
    ]


@pytest.mark.django_db
def test_page_names_the_picture_that_is_shown_with_a_link_to_it(client):
    make_idea(title="Mentors", slug="mentors", city=None, summary="They meet.")
    page = client.get("/ideas/mentors/").content.decode()
    assert re.findall(r'<meta property="og:(\w+)" content="([^"]*)">', page) == [
        ("site_name", "Good Ideas"),
        ("type", "website"),
        ("locale", "en_GB"),
        ("title", "Mentors"),
        ("description", "They meet."),
        ("url", f"{SITE}/ideas/mentors/"),
        ("image", f"{SITE}/ideas/mentors.png"),
    ]
    for address in ("/", "/ideas/", "/themes/work/"):
        (image,) = re.findall('<meta property="og:image" content="([^"]*)">', client.get(address).content.decode())
        assert image == f"{SITE}/static/good-ideas.png"
    assert re.findall('property="og:locale:alternate" content="([^"]*)"', page) == ["fr_FR", "de_DE", "es_ES"]
    assert "og:" not in client.get("/nothing/here/").content.decode()
