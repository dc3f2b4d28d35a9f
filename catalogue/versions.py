"""The versions of an idea that readers could see: when each began, what was new in it, and what it said.

The first is what was published first; every change that is news to readers (`Idea.news`) makes the next, so that an
idea has as many as `Idea.version` says. They are read from history: no act writes anything for them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalogue.index import Index
from catalogue.models import Assessment, Body, Citation, City, Evidence, Idea, Organisation, Resource, Revision
from catalogue.models.edition import Kind
from catalogue.models.noun import CatalogueModel, revive

PUBLISHED = Idea.Status.PUBLISHED
#: Read at a time: each holds two whole ideas.
CHUNK = 20


@dataclass(frozen=True, slots=True)
class Version:
    """A version of an idea: its number, since when it stands, and in a few words each what was new in it."""

    number: int
    since: datetime
    news: tuple[str, ...]


def latest(idea: Idea, index: Index, most: int) -> list[Version]:
    """The last versions but the first, newest first, for an idea that was loaded `for_page`. One query, if any."""
    if idea.version == 1:
        return []
    # Two more than are shown: what one replaced may stand in those before it.
    revisions = list(_news(idea).order_by("-pk")[: most + 2])[::-1]
    public = sum(_is_public(revision.after) for revision in revisions)
    types = {citation.resource_id: citation.resource.type for citation in idea.citations.all()}
    found = [_version(step, index, types) for step in _steps(revisions, idea.version - public)]
    return found[: -most - 1 : -1]


def versions_of(idea: Idea, index: Index) -> list[Version]:
    """All its versions, newest first."""
    types = dict(Resource.objects.filter(citing_ideas=idea).values_list("pk", "type"))
    later = [_version(step, index, types) for step in _steps(_news(idea).iterator(CHUNK), 1)]
    return [*reversed(later), Version(1, idea.first_published, ())]


def version_at(idea: Idea, number: int) -> tuple[Version, datetime | None, dict] | None:
    """A version without its news, when something took its place, and the idea's snapshot; None where it has none.

    What the collection brought along was loaded without a word in history: the first version is what stood there
    before anything was news.
    """
    if not 1 <= number <= idea.version:
        return None
    news = _news(idea)
    if number == 1:
        following = news.first()
        state = following.before if following else idea.snapshot()
        since = idea.first_published
    else:
        revision = news.filter(after__status=PUBLISHED)[number - 2]
        following = news.filter(pk__gt=revision.pk).first()
        state, since = revision.after, revision.act.at
    return Version(number, since, ()), following.act.at if following else None, state


def as_it_was(state: dict) -> Idea:
    """An idea that holds a snapshot and is in no database. What it points to is as it is now, or was at the last."""
    idea = revive(Idea, state)
    resources = standing(Resource, [row["resource_id"] for row in (*state["citations"], *state["evidence"])])
    evidence = [revive(Evidence, row) for row in state["evidence"]]
    citations = [revive(Citation, row) for row in state["citations"] if row["resource_id"] in resources]
    for citation in citations:
        citation.resource = resources[citation.resource_id]
    idea._prefetched_objects_cache = {
        "evidence": evidence,
        "citations": sorted(citations, key=lambda citation: (citation.position, citation.pk)),
    }
    idea.city = standing(City, [idea.city_id]).get(idea.city_id)
    idea.organisation = standing(Organisation, [idea.organisation_id]).get(idea.organisation_id)
    readings = [revive(Assessment, row) for row in state.get("assessment", ())]
    idea._state.fields_cache |= {
        "story": Body(idea_id=idea.pk, text=state["body"]),
        "assessment": readings[0] if readings else None,
    }
    return idea


def standing(model: type[CatalogueModel], keys: Iterable[int | None]) -> dict[int, CatalogueModel]:
    """Nouns by their keys, those that were merged or removed as history last had them."""
    keys = {key for key in keys if key}
    found = model._base_manager.in_bulk(keys) if keys else {}
    if missing := keys - set(found):
        last = Revision.objects.filter(kind=model.kind, object_id__in=missing, before__isnull=False).order_by("pk")
        found |= {pk: revive(model, state) for pk, state in last.values_list("object_id", "before")}
    return found


# What was new


def _news(idea: Idea) -> models.QuerySet[Revision]:
    """Its history as far as it was news to readers, oldest first: a withdrawal, too, which makes no version, but not
    what was changed while it was withdrawn."""
    news = Revision.objects.filter(kind=Kind.IDEA, object_id=idea.pk, is_news=True).select_related("act").order_by("pk")
    return news.filter(Q(before__status=PUBLISHED) | Q(after__status=PUBLISHED))


def _is_public(state: dict | None) -> bool:
    return bool(state) and state["status"] == PUBLISHED


def _steps(revisions: Iterable[Revision], number: int) -> Iterator[tuple[int, Revision, dict]]:
    """Each version after `number`, with the line of history that made it and what readers were told before."""
    said = None
    for revision in revisions:
        if _is_public(revision.before):
            said = revision.before
        if _is_public(revision.after):
            number += 1
            yield number, revision, said or revision.before
            said = revision.after


def _version(step, index: Index, types: dict[int, str]) -> Version:
    number, revision, said = step
    news = list(_words(said, revision.after, index, types))
    if not _is_public(revision.before):
        news.append(_("published again"))
    return Version(number, revision.act.at, tuple(news))


def _words(before: dict, after: dict, index: Index, types: dict[int, str]) -> Iterator[str]:
    """What differs between two snapshots, for a reader. Never why: editors write that for each other."""
    # A snapshot of before a field was there doesn't know it, which is as good as empty.
    changed = {name for name in Idea.news if (before.get(name) or None) != (after.get(name) or None)}
    if "title" in changed:
        yield _("title changed")
    if not changed.isdisjoint({"summary", "body", "language"}):
        yield _("text revised")
    if "evidence" in changed:
        yield _rows(
            before, after, "evidence", (_("new evidence added"), _("evidence taken away"), _("evidence revised"))
        )
    if "citations" in changed:
        cited = [{row["resource_id"] for row in state["citations"]} for state in (before, after)]
        added = cited[1] - cited[0]
        if Resource.Type.EVALUATION in {types.get(key) for key in added}:
            yield _("new evaluation added")
        else:
            yield _rows(
                before, after, "citations", (_("new source added"), _("source taken away"), _("sources reordered"))
            )
    if "assessment" in changed:
        rows = after.get("assessment")
        yield _read_by(rows[0]["readers"]) if rows else _("what its readers found taken back")
    if "city_id" in changed:
        yield _named(index, "city", after["city_id"], _("place changed to %(name)s"), _("place changed"))
    if "organisation_id" in changed:
        yield _named(index, "organisation", after["organisation_id"], _("now led by %(name)s"), _("lead changed"))
    if "partners" in changed:
        yield _("partners changed")
    if "web_address" in changed:
        yield _("web address changed")
    if "started" in changed:
        yield _("year of its beginning corrected")
    if "ended" in changed:
        ended = after.get("ended")
        yield _("ended in %(year)d") % {"year": ended} if ended else _("goes on after all")


def _read_by(number: int) -> str:
    return ngettext("read by %(number)d reader", "read by %(number)d readers", number) % {"number": number}


def _rows(before: dict, after: dict, name: str, words: tuple[str, str, str]) -> str:
    """Whether rows came, only went, or only became others."""
    keys = [{row["id"] for row in state.get(name, ())} for state in (before, after)]
    return words[0] if keys[1] - keys[0] else words[1] if keys[0] - keys[1] else words[2]


def _named(index: Index, facet: str, key: int | None, named: str, unnamed: str) -> str:
    name = next((value.label for value in index[facet].values.values() if value.pk == key), "")
    return named % {"name": name} if name else unnamed
