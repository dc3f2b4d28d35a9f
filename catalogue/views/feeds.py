"""Feeds: of any selection of ideas, and of each theme, topic, country, city and organisation at its page's address."""

from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect, QueryDict
from django.urls import resolve, reverse
from django.utils.http import urlencode

from catalogue.cards import Links
from catalogue.feeds import ATOM, feed_address, feed_of
from catalogue.filters import SINGLE, IdeaFilter
from catalogue.index import FACETS, Index
from catalogue.leading import way_from
from catalogue.views.caching import cacheable
from catalogue.views.errors import gone
from catalogue.views.exports import open_to_all, refusal
from catalogue.views.place import country_elsewhere


@cacheable(*SINGLE, many=FACETS, rare=("q",))
@open_to_all
def ideas_atom(request, index: Index):
    filter = IdeaFilter(request.GET, index)
    if answer := refusal(request, filter):
        return answer
    # A feed is newest first and has no pages, so neither is a part of its address.
    query = filter.address(sort=None, page=None)
    return atom(feed_of(filter, request.path + query, reverse("idea-list") + query))


@cacheable()
@open_to_all
def page_atom(request, index: Index, facet: str, value: str):
    """The feed of one value of a facet, at the address of its page."""
    page = Links().page(facet, value)
    key = value.upper() if facet == "country" else value
    if key not in index[facet].values:
        return country_elsewhere(request, key) if facet == "country" else elsewhere(request, page)
    if request.path != feed_address(page):
        return HttpResponsePermanentRedirect(feed_address(page))
    filter = IdeaFilter(QueryDict(urlencode({facet: key})), index)
    return atom(feed_of(filter, request.path, page))


def elsewhere(request, page: str):
    """The answer where no feed stands: what the page's own address answers, in this form."""
    way = way_from(page)
    if way.gone:
        return gone(request, way.gone)
    feed = feed_address(way.to)
    # The last address of the map answers for all that there isn't.
    if not way.to or resolve(feed.partition("?")[0]).url_name == "old-address":
        raise Http404
    return HttpResponsePermanentRedirect(feed)


def atom(document: str) -> HttpResponse:
    return HttpResponse(document, content_type=f"{ATOM}; charset=utf-8")
