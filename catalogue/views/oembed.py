"""An idea as a card that other sites may show: the card itself, and oEmbed, by which their programs find it."""

from urllib.parse import unquote, urlencode, urlsplit
from xml.etree import ElementTree

from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import resolve, reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from catalogue import index as indexes
from catalogue.cards import cards
from catalogue.feeds import speakable
from catalogue.index import Index
from catalogue.languages import bare, language_of
from catalogue.leading import NOWHERE, Way, way_from
from catalogue.models import Idea
from catalogue.views.caching import cacheable
from catalogue.views.errors import withdrawn
from catalogue.views.exports import JSON, open_to_all

#: Of a card, in CSS pixels, where its site leaves it the room.
WIDTH, HEIGHT = 600, 320
#: Seconds for which a card found by oEmbed may be kept.
KEPT = 24 * 3600


@cacheable()
@require_safe
@xframe_options_exempt
# security: this page alone may be framed. It has no form, no script and no cookie that a frame could play with.
@csp_replace({"frame-ancestors": ["*"]})
def idea_embed(request, slug):
    """An idea as a card, without script."""
    index = indexes.current()
    idea = Idea.objects.published().filter(slug=slug).only("pk").first()
    card = next(iter(cards(index, [idea.pk])), None) if idea and idea.pk in index.ids else None
    return framed(request, {"card": card}) if card else elsewhere(request, slug)


def elsewhere(request, slug: str):
    """The answer where no card stands: the card of the idea that took its place, the word that it is gone, or 404."""
    way = way_from(Idea.path_of(slug))
    if isinstance(way.gone, Idea):
        return framed(request, {"gone": withdrawn(way.gone)}, status=410)
    if not (present := slug_at(way.to)):
        raise Http404
    return HttpResponsePermanentRedirect(reverse("idea-embed", args=[present]))


def framed(request, context: dict, status: int = 200):
    card = context.get("card")
    context |= {"canonical": settings.SITE_URL + card.url if card else "", "home_url": reverse("home")}
    response = render(request, "catalogue/idea_embed.html", context, status=status)
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@cacheable("url", "format", "maxwidth", "maxheight", rare=("url",))
@open_to_all
def oembed(request, index: Index):
    """oEmbed 1.0: what to show for the address of an idea, at most as large as asked for."""
    form = request.GET.get("format") or "json"
    if form not in ("json", "xml"):
        return refused("format", _("“%(value)s” is not a form of the answer. Choose json or xml."), form, 501)
    width, height = (most(request, name, usual) for name, usual in (("maxwidth", WIDTH), ("maxheight", HEIGHT)))
    for name, size in (("maxwidth", width), ("maxheight", height)):
        if not size:
            return refused(name, _("“%(value)s” is not a number of pixels from 1 up."), request.GET[name], 400)
    url = request.GET.get("url", "").strip()
    if not url:
        return refused("url", _("Give the address of an idea%(value)s."), "", 400)
    # The card is in the language of the page that it is a card of.
    with override(language_at(url)):
        return card_of(url, index, form, width, height)


def card_of(url: str, index: Index, form: str, width: int, height: int) -> HttpResponse:
    way = way_of(url)
    if isinstance(way.gone, Idea):
        gone = withdrawn(way.gone)
        return refused(
            "url", "%(value)s", " ".join(filter(None, (gone.title, gone.where, gone.fate, gone.reason))), 410
        )
    found = cards(index, list(Idea.objects.published().filter(slug=slug_at(way.to)).values_list("pk", flat=True)))
    if not found:
        return refused("url", _("“%(value)s” is not the address of an idea here."), url, 404)
    answer = described(found[0], width, height)
    return as_xml(answer) if form == "xml" else JsonResponse(answer, json_dumps_params=JSON)


def described(card, width: int, height: int) -> dict:
    frame = {"src": settings.SITE_URL + reverse("idea-embed", args=[card.slug]), "title": card.title}
    html = render_to_string("catalogue/_frame.html", frame | {"width": width, "height": height}).strip()
    return {
        "version": "1.0",
        "type": "rich",
        "title": card.title,
        "author_name": card.organisation.label if card.organisation else _("Good Ideas"),
        "author_url": settings.SITE_URL + (card.organisation.url if card.organisation else reverse("home")),
        "provider_name": _("Good Ideas"),
        "provider_url": settings.SITE_URL + reverse("home"),
        "cache_age": KEPT,
        "width": width,
        "height": height,
        "html": html,
    }


def as_xml(answer: dict) -> HttpResponse:
    root = ElementTree.Element("oembed")
    for name, value in answer.items():
        ElementTree.SubElement(root, name).text = speakable(str(value))
    document = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return HttpResponse(document, content_type="text/xml; charset=utf-8")


def refused(parameter: str, sentence: str, value: str, status: int) -> JsonResponse:
    errors = {parameter: [sentence % {"value": value[:500]}]}
    return JsonResponse({"errors": errors}, status=status, json_dumps_params=JSON)


def most(request, name: str, usual: int) -> int:
    """How large it may be; 0 where what was asked for is no size."""
    text = request.GET.get(name) or str(usual)
    return min(int(text), usual) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def way_of(url: str) -> Way:
    """Where the address of something here leads, in any spelling and by either scheme; nowhere when it is foreign."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return NOWHERE
    here = urlsplit(settings.SITE_URL).netloc.lower()
    if parts.scheme not in ("http", "https") or parts.netloc.lower() != here:
        return NOWHERE
    return way_from(bare(unquote(parts.path)).removeprefix("/embed"))


def language_at(url: str) -> str:
    """The language of the page at an address; English where it is none of ours."""
    try:
        return language_of(urlsplit(url).path)
    except ValueError:
        return settings.LANGUAGE_CODE


def slug_at(path: str) -> str:
    """The slug of the idea whose page stands at a path; empty where something else does."""
    match = resolve(path) if path else None
    return match.kwargs["slug"] if match and match.url_name == "idea-detail" else ""


def oembed_forms(path: str) -> list[dict]:
    """Where the card of the idea at this path is described, as its head names it: media type, label, address."""
    query = urlencode({"url": settings.SITE_URL + path})
    types = {"json": "application/json+oembed", "xml": "text/xml+oembed"}
    return [
        {"type": kind, "label": _("Card for other sites"), "url": f"{reverse('oembed')}?format={form}&{query}"}
        for form, kind in types.items()
    ]
