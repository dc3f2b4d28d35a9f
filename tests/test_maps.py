"""Places fall where the drawn land expects them, and maps hold what they show."""

import json
import math
import re
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from catalogue.countries import CODES
from catalogue.maps import APART, EDGE, ZOOM, arc, country_map, locator_map, project, route_map, world_arcs, world_dots


@dataclass(frozen=True)
class City:
    name: str
    latitude: float | None
    longitude: float | None
    number: int = 1
    count: int = 1


BARCELONA = City("Barcelona", 41.39, 2.17)
SABADELL = City("Sabadell", 41.55, 2.11, number=1)
GETXO = City("Getxo", 43.36, -3.01, number=2)
FUENLABRADA = City("Fuenlabrada", 40.28, -3.79, number=3)
TENERIFE = City("Santa Cruz de Tenerife", 28.46, -16.25, number=4)
TORONTO = City("Toronto", 43.65, -79.38)
VANCOUVER = City("Vancouver", 49.28, -123.12)
AUCKLAND = City("Auckland", -36.85, 174.76)
SOMEWHERE = City("Somewhere", None, None)

cities = st.builds(
    City,
    name=st.text("abcdefgh ", min_size=1, max_size=25),
    latitude=st.floats(-60, 75),
    longitude=st.floats(-180, 180),
    number=st.integers(1, 99),
)
# Some routes go round the world, some stay within a city: those must be pushed apart most.
neighbourhoods = st.builds(replace, st.just(BARCELONA), latitude=st.floats(41.3, 41.5), longitude=st.floats(2.1, 2.3))
routes = st.one_of(*(st.lists(kind, min_size=2, max_size=25) for kind in (cities, neighbourhoods)))


def centre(dot):
    return float(dot.x), float(dot.y)


# Computed with d3-geo 3.1, as scripts/land.mjs projects the coast:
# geoEqualEarth().rotate([-11, 0]).fitSize([2000, 975], {type: 'Sphere'})([longitude, latitude])
@pytest.mark.parametrize(
    ("latitude", "longitude", "point"),
    [
        (0, 11, (1000.0, 487.5)),
        (0, 0, (938.9, 487.5)),
        (41.38, 2.17, (956.9, 192.4)),
        (43.65, -79.38, (565.6, 178.1)),
        (49.28, -123.12, (381.8, 143.9)),
        (-36.85, 174.76, (1821.7, 753.1)),
        (-33.92, 18.42, (1037.8, 733.4)),
        (-54.8, -68.3, (651.3, 862.5)),
        (69.65, 18.96, (1030.1, 42.7)),
        (90, 0, (963.8, 0.8)),
        (-90, 0, (963.8, 974.2)),
        (65, -169.01, (1715.6, 61.9)),
        (65, -168.99, (284.4, 61.9)),
        (0, -180, (1938.9, 487.5)),
        (0, 180, (1938.9, 487.5)),
    ],
)
def test_project_agrees_with_d3(latitude, longitude, point):
    assert project(latitude, longitude) == point


def test_route_map_crops_to_the_stops_and_letters_only_the_origin():
    drawn = route_map(BARCELONA, [SABADELL, GETXO, FUENLABRADA, TENERIFE])
    assert drawn.size == "540 450"
    assert drawn.land == "827.9 163.5 158.5 132.1"
    assert centre(drawn.origin) == (439.5, 98.6)
    assert [stop.place for stop in drawn.stops] == [SABADELL, GETXO, FUENLABRADA, TENERIFE]
    assert [centre(stop) for stop in drawn.stops[1:]] == [(356.4, 56), (338.7, 122.8), (100.5, 394)]
    assert drawn.arcs[3] == "M439.5 98.6Q216.8 185.3 100.5 394"
    # Sabadell's ring is above Barcelona's dot, so the name goes below.
    assert (drawn.label.text, drawn.label.x, drawn.label.y) == ("Barcelona", "439.5", "128.6")


def test_route_map_leaves_out_stops_without_coordinates():
    assert [stop.place for stop in route_map(BARCELONA, [SOMEWHERE, GETXO]).stops] == [GETXO]
    assert route_map(BARCELONA, [SOMEWHERE]) is None
    assert route_map(BARCELONA, []) is None
    assert route_map(SOMEWHERE, [GETXO]) is None


def test_route_map_shows_the_world_when_an_idea_crosses_the_pacific():
    drawn = route_map(AUCKLAND, [VANCOUVER])
    assert drawn.land == "193.4 -308.5 1816.7 1513.9"
    assert (centre(drawn.origin), centre(drawn.stops[0])) == ((484, 315.5), (56, 134.5))


def test_route_map_keeps_a_stop_that_a_full_frame_has_no_room_for():
    crowd = [replace(SABADELL, number=number) for number in range(1, 30)]
    assert len(route_map(BARCELONA, crowd, width=130, height=130).stops) == 29


@given(routes)
def test_route_map_holds_every_ring_whole_and_apart(places):
    origin, *stops = places
    drawn = route_map(origin, stops)
    rings = [centre(dot) for dot in (drawn.origin, *drawn.stops)]
    width, height = (int(side) for side in drawn.size.split())
    assert all(EDGE <= x <= width - EDGE and EDGE <= y <= height - EDGE for x, y in rings)
    assert all(math.dist(a, b) >= APART for i, a in enumerate(rings) for b in rings[:i])


@given(routes)
def test_route_map_enlarges_at_most_nine_times_without_distortion(places):
    origin, *stops = places
    drawn = route_map(origin, stops)
    width, height = (float(side) for side in drawn.land.split()[2:])
    assert 540 / width <= ZOOM
    assert height / width == pytest.approx(450 / 540, abs=0.002)


@given(cities, st.lists(cities, min_size=1, max_size=5))
def test_route_map_keeps_its_label_within_the_width(origin, stops):
    drawn = route_map(origin, stops)
    half = len(drawn.label.text) * 17 * 0.6 / 2
    assert half <= float(drawn.label.x) <= 540 - half
    assert 20 <= float(drawn.label.y) <= 450


def test_arc_bows_upwards_whichever_way_it_goes():
    assert arc((0, 100), (100, 100)) == "M0 100Q50 82 100 100"
    assert arc((100, 100), (0, 100)) == "M100 100Q50 82 0 100"
    assert arc((0, 0), (10, 0), bow=0.3) == "M0 0Q5 -3 10 0"


def test_locator_map_has_the_place_in_the_middle_and_the_neighbours_that_fall_on_it():
    montreal = City("Montréal", 45.5, -73.57)
    drawn = locator_map(TORONTO, [montreal, TORONTO, AUCKLAND, SOMEWHERE])
    assert drawn.size == "640 480"
    assert drawn.land == "490.6 121.8 150 112.5"
    assert centre(drawn.origin) == (320, 240)
    assert (drawn.label.text, drawn.label.x, drawn.label.y) == ("Toronto", "320", "292")
    assert [dot.place for dot in drawn.near] == [montreal]
    assert locator_map(SOMEWHERE, [TORONTO]) is None


def test_world_dots_grow_with_the_root_of_the_count_and_come_largest_first():
    dots = world_dots([BARCELONA, replace(TORONTO, count=9), SOMEWHERE, replace(AUCKLAND, count=4)])
    assert [(dot.place.name, dot.x, dot.y, dot.r) for dot in dots] == [
        ("Toronto", "565.6", "178.1", "10.8"),
        ("Auckland", "1821.7", "753.1", "8.1"),
        ("Barcelona", "956.9", "192.4", "5.5"),
    ]
    assert [dot.r for dot in world_dots([BARCELONA], scale=1)] == ["5"]


def test_world_arcs_draw_each_way_once():
    hops = [(TORONTO, VANCOUVER), (TORONTO, VANCOUVER), (VANCOUVER, TORONTO), (TORONTO, TORONTO), (TORONTO, SOMEWHERE)]
    assert world_arcs(hops) == ["M565.6 178.1Q484 105.9 381.8 143.9", "M381.8 143.9Q484 105.9 565.6 178.1"]


@pytest.mark.parametrize(
    ("template", "context"),
    [
        ("_route_map", {"map": route_map(BARCELONA, [replace(TENERIFE, name="<b>")]), "label": 'From "Barcelona"'}),
        ("_locator_map", {"map": locator_map(TORONTO, [VANCOUVER]), "label": "Toronto"}),
        ("_hero_map", {"dots": world_dots([TORONTO]), "arcs": world_arcs([(TORONTO, AUCKLAND)]), "label": "The world"}),
    ],
)
def test_templates_draw_the_same_in_every_locale(template, context, settings):
    settings.USE_THOUSAND_SEPARATOR = True
    drawings = set()
    for language in ("en", "de", "fr", "ar"):
        with translation.override(language):
            drawings.add(render_to_string(f"catalogue/{template}.html", context))
    assert len(drawings) == 1
    assert "style=" not in drawings.pop()


def test_country_map_holds_its_cities_and_names_the_fullest():
    drawn = country_map([replace(VANCOUVER, count=2), replace(TORONTO, count=9), SOMEWHERE])
    assert [(dot.place.name, dot.r) for dot in drawn.dots] == [("Toronto", "19.6"), ("Vancouver", "12")]
    assert drawn.label.text == "Toronto"
    assert all(0 < centre(dot)[0] < 640 and 0 < centre(dot)[1] < 480 for dot in drawn.dots)
    assert country_map([SOMEWHERE]) is None


def test_country_map_of_one_city_looks_no_closer_than_a_locator_map():
    assert country_map([TORONTO]).land == locator_map(TORONTO, []).land


# Small states


def rings(drawing: str) -> list[list[tuple[float, float]]]:
    """The land of a drawing, read as a browser reads the path."""
    path = re.search(r'class="land" d="M([^"]*)"', drawing)[1]
    found, pen = [], (0, 0)
    for part in path.removesuffix("z").split("z"):
        numbers = [int(n) for n in re.findall(r"-?\d+", part)]
        ring = []
        for x, y in zip(numbers[::2], numbers[1::2], strict=True):
            pen = (pen[0] + x, pen[1] + y)
            ring.append(pen)
        found.append(ring)
        pen = ring[0]
    return found


def is_inside(ring, x, y) -> bool:
    inside = False
    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


@pytest.mark.parametrize("detail", ["coarse", "mid", "fine"])
def test_no_country_vanishes_from_the_drawn_land(settings, detail):
    points = json.loads(Path(__file__).with_name("country_points.json").read_text("utf-8"))
    assert CODES - points.keys() == {"AQ"}
    drawing = Path(settings.BASE_DIR, "templates", "svg", f"land-{detail}.svg").read_text("utf-8")
    land = rings(drawing)
    islets = {(float(x), float(y)) for x, y in re.findall(r"M(-?[\d.]+) (-?[\d.]+)h0", drawing)}
    on_land = {code for code, (x, y) in points.items() if sum(is_inside(ring, x, y) for ring in land) % 2}
    missing = {code for code, point in points.items() if code not in on_land and tuple(point) not in islets}
    assert missing == set()
    assert {"LU", "CA", "XK"} <= on_land
    assert {"SG", "MT", "BH"} & on_land == set()
