"""What makes a Good Idea: the four criteria and how an idea is judged by them."""

from dataclasses import dataclass

from django.shortcuts import render
from django.utils.translation import gettext as _

from catalogue import index as indexes
from catalogue.cards import Links, ideas_label
from catalogue.criteria import Criterion, criterion_texts
from catalogue.index import Index
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


@cacheable()
def criterion_list(request):
    index = indexes.current()
    context = {
        "criteria": criterion_refs(index, Links()),
        "by_line": _("Four questions, each answered in the open, with its source where one is known."),
    }
    title = _("The four criteria")
    return render(request, "catalogue/criterion_list.html", context | head(title, request.path, section="about"))
