"""The large map: the regions that it opens, and what of the world or of a region a page can carry.

It is drawn like the small ones (`maps`), each drawing in a frame of its own whose unit is a pixel of a wide screen.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from django.utils.translation import gettext_lazy as _

from catalogue.maps import XY, Crop, Dot, arc, dot_at, is_located, number, position, radius

#: Width and height of the drawings: across the page, and two beside each other.
WORLD, OPENED, INSET = (1184, 514), (1184, 814), (570, 392)
#: Left, top, right and bottom.
Box = tuple[float, float, float, float]

#: What the world is cropped to: centre and width on the drawing of land.
WHOLE, WHOLE_WIDTH = (1060, 435), 1820
#: Dots and ways that a drawing holds at most; those of fewer ideas are left to the list.
DOTS, INSET_DOTS, WAYS = 250, 100, 150
#: Names that a drawing holds at most, however much room there is.
NAMES, OPENED_NAMES = 24, 60
#: Enlargement of dots.
WORLD_SCALE, OPENED_SCALE, INSET_SCALE = 0.85, 1.8, 1.5
#: Regions that are shown at once, each with so many dots at least that touch another on the world.
INSETS, CROWD = 2, 3

#: Height of a name's letters on a wide screen, and as it is drawn where the drawing has shrunk to a phone's width.
LETTERS, PHONE = 15, 358
#: Width of a letter, by its height.
LETTER = 0.56
BOW = 0.2


@dataclass(frozen=True)
class Region:
    """A part of the world that can be opened: where it begins on the drawing of land, and how wide it is."""

    key: str
    name: str
    left: float
    top: float
    width: float

    @property
    def height(self) -> float:
        return self.width * INSET[1] / INSET[0]

    def holds(self, point: XY) -> bool:
        return 0 <= point[0] - self.left <= self.width and 0 <= point[1] - self.top <= self.height

    def crop(self, width: int, height: int) -> Crop:
        return Crop((self.left + self.width / 2, self.top + self.height / 2), width / self.width, width, height)


REGIONS = {
    region.key: region
    for region in (
        Region("europe", _("Europe"), 884, 68, 232),
        Region("eastern-north-america", _("Eastern North America"), 436, 112, 240),
        Region("western-north-america", _("Western North America"), 300, 100, 250),
        Region("central-america", _("Central America and the Caribbean"), 330, 250, 300),
        Region("south-america", _("South America"), 278, 392, 700),
        Region("africa", _("Africa"), 638, 215, 785),
        Region("western-asia", _("Western Asia"), 1010, 185, 313),
        Region("south-asia", _("South Asia"), 1190, 220, 327),
        Region("east-asia", _("East Asia"), 1420, 158, 260),
        Region("southeast-asia", _("Southeast Asia"), 1405, 322, 356),
        Region("oceania", _("Australia and New Zealand"), 1500, 562, 380),
    )
}


@dataclass(frozen=True, slots=True)
class Spot:
    """A city on the large map, and the words that its dot is known by."""

    key: str
    name: str
    country: str
    title: str
    url: str
    count: int
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True)
class Name:
    """A name beside a dot; `wide` where there is only room for it on a wide screen."""

    text: str
    x: str
    y: str
    anchor: str
    wide: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """The outline of an inset on the world: it opens the region."""

    region: Region
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True)
class Drawing:
    """The world or a region with its dots, largest first; every coordinate is a string already."""

    size: str
    land: str
    dots: tuple[Dot, ...]
    #: Those that an inset shows larger, and makes a link of.
    small: tuple[Dot, ...]
    #: Where something was taken up and no idea began.
    rings: tuple[Dot, ...]
    arcs: tuple[str, ...]
    names: tuple[Name, ...]
    frames: tuple[Frame, ...]


def world(spots: Collection[Spot], ways: Collection[tuple[Spot, Spot]] = (), insets: Sequence[Region] = ()) -> Drawing:
    """The whole world, with the frames of its insets."""
    crop = Crop(WHOLE, WORLD[0] / WHOLE_WIDTH, *WORLD)
    frames = []
    for region in insets:
        x, y = crop.spot((region.left, region.top))
        sides = (number(side * crop.zoom) for side in (region.width, region.height))
        frames.append(Frame(region, number(x), number(y), *sides))
    return _drawing(crop, spots, ways, WORLD_SCALE, DOTS, NAMES, insets, frames)


def opened(region: Region, spots: Collection[Spot], ways: Collection[tuple[Spot, Spot]] = ()) -> Drawing:
    """One region across the page."""
    return _drawing(region.crop(*OPENED), spots, ways, OPENED_SCALE, DOTS, OPENED_NAMES)


def inset(region: Region, spots: Collection[Spot], ways: Collection[tuple[Spot, Spot]] = ()) -> Drawing:
    """One region beside another, under the world."""
    return _drawing(region.crop(*INSET), spots, ways, INSET_SCALE, INSET_DOTS, NAMES)


def within(region: Region, spots: Iterable[Spot]) -> list[Spot]:
    return [spot for spot in spots if is_located(spot) and region.holds(position(spot))]


def crowded(spots: Sequence[Spot]) -> list[Region]:
    """The regions most in need of being drawn larger: those with most dots that touch another on the world.

    A dot counts for the first region that shows it.
    """
    spots = _largest(spots, DOTS)
    if not spots:
        return []
    at = np.array([position(spot) for spot in spots])
    sizes = np.array([radius(spot.count, spots[0].count) for spot in spots]) * WORLD_SCALE * WHOLE_WIDTH / WORLD[0]
    touching = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1)) < sizes[:, None] + sizes[None]
    left = [tuple(point) for point in at[touching.sum(axis=1) > 1].tolist()]
    chosen = []
    while len(chosen) < INSETS:
        most = max(REGIONS.values(), key=lambda region: sum(map(region.holds, left)))
        if sum(map(most.holds, left)) < CROWD:
            break
        chosen.append(most)
        left = [point for point in left if not most.holds(point)]
    return chosen


def _largest(spots: Iterable[Spot], most: int) -> list[Spot]:
    return sorted((spot for spot in spots if spot.count and is_located(spot)), key=lambda spot: -spot.count)[:most]


def _drawing(
    crop: Crop,
    spots: Collection[Spot],
    ways: Collection[tuple[Spot, Spot]],
    scale: float,
    most: int,
    most_names: int,
    insets: Sequence[Region] = (),
    frames: Sequence[Frame] = (),
) -> Drawing:
    def is_shown(point: XY) -> bool:
        x, y = crop.spot(point)
        return 0 <= x <= crop.width and 0 <= y <= crop.height

    # Of the whole world, so that a dot of one size says the same on each drawing of a page.
    largest = max((spot.count for spot in spots), default=0)

    def drawn(spot: Spot, count: int) -> Dot:
        # To a whole pixel of a wide screen: nobody sees the rest, and there are hundreds.
        x, y = crop.spot(position(spot))
        return dot_at(spot, (round(x), round(y)), scale * radius(count, largest))

    shown = _largest((spot for spot in spots if is_located(spot) and is_shown(position(spot))), most)
    large, small = [], []
    for spot in shown:
        again = any(region.holds(position(spot)) for region in insets)
        (small if again else large).append(drawn(spot, spot.count))
    located = ((a, b) for a, b in ways if is_located(a) and is_located(b))
    seen = list(islice(((a, b) for a, b in located if is_shown(position(a)) or is_shown(position(b))), WAYS))
    ends = {b: None for _a, b in seen if not b.count and is_shown(position(b))}
    rings = tuple(drawn(spot, 1) for spot in ends)
    return Drawing(
        size=f"{crop.width} {crop.height}",
        land=crop.view_box,
        dots=tuple(large),
        small=tuple(small),
        rings=rings,
        arcs=tuple(arc(*(crop.spot(position(end)) for end in way), bow=BOW) for way in seen),
        names=_names([*large, *rings], [*large, *small, *rings], crop, most_names),
        frames=tuple(frames),
    )


def _names(dots: Sequence[Dot], obstacles: Sequence[Dot], crop: Crop, most: int) -> tuple[Name, ...]:
    """Names beside dots, largest first, wherever one covers no dot and no name.

    Where there are more dots than names, those of one idea have none. On a phone letters are larger: of the names there
    is room for some.
    """
    if len(dots) > most:
        dots = [dot for dot in dots if dot.place.count != 1]
    wide = _Room(crop, LETTERS, obstacles)
    named = list(islice(((dot, side) for dot in dots if (side := wide.beside(dot))), most))
    phone = _Room(crop, LETTERS * crop.width / PHONE, obstacles)
    return tuple(
        Name(dot.place.name, number(side.x), number(side.y), side.anchor, not phone.beside(dot, side.anchor))
        for dot, side in named
    )


@dataclass(frozen=True, slots=True)
class _Side:
    """Where a name may stand: its anchor, the point that this is at, and the box that the name fills."""

    anchor: str
    x: float
    y: float
    box: Box


class _Room:
    """What is still free on a drawing for names of some height."""

    def __init__(self, crop: Crop, letters: float, obstacles: Iterable[Dot]):
        self.crop, self.letters = crop, letters
        circles = ((float(dot.x), float(dot.y), float(dot.r)) for dot in obstacles)
        self.taken: list[Box] = [(x - r, y - r, x + r, y + r) for x, y, r in circles]

    def beside(self, dot: Dot, anchor: str = "") -> _Side | None:
        """The first side of a dot, or the one asked for, with room for its name, which is then taken."""
        for side in self._sides(dot):
            if (not anchor or side.anchor == anchor) and self._is_free(side.box):
                self.taken.append(side.box)
                return side
        return None

    def _sides(self, dot: Dot) -> Iterable[_Side]:
        """After the dot, before, above and below it."""
        x, y, r = float(dot.x), float(dot.y), float(dot.r)
        width, half, gap = len(dot.place.name) * self.letters * LETTER, self.letters * 0.55, r + 4
        for anchor, at, left, middle in (
            ("start", x + gap, x + gap, y),
            ("end", x - gap, x - gap - width, y),
            ("middle", x, x - width / 2, y - gap - half),
            ("middle", x, x - width / 2, y + gap + half),
        ):
            yield _Side(anchor, at, middle, (left, middle - half, left + width, middle + half))

    def _is_free(self, box: Box) -> bool:
        inside = 0 <= box[0] and 0 <= box[1] and box[2] <= self.crop.width and box[3] <= self.crop.height
        return inside and not any(_overlap(box, other) for other in self.taken)


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
