"""Two to four ideas side by side; the choice lives in the address."""

from urllib.parse import urlencode

from django.http import HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from catalogue import index as indexes
from catalogue.cards import Links, Ref, cards
from catalogue.comparing import Choice, chosen, columns, rows
from catalogue.index import Index
from catalogue.models import Idea
from catalogue.related import related
from catalogue.views.caching import cacheable
from catalogue.views.site import head


# Hardly anybody asks for the same ones again, but for whoever looks at them a second time.
@cacheable(ordered=("idea",), rare=("idea",))
def compare(request):
    index, links = indexes.current(), Links()
    choice = chosen(request.GET.getlist("idea"), links)
    if choice.renamed is not None:
        return HttpResponsePermanentRedirect(compare_url(choice.renamed))
    ideas = choice.ideas
    context = {
        "heading": heading(len(ideas)),
        "notices": choice.left_out,
        "ideas_url": links.ideas,
        "columns": columns(ideas, index, links, compare_url),
        "rows": rows(ideas, index, links) if ideas else [],
        "beside": beside(ideas[0], index, links) if len(ideas) == 1 else [],
    }
    # A combination is for whoever made it, and there are more of them than of anything worth finding.
    page_head = head(title(choice), compare_url(choice.slugs), section="ideas", noindex=bool(ideas or choice.left_out))
    status = 400 if choice.left_out and not ideas else 200
    return render(request, "catalogue/compare.html", context | page_head, status=status)


def compare_url(slugs: list[str]) -> str:
    """The address of a choice, in the order in which it was made: that is the order of the columns."""
    query = urlencode([("idea", slug) for slug in slugs])
    return reverse("compare") + (f"?{query}" if query else "")


def heading(count: int) -> str:
    words = [_("Compare ideas"), _("One idea to compare"), _("Compare two ideas"), _("Compare three ideas")]
    return words[count] if count < len(words) else _("Compare four ideas")


def title(choice: Choice) -> str:
    """Names every idea, and its city, by which namesakes are told apart."""
    if not choice.ideas:
        return _("Error: nothing to compare") if choice.left_out else _("Compare ideas")
    names = [f"{idea.title} ({idea.city.name})" if idea.city_id else idea.title for idea in choice.ideas]
    return _("Compare %(ideas)s") % {"ideas": "; ".join(names)}


def beside(idea: Idea, index: Index, links: Links) -> list[Ref]:
    """For somebody who has chosen one idea: those near to it, each as the address that puts it beside."""
    near = cards(index, [pk for pk, _reason in related(index, idea.pk)], links)
    return [
        Ref(card.title, compare_url([idea.slug, card.slug]), count_label=card.city.label if card.city else "")
        for card in near
    ]
