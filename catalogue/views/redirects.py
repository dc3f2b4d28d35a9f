"""Old addresses: whatever no other address answers comes here, and leads on in one hop where something is known."""

from django.http import Http404, HttpResponsePermanentRedirect
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from catalogue.models import Idea, Redirect
from catalogue.views.errors import gone


def moved(request, to: str = ""):
    """The answer for an address where nothing stands: a redirect (301) where one is known, else 404."""
    if not to:
        redirect = Redirect.objects.find(request.path)
        if redirect and isinstance(redirect.target, Idea):
            return idea_answer(request, redirect.target)
        # Where a hidden place stands now is nobody's to know, so that it once stood here isn't either.
        if redirect and (redirect.target is None or redirect.target.is_public):
            to = redirect.get_absolute_url()
        if not to:
            raise Http404(no_successor(redirect) if redirect and not redirect.target else "")
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(f"{to}?{query}" if query and "?" not in to else to)


def no_successor(redirect: Redirect) -> str:
    """What stood at an old address that nothing took over, as a sentence; empty when that isn't known."""
    if not redirect.note:
        return ""
    return _("“%(title)s” stood at this address on the site that came before. Nothing here took its place.") % {
        "title": redirect.note
    }


def idea_answer(request, idea: Idea):
    """Leads to an idea in one hop: past a merger, and with 410 at once where it was withdrawn."""
    idea = successor(idea)
    if idea is None:
        raise Http404
    if idea.status == Idea.Status.WITHDRAWN:
        return gone(request, idea)
    return moved(request, to=idea.get_absolute_url())


def successor(idea: Idea) -> Idea | None:
    """The idea, published or withdrawn, that an idea leads to, past a merger; None where readers are shown nothing."""
    for _hop in range(20):
        if idea.status != Idea.Status.MERGED:
            break
        idea = idea.merged_into
    return idea if idea.status in (Idea.Status.PUBLISHED, Idea.Status.WITHDRAWN) else None


def idea_at(slug: str) -> Idea | None:
    """The idea, published or withdrawn, that a slug leads to, whether it is a present or an old one."""
    idea = Idea.objects.seen().for_page().filter(slug=slug).first()
    if idea is None:
        redirect = Redirect.objects.find(Idea.path_of(slug))
        idea = redirect.idea if redirect else None
    return successor(idea) if idea else None


def short_link(request, pk):
    """`/i/<id>/`: an idea's permanent number leads to its page."""
    idea = Idea.objects.seen().filter(pk=pk).first()
    if idea is None:
        raise Http404
    return idea_answer(request, idea)


def old_address(request, path):
    """The last address of the map. It also mends a slash, in the same hop as whatever else has to be mended."""
    bare = request.path.rstrip("/")
    if bare != request.path and (match := _match(bare)):
        # A machine form, which has no slash. One of an idea knows by itself where that is now.
        return match.func(request, **match.kwargs) if "form" in match.kwargs else moved(request, to=bare)
    match = None if bare != request.path else _match(f"{request.path}/")
    if match is None:
        return moved(request)
    if match.url_name == "short-link":
        return short_link(request, **match.kwargs)
    if match.url_name == "idea-detail" and (idea := Idea.objects.seen().filter(**match.kwargs).first()):
        return idea_answer(request, idea)
    if Redirect.objects.find(request.path):
        return moved(request)
    return moved(request, to=f"{request.path}/")


def _match(path: str):
    """What another address than this one would answer; None when none would."""
    try:
        match = resolve(path)
    except Resolver404:
        return None
    return None if match.url_name == "old-address" else match
