"""The published catalogue as sets of idea ids, per edition: which ideas match, how many each value has, in what order.

It holds only what is published, so nothing else can leak through a list, a count or an export. An index is never
changed: a newer edition makes a new one and swaps one reference, and a request keeps the one it began with.
"""

import threading
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from django.db.models import F
from pyroaring import BitMap

from catalogue.countries import country_names
from catalogue.criteria import Criterion
from catalogue.folding import sort_key
from catalogue.models import Adaptation, Audience, City, Edition, Evidence, Idea, Organisation, Sector, Theme, Topic
from catalogue.models.edition import read_snapshot
from catalogue.models.vocabulary import in_language

FACETS = ("theme", "topic", "audience", "country", "city", "organisation", "sector", "criterion")


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a facet: what the address bar says (`value`), and what it is called."""

    value: str
    pk: int = 0
    name: str = ""
    names: dict | None = None
    #: For a city and an organisation: what a page needs to place it.
    country: str = ""
    region: str = ""
    latitude: float | None = None
    longitude: float | None = None
    sector: str = ""
    city: str = ""
    description: dict | None = None

    @property
    def label(self) -> str:
        return in_language(self.names) if self.names else str(self.name)


class SetFacet:
    """A facet with few values, of which an idea may have several: one bitmap a value."""

    def __init__(self, values: Iterable[Value], sets: dict[str, BitMap]):
        self.values = {value.value: value for value in values}
        self.sets = {key: sets.get(key, BitMap()) for key in self.values}

    def matching(self, value: str) -> BitMap:
        return self.sets[value]

    def counts(self, ids: BitMap) -> dict[str, int]:
        """How many of `ids` have each value; values without any are left out."""
        counts = ((key, ids.intersection_cardinality(having)) for key, having in self.sets.items())
        return {key: count for key, count in counts if count}

    def of(self, idea: int) -> list[Value]:
        """The values of one idea, in the facet's order."""
        return [value for key, value in self.values.items() if idea in self.sets[key]]


class ColumnFacet:
    """A facet with very many values, of which an idea has one: an array by idea id, holding the value's place."""

    def __init__(self, values: Iterable[Value], column: np.ndarray):
        self.values = {value.value: value for value in values}
        self.by_place = list(self.values.values())
        self.places = {key: place for place, key in enumerate(self.values)}
        self.column = column

    def matching(self, value: str) -> BitMap:
        return BitMap(np.flatnonzero(self.column == self.places[value]).astype(np.uint32))

    def counts(self, ids: BitMap) -> dict[str, int]:
        places = self.column[to_array(ids)]
        counts = np.bincount(places[places >= 0], minlength=len(self.by_place))
        return {self.by_place[place].value: int(counts[place]) for place in np.flatnonzero(counts)}

    def of(self, idea: int) -> list[Value]:
        place = self.column[idea] if idea < len(self.column) else -1
        return [self.by_place[place]] if place >= 0 else []


def to_array(ids: BitMap) -> np.ndarray:
    return np.asarray(ids.to_array())


@dataclass(frozen=True)
class Index:
    """The published catalogue at one edition."""

    edition: int
    ids: BitMap
    facets: dict[str, SetFacet | ColumnFacet]
    started: np.ndarray
    orders: dict[str, np.ndarray] = field(repr=False)
    #: How many shown journeys each idea has made, by id.
    travels: np.ndarray

    def __getitem__(self, facet: str) -> SetFacet | ColumnFacet:
        return self.facets[facet]

    def __len__(self) -> int:
        return len(self.ids)

    def started_between(self, first: int | None, last: int | None) -> BitMap:
        """Ideas that began in these years, both included. One whose year isn't known is never among them."""
        known = self.started > 0
        if first is not None:
            known &= self.started >= first
        if last is not None:
            known &= self.started <= last
        return BitMap(np.flatnonzero(known).astype(np.uint32))

    def page(self, ids: BitMap, sort: str, start: int, stop: int) -> list[int]:
        """The ids from `start` to `stop` of a selection in an order: "newest", "title" or "city"."""
        order = self.orders[sort]
        if len(ids) != len(self.ids):
            chosen = np.zeros(len(self.started), bool)
            chosen[to_array(ids)] = True
            order = order[chosen[order]]
        return [int(idea) for idea in order[start:stop]]

    def criteria_of(self, idea: int) -> dict[str, bool]:
        """The four flags of an idea: each true exactly when it holds evidence for that criterion."""
        return {criterion: idea in self["criterion"].sets[criterion] for criterion in Criterion.values}

    def travels_of(self, idea: int) -> int:
        return int(self.travels[idea]) if idea < len(self.travels) else 0

    def first(self, facet: str, idea: int) -> Value | None:
        return next(iter(self[facet].of(idea)), None)


def build() -> Index:
    """A new index of the present edition, read in one snapshot."""
    with read_snapshot():
        edition = Edition.current()
        published = Idea.objects.published()
        rows = np.array(
            list(published.order_by("id").values_list("id", "city_id", "organisation_id", "started")), dtype=object
        ).reshape(-1, 4)
        ids = BitMap(rows[:, 0].astype(np.uint32)) if len(rows) else BitMap()
        size = (max(ids) + 1) if ids else 1
        orders = {
            "newest": published.newest_first(),
            "title": published.order_by("title_key", "id"),
            "city": published.order_by(F("city__name_key").asc(nulls_last=True), "id"),
        }
        orders = {name: np.fromiter(query.values_list("id", flat=True), np.uint32) for name, query in orders.items()}
        joins = {name: _joined(getattr(Idea, f"{name}s").through, name) for name in ("theme", "topic", "audience")}
        flags = defaultdict(BitMap)
        for idea, criterion in Evidence.objects.filter(idea__status="published").values_list("idea_id", "criterion"):
            flags[criterion].add(idea)
        journeys = list(
            Adaptation.objects.shown().values_list(
                "idea_id", "from_city_id", "from_country", "city_id", "country", "organisation_id"
            )
        )
        places = {pk for row in journeys for pk in (row[1], row[3]) if pk} | set(filter(None, rows[:, 1]))
        leaders = {row[5] for row in journeys if row[5]} | set(filter(None, rows[:, 2]))
        cities = [city for city in City.objects.order_by("name_key", "id") if city.pk in places]
        organisations = [o for o in Organisation.objects.select_related("city") if o.pk in leaders]
        terms = {
            "theme": list(Theme.objects.all()),
            "topic": list(Topic.objects.all()),
            "audience": list(Audience.objects.all()),
        }

    idea_ids = rows[:, 0].astype(np.int64)
    city_values = [_city_value(city) for city in cities]
    organisation_values = [_organisation_value(organisation) for organisation in organisations]
    city_column = _column(size, idea_ids, rows[:, 1], {v.pk: place for place, v in enumerate(city_values)})
    organisation_column = _column(
        size, idea_ids, rows[:, 2], {v.pk: place for place, v in enumerate(organisation_values)}
    )
    started = np.zeros(size, np.int16)
    started[idea_ids] = [year or 0 for year in rows[:, 3]]
    travels = np.zeros(size, np.uint16)
    for row in journeys:
        if row[0] is not None and row[0] in ids:
            travels[row[0]] += 1

    countries, sectors = defaultdict(BitMap), defaultdict(BitMap)
    for value, having in _grouped(city_column, city_values):
        countries[value.country] |= having
    for value, having in _grouped(organisation_column, organisation_values):
        sectors[value.sector] |= having
    codes = {v.country for v in city_values} | {code for row in journeys for code in (row[2], row[4]) if code}

    facets = {
        name: SetFacet(
            # A topic is known when a published idea is about it; themes and audiences are known always.
            [_term_value(term) for term in terms[name] if name != "topic" or joins[name].get(term.pk)],
            {term.slug: joins[name][term.pk] for term in terms[name] if term.pk in joins[name]},
        )
        for name in ("theme", "topic", "audience")
    }
    facets["country"] = SetFacet([Value(code, names=country_names(code)) for code in sorted(codes)], dict(countries))
    facets["city"] = ColumnFacet(city_values, city_column)
    facets["organisation"] = ColumnFacet(organisation_values, organisation_column)
    facets["sector"] = SetFacet([Value(s.value, name=s.label) for s in Sector], dict(sectors))
    facets["criterion"] = SetFacet([Value(c.value, name=c.label) for c in Criterion], dict(flags))
    return Index(edition, ids, facets, started, orders, travels)


def _joined(through, name: str) -> dict[int, BitMap]:
    """For each term's key, the published ideas that carry it."""
    sets = defaultdict(BitMap)
    for term, idea in through.objects.filter(idea__status="published").values_list(f"{name}_id", "idea_id"):
        sets[term].add(idea)
    return sets


def _column(size: int, ideas: np.ndarray, keys: np.ndarray, places: dict[int, int]) -> np.ndarray:
    column = np.full(size, -1, np.int32)
    column[ideas] = [places.get(key, -1) for key in keys]
    return column


def _grouped(column: np.ndarray, values: list[Value]):
    """Each value with its ideas, from a column; by one sort rather than one scan a value."""
    order = np.argsort(column, kind="stable")
    bounds = np.searchsorted(column[order], np.arange(len(values) + 1))
    for place, value in enumerate(values):
        ideas = order[bounds[place] : bounds[place + 1]]
        if len(ideas):
            yield value, BitMap(ideas.astype(np.uint32))


def _term_value(term) -> Value:
    return Value(term.slug, term.pk, names=term.name, description=term.description)


def _city_value(city: City) -> Value:
    return Value(
        city.slug,
        city.pk,
        city.name,
        country=city.country,
        region=city.region,
        latitude=city.latitude,
        longitude=city.longitude,
    )


def _organisation_value(organisation: Organisation) -> Value:
    city = organisation.city
    return Value(
        organisation.slug,
        organisation.pk,
        organisation.name,
        sector=organisation.sector,
        city=city.name if city else "",
        country=city.country if city else "",
    )


_held: Index | None = None
_building = threading.Lock()


def current() -> Index:
    """The index of the present edition: what is held if nothing changed since, else a new one. One query when warm."""
    global _held
    number = Edition.current()
    if _held is None or _held.edition < number:
        with _building:
            if _held is None or _held.edition < number:
                _held = build()
    return _held


def forget() -> None:
    """Drops what is held, for a process whose database was replaced under it."""
    global _held
    _held = None


def alphabetical(values: Iterable[Value]) -> list[Value]:
    return sorted(values, key=lambda value: (sort_key(value.label), value.value))
