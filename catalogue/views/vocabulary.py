"""Themes and topics: their lists, and a page for each."""

from itertools import groupby

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalogue import index as indexes
from catalogue.cards import Links, Ref, ThemeRef, cards, ideas_label
from catalogue.feeds import page_feed
from catalogue.folding import fold
from catalogue.index import Index, alphabetical
from catalogue.models.vocabulary import in_language
from catalogue.paging import SIZE
from catalogue.views.caching import cacheable
from catalogue.views.redirects import moved
from catalogue.views.site import head


def theme_refs(index: Index, links: Links, ids=None) -> list[ThemeRef]:
    """The themes with how many ideas of a selection each has; of the whole catalogue all five, else those with any."""
    counts = index["theme"].counts(index.ids if ids is None else ids)
    refs = []
    for slug, value in index["theme"].values.items():
        count = counts.get(slug, 0)
        if count or ids is None:
            text = in_language(value.description or {})
            refs.append(ThemeRef(slug, value.label, links.page("theme", slug), text, count, ideas_label(count)))
    return refs


def fullest(index: Index, facet: str, ids, links: Links, most: int = 12, without: str = "") -> list[Ref]:
    """The values of a facet that most ideas of a selection have, as links with numbers."""
    counts = index[facet].counts(ids)
    counts.pop(without, None)
    keys = sorted(counts, key=lambda key: (-counts[key], fold(index[facet].values[key].label)))[:most]
    return [links.ref(facet, index[facet].values[key], counts[key]) for key in keys]


def by_letter(refs: list[Ref]) -> list[dict]:
    """Links under the first letters of their labels; they come in alphabetical order."""
    groups = groupby(refs, key=lambda ref: fold(ref.label)[:1].upper())
    return [{"label": letter, "refs": list(group)} for letter, group in groups]


def selection(index: Index, ids, facet: str, value: str, links: Links) -> dict:
    """The newest ideas of a page about one thing, and the way to all of them."""
    label = ngettext("Filter this idea", "Filter these %(count)d ideas", len(ids)) % {"count": len(ids)}
    return {
        "cards": cards(index, index.page(ids, "newest", 0, SIZE), links),
        "all_ideas": Ref(label, links.filtered(facet, value), len(ids)),
    }


def from_places(index: Index, ids) -> str:
    """ "70 ideas from 41 cities", as a sentence."""
    cities = len(index["city"].counts(ids))
    return ngettext("%(ideas)s from %(cities)d city.", "%(ideas)s from %(cities)d cities.", cities) % {
        "ideas": ideas_label(len(ids)),
        "cities": cities,
    }


@cacheable()
def theme_list(request):
    index = indexes.current()
    context = {"themes": theme_refs(index, Links())}
    return render(request, "catalogue/theme_list.html", context | head(_("Themes"), request.path, section="themes"))


@cacheable()
def theme_detail(request, slug):
    index, links = indexes.current(), Links()
    value = index["theme"].values.get(slug)
    if value is None:
        return moved(request)
    ids = index["theme"].matching(slug)
    theme = next(ref for ref in theme_refs(index, links) if ref.slug == slug)
    context = {
        "theme": theme,
        "crumbs": [Ref(_("Themes"), reverse("theme-list"))],
        "by_line": from_places(index, ids),
        "topics": fullest(index, "topic", ids, links),
        "countries": fullest(index, "country", ids, links),
        "cities": fullest(index, "city", ids, links),
    } | selection(index, ids, "theme", slug, links)
    title = _("%(name)s – Themes") % {"name": value.label}
    page_head = head(
        title, request.path, description=theme.description, section="themes", alternates=page_feed(request.path)
    )
    return render(request, "catalogue/theme_detail.html", context | page_head)


@cacheable()
def topic_list(request):
    index, links = indexes.current(), Links()
    counts = index["topic"].counts(index.ids)
    refs = [
        links.ref("topic", value, counts.get(value.value, 0), in_language(value.description or {}))
        for value in alphabetical(index["topic"].values.values())
    ]
    context = {
        "groups": by_letter(refs),
        "by_line": ngettext(
            "%(count)d topic, each with its ideas.", "%(count)d topics, each with its ideas.", len(refs)
        )
        % {"count": len(refs)},
    }
    return render(request, "catalogue/topic_list.html", context | head(_("Topics"), request.path, section="themes"))


@cacheable()
def topic_detail(request, slug):
    index, links = indexes.current(), Links()
    value = index["topic"].values.get(slug)
    if value is None:
        return moved(request)
    ids = index["topic"].matching(slug)
    description = in_language(value.description or {})
    context = {
        "topic": {"name": value.label, "description": description, "lang": value.lang},
        "crumbs": [Ref(_("Topics"), reverse("topic-list"))],
        "by_line": from_places(index, ids),
        "themes": theme_refs(index, links, ids),
        "countries": fullest(index, "country", ids, links),
        "related": fullest(index, "topic", ids, links, without=slug),
    } | selection(index, ids, "topic", slug, links)
    title = _("%(name)s – Topics") % {"name": value.label}
    page_head = head(title, request.path, description=description, section="themes", alternates=page_feed(request.path))
    return render(request, "catalogue/topic_detail.html", context | page_head)
