"""Takes text apart into words, and gives each the key under which search finds it, the same on every database.

A key is the word folded, then reduced to its stem in the language of its text. Both sides of a comparison are made
here: databases only compare plain letters and figures and know nothing of languages, accents or punctuation.
"""

import re
import threading
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

import snowballstemmer

from catalogue.folding import fold

#: In these a word is reduced to its stem, in all others it is only folded.
STEMMED = {"en": "english", "fr": "french", "de": "german", "es": "spanish"}
#: Each language's keys begin with its mark, so that a German stem never meets an English one. English has none.
_MARKS = {"en": "", "fr": "fr0", "de": "de0", "es": "es0"}
_OTHER = "xx0"
LANGUAGES = (*_MARKS, _OTHER)
#: Stands between two names: no phrase reaches from one into the next. No word has it as its key.
GAP = "zz0zz"
#: Longer "words" are none, and PostgreSQL would refuse them.
LONGEST = 60
#: Keys held for one language; then it begins anew, so that a stream of nonsense can't fill the memory.
HELD = 400_000

# Han and kana aren't written in words: each sign is one, and several are a phrase. A genitive's s goes with its word.
# An accent that has no letter of its own with it (as in Dene names) stays inside the word.
_SIGNS, _ACCENTS = "\u3040-\u30ff\u3400-\u9fff", "\u0300-\u036f"
WORD = re.compile(rf"[{_SIGNS}]|[^\W_{_SIGNS}]+(?:[{_ACCENTS}]+[^\W_{_SIGNS}]*)*(?:['’][sS](?!\w))?")
# The same for plain text, in half the time: most lines of most texts are plain.
_PLAIN_WORD = re.compile(r"[A-Za-z0-9]+(?:'[sS](?!\w))?")
_GENITIVE = re.compile(r"['’][sS]$")

#: Words that stand in nearly every text. A query leaves them out, unless they are part of a phrase.
STOP_WORDS = frozenset(
    "a about an and are as at be been but by can did do does for from had has have he her his how i if in into is it "
    "its me my no not of on or our she so than that the their them then there these they this those to was we were "
    "what when where which who why will with you your "
    # Articles and joining words of French, German and Spanish that mean nothing in English.
    "au aux das de del dem den der des du ein eine el en es et fur il im la las le les los que qui sur und un "
    "una une unos von y zu zum zur".split()
)


class _Keys(dict):
    """The key of every word met so far in one language."""

    def __init__(self, language: str):
        super().__init__()
        self.mark = _MARKS.get(language, _OTHER)
        self.stemmer = snowballstemmer.stemmer(STEMMED[language]) if language in STEMMED else None
        # A stemmer keeps its place in the word that it has in hand, so only one thread may use it at a time.
        self.lock = threading.Lock()

    def __missing__(self, word: str) -> str:
        key = surface(word)
        if self.stemmer and key.isascii() and key.isalpha():
            with self.lock:
                key = self.stemmer.stemWord(key)
        key = self.mark + plain(key) if key else ""
        if len(self) >= HELD:
            self.clear()
        self[word] = key = "" if key == GAP else key[:LONGEST]
        return key


_keys: dict[str, _Keys] = {mark: _Keys(mark) for mark in LANGUAGES}


def normal(text: str) -> str:
    """The text with each accented letter as one sign, so that a word isn't cut at its accent."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def words(text: str) -> list[str]:
    """The words of a text as they stand in it."""
    return _PLAIN_WORD.findall(text) if text.isascii() else WORD.findall(normal(text))


def surface(word: str) -> str:
    """A word folded but not reduced to its stem, as a reader may type it."""
    return "".join(filter(str.isalnum, fold(_GENITIVE.sub("", word))))


def plain(folded: str) -> str:
    """Letters a to z and figures alone: what every database takes for one word. Other letters become their numbers."""
    if not folded.isascii():
        folded = "".join(c if c.isascii() else f"u{ord(c):05x}" for c in folded)
    # PostgreSQL would read "7e5x" as a number and a word.
    return "n" + folded if folded[:1].isdigit() else folded


def keys_in(language: str) -> dict[str, str]:
    """From a word as it stands in a text of this language to its key; empty for what is no word after all."""
    return _keys.get(language.partition("-")[0].lower(), _keys[_OTHER])


def prefix_in(language: str, beginning: str) -> str:
    """What the keys of words with this beginning begin with, as far as their stems keep it."""
    return keys_in(language).mark + plain(surface(beginning))


def pairs(keys: Sequence[str]) -> list[str]:
    """Each two neighbours as one key, so that a phrase is found without asking where its words stand.

    It begins with a sign that no word has: whoever looks for words by their beginning passes it by.
    """
    return [f"_{one}_{other}" for one, other in pairwise(keys)]


def run(keys: Sequence[str]) -> str:
    """Keys in their order, each pair between its two: a part of another run only if the words stand so in both."""
    return " ".join([*(f"{one} _{one}_{other}" for one, other in pairwise(keys)), *keys[-1:]])
