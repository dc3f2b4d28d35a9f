"""What the head of a page says of its languages, and of the picture that is shown with a link to it."""

import re

import pytest
from django.utils import translation

from catalogue.views.site import head
from tests.factories import make_idea

SITE = "http://127.0.0.1:8000"


@pytest.mark.django_db
def test_page_names_itself_as_its_only_translation(client):
    make_idea(title="Here")
    for address in ("/", "/ideas/here/", "/ideas/?theme=work"):
        page = client.get(address).content.decode()
        assert re.findall('<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', page) == [
            ("en", f"{SITE}{address}"),
            ("x-default", f"{SITE}{address}"),
        ]
    assert "hreflang" not in client.get("/nothing/here/").content.decode()


@pytest.mark.parametrize(("language", "path"), [("en", "/ideas/here/"), ("fr", "/fr/ideas/here/")])
def test_page_names_its_translations_when_there_are_more_languages(settings, language, path):
    settings.LANGUAGES = [("en", "English"), ("fr", "French")]
    with translation.override(language):
        found = head("Here", path)["translations"]
    assert [(page["language"], page["url"]) for page in found] == [
        ("en", f"{SITE}/ideas/here/"),
        ("fr", f"{SITE}/fr/ideas/here/"),
        ("x-default", f"{SITE}/ideas/here/"),
    ]


@pytest.mark.django_db
def test_page_names_the_picture_that_is_shown_with_a_link_to_it(client):
    make_idea(title="Mentors", slug="mentors", city=None, summary="They meet.")
    page = client.get("/ideas/mentors/").content.decode()
    assert re.findall(r'<meta property="og:(\w+)" content="([^"]*)">', page) == [
        ("site_name", "Good Ideas"),
        ("type", "website"),
        ("title", "Mentors"),
        ("description", "They meet."),
        ("url", f"{SITE}/ideas/mentors/"),
        ("image", f"{SITE}/ideas/mentors.png"),
    ]
    for address in ("/", "/ideas/", "/themes/work/"):
        (image,) = re.findall('<meta property="og:image" content="([^"]*)">', client.get(address).content.decode())
        assert image == f"{SITE}/static/good-ideas.png"
    assert "og:" not in client.get("/nothing/here/").content.decode()
