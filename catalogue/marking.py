"""Marks the words that a search found, in titles and in the sentences around them."""

import re
from bisect import bisect_right

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from catalogue.folding import first_sentences
from catalogue.grammar import Query
from catalogue.words import WORD, keys_in, normal

_SENTENCE_END = re.compile(r"(?<=[.!?])[”’\"')\]]*\s+(?=[^a-z])")
_HEADING = re.compile(r"^ {0,3}#{1,6} .*$", re.MULTILINE)
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)\s]*\)")
_SIGNS = re.compile(r"[*_`>|~]+|^\s*(?:[-+]|\d+[.)])\s+", re.MULTILINE)


def plain_text(markdown: str) -> str:
    """The running text of Markdown: no headings, no signs, no addresses."""
    text = _LINK.sub(r"\1", _HEADING.sub(" ", markdown))
    return " ".join(_SIGNS.sub(" ", text).split())


class Marker:
    """Finds a query's words in texts of one language."""

    def __init__(self, query: Query, language: str):
        self.key_of = keys_in(language)
        #: As many as it was asked for: a passage that tells so many needs no better one.
        self.most = len(query.wanted)
        self.beginnings, self.starts = [], {}
        for keys, prefix in query.phrases(language):
            if prefix and len(keys) == 1:
                self.beginnings.append((keys, True))
            else:
                self.starts.setdefault(keys[0], []).append((keys, prefix))

    def spans(self, text: str) -> list[tuple[int, int, tuple]]:
        """Where the words stand, from first to last, each as (start, end, what was looked for). `text` is normal."""
        words = [(found, key) for found in WORD.finditer(text) if (key := self.key_of[found[0]])]
        spans = []
        for place, (found, key) in enumerate(words):
            if key in self.starts or self.beginnings:
                for keys, prefix in (*self.starts.get(key, ()), *self.beginnings):
                    there = words[place : place + len(keys)]
                    if len(there) == len(keys) and self._fits([word[1] for word in there], keys, prefix):
                        spans.append((found.start(), there[-1][0].end(), keys))
        return spans

    @staticmethod
    def _fits(there: list[str], keys: tuple[str, ...], prefix: bool) -> bool:
        if there[:-1] != list(keys[:-1]):
            return False
        return there[-1].startswith(keys[-1]) if prefix else there[-1] == keys[-1]

    def mark(self, text: str) -> SafeString:
        """The text as HTML, with <mark> round each word that was looked for."""
        text = normal(text)
        html, at = [], 0
        for start, end, _keys in self.spans(text):
            if end > at:
                start = max(start, at)
                html += [escape(text[at:start]), "<mark>", escape(text[start:end]), "</mark>"]
                at = end
        # security: every piece of the text has been escaped; nothing else but the two tags is added.
        return mark_safe("".join([*html, escape(text[at:])]).replace("</mark><mark>", ""))

    def excerpt(self, summary: str, *others: str) -> SafeString:
        """The sentences that tell most of what was looked for, marked: of the summary, else of another text.

        Where none has any of it, the beginning of the summary. It is cut at sentences.
        """
        best = first_sentences(normal(summary))
        found = self._told(best)
        for text in map(normal, (summary, *others)):
            if found >= self.most:
                break
            spans = self.spans(text)
            if len({keys for *_place, keys in spans}) > found:
                passage = _passage(text, spans)
                if self._told(passage) > found:
                    best, found = passage, self._told(passage)
        return self.mark(best)

    def _told(self, text: str) -> int:
        return len({keys for *_place, keys in self.spans(text)})


def _passage(text: str, spans: list[tuple]) -> str:
    """One sentence, or two if they are short, from where most of these words stand."""
    starts = [0, *(end.end() for end in _SENTENCE_END.finditer(text))]
    held = {}
    for start, _end, keys in spans:
        held.setdefault(bisect_right(starts, start) - 1, set()).add(keys)
    fullest = max(held, key=lambda sentence: (len(held[sentence]), -sentence))
    return first_sentences(text[starts[fullest] :])
