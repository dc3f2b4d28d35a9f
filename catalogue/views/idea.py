"""The page of one idea: what was done, how that is known, where it travelled, and how to take it along."""

import re
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import quote, urlencode

from django.shortcuts import render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from catalogue import index as indexes
from catalogue import versions
from catalogue.cards import Card, Links, Ref, cards
from catalogue.citations import Citation, apa, meta_tags
from catalogue.collection import NUMBERS
from catalogue.comparing import MOST
from catalogue.index import Index
from catalogue.languages import foreign
from catalogue.linked_data import article, block, breadcrumbs
from catalogue.maps import LocatorMap, locator_map
from catalogue.markdown import to_html
from catalogue.models import Evidence, Idea, Licence, Translation
from catalogue.models.assessment import Finding
from catalogue.models.resource import site_of
from catalogue.records import Named, Record, one_line, record_of, whole
from catalogue.related import related
from catalogue.renditions import NARROW
from catalogue.travel import Travel, travel_of
from catalogue.views.caching import cacheable
from catalogue.views.compare import compare_url
from catalogue.views.criterion import CriterionRef, criterion_refs
from catalogue.views.guide import Sheet, sheet_of
from catalogue.views.idea_forms import alternates, form_address, signposts
from catalogue.views.oembed import oembed_forms
from catalogue.views.place import nearest_cities
from catalogue.views.redirects import moved
from catalogue.views.resource import copy_label
from catalogue.views.site import head

#: So many changes are told on the page itself.
MOST_NEWS = 4
_COMPOUND = re.compile(r"(?<=\w)-(?=\w)")


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the rail: a term and its values."""

    term: str
    values: list[Ref]
    wide: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A resource as the page lists it, under its number."""

    number: int
    title: str
    url: str
    kind_label: str
    host: str
    language: str
    fault: str
    archived_url: str
    archived_label: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A piece of evidence, with the number of its source where one is known."""

    claim: str
    kind_label: str
    year: int | None
    source_number: int | None
    #: Of the claim, where it isn't in the page's language.
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """Who read it and what they found: a sentence, and for each finding the criteria of which it holds."""

    sentence: str
    findings: list[Ref] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class News:
    """A version of the page: since when it stands, what was new in it, and its address."""

    since: date
    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    """A criterion with its evidence, or with the word that there is none."""

    criterion: CriterionRef
    entries: list[Entry]
    none_label: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture as the page shows it: its sizes for `srcset`, and the line beneath."""

    url: str
    sizes: str
    width: int
    height: int
    alt: str
    credit: str
    licence: Ref


@dataclass(frozen=True, slots=True)
class Telling:
    """How it comes that the page is in this language or in that, and the address of the other."""

    sentences: list[str]
    other: Ref


@dataclass(frozen=True, slots=True)
class Detail:
    """Everything that the page of an idea shows."""

    card: Card
    #: In which language title, summary and text are told, and all that isn't translated; empty for the page's own.
    lang: str
    original_lang: str
    #: Where there are both a translation and an original.
    telling: Telling | None
    title: str
    summary: str
    heading: str
    where: str
    crumbs: list[Ref]
    original_title: bool
    by_line: str
    ended_label: str
    ended_why: str
    verified_label: str
    proposed_label: str
    body_html: str
    figure: Figure | None
    facts: list[Fact]
    reading: Reading
    ledger: list[Line]
    #: How its evidence is known, where nothing is stated of any piece; else each piece says so itself.
    kinds_label: str
    travel: Travel | None
    #: Where it is, when no route says so.
    locator: LocatorMap | None
    guide: Sheet | None
    sources: list[Source]
    citation: Citation
    #: The citation for programs.
    cite_links: list[Ref]
    permalink: str
    data: Ref
    take_along: list[Ref]
    #: Ways to tell the editors something about it.
    tell: list[Ref]
    news: list[News]
    versions_url: str
    contact: Ref | None
    related: list[dict] = field(default_factory=list)
    more_like_this: Ref | None = None
    compare: Ref | None = None


@cacheable("original")
def idea_detail(request, slug):
    idea = Idea.objects.seen().for_page().filter(slug=slug).first()
    if idea is None or not idea.is_published:
        return moved(request)
    index = indexes.current()
    record = record_of(idea, index)
    detail = detail_of(idea, index, record, original=bool(request.GET.get("original")))
    context = {"idea": detail, "criteria_url": reverse("criterion-list")}
    response = render(request, "catalogue/idea_detail.html", context | idea_head(request.path, record, detail))
    response.headers["Link"] = signposts(record)
    return response


def locator(index: Index, idea: int) -> LocatorMap | None:
    """The city of an idea among those around it that have ideas, too."""
    city = index.first("city", idea)
    return locator_map(city, nearest_cities(index, city)) if city else None


def idea_head(path: str, record: Record, detail: Detail) -> dict:
    """What the page of an idea says to machines."""
    title = one_line(detail.title)
    crumbs = [*detail.crumbs, Ref(title, path)]
    return head(
        f"{title}, {record.place.name}" if record.place else title,
        path,
        description=one_line(detail.summary),
        section="ideas",
        alternates=[*alternates(record), *oembed_forms(path)],
        picture=whole(form_address("png", record.slug)),
        meta=meta_tags(record),
        linked_data=block(article(record), breadcrumbs([Named(crumb.label, whole(crumb.url)) for crumb in crumbs])),
    )


def detail_of(idea: Idea, index: Index, record: Record, original: bool = False) -> Detail:
    """The page of an idea, from its rows, the index, and what they give to machines.

    It is told in the reader's language where a translation into it is published, unless the `original` is asked for.
    """
    data, *citations = [Ref(form["label"], form["url"]) for form in alternates(record)]
    links = Links()
    near = related(index, idea.pk)
    card, *others = cards(index, [idea.pk, *(other for other, _reason in near)], links)
    reasons = dict(near)
    translation = translation_of(idea, card)
    told = idea if translation is None or original else translation
    sources = [source_of(citation) for citation in idea.citations.all()]
    numbers = {citation.resource_id: citation.position for citation in idea.citations.all()}
    topics = index["topic"].of(idea.pk)
    travel = travel_of(idea, links)
    return Detail(
        card=card,
        lang=foreign(told.language),
        original_lang=foreign(idea.language),
        telling=telling(idea, translation, original),
        title=told.title,
        summary=told.summary,
        heading=heading(told.title),
        where=idea.where,
        crumbs=[Ref(_("Ideas"), links.ideas), *(ref for ref in (card.country, card.city) if ref)],
        original_title=idea.title_is_original,
        by_line=by_line(idea),
        ended_label=_("Ended in %(year)d") % {"year": idea.ended} if idea.ended else "",
        ended_why=idea.ended_why,
        verified_label=verified_label(idea),
        proposed_label=_("Proposed by %(name)s.") % {"name": idea.proposed_by}
        if idea.credited and idea.proposed_by
        else "",
        body_html=to_html(told.body),
        figure=figure_of(idea),
        facts=facts(idea, index, links),
        reading=reading(idea),
        ledger=ledger(idea, index, links, numbers, {} if told is idea else claims_of(translation)),
        kinds_label=kinds_label(idea),
        travel=travel,
        locator=None if travel and travel.route else locator(index, idea.pk),
        guide=sheet_of(idea),
        sources=sources,
        citation=apa(record),
        cite_links=citations,
        permalink=record.permalink,
        take_along=take_along(idea, record.permalink),
        tell=[
            Ref(_("Tell us that you tried this"), reverse("submit-adaptation", args=[idea.slug])),
            Ref(_("Something wrong on this page?"), reverse("submit-correction", args=[idea.slug])),
        ],
        news=[news_of(idea, version) for version in versions.latest(idea, index, MOST_NEWS)],
        versions_url=reverse("idea-versions", args=[idea.slug]),
        data=data,
        contact=contact(idea),
        related=[{"card": other, "reason": reasons[other.id]} for other in others],
        more_like_this=Ref(_("More on %(topic)s") % {"topic": topics[0].label}, links.page("topic", topics[0].value))
        if topics
        else None,
        compare=Ref(_("Compare it with these"), compare_url([card.slug, *(other.slug for other in others[: MOST - 1])]))
        if others
        else None,
    )


def translation_of(idea: Idea, card: Card) -> Translation | None:
    """The published translation into the reader's language. Asked for where its card shows that there is one."""
    if card.lang or not foreign(idea.language):
        return None
    found = Translation.objects.published().into(get_language()).filter(idea=idea).with_claims().first()
    if found:
        # Loaded already, with its text.
        found.idea = idea
    return found


def telling(idea: Idea, translation: Translation | None, original: bool) -> Telling | None:
    """What readers are told of a translation: that it is one, of what, by whom, and whether it lags behind."""
    if translation is None:
        return None
    path = reverse("idea-detail", args=[idea.slug])
    if original:
        return Telling([_("This is the original.")], Ref(_("Read the translation"), path))
    credited = _("Translated by %(name)s.") % {"name": translation.credit} if translation.credit else ""
    sentences = [credited or _("Translated by the editors."), original_label(idea.language)]
    if translation.is_out_of_date:
        sentences.append(_("It has changed since it was translated: this may say less, or something else."))
    return Telling(sentences, Ref(_("Read the original"), f"{path}?original=1"))


def original_label(language: str) -> str:
    """In which language the original is: sentences as a whole, since few languages say it with the name alone."""
    known = {
        "en": _("The original is in English."),
        "fr": _("The original is in French."),
        "de": _("The original is in German."),
        "es": _("The original is in Spanish."),
    }
    return known.get(language.partition("-")[0].lower(), _("The original is in another language."))


def heading(title: str) -> str:
    # A compound stays whole at the end of a line: "Anti-Rumour" in letters this large breaks badly.
    return _COMPOUND.sub("\u2011", title)


def by_line(idea: Idea) -> str:
    """Who leads it, and with whom."""
    leader = idea.organisation.name if idea.organisation else ""
    if leader and idea.partners:
        return _("%(organisation)s, with %(partners)s") % {
            "organisation": leader,
            "partners": ", ".join(idea.partners),
        }
    return leader


def reading(idea: Idea) -> Reading:
    """Why it is here, as far as somebody read it for that; else plainly that nobody did."""
    assessment = getattr(idea, "assessment", None)
    if assessment is None and idea.pk in NUMBERS:
        return Reading(_("It came with the opening collection and has not been read by two readers yet."))
    if assessment is None:
        return Reading(_("The editors published it. It has not been read by two readers yet."))
    sentence = ngettext(
        "%(count)d reader held it against the four criteria, on %(date)s.",
        "%(count)d readers held it against the four criteria, the last of them on %(date)s.",
        assessment.readers,
    )
    day = formats.date_format(assessment.read_on, "DATE_FORMAT")
    found = assessment.findings
    by_finding = {
        finding: [str(criterion.label) for criterion in found if found[criterion] == finding] for finding in Finding
    }
    return Reading(
        sentence % {"count": assessment.readers, "date": day},
        [Ref(str(finding.label), note=", ".join(names)) for finding, names in by_finding.items() if names],
    )


def news_of(idea: Idea, version: versions.Version) -> News:
    return News(timezone.localdate(version.since), ", ".join(version.news), version_url(idea, version))


def version_url(idea: Idea, version: versions.Version) -> str:
    """The address of a version; empty where the editors took it from readers."""
    shown = version.number >= idea.versions_from
    return reverse("idea-version", args=[idea.slug, version.number]) if shown else ""


def figure_of(idea: Idea) -> Figure | None:
    picture = idea.picture
    if picture is None:
        return None
    licence = Licence(idea.picture_licence)
    return Figure(
        url=picture.address(NARROW),
        sizes=", ".join(f"{address} {width}w" for width, address in picture.addresses.items()),
        width=picture.width,
        height=picture.height,
        alt=idea.picture_alt,
        credit=idea.picture_credit,
        licence=Ref(str(licence.label), licence.url),
    )


def take_along(idea: Idea, address: str) -> list[Ref]:
    """Ways to carry the idea off that tell nobody: the reader's own mail, and a place beside others."""
    place = f", {idea.where}" if idea.where else ""
    letter = {"subject": idea.title, "body": f"{idea.title}{place}\r\n\r\n{address}"}
    return [
        Ref(_("Send by e-mail"), f"mailto:?{urlencode(letter, quote_via=quote)}"),
        Ref(_("Compare with others"), compare_url([idea.slug])),
    ]


def facts(idea: Idea, index: Index, links: Links) -> list[Fact]:
    """The rail: only what is known. What isn't is left out, or said where a reader would look for it."""
    city, organisation = index.first("city", idea.pk), index.first("organisation", idea.pk)
    sector = index["sector"].values[organisation.sector].label if organisation else ""
    found = [
        Fact(_("Where"), [links.ref("city", city)], False, idea.city.where) if city else None,
        Fact(_("Started"), [Ref(str(idea.started) if idea.started else _("not known"))], False),
        Fact(_("Ended"), [Ref(str(idea.ended))], False) if idea.ended else None,
        Fact(_("Led by"), [links.ref("organisation", organisation)], note=sector) if organisation else None,
        Fact(_("With"), [Ref(name) for name in idea.partners]) if idea.partners else None,
        Fact(_("Who it is for"), [links.ref("audience", value) for value in index["audience"].of(idea.pk)]),
        Fact(_("Topics"), [links.ref("topic", value) for value in index["topic"].of(idea.pk)]),
        Fact(_("First told"), [Ref(_("%(year)d, by Cities of Migration") % {"year": idea.profiled_year})])
        if idea.profiled_year
        else None,
        Fact(_("Added here"), [Ref(formats.date_format(idea.first_published, "DATE_FORMAT"))]),
        Fact(_("On the web"), [Ref(site_of(idea.web_address), idea.web_address)]) if idea.web_address else None,
    ]
    return [fact for fact in found if fact and fact.values]


def claims_of(translation: Translation) -> dict[int, str]:
    """The claims that were translated, by the evidence."""
    return {claim.evidence_id: claim.text for claim in translation.claims.all()}


def ledger(
    idea: Idea, index: Index, links: Links, numbers: dict[int, int], told: dict[int, str] | None = None
) -> list[Line]:
    """The criteria with their evidence; what is `told` of a piece in the reader's language stands for its claim."""
    rows: dict[str, list[Entry]] = {}
    silent = kinds_label(idea) != ""
    told, lang = told or {}, foreign(idea.language)
    for row in idea.evidence.all():
        # Where that is all there is to say of any, it is said once.
        kind = "" if silent else str(row.get_basis_display())
        claim, spoken = (told[row.pk], "") if row.pk in told else (row.claim, lang)
        entry = Entry(claim, kind, row.year, numbers.get(row.resource_id), spoken)
        rows.setdefault(row.criterion, []).append(entry)
    none = _("No evidence recorded yet.")
    return [Line(criterion, rows.get(criterion.slug, []), none) for criterion in criterion_refs(index, links)]


def kinds_label(idea: Idea) -> str:
    """That nothing is stated of how any of its evidence is known; empty where something is, or there is none."""
    kinds = {row.basis for row in idea.evidence.all()}
    return _("How these are known isn’t stated.") if kinds == {Evidence.Basis.NOT_STATED} else ""


def source_of(citation) -> Source:
    resource = citation.resource
    return Source(
        citation.position,
        resource.title,
        resource.url,
        str(resource.get_type_display()),
        resource.host,
        resource.language,
        resource.fault,
        resource.archived_url,
        copy_label(resource),
    )


def verified_label(idea: Idea) -> str:
    """When somebody last made sure of it, and who: an organisation or the editors, never a person."""
    if not idea.last_verified:
        return ""
    sentence = {
        Idea.Verifier.ORGANISATION: _("Last verified on %(date)s by the organisation that leads it."),
        Idea.Verifier.EDITORS: _("Last verified on %(date)s by the editors."),
    }.get(idea.verified_by, _("Last verified on %(date)s."))
    return sentence % {"date": formats.date_format(idea.last_verified, "DATE_FORMAT")}


def contact(idea: Idea) -> Ref | None:
    """Whom to ask: the organisation, at its own address or the programme's."""
    organisation = idea.organisation
    address = idea.web_address or (organisation.web_address if organisation else "")
    return Ref(organisation.name, address, note=site_of(address)) if organisation and address else None
