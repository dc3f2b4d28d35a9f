"""What the address of the map may ask: the query of the list, a region to open, and whether lines are drawn."""

import copy
from functools import cached_property

import django_filters
from django.utils.translation import gettext as _

from catalogue.atlas import REGIONS, Region
from catalogue.filters import PARAMETERS, IdeaFilter
from catalogue.listing import any_of

#: The parameters that only the map has; of each the last value counts.
OWN = ("region", "lines")


class MapFilter(IdeaFilter):
    """The query of `/map/`, which selects the same ideas as that of `/ideas/`."""

    region = django_filters.CharFilter()
    lines = django_filters.CharFilter()

    parameters = (*PARAMETERS, *OWN)

    @cached_property
    def opened(self) -> Region | None:
        """The region that fills the drawing; None for the whole world."""
        return REGIONS.get(self._cleaned.get("region") or "")

    @property
    def has_lines(self) -> bool:
        return self._cleaned.get("lines") == "1"

    @cached_property
    def faults(self) -> dict[str, list[str]]:
        faults = super().faults
        region, lines = (self._cleaned.get(name) or "" for name in OWN)
        if region and not self.opened:
            sentence = _("“%(value)s” is not a region of the map. Choose %(keys)s.")
            keys = any_of(REGIONS)
            faults["region"] = [sentence % {"value": region[:80], "keys": keys}]
        if lines and not self.has_lines:
            sentence = _("“%(value)s” doesn’t say whether lines are drawn. Give 1 for lines, or leave it out.")
            faults["lines"] = [sentence % {"value": lines[:80]}]
        return faults

    @cached_property
    def query(self) -> dict[str, list[str]]:
        own = {"region": [self.opened.key] if self.opened else [], "lines": ["1"] if self.has_lines else []}
        return super().query | own

    @property
    def canonical(self) -> str:
        """The query string without an order, which a map doesn't have."""
        return self.address(**self.query | {"sort": None})

    @cached_property
    def of_lists(self) -> IdeaFilter:
        """The same question, whose addresses are those of a list."""
        other = copy.copy(self)
        other.parameters = PARAMETERS
        return other
