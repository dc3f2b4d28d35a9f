"""Pages of results: which numbers a list offers, and where each leads."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import Http404
from django.utils.translation import gettext as _

#: Results on a page of HTML.
SIZE = 20


@dataclass(frozen=True, slots=True)
class PageLink:
    number: int = 0
    url: str = ""
    current: bool = False
    gap: bool = False


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of a list, seen from one of them."""

    current: int
    last: int
    start: int
    stop: int
    items: list[PageLink]
    previous: str
    next: str
    label: str


def paginate(count: int, current: int, address: Callable[[int], str], size: int = SIZE) -> Pages:
    """The pages of `count` results; a page past the last is 404. An empty list has one page."""
    last = max(1, -(-count // size))
    if current > last:
        raise Http404(_("There is no page %(number)d; the last is page %(last)d.") % {"number": current, "last": last})
    numbers = sorted({1, last, *range(max(1, current - 2), min(last, current + 2) + 1)})
    items, before = [], 0
    for number in numbers:
        if number - before > 1:
            items.append(PageLink(gap=True))
        items.append(PageLink(number, address(number), number == current))
        before = number
    return Pages(
        current,
        last,
        (current - 1) * size,
        current * size,
        items,
        address(current - 1) if current > 1 else "",
        address(current + 1) if current < last else "",
        _("Pages of results"),
    )


def page_number(text: str | None) -> int:
    """The page that a plain list was asked for; what isn't a number from 1 is no page: 404."""
    if not text:
        return 1
    if not (text.isascii() and text.isdigit() and 0 < int(text[:9])):
        raise Http404(_("Pages are numbered from 1."))
    return int(text[:9])
