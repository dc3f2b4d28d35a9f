"""Compile the names of countries from CLDR, as Babel carries it, into catalogue/countries.json."""

import json
from pathlib import Path

try:
    from babel import Locale
    from babel.core import get_cldr_version
except ImportError as missing:
    raise SystemExit("This script needs Babel 2.18 or newer: pip install babel") from missing

TARGET = Path(__file__).parents[1] / "catalogue" / "countries.json"
LANGUAGES = ("de", "en", "es", "fr")

# CLDR's other two-letter territories: exceptional reservations of ISO 3166 (such as EU), and codes of CLDR's own.
# XK, Kosovo, is one of the latter and stays: cities use it, and ISO has no other code for it.
NOT_COUNTRIES = frozenset("AC CP CQ DG EA EU EZ IC QO TA UN XA XB ZZ".split())
COUNTRIES = 249 + 1

# Babel leaves out the forms that CLDR marks alt="short". These are the everyday names; for the others the standard form
# is ("United Kingdom", not "UK"). French and Spanish have no short form for MM.
SHORT_NAMES = {
    "HK": {"de": "Hongkong", "en": "Hong Kong", "es": "Hong Kong", "fr": "Hong Kong"},
    "MM": {"en": "Myanmar"},
    "MO": {"de": "Macau", "en": "Macao", "es": "Macao", "fr": "Macao"},
    "PS": {"de": "Palästina", "en": "Palestine", "es": "Palestina", "fr": "Palestine"},
}


def names(language: str) -> dict[str, str]:
    """The name of each country in `language`, by its code."""
    territories = Locale(language).territories
    codes = sorted(code for code in territories if len(code) == 2 and code.isalpha() and code not in NOT_COUNTRIES)
    if len(codes) != COUNTRIES:
        raise SystemExit(
            f"{language}: {len(codes)} countries, not {COUNTRIES}. Has ISO 3166-1 changed, or NOT_COUNTRIES?"
        )
    return {code: SHORT_NAMES.get(code, {}).get(language, territories[code]) for code in codes}


if __name__ == "__main__":
    compiled = {"cldr": get_cldr_version(), "names": {language: names(language) for language in LANGUAGES}}
    TARGET.write_text(json.dumps(compiled, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
