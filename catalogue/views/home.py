"""The front page: what a Good Idea is, the five themes, what is new, and one idea that travelled."""

import numpy as np
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalogue import index as indexes
from catalogue.cards import Links, Ref, cards
from catalogue.feeds import ATOM
from catalogue.index import Index
from catalogue.linked_data import block, website
from catalogue.maps import world_arcs, world_dots
from catalogue.models import Idea
from catalogue.travel import travel_of
from catalogue.views.caching import cacheable
from catalogue.views.criterion import criterion_refs
from catalogue.views.place import counted_cities
from catalogue.views.site import head
from catalogue.views.vocabulary import theme_refs

NEWEST = 7
#: What the small map draws at most: more would be a blot, and weigh more than the page.
DOTS, HOPS, STOPS = 400, 150, 12


@cacheable()
def home(request):
    index, links = indexes.current(), Links()
    newest = cards(index, index.page(index.ids, "newest", 0, NEWEST), links)
    context = {
        "lead_text": lead_text(index),
        "suggestions": suggestions(index, links),
        "hero": hero(index),
        "themes": theme_refs(index, links),
        "lead": newest[0] if newest else None,
        "newest": newest[1:],
        "all_ideas": Ref(all_label(index), links.ideas),
        "journey": journey(index, links),
        "criteria": criterion_refs(index, links),
        "criteria_url": reverse("criterion-list"),
    }
    title = _("What cities do to welcome newcomers")
    page_head = head(
        title,
        request.path,
        description=context["lead_text"],
        alternates=[{"type": ATOM, "label": _("New ideas"), "url": reverse("ideas-atom")}],
        linked_data=block(website()),
    )
    return render(request, "catalogue/home.html", context | page_head)


def lead_text(index: Index) -> str:
    return ngettext(
        "%(count)d thing that cities, employers, schools and neighbours have done to help migrants and refugees settle "
        "in: what they did, how it is known that it worked, and where it has travelled since.",
        "%(count)d things that cities, employers, schools and neighbours have done to help migrants and refugees "
        "settle in: what they did, how it is known that it worked, and where it has travelled since.",
        len(index),
    ) % {"count": len(index)}


def all_label(index: Index) -> str:
    cities = len(index["city"].counts(index.ids))
    return ngettext(
        "All %(ideas)d ideas from %(cities)d city", "All %(ideas)d ideas from %(cities)d cities", cities
    ) % {"ideas": len(index), "cities": cities}


def suggestions(index: Index, links: Links) -> list[Ref]:
    """Ways in for somebody with nothing particular in mind: the fullest topic, country and city, and the lists."""
    found = []
    for facet in ("topic", "country", "city"):
        counts = index[facet].counts(index.ids)
        if counts:
            fullest = min(counts, key=lambda value: (-counts[value], value))
            found.append(links.ref(facet, index[facet].values[fullest]))
    lists = [
        (_("Cities like mine"), "like-mine"),
        (_("All topics"), "topic-list"),
        (_("All countries"), "country-list"),
        (_("All cities"), "city-list"),
    ]
    return found + [Ref(label, reverse(name)) for label, name in lists]


def hero(index: Index):
    """The small map: a dot for each city with ideas, an arc for each journey between two cities."""
    places = counted_cities(index, index.ids, DOTS)
    pairs = [(start, end) for start, end, _count in index.ways(index.ids)[:HOPS]]
    return {"dots": world_dots(places), "arcs": world_arcs(pairs), "url": reverse("idea-map")} if places else None


def journey(index: Index, links: Links) -> dict | None:
    """The idea that travelled most, with its first stops."""
    if not index.travels.any():
        return None
    idea = Idea.objects.published().select_related("city").filter(pk=int(np.argmax(index.travels))).first()
    travel = travel_of(idea, links, map_height=500) if idea else None
    card = next(iter(cards(index, [idea.pk], links)), None) if travel else None
    if card is None or not idea.city_id:
        return None
    places = len(travel.stops) + 1
    more = len(travel.stops) - STOPS
    return {
        "heading": ngettext("One idea, %(count)d place", "One idea, %(count)d places", places) % {"count": places},
        "card": card,
        "origin": travel.origin,
        "stops": travel.stops[:STOPS],
        "route": travel.route,
        "more_label": ngettext("and %(count)d more", "and %(count)d more", more) % {"count": more} if more > 0 else "",
        "link_label": _("Read “%(title)s”") % {"title": idea.title},
    }
