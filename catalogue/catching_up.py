"""Brings an index up to date from the change log: reads again what changed, and shares the rest with the old one."""

from bisect import insort
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from django.db.models import Q
from pyroaring import BitMap

from catalogue.indexing import (
    JOURNEY,
    TERMS,
    bands,
    city_order,
    city_values,
    country_facet,
    criterion_facet,
    criterion_pairs,
    grouped,
    guide_rows,
    journey_keys,
    journey_rows,
    organisation_values,
    read_index,
    sector_facet,
    term_facet,
    term_pairs,
    term_values,
    travels_of,
    viewed_order,
)
from catalogue.models import Adaptation, Change, Edition, Idea, Kind, Organisation, Popularity
from catalogue.models.edition import read_snapshot
from catalogue.orders import by_title, dates, reordered, titles
from catalogue.sets import ColumnFacet, Index, SetFacet, Value

#: With more editions behind, or more changed, building anew costs less than reading what changed.
FAR, MUCH = 1_000, 2_000


def caught_up(old: Index) -> Index:
    """The index of the present edition, made from an older one in one snapshot."""
    with read_snapshot():
        edition = Edition.current()
        if edition == old.edition:
            return old
        if edition - old.edition > FAR:
            return read_index()
        touched = defaultdict(set)
        for kind, pk in Change.since(old.edition):
            touched[kind].add(pk)
        if Kind.EVERYTHING in touched or sum(map(len, touched.values())) > MUCH:
            return read_index()
        return _changed(replace(old, edition=edition), touched)


def _changed(old: Index, touched: dict[int, set[int]]) -> Index:
    """The index with what was touched read again. Pages, resources and old addresses are not in it."""
    ideas = touched[Kind.IDEA]
    fields = ("id", "city_id", "organisation_id", "started")
    published = Idea.objects.published()
    rows = {row[0]: row for row in published.filter(pk__in=ideas).values_list(*fields)}
    gone, come = BitMap(ideas), sorted(rows)
    ids = (old.ids - gone) | BitMap(come) if ideas else old.ids
    size = max(len(old.started), max(come, default=0) + 1)
    journeys = _journeys(old.journeys, touched[Kind.ADAPTATION], ideas)

    facets = dict(old.facets)
    for name, model in TERMS.items():
        facets[name] = _terms(old[name], name, touched[model.kind], gone, come)
    facets["criterion"] = _criteria(old["criterion"], gone, come)
    cities, organisations = touched[Kind.CITY], touched[Kind.ORGANISATION]
    if cities:
        # An organisation is listed with the name of its city.
        organisations = organisations | set(
            Organisation.objects.filter(city_id__in=cities).values_list("pk", flat=True)
        )
    for name, place, labels, read in (
        ("city", 1, cities, city_values),
        ("organisation", 2, organisations, organisation_values),
    ):
        now = {pk: rows[pk][place] if pk in rows else None for pk in ideas}
        more = journey_keys(journeys, name)
        facets[name] = _column(old[name], size, now, more, labels, read)
    if facets["city"] is not old["city"] or journeys is not old.journeys:
        facets["country"] = country_facet(facets["city"], journeys)
    if facets["city"] is not old["city"]:
        facets |= bands(facets["city"])
    if facets["organisation"] is not old["organisation"]:
        facets["sector"] = sector_facet(facets["organisation"])

    started, orders = old.started, dict(old.orders)
    if ideas:
        started = _grown(started, size, 0)
        started[_within(ideas, size)] = 0
        started[come] = [rows[pk][3] or 0 for pk in come]
        orders["newest"] = reordered(old.orders["newest"], gone, come, dates, published.newest_first())
        orders["title"] = reordered(old.orders["title"], gone, come, titles, by_title(published))
    if ideas or facets["city"] is not old["city"]:
        orders["city"] = city_order(ids, facets["city"])
    popular = Popularity.ideas() if touched[Kind.POPULARITY] else old.popular
    if ideas or touched[Kind.POPULARITY]:
        orders["viewed"] = viewed_order(popular, orders["newest"], size)
    guides = old.guides
    if ideas:
        said = list(guide_rows(come))
        guides = (guides - gone) | BitMap(row[0] for row in said)
        for name, place in (("lead", 1), ("money", 2)):
            sets = _moved(old[name].sets, gone, ((row[place], row[0]) for row in said))
            facets[name] = SetFacet(old[name].values.values(), sets)
    travels = old.travels if journeys is old.journeys and not ideas else travels_of(journeys, size)
    return Index(old.edition, ids, facets, started, orders, travels, journeys, guides, popular)


def _grown(array: np.ndarray, size: int, empty: int) -> np.ndarray:
    """A copy with room for `size` ideas."""
    return np.append(array, np.full(size - len(array), empty, array.dtype))


def _within(ideas: Iterable[int], size: int) -> list[int]:
    # A draft that never was published may have a number beyond every array.
    return [pk for pk in ideas if pk < size]


def _journeys(old: np.ndarray, touched: set[int], ideas: set[int]) -> np.ndarray:
    """The shown journeys. One is shown or not by its ideas, too: those to and from a changed idea are read again."""
    if not touched and not ideas:
        return old
    ends = Q(pk__in=touched) | Q(idea__in=ideas) | Q(became__in=ideas)
    again = touched | set(Adaptation.objects.filter(ends).values_list("pk", flat=True))
    if not again:
        return old
    shown = np.fromiter(journey_rows(Adaptation.objects.shown().filter(pk__in=again)), JOURNEY)
    kept = old[~np.isin(old["pk"], list(again))]
    journeys = np.concatenate([kept, shown])
    return journeys[np.argsort(journeys["pk"])]


def _terms(old: SetFacet, name: str, touched: set[int], gone: BitMap, come: list[int]) -> SetFacet:
    if not touched and not gone:
        return old
    keys = {key: value.pk for key, value in old.values.items()}
    sets = _moved({keys[key]: having for key, having in old.sets.items()}, gone, term_pairs(name, come))
    unknown = sets.keys() - keys.values()
    return term_facet(name, term_values(name) if touched or unknown else old.values.values(), sets)


def _criteria(old: SetFacet, gone: BitMap, come: list[int]) -> SetFacet:
    return criterion_facet(_moved(old.sets, gone, criterion_pairs(come))) if gone else old


def _moved(sets: dict, gone: BitMap, pairs: Iterable[tuple]) -> dict:
    """The sets without some ideas, and with those where they are now. A set that neither touches is shared."""
    come = grouped(pairs)
    moved = dict(sets)
    for key in sets.keys() | come.keys():
        having = sets.get(key, BitMap())
        if key in come or having.intersect(gone):
            moved[key] = (having - gone) | come.get(key, BitMap())
    return moved


def _column(
    old: ColumnFacet, size: int, now: dict[int, int | None], more: set[int], touched: set[int], read
) -> ColumnFacet:
    """A facet of one value an idea. `now` says the value of each changed idea; `more` are known without an idea."""
    column = _grown(old.column, size, -1)
    column[_within(now, size)] = -1
    counts = np.bincount(column[column >= 0], minlength=len(old.by_place))
    used = more | set(filter(None, now.values()))
    unused = {old.by_place[place].pk for place in np.flatnonzero(counts == 0)} - used
    known = {value.pk for value in old.by_place} if used or touched else set()
    again = (used - known) | (touched & known - unused)
    if again or unused:
        facet = _relabelled(old, column, again | unused, read(again))
    elif now:
        facet = old.with_column(column)
    else:
        return old
    if used:
        places = {value.pk: place for place, value in enumerate(facet.by_place)}
        for idea, key in now.items():
            if key:
                facet.column[idea] = places[key]
    return facet


def _relabelled(old: ColumnFacet, column: np.ndarray, without: set[int], fresh: Iterable[Value]) -> ColumnFacet:
    """The facet without some values and with fresh ones; each idea keeps its value, wherever that stands now."""
    values = [value for value in old.by_place if value.pk not in without]
    for value in fresh:
        insort(values, value, key=lambda value: value.place_in_order)
    places = {value.pk: place for place, value in enumerate(values)}
    # The last one is for ideas without a value: their place is -1.
    moved = np.array([*(places.get(value.pk, -1) for value in old.by_place), -1], np.int32)
    return ColumnFacet(values, moved[column])
