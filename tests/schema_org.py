"""What schema.org has a word for: the part of its vocabulary that we use, and what in our data it would object to."""

import json
from functools import cache
from pathlib import Path

TYPES = json.loads(Path(__file__).with_name("schema_org.json").read_text(encoding="utf-8"))["types"]
#: What schema.org calls texts, numbers and truths, as JSON has them.
LITERALS = {
    "Text": str,
    "URL": str,
    "Date": str,
    "DateTime": str,
    "Integer": int,
    "Number": int | float,
    "Boolean": bool,
}


@cache
def lineage(name: str) -> tuple[str, ...]:
    """A type and all those that it belongs to."""
    return (name, *(found for parent in TYPES[name]["parents"] for found in lineage(parent)))


def faults(thing: dict, where: str = "") -> list[str]:
    """What in a thing schema.org has no word for, or has another meaning for."""
    if set(thing) == {"@id"}:
        return []
    kind = thing["@type"]
    where = f"{where}/{kind}"
    known = {name: kinds for found in lineage(kind) for name, kinds in TYPES[found]["properties"].items()}
    found = []
    for name, value in thing.items():
        # What an action needs to be given is told by a property's name and this ending.
        if name.startswith("@") or name.removesuffix("-input") != name:
            continue
        if name not in known:
            found.append(f"{where}.{name} isn’t a word of schema.org")
            continue
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict):
                found += faults(part, f"{where}.{name}")
                right = "@type" not in part or set(lineage(part["@type"])) & set(known[name])
            else:
                right = any(isinstance(part, LITERALS[literal]) for literal in known[name] if literal in LITERALS)
            if not right:
                found.append(f"{where}.{name} can’t be {part!r}")
    return found
