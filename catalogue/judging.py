"""How the published ideas were judged, in numbers: which kinds of evidence they hold, and what readers found.

Counted by the database, once an edition: the index knows which criteria an idea has evidence for, not of which kind.
"""

from dataclasses import dataclass

from django.db.models import Count, Q

from catalogue.criteria import Criterion
from catalogue.models import Assessment, Evidence, Idea
from catalogue.models.assessment import Finding


@dataclass(frozen=True, slots=True)
class Readings:
    """How many published ideas readers have read, and for each criterion how many they found to be what."""

    count: int
    found: dict[Criterion, dict[Finding, int]]


def kinds_of_evidence() -> dict[Evidence.Basis, dict[Criterion, int]]:
    """For each kind of evidence, how many published ideas hold some for each criterion."""
    published = Evidence.objects.filter(idea__in=Idea.objects.published()).order_by()
    rows = published.values_list("basis", "criterion").annotate(Count("idea", distinct=True))
    counts = {(basis, criterion): count for basis, criterion, count in rows}
    return {
        basis: {criterion: counts.get((basis.value, criterion.value), 0) for criterion in Criterion}
        for basis in Evidence.Basis
    }


def readings() -> Readings:
    """What readers found of published ideas."""
    wanted = {
        f"{criterion.name}_{finding.name}": Count("pk", filter=Q(**{criterion.value: finding.value}))
        for criterion in Criterion
        for finding in Finding
    }
    row = Assessment.objects.filter(idea__in=Idea.objects.published()).aggregate(count=Count("pk"), **wanted)
    found = {
        criterion: {finding: row[f"{criterion.name}_{finding.name}"] for finding in Finding} for criterion in Criterion
    }
    return Readings(row["count"], found)
