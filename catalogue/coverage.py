"""What the catalogue has and what it lacks: themes by region, what readers looked for in vain, what they proposed."""

from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import QuerySet
from pyroaring import BitMap

from catalogue.cards import Links, Ref
from catalogue.countries import country_name, is_country
from catalogue.index import Index
from catalogue.models import Submission, Wanted
from catalogue.regions import REGIONS, Region
from catalogue.sets import Value

#: The longest lists that an editor would read.
MOST = 30


@dataclass(frozen=True, slots=True)
class Row:
    """A region: how many ideas it has on each theme, and in all, each with the list of them."""

    label: str
    cells: list[Ref]
    total: Ref


def themes(index: Index) -> list[Value]:
    return list(index["theme"].values.values())


def by_region(index: Index, links: Links, drafts: dict[str, str]) -> list[Row]:
    """The regions that have an idea, in the order of the continents; a gap leads to the drafts on its theme."""
    return [_row(region, index, links, drafts) for region in REGIONS if _ideas(region, index)]


def without_ideas(index: Index) -> list[Region]:
    """The regions of which the catalogue has nothing."""
    return [region for region in REGIONS if not _ideas(region, index)]


def _row(region: Region, index: Index, links: Links, drafts: dict[str, str]) -> Row:
    ids, countries = _ideas(region, index), _known(region, index)

    def listed(count: int, **query) -> Ref:
        return Ref(region.label, f"{links.ideas}?{urlencode({'country': countries} | query, doseq=True)}", count)

    counts = {key: ids.intersection_cardinality(index["theme"].matching(key)) for key in index["theme"].values}
    cells = [
        listed(count, theme=key) if count else Ref(region.label, drafts[key], count) for key, count in counts.items()
    ]
    return Row(region.label, cells, listed(len(ids)))


def _ideas(region: Region, index: Index) -> BitMap:
    return BitMap().union(*(index["country"].matching(code) for code in _known(region, index)))


def _known(region: Region, index: Index) -> list[str]:
    return [code for code in region.countries if code in index["country"].values]


def wanted() -> QuerySet[Wanted]:
    """What readers looked for in vain, on most days first."""
    return Wanted.objects.told()[:MOST]


def proposed(index: Index, links: Links) -> tuple[list[Ref], list[Ref]]:
    """The themes and the countries of what was proposed and isn't held back as spam, most proposed first."""
    sent = Submission.objects.filter(kind=Submission.Kind.IDEA, sent_at__isnull=False, held_back=False)
    by_theme, by_country = Counter(), Counter()
    for slugs, country in sent.order_by().values_list("answers__what__themes", "country").iterator():
        by_theme.update(set(slugs or ()) & set(index["theme"].values))
        by_country.update([country] if is_country(country) else [])
    return (
        [links.ref("theme", index["theme"].values[slug], count) for slug, count in by_theme.most_common(MOST)],
        [_country(index, links, code, count) for code, count in by_country.most_common(MOST)],
    )


def _country(index: Index, links: Links, code: str, count: int) -> Ref:
    value = index["country"].values.get(code)
    return links.ref("country", value, count) if value else Ref(country_name(code), "", count)
