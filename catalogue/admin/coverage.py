"""What the catalogue lacks, on the desk: gaps by theme and region, searches in vain, and what was proposed."""

from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from catalogue import coverage
from catalogue import index as indexes
from catalogue.cards import Links, Ref
from catalogue.models.wanted import DAYS


def coverage_view(site, request):
    """For those who decide what to look for next."""
    if not request.user.has_perm("catalogue.change_idea"):
        raise PermissionDenied
    index, links = indexes.current(), Links()
    drafts = {theme.value: drafts_on(theme) for theme in coverage.themes(index)}
    proposed_themes, proposed_countries = coverage.proposed(index, links)
    context = {
        **site.each_context(request),
        "title": _("What the catalogue lacks"),
        "themes": [Ref(theme.label, drafts[theme.value]) for theme in coverage.themes(index)],
        "rows": coverage.by_region(index, links, drafts),
        "without": coverage.without_ideas(index),
        "wanted": coverage.wanted(),
        "wanted_url": reverse("admin:catalogue_wanted_changelist"),
        "days": DAYS,
        "proposed_themes": proposed_themes,
        "proposed_countries": proposed_countries,
    }
    return TemplateResponse(request, "admin/catalogue/coverage.html", context)


def drafts_on(theme) -> str:
    """The list of what is on its way on a theme."""
    return f"{reverse('admin:catalogue_idea_changelist')}?themes__id__exact={theme.pk}&status__exact=draft"
