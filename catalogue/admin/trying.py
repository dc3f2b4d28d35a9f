"""Where an address leads, tried as a reader would: asked of the site's own views, hop by hop."""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import resolve
from django.utils.translation import gettext as _

#: More hops than this are a circle.
HOPS = 5


@dataclass(frozen=True)
class Step:
    """One answer on the way."""

    address: str
    status: int

    @property
    def meaning(self) -> str:
        return {
            200: _("A page stands here."),
            301: _("It leads on."),
            400: _("A page stands here, and the question makes no sense to it."),
            404: _("Nothing is known of it."),
            410: _("What stood here is gone; readers are told what it was and why."),
        }.get(self.status, "")


def tried(address: str) -> list[Step]:
    """The answers to an address, the last one at the end. What it holds besides path and query doesn't matter."""
    steps = []
    while address and len(steps) < HOPS:
        try:
            parts = urlsplit(address)
        except ValueError:
            return [Step(address, 404)]
        path = f"/{unquote(parts.path).lstrip('/')}"
        # What a reader's visit would write, a try doesn't.
        with transaction.atomic():
            response = _answer(path, parts.query)
            transaction.set_rollback(True)
        steps.append(Step(f"{path}?{parts.query}" if parts.query else path, response.status_code))
        address = response.headers.get("Location", "")
    return steps


def _answer(path: str, query: str) -> HttpResponse:
    request = HttpRequest()
    host = urlsplit(settings.SITE_URL)
    request.method, request.path, request.path_info = "GET", path, path
    request.META = {"SERVER_NAME": host.hostname, "SERVER_PORT": str(host.port or 80), "QUERY_STRING": query}
    request.GET = QueryDict(query)
    try:
        match = resolve(path)
        # The desk is for those who are logged in to it, which a try isn't.
        return HttpResponse(status=403) if match.app_names else match.func(request, *match.args, **match.kwargs)
    except Http404:
        return HttpResponse(status=404)
