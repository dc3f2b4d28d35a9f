"""An idea in its other forms: linked data, citations and a picture; and what these answer when it moved or is gone."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue import citations, linked_data, pictures
from catalogue.exports import LICENCE
from catalogue.index import Index
from catalogue.models import Idea
from catalogue.records import Record, one_line, record_of, whole
from catalogue.views.caching import cacheable
from catalogue.views.errors import nearest_to
from catalogue.views.exports import JSON, open_to_all
from catalogue.views.redirects import idea_at, moved


@dataclass(frozen=True, slots=True)
class Form:
    """A form of an idea: its label, its media type, and what makes it of a record."""

    label: str
    type: str
    write: Callable[[Record], str | bytes]
    download: bool = False

    @property
    def is_json(self) -> bool:
        return self.type.endswith("json")


#: What says in another way what the page says. The route of each is `idea-<name>`.
TOLD = {
    "json": Form("JSON-LD", "application/ld+json", linked_data.document),
    "bib": Form("BibTeX", "application/x-bibtex", citations.bibtex, download=True),
    "ris": Form("RIS", "application/x-research-info-systems", citations.ris, download=True),
    "csl": Form("CSL JSON", "application/vnd.citationstyles.csl+json", citations.csl_json),
}
FORMS = TOLD | {"png": Form("PNG", "image/png", pictures.of_record)}


@cacheable()
@open_to_all
def idea_form(request, index: Index, slug: str, form: str):
    idea = idea_at(slug)
    if idea is None:
        return refused(form, 404, _("There is no idea at this address."))
    if not idea.is_published:
        return refused(form, 410, _("This idea was withdrawn."), last_words(idea, index))
    address = form_address(form, idea.slug)
    if request.path != address:
        return moved(request, to=address)
    return written(form, record_of(idea, index))


def form_address(name: str, slug: str) -> str:
    return reverse(f"idea-{name}", args=[slug])


def written(name: str, record: Record) -> HttpResponse:
    form = FORMS[name]
    # JSON is UTF-8 by itself; of other texts it has to be said.
    charset = "; charset=utf-8" if name in TOLD and not form.is_json else ""
    response = HttpResponse(form.write(record), content_type=form.type + charset)
    if name in TOLD:
        response.headers["Link"] = link(record.url, "describes", "text/html")
    if form.download:
        response.headers["Content-Disposition"] = f'attachment; filename="{record.slug}.{name}"'
    return response


def last_words(idea: Idea, index: Index) -> dict:
    """What a program is told of an idea that was withdrawn: the same as a reader."""
    near = nearest_to(index, f"{idea.title} {idea.where}")
    return {
        "title": idea.title,
        "place": idea.where,
        "reason": idea.withdrawn_reason,
        "withdrawn": timezone.localdate(idea.withdrawn_at).isoformat() if idea.withdrawn_at else None,
        "nearest": [{"title": card.title, "url": whole(card.url)} for card in near],
    }


def refused(name: str, status: int, sentence: str, told: dict | None = None) -> HttpResponse:
    """What a form answers that there isn't: in JSON where it would have been JSON, else as plain text."""
    told = told or {}
    if FORMS[name].is_json:
        return JsonResponse({"errors": {"idea": [sentence]}} | told, status=status, json_dumps_params=JSON)
    lines = [sentence, *(told.get(part) or "" for part in ("title", "place", "reason"))]
    lines += [f"{near['title']}: {near['url']}" for near in told.get("nearest", [])]
    text = "".join(f"{one_line(line)}\n" for line in lines if line)
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


def alternates(record: Record) -> list[dict]:
    """The other forms as the page of the idea names them."""
    return [
        {"type": form.type, "label": form.label, "url": form_address(name, record.slug)} for name, form in TOLD.items()
    ]


def signposts(record: Record) -> str:
    """The links that a program follows from the page, by https://signposting.org/FAIR/."""
    return ", ".join(
        [
            link(record.permalink, "cite-as"),
            *(link(whole(form["url"]), "describedby", form["type"]) for form in alternates(record)),
            link(LICENCE["url"], "license"),
            link(f"{linked_data.CONTEXT}/Article", "type"),
            link(whole(reverse("idea-list")), "collection", "text/html"),
        ]
    )


def link(address: str, relation: str, media_type: str = "") -> str:
    """A link of a `Link` header (RFC 8288)."""
    return f'<{address}>; rel="{relation}"' + (f'; type="{media_type}"' if media_type else "")
