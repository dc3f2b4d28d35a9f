"""What there is to translate into a language: what waits for review, what lags behind, and what nobody has told yet."""

from dataclasses import dataclass

from django.db.models import Q
from pyroaring import BitMap

from catalogue.index import Index
from catalogue.models import Idea, Translation

#: So many of each list are shown.
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Work:
    """What waits in one language. Each list is cut; the counts say how many there are."""

    language: str
    offered: list[Translation]
    begun: list[Translation]
    behind: list[Translation]
    behind_count: int
    #: Those that leave evidence in the language of the original.
    partial: list[Translation]
    partial_count: int
    missing: list[Idea]
    missing_count: int


def work_in(language: str, index: Index) -> Work:
    """The work list of a language; the same number of queries however large the catalogue is."""
    into = Translation.objects.into(language).select_related("idea").defer("body", "source_body")
    behind, partial = into.to_renew(), into.to_complete()
    missing = untold(language, index)
    ideas = Idea.objects.for_cards(missing[:SHOWN]).in_bulk()
    return Work(
        language,
        list(into.offered().order_by("pk")[:SHOWN]),
        list(into.drafts().order_by("pk")[:SHOWN]),
        list(behind.order_by("pk")[:SHOWN]),
        behind.count(),
        list(partial.order_by("pk")[:SHOWN]),
        partial.count(),
        [ideas[pk] for pk in missing[:SHOWN] if pk in ideas],
        len(missing),
    )


def untold(language: str, index: Index) -> list[int]:
    """Published ideas that nobody tells in a language: the featured first, then the most viewed, then the newest."""
    there = Translation.objects.into(language).in_work() | Translation.objects.into(language).published()
    told = BitMap(there.values_list("idea", flat=True))
    spoken = Q(language__iexact=language) | Q(language__istartswith=f"{language}-")
    told |= BitMap(Idea.objects.published().filter(spoken).values_list("pk", flat=True))
    featured = set(Idea.objects.published().filter(featured=True).values_list("pk", flat=True))
    left = index.ids - told
    ordered = index.page(left, "viewed", 0, len(left))
    return sorted((int(pk) for pk in ordered), key=lambda pk: pk not in featured)
