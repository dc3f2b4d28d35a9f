"""The data for whoever wants it: a page that tells of it, and the same for programs."""

from django.conf import settings
from django.http import JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from catalogue.cards import Ref
from catalogue.dumps import CSV, LINES, MANIFEST
from catalogue.exports import LICENCE
from catalogue.index import Index
from catalogue.openapi import document
from catalogue.schemas import COMPLETE, RESULT, dictionary
from catalogue.views.caching import cacheable
from catalogue.views.exports import JSON, open_to_all
from catalogue.views.site import head

#: Walks through every page of results; a test runs it as it stands here.
PROGRAM = """\
import json
import urllib.request

address = "{site}/ideas.json?theme=work&page_size=100"
while address:
    with urllib.request.urlopen(address) as answer:
        page = json.load(answer)
    for idea in page["results"]:
        print(idea["id"], idea["title"], idea["url"])
    address = page["next"]
"""


@cacheable()
@open_to_all
def openapi_json(request, index: Index):
    return JsonResponse(document(), json_dumps_params=JSON)


@cacheable()
def data(request):
    context = {
        "forms": [whole(ref) for ref in forms()],
        "idea_forms": idea_forms(),
        "examples": [whole(ref) for ref in examples()],
        "program": PROGRAM.format(site=settings.SITE_URL),
        "fields": dictionary(RESULT),
        "complete_fields": dictionary(COMPLETE),
        "dumps": dump_files(),
        "openapi_url": reverse("openapi"),
        "licence": LICENCE,
    }
    title = _("The data")
    description = _("Every idea of the catalogue as data: formats, fields, examples and the licence.")
    page_head = head(title, request.path, description=description, section="about")
    return render(request, "catalogue/data.html", context | page_head)


def whole(ref: Ref) -> Ref:
    """A link whose words are its whole address, to be copied."""
    return Ref(settings.SITE_URL + ref.url, ref.url, note=ref.label)


def forms() -> list[Ref]:
    return [
        Ref(_("JSON, page by page, with how many ideas every filter would leave"), reverse("ideas-json")),
        Ref(_("CSV, every idea in one table, for a spreadsheet"), reverse("ideas-csv")),
        Ref(_("GeoJSON, every idea in its place, for a map"), reverse("ideas-geojson")),
        Ref(_("Atom, the newest fifty, for a feed reader"), reverse("ideas-atom")),
    ]


def idea_forms() -> list[str]:
    return [f"{reverse('idea-list')}…{ending}" for ending in (".json", ".bib", ".ris", ".csl.json")]


def examples() -> list[Ref]:
    return [
        Ref(_("Ideas about work in Canada"), f"{reverse('ideas-json')}?theme=work&country=CA"),
        Ref(_("What schools and libraries began since 2010, as a table"), f"{reverse('ideas-csv')}?{_SCHOOLS}"),
        Ref(_("Where there is evidence that it worked, on a map"), f"{reverse('ideas-geojson')}?criterion=successful"),
        Ref(_("New ideas with the word “mentor”, as a feed"), f"{reverse('ideas-atom')}?q=mentor"),
        Ref(_("All values of one filter, with their numbers"), f"{reverse('ideas-json')}?facet=topic&page_size=1"),
    ]


_SCHOOLS = "sector=school&sector=library-or-museum&started_min=2010"


def dump_files() -> list[Ref]:
    """Where dumps are; no links, since a page knows its edition and nothing of what lies on the disk."""
    labels = {
        MANIFEST: _("What the latest dump holds: its edition, its day, how many ideas, checksums"),
        CSV: _("The table, as above"),
        LINES: _("Each idea complete, with text, evidence, sources and journeys: one a line, as JSON"),
    }
    return [Ref(settings.SITE_URL + reverse("dump-latest", args=[name]), note=label) for name, label in labels.items()]
