"""Which version of a noun a form began from, and what the noun was like then: read from history, revision by revision.

A version names the latest revision of the noun, and of each row of its inlines that is a noun of its own (a journey
has its own history). Rows are locked before versions are compared, so that no revision can come in between.
"""

import re

from django.db.models import Max, Q

from catalogue.models import Revision
from catalogue.models.noun import CatalogueModel

Version = dict[tuple[int, int], int]

_PART = re.compile(r"(\d{1,4})-(\d{1,18}):(\d{1,18})")


def nouns_of(admin, noun) -> list[CatalogueModel]:
    """The noun, and the rows of its inlines that are nouns of their own."""
    nouns = [noun]
    for inline in admin.noun_inlines:
        nouns += inline.model.objects.filter(**{inline.fk_name: noun}).order_by("pk")
    return nouns


def version_of(nouns: list[CatalogueModel]) -> Version:
    """The present version, in one query."""
    keys = [(int(noun.kind), noun.pk) for noun in nouns]
    wanted = Q()
    for kind in {kind for kind, _pk in keys}:
        wanted |= Q(kind=kind, object_id__in=[pk for k, pk in keys if k == kind])
    latest = Revision.objects.filter(wanted).order_by().values_list("kind", "object_id").annotate(last=Max("pk"))
    found = {(kind, pk): last for kind, pk, last in latest}
    return {key: found.get(key, 0) for key in keys}


def spell(version: Version) -> str:
    return " ".join(f"{kind}-{pk}:{number}" for (kind, pk), number in version.items())


def read(text: str) -> Version:
    """What a form says that it began from; what can't be read says nothing."""
    return {(int(kind), int(pk)): int(number) for kind, pk, number in _PART.findall(text)}


def state_of(admin, noun) -> dict:
    """The noun as it is, with the rows of its inlines."""
    rows = {
        inline.prefix: [row.snapshot() for row in inline.model.objects.filter(**{inline.fk_name: noun}).order_by("pk")]
        for inline in admin.noun_inlines
    }
    return noun.snapshot() | rows


def state_at(admin, noun, version: Version) -> dict:
    """The noun as it was when it had that version. What the version doesn't name wasn't there."""
    now = state_of(admin, noun)
    then = (before(noun, version[int(noun.kind), noun.pk]) if (int(noun.kind), noun.pk) in version else None) or now
    state = {name: then.get(name, value) for name, value in now.items()}
    for inline in admin.noun_inlines:
        rows = {row["id"]: row for row in now[inline.prefix]}
        kind = int(inline.model.kind)
        numbers = {pk: number for (k, pk), number in version.items() if k == kind}
        known = [before(inline.model(pk=pk), number) or rows.get(pk) for pk, number in sorted(numbers.items())]
        state[inline.prefix] = [row for row in known if row]
    return state


def before(noun, number: int) -> dict | None:
    """What a noun was like after a revision and before the next; None when it has none since and is as it is now."""
    later = Revision.objects.filter(kind=noun.kind, object_id=noun.pk, pk__gt=number).order_by("pk").first()
    return later.before if later else None
