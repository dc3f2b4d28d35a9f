"""Countries: their ISO 3166-1 alpha-2 codes and everyday names in each language of the site, from Unicode CLDR 47.

The names are data, not a table that an editor could misspell. `scripts/compile_countries.py` makes countries.json.
"""

import json
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

_NAMES: dict[str, dict[str, str]] = json.loads(Path(__file__).with_name("countries.json").read_text("utf-8"))["names"]

# The 249 of ISO 3166-1 and XK, which ISO leaves to users and everybody uses for Kosovo.
CODES = frozenset(_NAMES["en"])


def country_name(code: str, language: str | None = None) -> str:
    """Name a country in `language` (by default the active one), in English if there is no name in that language.

    Raises KeyError when `code` is not one of `CODES`.
    """
    language = (language or get_language() or "en").partition("-")[0]
    return _NAMES.get(language, _NAMES["en"])[code]


def country_names(code: str) -> dict[str, str]:
    """A country's name in every language, as `{language: name}`."""
    return {language: names[code] for language, names in _NAMES.items()}


def is_country(code: str) -> bool:
    """Whether `code` is one of `CODES`; lower case is not."""
    return code in CODES


def validate_country(code: str) -> None:
    """Raise ValidationError, in words for an editor, when `code` is not one of `CODES`."""
    if not is_country(code):
        raise ValidationError(
            _("“%(code)s” is not a country. Give the two capital letters of ISO 3166-1, such as CA for Canada."),
            code="unknown_country",
            params={"code": code},
        )
