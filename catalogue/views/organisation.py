"""Organisations: their list, and a page for each."""

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalogue import index as indexes
from catalogue.cards import Links, Ref
from catalogue.countries import country_name
from catalogue.feeds import page_feed
from catalogue.languages import foreign
from catalogue.markdown import to_html
from catalogue.models import Organisation, Sector
from catalogue.paging import page_number, paginate
from catalogue.travel import taken_up
from catalogue.views.caching import cacheable
from catalogue.views.redirects import moved
from catalogue.views.site import head, numbered
from catalogue.views.vocabulary import selection

ORGANISATIONS = 100


@cacheable("sector", "page")
def organisation_list(request):
    index, links = indexes.current(), Links()
    sector = request.GET.get("sector", "")
    if sector and sector not in Sector.values:
        raise Http404(_("There is no such kind of organisation."))
    everyone = list(index["organisation"].values.values())
    chosen = [value for value in everyone if not sector or value.sector == sector]
    counts = index["organisation"].counts(index.ids)

    def address(number: int, sector: str = sector) -> str:
        query = "&".join(part for part in (f"sector={sector}" * bool(sector), f"page={number}" * (number > 1)) if part)
        return f"{request.path}?{query}" if query else request.path

    pages = paginate(len(chosen), page_number(request.GET.get("page")), address, ORGANISATIONS)
    refs = []
    for value in chosen[pages.start : pages.stop]:
        place = [value.city, country_name(value.country) if value.country else ""]
        note = ", ".join(str(part) for part in (Sector(value.sector).label, *place) if part)
        refs.append(links.ref("organisation", value, counts.get(value.value, 0), note))
    kinds = {value.sector for value in everyone}
    sectors = [Ref(_("All kinds"), address(1, ""), current=not sector)]
    sectors += [
        Ref(str(kind.label), address(1, kind.value), current=kind == sector) for kind in Sector if kind in kinds
    ]
    context = {
        "refs": refs,
        "pages": pages,
        "sectors": sectors,
        "by_line": ngettext("%(count)d organisation.", "%(count)d organisations.", len(chosen))
        % {"count": len(chosen)},
    }
    title = _("Organisations") if not sector else _("Organisations: %(kind)s") % {"kind": Sector(sector).label}
    page_head = head(numbered(title, pages.current), address(pages.current), section="organisations")
    return render(request, "catalogue/organisation_list.html", context | page_head)


@cacheable()
def organisation_detail(request, slug):
    index, links = indexes.current(), Links()
    value = index["organisation"].values.get(slug)
    organisation = Organisation.objects.select_related("city").filter(slug=slug).first()
    if value is None or organisation is None:
        return moved(request)
    ids = index["organisation"].matching(slug)
    city = organisation.city
    by_line = ngettext("It leads %(count)d Good Idea.", "It leads %(count)d Good Ideas.", len(ids)) % {
        "count": len(ids)
    }
    context = {
        "organisation": {
            "name": organisation.name,
            "aliases": organisation.aliases,
            "sector": Ref(str(organisation.get_sector_display()), links.filtered("sector", organisation.sector)),
            "city": links.ref("city", index["city"].values.get(city.slug)) or Ref(city.name) if city else None,
            "country": links.ref("country", index["country"].values.get(city.country)) or Ref(city.country_name)
            if city
            else None,
            "web_address": organisation.web_address,
            "host": organisation.web_address.split("//")[-1].split("/")[0].removeprefix("www."),
            "description": to_html(organisation.description),
            "lang": foreign(),
        },
        "crumbs": [Ref(_("Organisations"), reverse("organisation-list"))],
        "by_line": by_line if ids else _("It took up what others had tried."),
        "took_up": taken_up(links, organisation=organisation.pk),
    } | selection(index, ids, "organisation", slug, links)
    place = f", {city.name}" if city else ""
    title = _("%(name)s – Organisations") % {"name": organisation.name + place}
    page_head = head(
        title, request.path, description=by_line, section="organisations", alternates=page_feed(request.path)
    )
    return render(request, "catalogue/organisation_detail.html", context | page_head)
