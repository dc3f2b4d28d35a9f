"""Old addresses: whatever no other address answers comes here, and leads on in one hop where something is known."""

from django.http import Http404, HttpResponsePermanentRedirect
from django.urls import ResolverMatch

from catalogue import index as indexes
from catalogue.languages import bare
from catalogue.leading import Way, route_at, spelled, way_from, way_to
from catalogue.models import Idea, Miss, Redirect
from catalogue.retired import is_retired
from catalogue.views.errors import gone, retired

#: Parameters of the retired site that mean nothing here: it said so in which language it was read.
DROPPED = ("lang",)


def moved(request, to: str = ""):
    """The answer for an address where no page stands: where it leads (301), what was withdrawn (410), or 404."""
    return answer(request, Way(to) if to else way_from(request.path))


def answer(request, way: Way):
    if way.gone:
        return gone(request, way.gone)
    # An address never leads to itself: that would be for ever.
    if way.to and way.to != request.path:
        return permanent(request, way.to)
    if not way and request.method in ("GET", "HEAD"):
        Miss.objects.note(spelled(bare(request.path)))
    if way.ended or is_retired(bare(request.path)):
        return retired(request, way.ended.note if way.ended else "")
    raise Http404


def permanent(request, to: str):
    """Leads on (301) with the query that was asked."""
    parts = request.META.get("QUERY_STRING", "").split("&")
    query = "&".join(part for part in parts if part and part.split("=")[0] not in DROPPED)
    return HttpResponsePermanentRedirect(f"{to}?{query}" if query and "?" not in to else to)


def idea_answer(request, idea: Idea):
    """Leads to an idea in one hop: past a merger, and with 410 at once where it was withdrawn."""
    return answer(request, way_to(idea, indexes.current()))


def idea_at(slug: str) -> Idea | None:
    """The idea, published or withdrawn, that a slug leads to, whether it is a present or an old one."""
    idea = Idea.objects.seen().for_page().filter(slug=slug).first()
    if idea is None:
        redirect = Redirect.objects.find(Idea.path_of(slug))
        idea = redirect.idea if redirect else None
    idea = idea.stand_in if idea else None
    return idea if idea and idea.status in (Idea.Status.PUBLISHED, Idea.Status.WITHDRAWN) else None


def short_link(request, pk):
    """`/i/<id>/`: an idea's permanent number leads to its page."""
    return moved(request)


def old_address(request, path):
    """The last address of the map. It also mends a slash, in the same hop as whatever else has to be mended."""
    bare = request.path.rstrip("/")
    if bare != request.path:
        match = route_at(bare)
        if match is None:
            return moved(request)
        # A machine form, which has no slash. One of an idea knows by itself where that is now.
        return match.func(request, **match.kwargs) if "form" in match.kwargs else moved(request, to=bare)
    match = route_at(f"{request.path}/")
    return with_slash(request, match) if match and request.method in ("GET", "HEAD") else moved(request)


def with_slash(request, match: ResolverMatch):
    """What an address answers that lacks its slash: where the one with it leads, or it itself if that is a page."""
    request.path = request.path_info = f"{request.path}/"
    if match.app_names:
        # The desk has addresses enough of its own; none of them is an old one.
        return permanent(request, request.path)
    response = match.func(request, *match.args, **match.kwargs)
    return response if response.status_code in (301, 404, 410) else permanent(request, request.path)
