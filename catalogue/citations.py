"""An idea as something to cite: in words, as BibTeX, RIS and CSL JSON, and in the tags that reference managers read.

Each is a pure function of the same record. The author is the catalogue, which wrote the page; who did the thing is in
the note.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from catalogue.exports import LICENCE
from catalogue.records import SITE_NAME, Record

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()


@dataclass(frozen=True, slots=True)
class Citation:
    """A reference in words; apart in three, because a title is set in italics."""

    before: str
    title: str
    after: str

    def __str__(self):
        return f"{self.before} {self.title}{self.after}"


def apa(record: Record) -> Citation:
    """How to cite the page in the manner of APA 7 for a page of a web site whose author is the site.

    https://apastyle.apa.org/style-grammar-guidelines/references/examples/webpage-website-references

    Since the page changes and each version keeps an address, that one is given, as APA has it for a work of reference.
    The other forms have a field for the version beside the permanent address.
    """
    day = date_format(record.dated, pgettext("the date in a citation", "Y, F j"))
    about = ", ".join(part for part in (record.led_by, record.where) if part)
    # A title that ends with a mark of its own needs no stop, but what describes the work does.
    stop = "." if about or record.title[-1:] not in ".?!" else ""
    after = f" [{about}]{stop}" if about else stop
    return Citation(f"{SITE_NAME}. ({day}).", record.title, f"{after} {record.version_url}")


def note(record: Record) -> str:
    """Who did it, with whom and where, as far as that is known, and where the version that was read stays."""
    by = record.led_by
    if by and record.partners:
        by = _("%(organisation)s, with %(partners)s") % {"organisation": by, "partners": ", ".join(record.partners)}
    version = _("version %(number)d: %(address)s") % {"number": record.version, "address": record.version_url}
    return "; ".join(part for part in (by, record.where, version) if part)


def bibtex(record: Record) -> str:
    """An entry of BibTeX, which biber and the reference managers read too."""
    fields = {
        # In braces: it is a name of one piece, and a title keeps its capitals.
        "author": f"{{{SITE_NAME}}}",
        "title": f"{{{latex(record.title)}}}",
        "year": str(record.dated.year),
        "day": str(record.dated.day),
        "organization": SITE_NAME,
        # The address is taken as it is, sign by sign.
        "url": record.permalink,
        "version": str(record.version),
        "language": record.language,
        "abstract": latex(record.summary),
        # By commas, so that one within a word has to be in braces.
        "keywords": ", ".join(f"{{{latex(word)}}}" if "," in word else latex(word) for word in record.keywords),
        "note": latex(note(record)),
        "copyright": LICENCE["name"],
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    # A name that every style knows, and not a text.
    lines.insert(3, f"  month = {_MONTHS[record.dated.month - 1]},")
    return "\n".join([f"@misc{{{record.key},", *lines, "}", ""])


def latex(text: str) -> str:
    """security: a text for a field of BibTeX: it means itself, its braces are in balance, and it begins no entry."""
    return _JOINED.sub(r"\1{}", text.translate(_LATEX))


# BibTeX counts every brace, even after a backslash; an empty box holds the other one of the pair.
_LATEX = str.maketrans(
    {
        "{": r"\{\vphantom{\}}",
        "}": r"\vphantom{\{}\}",
        "\\": r"{\textbackslash}",
        "~": r"{\textasciitilde}",
        "^": r"{\textasciicircum}",
    }
    | {sign: f"\\{sign}" for sign in "%&#$_"}
)
# Signs that TeX would draw as one, such as two hyphens as a dash.
_JOINED = re.compile(r"([-'`?!,<>])(?=[-'`,<>])")


def ris(record: Record) -> str:
    """A record of RIS. No value has a line's end, so none can begin a field or end the record."""
    return "".join(f"{tag}  - {value}\r\n" for tag, value in _ris_fields(record) if value) + "ER  - \r\n"


def _ris_fields(record: Record) -> Iterator[tuple[str, str]]:
    yield "TY", "ELEC"
    yield "ID", record.key
    yield "AU", SITE_NAME
    yield "TI", record.title
    yield "PY", str(record.dated.year)
    yield "DA", f"{record.dated:%Y/%m/%d}"
    yield "ET", str(record.version)
    yield "PB", SITE_NAME
    yield "LA", record.language
    yield "AB", record.summary
    yield from (("KW", word) for word in record.keywords)
    yield "N1", note(record)
    yield "UR", record.permalink


def csl_json(record: Record) -> str:
    """An item of CSL, in the list that programs expect."""
    day = record.dated
    item = {
        "id": record.key,
        "type": "webpage",
        "author": [{"literal": SITE_NAME}],
        "title": record.title,
        "issued": {"date-parts": [[day.year, day.month, day.day]]},
        "publisher": SITE_NAME,
        "URL": record.permalink,
        "version": str(record.version),
        "language": record.language,
        "abstract": record.summary,
        "keyword": "; ".join(record.keywords),
        "note": note(record),
    }
    return json.dumps([{name: value for name, value in item.items() if value}], ensure_ascii=False, indent=2) + "\n"


def meta_tags(record: Record) -> list[tuple[str, str]]:
    """The names and contents of a page's meta tags: Highwire's for reference managers, and Dublin Core's."""
    day = f"{record.dated:%Y/%m/%d}"
    tags = [
        ("citation_title", record.title),
        ("citation_author", SITE_NAME),
        ("citation_publisher", SITE_NAME),
        ("citation_publication_date", day),
        ("citation_public_url", record.permalink),
        ("citation_language", record.language),
        *(("citation_keywords", word) for word in record.keywords),
        ("dcterms.title", record.title),
        ("dcterms.creator", SITE_NAME),
        ("dcterms.publisher", SITE_NAME),
        ("dcterms.type", "Text"),
        ("dcterms.issued", record.published.isoformat()),
        ("dcterms.modified", record.dated.isoformat()),
        ("dcterms.identifier", record.permalink),
        ("dcterms.hasVersion", record.version_url),
        ("dcterms.language", record.language),
        ("dcterms.abstract", record.summary),
        *(("dcterms.subject", word) for word in record.keywords),
        ("dcterms.spatial", record.where),
        ("dcterms.license", LICENCE["url"]),
    ]
    return [(name, content) for name, content in tags if content]
