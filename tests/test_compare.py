"""Ideas side by side: what an address asks for, what of it can be shown, and what the table says."""

import re
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalogue.models import Edition, Idea
from tests.factories import make_adaptation, make_city, make_idea, make_organisation, make_resource
from tests.markup import tree_of

pytestmark = pytest.mark.django_db


def address(*slugs):
    return f"/compare/?{urlencode([('idea', slug) for slug in slugs])}"


def text(element):
    return " ".join("".join(element.itertext()).split())


def table(response) -> dict[str, list[str]]:
    """Each row of the table by its head, as the text of its cells without the place that names them on a phone."""
    tree = tree_of(response)
    rows = {}
    for row in tree.iter("tr"):
        head, *cells = list(row)
        for cell in cells:
            for who in [p for p in cell.iter("p") if p.get("class") == "who"]:
                cell.remove(who)
        rows[text(head)] = [text(cell) for cell in cells]
    return rows


def heads(response) -> list[str]:
    return re.findall(r'<p class="name"><a href="/ideas/([^/]+)/"', response.content.decode())


def notices(response) -> list[str]:
    tree = tree_of(response)
    return [text(p) for p in tree.iter("p") if p.get("class") == "notice"]


def make_ideas(*titles, **values):
    return [make_idea(title=title, **values) for title in titles]


def rename(idea, slug):
    with Edition.act(why="renamed in a test"):
        idea.slug = slug
        idea.save()


@pytest.mark.parametrize("count", [2, 3, 4])
def test_compare_shows_ideas_in_the_order_of_the_address(client, count):
    make_ideas("One", "Two", "Three", "Four")
    slugs = ["four", "one", "three", "two"][:count]
    response = client.get(address(*slugs))
    assert (response.status_code, heads(response)) == (200, slugs)
    assert notices(response) == []


def test_compare_shows_each_thing_row_by_row(client):
    ghent, lyon = make_city(name="Ghent", country="BE"), make_city(name="Lyon", country="FR")
    with Edition.act():
        one = make_idea(
            title="One", city=ghent, organisation=make_organisation(name="Council", city=ghent), partners=["A", "B"],
            started=2004, audiences=["refugees", "women"], topics=["sport"], criteria=["practical"],
            sources=[make_resource(), make_resource()], summary="It plays.",
        )  # fmt: skip
        two = make_idea(
            title="Two", city=None, placeless=True, organisation=None, audiences=["refugees"], topics=["sport"],
            ended=2011, summary="",
        )  # fmt: skip
        make_adaptation(idea=one, city=lyon)
        make_adaptation(idea=one, place="Tenerife", country="ES")
    rows = table(client.get(address("one", "two")))
    rows.pop("")
    assert rows == {
        "Led by": ["Council City government", "Not recorded"],
        "With": ["A B", "Not recorded"],
        "Started": ["2004", "Not recorded"],
        "Ended": ["Not recorded", "2011"],
        "Who it is for": ["Refugees Women", "Refugees"],
        "Topics the same for all": ["Sport", "Sport"],
        "In short": ["It plays.", "Not recorded"],
        "Practical": ["It is practical.", "No evidence recorded yet"],
        "Travelled to": ["Lyon France Tenerife, Spain", "Not recorded"],
        "Sources": ["2 sources", "Not recorded"],
        "Permanent link": [f"http://127.0.0.1:8000/i/{pk}/" for pk in (one.pk, two.pk)],
    }


def test_compare_marks_what_only_some_have(client):
    make_idea(title="One", audiences=["refugees", "women"], started=2004)
    make_idea(title="Two", audiences=["refugees"], started=2005)
    page = client.get(address("one", "two")).content.decode()
    own = re.findall(r'<li class="own">.*?<bdi>(.*?)</bdi>', page)
    assert own == ["Women"]


def test_compare_with_one_offers_others_to_put_beside_it(client):
    make_ideas("One", "Two", topics=["sport"])
    response = client.get(address("one"))
    assert (response.status_code, heads(response)) == (200, ["one"])
    assert 'href="/compare/?idea=one&amp;idea=two"' in response.content.decode()


def test_compare_with_five_shows_four_and_names_the_fifth(client):
    make_ideas("One", "Two", "Three", "Four", "Five")
    response = client.get(address("one", "two", "three", "four", "five"))
    assert (response.status_code, heads(response)) == (200, ["one", "two", "three", "four"])
    assert notices(response) == ["“Five” isn’t shown: only 4 fit side by side. See it alone"]


def test_compare_counts_a_repeated_idea_once(client):
    make_ideas("One", "Two")
    response = client.get(address("one", "two", "one", ""))
    assert (response.status_code, heads(response), notices(response)) == (200, ["one", "two"], [])


def test_compare_names_what_is_unknown_hidden_or_withdrawn(client):
    gone = make_ideas("One", "Two", "Gone")[-1]
    make_idea(title="Secret", status=Idea.Status.DRAFT)
    gone.withdraw(reason="It closed.")
    response = client.get(address("one", "nowhere", "gone", "secret", "a b", "two"))
    assert (response.status_code, heads(response)) == (200, ["one", "two"])
    assert notices(response) == [
        "“nowhere” isn’t shown: no idea has this address.",
        "“Gone” isn’t shown: it was withdrawn. Why it was",
        "“secret” isn’t shown: no idea has this address.",
        "“a b” isn’t shown: no idea has this address.",
    ]


@pytest.mark.parametrize("slugs", [["nowhere"], ["nowhere", "x" * 500, "\0"], ["gone"]])
def test_compare_without_any_that_can_be_shown_is_refused(client, slugs):
    make_idea(title="Gone").withdraw(reason="It closed.")
    response = client.get(address(*slugs))
    assert (response.status_code, len(notices(response))) == (400, len(slugs))


def test_compare_without_a_choice_says_how_to_make_one(client):
    response = client.get("/compare/")
    assert (response.status_code, notices(response)) == (200, [])
    assert 'href="/ideas/"' in response.content.decode()


def test_compare_leads_from_old_slugs_to_the_present_ones_in_one_hop(client):
    one, _two, old, winner = make_ideas("One", "Two", "Old", "Winner")
    rename(one, "newer")
    rename(one, "newest")
    old.merge_into(winner)
    response = client.get(address("one", "two", "old", "newer"))
    assert (response.status_code, response["Location"]) == (301, address("newest", "two", "winner"))
    assert client.get(response["Location"]).status_code == 200


def test_compare_says_nothing_of_an_old_slug_that_leads_to_a_hidden_idea(client):
    idea = make_idea(title="Once")
    rename(idea, "later")
    with Edition.act():
        idea.status, idea.first_published = Idea.Status.DRAFT, None
        idea.save()
    assert client.get(address("once")).status_code == 400


def test_compare_answers_a_very_long_choice(client):
    make_idea(title="One")
    response = client.get(address("one", *(f"x{number}" for number in range(300))))
    assert (response.status_code, len(notices(response))) == (200, 20)
    assert notices(response)[-1] == "281 more were asked for: only 4 fit side by side."


def test_compare_is_canonical_in_its_order_and_not_indexed(client):
    make_ideas("One", "Two")
    page = client.get("/compare/?utm=x&idea=two&idea=one&idea=two").content.decode()
    assert '<link rel="canonical" href="http://127.0.0.1:8000/compare/?idea=two&amp;idea=one">' in page
    assert '<meta name="robots" content="noindex">' in page
    titles = {
        re.search(r"<title>(.*?)</title>", client.get(a).content.decode())[1]
        for a in ("/compare/", address("one"), address("one", "two"), address("two", "one"), address("none"))
    }
    assert len(titles) == 5


def test_compare_asks_the_same_queries_whatever_it_shows(client):
    cities = [make_city() for _ in range(4)]
    for number, title in enumerate(["One", "Two", "Three", "Four"]):
        idea = make_idea(title=title, criteria=["practical", "successful"], sources=[make_resource()])
        for city in cities[: number + 1]:
            make_adaptation(idea=idea, city=city)
    found = []
    for slugs in (["one", "two"], ["one", "two", "three"], ["one", "two", "three", "four"]):
        client.get(address(*slugs))
        with CaptureQueriesContext(connection) as queries:
            client.get(address(*slugs))
        found.append(len(queries))
    assert found == [3, 3, 3]


def test_list_offers_a_box_for_each_idea_that_joins_the_form_of_comparing(client):
    make_ideas("One", "Two")
    page = client.get("/ideas/").content.decode()
    assert re.findall(r'<input type="checkbox" form="compare" name="idea" value="([^"]+)">', page) == ["two", "one"]
    assert '<form class="compare-bar" id="compare" action="/compare/">' in page
    # Where no form is there to join, there is no box.
    assert "checkbox" not in client.get(Idea.objects.get(slug="one").city.get_absolute_url()).content.decode()
