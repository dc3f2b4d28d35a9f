"""Builds an index from the database, in bounded memory: rows are read in a stream and kept as arrays and bitmaps."""

import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

import numpy as np
from pyroaring import BitMap

from catalogue.countries import country_names
from catalogue.criteria import Criterion
from catalogue.models import (
    Adaptation,
    Audience,
    City,
    Edition,
    Evidence,
    Guide,
    Idea,
    Money,
    Organisation,
    Popularity,
    Sector,
    Share,
    Size,
    Theme,
    Topic,
)
from catalogue.models.edition import read_snapshot
from catalogue.orders import by_title
from catalogue.sets import ColumnFacet, Index, SetFacet, Value, to_bitmap

#: The vocabularies, with the name of their facet.
TERMS = {"theme": Theme, "topic": Topic, "audience": Audience}
#: What is kept of a shown journey; 0 and an empty code where an end isn't of that sort.
JOURNEY = [("pk", "u4"), ("idea", "u4"), ("from_city", "u4"), ("from_country", "U2")]
JOURNEY += [("city", "u4"), ("country", "U2"), ("organisation", "u4"), ("became", "u4")]
#: Rows that the database hands over at a time, and rows between two words about the progress.
CHUNK, TOLD = 500, 10_000

#: Hears what is being read and how many rows of it there were so far.
Progress = Callable[[str, int], None]


def build(progress: Progress | None = None) -> Index:
    """A new index of the present edition, read in one snapshot."""
    with read_snapshot():
        return read_index(progress or (lambda what, rows: None))


def read_index(progress: Progress = lambda what, rows: None) -> Index:
    """A new index, read inside a snapshot that the caller has opened."""
    edition = Edition.current()
    rows = np.fromiter(
        _told(progress, "ideas", _idea_rows()),
        [("id", "u4"), ("city", "u4"), ("organisation", "u4"), ("started", "i2"), ("published", "f8")],
    )
    by_title = rows["id"].copy()
    newest = by_title[np.lexsort((rows["id"], rows["published"]))[::-1]]
    ids = to_bitmap(np.sort(by_title))
    size = int(by_title.max(initial=0)) + 1
    started = np.zeros(size, np.int16)
    started[by_title] = rows["started"]
    journeys = np.fromiter(_told(progress, "journeys", journey_rows(Adaptation.objects.shown())), JOURNEY)

    facets = {}
    for name in TERMS:
        pairs = _told(progress, f"{name}s", term_pairs(name))
        facets[name] = term_facet(name, term_values(name), {pk: having & ids for pk, having in grouped(pairs).items()})
    criteria = grouped(_told(progress, "evidence", criterion_pairs()))
    facets["criterion"] = criterion_facet({criterion: having & ids for criterion, having in criteria.items()})
    facets["city"] = _column_facet(city_values, rows["city"], by_title, size, journey_keys(journeys, "city"))
    facets["organisation"] = _column_facet(
        organisation_values, rows["organisation"], by_title, size, journey_keys(journeys, "organisation")
    )
    facets["country"] = country_facet(facets["city"], journeys)
    facets["sector"] = sector_facet(facets["organisation"])
    facets |= bands(facets["city"])
    guides = list(_told(progress, "guides", guide_rows()))
    facets |= guide_facets(guides, ids)
    popular = Popularity.ideas()
    orders = {"newest": newest, "title": by_title, "city": city_order(ids, facets["city"])}
    orders["viewed"] = viewed_order(popular, newest, size)
    travels, guided = travels_of(journeys, size), BitMap(idea for idea, *_says in guides) & ids
    return Index(edition, ids, facets, started, orders, travels, journeys, guided, popular)


def _told(progress: Progress, what: str, rows: Iterable) -> Iterator:
    number = 0
    progress(what, number)
    for number, row in enumerate(rows, 1):
        if number % TOLD == 0:
            progress(what, number)
        yield row
    progress(what, number)


def _idea_rows() -> Iterator[tuple]:
    """The published ideas by title, each with what orders and columns are made of."""
    ideas = by_title(Idea.objects.published())
    fields = ("id", "city_id", "organisation_id", "started", "first_published")
    for pk, city, organisation, started, published in ideas.values_list(*fields).iterator(CHUNK):
        yield pk, city or 0, organisation or 0, started or 0, published.timestamp()


def journey_rows(shown) -> Iterator[tuple]:
    """Shown journeys as the rows of `JOURNEY`. What one became is named once that is published."""
    fields = ("id", "idea_id", "from_city_id", "from_country", "city_id", "country", "organisation_id", "became_id")
    rows = shown.order_by("id").values_list(*fields, "became__status").iterator(CHUNK)
    for pk, idea, from_city, from_country, city, country, organisation, became, status in rows:
        known = became if status == Idea.Status.PUBLISHED else 0
        yield pk, idea or 0, from_city or 0, from_country, city or 0, country, organisation or 0, known


def term_pairs(name: str, ideas: Iterable[int] | None = None) -> Iterator[tuple[int, int]]:
    """Each term's key with an idea that carries it, published or not; of some ideas, or of all."""
    rows = getattr(Idea, f"{name}s").through.objects.all()
    if ideas is not None:
        rows = rows.filter(idea_id__in=ideas)
    return rows.values_list(f"{name}_id", "idea_id").iterator(CHUNK)


def criterion_pairs(ideas: Iterable[int] | None = None) -> Iterator[tuple[str, int]]:
    """Each criterion with an idea that holds evidence for it, published or not; of some ideas, or of all."""
    rows = Evidence.objects.order_by()
    if ideas is not None:
        rows = rows.filter(idea_id__in=ideas)
    return rows.values_list("criterion", "idea_id").iterator(CHUNK)


def guide_rows(ideas: Iterable[int] | None = None) -> Iterator[tuple[int, str, str]]:
    """Each idea with a transfer guide, published or not, with its leader and costs; of some ideas, or of all."""
    rows = Guide.objects.order_by()
    if ideas is not None:
        rows = rows.filter(idea_id__in=ideas)
    return rows.values_list("idea_id", "lead_sector", "money").iterator(CHUNK)


def grouped(pairs: Iterable[tuple]) -> dict[object, BitMap]:
    """The second of each pair by the first."""
    sets = defaultdict(BitMap)
    for key, idea in pairs:
        sets[key].add(idea)
    return sets


# Facets from what was read


def term_facet(name: str, terms: Iterable[Value], sets: dict[int, BitMap]) -> SetFacet:
    # A topic is known when a published idea is about it; themes and audiences are known always.
    terms = [term for term in terms if name != "topic" or sets.get(term.pk)]
    return SetFacet(terms, {term.value: sets[term.pk] for term in terms if term.pk in sets})


def criterion_facet(sets: dict[str, BitMap]) -> SetFacet:
    return SetFacet([Value(c.value, name=c.label) for c in Criterion], sets)


def country_facet(cities: ColumnFacet, journeys: np.ndarray) -> SetFacet:
    sets = cities.by("country")
    codes = {*sets, *journeys["from_country"].tolist(), *journeys["country"].tolist()} - {""}
    return SetFacet([Value(code, names=country_names(code)) for code in sorted(codes)], sets)


def sector_facet(organisations: ColumnFacet) -> SetFacet:
    return SetFacet([Value(s.value, name=s.label) for s in Sector], organisations.by("sector"))


def bands(cities: ColumnFacet) -> dict[str, SetFacet]:
    """The ideas by how many people their city has, and by how many of these were born elsewhere."""
    return {
        name: SetFacet([Value(band.value, name=band.label) for band in choices], cities.by(name))
        for name, choices in (("size", Size), ("share", Share))
    }


def guide_facets(guides: Iterable[tuple[int, str, str]], ids: BitMap) -> dict[str, SetFacet]:
    """The ideas by what their transfer guides say of who can lead them, and of what they cost."""
    rows = [row for row in guides if row[0] in ids]
    return {
        name: SetFacet(
            [Value(choice.value, name=choice.label) for choice in choices],
            grouped((row[place], row[0]) for row in rows),
        )
        for name, place, choices in (("lead", 1, Sector), ("money", 2, Money))
    }


def _column_facet(read, keys: np.ndarray, ideas: np.ndarray, size: int, more: set[int]) -> ColumnFacet:
    """A facet of one value an idea: `keys` are the values of the `ideas`, `more` those known without an idea."""
    known = set(np.unique(keys).tolist()) | more
    values = [value for value in read() if value.pk in known]
    # One more than the highest key, so that -1 is what a key without a value gets.
    place_of = np.full(max(known, default=0) + 1, -1, np.int32)
    for place, value in enumerate(values):
        place_of[value.pk] = place
    column = np.full(size, -1, np.int32)
    column[ideas] = place_of[keys]
    return ColumnFacet(values, column)


def city_order(ids: BitMap, cities: ColumnFacet) -> np.ndarray:
    """By the city's name, then by number; ideas without a city come last."""
    numbers = np.asarray(ids.to_array())
    return numbers[np.argsort(cities.ranks[cities.column[numbers]], kind="stable")]


def viewed_order(popular: np.ndarray, newest: np.ndarray, size: int) -> np.ndarray:
    """Most viewed first; those that nobody viewed come after them, newest first."""
    left = np.zeros(size, bool)
    left[newest] = True
    viewed = popular[popular < size]
    viewed = viewed[left[viewed]]
    left[viewed] = False
    return np.concatenate([viewed, newest[left[newest]]])


def travels_of(journeys: np.ndarray, size: int) -> np.ndarray:
    ideas = journeys["idea"]
    return np.bincount(ideas[ideas > 0], minlength=size).astype(np.uint16)


def journey_keys(journeys: np.ndarray, facet: str) -> set[int]:
    """The cities, or the organisations, that are known because something travelled from or to them."""
    names = ("from_city", "city") if facet == "city" else ("organisation",)
    return {key for name in names for key in np.unique(journeys[name]).tolist()} - {0}


# Values from their rows, in the order in which a facet holds them


def term_values(name: str) -> list[Value]:
    terms = TERMS[name].objects.all()
    return [Value(term.slug, term.pk, names=term.name, description=term.description) for term in terms]


def city_values(keys: Iterable[int] | None = None) -> Iterator[Value]:
    """Cities in the order of their names; those with some keys, or all."""
    cities = City.objects.order_by("name_key", "id")
    if keys is not None:
        cities = cities.filter(pk__in=keys)
    fields = ("slug", "id", "name", "country", "region", "latitude", "longitude", "population", "newcomers")
    for slug, pk, name, country, region, latitude, longitude, *people in cities.values_list(*fields).iterator(CHUNK):
        # The same few codes and regions come again and again: one copy of each.
        country, region = sys.intern(country), sys.intern(region)
        place = {"country": country, "region": region, "latitude": latitude, "longitude": longitude}
        yield Value(slug, pk, name, **place, size=Size.of(people[0]), share=Share.of(people[1]))


def organisation_values(keys: Iterable[int] | None = None) -> Iterator[Value]:
    """Organisations in the order of their names; those with some keys, or all."""
    organisations = Organisation.objects.order_by("name_key", "id")
    if keys is not None:
        organisations = organisations.filter(pk__in=keys)
    rows = organisations.values_list("slug", "id", "name", "sector", "city__name", "city__country")
    for slug, pk, name, sector, city, country in rows.iterator(CHUNK):
        sector, city, country = sys.intern(sector), sys.intern(city or ""), sys.intern(country or "")
        yield Value(slug, pk, name, sector=sector, city=city, country=country)
