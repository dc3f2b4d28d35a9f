"""The page of journeys: what moved most, who gave and took, what is newest; and nothing of what isn't public."""

import pytest

from catalogue.models import Edition, Idea
from tests.factories import make_adaptation, make_city, make_idea
from tests.markup import tree_of

pytestmark = pytest.mark.django_db


def lists(client) -> dict[str, list[str]]:
    """By its heading, the entries of each list in one line."""
    response = client.get("/travel/")
    assert response.status_code == 200
    tree = tree_of(response)

    def text(element):
        return " ".join("".join(element.itertext()).split())

    return {
        text(section.find(".//h2")): [text(item) for item in section.findall("./ul/li")]
        for section in tree.find(".//main").iter("section")
    }


@pytest.fixture
def journeys(db):
    """A went to Berlin and Lagos, B to Berlin; somebody in Oslo gave what became A in Toronto."""
    toronto, berlin = make_city(name="Toronto"), make_city(name="Berlin", country="DE", latitude=52.5, longitude=13.4)
    lagos = make_city(name="Lagos", country="NG", latitude=6.5, longitude=3.4)
    oslo = make_city(name="Oslo", country="NO", latitude=59.9, longitude=10.7)
    a, b = (make_idea(title=title, city=toronto, organisation=None) for title in "AB")
    make_adaptation(idea=a, city=berlin, year=2010)
    make_adaptation(idea=a, city=lagos, year=2012)
    make_adaptation(idea=b, city=berlin)
    make_adaptation(from_city=oslo, became=a, year=2005)


def test_travel_tells_who_moved_gave_and_took(client, journeys):
    found = lists(client)
    assert found["Ideas that moved most"] == [
        "Toronto, Canada A Work 2 more places",
        "Toronto, Canada B Work 1 more place",
    ]
    assert found["Cities that gave most"] == ["Toronto3 journeys", "Oslo1 journey"]
    assert found["Cities that took up most"] == ["Berlin2 journeys", "Lagos1 journey", "Toronto1 journey"]
    assert [entry.split("Taken up ")[1] for entry in found["Newest journeys"]] == [
        "in Lagos, Nigeria, 2012", "in Berlin, Germany, 2010", "in Toronto, Canada, 2005"
    ]  # fmt: skip


def test_travel_forgets_the_journeys_of_what_is_withdrawn(client, journeys):
    Idea.objects.get(title="A").withdraw(reason="Its organisers asked for it.")
    found = lists(client)
    assert found == {
        "Ideas that moved most": ["Toronto, Canada B Work 1 more place"],
        "Cities that gave most": ["Toronto1 journey"],
        "Cities that took up most": ["Berlin1 journey"],
    }


def test_travel_says_when_nothing_is_known_to_have_travelled(client):
    make_idea(title="Home")
    page = client.get("/travel/").content.decode()
    assert "No idea of the catalogue is known to have been taken up elsewhere yet." in page
    assert lists(client) == {}
    assert "world" not in page.split("<main", 1)[1].split("</main>")[0]


def test_travel_draws_each_way_once_and_a_ring_where_nothing_began(client, journeys):
    with Edition.act():
        make_adaptation(idea=Idea.objects.get(title="B"), city=make_city(name="Here", latitude=None, longitude=None))
    page = client.get("/travel/").content.decode()
    assert page.count('class="arc"') == 3
    assert page.count('<circle class="to"') == 2
