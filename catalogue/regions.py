"""Regions of the world, each with its countries, by UN M49 as Unicode CLDR 47 has it.

They are data, as the names of countries are. `scripts/compile_regions.py` makes regions.json.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from catalogue.models.vocabulary import in_language


@dataclass(frozen=True)
class Region:
    """A part of a continent, such as Northern Europe."""

    code: str
    names: dict[str, str]
    countries: tuple[str, ...]

    @property
    def label(self) -> str:
        """Its name in the reader's language."""
        return in_language(self.names)


#: In the order of the continents.
REGIONS = [
    Region(code, row["names"], tuple(row["countries"]))
    for code, row in json.loads(Path(__file__).with_name("regions.json").read_text("utf-8"))["regions"].items()
]
