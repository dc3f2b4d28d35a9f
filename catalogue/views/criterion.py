"""What makes a Good Idea: the four criteria and how an idea is judged by them."""

from dataclasses import dataclass

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalogue import index as indexes
from catalogue.cards import Links, Ref, ideas_label
from catalogue.criteria import Criterion, criterion_texts
from catalogue.index import Index
from catalogue.judging import Readings, kinds_of_evidence, readings
from catalogue.models.assessment import Finding
from catalogue.models.vocabulary import in_language
from catalogue.views.caching import cacheable
from catalogue.views.site import head


@dataclass(frozen=True, slots=True)
class CriterionRef:
    """A criterion with its question, and a link to the ideas that hold evidence for it."""

    slug: str
    name: str
    question: str
    explanation: str
    url: str
    count_label: str


def criterion_refs(index: Index, links: Links) -> list[CriterionRef]:
    counts = index["criterion"].counts(index.ids)
    refs = []
    for slug in Criterion.values:
        texts = {key: in_language(text) for key, text in criterion_texts()[slug].items()}
        count = ideas_label(counts.get(slug, 0))
        refs.append(CriterionRef(slug, url=links.filtered("criterion", slug), count_label=count, **texts))
    return refs


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of evidence, or of finding: what it means, and in how many ideas it stands for each criterion."""

    label: str
    meaning: str
    counts: list[Ref]


def kinds(links: Links) -> list[Kind]:
    return [
        Kind(
            str(basis.label),
            str(basis.meaning),
            [
                Ref(str(criterion.label), links.filtered("criterion", criterion), count, ideas_label(count))
                for criterion, count in counts.items()
                if count
            ],
        )
        for basis, counts in kinds_of_evidence().items()
    ]


def read_label(count: int, total: int) -> str:
    sentence = ngettext(
        "So far readers have read %(count)d of the %(total)d ideas in the catalogue.",
        "So far readers have read %(count)d of the %(total)d ideas in the catalogue.",
        count,
    )
    return sentence % {"count": count, "total": total}


def findings(found: Readings) -> list[Kind]:
    """What readers may find, and of how many ideas they found it for each criterion."""
    meanings = {
        Finding.MET: _("The evidence shows it, and somebody else could look it up."),
        Finding.PARTLY: _(
            "Something shows it, but for a part of the work, for too short a time, or from one side alone."
        ),
        Finding.NOT_SHOWN: _("No evidence was at hand. It may be so all the same: not shown never means no."),
    }
    return [
        Kind(
            str(finding.label),
            meaning,
            [
                Ref(str(criterion.label), "", of[finding], ideas_label(of[finding]))
                for criterion, of in found.found.items()
                if of[finding]
            ],
        )
        for finding, meaning in meanings.items()
    ]


@cacheable()
def criterion_list(request):
    index, links, found = indexes.current(), Links(), readings()
    context = {
        "criteria": criterion_refs(index, links),
        "kinds": kinds(links),
        "read_label": read_label(found.count, len(index)),
        "findings": findings(found),
        "by_line": _("Four questions, each answered in the open, with its source where one is known."),
    }
    title = _("The four criteria")
    return render(request, "catalogue/criterion_list.html", context | head(title, request.path, section="about"))
