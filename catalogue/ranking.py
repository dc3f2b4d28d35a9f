"""What ideas that a query found are worth to it, read from where its words stand in their heads."""

from collections.abc import Callable, Iterator

import numpy as np

from catalogue.grammar import Query
from catalogue.words import LANGUAGES, keys_in

#: What a word is worth where it stands: in the title, the names, the summary; anywhere at all it is worth one.
WORTH = np.array([8.0, 4.0, 2.0])
#: For words that stand in the title side by side as they were typed, and for making up the whole title.
IN_ORDER, WHOLE = 6.0, 4.0
_TAB, _LINE_END = b"\t\n"


class Heads:
    """The heads of ideas (see `SearchHead`), a line each, searched as one text: far quicker than line by line."""

    def __init__(self, heads: str):
        self.text = f"{heads}\n".encode()
        signs = np.frombuffer(self.text, np.uint8)
        #: For each idea, where its number, title, names and summary end.
        self.ends = np.flatnonzero((signs == _TAB) | (signs == _LINE_END)).reshape(-1, 4)
        self.ids = np.array([int(line.split(b"\t", 1)[0]) for line in self.text.splitlines()], np.uint32)
        self.languages = self._languages()

    def worth(self, query: Query) -> np.ndarray:
        """What each idea is worth."""
        worth = np.zeros(len(self.ids))
        for clause in query.wanted:
            best = np.ones(len(self.ids))
            for option in clause.options:
                phrases = [1.0 + self._having(phrase.keys, phrase.prefix) @ WORTH for phrase in option.phrases]
                best = np.maximum(best, option.weight * sum(phrases) / len(phrases))
            worth += best
        words = [word for clause in query.wanted for word in clause.words]
        for place in np.flatnonzero(self._having(lambda language: _keys(words, language))[:, 0]):
            title = self.text[self.ends[place, 0] : self.ends[place, 1]]
            # A blank stands on both sides of each word.
            worth[place] += IN_ORDER + WHOLE * len(words) / title.count(b" ")
        return worth

    def _having(self, keys: Callable[[str], tuple[str, ...]], prefix: bool = False) -> np.ndarray:
        """Which title, names and summary have these keys side by side, as a row of three for each idea."""
        having = np.zeros((len(self.ids), 4), bool)
        for sought in {keys(language) for language in self.languages} - {()}:
            places = list(_places(f" {' '.join(sought)}{'' if prefix else ' '}".encode(), self.text))
            having.flat[np.searchsorted(self.ends.flat, places)] = True
        return having[:, 1:]

    def _languages(self) -> list[str]:
        """Those of the ideas: all keys of one begin with the mark of its language, and English has none."""
        begin = {self.text[end + 2 : end + 5].decode() for end in self.ends[:, 0].tolist()}
        return [language for language in LANGUAGES if not keys_in(language).mark or keys_in(language).mark in begin]


def _keys(words: list[str], language: str) -> tuple[str, ...]:
    return tuple(filter(None, (keys_in(language)[word] for word in words)))


def _places(sought: bytes, text: bytes) -> Iterator[int]:
    place = text.find(sought)
    while place >= 0:
        yield place
        place = text.find(sought, place + 1)
