"""The page cache: what a page is made from decides its name, so that nothing has ever to be flushed.

An answer is named by the edition, the build, its path, the parameters that its view reads and the encoding. Whoever
has it is told so before any work; whoever hasn't gets it from the store when it was made before.
"""

import hashlib
from functools import lru_cache

from django.conf import settings
from django.core.exceptions import DisallowedHost, MiddlewareNotUsed, SuspiciousOperation
from django.http import HttpResponse, HttpResponseNotModified
from django.urls import Resolver404, resolve
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags

from catalogue.clock import Moment, clock, held
from catalogue.views.caching import Cacheable
from goodideas.build import build
from goodideas.encodings import compressed, is_compressible, wanted
from goodideas.page_store import PAGES, QUESTIONS, PageStore

#: A browser asks each time, which costs 304 and nothing else. A shared cache may answer by itself for half a minute,
#: and for ten minutes while we are away: nothing that was withdrawn is shown for longer.
FRESH = "public, max-age=0, s-maxage=30, stale-if-error=600"
#: What isn't kept here may be kept, but is asked for each time: a browser keeps some redirects for ever otherwise.
ASK = "no-cache"
#: Characters of the longest path whose rule is remembered; that of an idea has a hundred.
LONGEST = 200


class PageCache:
    """Stands before all other middleware: a page that is kept costs the look-up of its name."""

    def __init__(self, get_response):
        if settings.DEBUG:
            # Templates change under a server that runs on.
            raise MiddlewareNotUsed
        self.get_response = get_response
        self.store = PageStore()
        self.build = build()

    def __call__(self, request):
        rule = self.rule(request)
        if rule is None:
            response = self.get_response(request)
            if not request.path.startswith(settings.STATIC_URL):
                response.headers.setdefault("Cache-Control", ASK)
            return response
        moment, encoding = clock.read(), wanted(request.headers.get("accept-encoding", ""))
        query = rule.canonical(request.GET)
        name = self.name(moment, request.path, query, encoding)
        if not moment.away and name in map(_strong, parse_etags(request.headers.get("if-none-match", ""))):
            return self.not_modified(name, moment)
        room = QUESTIONS if query else PAGES
        if kept := self.store.get(name, room):
            return self.again(kept, name, moment)
        with held(moment):
            response = self.get_response(request)
        self.finish(response, name, moment, encoding)
        if "ETag" in response.headers and request.method == "GET" and not response.streaming:
            if not rule.is_rare(request.GET):
                self.store.set(name, (response.content, list(response.headers.items())), room)
        return response

    def rule(self, request) -> Cacheable | None:
        """What the answer depends on; None when it may depend on more. An unknown host is refused further in."""
        if request.method not in {"GET", "HEAD"} or settings.SESSION_COOKIE_NAME in request.COOKIES:
            return None
        try:
            request.get_host()
            _ = request.GET
        except (DisallowedHost, SuspiciousOperation):
            return None
        # security: what is remembered for each address may not be as long as whoever asks has it.
        look_up = _rule if len(request.path_info) <= LONGEST else _rule.__wrapped__
        return look_up(request.path_info, settings.ROOT_URLCONF)

    def name(self, moment: Moment, path: str, query: str, encoding: str) -> str:
        """A strong ETag (RFC 9110, 8.8.3). security: keyed, so that nobody can guess one that wasn't told."""
        made_from = "\n".join((str(moment.edition), moment.stamp, self.build, path, query, encoding))
        key = settings.SECRET_KEY.encode()[:64]
        return f'"{hashlib.blake2b(made_from.encode("utf-8", "surrogateescape"), key=key, digest_size=16).hexdigest()}"'

    def finish(self, response, name: str, moment: Moment, encoding: str) -> None:
        """Gives the answer what it needs to travel and to be kept, as far as it is all of one edition."""
        if response.status_code != 200 or response.cookies or "cookie" in response.headers.get("Vary", "").lower():
            response.headers.setdefault("Cache-Control", ASK)
            return
        patch_vary_headers(response, ["Accept-Encoding"])
        compress(response, encoding)
        # What was read while the edition moved may be of two.
        if clock.read() != moment or moment.away:
            response.headers.setdefault("Cache-Control", ASK)
            return
        response.headers.setdefault("X-Catalogue-Edition", str(moment.edition))
        # A stream is read while it is sent, so its bytes may yet be of a later edition: a weak tag promises less.
        response.headers["ETag"] = f"W/{name}" if response.streaming else name
        response.headers["Cache-Control"] = FRESH

    def not_modified(self, name: str, moment: Moment):
        headers = {"ETag": name, "Cache-Control": FRESH, "Vary": "Accept-Encoding"}
        return HttpResponseNotModified(headers=headers | {"X-Catalogue-Edition": str(moment.edition)})

    def again(self, kept: tuple, name: str, moment: Moment):
        content, headers = kept
        response = HttpResponse(content, headers=dict(headers))
        if moment.away:
            response.headers["X-Catalogue-Edition"] = f"{moment.edition}; stale"
            response.headers["Cache-Control"] = ASK
            del response.headers["ETag"]
        return response


def compress(response, encoding: str) -> None:
    """Compresses an answer that is whole and worth it. security: it holds no token that its length could betray."""
    if not encoding or response.streaming or "Content-Encoding" in response.headers:
        return
    if is_compressible(response.headers.get("Content-Type", ""), len(response.content)):
        response.content = compressed(response.content, encoding)
        response.headers["Content-Encoding"] = encoding
        response.headers["Content-Length"] = str(len(response.content))


def _strong(tag: str) -> str:
    # A proxy that compresses makes it a weak one; for a GET the two are compared alike (RFC 9110, 13.1.2).
    return tag.removeprefix("W/")


@lru_cache(maxsize=10_000)
def _rule(path: str, urlconf: str) -> Cacheable | None:
    try:
        return getattr(resolve(path, urlconf).func, "cacheable", None)
    except Resolver404:
        return None
