"""The map of ideas: the same question as the list, drawn on the world or a region of it, and its places as a list."""

import math
from collections.abc import Iterable
from itertools import groupby

from django.http import HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalogue import atlas
from catalogue import index as indexes
from catalogue.atlas import REGIONS, Spot
from catalogue.cards import Links, Ref, cards, ideas_label
from catalogue.countries import country_name
from catalogue.filters import SINGLE
from catalogue.folding import sort_key
from catalogue.index import FACETS, Value
from catalogue.map_filter import OWN, MapFilter
from catalogue.maps import radius
from catalogue.paging import SIZE, Pages, paginate
from catalogue.views.caching import cacheable
from catalogue.views.exports import machine_forms
from catalogue.views.idea_list import asked
from catalogue.views.site import head, numbered

#: Cities that one list holds; where there are more, so many stand on a page. And ideas without a city that are named.
CITIES, CITIES_OF_MANY, PLACELESS = 320, 160, 10
#: Numbers of ideas whose dots explain the drawing: of these the last few that it has.
KEY, KEYS = (1, 5, 20, 100, 500, 2_000, 10_000), 3


@cacheable(*SINGLE, *OWN, many=FACETS, rare=("q",))
def idea_map(request):
    index, links = indexes.current(), Links()
    filter = MapFilter(request.GET, index)
    if filter.renamed is not None:
        return HttpResponsePermanentRedirect(request.path + filter.renamed)
    spots = cities(filter, links)
    listed = alphabetical(atlas.within(filter.opened, spots.values()) if filter.opened else spots.values())
    pages = paginate(
        len(listed),
        filter.page_number,
        lambda n: request.path + filter.address(**filter.query | {"page": [str(n)] if n > 1 else []}),
        CITIES if len(listed) <= CITIES else CITIES_OF_MANY,
    )
    context = asked(filter, request.path, links) | {
        "lead_text": lead_text(filter, spots),
        "hidden": [{"name": name, "value": filter.query[name][0]} for name in ("sort", *OWN) if filter.query.get(name)],
        "drawing_errors": [message for name in OWN for message in filter.faults.get(name, [])],
        "list_url": reverse("idea-list") + filter.of_lists.address(page=None),
    }
    if filter.ids:
        context |= drawn(filter, spots, request.path) | {
            "groups": by_country(listed[pages.start : pages.stop], links),
            "pages": pages,
            "placeless": placeless(filter, links),
        }
    page_head = head(
        map_title(filter, pages),
        request.path + filter.canonical,
        section="map",
        noindex=bool(filter.faults),
        alternates=machine_forms(filter.of_lists),
    )
    status = 400 if filter.faults else 200
    return render(request, "catalogue/idea_map.html", context | page_head, status=status)


def map_title(filter: MapFilter, pages: Pages) -> str:
    """A title of its own for every question: what is asked, which region, with lines or without, which page."""
    title = _("Map of ideas")
    if filter.opened:
        title = _("Map of ideas in %(region)s") % {"region": filter.opened.name}
    if filter.has_lines:
        title = _("%(title)s, with the journeys of ideas") % {"title": title}
    if filter.summary:
        title = _("%(title)s – %(summary)s") % {"title": title, "summary": filter.summary}
    title = numbered(title, pages.current)
    return _("Error: %(title)s") % {"title": title} if filter.faults else title


def lead_text(filter: MapFilter, spots: dict[str, Spot]) -> str:
    return ngettext("%(ideas)s in %(cities)d city.", "%(ideas)s in %(cities)d cities.", len(spots)) % {
        "ideas": ideas_label(len(filter.ids)),
        "cities": len(spots),
    }


# Cities


def cities(filter: MapFilter, links: Links) -> dict[str, Spot]:
    """Every city of the ideas that match, as it is drawn; its dot leads to those ideas."""
    index, title = filter.index, _("%(city)s, %(country)s: %(ideas)s")
    # Written once, with a mark in the city's place: there may be thousands.
    before, _mark, after = (links.ideas + filter.of_lists.address(city="*", page=None)).partition("%2A")
    spots = {}
    for key, count in index["city"].counts(filter.ids).items():
        value = index["city"].values[key]
        words = {"city": value.label, "country": country_name(value.country), "ideas": ideas_label(count)}
        place = value.latitude, value.longitude
        spots[key] = Spot(key, value.label, value.country, title % words, f"{before}{key}{after}", count, *place)
    return spots


def alphabetical(spots: Iterable[Spot]) -> list[Spot]:
    """By country, then by city."""
    spots = list(spots)
    places = {code: sort_key(country_name(code)) for code in {spot.country for spot in spots}}
    return sorted(spots, key=lambda spot: (places[spot.country], sort_key(spot.name), spot.key))


def by_country(listed: list[Spot], links: Links) -> list[dict]:
    groups = []
    for country, spots in groupby(listed, key=lambda spot: spot.country):
        refs = [Ref(spot.name, spot.url, spot.count) for spot in spots]
        groups.append(
            {
                "label": country_name(country),
                "url": links.page("country", country),
                "count": sum(ref.count for ref in refs),
                "refs": refs,
            }
        )
    return groups


def placeless(filter: MapFilter, links: Links) -> dict | None:
    """The ideas that belong to no one city: how many, the newest by name, and where the list has all of them."""
    index = filter.index
    ids = index["city"].without(filter.ids)
    if not ids:
        return None
    first = (len(filter.ids) - len(ids)) // SIZE + 1
    label = ngettext(
        "%(ideas)s belongs to no one city and is not on the map.",
        "%(ideas)s belong to no one city and are not on the map.",
        len(ids),
    )
    named = cards(index, index.page(ids, "newest", 0, PLACELESS), links)
    where = filter.of_lists.address(sort="city", page=str(first) if first > 1 else None)
    rest = _("All of them, at the end of the list by city") if len(ids) > len(named) else ""
    return {
        "label": label % {"ideas": ideas_label(len(ids))},
        "cards": named,
        "rest": Ref(rest, links.ideas + where) if rest else None,
    }


# The drawing


def drawn(filter: MapFilter, spots: dict[str, Spot], path: str) -> dict:
    """What is drawn, and its text: the regions to open, and the ways as a list where they were asked for."""
    places = list(spots.values())
    ways = lines(filter, spots) if filter.has_lines else []
    pairs = [(start, end) for start, end, _count in ways]
    if filter.opened:
        world, insets = atlas.opened(filter.opened, places, pairs), []
        within = atlas.within(filter.opened, places)
        note, located = region_note(filter.opened, within), len(within)
    else:
        regions = atlas.crowded(places)
        world = atlas.world(places, pairs, regions)
        insets = [{"label": region.name, "map": atlas.inset(region, places, pairs)} for region in regions]
        note, located = "", len(places)
    scale = atlas.OPENED_SCALE if filter.opened else atlas.WORLD_SCALE
    most = max((spot.count for spot in places), default=0)
    return {
        "map": world,
        # The closer one looks, the finer the coast.
        "land": "fine" if filter.opened else "mid",
        "frames": [(frame, path + filter.address(region=frame.region.key)) for frame in world.frames],
        "insets": insets,
        "region_note": note,
        "regions": region_refs(filter, places, path),
        "key": [key_dot(count, most, scale) for count in KEY if count <= most][-KEYS:],
        "left_out": left_out(located),
        "ways": by_start(ways),
        "lines": filter.has_lines,
        "lines_url": path + filter.address(lines=None if filter.has_lines else "1"),
    }


def key_dot(count: int, most: int, scale: float) -> dict[str, str | int]:
    """A dot of the key, as large as on the map, and the half of the square that it and its rim fit in."""
    size = scale * radius(count, most)
    half = math.ceil(size) + 1
    return {"r": f"{size:.1f}", "half": half, "side": 2 * half, "label": ideas_label(count)}


def region_note(region: atlas.Region, spots: list[Spot]) -> str:
    return ngettext(
        "%(region)s: %(ideas)s in %(cities)d city.", "%(region)s: %(ideas)s in %(cities)d cities.", len(spots)
    ) % {
        "region": region.name,
        "ideas": ideas_label(sum(spot.count for spot in spots)),
        "cities": len(spots),
    }


def left_out(located: int) -> str:
    if located <= atlas.DOTS:
        return ""
    text = _("The %(most)d cities with the most ideas are drawn; the list below has all %(all)d.")
    return text % {"most": atlas.DOTS, "all": located}


def region_refs(filter: MapFilter, places: list[Spot], path: str) -> list[Ref]:
    """The world and each region that has an idea, with the number of ideas."""
    refs = [region_ref(filter, region, places, path) for region in REGIONS.values()]
    everywhere = Ref(_("The world"), path + filter.address(region=None), current=filter.opened is None)
    return [everywhere, *(ref for ref in refs if ref.count or ref.current)]


def region_ref(filter: MapFilter, region: atlas.Region, places: list[Spot], path: str) -> Ref:
    count = sum(spot.count for spot in atlas.within(region, places))
    url = path + filter.address(region=region.key)
    return Ref(str(region.name), url, count, ideas_label(count), current=region is filter.opened)


# The ways that ideas went


def lines(filter: MapFilter, spots: dict[str, Spot]) -> list[tuple[Spot, Spot, int]]:
    """The ways of the ideas that match, most travelled first, as many as a drawing holds."""

    def spot(value: Value) -> Spot:
        url = reverse("city-detail", args=[value.value])
        place = value.latitude, value.longitude
        elsewhere = Spot(value.value, value.label, value.country, value.label, url, 0, *place)
        return spots.get(value.value, elsewhere)

    return [(spot(start), spot(end), count) for start, end, count in filter.index.ways(filter.ids)[: atlas.WAYS]]


def by_start(ways: list[tuple[Spot, Spot, int]]) -> list[dict]:
    """The same ways as a list: each city that gave something, with those that took it up."""
    starts: dict[Spot, list[Ref]] = {}
    for start, end, count in ways:
        starts.setdefault(start, []).append(Ref(end.name, end.url, count if count > 1 else None))
    ordered = sorted(starts.items(), key=lambda pair: sort_key(pair[0].name))
    return [{"label": _("From %(city)s") % {"city": start.name}, "refs": refs} for start, refs in ordered]
