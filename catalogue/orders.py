"""The orders of ideas: finds places in them by reading a few keys. To hold all the keys would be most of the index."""

from bisect import bisect_left
from collections.abc import Callable

import numpy as np
from pyroaring import BitMap

from catalogue.models import Idea
from catalogue.sets import to_array

#: So many ideas are put in their places one by one; more, and the order is read anew.
PLACED = 50
#: Keys that are read at a time to find a place: four looks find one among sixteen million.
KEYS = 64

#: The keys of some ideas, so that they compare as the order goes.
ReadKeys = Callable[[list[int]], dict[int, tuple]]


def by_title(ideas):
    """In alphabetical order: by one folded key, the same in every language and on both databases."""
    return ideas.order_by("title_key", "id")


def titles(ideas: list[int]) -> dict[int, tuple]:
    """The keys of `by_title`."""
    rows = Idea.objects.filter(pk__in=ideas).values_list("pk", "title_key")
    return {pk: (bytes(key), pk) for pk, key in rows}


def dates(ideas: list[int]) -> dict[int, tuple]:
    """The keys of `newest_first`."""
    rows = Idea.objects.filter(pk__in=ideas).values_list("pk", "first_published")
    return {pk: (-published.timestamp(), -pk) for pk, published in rows}


def reordered(old: np.ndarray, gone: BitMap, come: list[int], read: ReadKeys, whole) -> np.ndarray:
    """An order without some ideas, and with those that come in their places. `whole` is the same order as a query."""
    if len(come) > PLACED:
        return np.fromiter(whole.values_list("id", flat=True).iterator(), np.uint32)
    kept = old[~np.isin(old, to_array(gone))]
    known = read(come)
    come = sorted(come, key=known.get)
    return np.insert(kept, [place(kept, known[idea], read, known) for idea in come], come)


def place(order: np.ndarray, key: tuple, read: ReadKeys, known: dict[int, tuple]) -> int:
    """Where a key belongs in an order. `known` are keys read before; what is read is added to them."""
    low, high = 0, len(order)
    while low < high:
        places = np.unique(np.linspace(low, high - 1, KEYS).astype(int))
        ideas = order[places].tolist()
        known |= read([idea for idea in ideas if idea not in known])
        before = bisect_left(ideas, key, key=known.get)
        low, high = places[before - 1] + 1 if before else low, places[before] if before < len(places) else high
    return int(low)
