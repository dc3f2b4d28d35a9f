"""How two versions of a text or a list differ, marked for the eye: what is new, what is gone, what stayed."""

import re
from difflib import SequenceMatcher

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
#: Of a long passage that didn't change, this many characters are shown at either end.
CONTEXT = 80
#: Beyond so many words on both sides together, paragraphs are compared as they stand.
TOO_MANY = 6_000


def difference(before, after) -> SafeString:
    """Two texts by word, or two lists by item, as safe HTML."""
    if isinstance(before, list) or isinstance(after, list):
        return list_difference(before or [], after or [])
    return text_difference(before or "", after or "")


def list_difference(before: list[str], after: list[str]) -> SafeString:
    gone = [item for item in before if item not in after]
    rows = [("del", item) for item in gone] + [("ins" if item not in before else "span", item) for item in after]
    items = format_html_join("", "<li><{0}>{1}</{0}></li>", ((mark_safe(tag), item) for tag, item in rows))
    return format_html('<ul class="difference">{}</ul>', items) if rows else mark_safe("")


def text_difference(before: str, after: str) -> SafeString:
    if before == after:
        return format_html('<div class="difference">{}</div>', _shortened(before))
    pieces = []
    for same, old, new in _passages(before.splitlines(keepends=True), after.splitlines(keepends=True)):
        pieces += [(True, same, "")] if same is not None else _words(old, new)
    html = format_html_join("", "{}", ((_shortened(old) if same else _changed(old, new),) for same, old, new in pieces))
    return format_html('<div class="difference">{}</div>', html)


def _passages(before: list[str], after: list[str]):
    """Lines that stayed as (text, "", ""), and what was put in place of what as (None, old, new)."""
    for operation, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if operation == "equal":
            yield "".join(before[i:j]), "", ""
        else:
            yield None, "".join(before[i:j]), "".join(after[k:m])


def _words(old: str, new: str) -> list[tuple[bool, str, str]]:
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    if not before or not after or len(before) + len(after) > TOO_MANY:
        return [(False, old, new)]
    pieces: list[tuple[bool, str, str]] = []
    for operation, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        same, old, new = operation == "equal", "".join(before[i:j]), "".join(after[k:m])
        blank = len(pieces) > 1 and pieces[-1][0] and not pieces[-1][1].strip()
        if not same and blank:
            # A blank between two changes belongs to them: "two words" reads better than "two" and "words" apart.
            (_same, first, second), (_blank, gap, _none) = pieces[-2:]
            pieces[-2:] = [(False, first + gap + old, second + gap + new)]
        else:
            pieces.append((same, old, new))
    return pieces


def _changed(old: str, new: str) -> SafeString:
    return format_html(
        "{}{}", format_html("<del>{}</del>", old) if old else "", format_html("<ins>{}</ins>", new) if new else ""
    )


def _shortened(text: str) -> str:
    if len(text) <= 3 * CONTEXT:
        return text
    # At the blanks, so that no word is torn.
    return f"{text[:CONTEXT].rpartition(' ')[0]} … {text[-CONTEXT:].partition(' ')[2]}"
