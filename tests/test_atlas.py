"""The large map: what it draws where, and that no name covers a dot or another name."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from catalogue import atlas
from catalogue.maps import position

TORONTO = atlas.Spot("toronto", "Toronto", "CA", "Toronto, Canada: 4 ideas", "/", 4, 43.65, -79.38)
BERLIN = replace(TORONTO, key="berlin", name="Berlin", count=1, latitude=52.52, longitude=13.4)
AUCKLAND = replace(TORONTO, key="auckland", name="Auckland", count=9, latitude=-36.85, longitude=174.76)
NOWHERE = replace(TORONTO, key="nowhere", name="Nowhere", latitude=None, longitude=None)

spots = st.lists(
    st.builds(
        replace,
        st.just(TORONTO),
        key=st.uuids().map(str),
        name=st.text("abcdefgh ", min_size=1, max_size=20),
        count=st.integers(0, 40),
        latitude=st.floats(35, 62),
        longitude=st.floats(-10, 30),
    ),
    max_size=80,
)
EUROPE = atlas.REGIONS["europe"]


def names(dots) -> list[str]:
    return [dot.place.name for dot in dots]


def test_world_draws_the_largest_first_and_leaves_out_what_lies_nowhere():
    drawn = atlas.world([BERLIN, NOWHERE, AUCKLAND, TORONTO])
    assert names(drawn.dots) == ["Auckland", "Toronto", "Berlin"]
    assert [dot.r for dot in drawn.dots] == ["8.3", "6.3", "4.2"]
    assert names(drawn.dots) == [name.text for name in drawn.names]


def test_world_makes_no_link_of_what_an_inset_shows():
    drawn = atlas.world([BERLIN, TORONTO], insets=[EUROPE])
    assert (names(drawn.dots), names(drawn.small)) == (["Toronto"], ["Berlin"])
    assert [frame.region for frame in drawn.frames] == [EUROPE]
    assert names(atlas.inset(EUROPE, [BERLIN, TORONTO]).dots) == ["Berlin"]
    assert names(atlas.opened(EUROPE, [BERLIN, TORONTO]).dots) == ["Berlin"]


def test_ways_end_in_a_ring_where_nothing_began():
    here = replace(BERLIN, count=0)
    drawn = atlas.world([TORONTO, AUCKLAND], [(TORONTO, here), (TORONTO, AUCKLAND), (TORONTO, NOWHERE)])
    assert (names(drawn.rings), len(drawn.arcs)) == (["Berlin"], 2)
    assert len(atlas.opened(EUROPE, [TORONTO], [(TORONTO, here), (TORONTO, AUCKLAND)]).arcs) == 1


def test_regions_are_shown_where_dots_touch():
    crowd = [replace(BERLIN, key=str(n), longitude=13 + n / 10) for n in range(atlas.CROWD)]
    assert atlas.crowded([*crowd, TORONTO, AUCKLAND]) == [EUROPE]
    assert atlas.crowded(crowd[1:]) == []
    other = [replace(AUCKLAND, key=f"a{n}") for n in range(atlas.CROWD + 1)]
    assert [region.key for region in atlas.crowded([*crowd, *other])] == ["oceania", "europe"]
    assert atlas.crowded([NOWHERE]) == []


def test_regions_fall_within_the_drawn_world():
    left, top = (atlas.WHOLE[n] - atlas.WHOLE_WIDTH * side / 2 for n, side in ((0, 1), (1, 514 / 1184)))
    for region in atlas.REGIONS.values():
        assert left <= region.left <= region.left + region.width <= left + atlas.WHOLE_WIDTH, region.key
        # Antarctica's sea and the Arctic's may stick out.
        assert top - 5 <= region.top, region.key


@given(spots)
def test_names_cover_neither_dots_nor_each_other_and_stay_within(places):
    drawn = atlas.opened(EUROPE, places)
    boxes = []
    for name in drawn.names:
        width, x, y = len(name.text) * atlas.LETTERS * atlas.LETTER, float(name.x), float(name.y)
        left = x - {"start": 0, "middle": width / 2, "end": width}[name.anchor]
        boxes.append((left, y - 8, left + width, y + 8))
    circles = [(float(dot.x), float(dot.y), float(dot.r)) for dot in drawn.dots]
    taken = [(x - r, y - r, x + r, y + r) for x, y, r in circles]
    for number, (left, top, right, bottom) in enumerate(boxes):
        assert -1 <= left
        assert right <= atlas.OPENED[0] + 1
        for a, b, c, d in [*taken, *boxes[:number]]:
            assert left >= c - 0.5 or right <= a + 0.5 or top >= d - 0.5 or bottom <= b + 0.5


@given(spots)
def test_within_is_what_is_drawn(places):
    shown = atlas.within(EUROPE, places)
    drawn = atlas.opened(EUROPE, places).dots
    # The region across the page is as wide, and less high than its inset by less than a pixel.
    assert {dot.place.key for dot in drawn} == {spot.key for spot in shown if spot.count}
    assert all(EUROPE.holds(position(spot)) for spot in shown)
