"""The catalogue of ideas, and the page of one idea."""

import re
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from django.http import HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalogue import index as indexes
from catalogue.cards import Card, Links, Ref, cards, ideas_label
from catalogue.citations import Citation, apa, meta_tags
from catalogue.comparing import MOST
from catalogue.facets import ORDER, chips, facets
from catalogue.filters import RELEVANCE, SINGLE, IdeaFilter
from catalogue.finding import looked_for, notices, offers, sentence, why_nothing
from catalogue.index import FACETS, Index
from catalogue.linked_data import article, block, breadcrumbs
from catalogue.markdown import to_html
from catalogue.models import Evidence, Idea
from catalogue.paging import paginate
from catalogue.records import Named, Record, record_of, whole
from catalogue.related import related
from catalogue.travel import Travel, travel_of
from catalogue.views.caching import cacheable
from catalogue.views.compare import compare_url
from catalogue.views.criterion import CriterionRef, criterion_refs
from catalogue.views.exports import machine_forms
from catalogue.views.idea_forms import alternates, form_address, signposts
from catalogue.views.oembed import oembed_forms
from catalogue.views.redirects import moved
from catalogue.views.site import head, numbered


@cacheable(*SINGLE, many=FACETS, rare=("q",))
def idea_list(request):
    index = indexes.current()
    filter = IdeaFilter(request.GET, index)
    if filter.renamed is not None:
        return HttpResponsePermanentRedirect(request.path + filter.renamed)
    links = Links()
    pages = paginate(
        len(filter.ids),
        filter.page_number,
        lambda n: request.path + filter.address(**filter.query | {"page": [str(n)]} if n > 1 else {}),
    )
    context = {
        "action": request.path,
        "heading": _("Ideas"),
        "lead_text": lead_text(index),
        "results_label": ideas_label(len(filter.ids)),
        "summary": sentence(filter),
        "words": filter.words,
        "notices": notices(filter, request.path),
        "offers": offers(filter, links),
        "facets": facets(filter, request.path, wholes()),
        "years": years(filter),
        "chips": chips(filter, request.path),
        "clear_url": request.path,
        "active_count": len(filter.active),
        "active_label": _("%(count)d on") % {"count": len(filter.active)} if filter.active else "",
        "hidden": [{"name": "sort", "value": filter.order}] if filter.order != filter.sorts[0] else [],
        "errors": errors(filter),
        "cards": cards(
            index,
            filter.ordered[pages.start : pages.stop].tolist(),
            links,
            filter.found.shown if filter.found else None,
        ),
        "compare_url": reverse("compare"),
        "sorts": sorts(filter, request.path),
        "pages": pages,
        "empty": None if filter.ids else empty(filter, request.path),
    }
    address = request.path + filter.address()
    forms = machine_forms(filter)
    page_head = head(list_title(filter), address, section="ideas", noindex=bool(filter.faults), alternates=forms)
    status = 400 if filter.faults else 200
    return render(request, "catalogue/idea_list.html", context | page_head, status=status)


def lead_text(index: Index) -> str:
    countries = len(index["country"].counts(index.ids))
    cities = len(index["city"].counts(index.ids))
    return ngettext(
        "What people in %(cities)d cities of %(countries)d country have done to welcome newcomers.",
        "What people in %(cities)d cities of %(countries)d countries have done to welcome newcomers.",
        countries,
    ) % {"cities": cities, "countries": countries}


def list_title(filter: IdeaFilter) -> str:
    """A title of its own for every question: what is asked, in which order, which page."""
    title = _("Ideas – %(summary)s") % {"summary": filter.summary} if filter.summary else _("Ideas")
    if filter.order != filter.sorts[0]:
        title = _("%(title)s, by %(order)s") % {"title": title, "order": sort_labels()[filter.order].lower()}
    title = numbered(title, filter.page_number)
    return _("Error: %(title)s") % {"title": title} if filter.faults else title


def sort_labels() -> dict[str, str]:
    return {RELEVANCE: _("Relevance"), "newest": _("Newest"), "title": _("Title"), "city": _("City")}


def sorts(filter: IdeaFilter, path: str) -> list[dict]:
    labels = sort_labels()
    return [
        {
            "label": labels[sort],
            "url": path + filter.address(sort=None if sort == filter.sorts[0] else sort),
            "current": sort == filter.order,
        }
        for sort in filter.sorts
    ]


def wholes() -> dict[str, Ref]:
    """The pages that list all values of the facets too long for the panel."""
    return {
        "city": Ref(_("All cities"), reverse("city-list")),
        "organisation": Ref(_("All organisations"), reverse("organisation-list")),
        "topic": Ref(_("All topics"), reverse("topic-list")),
        "country": Ref(_("All countries"), reverse("country-list")),
    }


def years(filter: IdeaFilter) -> dict:
    """The two year fields, with what was typed even where it means nothing."""
    faults = filter.faults
    return {
        "min": filter.data.get("started_min", ""),
        "max": filter.data.get("started_max", ""),
        "min_error": " ".join(faults.get("started_min", [])),
        "max_error": " ".join(faults.get("started_max", [])),
        "open": any(filter.years),
    }


def errors(filter: IdeaFilter) -> list[dict]:
    """The faults in the order of the page, each with the place that it is about."""
    anchors = {
        "started_min": "started_min",
        "started_max": "started_max",
        "sort": "results",
        "page": "results",
        "facet": "results",
    }
    return [
        {"field": name, "anchor": anchors.get(name, f"facet-{name}"), "message": message}
        for name in (*ORDER, "started_min", "started_max", "sort", "page", "facet")
        for message in filter.faults.get(name, [])
    ]


def empty(filter: IdeaFilter, path: str) -> dict:
    """What to do when nothing matches: each filter, let go, and how many ideas that would give."""
    groups: dict[str, list] = {}
    for parameter, group, label, _address in filter.active:
        groups.setdefault(parameter, [group, []])[1].append(label)
    ways = []
    for parameter, (group, labels) in groups.items():
        count = len(filter.ids_without(parameter))
        url = path + filter.address_letting_go(parameter)
        what = _("%(group)s: %(labels)s") % {"group": group, "labels": ", ".join(labels)}
        label = _("Without “%(what)s”") % {"what": filter.words if parameter == "q" else what}
        ways.append(Ref(label, url, count, ideas_label(count)))
    ways = sorted((way for way in ways if way.count), key=lambda way: -way.count)
    if not filter.index.ids:
        sentence = _("The catalogue is being prepared. Look in again soon.")
        return {"heading": _("No idea is published yet"), "sentence": sentence, "ways": []}
    everything = Ref(_("All ideas"), path, len(filter.index), ideas_label(len(filter.index)))
    return {
        "heading": _("No idea matches all of that"),
        "sentence": why_nothing(filter) or looked_for(filter),
        "ways": [*ways, everything],
    }


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


@dataclass(frozen=True, slots=True)
class Line:
    """A criterion with its evidence, or with the word that there is none."""

    criterion: CriterionRef
    entries: list[Entry]
    none_label: str


@dataclass(frozen=True, slots=True)
class Detail:
    """Everything that the page of an idea shows."""

    card: Card
    heading: str
    where: str
    crumbs: list[Ref]
    original_title: bool
    by_line: str
    ended_label: str
    verified_label: str
    body_html: str
    facts: list[Fact]
    ledger: list[Line]
    travel: Travel | None
    sources: list[Source]
    citation: Citation
    #: The citation for programs.
    cite_links: list[Ref]
    permalink: str
    data: Ref
    take_along: list[Ref]
    #: Ways to tell the editors something about it.
    tell: list[Ref]
    contact: Ref | None
    related: list[dict] = field(default_factory=list)
    more_like_this: Ref | None = None
    compare: Ref | None = None


@cacheable()
def idea_detail(request, slug):
    idea = Idea.objects.seen().for_page().filter(slug=slug).first()
    if idea is None or not idea.is_published:
        return moved(request)
    index = indexes.current()
    record = record_of(idea, index)
    context = {"idea": detail_of(idea, index, record), "criteria_url": reverse("criterion-list")}
    response = render(request, "catalogue/idea_detail.html", context | idea_head(request.path, record, context["idea"]))
    response.headers["Link"] = signposts(record)
    return response


def idea_head(path: str, record: Record, detail: Detail) -> dict:
    """What the page of an idea says to machines."""
    crumbs = [*detail.crumbs, Ref(record.title, path)]
    return head(
        f"{record.title}, {record.place.name}" if record.place else record.title,
        path,
        description=record.summary,
        section="ideas",
        alternates=[*alternates(record), *oembed_forms(path)],
        picture=whole(form_address("png", record.slug)),
        meta=meta_tags(record),
        linked_data=block(article(record), breadcrumbs([Named(crumb.label, whole(crumb.url)) for crumb in crumbs])),
    )


def detail_of(idea: Idea, index: Index, record: Record) -> Detail:
    """The page of an idea, from its rows, the index, and what they give to machines."""
    data, *citations = [Ref(form["label"], form["url"]) for form in alternates(record)]
    links = Links()
    near = related(index, idea.pk)
    card, *others = cards(index, [idea.pk, *(other for other, _reason in near)], links)
    reasons = dict(near)
    sources = [source_of(citation) for citation in idea.citations.all()]
    numbers = {citation.resource_id: citation.position for citation in idea.citations.all()}
    topics = index["topic"].of(idea.pk)
    by_line = idea.organisation.name if idea.organisation_id else ""
    if by_line and idea.partners:
        by_line = _("%(organisation)s, with %(partners)s") % {
            "organisation": by_line,
            "partners": ", ".join(idea.partners),
        }
    return Detail(
        card=card,
        # A compound stays whole at the end of a line: "Anti-Rumour" in letters this large breaks badly.
        heading=_COMPOUND.sub("\u2011", idea.title),
        where=idea.where,
        crumbs=[Ref(_("Ideas"), links.ideas), *(ref for ref in (card.country, card.city) if ref)],
        original_title=idea.title_is_original,
        by_line=by_line,
        ended_label=_("Ended in %(year)d") % {"year": idea.ended} if idea.ended else "",
        verified_label=verified_label(idea),
        body_html=to_html(idea.body),
        facts=facts(idea, index, links),
        ledger=ledger(idea, index, links, numbers),
        travel=travel_of(idea, links),
        sources=sources,
        citation=apa(record),
        cite_links=citations,
        permalink=record.permalink,
        take_along=take_along(idea, record.permalink),
        tell=[
            Ref(_("Tell us that you tried this"), reverse("submit-adaptation", args=[idea.slug])),
            Ref(_("Something wrong on this page?"), reverse("submit-correction", args=[idea.slug])),
        ],
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
        Fact(_("On the web"), [Ref(host_of(idea.web_address), idea.web_address)]) if idea.web_address else None,
    ]
    return [fact for fact in found if fact and fact.values]


def ledger(idea: Idea, index: Index, links: Links, numbers: dict[int, int]) -> list[Line]:
    rows: dict[str, list[Entry]] = {}
    for row in idea.evidence.all():
        # That nothing is recorded about the kind goes without saying on every line.
        kind = "" if row.basis == Evidence.Basis.NOT_STATED else str(row.get_basis_display())
        rows.setdefault(row.criterion, []).append(Entry(row.claim, kind, row.year, numbers.get(row.resource_id)))
    none = _("No evidence recorded yet.")
    return [Line(criterion, rows.get(criterion.slug, []), none) for criterion in criterion_refs(index, links)]


def source_of(citation) -> Source:
    resource = citation.resource
    checked = formats.date_format(resource.last_checked, "DATE_FORMAT") if resource.last_checked else ""
    return Source(
        citation.position,
        resource.title,
        resource.url,
        str(resource.get_type_display()),
        resource.host,
        resource.language,
        resource.fault,
        resource.archived_url,
        _("Archived copy, %(date)s") % {"date": checked} if checked else _("Archived copy"),
    )


def verified_label(idea: Idea) -> str:
    if not idea.last_verified:
        return ""
    return _("Last verified on %(date)s.") % {"date": formats.date_format(idea.last_verified, "DATE_FORMAT")}


def contact(idea: Idea) -> Ref | None:
    """Whom to ask: the organisation, at its own address or the programme's."""
    organisation = idea.organisation
    address = idea.web_address or (organisation.web_address if organisation else "")
    return Ref(organisation.name, address, note=host_of(address)) if organisation and address else None


def host_of(address: str) -> str:
    return address.split("//", 1)[-1].split("/", 1)[0].removeprefix("www.")
