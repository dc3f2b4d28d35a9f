"""Feeds: valid Atom for any selection, known by what never changes, dated by what readers would care about."""

from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote
from xml.etree import ElementTree

import feedparser
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from catalogue import index
from catalogue.feeds import speakable
from catalogue.models import Act, Edition, Idea, Topic
from tests.factories import make_adaptation, make_city, make_complete_idea, make_idea, make_organisation, make_term

pytestmark = pytest.mark.django_db
SITE = "http://127.0.0.1:8000"
ATOM = "{http://www.w3.org/2005/Atom}"
THEN = datetime(2020, 5, 17, 12, 30, tzinfo=UTC)
#: What RFC 4287 says may stand in a feed and in an entry at most once, and what has to.
ONCE, NEEDED = {"id", "title", "updated", "subtitle", "rights", "summary", "published"}, {"id", "title", "updated"}


def read(client, address="/ideas.atom"):
    response = client.get(address)
    assert response.status_code == 200, response.content.decode()[:400]
    feed = feedparser.parse(response.content)
    assert not feed.bozo, feed.get("bozo_exception")
    assert_atom(response.content)
    return feed


def assert_atom(document: bytes):
    """The rules of RFC 4287 that a parser forgives."""
    feed = ElementTree.fromstring(document)
    assert feed.tag == f"{ATOM}feed"
    entries = feed.findall(f"{ATOM}entry")
    assert feed.find(f"{ATOM}author/{ATOM}name").text
    for part in (feed, *entries):
        names = [child.tag.removeprefix(ATOM) for child in part]
        assert {name for name in ONCE if names.count(name) > 1} == set()
        assert NEEDED <= set(names)
        assert [link.get("rel") for link in part.findall(f"{ATOM}link")].count("alternate") == 1
        for name in ("updated", "published"):
            for moment in part.findall(f"{ATOM}{name}"):
                assert datetime.fromisoformat(moment.text).tzinfo
    ids = [entry.find(f"{ATOM}id").text for entry in entries]
    assert len(ids) == len(set(ids))
    if entries:
        assert feed.find(f"{ATOM}updated").text == max(entry.find(f"{ATOM}updated").text for entry in entries)


@pytest.fixture
def told(db):
    toronto = make_city(name="Toronto")
    return make_complete_idea(
        title="Bread & <friends>",
        summary="Naan, “baked” in the <b>park</b>.",
        language="fr",
        city=toronto,
        organisation=make_organisation(name="Council", city=toronto),
        first_published=THEN,
    )


def test_feed_holds_each_part_of_an_entry(client, told):
    feed = read(client)
    (entry,) = feed.entries
    page = f"{SITE}/ideas/{told.slug}/"
    assert (entry.id, entry.title, entry.link) == (f"{SITE}/i/{told.pk}/", "Bread & <friends>", page)
    assert (entry.summary, entry.summary_detail.type) == ("Naan, “baked” in the <b>park</b>.", "text/plain")
    assert (entry.published, entry.updated) == ("2020-05-17T12:30:00+00:00", "2020-05-17T12:30:00+00:00")
    assert [(tag.scheme, tag.term, tag.label) for tag in entry.tags] == [
        (f"{SITE}/themes/", "work", "Work"),
        (f"{SITE}/topics/", "mentoring", "Mentoring"),
    ]
    assert (entry.rights, entry.title_detail.language) == ("CC BY 4.0", "fr")


def test_feed_says_what_it_is(client, told):
    feed = read(client, "/ideas.atom?country=ca&theme=work&sort=title").feed
    assert feed.title == "Good Ideas – Theme: Work; Country: Canada"
    assert (
        feed.subtitle
        == f"What cities do to welcome newcomers, newest first. Edition {Edition.current()} of the catalogue."
    )
    assert (feed.author, feed.author_detail.href, feed.rights) == ("Good Ideas", f"{SITE}/", "CC BY 4.0")
    assert {link.rel: link.href for link in feed.links} == {
        "alternate": f"{SITE}/ideas/?theme=work&country=CA",
        "self": f"{SITE}/ideas.atom?theme=work&country=CA",
        "license": "https://creativecommons.org/licenses/by/4.0/",
    }
    assert feed.title_detail.language == "en"


def test_feed_holds_the_newest_fifty_that_match_whatever_the_order_asked_for(client, db):
    city = make_city()
    with Edition.act():
        for number in range(55):
            day = THEN + timedelta(days=number * 7 % 55)
            make_idea(title=f"Idea {number:02}", city=city, organisation=None, first_published=day)
        make_idea(themes=["live"])
    dates = [entry.published for entry in read(client, "/ideas.atom?theme=work&sort=title&page=2").entries]
    assert dates == [(THEN + timedelta(days=day)).isoformat() for day in range(54, 4, -1)]


def test_feed_holds_nothing_that_is_not_published(client, told):
    before = client.get("/ideas.atom").content
    with Edition.act():
        later = datetime.now(UTC) + timedelta(days=9)
        make_idea(title="Hidden", status=Idea.Status.DRAFT, city=told.city)
        make_idea(title="Hidden", status=Idea.Status.SCHEDULED, publish_at=later, city=told.city)
    assert client.get("/ideas.atom").content == before
    assert len(read(client, "/cities/toronto.atom").entries) == 1


@pytest.mark.parametrize(
    ("address", "alternate"),
    [
        ("/themes/work.atom", "/themes/work/"),
        ("/topics/mentoring.atom", "/topics/mentoring/"),
        ("/countries/ca.atom", "/countries/ca/"),
        ("/cities/toronto.atom", "/cities/toronto/"),
        ("/organisations/council.atom", "/organisations/council/"),
    ],
)
def test_each_page_has_its_feed_and_names_it(client, told, address, alternate):
    make_idea(themes=["live"], city=make_city(country="BE"))
    feed = read(client, address)
    assert [entry.title for entry in feed.entries] == ["Bread & <friends>"]
    assert {link.rel: link.href for link in feed.feed.links}["alternate"] == f"{SITE}{alternate}"
    assert {link.rel: link.href for link in feed.feed.links}["self"] == f"{SITE}{address}"
    head = client.get(alternate).content.decode()
    assert f'<link rel="alternate" type="application/atom+xml" title="New ideas of this page" href="{address}">' in head


@pytest.mark.parametrize("page", ["/", "/ideas/"])
def test_home_and_list_name_the_feed(client, told, page):
    assert 'type="application/atom+xml"' in client.get(page).content.decode()


def test_feed_of_the_list_is_named_with_the_same_query(client, told):
    assert 'href="/ideas.atom?theme=work"' in client.get("/ideas/?theme=work&sort=title").content.decode()


def test_feed_and_entry_are_known_by_the_same_name_after_everything_was_renamed(client, told):
    before = read(client, "/cities/toronto.atom")
    with Edition.act():
        told.slug = "bread"
        told.save()
        told.city.slug, told.city.name = "tkaronto", "Tkaronto"
        told.city.save()
    after = read(client, "/cities/tkaronto.atom")
    assert (after.feed.id, after.entries[0].id) == (before.feed.id, before.entries[0].id)
    assert after.feed.updated == before.feed.updated
    assert after.feed.id == f"tag:127.0.0.1,2026:ideas?city={told.city.pk}"
    assert after.feed.title == "Good Ideas – City: Tkaronto"


def test_entry_is_dated_anew_by_a_new_text_and_not_by_a_verification(client, told):
    told.verify(on=date(2024, 1, 1))
    assert read(client).entries[0].updated == THEN.isoformat()
    with Edition.act():
        told.story.text = "## What was done\n\nMore."
        told.story.save()
    moment = Act.objects.latest("pk").at.isoformat()
    feed = read(client)
    assert (feed.entries[0].updated, feed.entries[0].published) == (moment, THEN.isoformat())
    assert feed.feed.updated == moment


def test_feed_without_entries_is_dated_by_its_edition(client, db):
    assert read(client).feed.updated == "2026-01-01T00:00:00+00:00"
    make_adaptation(idea=make_idea(title="Given"), city=make_city(name="Ghent", country="BE"))
    feed = read(client, "/cities/ghent.atom")
    moment = Act.objects.get(edition=Edition.current()).at.isoformat()
    assert (feed.entries, feed.feed.updated) == ([], moment)


@pytest.mark.parametrize("query", ["theme=nonsense", "started_min=abc", "page=0", "sort=loudest"])
def test_feed_answers_nonsense_with_the_fault_in_json(client, told, query):
    response = client.get(f"/ideas.atom?{query}")
    assert (response.status_code, list(response.json()["errors"])) == (400, [query.split("=")[0]])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/ideas.atom?city=toronto&theme=work", "/ideas.atom?city=tkaronto&theme=work"),
        ("/cities/toronto.atom", "/cities/tkaronto.atom"),
        ("/countries/CA.atom", "/countries/ca.atom"),
    ],
)
def test_feed_at_an_old_address_leads_on_in_one_hop(client, told, old, new):
    with Edition.act():
        told.city.slug = "tkaronto"
        told.city.save()
    response = client.get(old)
    assert (response.status_code, response.headers["Location"]) == (301, new)
    assert client.get(new).status_code == 200


def test_feed_of_what_was_merged_leads_to_the_other_and_of_what_is_gone_is_gone(client, told):
    other = make_term(Topic, "coaching")
    make_idea(title="Left", topics=["coaching"])
    Topic.objects.get(slug="mentoring").merge_into(other)
    response = client.get("/topics/mentoring.atom")
    assert (response.status_code, response.headers["Location"]) == (301, "/topics/coaching.atom")
    told.withdraw(reason="The council asked us to.")
    assert client.get("/cities/toronto.atom").status_code == 410
    assert client.get("/countries/ca.atom").status_code == 200
    Idea.objects.get(title="Left").withdraw(reason="It too.")
    assert client.get("/countries/ca.atom").status_code == 410


@pytest.mark.parametrize("address", ["/cities/none.atom", "/themes/none.atom", "/countries/zz.atom", "/ideas/x.atom"])
def test_feed_of_nothing_is_404(client, told, address):
    assert client.get(address).status_code == 404


def test_feed_may_be_read_from_any_origin_and_says_its_edition(client, told):
    for address in ("/ideas.atom", "/cities/toronto.atom"):
        headers = client.get(address).headers
        assert headers["Content-Type"] == "application/atom+xml; charset=utf-8"
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert headers["X-Catalogue-Edition"] == str(Edition.current())
        assert "Set-Cookie" not in headers
        assert client.post(address).status_code == 405


@pytest.mark.parametrize("count", [1, 3, 20])
def test_feed_asks_once(client, db, count):
    with Edition.act():
        for _ in range(count):
            make_idea(topics=["sport"])
    client.get("/ideas.atom")
    with CaptureQueriesContext(connection) as queries:
        client.get("/ideas.atom")
    assert len(queries) == 1


class TestAnyText(TestCase):
    @given(st.text(min_size=1, max_size=40).filter(lambda text: "\0" not in text and text.strip()))
    def test_feed_survives_any_title_and_any_words(self, title):
        # Each example is undone, so the next one's edition has the same number.
        index.forget()
        with Edition.act():
            idea = make_idea(title=title, slug="one", city=None, organisation=None)
        assert read(self.client, f"/ideas.atom?q={quote(title)}").feed.title
        assert read(self.client).entries[0].id == f"{SITE}/i/{idea.pk}/"
        # The parser for feeds also mends what it takes for another encoding.
        said = ElementTree.fromstring(self.client.get("/ideas.atom").content).find(f"{ATOM}entry/{ATOM}title").text
        assert said.split() == speakable(title).split()
