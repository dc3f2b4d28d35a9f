"""The map: the same ideas and counts as the list, drawn within bounds, and its places as a list."""

import gzip
import random
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from catalogue import atlas
from catalogue.models import Edition, Idea, Topic
from catalogue.views import idea_map
from tests.factories import make_adaptation, make_city, make_idea, make_organisation
from tests.rebuild import Rebuild, rows
from tests.test_collection import random_queries
from tests.test_idea_list import page

pytestmark = pytest.mark.django_db

SVG = "{http://www.w3.org/2000/svg}"
TORONTO = {"name": "Toronto", "country": "CA", "latitude": 43.65, "longitude": -79.38}
BERLIN = {"name": "Berlin", "country": "DE", "latitude": 52.52, "longitude": 13.4}
LAGOS = {"name": "Lagos", "country": "NG", "latitude": 6.45, "longitude": 3.4}


@pytest.fixture
def three(db):
    """Two ideas in Toronto, one in Berlin, one nowhere; and one of Toronto's that went to Berlin and to Lagos."""
    toronto, berlin = make_city(**TORONTO), make_city(**BERLIN)
    council = make_organisation(name="Council", city=toronto)
    idea = make_idea(title="A", city=toronto, organisation=council, themes=["work"], topics=["mentoring"])
    make_idea(title="B", city=toronto, organisation=council, themes=["learn"], topics=["sport"])
    make_idea(title="C", city=berlin, organisation=council, themes=["work"])
    make_idea(title="D", city=None, organisation=None, themes=["live"])
    make_adaptation(idea=idea, city=berlin)
    make_adaptation(idea=idea, city=make_city(**LAGOS))


def places(tree) -> dict[str, int]:
    """Each city of the list under the map, with its number."""
    section = next(e for e in tree.iter("section") if e.get("aria-labelledby") == "places")
    return {
        "".join(item.find("span/a").itertext()): int("".join(item.find("span[@class='n']").itertext()))
        for item in section.findall("./ul/li/ul/li")
    }


def drawings(tree) -> list:
    """The maps of a page."""
    return [e for e in tree.iter(f"{SVG}svg") if "world" in e.get("class", "")]


def dots(tree) -> list[tuple[str, str]]:
    """The dots and rings that are links, as their words and addresses, in the order in which they are drawn."""
    links = [link for drawing in drawings(tree) for link in drawing.iter(f"{SVG}a")]
    return [(a.findtext(f"{SVG}title"), a.get("href")) for a in links if a.find(f"{SVG}circle") is not None]


def arcs(tree) -> list:
    return [e for drawing in drawings(tree) for e in drawing.iter(f"{SVG}path") if e.get("class") == "arc"]


def test_map_draws_each_city_of_the_ideas_and_leads_to_them(client, three):
    found = page(client, "/map/?theme=work&theme=learn")
    assert found["results"] == "3 ideas"
    assert dots(found["tree"]) == [
        ("Toronto, Canada: 2 ideas", "/ideas/?theme=learn&theme=work&city=toronto"),
        ("Berlin, Germany: 1 idea", "/ideas/?theme=learn&theme=work&city=berlin"),
    ]
    assert found["titles"] == ["Canada 2", "Germany 1"]
    assert places(found["tree"]) == {"Toronto": 2, "Berlin": 1}
    assert found["links"]["Toronto"] == "/ideas/?theme=learn&theme=work&city=toronto"


def test_map_dot_stands_for_its_city_alone(client, three):
    found = page(client, "/map/?city=toronto&city=berlin")
    assert [href for _title, href in dots(found["tree"])] == ["/ideas/?city=toronto", "/ideas/?city=berlin"]


def test_map_drawing_is_no_stop_for_a_keyboard_or_a_screen_reader(client, three):
    tree = page(client, "/map/?lines=1")["tree"]
    hidden = [e for e in tree.iter() if e.get("aria-hidden") == "true"]
    world = {id(e) for part in hidden for e in part.iter()}
    assert [id(drawing) in world for drawing in drawings(tree)] == [True]
    assert {link.get("tabindex") for drawing in drawings(tree) for link in drawing.iter(f"{SVG}a")} == {"-1"}
    assert page(client, "/map/")["links"]["Skip the map: the same places as a list"] == "#places"


def test_map_and_list_lead_to_each_other_with_the_same_question(client, three):
    query = "?q=helps&theme=work&sort=title"
    links = page(client, f"/map/{query}&region=europe&lines=1&page=1")["links"]
    assert links["List"] == f"/ideas/{query}"
    assert page(client, f"/ideas/{query}")["links"]["Map"] == f"/map/{query}"


def test_map_names_what_is_on_no_map(client, three):
    found = page(client, "/map/")
    heading = next(e for e in found["tree"].iter("h2") if e.get("id") == "placeless")
    assert heading.text == "1 idea belongs to no one city and is not on the map."
    assert found["links"]["D"] == "/ideas/d/"
    assert not [e for e in page(client, "/map/?theme=work")["tree"].iter("h2") if e.get("id") == "placeless"]


def test_map_leads_to_all_that_it_cannot_draw(client, three, monkeypatch):
    monkeypatch.setattr(idea_map, "PLACELESS", 2)
    monkeypatch.setattr(idea_map, "SIZE", 3)
    with Edition.act():
        for title in "EF":
            make_idea(title=title, city=None, organisation=None)
    links = page(client, "/map/")["links"]
    assert links["All of them, at the end of the list by city"] == "/ideas/?sort=city&page=2"
    assert ("F" in links, "E" in links, "D" in links) == (True, True, False)


def test_map_opens_a_region(client, three):
    found = page(client, "/map/?region=europe&theme=work")
    assert found["results"] == "2 ideas"
    assert "Europe: 1 idea in 1 city." in [" ".join("".join(p.itertext()).split()) for p in found["tree"].iter("p")]
    assert places(found["tree"]) == {"Berlin": 1}
    assert dots(found["tree"]) == [("Berlin, Germany: 1 idea", "/ideas/?theme=work&city=berlin")]
    assert found["title"] == "Map of ideas in Europe – Theme: Work – Good Ideas"
    assert found["canonical"] == "http://127.0.0.1:8000/map/?theme=work&region=europe"
    assert found["links"]["The world"] == "/map/?theme=work"
    assert found["links"]["Remove: Theme: Work"] == "/map/?region=europe"


def test_map_offers_the_regions_that_have_ideas(client, three):
    links = page(client, "/map/")["links"]
    names = {str(region.name) for region in atlas.REGIONS.values()}
    assert names & set(links) == {"Europe", "Eastern North America"}
    assert page(client, "/map/?region=africa")["links"]["Africa"] == "/map/?region=africa"


def test_map_draws_the_ways_when_asked(client, three):
    assert page(client, "/map/")["links"]["Show where ideas travelled"] == "/map/?lines=1"
    found = page(client, "/map/?lines=1")
    assert [link for link in dots(found["tree"]) if link[0] == "Lagos"] == [("Lagos", "/cities/lagos/")]
    assert len(arcs(found["tree"])) == 2
    assert found["titles"] == ["Canada 2", "Germany 1", "From Toronto"]
    assert found["links"]["Hide where ideas travelled"] == "/map/"
    assert arcs(page(client, "/map/?lines=1&theme=learn")["tree"]) == []


def test_map_shows_no_way_to_what_is_not_public(client, three):
    before = client.get("/map/?lines=1").content, client.get("/travel/").content
    with Edition.act():
        idea, hidden = Idea.objects.get(title="A"), make_city(name="Hiddenham")
        draft = make_idea(title="Draft", city=hidden, organisation=None, status=Idea.Status.DRAFT)
        make_adaptation(idea=idea, city=hidden, shown=False)
        make_adaptation(idea=draft, city=hidden)
        make_adaptation(idea=draft, became=idea, city=make_city(**LAGOS | {"name": "Abuja"}))
    assert (client.get("/map/?lines=1").content, client.get("/travel/").content) == before


def test_map_draws_the_way_to_what_an_idea_became_once_that_is_public(client, three):
    with Edition.act():
        idea = Idea.objects.get(title="A")
        draft = make_idea(title="Heir", city=make_city(**LAGOS | {"name": "Abuja"}), status=Idea.Status.DRAFT)
        make_adaptation(idea=idea, became=draft, place="The south")
    assert "Abuja" not in page(client, "/map/?lines=1&theme=work")["links"]
    with Edition.act():
        draft.status, draft.first_published = Idea.Status.PUBLISHED, "2020-01-01T00:00:00Z"
        draft.save()
    ways = next(
        e
        for e in page(client, "/map/?lines=1&city=toronto")["tree"].iter("section")
        if e.get("aria-labelledby") == "ways"
    )
    assert ["".join(a.itertext()) for item in ways.findall("./ul/li/ul/li") for a in item.iter("a")] == [
        "Abuja", "Berlin", "Lagos"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?theme=nonsense", "“nonsense” is not a theme."),
        ("?country=xx", "“xx” is not a country"),
        ("?started_min=abc", "“abc” is not a year"),
        ("?sort=best", "“best” is not an order"),
        ("?page=0", "“0” is not a page"),
        ("?region=atlantis", "“atlantis” is not a region of the map. Choose europe, "),
        ("?region=%3Cb%3E", "“<b>” is not a region of the map."),
        ("?lines=maybe", "“maybe” doesn’t say whether lines are drawn."),
    ],
)
def test_map_names_what_means_nothing_and_goes_on_without_it(client, three, query, sentence):
    found = page(client, f"/map/{query}", status=400)
    assert len(found["errors"]) == 1
    assert sentence in found["errors"][0]
    assert found["results"] == "4 ideas"
    assert found["title"].startswith("Error: ")
    said = [e for e in found["tree"].iter("p") if e.get("class") == "err-msg"]
    # The page and the order have no field here; their fault stands at the top alone.
    assert len(said) == (0 if query in {"?sort=best", "?page=0"} else 1)


def test_map_says_what_helps_when_nothing_matches(client, three):
    found = page(client, "/map/?theme=live&city=toronto&region=europe")
    assert found["results"] == "No idea matches all of that"
    assert found["links"]["Without “City: Toronto”"] == "/map/?theme=live&region=europe"
    assert dots(found["tree"]) == []


def test_map_of_ideas_without_a_city_draws_none(client, three):
    found = page(client, "/map/?theme=live")
    assert (found["results"], dots(found["tree"])) == ("1 idea", [])


def test_map_has_one_canonical_address_for_one_question(client, three):
    one = page(client, "/map/?lines=1&theme=work&region=&country=ca&sort=title&unheard=1")["canonical"]
    assert one == "http://127.0.0.1:8000/map/?theme=work&country=CA&lines=1"
    assert page(client, f"/map/?{urlsplit(one).query}")["canonical"] == one


def test_map_leads_old_slugs_to_the_same_query_with_the_new(client, three):
    with Edition.act(why="renamed"):
        topic = Topic.objects.get(slug="mentoring")
        topic.slug = "mentors"
        topic.save()
    response = client.get("/map/?region=europe&topic=mentoring")
    assert (response.status_code, response["Location"]) == (301, "/map/?region=europe&topic=mentors")


def test_map_has_as_many_pages_as_its_list_of_places(client, three, monkeypatch):
    monkeypatch.setattr(idea_map, "CITIES", 1)
    monkeypatch.setattr(idea_map, "CITIES_OF_MANY", 1)
    first, second = page(client, "/map/?theme=work"), page(client, "/map/?theme=work&page=2")
    assert (first["titles"], second["titles"]) == (["Canada 1"], ["Germany 1"])
    assert dots(first["tree"]) == dots(second["tree"])
    assert second["canonical"] == "http://127.0.0.1:8000/map/?theme=work&page=2"
    assert client.get("/map/?theme=work&page=3").status_code == 404


def test_map_is_the_same_for_whoever_has_it(client, three):
    first = client.get("/map/?theme=work&region=europe")
    again = client.get("/map/?region=europe&theme=work&region=europe", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get("/map/?theme=work", headers={"if-none-match": first["ETag"]})
    assert other.status_code == 200


def test_map_draws_so_many_dots_and_says_so(client, monkeypatch):
    monkeypatch.setattr(atlas, "DOTS", 3)
    with Edition.act():
        for number in range(5):
            make_idea(city=make_city(latitude=20 * number - 40, longitude=30))
        make_idea(city=make_city(name="No place", latitude=None, longitude=None))
    found = page(client, "/map/")
    assert len(dots(found["tree"])) == 3
    said = [e.text for e in found["tree"].iter("p") if (e.text or "").startswith("The 3 cities")]
    assert said == ["The 3 cities with the most ideas are drawn; the list below has all 6."]
    assert len(places(found["tree"])) == 6


def test_dots_of_a_large_catalogue_stay_as_large_as_a_reader_can_use_and_the_key_goes_with_them():
    london, dots = _spot("london", 4_000), [_spot(f"town-{n}", n + 1, 50 + n) for n in range(3)]
    drawn = atlas.world([london, *dots]).dots
    alone = atlas.world([_spot("london", 40)]).dots
    assert drawn[0].r == alone[0].r == "15.1"
    assert [dot.r for dot in drawn[1:]] == ["2.6", "2.5", "2.4"]
    assert idea_map.key_dot(4_000, 4_000, atlas.WORLD_SCALE)["r"] == "15.1"


def _spot(key: str, count: int, latitude: float = 51.5) -> atlas.Spot:
    return atlas.Spot(key, key, "GB", f"{key}: {count}", "/", count, latitude, 0.1)


@pytest.mark.parametrize("count", [1, 5])
def test_map_asks_one_query_for_the_names_of_what_it_cannot_draw(client, count):
    with Edition.act():
        for _ in range(count):
            make_idea()
            make_idea(city=None, organisation=None)
    client.get("/map/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/map/?lines=1")
    assert len(queries) == 1


def weight(response) -> int:
    assert response.status_code == 200
    return len(gzip.compress(response.content, 9))


def test_map_drawing_of_thousands_of_cities_is_bounded():
    chance = random.Random(5)
    spots = [
        atlas.Spot(
            *(
                f"city-{number}",
                f"City {number}",
                "CA",
                f"City {number}, Canada: 2 ideas",
                f"/ideas/?city=city-{number}",
            ),
            *(chance.randint(1, 30), chance.uniform(30, 60), chance.uniform(-120, 140)),
        )
        for number in range(5000)
    ]
    ways = [tuple(chance.sample(spots, 2)) for _ in range(2000)]
    regions = atlas.crowded(spots)
    drawings = [atlas.world(spots, ways, regions), *(atlas.inset(region, spots, ways) for region in regions)]
    html = "".join(render_to_string("catalogue/_world_map.html", {"map": map, "land": "use"}) for map in drawings)
    assert len(regions) == 2
    assert html.count("<circle") <= atlas.DOTS + 2 * atlas.INSET_DOTS
    assert html.count('class="arc"') <= 3 * atlas.WAYS
    assert len(gzip.compress(html.encode(), 9)) <= 30_000


@pytest.mark.usefixtures("collection")
class TestCollection:
    def test_map_counts_what_the_list_counts(self, client):
        rebuild = Rebuild()
        names = {row["slug"]: row for row in rows("cities")}
        for query in random_queries()[::6]:
            address = f"?{urlencode(query, doseq=True)}"
            on_map, listed = page(client, f"/map/{address}"), page(client, f"/ideas/{address}")
            assert on_map["results"] == listed["results"], address
            assert (on_map["counts"], on_map["checked"]) == (listed["counts"], listed["checked"]), address
            ids = rebuild.ids(query)
            if not ids:
                continue
            counts = {}
            for pk in ids:
                for city in rebuild.ideas[pk]["city"]:
                    counts[names[city]["name"]] = counts.get(names[city]["name"], 0) + 1
            assert places(on_map["tree"]) == counts, address
            title, href = dots(on_map["tree"])[0] if counts else ("", "")
            if title:
                (city,) = parse_qs(urlsplit(href).query)["city"]
                assert f": {counts[names[city]['name']]} idea" in title

    # English keeps to 29.5 kB. The same sentences in the longest language, German, weigh 660 bytes more.
    @pytest.mark.parametrize(
        ("address", "most"),
        [
            ("/map/", 29_500),
            ("/map/?region=europe", 29_500),
            ("/map/?lines=1", 38_500),
            ("/de/map/", 30_500),
            ("/de/map/?lines=1", 39_500),
        ],
    )
    def test_map_is_light(self, client, address, most):
        assert weight(client.get(address)) <= most
