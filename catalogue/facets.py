"""What the filter panel shows: each facet's values with label, count, whether chosen, and the link that lets one go."""

from dataclasses import dataclass, field

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from catalogue.filters import IdeaFilter
from catalogue.folding import sort_key
from catalogue.index import FACETS, Value

#: Values listed at most, in any form, unless a facet is asked for whole.
LISTED = 100
#: Values that the panel shows before "show all", and with it.
FIRST, MORE = 8, {"city": 20, "organisation": 20}
OPEN = {"theme", "audience", "country"}
ORDER = ("theme", "audience", "topic", "country", "city", "sector", "organisation", "criterion")


@dataclass(frozen=True, slots=True)
class Option:
    """A value of a facet, as a box to tick."""

    value: str
    label: str
    count: int
    selected: bool
    id: str = ""
    mark: str = ""
    mark_line: bool = False
    css: str = ""
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet of the panel."""

    name: str
    label: str
    options: list[Option]
    more: list[Option] = field(default_factory=list)
    more_label: str = ""
    less_label: str = ""
    whole: object = None
    note: str = ""
    open: bool = False
    selected_count: int = 0
    selected_label: str = ""
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in use, as a link that lets it go."""

    group: str
    label: str
    url: str


def options(filter: IdeaFilter, facet: str, most: int | None = LISTED) -> tuple[list[Option], int]:
    """A facet's first values that have a match, and every chosen one; and how many there are in all.

    Highest count first, then by label. `most` is None for all of them.
    """
    ids, values = filter.counted(facet), filter.index[facet]
    found, total = filter.index.fullest(facet, ids, most)
    first, chosen = dict(found), filter.values.get(facet, [])
    later = [(key, ids.intersection_cardinality(values.matching(key))) for key in chosen if key not in first]
    total += sum(not count for _key, count in later)
    later.sort(key=lambda pair: (-pair[1], sort_key(values.values[pair[0]].label), pair[0]))
    language = get_language()
    return [option(facet, values.values[key], count, key in chosen, language) for key, count in (*found, *later)], total


def option(facet: str, value: Value, count: int, selected: bool, language: str | None = None) -> Option:
    key = value.value
    return Option(
        key,
        value.label_in(language),
        count,
        selected,
        id=f"{facet}-{key}",
        mark=f"m-{key}" if facet in {"theme", "criterion"} else "",
        mark_line=facet == "criterion",
        css=f"theme-{key}" if facet == "theme" else "",
        lang=value.lang,
    )


def facets(filter: IdeaFilter, address: str, wholes: dict) -> list[Facet]:
    """The panel. `address` is the list's own; `wholes` names, by facet, the page that lists all its values."""
    panel = []
    for name in ORDER:
        most = None if filter.whole_facet == name else MORE.get(name, LISTED)
        shown, total = options(filter, name, most)
        errors = filter.faults.get(name, [])
        if not shown and not errors:
            continue
        if name == "theme":
            # Five, in the order in which everybody knows them.
            order = list(filter.index["theme"].values)
            shown.sort(key=lambda option: order.index(option.value))
        else:
            shown.sort(key=lambda option: not option.selected)
        chosen = sum(option.selected for option in shown)
        first = max(FIRST, chosen) if len(shown) > FIRST + 2 else len(shown)
        panel.append(
            Facet(
                name=name,
                label=str(filter.filters[name].label),
                options=shown[:first],
                more=shown[first:],
                more_label=ngettext("Show %(count)d more", "Show %(count)d more", len(shown) - first)
                % {"count": len(shown) - first},
                less_label=_("Show fewer"),
                whole=wholes.get(name) if total > len(shown) else None,
                note=_("Ideas with evidence for all that you tick.") if name == "criterion" else "",
                open=name in OPEN or bool(chosen) or bool(errors),
                selected_count=chosen,
                selected_label=_("%(count)d on") % {"count": chosen} if chosen else "",
                errors=errors,
            )
        )
    return panel


def chips(filter: IdeaFilter, address: str) -> list[Chip]:
    """The filters in use, each with the address of the same question without it."""
    return [Chip(group, label, address + query) for _parameter, group, label, query in filter.active]


__all__ = ["FACETS", "Chip", "Facet", "Option", "chips", "facets", "options"]
