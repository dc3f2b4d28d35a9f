"""Countries and cities: their lists, and a page for each with what it gave and what it took up."""

import math
from itertools import groupby
from types import SimpleNamespace

from django.shortcuts import render
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalogue import index as indexes
from catalogue.cards import Links, Ref, cards, ideas_label
from catalogue.countries import country_name
from catalogue.feeds import page_feed
from catalogue.folding import sort_key
from catalogue.index import Index, Value, alphabetical
from catalogue.maps import country_map, locator_map
from catalogue.models import Adaptation, City, Idea
from catalogue.models.resource import site_of
from catalogue.paging import page_number, paginate
from catalogue.travel import taken_up
from catalogue.views.caching import cacheable
from catalogue.views.errors import emptied
from catalogue.views.redirects import moved
from catalogue.views.site import head, numbered
from catalogue.views.vocabulary import by_letter, from_places, fullest, selection, theme_refs

#: Ideas on a city's own page, and cities on a page of the gazetteer.
CITY_IDEAS, CITIES = 100, 400
#: Cities of a country beside its ideas, in words and drawn.
CITIES_BESIDE = 100


@cacheable()
def country_list(request):
    index, links = indexes.current(), Links()
    counts = index["country"].counts(index.ids)
    refs = [
        links.ref("country", value, counts.get(value.value, 0))
        for value in alphabetical(index["country"].values.values())
    ]
    context = {
        "groups": by_letter(refs),
        "by_line": ngettext(
            "%(count)d country where an idea began or was taken up, with how many began there.",
            "%(count)d countries where ideas began or were taken up, with how many began there.",
            len(refs),
        )
        % {"count": len(refs)},
    }
    return render(
        request, "catalogue/country_list.html", context | head(_("Countries"), request.path, section="cities")
    )


@cacheable()
def country_detail(request, code):
    index, links = indexes.current(), Links()
    value = index["country"].values.get(code.upper())
    if value is None:
        return country_elsewhere(request, code.upper())
    if code != code.lower():
        return moved(request, to=reverse("country-detail", args=[code.lower()]))
    ids = index["country"].matching(value.value)
    context = {
        "country": {"name": value.label, "code": value.value},
        "crumbs": [Ref(_("Countries"), reverse("country-list"))],
        "by_line": from_places(index, ids) if ids else _("No idea of the catalogue began here yet."),
        "cities": fullest(index, "city", ids, links, most=CITIES_BESIDE),
        "map": country_map(counted_cities(index, ids)),
        "themes": theme_refs(index, links, ids),
        "took_up": taken_up(links, country=value.value),
    } | selection(index, ids, "country", value.value, links)
    title = _("%(name)s – Countries") % {"name": value.label}
    page_head = head(
        title, request.path, description=context["by_line"], section="cities", alternates=page_feed(request.path)
    )
    return render(request, "catalogue/country_detail.html", context | page_head)


def counted_cities(index: Index, ids, most: int = CITIES_BESIDE) -> list[SimpleNamespace]:
    """The cities with most of these ideas, as places that a map draws larger the more there are."""
    found, _total = index["city"].fullest(ids, most)
    values = ((index["city"].values[key], count) for key, count in found)
    return [
        SimpleNamespace(name=value.label, latitude=value.latitude, longitude=value.longitude, count=count)
        for value, count in values
    ]


def country_elsewhere(request, code: str):
    """The answer for a country that has no page: 410 where it had one, else 404."""
    return emptied(request, country_name(code)) if was_public(code) else moved(request)


def was_public(code: str) -> bool:
    """Whether readers once saw the page of a country that has no idea now."""
    return Idea.objects.seen().in_country(code).exists() or Adaptation.objects.seen().in_country(code).exists()


@cacheable("page")
def city_list(request):
    index, links = indexes.current(), Links()
    counts = index["city"].counts(index.ids)
    places = sorted(
        index["city"].values.values(),
        key=lambda value: (sort_key(country_name(value.country)), sort_key(value.label), value.value),
    )
    pages = paginate(len(places), page_number(request.GET.get("page")), lambda n: _page(request, n), CITIES)
    groups = []
    for country, group in groupby(places[pages.start : pages.stop], key=lambda value: value.country):
        refs = [links.ref("city", value, counts.get(value.value, 0)) for value in group]
        total = len(index["country"].matching(country))
        groups.append(
            {
                "label": country_name(country),
                "url": links.page("country", country),
                "count": total,
                "count_label": ideas_label(total),
                "refs": refs,
            }
        )
    context = {
        "groups": groups,
        "pages": pages,
        "by_line": ngettext(
            "%(count)d city where an idea began or was taken up, with how many began there.",
            "%(count)d cities where ideas began or were taken up, with how many began there.",
            len(places),
        )
        % {"count": len(places)},
    }
    page_head = head(numbered(_("Cities"), pages.current), _page(request, pages.current), section="cities")
    return render(request, "catalogue/city_list.html", context | page_head)


@cacheable()
def city_detail(request, slug):
    index, links = indexes.current(), Links()
    value = index["city"].values.get(slug)
    if value is None:
        return moved(request)
    ids = index["city"].matching(slug)
    shown = sorted(index.page(ids, "newest", 0, CITY_IDEAS), key=lambda idea: (index.started[idea] or 9999, idea))
    nearest = nearest_cities(index, value)
    where = ", ".join(part for part in (value.region, country_name(value.country)) if part)
    context = {
        "city": {"name": value.label, "region": value.region, "where": where},
        "crumbs": [
            Ref(_("Cities"), reverse("city-list")),
            links.ref("country", index["country"].values[value.country]),
        ],
        "by_line": city_sentence(index, ids),
        "cards": cards(index, shown, links),
        "all_ideas": Ref(_("Filter these ideas"), links.filtered("city", slug), len(ids)) if ids else None,
        "people": people(City.objects.filter(pk=value.pk).first()),
        "themes": theme_refs(index, links, ids),
        "organisations": fullest(index, "organisation", ids, links, most=30),
        "nearest": [links.ref("city", other) for other in nearest[:6]],
        "took_up": taken_up(links, city=value.pk),
        "locator": locator_map(value, nearest),
    }
    title = _("%(name)s, %(where)s – Cities") % {"name": value.label, "where": where}
    page_head = head(
        title, request.path, description=context["by_line"], section="cities", alternates=page_feed(request.path)
    )
    return render(request, "catalogue/city_detail.html", context | page_head)


def city_sentence(index: Index, ids) -> str:
    """How much began in a city, and how much of that went on elsewhere."""
    if not ids:
        return _("No idea of the catalogue began here; this city took up what others had tried.")
    began = ngettext("%(count)d Good Idea began here.", "%(count)d Good Ideas began here.", len(ids)) % {
        "count": len(ids)
    }
    travelled = sum(1 for idea in ids if index.travels_of(idea))
    if not travelled:
        return began
    onward = ngettext(
        "%(count)d of them has been taken up elsewhere.", "%(count)d of them have been taken up elsewhere.", travelled
    ) % {"count": travelled}
    return f"{began} {onward}"


def people(city: City | None) -> list[dict]:
    """How many people live in a city, as far as that is known, each number with where it is from."""
    found = []
    if city is None:
        # Merged into another since the index was made.
        return found
    if city.population is not None:
        number = formats.number_format(city.population, force_grouping=True)
        found.append((_("People"), number, city.population_year, city.population_source))
    if city.newcomers is not None:
        number = _("%(number)s in a hundred") % {"number": formats.number_format(city.newcomers)}
        found.append((_("Born in another country"), number, city.newcomers_year, city.newcomers_source))
    in_year = _("%(number)s in %(year)d")
    return [
        {
            "term": term,
            "number": in_year % {"number": number, "year": year} if year else number,
            "source": Ref(site_of(source), source),
        }
        for term, number, year, source in found
    ]


def nearest_cities(index: Index, here: Value, most: int = 40) -> list[Value]:
    """Cities with ideas, nearest first, by the great circle."""
    if here.latitude is None:
        return []
    counts = index["city"].counts(index.ids)
    others = [
        value
        for key, value in index["city"].values.items()
        if key in counts and key != here.value and value.latitude is not None
    ]
    return sorted(others, key=lambda other: _distance(here, other))[:most]


def _distance(one: Value, other: Value) -> float:
    """The angle between two places, as half its squared sine (haversine): enough to sort by."""
    a, b = math.radians(one.latitude), math.radians(other.latitude)
    east = math.radians(one.longitude - other.longitude)
    return math.sin((a - b) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(east / 2) ** 2


def _page(request, number: int) -> str:
    return request.path if number == 1 else f"{request.path}?page={number}"
