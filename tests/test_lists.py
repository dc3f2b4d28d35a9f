"""Every list page: it shows what it should, hides drafts, refuses nonsense, and asks as much for one as for twenty."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalogue.models import Edition, Idea
from tests.factories import make_adaptation, make_city, make_idea, make_organisation, make_resource

pytestmark = pytest.mark.django_db

#: Each list page with the number of its queries. The edition is read besides, on the clock's own connection.
LISTS = {
    "/": 4,
    "/ideas/": 1,
    "/like-mine/": 0,
    "/like-mine/?lead=city-government": 1,
    "/map/": 0,
    "/map/?lines=1&region=europe": 0,
    "/travel/": 2,
    "/themes/": 0,
    "/themes/work/": 1,
    "/topics/": 0,
    "/topics/mentoring/": 1,
    "/countries/": 0,
    "/countries/ca/": 2,
    "/cities/": 0,
    "/cities/toronto/": 3,
    "/organisations/": 0,
    "/organisations/council/": 3,
    "/criteria/": 2,
    "/resources/": 3,
    "/about/data/": 0,
}


def fill(count):
    with Edition.act(why="made for a test"):
        city = make_city(name="Toronto")
        other = make_city(name="Ghent", country="BE")
        council = make_organisation(name="Council", city=city)
        for number in range(count):
            idea = make_idea(
                title=f"Idea {number}", city=city, organisation=council, topics=["mentoring"], criteria=["practical"],
                sources=[make_resource(title=f"Report {number}")],
            )  # fmt: skip
            make_adaptation(idea=idea, city=other)
            make_adaptation(idea=make_idea(city=make_city()), city=city, organisation=council)


@pytest.mark.parametrize("count", [1, 3, 20])
def test_list_page_asks_the_same_queries_whatever_it_holds(client, count):
    fill(count)
    client.get("/ideas/")
    found = {}
    for address in LISTS:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200, address
        found[address] = len(queries)
    assert found == LISTS


@pytest.mark.parametrize("address", LISTS)
def test_list_page_hides_what_is_not_published(client, address):
    fill(2)
    page = client.get(address).content
    secret = {"title": "Hidden", "topics": ["hidden"], "city": make_city(name="Hiddenham")}
    with Edition.act():
        secret["organisation"] = make_organisation(name="Hidden Hands")
        make_idea(**secret, status=Idea.Status.DRAFT, sources=[make_resource(title="Hidden report")])
        make_adaptation(idea=Idea.objects.first(), city=make_city(name="Hiddenton"), shown=False)
    assert client.get(address).content == page


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/organisations/?page=0", 404),
        ("/organisations/?page=2", 404),
        ("/organisations/?page=x", 404),
        ("/organisations/?sector=mafia", 404),
        ("/cities/?page=2", 404),
        ("/resources/?page=9", 404),
        ("/resources/?kind=rumour", 400),
        ("/resources/?theme=none&kind=", 400),
        ("/themes/none/", 404),
        ("/topics/none/", 404),
        ("/countries/zz/", 404),
        ("/countries/canada/", 404),
        ("/cities/none/", 404),
        ("/organisations/none/", 404),
        ("/about/none/", 404),
    ],
)
def test_list_page_refuses_nonsense(client, address, status):
    fill(1)
    assert client.get(address).status_code == status


def test_resource_list_filters_by_kind_and_theme(client):
    make_idea(
        themes=["work"],
        sources=[make_resource(title="Film", type="video"), make_resource(title="Paper", type="report")],
    )
    make_idea(themes=["live"], sources=[make_resource(title="Clip", type="video")])
    make_idea(status=Idea.Status.DRAFT, sources=[make_resource(title="Secret", type="video")])

    def shown(query):
        page = client.get(f"/resources/{query}").content.decode()
        return [title for title in ("Clip", "Film", "Paper", "Secret") if f">{title}<" in page]

    assert shown("") == ["Clip", "Film", "Paper"]
    assert shown("?kind=video") == ["Clip", "Film"]
    assert shown("?kind=video&theme=work") == ["Film"]
    assert shown("?kind=video&kind=report&theme=work") == ["Film", "Paper"]
    assert shown("?kind=policy") == []


def test_idea_page_asks_at_most_eight_queries(client):
    fill(20)
    address = Idea.objects.get(title="Idea 3").get_absolute_url()
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    assert len(queries) == 6, [query["sql"][:90] for query in queries]


def test_city_page_tells_what_it_gave_and_what_it_took_up(client):
    toronto, ghent = make_city(name="Toronto"), make_city(name="Ghent", country="BE")
    given = make_idea(title="Given", city=toronto)
    make_adaptation(idea=given, city=ghent, year=2012, state="running", note="Same method")
    page = client.get("/cities/ghent/").content.decode()
    assert "Taken up from elsewhere" in page
    for text in ("Given", "Toronto, Canada", "2012", "Running", "Same method"):
        assert text in page


def test_related_ideas_say_why(client):
    city = make_city(name="Ghent", country="BE")
    make_idea(title="One", city=city, topics=["mentoring", "sport"])
    make_idea(title="Two", city=city, topics=["mentoring"])
    page = client.get("/ideas/one/").content.decode()
    assert "Also about Mentoring and in Ghent" in page
