"""The same selection in other forms: results as plain data, CSV for spreadsheets, GeoJSON for maps, in streams."""

import csv
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import get_language

from catalogue.cards import Links
from catalogue.countries import country_name
from catalogue.index import Index, Value
from catalogue.models import Idea

#: Of texts and data alike; LICENSE-CONTENT.md says what it covers.
LICENCE = {"name": "CC BY 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"}
#: Ideas read at a time: a stream holds so many rows, however long it is.
CHUNK = 500

COLUMNS = (
    # First because of the mark before it, below: an old program takes the mark for a part of the first name.
    "edition id slug title summary language url city city_name country country_name organisation organisation_name "
    "sector themes topics audiences practical innovative successful transferable started published updated licence"
).split()
#: How Excel knows that a file is UTF-8; other programs pass over it.
MARK = "\ufeff"
# What a spreadsheet takes for the beginning of a formula, where a cell begins; and where one would begin if the
# spreadsheet divided the line otherwise than we do, as one set up for semicolons or tabs does.
_FORMULA = re.compile(r"""((?:^|[;\t\r\n])[\s"']*)([=+\-@＝＋－＠])""")


@dataclass(frozen=True, slots=True)
class Result:
    """An idea as data, and where it is."""

    data: dict
    place: Value | None


def results(index: Index, ids: list[int], original: bool = False) -> list[Result]:
    """These ideas in this order, by one query; one withdrawn since the index was made drops out.

    Each is told in the reader's language where a translation into it is published, unless the `original` is asked for.
    """
    links, language = Links(), "" if original else get_language()
    ideas = Idea.objects.published().filter(pk__in=ids).dated().told_in(language)
    fields = ("pk", "slug", "title", "summary", "language", "first_published", "updated", "told_title", "told_summary")
    rows = {row[0]: row for row in ideas.values_list(*fields)}
    terms = {name: index[name].of_each(ids) for name in ("theme", "topic", "audience")}
    return [
        _result(index, links, _told(rows[pk], language), {name: terms[name][pk] for name in terms})
        for pk in ids
        if pk in rows
    ]


def _told(row: tuple, language: str) -> tuple:
    """A row with the words of its translation, where there is one, in the place of its own."""
    *own, told_title, told_summary = row
    return (*own[:2], told_title, told_summary, language, *own[5:]) if told_title else tuple(own)


def _result(index: Index, links: Links, row: tuple, terms: dict[str, list[Value]]) -> Result:
    pk, slug, title, summary, language, published, updated = row
    city, organisation = index.first("city", pk), index.first("organisation", pk)
    started = int(index.started[pk])
    data = {
        "id": pk,
        "slug": slug,
        "title": title,
        "summary": summary,
        "language": language,
        "url": f"{settings.SITE_URL}{links.idea(slug)}",
        "city": _named(city),
        "country": {"code": city.country, "name": country_name(city.country)} if city else None,
        "organisation": _named(organisation),
        "sector": organisation.sector if organisation else None,
        "themes": [_named(value) for value in terms["theme"]],
        "topics": [_named(value) for value in terms["topic"]],
        "audiences": [_named(value) for value in terms["audience"]],
        "criteria": index.criteria_of(pk),
        "started": started or None,
        "published": published.isoformat(),
        "updated": updated.isoformat(),
    }
    return Result(data, city)


def _named(value: Value | None) -> dict | None:
    return {"slug": value.value, "name": value.label} if value else None


def stream(index: Index, ids: Iterable[int], original: bool = False) -> Iterator[Result]:
    """A selection of any length, read chunk by chunk."""
    for start in range(0, len(ids), CHUNK):
        yield from results(index, [int(pk) for pk in ids[start : start + CHUNK]], original)


def as_csv(index: Index, ids: Iterable[int], original: bool = False) -> Iterator[str]:
    """The selection as lines of CSV (RFC 4180, UTF-8), after a line of the columns' names."""
    writer = csv.writer(_Line())
    yield MARK + writer.writerow(COLUMNS)
    for result in stream(index, ids, original):
        yield writer.writerow(map(harmless, _cells(index.edition, result.data)))


class _Line:
    """Gives a written line back, for which `csv` has no function of its own."""

    def write(self, line: str) -> str:
        return line


def _cells(edition: int, data: dict) -> list:
    city, country, organisation = (data[name] or {} for name in ("city", "country", "organisation"))
    return [
        edition,
        *(data[name] for name in ("id", "slug", "title", "summary", "language", "url")),
        *(city.get("slug"), city.get("name"), country.get("code"), country.get("name")),
        *(organisation.get("slug"), organisation.get("name"), data["sector"]),
        *(", ".join(term["slug"] for term in data[name]) for name in ("themes", "topics", "audiences")),
        *("true" if met else "false" for met in data["criteria"].values()),
        *(data["started"], data["published"], data["updated"], LICENCE["name"]),
    ]


def harmless(cell):
    """security: a cell that no spreadsheet takes for a formula: an apostrophe before its first sign makes it a text."""
    return _FORMULA.sub(r"\1'\2", cell) if isinstance(cell, str) else cell


def as_geojson(index: Index, ids: Iterable[int]) -> Iterator[str]:
    """The selection as a FeatureCollection (RFC 7946), a line a feature; one without a place has no geometry."""
    about = {"edition": index.edition, "licence": LICENCE}
    yield f'{{"type": "FeatureCollection", {_json(about)[1:-1]}, "features": ['
    between = "\n"
    for result in stream(index, ids):
        yield between + _json(_feature(result))
        between = ",\n"
    yield "\n]}\n"


def _feature(result: Result) -> dict:
    place = result.place
    known = place is not None and place.latitude is not None
    point = {"type": "Point", "coordinates": [place.longitude, place.latitude]} if known else None
    return {"type": "Feature", "id": result.data["id"], "geometry": point, "properties": result.data}


def _json(data: dict) -> str:
    return json.dumps(data, ensure_ascii=False)
