"""Ideas in the words of schema.org: an article about a project, with its place, its evidence and its sources."""

import json

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalogue.exports import LICENCE
from catalogue.languages import bare
from catalogue.models import Resource
from catalogue.records import SITE_NAME, Claim, Named, Place, Record, Source, whole

CONTEXT = "https://schema.org"
#: The type of a source by its kind in the library; the others are works of no kind that schema.org has a word for.
_SOURCES = {
    Resource.Type.WEBSITE: "WebPage",
    Resource.Type.REPORT: "Report",
    Resource.Type.NEWS: "NewsArticle",
    Resource.Type.EVALUATION: "Report",
    Resource.Type.VIDEO: "VideoObject",
}


def article(record: Record) -> dict:
    """The page of an idea: what it is about, what it rests on, and the collection that it is a part of."""
    terms = [*_terms(record.themes, "theme-list"), *_terms(record.topics, "topic-list")]
    return _known(
        {
            "@type": "Article",
            "@id": record.permalink,
            "url": record.url,
            "identifier": record.permalink,
            "headline": record.title,
            "description": record.summary,
            "inLanguage": record.language,
            "datePublished": record.published.isoformat(),
            "dateModified": record.dated.isoformat(),
            "version": str(record.version),
            "author": site(),
            "publisher": site(),
            "license": LICENCE["url"],
            "isAccessibleForFree": True,
            "image": images(record),
            "keywords": ", ".join(record.keywords),
            "about": [project(record), *terms],
            "hasPart": [claim(part) for part in record.claims],
            "citation": [source(cited) for cited in record.sources],
            "isPartOf": collection(record.edition),
        }
    )


def images(record: Record) -> str | list:
    """Its sign, and its picture with the terms on which that is shown, where it has one."""
    sign, shown = whole(reverse("idea-png", args=[record.slug])), record.illustration
    if shown is None:
        return sign
    picture = {
        "@type": "ImageObject",
        "contentUrl": shown.url,
        "width": _pixels(shown.width),
        "height": _pixels(shown.height),
        "caption": shown.alt,
        "creditText": shown.credit,
        "license": shown.licence.url,
    }
    return [sign, _known(picture)]


def _pixels(number: int) -> dict:
    # E37 is the pixel in the list of units that schema.org refers to (UN/CEFACT, recommendation 20).
    return {"@type": "QuantitativeValue", "value": number, "unitCode": "E37"}


def project(record: Record) -> dict:
    """What was done, as schema.org's Project, which is a kind of organisation: who leads it is its parent."""
    by = record.organisation
    return _known(
        {
            "@type": "Project",
            "@id": f"{record.permalink}#project",
            "name": record.title,
            "foundingDate": str(record.started or ""),
            "dissolutionDate": str(record.ended or ""),
            "location": place(record.place) if record.place else None,
            "parentOrganization": {"@type": "Organization", "name": by.name, "url": by.url} if by else None,
            "member": [{"@type": "Organization", "name": name} for name in record.partners],
            "keywords": _terms(record.audiences, "idea-list"),
        }
    )


def place(found: Place) -> dict:
    located = found.latitude is not None
    point = {"@type": "GeoCoordinates", "latitude": found.latitude, "longitude": found.longitude}
    address = {
        "@type": "PostalAddress",
        "addressLocality": found.name,
        "addressRegion": found.region,
        "addressCountry": found.country_code,
    }
    return _known(
        {
            "@type": "City",
            "name": found.name,
            "url": found.url,
            "address": _known(address),
            "geo": point if located else None,
        }
    )


def claim(part: Claim) -> dict:
    """A piece of evidence: which criterion it speaks for, how it is known, and the source it is from."""
    return _known(
        {
            "@type": "Claim",
            "text": part.text,
            "about": {"@type": "DefinedTerm", "name": part.criterion.name, "url": part.criterion.url},
            "genre": part.basis,
            "temporalCoverage": str(part.year or ""),
            "citation": {"@id": part.source_url} if part.source_url else None,
        }
    )


def source(cited: Source) -> dict:
    return _known(
        {
            "@type": _SOURCES.get(cited.type, "CreativeWork"),
            "@id": cited.url,
            "name": cited.title,
            "url": cited.url,
            "inLanguage": cited.language,
        }
    )


def site() -> dict:
    """Who writes and publishes."""
    return {"@type": "Organization", "@id": f"{settings.SITE_URL}/#publisher", "name": SITE_NAME, "url": whole("/")}


def collection(edition: int) -> dict:
    """The whole catalogue as a data set; it is the same one in every language."""
    address = reverse("idea-list")
    return {
        "@type": "Dataset",
        "@id": whole(bare(address)),
        "name": SITE_NAME,
        "url": whole(address),
        "description": _("What people in cities have done to welcome newcomers, with the evidence that it works."),
        "license": LICENCE["url"],
        "version": str(edition),
    }


def breadcrumbs(crumbs: list[Named]) -> dict:
    """The way to a page, from the outside in; the page itself is last."""
    items = [
        {"@type": "ListItem", "position": position, "name": crumb.name, "item": {"@id": crumb.url}}
        for position, crumb in enumerate(crumbs, 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def website() -> dict:
    """The site, and where it is asked for words."""
    target = {"@type": "EntryPoint", "urlTemplate": f"{whole(reverse('idea-list'))}?q={{words}}"}
    return {
        "@type": "WebSite",
        "@id": f"{settings.SITE_URL}/#site",
        "name": SITE_NAME,
        "url": whole(reverse("home")),
        "inLanguage": get_language(),
        "publisher": site(),
        "potentialAction": {"@type": "SearchAction", "target": target, "query-input": "required name=words"},
    }


def document(record: Record) -> str:
    """An idea as a document of its own, which holds the whole text too."""
    found = {"@context": CONTEXT} | article(record) | _known({"articleBody": record.text})
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def block(*things: dict) -> SafeString:
    """What a page says of itself, for a `<script type="application/ld+json">`, which no browser runs."""
    text = json.dumps({"@context": CONTEXT, "@graph": things}, ensure_ascii=False)
    # security: nothing in it ends the element or begins another.
    return mark_safe(text.translate({ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&"}))


def _terms(terms: tuple[Named, ...], route: str) -> list[dict]:
    words = whole(reverse(route))
    return [{"@type": "DefinedTerm", "name": term.name, "url": term.url, "inDefinedTermSet": words} for term in terms]


def _known(values: dict) -> dict:
    return {name: value for name, value in values.items() if value not in (None, "", [])}
