"""Small maps: where a place falls on the drawings of land, and what the map templates draw, worked out on the server.

A point is (x, y), y downwards, on the land drawings of templates/svg (2000 × 975) or in a map's own frame. What
reaches a template is a string already, so that no locale writes a comma into an SVG attribute.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

XY = tuple[float, float]

# scripts/land.mjs draws the coast with the same two numbers: change both or neither.
LAND_WIDTH, LAND_HEIGHT = 2000, 975
CENTRAL_MERIDIAN = 11  # the cut, opposite, runs through the Bering Strait

A1, A2, A3, A4 = 1.340264, -0.081106, 0.000893, 0.003796
M = math.sqrt(3) / 2
SCALE = LAND_WIDTH * M * A1 / (2 * math.pi)  # the equator fills the width

PAD = 56  # between a route map's outermost rings and its edge
ZOOM = 9  # at most, or the coast is seen to be coarse
APART = 31  # between the centres of two rings
EDGE = 18  # between a ring's centre and the edge: on a phone a ring has a radius of 15
LETTER = 11.5  # width of a letter of a label, on a phone, where labels are largest
RING = 13  # radius of what a label should not cover

LOCATOR_SPAN = 150  # units of the land drawing that a locator map shows from side to side
FULL = 40  # ideas of the largest dot; where a city has more, it stays as large and all others shrink with it
HERO_SCALE = 1.1  # of dots on the home page's map
HERO_BOW = 0.3


class Place(Protocol):
    name: str
    latitude: float | None
    longitude: float | None


class Stop(Place, Protocol):
    number: int


class CountedPlace(Place, Protocol):
    count: int


@dataclass(frozen=True)
class Dot:
    """A circle on a map, and the place that it stands for."""

    place: Place
    x: str
    y: str
    r: str


@dataclass(frozen=True)
class Label:
    """A name on a map: its middle, and its baseline."""

    text: str
    x: str
    y: str


@dataclass(frozen=True)
class RouteMap:
    """Where an idea began and the numbered places that took it up, joined by arcs."""

    size: str  # of the map: width and height
    land: str  # the viewBox that crops the land drawing to the map
    arcs: tuple[str, ...]
    origin: Dot
    stops: tuple[Dot, ...]  # number and name are those of `stop.place`
    label: Label


@dataclass(frozen=True)
class LocatorMap:
    """A place in the middle, with its neighbours round it."""

    size: str
    land: str
    origin: Dot
    near: tuple[Dot, ...]
    label: Label


@dataclass(frozen=True)
class CountryMap:
    """The cities of a country, of which the one with the most ideas is named."""

    size: str
    land: str
    dots: tuple[Dot, ...]
    label: Label


@lru_cache(maxsize=10_000)
def project(latitude: float, longitude: float) -> XY:
    """Where degrees north and east fall on the land drawing, rounded to .1.

    Equal Earth: B. Šavrič, T. Patterson and B. Jenny, "The Equal Earth map projection", International Journal of
    Geographical Information Science 33 (2018), https://doi.org/10.1080/13658816.2018.1504949.
    """
    east = math.radians(math.remainder(longitude - CENTRAL_MERIDIAN, 360))
    theta = math.asin(M * math.sin(math.radians(latitude)))
    t2, t6 = theta**2, theta**6
    x = east * math.cos(theta) / (M * (A1 + 3 * A2 * t2 + t6 * (7 * A3 + 9 * A4 * t2)))
    y = theta * (A1 + A2 * t2 + t6 * (A3 + A4 * t2))
    return round(LAND_WIDTH / 2 + SCALE * x, 1), round(LAND_HEIGHT / 2 - SCALE * y, 1)


def route_map(origin: Place, stops: Iterable[Stop], *, width: int = 540, height: int = 450) -> RouteMap | None:
    """The way from `origin` to `stops`, cropped to them; None unless the origin and a stop have coordinates.

    Rings that would touch are moved apart: the origin stays, each stop takes the nearest spot that those before it
    left free. Stops without coordinates are left out.
    """
    stops = [stop for stop in stops if is_located(stop)]
    if not stops or not is_located(origin):
        return None
    points = [position(place) for place in (origin, *stops)]
    crop = Crop.around(points, width, height)
    start, *ends = _apart(tuple(crop.spot(point) for point in points), width, height)
    return RouteMap(
        size=f"{width} {height}",
        land=crop.view_box,
        arcs=tuple(arc(start, end) for end in ends),
        origin=dot_at(origin, start, 10),
        stops=tuple(dot_at(stop, end, 12) for stop, end in zip(stops, ends, strict=True)),
        label=_label(origin.name, start, ends, width),
    )


def locator_map(place: Place, neighbours: Iterable[Place], *, width: int = 640, height: int = 480) -> LocatorMap | None:
    """Where `place` lies, with those of `neighbours` that fall on the map; None when it has no coordinates."""
    if not is_located(place):
        return None
    crop = Crop(position(place), width / LOCATOR_SPAN, width, height)
    x, y = centre = width / 2, height / 2
    near = ((each, crop.spot(position(each))) for each in neighbours if is_located(each))
    return LocatorMap(
        size=f"{width} {height}",
        land=crop.view_box,
        origin=dot_at(place, centre, 15),
        near=tuple(
            dot_at(each, spot, 7)
            for each, spot in near
            if 0 < spot[0] < width and 0 < spot[1] < height and spot != centre
        ),
        label=Label(place.name, number(x), number(y + 52)),
    )


def country_map(places: Iterable[CountedPlace], *, width: int = 640, height: int = 480) -> CountryMap | None:
    """As close to `places` as holds all of them, but no closer than a locator map; None when none has coordinates."""
    located = sorted(filter(is_located, places), key=lambda place: -place.count)
    if not located:
        return None
    crop = Crop.around([position(place) for place in located], width, height, width / LOCATOR_SPAN)
    most = located[0].count
    dots = tuple(dot_at(each, crop.spot(position(each)), 2 * radius(each.count, most)) for each in located)
    at, *rest = ((float(dot.x), float(dot.y)) for dot in dots)
    return CountryMap(f"{width} {height}", crop.view_box, dots, _label(located[0].name, at, rest, width, 2))


def world_dots(places: Iterable[CountedPlace], *, scale: float = HERO_SCALE) -> list[Dot]:
    """A dot for each place on the whole land drawing, its radius by `place.count`; largest first, to be drawn first."""
    located = sorted(filter(is_located, places), key=lambda place: place.count, reverse=True)
    most = located[0].count if located else 0
    return [dot_at(place, position(place), scale * radius(place.count, most)) for place in located]


def world_arcs(hops: Iterable[tuple[Place, Place]]) -> list[str]:
    """A path for each hop from place to place on the whole land drawing; each way once, none from a place to itself."""
    ways = {(position(a), position(b)): None for a, b in hops if is_located(a) and is_located(b)}
    return [arc(start, end, bow=HERO_BOW) for start, end in ways if start != end]


def arc(start: XY, end: XY, *, bow: float = 0.18) -> str:
    """The `d` of a path that bows upwards by `bow` of its length."""
    (x1, y1), (x2, y2) = start, end
    dx, dy = x2 - x1, y2 - y1
    up = bow if dx > 0 else -bow
    control = (x1 + x2) / 2 + up * dy, (y1 + y2) / 2 - up * dx
    return f"M{_pair(start)}Q{_pair(control)} {_pair(end)}"


@dataclass(frozen=True)
class Crop:
    """A part of the land drawing, enlarged to fill a map of width × height."""

    centre: XY
    zoom: float
    width: int
    height: int

    @classmethod
    def around(cls, points: Sequence[XY], width: int, height: int, closest: float = ZOOM) -> "Crop":
        """The closest look that leaves PAD round all of `points`."""
        xs, ys = zip(*points, strict=True)
        zoom = min(
            closest,
            (width - 2 * PAD) / max(max(xs) - min(xs), 1),
            (height - 2 * PAD) / max(max(ys) - min(ys), 1),
        )
        return cls(((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2), zoom, width, height)

    @property
    def view_box(self) -> str:
        (x, y), width, height = self.centre, self.width / self.zoom, self.height / self.zoom
        return f"{_pair((x - width / 2, y - height / 2))} {_pair((width, height))}"

    def spot(self, point: XY) -> XY:
        """Where a point of the land drawing falls on the map."""
        x, y = ((p - c) * self.zoom for p, c in zip(point, self.centre, strict=True))
        return round(self.width / 2 + x, 1), round(self.height / 2 + y, 1)


@lru_cache(maxsize=1_000)
def _apart(points: tuple[XY, ...], width: int, height: int) -> tuple[XY, ...]:
    """Move each point to the nearest spot of the frame that is APART from those before it. The first stays.

    In a frame too full for another ring a point stays where it is: rings that touch are better than a stop left out.
    """
    taken: list[XY] = []

    def is_free(spot: XY) -> bool:
        inside = EDGE <= spot[0] <= width - EDGE and EDGE <= spot[1] <= height - EDGE
        return inside and all(math.dist(spot, other) >= APART for other in taken)

    for point in points:
        taken.append(next(filter(is_free, _spiral(point)), point))
    return tuple(taken)


def _spiral(centre: XY) -> Iterator[XY]:
    """Spots outwards from `centre`, evenly spread, some 3.5 apart: H. Vogel's sunflower, to a distance of 400."""
    golden_angle = math.pi * (3 - math.sqrt(5))
    for n in range(40_000):
        distance, angle = 2 * math.sqrt(n), n * golden_angle
        yield round(centre[0] + distance * math.cos(angle), 1), round(centre[1] + distance * math.sin(angle), 1)


def _label(text: str, at: XY, rings: Sequence[XY], width: int, size: int = 1) -> Label:
    """Above the dot `at`, or below or beside it where it covers fewer rings; shifted to stay within the width.

    `size` is by how much its letters are larger than those of a route.
    """
    half = len(text) * LETTER * size / 2
    x, y = at

    def covered(middle: XY) -> int:
        # Capitals stand 12 above the baseline, so 6 above it is the middle of the letters.
        return sum(
            abs(rx - middle[0]) < half + RING and abs(ry - middle[1] + 6 * size) < 7 * size + RING
            for rx, ry in (at, *rings)
        )

    sides = [(x, y - 20 * size), (x, y + 30 * size), (x + half + 18, y + 6 * size), (x - half - 18, y + 6 * size)]
    within = [(min(max(side_x, half), width - half), side_y) for side_x, side_y in sides]
    label_x, label_y = min(within, key=covered)
    return Label(text, number(label_x), number(label_y))


def is_located(place: Place) -> bool:
    return place.latitude is not None and place.longitude is not None


def position(place: Place) -> XY:
    return project(float(place.latitude), float(place.longitude))


def radius(count: int, most: int) -> float:
    """Of a dot for so many ideas, on a map whose largest stands for `most`: it grows with the root of the count."""
    return 2.6 + 2.4 * math.sqrt(count * min(1, FULL / (most or 1)))


def dot_at(place: Place, at: XY, radius: float) -> Dot:
    return Dot(place, number(at[0]), number(at[1]), number(radius))


def _pair(point: XY) -> str:
    return f"{number(point[0])} {number(point[1])}"


def number(value: float) -> str:
    """To one decimal, with a dot; + 0 turns a negative zero into zero."""
    return f"{round(value, 1) + 0:.1f}".removesuffix(".0")
