"""Names as a sentence holds them: joined by “and” or “or”, and with the letter that they begin with there."""

import re

from django.utils.text import get_text_list
from django.utils.translation import get_language
from django.utils.translation import gettext as _

#: Spanish "y" becomes "e" before the same sound, and "o" becomes "u" (RAE, Ortografía). Before "hie-" it stays.
_SPANISH = {"y": ("e", re.compile(r"h?[ií](?!e)", re.IGNORECASE)), "o": ("u", re.compile(r"h?[oó]", re.IGNORECASE))}


def all_of(names) -> str:
    """ "practical, innovative and successful"."""
    return _joined(names, _("and"))


def any_of(names) -> str:
    """ "Canada, Chile or Spain"."""
    return _joined(names, _("or"))


def within(name: str) -> str:
    """A name as it stands within a sentence. German keeps its capitals, and a short form keeps its own everywhere."""
    lowers = (get_language() or "en")[:2] != "de" and name[1:2].islower()
    return name[:1].lower() + name[1:] if lowers else name


def _joined(names, last: str) -> str:
    names = [str(name) for name in names]
    if get_language() == "es" and last in _SPANISH and names:
        other, sound = _SPANISH[last]
        last = other if sound.match(names[-1]) else last
    return get_text_list(names, last)
