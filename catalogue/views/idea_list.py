"""The catalogue of ideas: what was asked, the facets, twenty results, and what to do when there are none."""

from django.http import HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalogue import index as indexes
from catalogue.cards import Links, Ref, cards, ideas_label
from catalogue.facets import ORDER, chips, facets
from catalogue.filters import RELEVANCE, SINGLE, IdeaFilter
from catalogue.finding import looked_for, notices, offers, sentence, why_nothing
from catalogue.index import FACETS, Index
from catalogue.listing import within
from catalogue.models import Wanted
from catalogue.paging import paginate
from catalogue.views.caching import cacheable
from catalogue.views.exports import machine_forms
from catalogue.views.site import head, numbered


@cacheable(*SINGLE, many=FACETS, rare=("q",))
def idea_list(request):
    index = indexes.current()
    filter = IdeaFilter(request.GET, index)
    if filter.renamed is not None:
        return HttpResponsePermanentRedirect(request.path + filter.renamed)
    if filter.found and not filter.found.ids and not why_nothing(filter):
        Wanted.objects.note(filter.words)
    links = Links()
    pages = paginate(
        len(filter.ids),
        filter.page_number,
        lambda n: request.path + filter.address(**filter.query | {"page": [str(n)]} if n > 1 else {}),
    )
    context = asked(filter, request.path, links) | {
        "heading": _("Ideas"),
        "lead_text": lead_text(index),
        "like_mine": Ref(_("Ideas for a city like mine"), reverse("like-mine")),
        "hidden": [{"name": "sort", "value": filter.order}] if filter.order != filter.sorts[0] else [],
        "cards": cards(
            index,
            filter.ordered[pages.start : pages.stop].tolist(),
            links,
            filter.found.shown if filter.found else None,
        ),
        "compare_url": reverse("compare"),
        "sorts": sorts(filter, request.path),
        "map_url": reverse("idea-map") + filter.address(page=None),
        "pages": pages,
    }
    address = request.path + filter.address()
    forms = machine_forms(filter)
    page_head = head(list_title(filter), address, section="ideas", noindex=bool(filter.faults), alternates=forms)
    status = 400 if filter.faults else 200
    return render(request, "catalogue/idea_list.html", context | page_head, status=status)


def asked(filter: IdeaFilter, path: str, links: Links) -> dict:
    """What the list and the map both say of a question: its words, filters and faults, and what became of them."""
    return {
        "action": path,
        "results_label": ideas_label(len(filter.ids)),
        "summary": sentence(filter),
        "words": filter.words,
        "notices": notices(filter, path),
        "offers": offers(filter, links),
        "facets": facets(filter, path, wholes()),
        "years": years(filter),
        "chips": chips(filter, path),
        "clear_url": path,
        "active_count": len(filter.active),
        "active_label": _("%(count)d on") % {"count": len(filter.active)} if filter.active else "",
        "errors": errors(filter),
        "empty": None if filter.ids else empty(filter, path),
    }


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
        title = _("%(title)s, by %(order)s") % {"title": title, "order": within(sort_labels()[filter.order])}
    title = numbered(title, filter.page_number)
    return _("Error: %(title)s") % {"title": title} if filter.faults else title


def sort_labels() -> dict[str, str]:
    return {
        RELEVANCE: _("Relevance"),
        "newest": _("Newest"),
        "title": _("Title"),
        "city": _("City"),
        "viewed": _("Most viewed"),
    }


def sorts(filter: IdeaFilter, path: str) -> list[dict]:
    """The orders that are offered: by views only once some were counted, until then nobody was viewed most."""
    labels = sort_labels()
    return [
        {
            "label": labels[sort],
            "url": path + filter.address(sort=None if sort == filter.sorts[0] else sort),
            "current": sort == filter.order,
        }
        for sort in filter.sorts
        if sort != "viewed" or len(filter.index.popular) or filter.order == "viewed"
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
        "region": "results",
        "lines": "results",
    }
    return [
        {"field": name, "anchor": anchors.get(name, f"facet-{name}"), "message": message}
        for name in (*ORDER, *anchors)
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
