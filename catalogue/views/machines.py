"""What machines look for at fixed addresses: sitemaps, robots.txt, OpenSearch and security.txt."""

from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from catalogue import sitemaps
from catalogue.index import Index
from catalogue.views.caching import cacheable, without_database
from catalogue.views.exports import open_to_all

#: How long what security.txt says may be relied on; RFC 9116 asks for less than a year.
RELIABLE = timedelta(days=180)
TEXT = "text/plain; charset=utf-8"


@cacheable()
@open_to_all
def sitemap(request, index: Index):
    return stream(sitemaps.whole(index) if sitemaps.fits(index) else sitemaps.contents(index))


@cacheable()
@open_to_all
def sitemap_part(request, index: Index, section: str, number: int):
    if not 1 <= number <= sitemaps.parts(index).get(section, 0):
        raise Http404(_("There is no such part of the sitemap."))
    return stream(sitemaps.part(index, section, number))


def stream(lines) -> StreamingHttpResponse:
    return StreamingHttpResponse(lines, content_type="application/xml; charset=utf-8")


@cacheable()
@without_database
@require_safe
def robots(request):
    return render(request, "robots.txt", {"site_url": settings.SITE_URL}, content_type=TEXT)


@cacheable()
@without_database
@require_safe
def opensearch(request):
    context = {"site_url": settings.SITE_URL}
    return render(request, "opensearch.xml", context, content_type="application/opensearchdescription+xml")


@without_database
@require_safe
@cache_control(max_age=24 * 3600)
def security(request):
    """RFC 9116. Without somebody to tell there is no such file: one without a contact would not be valid."""
    if not settings.SECURITY_CONTACT:
        raise Http404(_("This installation names nobody to whom faults of security can be told."))
    # The same all day, and long ahead, so that a copy that somebody keeps for a while is still in force.
    expires = datetime.combine(timezone.now().date(), time(tzinfo=UTC)) + RELIABLE
    context = {"site_url": settings.SITE_URL, "contacts": settings.SECURITY_CONTACT, "expires": expires.isoformat()}
    return render(request, "security.txt", context, content_type=TEXT)
