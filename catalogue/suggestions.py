"""What a reader may mean who has begun to type: places, topics, organisations and ideas with these words."""

import re
from collections.abc import Iterator

import numpy as np
from django.conf import settings
from django.utils.translation import get_language

from catalogue.cards import Links, ideas_label
from catalogue.countries import country_name
from catalogue.folding import flat, sort_key
from catalogue.index import Index, Value
from catalogue.models import Idea
from catalogue.orders import place, titles
from catalogue.search import find

#: Suggestions in all, and of one sort as long as there are others. So much of what was typed is looked at.
MOST, EACH, LONGEST = 10, 3, 100
#: From so many letters on, ideas are also looked for by words inside their titles.
ENOUGH = 3
#: Facets whose values are suggested, and the sort of noun that each value is.
NAMED = ("city", "country", "topic", "organisation")


def suggest(index: Index, text: str) -> list[dict]:
    """At most ten nouns with a page of their own, each as `{type, label, note, url, count}`; nothing typed, none."""
    words = flat(text[:LONGEST]).split()
    if not words:
        return []
    links = Links()
    sorts = [list(_values(index, facet, words, links)) for facet in NAMED] + [_ideas(index, text, words, links)]
    first = [found for sort in sorts for found in sort[:EACH]]
    more = [found for sort in sorts for found in sort[EACH:]]
    return [*first, *more][:MOST]


def _values(index: Index, facet: str, words: list[str], links: Links) -> Iterator[dict]:
    """The values whose names have words that begin so, the fullest first."""
    counts = index[facet].counts(index.ids)
    found = _in_one_text(index[facet], words) if facet in {"city", "organisation"} else _each(index[facet], words)
    for value in sorted(found, key=lambda value: (-counts.get(value.value, 0), sort_key(value.label)))[:MOST]:
        country = country_name(value.country) if value.country else ""
        note = ", ".join(part for part in (value.city or value.region, country) if part)
        count = counts.get(value.value, 0)
        yield _suggestion(facet, value.label, note or ideas_label(count), links.page(facet, value.value), count)


def _in_one_text(facet, words: list[str]) -> list[Value]:
    """Of very many values: one pass over the text of all names for each word."""
    text, starts = facet.folded
    places = None
    for word in words:
        at = [match.start() for match in re.finditer(f" {re.escape(word)}", text)]
        having = set((np.searchsorted(starts, at, side="right") - 1).tolist())
        places = having if places is None else places & having
    return [facet.by_place[place] for place in places]


def _each(facet, words: list[str]) -> list[Value]:
    return [value for value in facet.values.values() if _begins(value.label, words)]


def _begins(label: str, words: list[str]) -> bool:
    line = f" {flat(label)}"
    return all(f" {word}" in line for word in words)


def _ideas(index: Index, text: str, words: list[str], links: Links) -> list[dict]:
    """Ideas whose titles begin with what was typed, then those that have its words."""
    start, order = sort_key(text[:LONGEST]), index.orders["title"]
    at = place(order, (start, 0), titles, {})
    ids = order[at : at + MOST].tolist()
    if sum(map(len, words)) >= ENOUGH:
        found = find(f"{' '.join(words)}*", index.edition, index.ids, index.orders["newest"])
        ids += [] if found.order is None or found.corrected else found.order[:MOST].tolist()
    rows = {idea.pk: idea for idea in Idea.objects.for_cards(ids).told_in(get_language())}
    known = [rows[pk] for pk in dict.fromkeys(ids) if pk in rows and _begins(_titles(rows[pk]), words)]
    return [
        _suggestion("idea", idea.told_title or idea.title, _place(index, idea.pk), links.idea(idea.slug))
        for idea in known[:MOST]
    ]


def _titles(idea: Idea) -> str:
    """The title that readers see, and the original's where they see another."""
    return f"{idea.told_title or ''} {idea.title}"


def _place(index: Index, idea: int) -> str:
    city = index.first("city", idea)
    return f"{city.label}, {country_name(city.country)}" if city else ""


def _suggestion(sort: str, label: str, note: str, path: str, count: int | None = None) -> dict:
    return {"type": sort, "label": label, "note": note, "url": f"{settings.SITE_URL}{path}", "count": count}
