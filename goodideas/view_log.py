"""Notes in a file of our own which idea's page somebody opened, and on which day: for `manage.py count_views`."""

import logging
from functools import lru_cache

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import override

from catalogue.counting import is_somebody, line_of
from catalogue.languages import bare

log = logging.getLogger("goodideas.views")


class ViewLog:
    """Stands before the page cache, so that a page from there counts like any other, and so does a 304.

    What a request says of its reader is looked at here, to leave out programs, and kept nowhere.
    """

    def __init__(self, get_response):
        if not settings.VIEWS_LOG:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.method == "GET" and response.status_code in (200, 304) and is_reading(request):
            if slug := _idea_at(bare(request.path_info), settings.ROOT_URLCONF):
                log.info(line_of(slug, timezone.localdate()))
        return response


def is_reading(request) -> bool:
    """Whether somebody looks at a page: no editor at work, no program, no browser that fetches it to be ahead."""
    headers = request.headers
    ahead = f"{headers.get('sec-purpose', '')} {headers.get('purpose', '')} {headers.get('x-moz', '')}".lower()
    return (
        settings.SESSION_COOKIE_NAME not in request.COOKIES
        and "prefetch" not in ahead
        and "preview" not in ahead
        # A page in a frame or read by a script isn't opened; a browser too old to say so is believed.
        and headers.get("sec-fetch-dest", "document") == "document"
        and is_somebody(headers.get("user-agent", ""))
    )


@lru_cache(maxsize=10_000)
def _idea_at(path: str, urlconf: str) -> str:
    """The slug of the idea whose page has this path, without its language; empty for any other."""
    try:
        with override(settings.LANGUAGE_CODE):
            match = resolve(path, urlconf)
    except Resolver404:
        return ""
    return match.kwargs["slug"] if match.url_name == "idea-detail" else ""
