"""Sets of idea ids and the algebra on them: what matches, how many each value of a facet has, and in what order."""

import copy
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np
from django.utils.translation import get_language
from pyroaring import BitMap

from catalogue.criteria import Criterion
from catalogue.folding import flat, sort_key
from catalogue.languages import foreign
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
    #: For a city, the bands of its population and of the share of newcomers; empty where they aren't known.
    size: str = ""
    share: str = ""
    description: dict | None = None

    @property
    def label(self) -> str:
        return self.label_in(None)

    def label_in(self, language: str | None) -> str:
        """Its name in a language, the reader's when none is named. Whoever labels hundreds asks for that once."""
        return in_language(self.names, language) if self.names else str(self.name)

    @property
    def lang(self) -> str:
        """English, where that is all that the reader's language has of it; a name of a place is nobody's language."""
        return foreign() if self.names and not self.names.get(get_language()) else ""

    @property
    def place_in_order(self) -> tuple[bytes, int]:
        """Its place among values of one name in every language: as the database orders `name_key, id`."""
        return sort_key(self.name), self.pk


class SetFacet:
    """A facet with few values, of which an idea may have several: one bitmap a value."""

    def __init__(self, values: Iterable[Value], sets: dict[str, BitMap]):
        self.values = {value.value: value for value in values}
        self.sets = {key: sets.get(key, BitMap()) for key in self.values}
        self._alphabets: dict[str, dict[str, int]] = {}

    def matching(self, value: str) -> BitMap:
        return self.sets[value]

    def counts(self, ids: BitMap) -> dict[str, int]:
        """How many of `ids` have each value; values without any are left out."""
        counts = ((key, ids.intersection_cardinality(having)) for key, having in self.sets.items())
        return {key: count for key, count in counts if count}

    def fullest(self, ids: BitMap, most: int | None = None) -> tuple[list[tuple[str, int]], int]:
        """The first values by how many of `ids` have them, then by label, as (value, count); and how many there are."""
        counts, places = self.counts(ids), self.alphabet()
        found = sorted(counts, key=lambda key: (-counts[key], places[key]))
        return [(key, counts[key]) for key in found[:most]], len(found)

    def alphabet(self) -> dict[str, int]:
        """Each value's place by its label in the reader's language; worked out once a language."""
        language = get_language() or ""
        if language not in self._alphabets:
            labels = alphabetical(self.values.values())
            self._alphabets[language] = {value.value: place for place, value in enumerate(labels)}
        return self._alphabets[language]

    def of(self, idea: int) -> list[Value]:
        """The values of one idea, in the facet's order."""
        return [value for key, value in self.values.items() if idea in self.sets[key]]

    def of_each(self, ids: Iterable[int]) -> dict[int, list[Value]]:
        """The values of each of these ideas: one look at every set, however many ideas there are."""
        chosen = BitMap(ids)
        found = {idea: [] for idea in chosen}
        for key, value in self.values.items():
            for idea in self.sets[key] & chosen:
                found[idea].append(value)
        return found


class ColumnFacet:
    """A facet with very many values, of which an idea has one: an array by idea id, holding the value's place.

    Its values stand in the order of their names.
    """

    def __init__(self, values: Iterable[Value], column: np.ndarray):
        self.values = {value.value: value for value in values}
        self.by_place = list(self.values.values())
        self.places = {key: place for place, key in enumerate(self.values)}
        self.column = column

    def with_column(self, column: np.ndarray) -> "ColumnFacet":
        """The same values, which are shared, with other ideas."""
        other = copy.copy(self)
        other.column = column
        return other

    def matching(self, value: str) -> BitMap:
        return to_bitmap(np.flatnonzero(self.column == self.places[value]))

    def counts(self, ids: BitMap) -> dict[str, int]:
        """How many of `ids` have each value, in the order of the values' names; values without any are left out."""
        counts = self._counts(ids)
        return {self.by_place[place].value: int(counts[place]) for place in np.flatnonzero(counts)}

    def fullest(self, ids: BitMap, most: int | None = None) -> tuple[list[tuple[str, int]], int]:
        """The first values by how many of `ids` have them, then by label, as (value, count); and how many there are.

        Without a look at any but these: of ten thousand organisations a page lists twenty.
        """
        counts = self._counts(ids)
        total = int(np.count_nonzero(counts))
        least = 1 if most is None or most >= total else np.partition(counts, -most)[-most]
        places = np.flatnonzero(counts >= least)
        # Stable, so that of equal numbers the one that stands first stays first.
        places = places[np.argsort(-counts[places], kind="stable")][:most]
        return [(self.by_place[place].value, int(counts[place])) for place in places], total

    def _counts(self, ids: BitMap) -> np.ndarray:
        # One further, so that those without a value are the first number and not a negative one.
        return np.bincount(self.column[to_array(ids)] + 1, minlength=len(self.by_place) + 1)[1:]

    def without(self, ids: BitMap) -> BitMap:
        """Those of `ids` that have no value."""
        numbers = to_array(ids)
        return to_bitmap(numbers[self.column[numbers] < 0])

    def places_of(self, keys: np.ndarray) -> np.ndarray:
        """Where the values with these keys stand; -1 for 0, which is no key."""
        places = np.full(max((value.pk for value in self.by_place), default=0) + 1, -1, np.int32)
        places[[value.pk for value in self.by_place]] = np.arange(len(self.by_place))
        return places[keys]

    def of(self, idea: int) -> list[Value]:
        place = self.column[idea] if idea < len(self.column) else -1
        return [self.by_place[place]] if place >= 0 else []

    def of_each(self, ids: Iterable[int]) -> dict[int, list[Value]]:
        return {idea: self.of(idea) for idea in ids}

    def by(self, attribute: str) -> dict[str, BitMap]:
        """The ideas by what their value says of itself: those of each country, from the cities' facet."""
        said = sorted({getattr(value, attribute) for value in self.by_place})
        code = {text: number for number, text in enumerate(said)}
        # The last one is for ideas without a value: their place is -1. Sixteen bits are sorted by radix.
        codes = np.array([*(code[getattr(value, attribute)] for value in self.by_place), len(said)], np.uint16)
        of_idea = codes[self.column]
        order = np.argsort(of_idea, kind="stable")
        bounds = np.searchsorted(of_idea[order], np.arange(len(said) + 1))
        return {text: to_bitmap(order[bounds[n] : bounds[n + 1]]) for n, text in enumerate(said)}

    @cached_property
    def ranks(self) -> np.ndarray:
        """The rank of each value's name by its place, equal for equal names; the last one is for no value at all."""
        keys = [sort_key(value.name) for value in self.by_place]
        steps = [before != after for before, after in pairwise(keys)]
        ranks = np.cumsum([0, *steps])[: len(keys)]
        return np.append(ranks, len(keys)).astype(np.min_scalar_type(len(keys)))

    @cached_property
    def folded(self) -> tuple[str, np.ndarray]:
        """The words of every name in one text, a name a line, each word after a blank; and where each line begins."""
        lines = [f" {flat(value.name)}\n" for value in self.by_place]
        return "".join(lines), np.cumsum([0, *map(len, lines)])[:-1]


def to_array(ids: BitMap) -> np.ndarray:
    return np.asarray(ids.to_array())


def to_bitmap(ids: np.ndarray) -> BitMap:
    # From an `array`, which it reads eight times as fast as one of numpy's.
    return BitMap(array("I", ids.astype(np.uint32).tobytes()))


@dataclass(frozen=True)
class Index:
    """The published catalogue at one edition. It is never changed: a newer edition makes another."""

    edition: int
    ids: BitMap
    facets: dict[str, SetFacet | ColumnFacet]
    started: np.ndarray
    orders: dict[str, np.ndarray] = field(repr=False)
    #: How many shown journeys each idea has made, by id.
    travels: np.ndarray
    #: The two ends of every shown journey: what makes a place known where no idea began.
    journeys: np.ndarray = field(repr=False)
    #: Those that have a transfer guide.
    guides: BitMap
    #: The ideas that were viewed, most first, published or not: what the order "viewed" is made of.
    popular: np.ndarray = field(repr=False)
    _of_all: dict[tuple, tuple] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __getitem__(self, facet: str) -> SetFacet | ColumnFacet:
        return self.facets[facet]

    def __len__(self) -> int:
        return len(self.ids)

    def fullest(self, facet: str, ids: BitMap, most: int | None) -> tuple[list[tuple[str, int]], int]:
        """A facet's first values among some ideas; among all of them, which most readers ask for, it is kept."""
        if ids is not self.ids:
            return self[facet].fullest(ids, most)
        key = facet, most, get_language()
        if key not in self._of_all:
            self._of_all[key] = self[facet].fullest(ids, most)
        return self._of_all[key]

    def started_between(self, first: int | None, last: int | None) -> BitMap:
        """Ideas that began in these years, both included. One whose year isn't known is never among them."""
        among = self.started >= max(first or 1, 1)
        if last is not None:
            among &= self.started <= last
        return to_bitmap(np.flatnonzero(among))

    def ordered(self, ids: BitMap, sort: str) -> np.ndarray:
        """A selection in an order: "newest", "title", "city" or "viewed"."""
        order = self.orders[sort]
        if len(ids) == len(self.ids):
            return order
        chosen = np.zeros(len(self.started), bool)
        chosen[to_array(ids)] = True
        return order[chosen[order]]

    def page(self, ids: BitMap, sort: str, start: int, stop: int) -> list[int]:
        """The ids from `start` to `stop` of a selection in an order."""
        return self.ordered(ids, sort)[start:stop].tolist()

    def criteria_of(self, idea: int) -> dict[str, bool]:
        """The four flags of an idea: each true exactly when it holds evidence for that criterion."""
        return {criterion: idea in self["criterion"].sets[criterion] for criterion in Criterion.values}

    def travels_of(self, idea: int) -> int:
        return int(self.travels[idea]) if idea < len(self.travels) else 0

    def ways(self, ids: BitMap) -> list[tuple[Value, Value, int]]:
        """The ways from city to city that ideas went, these ideas at either end: each once, most travelled first.

        With the number of journeys. One with an end that is no city, or within one city, is no way on a map.
        """
        chosen = np.zeros(len(self.started), bool)
        chosen[to_array(ids)] = True
        rows, cities = self.journeys, self["city"]
        rows = rows[chosen[rows["idea"]] | chosen[rows["became"]]]
        start, end = cities.places_of(rows["from_city"]), cities.places_of(rows["city"])
        # The number 0, where an end is no idea, has no city.
        start = np.where(rows["idea"] > 0, cities.column[rows["idea"]], start)
        end = np.where(end < 0, cities.column[rows["became"]], end)
        pairs = np.column_stack([start, end])[(start >= 0) & (end >= 0) & (start != end)]
        found, counts = np.unique(pairs, axis=0, return_counts=True)
        order = np.argsort(-counts, kind="stable")
        at = cities.by_place
        return [(at[a], at[b], int(n)) for (a, b), n in zip(found[order].tolist(), counts[order], strict=True)]

    def first(self, facet: str, idea: int) -> Value | None:
        return next(iter(self[facet].of(idea)), None)


def alphabetical(values: Iterable[Value]) -> list[Value]:
    return sorted(values, key=lambda value: (sort_key(value.label), value.value))
