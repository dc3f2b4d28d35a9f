"""The machine-readable description of the data (OpenAPI 3.1). Tests hold it true, answer by answer."""

from django.conf import settings
from django.utils.translation import gettext as _

from catalogue.criteria import Criterion
from catalogue.dumps import CSV, LINES, MANIFEST
from catalogue.exports import LICENCE
from catalogue.filters import RELEVANCE, SORTS
from catalogue.index import FACETS
from catalogue.models import Sector
from catalogue.schemas import SCHEMAS, each, number, ref, text

#: Of this description; it grows, and nothing is taken away.
VERSION = "1.0.0"


def document() -> dict:
    return {
        "openapi": "3.1.0",
        "info": {
            "title": _("Good Ideas"),
            "summary": _("The public catalogue of what works when a city welcomes migrants, as data."),
            "description": _("Anybody may read it from any origin, without a key. Fields are added, never taken away."),
            "version": VERSION,
            "license": LICENCE,
        },
        "externalDocs": {"url": f"{settings.SITE_URL}/about/data/"},
        "servers": [{"url": settings.SITE_URL}],
        "paths": lists() | feeds() | ideas() | others(),
        "components": {"schemas": SCHEMAS},
    }


def lists() -> dict:
    more = [
        parameter("page", _("Which page of the results."), number(minimum=1)),
        parameter("page_size", _("Results a page; 20 when absent."), number(minimum=1, maximum=100)),
        parameter("facet", _("The filter that is to be listed with all its values."), text(enum=list(FACETS))),
    ]
    return {
        "/ideas.json": get(
            "listIdeas", _("The ideas that match, page by page, with counts for every filter"),
            "application/json", ref("Results"), [*query(), *more], faults=(301, 400, 404),
        ),
        "/ideas.csv": get(
            "listIdeasAsCsv", _("Every idea that matches, for a spreadsheet"),
            "text/csv", text(), query(), faults=(301, 400),
        ),
        "/ideas.geojson": get(
            "listIdeasAsGeoJson", _("Every idea that matches, for a map"),
            "application/geo+json", ref("Features"), query(), faults=(301, 400),
        ),
    }  # fmt: skip


def feeds() -> dict:
    atom = "application/atom+xml"
    found = {
        "/ideas.atom": get(
            "followIdeas", _("The newest 50 ideas that match, as a feed"), atom, text(), query(), faults=(301, 400)
        )
    }
    for folder, value in (
        ("themes", "slug"), ("topics", "slug"), ("countries", "code"), ("cities", "slug"), ("organisations", "slug"),
    ):  # fmt: skip
        found[f"/{folder}/{{{value}}}.atom"] = get(
            f"follow{folder.capitalize()}", _("The newest 50 ideas of one page, as a feed"),
            atom, text(), [part(value)], faults=(301, 404, 410),
        )  # fmt: skip
    return found


def ideas() -> dict:
    forms = (
        (".json", "getIdea", _("An idea as JSON-LD (schema.org)"), "application/ld+json", {"type": "object"}),
        (".bib", "citeIdeaInBibtex", _("Its citation in BibTeX"), "application/x-bibtex", text()),
        (".ris", "citeIdeaInRis", _("Its citation in RIS"), "application/x-research-info-systems", text()),
        (".csl.json", "citeIdeaInCsl", _("Its citation in CSL"), "application/vnd.citationstyles.csl+json",
         each({"type": "object"})),
    )  # fmt: skip
    return {
        f"/ideas/{{slug}}{ending}": get(name, summary, kind, schema, [part("slug")], faults=(301, 404, 410))
        for ending, name, summary, kind, schema in forms
    }


def others() -> dict:
    pixels = number(minimum=1)
    card = [
        parameter("url", _("The address of an idea, present or old."), text(format="uri"), required=True),
        parameter("format", _("json when absent."), text(enum=["json", "xml"])),
        parameter("maxwidth", _("So many pixels at most."), pixels),
        parameter("maxheight", _("So many pixels at most."), pixels),
    ]
    described = get(
        "describeCard", _("oEmbed: a card of an idea for another site"),
        "application/json", ref("Card"), card, faults=(400, 404, 410, 501),
    )  # fmt: skip
    described["get"]["responses"]["200"]["content"]["text/xml"] = {"schema": text()}
    return {
        "/suggest.json": get(
            "suggest", _("What somebody may mean who has begun to type"), "application/json", ref("Suggestions"),
            [parameter("q", _("What was typed so far."), text())],
        ),
        "/oembed": described,
        f"/dumps/{MANIFEST}": get(
            "describeDump", _("The latest dump: edition, counts, checksums"), "application/json", ref("Manifest"),
            faults=(304, 404), edition=False,
        ),
        f"/dumps/{CSV}": get(
            "getDumpAsCsv", _("The whole collection as it was when it was last dumped; columns as in /ideas.csv"),
            "text/csv", text(), faults=(304, 404), edition=False,
        ),
        f"/dumps/{LINES}": get(
            "getDumpAsJsonLines", _("The same with each idea complete, one a line, each a CompleteIdea"),
            "application/jsonl", text(), faults=(304, 404), edition=False,
        ),
    }  # fmt: skip


def query() -> list[dict]:
    """The parameters that choose ideas, the same for every list."""
    slugs, year = each(text()), number(minimum=1, maximum=9999)
    any_of, both = _("Any of these."), _("Both years are included; an idea whose year isn’t known matches neither.")
    order = _("relevance with words, newest without; viewed is by how often readers opened it within a year.")
    return [
        parameter("q", _("Words; accents and case don’t matter."), text()),
        *(parameter(name, any_of, slugs) for name in ("theme", "topic", "audience", "city", "organisation")),
        parameter("country", _("Any of these, ISO alpha-2."), each(text(minLength=2, maxLength=2))),
        parameter("sector", any_of, each(text(enum=Sector.values))),
        parameter("criterion", _("All of these."), each(text(enum=Criterion.values))),
        parameter("started_min", both, year),
        parameter("started_max", both, year),
        parameter("sort", order, text(enum=[RELEVANCE, *SORTS])),
    ]


def parameter(name: str, meaning: str, schema: dict, required: bool = False) -> dict:
    return {"name": name, "in": "query", "description": meaning, "required": required, "schema": schema}


def part(name: str) -> dict:
    """A part of the path."""
    return {"name": name, "in": "path", "required": True, "schema": text(pattern="^[-a-z0-9_]+$")}


def get(name: str, summary: str, kind: str, schema: dict, parameters=(), faults=(), edition: bool = True) -> dict:
    headers = {"X-Catalogue-Edition": {"schema": number(), "required": True}} if edition else {}
    answers = {"200": {"description": _("The answer."), "headers": headers, "content": {kind: {"schema": schema}}}}
    answers |= {str(status): told(status) for status in faults}
    return {"get": {"operationId": name, "summary": summary, "parameters": list(parameters), "responses": answers}}


def told(status: int) -> dict:
    """An answer that isn't what was asked for."""
    meaning = {
        301: _("The same, with the present slug of something that was renamed or merged."),
        304: _("Nothing changed since."),
        400: _("A parameter means nothing; which, and what to give instead."),
        404: _("There is nothing at this address."),
        410: _("What was here was withdrawn; its title, its place and the reason."),
        501: _("That form doesn’t exist."),
    }[status]
    answer: dict = {"description": meaning}
    if status == 301:
        answer["headers"] = {"Location": {"schema": text(format="uri-reference"), "required": True}}
    if status in (400, 501):
        answer["content"] = {"application/json": {"schema": ref("Errors")}}
    return answer
