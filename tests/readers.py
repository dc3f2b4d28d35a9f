"""What independent parsers read in the citations of an idea: the same plain facts, whatever the form."""

import json
import re
from datetime import date

import bibtexparser
import rispy
from bibtexparser.middlewares import LatexDecodingMiddleware

from catalogue import citations
from catalogue.records import Record


def facts_of_bibtex(text: str) -> dict:
    library = bibtexparser.parse_string(text, append_middleware=[LatexDecodingMiddleware()])
    ((entry,), blocks) = library.entries, library.blocks
    assert blocks == [entry]
    fields = {field.key: field.value for field in entry.fields}
    (keywords,) = re.findall(r"^  keywords = \{(.*)\},$", text, re.MULTILINE) or [""]
    return {
        "key": entry.key,
        "author": fields["author"],
        # Its decoder takes a circumflex that stands alone for the accent.
        "title": fields["title"].replace("ˆ", "^"),
        "date": f"{fields['year']}-{fields['month']}-{fields['day']}",
        "url": fields["url"],
        "language": fields["language"],
        "abstract": fields.get("abstract", "").replace("ˆ", "^"),
        "keywords": [word.strip("{}") for word in re.findall(r"\{[^}]*\}|[^,\s][^,]*", keywords)],
        "note": fields.get("note", ""),
    }


def facts_of_ris(text: str) -> dict:
    (record,) = rispy.loads(text)
    assert record["type_of_reference"] == "ELEC"
    year, month, day = record["date"].split("/")
    assert record["year"] == year
    return {
        "key": record["id"],
        "author": ", ".join(record["authors"]),
        "title": record["title"],
        "date": f"{year}-{date(2000, int(month), 1):%b}-{int(day)}".lower(),
        "url": ", ".join(record["urls"]),
        "language": record["language"],
        "abstract": record.get("abstract", ""),
        "keywords": record.get("keywords", []),
        "note": ", ".join(record.get("notes", [])),
    }


def facts_of_csl(text: str) -> dict:
    (item,) = json.loads(text)
    assert item["type"] == "webpage"
    ((year, month, day),) = item["issued"]["date-parts"]
    return {
        "key": item["id"],
        "author": ", ".join(author["literal"] for author in item["author"]),
        "title": item["title"],
        "date": f"{year}-{date(2000, month, 1):%b}-{day}".lower(),
        "url": item["URL"],
        "language": item["language"],
        "abstract": item.get("abstract", ""),
        "keywords": item["keyword"].split("; ") if "keyword" in item else [],
        "note": item.get("note", ""),
    }


def facts(record: Record) -> list[dict]:
    """What a reader finds in each form."""
    return [
        facts_of_bibtex(citations.bibtex(record)),
        facts_of_ris(citations.ris(record)),
        facts_of_csl(citations.csl_json(record)),
    ]
