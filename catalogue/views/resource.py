"""The library: every report, toolkit, film and site that a published idea cites."""

from django.db.models import Exists, OuterRef, Prefetch
from django.shortcuts import render
from django.utils import formats
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalogue import index as indexes
from catalogue.cards import Links, Ref
from catalogue.facets import Chip, Option
from catalogue.languages import foreign
from catalogue.models import Citation, Idea, Resource
from catalogue.paging import page_number, paginate
from catalogue.views.caching import cacheable
from catalogue.views.site import head, numbered

RESOURCES = 50


@cacheable("page", many=("kind", "theme"))
def resource_list(request):
    index, links = indexes.current(), Links()
    kinds = {kind.value: str(kind.label) for kind in Resource.Type}
    themes = {slug: value.label for slug, value in index["theme"].values.items()}
    chosen, errors = asked(request, {"kind": kinds, "theme": themes})
    cited = Citation.objects.filter(resource=OuterRef("pk"), idea__status=Idea.Status.PUBLISHED)
    if chosen["theme"]:
        cited = cited.filter(idea__themes__slug__in=chosen["theme"])
    resources = Resource.objects.filter(Exists(cited)).order_by("title", "id")
    if chosen["kind"]:
        resources = resources.filter(type__in=chosen["kind"])
    count = resources.count()

    def address(number: int, **changes) -> str:
        pairs = [(name, value) for name, values in (chosen | changes).items() for value in values]
        query = urlencode(pairs + [("page", number)] * (number > 1))
        return f"{request.path}?{query}" if query else request.path

    pages = paginate(count, page_number(request.GET.get("page")), address, RESOURCES)
    ideas = Idea.objects.published().order_by("id").only("id", "slug", "title", "language")
    cited_by = Prefetch("citing_ideas", ideas, "seen_in")
    context = {
        "action": request.path,
        "resources": [
            row(resource, links) for resource in resources.prefetch_related(cited_by)[pages.start : pages.stop]
        ],
        "results_label": ngettext("%(count)d resource", "%(count)d resources", count) % {"count": count},
        "kinds": [Option(key, label, 0, key in chosen["kind"], f"kind-{key}") for key, label in kinds.items()],
        "themes": [
            Option(key, label, 0, key in chosen["theme"], f"theme-{key}", f"m-{key}", css=f"theme-{key}")
            for key, label in themes.items()
        ],
        "chips": [
            Chip(group, names[value], address(1, **{name: [v for v in chosen[name] if v != value]}))
            for name, group, names in (("kind", _("Kind"), kinds), ("theme", _("Theme"), themes))
            for value in chosen[name]
        ],
        "errors": errors,
        "faults": {name: [error["message"] for error in errors if error["field"] == name] for name in chosen},
        "clear_url": request.path,
        "pages": pages,
        "empty": None
        if count
        else {
            "heading": _("No resource matches all of that"),
            "sentence": _("Let a filter go, or see everything that the ideas cite."),
            "ways": [Ref(_("The whole library"), request.path)],
        },
    }
    parts = [kinds[value] for value in chosen["kind"]] + [themes[value] for value in chosen["theme"]]
    title = _("Library – %(parts)s") % {"parts": ", ".join(parts)} if parts else _("Library")
    title = numbered(title, pages.current)
    title = _("Error: %(title)s") % {"title": title} if errors else title
    page_head = head(title, address(pages.current), section="library", noindex=bool(errors))
    status = 400 if errors else 200
    return render(request, "catalogue/resource_list.html", context | page_head, status=status)


def asked(request, known: dict[str, dict]) -> tuple[dict[str, list[str]], list[dict]]:
    """The values asked for that are known, and a fault for each that isn't."""
    chosen, errors = {}, []
    for name, values in known.items():
        given = sorted({value for value in request.GET.getlist(name) if value})
        chosen[name] = sorted(value for value in given if value in values)
        for value in given:
            if value not in values:
                message = _("“%(value)s” is none of the choices.") % {"value": value[:80]}
                errors.append({"field": name, "anchor": f"facet-{name}", "message": message})
    return chosen, errors


def row(resource: Resource, links: Links) -> dict:
    return {
        "title": resource.title,
        "url": resource.url,
        "kind_label": str(resource.get_type_display()),
        "host": resource.host,
        "language": resource.language,
        "fault": resource.fault,
        "archived_url": resource.archived_url,
        "archived_label": copy_label(resource),
        "ideas": [Ref(idea.title, links.idea(idea.slug), lang=foreign(idea.language)) for idea in resource.seen_in],
    }


def copy_label(resource: Resource) -> str:
    """What the archived copy of a resource is called: by the day that it shows, where its address tells."""
    if resource.copy_day is None:
        return _("Archived copy")
    day, exact = resource.copy_day
    sentence = _("Archived copy of %(date)s") if exact else _("Archived copy, the one nearest to %(date)s")
    return sentence % {"date": formats.date_format(day, "DATE_FORMAT")}
