"""Cities like mine: a reader says what their city is like, and sees what was done in such cities, and why it fits."""

from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalogue import index as indexes
from catalogue.cards import Links, cards
from catalogue.fitting import CityForm, Fitting, fitting
from catalogue.index import Index
from catalogue.paging import page_number, paginate
from catalogue.views.caching import cacheable
from catalogue.views.site import head, numbered


@cacheable("size", "share", "lead", "money", "page")
def like_mine(request):
    index = indexes.current()
    form = CityForm(request.GET, index)
    answers = form.answers
    found = fitting(index, answers)

    def address(number: int) -> str:
        query = urlencode([*answers.items(), *[("page", number)] * (number > 1)])
        return f"{request.path}?{query}" if query else request.path

    pages = paginate(len(found.ideas), page_number(request.GET.get("page")), address)
    context = {
        "heading": _("Cities like mine"),
        "form": form,
        "faults": form.faults,
        "action": request.path,
        "is_asked": bool(answers),
        "results_label": results_label(len(found.ideas)),
        "rows": rows(index, found, pages.start, pages.stop),
        "pages": pages,
        "clear_url": request.path,
    }
    page_head = head(
        title(form, pages.current), address(pages.current), section="ideas", noindex=bool(answers or form.errors)
    )
    return render(request, "catalogue/like_mine.html", context | page_head, status=400 if form.errors else 200)


def rows(index: Index, found: Fitting, start: int, stop: int) -> list[dict]:
    shown = cards(index, found.ideas[start:stop].tolist(), Links())
    return [{"card": card, "reason": found.why(card.id)} for card in shown]


def results_label(count: int) -> str:
    return ngettext(
        "%(count)d idea has something in common with your city",
        "%(count)d ideas have something in common with your city",
        count,
    ) % {"count": count}


def title(form: CityForm, page: int) -> str:
    """A title of its own for every answer."""
    labels = [dict(form.fields[name].choices)[value] for name, value in form.answers.items()]
    summary = "; ".join(str(label) for label in labels)
    words = _("Cities like mine – %(summary)s") % {"summary": summary} if summary else _("Cities like mine")
    words = numbered(words, page)
    return _("Error: %(title)s") % {"title": words} if form.errors else words
