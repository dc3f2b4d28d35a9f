"""The transfer guide of an idea: on the idea's own page, and alone on one page that can be printed for a meeting."""

from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalogue.cards import Links, Ref, permalink
from catalogue.models import Guide, Idea
from catalogue.views.caching import cacheable
from catalogue.views.errors import gone
from catalogue.views.redirects import idea_at, permanent
from catalogue.views.site import head


@dataclass(frozen=True, slots=True)
class Line:
    """Something that a guide says: a term and what is told under it, one thing or several."""

    term: str
    things: list[Ref]
    is_numbered: bool = False
    #: Whether it is in the words of an editor, and so in the language of the idea.
    is_told: bool = True


@dataclass(frozen=True, slots=True)
class Sheet:
    """A guide as a page shows it: nothing of it is empty."""

    lines: list[Line]
    lang: str
    url: str


@cacheable()
def idea_guide(request, slug):
    idea = idea_at(slug.lower())
    if idea is not None and not idea.is_published:
        return gone(request, idea)
    if idea is None or not hasattr(idea, "guide"):
        raise Http404(_("There is no transfer guide here."))
    if idea.slug != slug:
        return permanent(request, guide_url(idea.slug))
    links = Links()
    context = {
        "heading": idea.title,
        "where": idea.where,
        "by_line": idea.organisation.name if idea.organisation_id else "",
        "summary": idea.summary,
        "sheet": sheet_of(idea),
        "crumbs": [Ref(_("Ideas"), links.ideas), Ref(idea.title, links.idea(idea.slug))],
        "permalink": permalink(idea.pk),
    }
    title = _("Transfer guide: %(title)s") % {"title": idea.title}
    title = f"{title}, {idea.city.name}" if idea.city_id else title
    page_head = head(title, request.path, description=idea.summary, section="ideas")
    return render(request, "catalogue/idea_guide.html", context | page_head)


def guide_url(slug: str) -> str:
    return reverse("idea-guide", args=[slug])


def sheet_of(idea: Idea) -> Sheet | None:
    """The guide of an idea that was loaded `for_page`; None where no editor has filled one."""
    if not hasattr(idea, "guide"):
        return None
    guide = idea.guide
    lines = [
        Line(_("What must stay"), things(guide.must_stay)),
        Line(_("What may change"), things(guide.may_change)),
        leader(guide),
        Line(_("Legal power"), things(guide.legal_power)),
        Line(_("Staff"), things(guide.staff)),
        Line(_("Money, first year"), things(guide.get_money_display()), is_told=False),
        Line(_("First result"), things(guide.get_first_result_display()), is_told=False),
        Line(_("First steps"), things(guide.first_steps), is_numbered=True),
        Line(_("Documents to reuse"), documents(idea), is_told=False),
    ]
    lang = "" if idea.language == get_language() else idea.language
    return Sheet([line for line in lines if line.things], lang, guide_url(idea.slug))


def leader(guide: Guide) -> Line:
    """Who can lead it: the kind in the reader's language, unless there are words for it."""
    if guide.lead and guide.lead_sector:
        told = _("%(kind)s: %(words)s") % {"kind": guide.get_lead_sector_display(), "words": guide.lead}
        return Line(_("Who can lead it"), [Ref(told)])
    return Line(_("Who can lead it"), things(guide.lead or guide.get_lead_sector_display()), is_told=bool(guide.lead))


def things(text: str) -> list[Ref]:
    """Each line that says something."""
    return [Ref(line.strip()) for line in str(text).splitlines() if line.strip()]


def documents(idea: Idea) -> list[Ref]:
    """The sources that may be reused, each where it can be read: a copy where the address no longer answers."""
    found = [citation.resource for citation in idea.citations.all() if citation.to_reuse]
    return [
        Ref(resource.title, resource.archived_url if resource.fault and resource.archived_url else resource.url)
        for resource in found
    ]
