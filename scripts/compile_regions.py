"""Compile the regions of the world from CLDR into catalogue/regions.json.

It is given territoryContainment.json, which is in the package cldr-core, of the release that Babel carries (https://github.com/unicode-org/cldr-json).
"""

import json
import sys
from pathlib import Path

try:
    from babel import Locale
    from babel.core import get_cldr_version
except ImportError as missing:
    raise SystemExit("This script needs Babel 2.18 or newer: pip install babel") from missing

FOLDER = Path(__file__).parents[1] / "catalogue"
LANGUAGES = ("de", "en", "es", "fr")
# Of CLDR's own: the rest of Oceania, which holds the Antarctic alone of all that has an ISO code.
OUTLYING = "QO"


def regions(contained: dict) -> dict[str, list[str]]:
    """The countries of each region of UN M49 that holds countries and no regions, in the order of the continents."""
    countries = json.loads((FOLDER / "countries.json").read_text(encoding="utf-8"))["names"]["en"]
    found = {}

    def walk(code):
        parts = contained[code]["_contains"]
        if here := sorted(part for part in parts if part in countries):
            found[code] = here
        for part in parts:
            if part.isdigit() or part == OUTLYING:
                walk(part)

    walk("001")
    missing = set(countries) - {country for here in found.values() for country in here}
    if missing:
        raise SystemExit(f"In no region: {', '.join(sorted(missing))}")
    return found


if __name__ == "__main__":
    source = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["supplemental"]
    version = source["version"]["_cldrVersion"]
    if version != get_cldr_version():
        raise SystemExit(f"The regions are of CLDR {version}, the names of CLDR {get_cldr_version()}.")
    compiled = {
        code: {
            "names": {language: Locale(language).territories[code] for language in LANGUAGES},
            "countries": here,
        }
        for code, here in regions(source["territoryContainment"]).items()
    }
    text = json.dumps({"cldr": version, "regions": compiled}, ensure_ascii=False, indent=1)
    (FOLDER / "regions.json").write_text(text + "\n", encoding="utf-8")
