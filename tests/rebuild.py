"""The catalogue worked out again from the fixtures with `json` alone: what every filter and every count must equal.

It imports nothing from the site, so that it can't share a fault with it.
"""

import json
from pathlib import Path

FIXTURES = Path(__file__).parent.parent / "fixtures"
FACETS = ("theme", "topic", "audience", "country", "city", "organisation", "sector", "criterion")


def rows(name: str) -> list[dict]:
    """The rows of one fixture file, each as its fields with `pk`."""
    (path,) = FIXTURES.glob(f"*_{name}.json")
    return [row["fields"] | {"pk": row.get("pk")} for row in json.loads(path.read_text(encoding="utf-8"))]


class Rebuild:
    """Every idea as the sets of values that the filters compare with."""

    def __init__(self):
        cities = {row["slug"]: row for row in rows("cities")}
        organisations = {row["slug"]: row for row in rows("organisations")}
        evidence = {}
        for row in rows("evidence"):
            evidence.setdefault(row["idea"][0], set()).add(row["criterion"])
        self.ideas = {}
        for row in rows("ideas"):
            city = row["city"][0] if row["city"] else None
            organisation = row["organisation"][0] if row["organisation"] else None
            self.ideas[row["pk"]] = {
                "slug": row["slug"],
                "title": row["title"],
                "published": row["first_published"],
                "started": row["started"],
                "theme": {term[0] for term in row["themes"]},
                "topic": {term[0] for term in row["topics"]},
                "audience": {term[0] for term in row["audiences"]},
                "city": {city} - {None},
                "country": {cities[city]["country"]} if city else set(),
                "organisation": {organisation} - {None},
                "sector": {organisations[organisation]["sector"]} if organisation else set(),
                "criterion": evidence.get(row["slug"], set()),
            }

    def matches(self, idea: dict, query: dict, without: str = "") -> bool:
        for facet in FACETS:
            asked = set(query.get(facet, []))
            if not asked or facet == without:
                continue
            if facet == "criterion":
                if not asked <= idea[facet]:
                    return False
            elif not asked & idea[facet]:
                return False
        started = idea["started"]
        if "started_min" in query and (started is None or started < query["started_min"]):
            return False
        return not ("started_max" in query and (started is None or started > query["started_max"]))

    def ids(self, query: dict) -> list[int]:
        """Newest first, then by higher number."""
        found = [pk for pk, idea in self.ideas.items() if self.matches(idea, query)]
        return sorted(found, key=lambda pk: (self.ideas[pk]["published"], pk), reverse=True)

    def counts(self, query: dict, facet: str) -> dict[str, int]:
        """How many would match with each value, under all the other parameters; for a criterion, under all plus it."""
        counts = dict.fromkeys(query.get(facet, []), 0)
        for idea in self.ideas.values():
            if self.matches(idea, query, without="" if facet == "criterion" else facet):
                for value in idea[facet]:
                    counts[value] = counts.get(value, 0) + 1
        return counts

    def values(self, facet: str) -> list[str]:
        return sorted({value for idea in self.ideas.values() for value in idea[facet]})
