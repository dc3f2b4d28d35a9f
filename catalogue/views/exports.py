"""What a machine reads: the results as JSON, CSV and GeoJSON, and names for what somebody begins to type."""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponsePermanentRedirect, JsonResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalogue import index as indexes
from catalogue.exports import LICENCE, as_csv, as_geojson, results
from catalogue.facets import FACETS, LISTED, options
from catalogue.feeds import ATOM
from catalogue.filters import SINGLE, IdeaFilter
from catalogue.index import Index
from catalogue.paging import SIZE
from catalogue.suggestions import suggest
from catalogue.views.caching import cacheable

#: Results that one page of JSON holds at most.
MOST = 100
JSON = {"ensure_ascii": False}


def open_to_all(view: Callable) -> Callable:
    """A form that a page of any origin may read. security: nothing here depends on who asks, and it sets no cookie."""

    @require_safe
    @wraps(view)
    def machine(request, **parts):
        index = indexes.current()
        response = view(request, index, **parts)
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = "Content-Disposition, ETag, Link, X-Catalogue-Edition"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.headers["X-Catalogue-Edition"] = str(index.edition)
        links = [response.headers.get("Link"), f'<{LICENCE["url"]}>; rel="license"']
        response.headers["Link"] = ", ".join(filter(None, links))
        return response

    return machine


@cacheable(*SINGLE, "page_size", many=FACETS, rare=("q",))
@open_to_all
def ideas_json(request, index: Index):
    filter = IdeaFilter(request.GET, index)
    size, faults = page_size(request.GET.get("page_size", ""))
    if answer := refusal(request, filter, faults):
        return answer
    pages, page = max(1, -(-len(filter.ids) // size)), filter.page_number
    if page > pages:
        sentence = _("There is no page %(number)d; the last is page %(last)d.") % {"number": page, "last": pages}
        return JsonResponse({"errors": {"page": [sentence]}}, status=404, json_dumps_params=JSON)
    ids = filter.ordered[(page - 1) * size : page * size]
    facets = {name: options(filter, name, None if filter.whole_facet == name else LISTED) for name in FACETS}
    answer = {
        "count": len(filter.ids),
        "page": page,
        "pages": pages,
        "page_size": size,
        "next": page_address(request.path, filter, page + 1, size) if page < pages else None,
        "previous": page_address(request.path, filter, page - 1, size) if page > 1 else None,
        "edition": index.edition,
        "licence": LICENCE,
        "facets": {name: [facet_value(option) for option in found] for name, (found, _total) in facets.items()},
        "facets_total": {name: total for name, (_found, total) in facets.items()},
        "results": [result.data for result in results(index, [int(pk) for pk in ids])],
    }
    return JsonResponse(answer, json_dumps_params=JSON)


@cacheable(*SINGLE, many=FACETS, rare=("q",))
@open_to_all
def ideas_csv(request, index: Index):
    return download(request, index, as_csv, "text/csv; charset=utf-8", "csv")


@cacheable(*SINGLE, many=FACETS, rare=("q",))
@open_to_all
def ideas_geojson(request, index: Index):
    return download(request, index, as_geojson, "application/geo+json", "geojson")


@cacheable("q", rare=("q",))
@open_to_all
def suggest_json(request, index: Index):
    found = suggest(index, request.GET.get("q", ""))
    answer = {"edition": index.edition, "licence": LICENCE, "suggestions": found}
    return JsonResponse(answer, json_dumps_params=JSON)


def page_size(text: str) -> tuple[int, dict[str, list[str]]]:
    """Results a page, and what is wrong with the number that was asked for."""
    text = text.strip()
    if not text:
        return SIZE, {}
    if text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= MOST:
        return int(text), {}
    sentence = _("“%(value)s” is not a number of results. Give one from 1 to %(most)d.")
    return SIZE, {"page_size": [sentence % {"value": text[:80], "most": MOST}]}


def refusal(request, filter: IdeaFilter, more: dict | None = None):
    """The answer for a query with an old slug (301) or with what means nothing (400); None when it can be answered."""
    if filter.renamed is not None:
        return HttpResponsePermanentRedirect(request.path + filter.renamed)
    if faults := filter.faults | (more or {}):
        return JsonResponse({"errors": faults}, status=400, json_dumps_params=JSON)
    return None


def page_address(path: str, filter: IdeaFilter, page: int, size: int) -> str:
    """The absolute address of another page of the same results."""
    query = filter.address(**filter.query | {"page": [str(page)] if page > 1 else []})
    more = {"facet": filter.whole_facet, "page_size": size if size != SIZE else ""}
    parts = [query.removeprefix("?"), urlencode({name: value for name, value in more.items() if value})]
    query = "&".join(part for part in parts if part)
    return f"{settings.SITE_URL}{path}{'?' if query else ''}{query}"


def machine_forms(filter: IdeaFilter) -> list[dict]:
    """The same results for machines, as a page of HTML names them: media type, label, address."""
    # A page of JSON is a page of HTML; the others hold every result.
    whole = filter.address(page=None)
    return [
        {"type": "application/json", "label": "JSON", "url": reverse("ideas-json") + filter.address()},
        {"type": "text/csv", "label": "CSV", "url": reverse("ideas-csv") + whole},
        {"type": "application/geo+json", "label": "GeoJSON", "url": reverse("ideas-geojson") + whole},
        {
            "type": ATOM,
            "label": "Atom",
            "url": reverse("ideas-atom") + filter.address(sort=None, page=None),
        },
    ]


def facet_value(option) -> dict:
    return {"value": option.value, "label": option.label, "count": option.count, "selected": option.selected}


def download(request, index: Index, form: Callable, content_type: str, ending: str):
    """Every result as a file whose name says its edition, sent while it is being read."""
    filter = IdeaFilter(request.GET, index)
    if answer := refusal(request, filter):
        return answer
    parts = [] if request.method == "HEAD" else form(index, filter.ordered)
    response = StreamingHttpResponse(parts, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="good-ideas-edition-{index.edition}.{ending}"'
    return response
