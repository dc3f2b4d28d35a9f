"""Earlier versions of an idea: the list of them, and each as it stood, with the way to what the page says now."""

from dataclasses import dataclass
from datetime import date

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from catalogue import index as indexes
from catalogue import versions
from catalogue.cards import Links, Ref
from catalogue.index import Index
from catalogue.markdown import to_html
from catalogue.models import Audience, Idea, Redirect, Theme, Topic
from catalogue.records import permalink, whole
from catalogue.views.caching import cacheable
from catalogue.views.errors import Gone, gone_page
from catalogue.views.idea import (
    Fact,
    Line,
    Reading,
    Source,
    by_line,
    heading,
    kinds_label,
    ledger,
    reading,
    source_of,
    version_url,
)
from catalogue.views.idea_forms import link
from catalogue.views.redirects import idea_answer, moved, permanent
from catalogue.views.site import head

FILED = {"themes": Theme, "audiences": Audience, "topics": Topic}


@dataclass(frozen=True, slots=True)
class Past:
    """What the page of an idea said in one of its versions."""

    notice: str
    heading: str
    lang: str
    where: str
    by_line: str
    summary: str
    body_html: str
    facts: list[Fact]
    reading: Reading
    ledger: list[Line]
    kinds_label: str
    sources: list[Source]
    address: str


@dataclass(frozen=True, slots=True)
class Row:
    """A version in the list of them."""

    label: str
    since: date
    words: str
    url: str
    is_present: bool


@cacheable()
def idea_versions(request, slug):
    idea = idea_of(slug)
    if elsewhere := answer_elsewhere(request, idea, slug, "idea-versions"):
        return elsewhere
    context = {
        "title_label": idea.title,
        "lang": idea.language,
        "rows": [row_of(idea, version) for version in versions.versions_of(idea, indexes.current())],
        "idea_url": idea.get_absolute_url(),
    }
    title = _("Versions of “%(title)s”, %(place)s") % {"title": idea.title, "place": idea.where or idea.pk}
    return render(request, "catalogue/idea_versions.html", context | past_head(title, idea))


@cacheable()
def idea_version(request, slug, number):
    idea = idea_of(slug)
    if elsewhere := answer_elsewhere(request, idea, slug, "idea-version", number):
        return elsewhere
    found = versions.version_at(idea, number)
    if found is None:
        raise Http404(_("This idea has no version %(number)s.") % {"number": number})
    if number < idea.versions_from:
        return withheld(request, idea, number)
    version, until, state = found
    past = past_of(idea, version, until, state, indexes.current())
    context = {"past": past, "idea_url": idea.get_absolute_url(), "versions_url": versions_url(idea)}
    names = {"number": number, "title": state["title"], "place": past.where or idea.pk}
    title = _("Version %(number)d of “%(title)s”, %(place)s") % names
    response = render(request, "catalogue/idea_version.html", context | past_head(title, idea))
    response.headers["Link"] = ", ".join(
        [
            link(past.address, "cite-as"),
            # RFC 5829.
            link(whole(idea.get_absolute_url()), "latest-version", "text/html"),
            link(whole(versions_url(idea)), "version-history", "text/html"),
        ]
    )
    return response


def short_version(request, pk, number):
    """`/i/<id>/versions/<number>/`: what a citation names. No renaming changes it, and no merger confuses it."""
    idea = Idea.objects.seen().filter(pk=pk).first()
    if idea is None:
        return moved(request)
    if not idea.is_published:
        return idea_answer(request, idea)
    return permanent(request, reverse("idea-version", args=[idea.slug, number]))


def idea_of(slug: str) -> Idea | None:
    """The idea whose versions an address asks for, by its present slug or an old one."""
    # security: past what readers never saw, so that it takes no longer than what never was.
    if idea := Idea.objects.seen().for_page().filter(slug=slug.lower()).first():
        return idea
    redirect = Redirect.objects.find(Idea.path_of(slug.lower()))
    return redirect.idea if redirect else None


def answer_elsewhere(request, idea: Idea | None, slug: str, route: str, *args):
    """The answer where no versions stand at this address: as the idea's own, or the way to the present one."""
    if idea is None:
        return moved(request)
    if not idea.is_published:
        return idea_answer(request, idea)
    address = reverse(route, args=[idea.slug, *args])
    if slug.lower() != idea.slug and idea.merged.exists():
        # The old address may be that of an idea that was merged into this one, whose versions are others.
        return moved(request, to=idea.get_absolute_url())
    return moved(request, to=address) if request.path != address else None


def withheld(request, idea: Idea, number: int):
    """410 for a version that the editors took from readers; what the idea says now stays."""
    fate = _("The editors took version %(number)d of this page away.") % {"number": number}
    reason = _("It said something that shouldn’t have been said. The page itself is still there.")
    return gone_page(request, _("Gone: %(title)s"), Gone(idea.title, idea.where, fate, reason))


def past_head(title: str, idea: Idea) -> dict:
    """Nobody finds an earlier version by searching, and whoever copies its address is told of the present page."""
    return head(title, idea.get_absolute_url(), section="ideas", noindex=True) | {"translations": []}


def row_of(idea: Idea, version: versions.Version) -> Row:
    words = ", ".join(version.news) or _("first published")
    address = version_url(idea, version)
    label = _("Version %(number)d") % {"number": version.number}
    return Row(label, timezone.localdate(version.since), words, address, version.number == idea.version)


def past_of(idea: Idea, version: versions.Version, until, state: dict, index: Index) -> Past:
    was = versions.as_it_was(state)
    filed = {
        name: [str(term) for term in versions.standing(model, state[name]).values()] for name, model in FILED.items()
    }
    numbers = {citation.resource_id: citation.position for citation in was.citations.all()}
    return Past(
        notice=notice(version, until),
        heading=heading(was.title),
        lang=was.language,
        where=was.where,
        by_line=by_line(was),
        summary=was.summary,
        body_html=to_html(was.body),
        facts=facts(was, filed),
        reading=reading(was),
        ledger=ledger(was, index, Links(), numbers),
        kinds_label=kinds_label(was),
        sources=[source_of(citation) for citation in was.citations.all()],
        address=f"{permalink(idea)}versions/{version.number}/",
    )


def notice(version: versions.Version, until) -> str:
    """Which version it is, and how long it stood."""
    names = {"number": version.number, "since": day(version.since), "until": day(until) if until else ""}
    if until:
        sentence = _(
            "This is version %(number)d, as it stood from %(since)s to %(until)s. The page says something else now."
        )
        return sentence % names
    return _("This is version %(number)d of %(since)s, the latest.") % names


def day(moment) -> str:
    return formats.date_format(timezone.localdate(moment), "DATE_FORMAT")


def facts(was: Idea, filed: dict[str, list[str]]) -> list[Fact]:
    """The rail as it was, without links: what they led to may be called otherwise now, or stand elsewhere."""

    def fact(term: str, *values, wide: bool = True) -> Fact:
        return Fact(term, [Ref(str(value)) for value in values if value], wide)

    found = [
        fact(_("Where"), was.where, wide=False),
        fact(_("Started"), was.started or _("not known"), wide=False),
        fact(_("Ended"), was.ended, wide=False),
        fact(_("Led by"), was.organisation and was.organisation.name),
        fact(_("With"), *was.partners),
        fact(_("Themes"), *filed["themes"]),
        fact(_("Who it is for"), *filed["audiences"]),
        fact(_("Topics"), *filed["topics"]),
        fact(_("On the web"), was.web_address),
    ]
    return [fact for fact in found if fact.values]


def versions_url(idea: Idea) -> str:
    return reverse("idea-versions", args=[idea.slug])
