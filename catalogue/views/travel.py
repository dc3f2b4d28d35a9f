"""How ideas travelled, all of them: those that moved most, the cities that gave and took, and the newest journeys."""

from collections import Counter
from dataclasses import replace

import numpy as np
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalogue import atlas
from catalogue import index as indexes
from catalogue.atlas import Spot
from catalogue.cards import Links, Ref, cards
from catalogue.index import Index, Value
from catalogue.travel import newest_journeys
from catalogue.views.caching import cacheable
from catalogue.views.site import head

#: Ideas, cities of each sort, and journeys that are named.
IDEAS, CITIES, NEWEST = 10, 10, 12


@cacheable()
def travel(request):
    index, links = indexes.current(), Links()
    ways = index.ways(index.ids)
    gave, took = Counter(), Counter()
    for start, end, count in ways:
        gave[start.value] += count
        took[end.value] += count
    context = {
        "lead_text": lead_text(index, ways),
        "moved": moved_most(index, links),
        "gave": most(index, gave, links),
        "took": most(index, took, links),
        "newest": newest_journeys(links, NEWEST),
    } | drawn(ways, gave, links)
    page_head = head(_("How ideas travelled"), request.path, description=context["lead_text"], section="map")
    return render(request, "catalogue/travel.html", context | page_head)


def lead_text(index: Index, ways: list[tuple[Value, Value, int]]) -> str:
    if not len(index.journeys):
        return _("No idea of the catalogue is known to have been taken up elsewhere yet.")
    ideas = int(np.count_nonzero(index.travels))
    sentence = ngettext(
        "%(count)d idea of the catalogue was taken up elsewhere.",
        "%(count)d ideas of the catalogue were taken up elsewhere.",
        ideas,
    ) % {"count": ideas}
    places = len({city.value for start, end, _count in ways for city in (start, end)})
    joined = ngettext("Their journeys join %(count)d city.", "Their journeys join %(count)d cities.", places)
    return f"{sentence} {joined % {'count': places}}" if places else sentence


def moved_most(index: Index, links: Links) -> list[dict]:
    """The ideas that were taken up in most places; of equal ones the newer."""
    newest = index.orders["newest"]
    order = newest[np.argsort(-index.travels[newest].astype(np.int32), kind="stable")][:IDEAS].tolist()
    moved = [idea for idea in order if index.travels_of(idea)]
    return [{"card": card, "reason": card.travelled_label} for card in cards(index, moved, links)]


def most(index: Index, counts: Counter, links: Links) -> list[Ref]:
    """The cities with the most journeys, in the order of their names where these are equal."""
    cities = index["city"]
    first = sorted(counts, key=lambda city: (-counts[city], cities.places[city]))[:CITIES]
    refs = [links.ref("city", cities.values[city], counts[city]) for city in first]
    return [replace(ref, count_label=journeys_label(ref.count)) for ref in refs]


def journeys_label(count: int) -> str:
    return ngettext("%(count)d journey", "%(count)d journeys", count) % {"count": count}


def drawn(ways: list[tuple[Value, Value, int]], gave: Counter, links: Links) -> dict:
    """The ways most travelled: a dot where ideas began, by their journeys, and a ring where they were only taken up."""

    def spot(value: Value) -> Spot:
        count, url = gave[value.value], links.page("city", value.value)
        return Spot(value.value, value.label, value.country, value.label, url, count, value.latitude, value.longitude)

    pairs = [(spot(start), spot(end)) for start, end, _count in ways[: atlas.WAYS]]
    dots = {start.key: start for start, _end in pairs}.values()
    regions = atlas.crowded(list(dots))
    insets = [{"label": region.name, "map": atlas.inset(region, dots, pairs)} for region in regions]
    return {"map": atlas.world(dots, pairs, regions) if ways else None, "insets": insets}
