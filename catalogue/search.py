"""Words in, ranked ids out: the same ideas in the same order on PostgreSQL and on SQLite.

The database finds which ideas have the words, in one statement; what they are worth is worked out here, so that it
depends on no database. Only published ideas have a text to be found in, and what is found is cut to the index's ids
once more.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field, replace

import numpy as np
from django.db import connection
from pyroaring import BitMap

from catalogue.grammar import Clause, Query, for_postgresql, for_sqlite, parse
from catalogue.models import Change, Kind, Organisation, Synonym
from catalogue.spelling import correction, vocabulary
from catalogue.words import LANGUAGES, keys_in

#: More hits than this are not ranked but shown newest first, and the reader is told.
RANKED = 5_000
#: With fewer than this a likelier spelling is looked for.
LITTLE = 3
#: Searches held by this process, for the next page and the next filter.
HELD = 100
#: What a word is worth where it stands: in the title, the names, the summary; anywhere at all it is worth one.
WORTH = (8.0, 4.0, 2.0)
#: For words that stand in the title side by side as they were typed, and for making up the whole title.
IN_ORDER, WHOLE = 6.0, 4.0
#: What a lexicon is made of.
IN_LEXICON = (Kind.EVERYTHING, Kind.ORGANISATION, Kind.SYNONYM)
#: Of words that nobody chose, so many are looked for, and only such as few ideas have.
RAREST, COMMON = 3, 1_000
#: Of a beginning, as many known words are looked for whose stems don't show it.
GROWN = 50

_SQLITE = """
    WITH hits AS MATERIALIZED (SELECT rowid AS id FROM catalogue_searchindex WHERE catalogue_searchindex MATCH %s)
    SELECT (SELECT group_concat(id) FROM hits), CASE WHEN (SELECT count(*) FROM hits) <= %s THEN (
        SELECT group_concat(idea_id || char(9) || title || char(9) || names || char(9) || summary, char(10))
        FROM hits CROSS JOIN catalogue_searchtext ON idea_id = id
    ) END
"""
_POSTGRESQL = "SELECT ids, heads FROM catalogue_find(%s::tsquery, %s)"
_COUNT = {
    "sqlite": "(SELECT count(*) FROM catalogue_searchindex WHERE catalogue_searchindex MATCH %s)",
    "postgresql": "catalogue_count(%s::tsquery)",
}


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
        while len(_held) > HELD:
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
    on_postgresql = connection.vendor == "postgresql"
    expression = (for_postgresql if on_postgresql else for_sqlite)(query.wanted, query.excluded)
    with connection.cursor() as cursor:
        cursor.execute(_POSTGRESQL if on_postgresql else _SQLITE, [expression, RANKED])
        ids, heads = cursor.fetchone()
    if not ids:
        return BitMap(), ""
    return BitMap(np.fromstring(ids, np.uint32, sep=",")) & published, heads or ""


def counts(clauses: list[Clause]) -> list[int]:
    """How many published ideas meet each clause alone. One query."""
    if not clauses:
        return []
    expressions = [(for_postgresql if connection.vendor == "postgresql" else for_sqlite)([c]) for c in clauses]
    once = list(dict.fromkeys(expressions))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join([_COUNT[connection.vendor]] * len(once))}", once)
        counted = dict(zip(once, cursor.fetchone(), strict=True))
    return [counted[expression] for expression in expressions]


def _ranked(query: Query, ids: BitMap, heads: str, newest: np.ndarray) -> np.ndarray | None:
    """The hits best first, of equals the newest first; None when there are too many."""
    if not ids:
        return np.zeros(0, np.uint32)
    if not heads:
        return None
    # A text's keys all begin with the mark of its language, and English has none.
    worth = {keys_in(language).mark: _Worth(query, language).of for language in LANGUAGES}
    in_english, scores = worth.pop(""), {}
    for line in heads.split("\n"):
        # A blank on both sides of every field, so that a word is found as a whole one.
        pk, *fields = f"{line} ".replace("\t", " \t ").split("\t")
        scores[int(pk)] = worth.get(fields[0][1:4], in_english)(*fields)
    chosen = np.zeros(max(ids.max(), int(newest.max())) + 1, bool)
    chosen[np.asarray(ids.to_array())] = True
    hits = newest[chosen[newest]]
    return hits[np.argsort([-scores.get(pk, 0.0) for pk in hits.tolist()], kind="stable")]


class _Worth:
    """What a text in one language is worth to a query."""

    def __init__(self, query: Query, language: str):
        self.clauses = [
            [
                (option.weight, [_as_text(phrase.keys(language), phrase.prefix) for phrase in option.phrases])
                for option in clause.options
            ]
            for clause in query.wanted
        ]
        words = [word for clause in query.wanted for word in clause.words]
        self.sought = [phrase for options in self.clauses for _weight, phrases in options for phrase in phrases]
        self.all = " ".join(filter(None, (keys_in(language)[word] for word in words)))
        self.number = len(words)

    def of(self, title: str, names: str, summary: str) -> float:
        head, score = f"{title}{names}{summary}", 0.0
        if not any(phrase in head for phrase in self.sought):
            # Most have the words in their long text alone.
            return float(len(self.clauses))
        for options in self.clauses:
            best = 1.0
            for weight, phrases in options:
                worth = 0.0
                for phrase in phrases:
                    worth += 1.0
                    if phrase in title:
                        worth += WORTH[0]
                    if phrase in names:
                        worth += WORTH[1]
                    if phrase in summary:
                        worth += WORTH[2]
                best = max(best, weight * worth / len(phrases))
            score += best
        if f" {self.all} " in title:
            score += IN_ORDER + WHOLE * self.number / title.count(" ")
        return score


def _as_text(keys: tuple[str, ...], prefix: bool) -> str:
    """A phrase as it stands in a text with blanks on both sides; no text has a line end in it."""
    return f" {' '.join(keys)}{'' if prefix else ' '}" if keys else "\n"
