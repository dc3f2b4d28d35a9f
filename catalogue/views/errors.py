"""The answers that nobody hoped for: not found, withdrawn, refused, broken, away. Each says what to do instead."""

import re
import sys
from dataclasses import dataclass

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.views.decorators.csrf import requires_csrf_token

from catalogue import index as indexes
from catalogue import search
from catalogue.cards import Card, Links, Ref, cards
from catalogue.failing import is_away
from catalogue.index import Index
from catalogue.languages import bare, foreign
from catalogue.models import Idea
from catalogue.models.address import Addressable
from catalogue.models.vocabulary import Term
from catalogue.retired import copy_of
from catalogue.views.site import head

RETRY_AFTER = 10  # seconds
NEAREST = 4


def bad_request(request, exception=None):
    """400 for a request that no page can make sense of; a filter that means nothing has an answer of its own."""
    context = {"too_much": isinstance(exception, TooManyFieldsSent | RequestDataTooBig) and request.method == "POST"}
    page_head = head(_("Request not understood"), "", noindex=True) | {"canonical": ""}
    return render(request, "400.html", context | page_head, status=400)


def not_found(request, exception=None):
    """404: the words of the address, ready to be searched for, and the ideas nearest to them."""
    words = address_words(request.path)
    try:
        index = indexes.current()
    except Exception as error:
        if not is_away(error):
            raise
        # No view raised this, so the middleware doesn't see it.
        return service_unavailable(request, error)
    context = {
        "words": words,
        "what": exception.args[0] if exception and exception.args and isinstance(exception.args[0], str) else "",
        "search_url": reverse("idea-list"),
        "suggestions": nearest_to(index, words),
    }
    page_head = head(_("Page not found"), "", noindex=True) | {"canonical": ""}
    return render(request, "404.html", context | page_head, status=404)


def nearest(index: Index, words: str) -> list[int]:
    """The ideas that have most of some words."""
    return search.nearest(words, index.edition, index.ids, index.orders["newest"], NEAREST)


def address_words(path: str) -> str:
    """The words of an address, without its folders: "/good_idea/naan-in-the-park/" has "naan in the park"."""
    last = next((part for part in reversed(path.split("/")) if part), "")
    return " ".join(re.findall(r"\w+", re.sub(r"\.\w{2,5}$", "", last).replace("_", " ")))[:100]


def nearest_to(index: Index, words: str) -> list[Card]:
    """The ideas that have most of some words, as cards."""
    return cards(index, nearest(index, words)) if words else []


@dataclass(frozen=True, slots=True)
class Gone:
    """What stood at an address: its name, where it was from, what became of it, and why."""

    title: str
    where: str
    fate: str
    reason: str
    #: Of the title, and of the reason, where they aren't in the reader's language.
    lang: str = ""
    reason_lang: str = ""


def gone(request, noun: Addressable):
    """410: what stood here, where it was from, and why it no longer does."""
    if isinstance(noun, Idea):
        return gone_page(request, _("Withdrawn: %(title)s"), withdrawn(noun))
    return emptied(request, str(noun) if isinstance(noun, Term) else noun.name, noun.where)


def emptied(request, name: str, where: str = ""):
    """410 for a city, an organisation, a topic or a country of which no idea is left that readers can see."""
    fate = _("The catalogue has no idea of it at present.")
    reason = _("The ideas of this page were withdrawn, or are told elsewhere now. It comes back with the next one.")
    return gone_page(request, _("Gone: %(title)s"), Gone(name, where, fate, reason))


def withdrawn(idea: Idea) -> Gone:
    fate = _("This idea was withdrawn.")
    if idea.withdrawn_at:
        date = formats.date_format(idea.withdrawn_at, "DATE_FORMAT")
        fate = _("This idea was withdrawn on %(date)s.") % {"date": date}
    return Gone(idea.title, idea.where, fate, idea.withdrawn_reason, foreign(idea.language), foreign())


def gone_page(request, title: str, told: Gone):
    index = indexes.current()
    context = {
        "gone": told,
        "nearest": nearest_to(index, f"{told.title} {told.where}"),
        "all_ideas": Ref(_("All ideas"), Links().ideas),
    }
    page_head = head(title % {"title": told.title}, "", section="ideas", noindex=True) | {"canonical": ""}
    return render(request, "catalogue/gone.html", context | page_head, status=410)


def retired(request, title: str = ""):
    """404 for an address of the site that came before: no successor here, where a copy is kept, and what is near."""
    index, words = indexes.current(), title or address_words(request.path)
    context = {
        "what": title,
        "words": words,
        "archive_url": copy_of(bare(request.path)),
        "search_url": reverse("idea-list"),
        "suggestions": nearest_to(index, words),
    }
    page_head = head(_("No successor here"), "", noindex=True) | {"canonical": ""}
    return render(request, "retired.html", context | page_head, status=404)


def forbidden(request, exception=None):
    return render(request, "403.html", head(_("Not allowed"), "", noindex=True) | {"canonical": ""}, status=403)


def not_from_here(request):
    """403 for a public form that a page of another site sent."""
    page_head = head(_("Not sent"), "", noindex=True) | {"canonical": ""}
    return render(request, "403_elsewhere.html", {"submit_url": reverse("submit")} | page_head, status=403)


@requires_csrf_token
def server_error(request):
    """500: stands alone, since whatever broke may be what a page is made of."""
    if is_away(sys.exc_info()[1]):
        # Outside of the view, as where a session is stored.
        return service_unavailable(request)
    return HttpResponse(render_to_string("500.html"), status=500)


def service_unavailable(request, exception=None):
    """503: the database can't be reached, or can't store anything. Nothing here asks it anything."""
    sent = request.method not in ("GET", "HEAD", "OPTIONS")
    return in_a_while(HttpResponse(render_to_string("503.html", {"sent": sent})))


def in_a_while(response):
    """Makes of an answer one that says to come back, and when."""
    response.status_code = 503
    response.headers["Retry-After"] = str(RETRY_AFTER)
    response.headers["Cache-Control"] = "no-store"
    return response
