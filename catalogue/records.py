"""What every machine form says of an idea: the facts, gathered once, so that all forms carry the same ones."""

import re
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from catalogue.cards import Links
from catalogue.index import Index, Value
from catalogue.marking import plain_text
from catalogue.models import Evidence, Idea, Licence
from catalogue.renditions import WIDE

#: The author and publisher of every page, whatever the reader's language.
SITE_NAME = "Good Ideas"
# All that Unicode calls control, but for those that it also counts as blanks.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Named:
    """A name, its page, and the slug of what has one."""

    name: str
    url: str
    slug: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """The city of an idea. Degrees are None where they aren't known."""

    name: str
    region: str
    country: str
    country_code: str
    latitude: float | None
    longitude: float | None
    url: str


@dataclass(frozen=True, slots=True)
class Source:
    """Something that the idea cites, of one of the kinds of the library."""

    title: str
    url: str
    type: str
    language: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A piece of evidence: for which criterion, how it is known, and the address of its source."""

    criterion: Named
    text: str
    basis: str
    year: int | None
    source_url: str


@dataclass(frozen=True, slots=True)
class Illustration:
    """The picture of the idea, with what has to stand beside it; terms between two people have no address."""

    url: str
    width: int
    height: int
    alt: str
    credit: str
    licence: Named


@dataclass(frozen=True, slots=True)
class Record:
    """The facts of one published idea. Every text is a single line without control characters, every address whole."""

    id: int
    slug: str
    title: str
    summary: str
    text: str
    language: str
    url: str
    permalink: str
    organisation: Named | None
    partners: tuple[str, ...]
    place: Place | None
    themes: tuple[Named, ...]
    topics: tuple[Named, ...]
    audiences: tuple[Named, ...]
    started: int | None
    ended: int | None
    published: date
    #: Of the edition that last changed what the idea says.
    dated: date
    #: The number of the version that is told here, and the address at which that stays.
    version: int
    version_url: str
    edition: int
    claims: tuple[Claim, ...]
    sources: tuple[Source, ...]
    illustration: Illustration | None = None

    @property
    def key(self) -> str:
        """What a reference manager calls it."""
        return f"good-ideas-{self.id}"

    @property
    def led_by(self) -> str:
        return self.organisation.name if self.organisation else ""

    @property
    def where(self) -> str:
        return f"{self.place.name}, {self.place.country}" if self.place else ""

    @property
    def keywords(self) -> tuple[str, ...]:
        return tuple(term.name for term in (*self.themes, *self.topics, *self.audiences))


def record_of(idea: Idea, index: Index) -> Record:
    """The facts of an idea that was loaded `for_page`; names are in the reader's language."""
    links = Links()
    organisation = index.first("organisation", idea.pk)
    sources = {citation.resource_id: source_of(citation.resource) for citation in idea.citations.all()}

    def named(facet: str, value: Value) -> Named:
        return Named(one_line(value.label), whole(links.page(facet, value.value)), value.value)

    def terms(facet: str) -> tuple[Named, ...]:
        return tuple(named(facet, value) for value in index[facet].of(idea.pk))

    return Record(
        id=idea.pk,
        slug=idea.slug,
        title=one_line(idea.title),
        summary=one_line(idea.summary),
        text=one_line(plain_text(idea.body)),
        language=idea.language,
        url=whole(links.idea(idea.slug)),
        permalink=permalink(idea),
        organisation=named("organisation", organisation) if organisation else None,
        partners=tuple(one_line(name) for name in idea.partners),
        place=place_of(idea, links),
        themes=terms("theme"),
        topics=terms("topic"),
        audiences=terms("audience"),
        started=idea.started,
        ended=idea.ended,
        published=timezone.localdate(idea.first_published),
        dated=timezone.localdate(idea.updated),
        version=idea.version,
        version_url=whole(reverse("short-version", args=[idea.pk, idea.version])),
        edition=index.edition,
        claims=tuple(claim_of(row, sources, links) for row in idea.evidence.all()),
        sources=tuple(sources.values()),
        illustration=illustration_of(idea),
    )


def illustration_of(idea: Idea) -> Illustration | None:
    picture = idea.picture
    if picture is None:
        return None
    licence = Licence(idea.picture_licence)
    return Illustration(
        url=whole(picture.address(WIDE)),
        width=picture.width,
        height=picture.height,
        alt=one_line(idea.picture_alt),
        credit=one_line(idea.picture_credit),
        licence=Named(str(licence.label), licence.url, licence.value),
    )


def place_of(idea: Idea, links: Links) -> Place | None:
    city = idea.city
    if city is None:
        return None
    return Place(
        name=one_line(city.name),
        region=one_line(city.region),
        country=city.country_name,
        country_code=city.country,
        latitude=city.latitude,
        longitude=city.longitude,
        url=whole(links.page("city", city.slug)),
    )


def claim_of(row: Evidence, sources: dict[int, Source], links: Links) -> Claim:
    source = sources.get(row.resource_id)
    return Claim(
        criterion=Named(str(row.get_criterion_display()), whole(links.filtered("criterion", row.criterion))),
        text=one_line(row.claim),
        basis="" if row.basis == Evidence.Basis.NOT_STATED else str(row.get_basis_display()),
        year=row.year,
        source_url=source.url if source else "",
    )


def source_of(resource) -> Source:
    return Source(one_line(resource.title), resource.url, resource.type, resource.language)


def permalink(idea: Idea) -> str:
    """The address of an idea that no renaming changes."""
    return whole(reverse("short-link", args=[idea.pk]))


def whole(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def one_line(text: str) -> str:
    """security: a text that can't begin a line of its own in any form: one line, and no control characters."""
    return " ".join(_CONTROL.sub("", text).split())
