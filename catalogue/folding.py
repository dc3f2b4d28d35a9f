"""Folds text so that it compares as people compare it: without case, accents and the like."""

import re
import unicodedata

# Letters that Unicode does not take apart into a base and an accent, though a reader's keyboard does.
_UNCOMPOSED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)
_NOT_WORDS = re.compile(r"[^a-z0-9]+")
_WORDS = re.compile(r"[^\W_]+")
_LEADING = re.compile(r"^[\W_]+")
_SENTENCE_END = re.compile(r"(?<=[.!?])[”’\"')\]]*\s+(?=[^a-z])")


def fold(text: str) -> str:
    """Case, accents and compatibility forms gone (NFKD, casefold, ß to ss); other scripts stay as they are."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).translate(_UNCOMPOSED)


def flat(text: str) -> str:
    """The folded words of a text with one blank between them, and nothing else."""
    return " ".join(_WORDS.findall(fold(text)))


def sort_key(text: str) -> bytes:
    """The key of alphabetical order, the same in every language and on both databases: leading punctuation ignored."""
    folded = fold(text)
    return (_LEADING.sub("", folded) or folded).encode()


def slugify(text: str, longest: int = 60) -> str:
    """A slug of at most `longest` characters, cut at a word; may be empty where nothing Latin is left."""
    # An apostrophe joins ("women's" is "womens"); everything else that is no letter or figure separates.
    slug = _NOT_WORDS.sub("-", re.sub(r"['’]", "", fold(text))).strip("-")
    if len(slug) <= longest:
        return slug
    return slug[: longest + 1].rpartition("-")[0] or slug[:longest]


def first_sentences(text: str, most: int = 2, longest: int = 320) -> str:
    """The first `most` sentences if together they are at most `longest` characters, else the first alone.

    A list is cut at a sentence, never with an ellipsis.
    """
    sentences = _SENTENCE_END.split(text)
    if len(sentences) <= 1:
        return text
    taken = 1
    while taken < most and taken < len(sentences) and len(" ".join(sentences[: taken + 1])) <= longest:
        taken += 1
    return " ".join(sentences[:taken])
