"""What wraps every answer: its language, headers that keep a page to itself, a plain word when the database is away."""

from collections.abc import Iterator

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from catalogue.clock import moment
from catalogue.failing import is_away
from catalogue.languages import language_of
from catalogue.views.errors import in_a_while, service_unavailable
from goodideas.waiting import waiting


def language_of_the_address(get_response):
    """Answers in the language that the address names. Django's own way asks headers, too, and would have to vary."""

    def middleware(request):
        language = language_of(request.path_info)
        with override(language):
            response = get_response(request)
        if response.streaming and language != settings.LANGUAGE_CODE:
            response.streaming_content = told_in(language, response.streaming_content)
        return response

    return middleware


def told_in(language: str, parts) -> Iterator[bytes]:
    """What is written while it is sent, which is after the answer's language was let go."""
    parts = iter(parts)
    while True:
        with override(language):
            part = next(parts, None)
        if part is None:
            return
        yield part


def security_headers(get_response):
    """Says who may load an answer, and, behind a proxy that speaks https, that https is the only way here."""

    def middleware(request):
        response = get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        if settings.HTTPS:
            # Django sends it only when the proxy also passes on the scheme; a proxy that forgets is no less https.
            response.headers.setdefault(
                "Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"
            )
        return response

    return middleware


def token_of_the_desk(get_response):
    """Knows the cookie of forms on the desk alone: elsewhere one that can’t be read would be answered with another."""

    def middleware(request):
        if not request.path_info.startswith(reverse("admin:index")):
            request.COOKIES.pop(settings.CSRF_COOKIE_NAME, None)
        return get_response(request)

    return middleware


class DatabaseAway:
    """Answers 503 with Retry-After when the database can't work: at once, where the clock knows it already."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        waiting.enter()
        try:
            response = self.get_response(request)
        finally:
            waiting.leave()
        # A form of the desk comes back with its words.
        return in_a_while(response) if getattr(request, "not_stored", False) else response

    def process_view(self, request, view, args, kwargs):
        if not getattr(view, "without_database", False) and moment().away:
            return service_unavailable(request)
        return None

    def process_exception(self, request, exception):
        if is_away(exception):
            return service_unavailable(request, exception)
        return None
