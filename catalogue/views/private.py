"""Pages that are somebody's own: nobody keeps them, their address is told to nobody, and nobody has a cookie."""

from functools import wraps
from urllib.parse import urlsplit

from django.conf import settings
from django.views.decorators.csrf import csrf_exempt

from catalogue.views.errors import not_from_here


def private(view):
    """Marks a view with a form for people without an account.

    security: Django's token defends whoever is known by a cookie. Here nobody is: whoever knows a secret address may do
    what it allows, and nobody else's browser can be made to. So there is no cookie, no token that could be stale, and
    the one thing asked is that a form comes from a page of ours.
    """

    @csrf_exempt
    @wraps(view)
    def answer(request, *args, **kwargs):
        if request.method not in ("GET", "HEAD") and _is_from_elsewhere(request):
            return not_from_here(request)
        response = view(request, *args, **kwargs)
        # security: a secret address must not be told to the next site by a link.
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "private, no-cache"
        return response

    return answer


def network_of(request) -> str:
    """The address that a request is from; behind proxies of ours, the one that the outermost of them saw."""
    # security: each proxy adds at the end whom it saw; what stands before that anybody may have written.
    seen = request.headers.get("X-Forwarded-For", "").split(",") if settings.HTTPS else []
    return "".join(seen[-settings.PROXIES :][:1]).strip() or request.META.get("REMOTE_ADDR", "")


def _is_from_elsewhere(request) -> bool:
    """Whether a page of another site sent the form; a browser says so, and no page can make it say otherwise."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site not in ("same-origin", "none")
    # Without a referrer the origin is "null", which says nothing.
    origin = request.headers.get("Origin", "null")
    return origin != "null" and urlsplit(origin).netloc not in (request.get_host(), urlsplit(settings.SITE_URL).netloc)
