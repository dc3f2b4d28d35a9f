"""Every public page for search engines: in one sitemap, or in parts under an index when there are very many.

Parts are read in a stream; of an idea a sitemap says when it last had news, of a page of words when it was changed.
"""

from collections.abc import Iterable, Iterator
from itertools import chain, repeat
from xml.sax.saxutils import escape

from django.conf import settings
from django.db.models import Max
from django.urls import reverse

from catalogue.cards import Links
from catalogue.index import Index
from catalogue.languages import prefix
from catalogue.models import Idea, Page

#: Pages that a part holds, each with an address in every language. The protocol allows 50,000 addresses and 50 MB,
#: which the names of all translations beside each reach first.
MOST = 10_000
#: Pages that are neither a noun's nor an editor's.
LISTS = (
    "home idea-list idea-map travel like-mine compare theme-list topic-list country-list city-list organisation-list "
    "criterion-list resource-list data submit"
).split()
NOUNS = ("theme", "topic", "country", "city", "organisation")
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"

#: A path and the day of its last change, or nothing where that isn't known.
Entry = tuple[str, str]


def parts(index: Index) -> dict[str, int]:
    """How many parts each section takes; all of them go into one sitemap when that holds them."""
    sizes = (
        {"pages": 1}
        | {name: len(index[name].values) for name in NOUNS}
        | {"ideas": len(index), "guides": len(index.guides)}
    )
    return {name: -(-size // MOST) for name, size in sizes.items() if size}


def fits(index: Index) -> bool:
    """Whether one sitemap holds every page."""
    # A few more than there are, for the lists and the pages of words.
    return len(index) + len(index.guides) + sum(len(index[name].values) for name in NOUNS) + 1000 <= MOST


def whole(index: Index) -> Iterator[str]:
    return written(chain(*(entries(index, section, 1) for section in parts(index))))


def part(index: Index, section: str, number: int) -> Iterator[str]:
    return written(entries(index, section, number))


def contents(index: Index) -> Iterator[str]:
    """The index of all parts."""
    yield f'{HEAD}<sitemapindex xmlns="{NAMESPACE}">\n'
    for section, count in parts(index).items():
        for number in range(1, count + 1):
            path = reverse("sitemap-part", args=[section, number])
            yield f"<sitemap><loc>{settings.SITE_URL}{path}</loc></sitemap>\n"
    yield "</sitemapindex>\n"


def entries(index: Index, section: str, number: int) -> Iterable[Entry]:
    if section == "pages":
        return pages()
    start, stop = (number - 1) * MOST, number * MOST
    if section == "ideas":
        return ideas(index.ids[start:stop])
    if section == "guides":
        return guides(index.guides[start:stop])
    links = Links()
    return zip((links.page(section, value) for value in list(index[section].values)[start:stop]), repeat(""))


def pages() -> Iterator[Entry]:
    lists = [reverse(name) for name in LISTS]
    yield from zip(lists, repeat(""))
    # Where a page of ours stands, no editor's can be seen.
    dated = Page.objects.exclude(path__in=lists).order_by("path").values("path").annotate(last=Max("updated"))
    for path, updated in dated.values_list("path", "last"):
        yield path, updated.isoformat()


def ideas(ids) -> Iterator[Entry]:
    """These ideas by number; one that was withdrawn since the index was made drops out."""
    if not ids:
        return
    links, rows = Links(), Idea.objects.published().filter(pk__range=(ids[0], ids[-1])).dated().order_by("pk")
    for pk, slug, updated in rows.values_list("pk", "slug", "updated").iterator(2000):
        if pk in ids:
            yield links.idea(slug), updated.isoformat()


def guides(ids) -> Iterator[Entry]:
    """The transfer guides of these ideas: each is a part of its idea, and as new as that."""
    return ((f"{path}guide/", updated) for path, updated in ideas(ids))


def written(found: Iterable[Entry]) -> Iterator[str]:
    """Each page in every language, with the names of its translations beside it: every one names all of them."""
    languages = [code for code, _name in settings.LANGUAGES]
    yield f'{HEAD}<urlset xmlns="{NAMESPACE}" xmlns:xhtml="{XHTML}">\n'
    for path, changed in found:
        lastmod = f"<lastmod>{changed}</lastmod>" if changed else ""
        urls = {code: escape(f"{settings.SITE_URL}{prefix(code)}{path}") for code in languages}
        names = urls | {"x-default": urls[settings.LANGUAGE_CODE]}
        links = "".join(f'<xhtml:link rel="alternate" hreflang="{n}" href="{url}"/>' for n, url in names.items())
        for url in urls.values():
            yield f"<url><loc>{url}</loc>{lastmod}{links}</url>\n"
    yield "</urlset>\n"
