"""Words in, ranked ids out: the same ideas in the same order on PostgreSQL and on SQLite.

The database finds which ideas have the words, in one statement; what they are worth is worked out here, so that it
depends on no database. Only published ideas have a text to be found in, and what is found is cut to the index's ids
once more.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from itertools import chain

import numpy as np
from django.db import connection
from pyroaring import BitMap

from catalogue.grammar import Clause, Query, exactly, for_postgresql, for_sqlite, parse
from catalogue.models import Change, Kind, Organisation, Synonym
from catalogue.ranking import Heads
from catalogue.sets import to_array, to_bitmap
from catalogue.spelling import correction, vocabulary

#: More hits than this are not ranked but shown newest first, and the reader is told.
RANKED = 2_000
#: With fewer than this a likelier spelling is looked for.
LITTLE = 3
#: Searches held by this process, for the next page and the next filter.
HELD = 100
#: What a lexicon is made of.
IN_LEXICON = (Kind.EVERYTHING, Kind.ORGANISATION, Kind.SYNONYM)
#: Of words that nobody chose, so many are looked for, and only such as few ideas have.
RAREST, COMMON = 3, 1_000
#: Of a beginning, as many known words are looked for whose stems don't show it.
GROWN = 50

_SQLITE = """
    WITH hits AS MATERIALIZED (
        SELECT group_concat(rowid) AS ids, count(*) AS number FROM catalogue_searchindex
        WHERE catalogue_searchindex MATCH %s AND (%s = '' OR keys REGEXP %s)
    )
    SELECT ids, CASE WHEN number <= %s THEN (
        SELECT group_concat(keys, char(10))
        FROM json_each('[' || ids || ']') CROSS JOIN catalogue_searchhead ON idea_id = value
    ) END FROM hits
"""
_POSTGRESQL = "SELECT ids, heads FROM catalogue_find(%s::tsquery, %s, %s)"
_COUNT_SQLITE = """(
    SELECT count(*) FROM catalogue_searchindex WHERE catalogue_searchindex MATCH %s AND (%s = '' OR keys REGEXP %s)
)"""
_COUNT_POSTGRESQL = "catalogue_count(%s::tsquery, %s)"


@dataclass(frozen=True)
class Found:
    """What a query found."""

    #: As the reader typed it, and as it was looked for: another where the reader's own found nothing.
    asked: Query
    shown: Query
    ids: BitMap = field(default_factory=BitMap)
    #: Best first; None when there are too many to rank.
    order: np.ndarray | None = None
    #: A spelling that would find more.
    suggestion: str = ""

    @property
    def corrected(self) -> bool:
        return self.shown is not self.asked


@dataclass(frozen=True)
class Lexicon:
    """What search knows beside the ideas, at one edition."""

    edition: int
    synonyms: list[list[str]]
    #: The other names of organisations by their slugs.
    aliases: dict[str, list[str]]


_lexicon: Lexicon | None = None
_held: OrderedDict[tuple[int, str], Found] = OrderedDict()
_lock = threading.Lock()


def find(text: str, edition: int, published: BitMap, newest: np.ndarray) -> Found:
    """What a reader's words find among the published ideas; `newest` is their order. Raises nothing for any text."""
    key = (edition, text[:1000])
    with _lock:
        if key in _held:
            _held.move_to_end(key)
            return _held[key]
    found = _find(text[:1000], edition, published, newest)
    with _lock:
        _held[key] = found
        # What was found in an earlier edition isn't asked for any more.
        while len(_held) > HELD or next(iter(_held))[0] < edition:
            _held.popitem(last=False)
    return found


def nearest(text: str, edition: int, published: BitMap, newest: np.ndarray, most: int) -> list[int]:
    """A few ideas for words that nobody chose, such as those of an address: with all of them, else with any."""
    found = find(text, edition, published, newest)
    if found.ids and found.order is not None:
        return found.order[:most].tolist()
    clauses = [clause for clause in found.asked.wanted if not clause.literal]
    times = dict(zip(clauses, counts(clauses), strict=True))
    rarest = sorted((clause for clause in clauses if 0 < times[clause] <= COMMON), key=times.get)[:RAREST]
    if not rarest:
        return []
    ways = tuple(option for clause in rarest for option in clause.options)
    any_of = Query(found.asked.text, (Clause(ways, ()),))
    ids, heads = _hits(any_of, published)
    order = _ranked(Query(found.asked.text, tuple(rarest)), ids, heads, newest)
    return [] if order is None else order[:most].tolist()


def forget() -> None:
    """Drops what is held, for a process whose database was replaced under it."""
    global _lexicon
    _lexicon = None
    vocabulary.forget()
    with _lock:
        _held.clear()


def lexicon(edition: int) -> Lexicon:
    """Synonyms and other names at an edition. Once an edition and process it is asked whether any changed."""
    global _lexicon
    held = _lexicon
    if held is None or held.edition > edition:
        _lexicon = held = _read_lexicon(edition)
    elif held.edition < edition:
        changes = Change.objects.filter(edition__gt=held.edition, kind__in=IN_LEXICON)
        _lexicon = held = _read_lexicon(edition) if changes.exists() else replace(held, edition=edition)
    return held


def _read_lexicon(edition: int) -> Lexicon:
    aliases: dict[str, list[str]] = {}
    for slug, names in Organisation.objects.exclude(aliases=[]).values_list("slug", "aliases"):
        aliases.setdefault(slug, []).extend(names)
    return Lexicon(edition, [synonym.group for synonym in Synonym.objects.all()], aliases)


def _find(text, edition, published, newest) -> Found:
    asked = _grown(parse(text, lexicon(edition).synonyms), edition)
    ids, heads = _hits(asked, published)
    shown, suggestion = asked, ""
    if asked.wanted and len(ids) < LITTLE:
        text = correction(asked, vocabulary.at(edition), counts, rare=LITTLE - 1 if ids else 0)
        other = _grown(parse(text, lexicon(edition).synonyms), edition) if text else asked
        more, other_heads = _hits(other, published) if text else (BitMap(), "")
        if len(more) > len(ids):
            if ids:
                suggestion = text
            else:
                shown, ids, heads = replace(other, cut=asked.cut), more, other_heads
    return Found(asked, shown, ids, _ranked(shown, ids, heads, newest), suggestion)


def _grown(query: Query, edition: int) -> Query:
    """The query with, for each beginning, the known words that have it."""
    if not any(p.prefix for c in query.clauses for o in c.options for p in o.phrases):
        return query
    words = vocabulary.at(edition)

    def grow(phrase):
        single = phrase.prefix and len(phrase.words) == 1
        return replace(phrase, grown=tuple(words.beginning(phrase.words[0], GROWN))) if single else phrase

    def grow_option(option):
        return replace(option, phrases=tuple(map(grow, option.phrases)))

    grown = (replace(clause, options=tuple(map(grow_option, clause.options))) for clause in query.clauses)
    return replace(query, clauses=tuple(grown))


def _hits(query: Query, published: BitMap) -> tuple[BitMap, str]:
    """The published ideas that a query finds, and for ranking a line each, unless there are too many. One query."""
    if not query.wanted:
        return BitMap(), ""
    with connection.cursor() as cursor:
        cursor.execute(_POSTGRESQL if _on_postgresql() else _SQLITE, [*_asked(query.wanted, query.excluded), RANKED])
        ids, heads = cursor.fetchone()
    if not ids:
        return BitMap(), ""
    found = np.frombuffer(ids, ">u4") if _on_postgresql() else np.fromstring(ids, np.uint32, sep=",")
    return to_bitmap(found) & published, heads or ""


def _on_postgresql() -> bool:
    return connection.vendor == "postgresql"


def _asked(clauses: list[Clause], excluded: list[Clause] = ()) -> list[str]:
    """What the statements for this database ask, as their parameters."""
    exact = exactly(clauses, excluded)
    if _on_postgresql():
        return [for_postgresql(clauses, excluded), exact]
    return [for_sqlite(clauses, excluded), exact, exact]


def counts(clauses: list[Clause]) -> list[int]:
    """How many published ideas meet each clause alone. One query."""
    if not clauses:
        return []
    asked = [tuple(_asked([clause])) for clause in clauses]
    once = list(dict.fromkeys(asked))
    count = _COUNT_POSTGRESQL if _on_postgresql() else _COUNT_SQLITE
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join([count] * len(once))}", list(chain.from_iterable(once)))
        counted = dict(zip(once, cursor.fetchone(), strict=True))
    return [counted[one] for one in asked]


def _ranked(query: Query, ids: BitMap, heads: str, newest: np.ndarray) -> np.ndarray | None:
    """The hits best first, of equals the newest first; None when there are too many."""
    if not ids:
        return np.zeros(0, np.uint32)
    if not heads:
        return None
    heads = Heads(heads)
    size = max(int(heads.ids.max()), int(newest.max())) + 1
    chosen, worth = np.zeros(size, bool), np.zeros(size)
    chosen[to_array(ids)] = True
    worth[heads.ids] = heads.worth(query)
    hits = newest[chosen[newest]]
    return hits[np.argsort(-worth[hits], kind="stable")]
