"""Carrying an idea off: by mail, as a link, on paper, and beside others."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.factories import make_city, make_idea

pytestmark = pytest.mark.django_db


def links(client, idea) -> dict[str, str]:
    page = client.get(idea.get_absolute_url()).content.decode()
    return {label: unescape(url) for url, label in re.findall(r'<li><a href="([^"]*)">([^<]*)</a></li>', page)}


@pytest.mark.parametrize(
    "title",
    [
        "Mentors",
        "A & B? 100% = #1 + more",
        "“Zusammen” – für alle, così",
        'Quotes " and <b>tags</b>',
        "x&body=spam&bcc=a@b.c",
    ],
)
def test_mail_holds_title_place_and_permanent_link_whatever_the_title(client, title):
    idea = make_idea(title=title, city=make_city(name="Köln", country="DE"))
    address = urlsplit(links(client, idea)["Send by e-mail"])
    assert (address.scheme, address.path, address.fragment) == ("mailto", "", "")
    assert parse_qs(address.query, strict_parsing=True) == {
        "subject": [title],
        "body": [f"{title}, Köln, Germany\r\n\r\nhttp://127.0.0.1:8000/i/{idea.pk}/"],
    }
    # A blank is %20: a mail program would show a plus sign as one.
    assert "+" not in address.query.replace("%2B", "")


def test_idea_can_be_put_beside_others_and_beside_those_near_to_it(client):
    first, *_others = [make_idea(title=title, topics=["sport"]) for title in ("One", "Two", "Three", "Four", "Five")]
    found = links(client, first)
    assert found["Compare with others"] == "/compare/?idea=one"
    assert found["Compare it with these"] == "/compare/?idea=one&idea=five&idea=four&idea=three"
    assert client.get(found["Compare it with these"]).status_code == 200
