"""What a reader typed, taken apart: words, "phrases", beginnings*, -words to leave out. Everything else is text.

Nothing is ever an error, and what was typed reaches a database only as the keys that `words` makes.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from catalogue.words import GAP, LANGUAGES, STOP_WORDS, WORD, keys_in, normal, pairs, prefix_in, run, surface

#: Longer queries are cut here, and the reader is told.
LONGEST = 200
#: So much less than the reader's own word a synonym counts.
SYNONYM = 0.6

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»″", '"'))
_PART = re.compile(r'(?P<minus>(?<!\S)[-−–](?=[\w"]))?(?:"(?P<phrase>[^"]*)"|(?P<chunk>[^\s"]+))')
#: A hyphen or an apostrophe holds a chunk together; a slash, a comma and anything else take it apart.
_PIECE = re.compile(r"[\w\u0300-\u036f'’‐‑-]+\*?")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand side by side; the last may be only the beginning of a word."""

    words: tuple[str, ...]
    prefix: bool = False
    #: For a beginning: words known to have it whose stems don't show it.
    grown: tuple[str, ...] = ()

    def keys(self, language: str) -> tuple[str, ...]:
        """The keys in a language; empty when a word is none after all."""
        whole = self.words[:-1] if self.prefix else self.words
        found = [keys_in(language)[word] for word in whole]
        if self.prefix:
            found.append(prefix_in(language, self.words[-1]))
        return tuple(found) if all(found) else ()


@dataclass(frozen=True, slots=True)
class Option:
    """One way to meet a clause: all of these phrases, wherever they stand."""

    phrases: tuple[Phrase, ...]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Clause:
    """Something that an idea must have, or must not have: any one of the options."""

    options: tuple[Option, ...]
    words: tuple[str, ...]
    excluded: bool = False
    #: Between quotation marks, or cut off with a star: taken to the letter.
    literal: bool = False
    #: Where it stands in the text of the query.
    start: int = 0
    end: int = 0

    @property
    def long(self) -> bool:
        """Whether its pairs aren't all of it: they may stand apart."""
        return any(len(phrase.words) > 2 for option in self.options for phrase in option.phrases)


@dataclass(frozen=True)
class Query:
    """A query, as a reader typed it and taken apart."""

    text: str
    clauses: tuple[Clause, ...] = ()
    cut: bool = False

    @cached_property
    def wanted(self) -> list[Clause]:
        return [clause for clause in self.clauses if not clause.excluded]

    @cached_property
    def excluded(self) -> list[Clause]:
        return [clause for clause in self.clauses if clause.excluded]

    @cached_property
    def only_excludes(self) -> bool:
        return bool(self.clauses) and not self.wanted

    def phrases(self, language: str) -> list[tuple[tuple[str, ...], bool]]:
        """All that it looks for in a text of this language, as (keys, whether the last is a beginning)."""
        found = {}
        for phrase in (p for clause in self.wanted for option in clause.options for p in option.phrases):
            if keys := phrase.keys(language):
                found[keys, phrase.prefix] = None
            found |= {((keys_in(language)[word],), False): None for word in phrase.grown}
        return list(found)


def clean(text: str) -> str:
    """What can be shown again in the box: one line without signs that nobody can see."""
    return " ".join("".join(" " if unicodedata.category(c) in _UNSEEN else c for c in normal(text)).split())


_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def parse(text: str, synonyms: Iterable[list[str]] = ()) -> Query:
    """Takes a query apart. Words that stand in nearly every text are left out; perhaps nothing is left then."""
    text = clean(text)
    cut = len(text) > LONGEST
    text = text[:LONGEST].rstrip()
    quoted = text.translate(_QUOTES)
    if quoted.count('"') % 2:
        # One that isn't closed opens nothing.
        last = quoted.rindex('"')
        quoted = quoted[:last] + " " + quoted[last + 1 :]
    clauses = []
    for part in _PART.finditer(quoted):
        excluded = part["minus"] is not None
        if part["phrase"] is not None:
            clauses += _phrase(part["phrase"], excluded, part.start("phrase"), part.end("phrase"))
        else:
            clauses += _pieces(part["chunk"], excluded, part.start("chunk"))
    return Query(text, tuple(_widened(clauses, list(synonyms))), cut)


def _phrase(text: str, excluded: bool, start: int, end: int) -> list[Clause]:
    words = tuple(filter(surface, WORD.findall(text)))
    if not words or (len(words) == 1 and surface(words[0]) in STOP_WORDS):
        return []
    return [Clause((Option((Phrase(words),)),), words, excluded, True, start, end)]


def _pieces(chunk: str, excluded: bool, offset: int) -> list[Clause]:
    """The clauses of what stands between two blanks."""
    clauses = []
    for piece in _PIECE.finditer(chunk):
        words = tuple(filter(surface, WORD.findall(piece[0])))
        if not words or all(surface(word) in STOP_WORDS for word in words):
            continue
        # A single letter begins too many words to mean any of them.
        prefix = piece[0].endswith("*") and len(surface(words[-1])) > 1
        options = [Option((Phrase(words, prefix),))]
        if len(words) > 1 and not prefix:
            options.append(Option((Phrase(("".join(map(surface, words)),)),)))
        start, end = offset + piece.start(), offset + piece.end()
        clauses.append(Clause(tuple(options), words, excluded, prefix, start, end))
    return clauses


def _widened(clauses: list[Clause], synonyms: list[list[str]]) -> list[Clause]:
    """The clauses, with words that mean the same beside those for which editors have named some."""
    ways = {}
    for group in synonyms:
        for name in group:
            ways.setdefault(_name_keys(name), []).extend(other for other in group if other != name)
    longest = max(map(len, ways), default=0)
    widened = []
    while clauses:
        for size in range(min(longest, len(clauses)), 0, -1):
            run = clauses[:size]
            if any(clause.literal or clause.excluded for clause in run):
                continue
            keys = tuple(keys_in("en")[word] for clause in run for word in clause.words)
            if keys in ways:
                widened.append(_joined(run, ways[keys]))
                clauses = clauses[size:]
                break
        else:
            widened.append(clauses[0])
            clauses = clauses[1:]
    return widened


def _name_keys(name: str) -> tuple[str, ...]:
    return tuple(filter(None, (keys_in("en")[word] for word in WORD.findall(normal(name)))))


def _joined(run: list[Clause], others: list[str]) -> Clause:
    """One clause for a run of them: the run itself, or one of the others."""
    own = run[0].options if len(run) == 1 else (Option(tuple(c.options[0].phrases[0] for c in run)),)
    more = tuple(Option((Phrase(tuple(WORD.findall(normal(name)))),), SYNONYM) for name in dict.fromkeys(others))
    words = tuple(word for clause in run for word in clause.words)
    return replace(run[0], options=own + more, words=words, end=run[-1].end)


# The same question for each database, made of keys alone. A phrase is asked for by its pairs.


def for_sqlite(clauses: list[Clause], excluded: list[Clause] = ()) -> str:
    """An expression for FTS5's MATCH."""

    def say(keys, prefix):
        return "(" + " AND ".join(f'"{key}"' for key in pairs(keys) or keys) + (" *)" if prefix else ")")

    wanted = " AND ".join(dict.fromkeys(_either(clause, " OR ", " AND ", say) for clause in clauses))
    unwanted = " OR ".join(_either(clause, " OR ", " AND ", say) for clause in excluded if not clause.long)
    return f"({wanted}) NOT ({unwanted})" if unwanted else wanted


def for_postgresql(clauses: list[Clause], excluded: list[Clause] = ()) -> str:
    """A tsquery as text."""

    def say(keys, prefix):
        return "(" + " & ".join(f"'{key}'" for key in pairs(keys) or keys) + (":*)" if prefix else ")")

    wanted = [_either(clause, " | ", " & ", say) for clause in clauses]
    unwanted = [f"!{_either(clause, ' | ', ' & ', say)}" for clause in excluded if not clause.long]
    return " & ".join(dict.fromkeys(wanted + unwanted))


def exactly(clauses: list[Clause], excluded: list[Clause] = ()) -> str:
    """A regular expression, the same on both databases, for what pairs can't tell; empty if they tell all."""

    def say(keys, prefix):
        return f"(?=.* {run(keys).removesuffix(f' {keys[-1]}')}{'' if prefix else ' '})"

    wanted = [_either(clause, "|", "", say) for clause in clauses if clause.long]
    unwanted = [f"(?!{_either(clause, '|', '', say)})" for clause in excluded if clause.long]
    return "^" + "".join(wanted + unwanted) if wanted or unwanted else ""


def _either(clause: Clause, either: str, both: str, say) -> str:
    """A clause in brackets: in each language, any option; of it, all phrases."""
    ways = {}
    for language in LANGUAGES:
        for option in clause.options:
            phrases = [_with_grown(phrase, language, either, say) for phrase in option.phrases]
            if all(phrases):
                ways["(" + both.join(phrases) + ")"] = None
    # No word has this as its key: what has no keys is nowhere.
    return f"({either.join(ways) or say(('nowhere' + GAP,), False)})"


def _with_grown(phrase: Phrase, language: str, either: str, say) -> str:
    keys = phrase.keys(language)
    if not keys:
        return ""
    grown = sorted({keys_in(language)[word] for word in phrase.grown} - {""})
    return "(" + either.join([say(keys, phrase.prefix), *(say((key,), False) for key in grown)]) + ")"
