"""The languages of the interface, and where each lives: English at the root, every other one under its prefix."""

from django.conf import settings
from django.utils.translation import get_language

#: How OpenGraph names them: it wants a country with each, and ours are for readers of all.
LOCALES = {"en": "en_GB", "fr": "fr_FR", "de": "de_DE", "es": "es_ES"}


def prefix(language: str) -> str:
    """What stands before every address of a language, such as "/fr"; nothing for English."""
    return "" if language == settings.LANGUAGE_CODE else f"/{language}"


def language_of(path: str) -> str:
    """The language that an address names. Nothing else says it: no cookie, no header."""
    first = path[1:].partition("/")[0]
    return first if first in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def bare(path: str) -> str:
    """An address without its language: what it is in English."""
    return path.removeprefix(prefix(language_of(path))) or "/"


def foreign(language: str = "") -> str:
    """The language of a text that is not the page's own, as its `lang` says it; empty where it goes without saying.

    What editors write without naming its language (a journey's note, a page of words) is English.
    """
    language = language or settings.LANGUAGE_CODE
    return "" if language == get_language() else language
