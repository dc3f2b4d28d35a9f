"""What each field of the data means: JSON Schemas, of which `/openapi.json` and the page about the data are made."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from catalogue.criteria import Criterion
from catalogue.index import FACETS
from catalogue.models import Adaptation, Evidence, Idea, Money, Resource, Sector, Wait


def text(meaning="", **more) -> dict:
    return _field("string", meaning, **more)


def number(meaning="", **more) -> dict:
    return _field("integer", meaning, **more)


def flag(meaning="") -> dict:
    return _field("boolean", meaning)


def each(schema: dict, meaning="", **more) -> dict:
    return _field("array", meaning, items=schema, **more)


def thing(properties: dict, meaning="") -> dict:
    """An object that always has all of these; more may be added with time."""
    return _field("object", meaning, properties=properties, required=list(properties))


def maybe(schema: dict) -> dict:
    """The same, or null where it isn't known or doesn't apply."""
    return schema | {"type": [schema["type"], "null"]} | ({"enum": [*schema["enum"], None]} if "enum" in schema else {})


def _field(kind: str, meaning="", **more) -> dict:
    return {"type": kind} | ({"description": meaning} if meaning else {}) | more


def ref(name: str) -> dict:
    return {"$ref": f"#/components/schemas/{name}"}


URL = {"format": "uri"}
MOMENT = {"format": "date-time"}
#: An extension of ours: the columns of the CSV that hold a field.
COLUMNS = "x-csv-columns"


def _named(meaning, *columns: str) -> dict:
    return thing({"slug": text(), "name": text()}, meaning) | {COLUMNS: list(columns)}


def _terms(meaning) -> dict:
    return each(thing({"slug": text(), "name": text()}), meaning)


RESULT = {
    "id": number(_("Its permanent number, the one in /i/<id>/; never given to another.")),
    "slug": text(_("The last part of its present address. It may change; the old address then leads to the new one.")),
    "title": text(_("Plain text."), minLength=1),
    "summary": text(_("Plain text; may be empty.")),
    "language": text(_("The language of title and summary, BCP 47.")),
    "url": text(_("Its page."), **URL),
    "city": maybe(_named(_("Where it happens; null where it belongs to no one city."), "city", "city_name")),
    "country": maybe(
        thing({"code": text(), "name": text()}, _("The city’s country; the code is ISO 3166-1 alpha-2, in capitals."))
        | {COLUMNS: ["country", "country_name"]}
    ),
    "organisation": maybe(_named(_("Who leads it."), "organisation", "organisation_name")),
    "sector": maybe(text(_("What kind of organisation leads it."), enum=Sector.values)),
    "themes": _terms(_("Which of the five parts of settling in it belongs to.")),
    "topics": _terms(_("What it is about, more finely.")),
    "audiences": _terms(_("Whom it is for.")),
    "criteria": thing(
        {criterion: flag() for criterion in Criterion.values},
        _("For which of the four criteria it holds evidence. False means that none is recorded, never that it fails."),
    )
    | {COLUMNS: list(Criterion.values)},
    "started": maybe(number(_("The year in which it began; null where that isn’t known."))),
    "published": text(_("When it was first published here, ISO 8601."), **MOMENT),
    "updated": text(
        _("When it last said something new: its text, evidence or sources, who did it and where, what became of it."),
        **MOMENT,
    ),
}

_CITY = {
    "slug": text(),
    "name": text(_("In English usage.")),
    "region": text(_("May be empty.")),
    "country": text(_("ISO 3166-1 alpha-2, in capitals.")),
}

#: What a line of a dump holds beyond a result, or in place of one of its fields.
COMPLETE = {
    "permalink": text(_("Its permanent address, for citing."), **URL),
    "body": text(_("Its text, in Markdown.")),
    "city": maybe(
        thing(
            _CITY
            | {
                "latitude": maybe(_field("number")),
                "longitude": maybe(_field("number")),
                "population": maybe(number(_("How many people live there."))),
                "population_year": maybe(number(_("Null where the source doesn’t say."))),
                "population_source": text(_("Where that is from; empty where the number isn’t known.")),
                "newcomers": maybe(_field("number", _("How many in a hundred were born in another country."))),
                "newcomers_year": maybe(number()),
                "newcomers_source": text(_("Where that is from; empty where the number isn’t known.")),
            },
            _("As in a result, with region, country, place on the map, and who lives there."),
        )
    ),
    "organisation": maybe(
        thing(
            {
                "slug": text(),
                "name": text(),
                "aliases": each(text(), _("Other names and short forms.")),
                "sector": text(enum=Sector.values),
                "city": maybe(thing(_CITY)),
                "web_address": text(),
                "description": text(_("Markdown.")),
            },
            _("As in a result, with other names, city, web address and description."),
        )
    ),
    "partners": each(text(), _("The names of those who do it with them.")),
    "web_address": text(_("Its own, where it has one; else empty.")),
    "title_is_original": flag(_("Whether it was first published under this title.")),
    "ended": maybe(number(_("The year in which it ended; null while it goes on or that isn’t known."))),
    "ended_why": text(_("Why it ended; empty while it goes on or that isn’t known.")),
    "profiled_year": maybe(number(_("The year in which Cities of Migration told of it; null where it didn’t."))),
    "picture": maybe(
        thing(
            {
                "url": text(**URL),
                "width": number(_("In pixels.")),
                "height": number(_("In pixels.")),
                "alt": text(_("What can be seen on it, in the idea’s language.")),
                "credit": text(_("Who made it.")),
                "licence": thing(
                    {"name": text(), "url": text(_("Empty where it is shown with permission."))},
                    _("Of the picture alone: it isn’t covered by the licence of the collection."),
                ),
            },
            _("A picture (WebP) with alternative text, credit and licence; null where it has none."),
        )
    ),
    "verified": maybe(text(_("The day on which somebody last made sure of it."), format="date")),
    "verified_by": text(
        _("Who made sure of it: its editors, or the organisation that leads it; empty where that isn’t known."),
        enum=["", *Idea.Verifier.values],
    ),
    "evidence": each(
        thing(
            {
                "criterion": text(enum=Criterion.values),
                "claim": text(),
                "basis": text(_("How it is known."), enum=Evidence.Basis.values),
                "year": maybe(number()),
                "source": maybe(number(_("The number of the resource that says so."))),
            }
        ),
        _("The grounds on which it meets a criterion, each with the source that says so where one is known."),
    ),
    "resources": each(
        thing(
            {
                "number": number(_("As on the page.")),
                "title": text(),
                "url": text(**URL),
                "type": text(enum=Resource.Type.values),
                "language": text(_("May be empty.")),
                "archived_url": text(_("A kept copy; may be empty.")),
            }
        ),
        _("What it cites: reports, news, films, sites."),
    ),
    "guide": maybe(
        thing(
            {
                "must_stay": text(_("What has to stay, or it would be another idea; a line for each thing.")),
                "may_change": text(_("A line for each thing.")),
                "lead_sector": text(_("What kind of organisation can lead it."), enum=["", *Sector.values]),
                "lead": text(_("Who can lead it, in words.")),
                "legal_power": text(_("What whoever leads it has to be allowed to do.")),
                "staff": text(_("Who works on it, and how much of their time.")),
                "money": text(_("What it costs in the first year, in US dollars."), enum=["", *Money.values]),
                "first_result": text(_("How long it takes to a first result."), enum=["", *Wait.values]),
                "first_steps": text(_("A line for each step, in their order.")),
                "to_reuse": each(number(), _("The numbers of the resources that may be reused.")),
            },
            _("What somebody has to know who means to do it elsewhere; null where nobody has written that down."),
        )
    ),
    "travels": each(
        thing(
            {
                "direction": text(_("Whether it went to this place or came from there."), enum=["to", "from"]),
                "idea": maybe(thing({"id": number(), "title": text(), "url": text(**URL)})),
                "city": maybe(thing(_CITY)),
                "country": maybe(thing({"code": text(), "name": text()})),
                "place": text(),
                "organisation": maybe(thing({"slug": text(), "name": text()})),
                "year": maybe(number()),
                "state": text(enum=Adaptation.State.values),
                "note": text(),
                "kept": text(),
                "changed": text(),
                "evidence": text(),
            }
        ),
        _("The journeys of the idea: the place at the other end, and what was kept, changed and achieved there."),
    ),
}

_FACET = {"value": text(), "label": text(), "count": number(), "selected": flag()}
LICENCE = thing({"name": text(), "url": text(**URL)}, _("Of texts and data alike."))
EDITION = number(_("The edition of the catalogue that the answer was made from."))

SCHEMAS = {
    "Result": thing(RESULT, _("An idea in brief.")),
    "CompleteIdea": thing(RESULT | COMPLETE, _("An idea with everything that its page tells.")),
    "Results": thing(
        {
            "count": number(_("How many ideas match.")),
            "page": number(minimum=1),
            "pages": number(minimum=1),
            "page_size": number(minimum=1, maximum=100),
            "next": maybe(text(_("The address of the next page; null on the last."), **URL)),
            "previous": maybe(text(_("The address of the page before; null on the first."), **URL)),
            "edition": EDITION,
            "licence": LICENCE,
            "facets": thing(
                {facet: each(thing(_FACET)) for facet in FACETS},
                _("For each filter its values, each with how many ideas would match under all the other filters."),
            ),
            "facets_total": thing({facet: number() for facet in FACETS}, _("How many values each filter has.")),
            "results": each(ref("Result")),
        }
    ),
    "Features": thing(
        {
            "type": text(const="FeatureCollection"),
            "edition": EDITION,
            "licence": LICENCE,
            "features": each(
                thing(
                    {
                        "type": text(const="Feature"),
                        "id": number(),
                        "geometry": maybe(
                            thing(
                                {
                                    "type": text(const="Point"),
                                    "coordinates": each(
                                        _field("number"), _("Longitude, latitude."), minItems=2, maxItems=2
                                    ),
                                }
                            )
                        ),
                        "properties": ref("Result"),
                    }
                )
            ),
        },
        "RFC 7946",
    ),
    "Suggestions": thing(
        {
            "edition": EDITION,
            "licence": LICENCE,
            "suggestions": each(
                thing(
                    {
                        "type": text(enum=["city", "country", "topic", "organisation", "idea"]),
                        "label": text(),
                        "note": text(),
                        "url": text(**URL),
                        "count": maybe(number()),
                    }
                ),
                maxItems=10,
            ),
        }
    ),
    "Card": thing(
        {
            "version": text(const="1.0"),
            "type": text(const="rich"),
            "title": text(),
            "author_name": text(),
            "author_url": text(**URL),
            "provider_name": text(),
            "provider_url": text(**URL),
            "cache_age": number(),
            "width": number(),
            "height": number(),
            "html": text(),
        },
        "oEmbed 1.0",
    ),
    "Manifest": thing(
        {
            "edition": EDITION,
            "made": text(**MOMENT),
            "site": text(**URL),
            "ideas": number(_("How many ideas each file holds.")),
            "licence": LICENCE,
            "files": _field(
                "object",
                additionalProperties=thing({"bytes": number(), "sha256": text(), "url": text(**URL)}),
            ),
        }
    ),
    "Errors": thing(
        {"errors": _field("object", _("For each parameter at fault, why."), additionalProperties=each(text()))}
    ),
}


def dictionary(fields: dict) -> list[dict]:
    """The fields for a reader: name, kind of value, meaning, and the columns of the CSV that hold it."""
    return [
        {
            "name": name,
            "kind": _kind(schema),
            "meaning": schema.get("description", ""),
            "columns": ", ".join(schema.get(COLUMNS, [name])),
        }
        for name, schema in fields.items()
    ]


_KINDS = {
    "string": _("text"),
    "integer": _("number"),
    "number": _("number"),
    "boolean": _("true or false"),
    "array": _("list"),
    "object": _("object"),
}


def _kind(schema: dict):
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    word = _KINDS[kinds[0]]
    return format_lazy(_("{kind} or null"), kind=word) if "null" in kinds else word
