"""What a slip of the pen may have meant: words of published ideas that are spelt nearly alike."""

import re
import threading
from bisect import bisect_left
from collections.abc import Callable

from rapidfuzz import process
from rapidfuzz.distance import OSA

from catalogue.grammar import Clause, Option, Phrase, Query
from catalogue.models import Word
from catalogue.words import WORD, surface

#: Letters that may differ, by the length of the word: in a short one every letter tells.
SLIPS = {4: 1, 5: 1, 6: 1, 7: 1}
SLIPS_IN_LONG, SHORTEST = 2, 4
#: Spellings of a word that are tried, and words of one query.
TRIED, WORDS = 8, 4
#: Of a query that finds nothing, so many words are counted: a count of a word that everybody uses takes its time.
COUNTED = 12
#: A spelling is proposed beside few results when it occurs so many times as often, and never for what is as short as
#: a short form: “TRIEC” is no slip for “tried”.
LIKELIER, SHORT_FORM = 5, 5
#: Rows are committed in nearly the order of their numbers; so many are read again.
OVERLAP = 1_000


class Vocabulary:
    """The words of published ideas as readers write them, folded; this process's own copy, brought up to date."""

    def __init__(self):
        self.lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        self.edition, self.last, self.words = -1, 0, []

    def at(self, edition: int) -> "Vocabulary":
        """The words known at an edition; one query when the edition is new."""
        with self.lock:
            if self.edition < edition:
                rows = list(Word.objects.filter(pk__gt=self.last - OVERLAP).values_list("pk", "word"))
                if rows:
                    self.words = sorted({*self.words, *(word for _pk, word in rows)})
                    self.last = max(self.last, *(pk for pk, _word in rows))
                self.edition = edition
        return self

    def beginning(self, beginning: str, most: int) -> list[str]:
        """Up to `most` words that begin so."""
        words, folded = self.words, surface(beginning)
        start = bisect_left(words, folded)
        return [word for word in words[start : start + most] if word.startswith(folded)]

    def near(self, word: str) -> dict[str, int]:
        """Words spelt nearly alike, with the number of letters that differ."""
        slips = SLIPS.get(len(word), SLIPS_IN_LONG)
        # A neighbour exchanged for its neighbour is one slip.
        found = process.extract(word, self.words, scorer=OSA.distance, score_cutoff=slips, limit=TRIED + 1)
        return {other: distance for other, distance, _place in found if other != word}


vocabulary = Vocabulary()


def correction(query: Query, words: Vocabulary, counts: Callable[[list[Clause]], list[int]], rare: int) -> str:
    """The query with words exchanged for others spelt nearly alike, where they occur in at most `rare` ideas.

    Empty when there is nothing to exchange. What is in quotation marks, left out or only a beginning stays.
    """
    plain = [clause for clause in query.wanted if not clause.literal][:COUNTED]
    weak = [c for c, count in zip(plain, counts(plain), strict=True) if count <= rare]
    near = {}
    for word in [word for clause in weak for word in clause.words][:WORDS]:
        folded = surface(word)
        if len(folded) >= SHORTEST and folded.isalpha():
            near[word] = words.near(folded)
    tried = list(dict.fromkeys([*map(surface, near), *(other for others in near.values() for other in others)]))
    times = dict(zip(tried, counts([_alone(word) for word in tried]), strict=True))
    chosen = {}
    for word, others in near.items():
        own = times[surface(word)]
        likelier = [other for other in others if times[other] > LIKELIER * own]
        if own <= rare and likelier and (own == 0 or len(word) > SHORT_FORM):
            chosen[word] = min(likelier, key=lambda other: (others[other], -times[other], other))
    return _exchanged(query.text, weak, chosen) if chosen else ""


def _alone(word: str) -> Clause:
    return Clause((Option((Phrase((word,)),)),), (word,))


def _exchanged(text: str, clauses: list[Clause], chosen: dict[str, str]) -> str:
    """The text with words of these clauses exchanged, and everything else as it was typed."""
    for clause in sorted(clauses, key=lambda clause: -clause.start):
        part = WORD.sub(lambda word: chosen.get(word[0], word[0]), text[clause.start : clause.end])
        text = text[: clause.start] + part + text[clause.end :]
    return re.sub(r"\s+", " ", text)


def to_the_letter(query: Query) -> str:
    """The query that finds only what was typed: its plain words in quotation marks."""
    text = query.text
    for clause in sorted(query.wanted, key=lambda clause: -clause.start):
        if not clause.literal:
            text = f'{text[: clause.start]}"{text[clause.start : clause.end]}"{text[clause.end :]}'
    return text
