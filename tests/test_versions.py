"""The versions of an idea that readers could see: their numbers, their words, their addresses, and what each says."""

import re
from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from catalogue import index as indexes
from catalogue import versions
from catalogue.models import Act, City, Edition, Evidence, Idea, Redirect
from tests import desk
from tests.desk import SAVED, editor, errors, fill, page, text
from tests.factories import (
    make_assessment,
    make_city,
    make_complete_idea,
    make_organisation,
    make_resource,
)

pytestmark = pytest.mark.django_db
SITE = "http://127.0.0.1:8000"
THEN = datetime(2020, 5, 17, 12, 30, tzinfo=UTC)


@pytest.fixture
def idea():
    return make_complete_idea(title="Naan in the park", slug="naan", first_published=THEN, criteria=["practical"])


def change(idea, **values):
    idea = Idea.objects.get(pk=idea.pk)
    with Edition.act(why="the board asked us to"):
        for name, value in values.items():
            setattr(idea, name, value)
        idea.save()


def rewrite(idea, body: str):
    with Edition.act():
        idea.story.text = body
        idea.story.save()


def told(idea) -> list[tuple[int, tuple[str, ...]]]:
    """Number and news of all versions, newest first; those on the page itself are the same but for the first."""
    idea = Idea.objects.for_page().get(pk=idea.pk)
    found = [(version.number, version.news) for version in versions.versions_of(idea, indexes.current())]
    latest = [(version.number, version.news) for version in versions.latest(idea, indexes.current(), 50)]
    assert latest == found[:-1]
    shortest = versions.latest(idea, indexes.current(), 1)
    assert [(version.number, version.news) for version in shortest] == found[:-1][:1]
    assert idea.version == len(found)
    return found


def said(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    (main,) = page(response).iter("main")
    return text(main)


def location(client, address: str) -> tuple[int, str]:
    response = client.get(address)
    return response.status_code, response.get("Location", "")


def add(idea, **values):
    with Edition.act():
        Evidence.objects.create(idea=idea, **{"criterion": "successful", "claim": "Forty came."} | values)


def cite(idea, **values):
    with Edition.act():
        idea.citations.create(resource=make_resource(**values), position=2)


def come_back(idea):
    idea.withdraw(reason="Under review")
    change(idea, title="Naan, mended")
    Idea.objects.get(pk=idea.pk).publish()


WORDS = [
    (lambda idea: change(idea, title="Bread"), ["title changed"]),
    (lambda idea: change(idea, summary="Bread, daily."), ["text revised"]),
    (lambda idea: rewrite(idea, "More."), ["text revised"]),
    (add, ["new evidence added"]),
    (lambda idea: _in_act(idea.evidence.get().delete), ["evidence taken away"]),
    (lambda idea: _in_act(lambda: _set(idea.evidence.get(), claim="Else.")), ["evidence revised"]),
    (lambda idea: cite(idea, type="evaluation"), ["new evaluation added"]),
    (lambda idea: cite(idea, type="news"), ["new source added"]),
    (lambda idea: _in_act(idea.citations.get().delete), ["source taken away"]),
    (lambda idea: make_assessment(idea=idea), ["read by 2 readers"]),
    (lambda idea: change(idea, city=make_city(name="Ghent")), ["place changed to Ghent"]),
    (lambda idea: change(idea, organisation=make_organisation(name="TRIEC")), ["now led by TRIEC"]),
    (lambda idea: change(idea, partners=["TRIEC"]), ["partners changed"]),
    (lambda idea: change(idea, web_address="https://naan.example"), ["web address changed"]),
    (lambda idea: change(idea, started=2010), ["year of its beginning corrected"]),
    (lambda idea: idea.end(2021), ["ended in 2021"]),
    (come_back, ["title changed", "published again"]),
]


def _in_act(write):
    with Edition.act():
        write()


def _set(row, **values):
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


@pytest.mark.parametrize(("act", "words"), WORDS)
def test_version_tells_in_words_what_is_new_in_it(idea, act, words):
    act(idea)
    assert told(idea) == [(2, tuple(words)), (1, ())]


def test_version_is_made_by_news_alone(idea):
    idea.verify()
    idea.feature()
    change(idea, profiled_year=2011)
    with Edition.act():
        idea.city.name = "Elsewhere"
        idea.city.save()
    assert told(idea) == [(1, ())]


def test_versions_of_a_withdrawal_have_no_number_of_their_own(idea):
    change(idea, title="Second")
    idea.withdraw(reason="Under review")
    change(idea, title="Nobody saw this")
    change(idea, title="Third")
    Idea.objects.get(pk=idea.pk).publish()
    assert told(idea) == [(3, ("title changed", "published again")), (2, ("title changed",)), (1, ())]


def test_page_tells_the_last_changes_with_their_addresses_and_never_the_reason(client, idea):
    for number in range(6):
        change(idea, title=f"Title {number}")
    Act.objects.update(at=datetime(2027, 3, 5, tzinfo=UTC))
    answer = client.get("/ideas/naan/")
    html = answer.content.decode()
    assert re.findall(r'<a href="([^"]*)" rel="nofollow">(Updated [^<]*)</a>: ([^<]*)</li>', html) == [
        (f"/ideas/naan/versions/{number}/", "Updated 5 March 2027", "title changed") for number in (7, 6, 5, 4)
    ]
    assert 'href="/ideas/naan/versions/"' in html
    assert "the board asked" not in html + client.get("/ideas/naan/versions/").content.decode()


def test_page_that_never_changed_says_nothing_of_versions(client, idea):
    assert "/versions/" not in client.get("/ideas/naan/").content.decode().replace(f"/i/{idea.pk}/versions/1/", "")


def test_page_asks_one_query_more_for_its_history_however_long(client, idea, django_assert_num_queries):
    client.get("/ideas/naan/")
    with django_assert_num_queries(6):
        client.get("/ideas/naan/")
    for number in range(12):
        change(idea, title=f"Title {number}")
        cite(idea)
    make_assessment(idea=idea)
    client.get("/ideas/naan/")
    with django_assert_num_queries(7):
        client.get("/ideas/naan/")


def test_list_of_versions_names_each_with_its_day(client, idea):
    change(idea, title="Bread")
    Act.objects.filter(revisions__is_news=True).update(at=datetime(2027, 3, 5, tzinfo=UTC))
    (main,) = page(client.get("/ideas/naan/versions/")).iter("main")
    assert [(text(row), row.find("a").get("href")) for row in main.iter("li")] == [
        ("Version 2, 5 March 2027: title changed (the latest)", "/ideas/naan/versions/2/"),
        ("Version 1, 17 May 2020: first published", "/ideas/naan/versions/1/"),
    ]


def test_version_shows_the_idea_as_it_stood(client):
    ghent, lead = make_city(name="Ghent", country="BE"), make_organisation(name="City of Ghent")
    report = make_resource(title="The first report", type="report")
    idea = make_complete_idea(
        title="Bread", slug="bread", summary="Daily.", city=ghent, organisation=lead, sources=[report],
        body="Old text.", criteria=["practical"], first_published=THEN, started=2009, partners=["A school"],
    )  # fmt: skip
    first = idea.evidence.get()
    add(idea, claim="Counted twice.", basis="measured", year=2019, resource=report)
    make_assessment(idea=idea, innovative="not-shown")
    with Edition.act():
        first.delete()
        idea.citations.get().delete()
    change(idea, title="Naan", summary="Weekly.", city=make_city(name="Toronto"), organisation=None, partners=[])
    rewrite(idea, "New text.")
    old = said(client, "/ideas/bread/versions/3/")
    assert "version 3, as it stood from" in old
    for told in (
        "Bread",
        "Daily.",
        "Old text.",
        "Ghent, Belgium",
        "City of Ghent, with A school",
        "2009",
        "Mentoring",
        "It is practical.",
        "Counted twice.",
        "Measured, 2019",
        "The first report",
        "Not shown Innovative",
    ):
        assert told in old, told
    for later in ("Naan", "Weekly.", "New text.", "Toronto"):
        assert later not in old, later
    assert "2 readers held it" not in said(client, "/ideas/bread/versions/2/")
    new = said(client, "/ideas/bread/versions/6/")
    assert ("the latest" in new, "New text." in new, "Old text." in new) == (True, True, False)


def test_version_names_what_is_no_longer_there(client, idea):
    city = idea.city
    change(idea, city=make_city(name="Toronto"), title="Bread")
    with Edition.act():
        city.name = "Ghent"
        city.save()
    city.merge_into(make_city(name="Gent"))
    assert not City.objects.filter(pk=city.pk).exists()
    assert "Ghent, Canada" in said(client, "/ideas/naan/versions/1/")


def test_version_is_kept_from_search_engines_and_names_the_present_page(client, idea):
    change(idea, title="Bread")
    for address in ("/ideas/naan/versions/", "/ideas/naan/versions/1/", "/ideas/naan/versions/2/"):
        html = client.get(address).content.decode()
        assert '<meta name="robots" content="noindex">' in html
        assert re.findall(r'rel="canonical" href="([^"]*)"', html) == [f"{SITE}/ideas/naan/"]
        assert '<a href="/ideas/naan/">The page as it is now</a>' in html
        assert not re.search(r'rel="alternate" hreflang', html)
    assert client.get("/ideas/naan/versions/1/").headers["Link"] == (
        f'<{SITE}/i/{idea.pk}/versions/1/>; rel="cite-as", <{SITE}/ideas/naan/>; rel="latest-version"; '
        f'type="text/html", <{SITE}/ideas/naan/versions/>; rel="version-history"; type="text/html"'
    )
    assert b"/versions/" not in client.get("/sitemap-ideas-1.xml").getvalue()


@pytest.mark.parametrize("number", ["0", "2", "999999999999999999999999"])
def test_version_that_never_was_is_not_found(client, idea, number):
    assert client.get(f"/ideas/naan/versions/{number}/").status_code == 404


def test_versions_of_what_nobody_saw_are_not_found(client):
    make_complete_idea(slug="draft", status="draft")
    waiting = make_complete_idea(slug="waiting", status="scheduled", publish_at=timezone.now())
    for slug in ("draft", "waiting", "nothing"):
        for address in (f"/ideas/{slug}/versions/", f"/ideas/{slug}/versions/1/"):
            assert client.get(address).status_code == 404, address
    assert client.get(f"/i/{waiting.pk}/versions/1/").status_code == 404
    assert client.get("/i/999999999999999999999/versions/1/").status_code == 404


def test_versions_of_what_was_withdrawn_are_gone_with_it(client, idea):
    change(idea, title="Bread")
    idea.withdraw(reason="It was made up.")
    for address in ("/ideas/naan/versions/", "/ideas/naan/versions/1/", f"/i/{idea.pk}/versions/1/"):
        answer = client.get(address)
        assert (answer.status_code, "It was made up." in answer.content.decode()) == (410, True), address


def test_versions_follow_a_renamed_idea_in_one_hop(client, idea):
    change(idea, slug="bread")
    for old in ("naan", "NAAN", "Bread"):
        assert location(client, f"/ideas/{old}/versions/") == (301, "/ideas/bread/versions/")
        assert location(client, f"/ideas/{old}/versions/1/") == (301, "/ideas/bread/versions/1/")
        assert location(client, f"/ideas/{old}/versions/1") == (301, "/ideas/bread/versions/1/")
    assert location(client, f"/i/{idea.pk}/versions/1/") == (301, "/ideas/bread/versions/1/")
    assert location(client, "/ideas/bread/versions/1") == (301, "/ideas/bread/versions/1/")


def test_versions_of_a_merged_idea_lead_to_the_one_that_took_its_place(client, idea):
    other = make_complete_idea(slug="bread")
    change(idea, slug="naan-daily")
    idea = Idea.objects.get(pk=idea.pk)
    idea.merge_into(other)
    for address in ("/ideas/naan-daily/versions/1/", "/ideas/naan/versions/1/", f"/i/{idea.pk}/versions/1/"):
        # Its own versions are another's history than that of the page that is there now.
        assert location(client, address) == (301, "/ideas/bread/"), address
    change(other, slug="loaf")
    assert location(client, "/ideas/loaf/versions/1/")[0] == 200


def test_citation_names_the_version_that_was_read(client, idea):
    change(idea, title="Bread")
    address = f"{SITE}/i/{idea.pk}/versions/2/"
    (words,) = re.findall(r'<p class="cite"[^>]*>(.*)</p>', client.get("/ideas/naan/").content.decode())
    assert words.endswith(f" {address}")
    bib = client.get("/ideas/naan.bib").content.decode()
    assert f"  url = {{{SITE}/i/{idea.pk}/}},\n  version = {{2}}," in bib
    assert "ET  - 2\r\n" in client.get("/ideas/naan.ris").content.decode()
    (item,) = client.get("/ideas/naan.csl.json").json()
    assert (item["URL"], item["version"]) == (f"{SITE}/i/{idea.pk}/", "2")
    assert item["note"].endswith(f"; version 2: {address}")
    assert client.get("/ideas/naan.json").json()["version"] == "2"
    assert location(client, f"/i/{idea.pk}/versions/2/") == (301, "/ideas/naan/versions/2/")


def test_old_address_made_by_hand_still_leads_to_the_idea(client, idea):
    with Edition.act():
        Redirect.objects.create(path="/ideas/older/", idea=idea)
    assert location(client, "/ideas/older/versions/1/") == (301, "/ideas/naan/versions/1/")


# What should never have been said


def test_versions_taken_away_are_gone_and_the_page_stays(client, idea):
    for title in ("Ana Example’s bread", "Bread", "Loaf"):
        change(idea, title=title)
    edition = Edition.current()
    idea.withhold_versions(3, why="it named somebody")
    assert Edition.current() == edition + 1
    for number, status in ((1, 410), (2, 410), (3, 200), (4, 200), (5, 404), (0, 404)):
        answer = client.get(f"/ideas/naan/versions/{number}/")
        assert answer.status_code == status, number
        assert "Ana Example" not in answer.content.decode()
        assert "named somebody" not in answer.content.decode()
    listed = said(client, "/ideas/naan/versions/")
    assert listed.count("(taken away by the editors)") == 2
    html = client.get("/ideas/naan/").content.decode() + client.get("/ideas/naan/versions/").content.decode()
    assert "/ideas/naan/versions/2/" not in html
    assert told(idea)[0] == (4, ("title changed",))
    idea.withhold_versions(1)
    assert client.get("/ideas/naan/versions/2/").status_code == 200


@pytest.mark.parametrize("first", [0, 3])
def test_versions_that_are_not_there_cannot_be_taken_away(idea, first):
    change(idea, title="Bread")
    with pytest.raises(ValidationError, match="from 1 to 2"):
        idea.withhold_versions(first)
    assert Idea.objects.get(pk=idea.pk).versions_from == 1


def test_editor_takes_versions_away_on_the_desk(client, idea):
    change(idea, title="Bread")
    client.force_login(editor())
    verb = desk.address(idea, "withhold")
    assert errors(fill(client, verb, first="9", why="it named somebody")) == [
        "Give a number from 1 to 2, which is that of the present version."
    ]
    assert fill(client, verb, first="2", why="it named somebody").status_code == SAVED
    assert client.get("/ideas/naan/versions/1/").status_code == 410
