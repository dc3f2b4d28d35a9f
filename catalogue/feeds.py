"""The newest ideas of a selection as an Atom feed (RFC 4287), for programs that follow what is new.

An idea's entry is known by its permanent address, whatever becomes of its slug, and is dated by its last news. A feed
is known by what it selects, with permanent numbers for slugs: a city that is renamed keeps its readers.
"""

import re
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, rfc3339_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalogue.exports import LICENCE, Result, results
from catalogue.filters import IdeaFilter
from catalogue.languages import bare, prefix
from catalogue.models import Act

ATOM = "application/atom+xml"
#: Entries of a feed.
NEWEST = 50
#: The year from which on this site names its feeds; RFC 4151 wants one.
NAMED_SINCE = 2026
#: Where the terms of an entry's categories are listed.
SCHEMES = {"themes": "theme-list", "topics": "topic-list"}
_UNSPEAKABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def feed_of(filter: IdeaFilter, path: str, page: str) -> str:
    """The newest ideas that match, as an Atom document. `path` is the feed's own address, `page` that of its page."""
    index = filter.index
    newest = index.page(filter.ids, "newest", 0, NEWEST)
    found = results(index, newest)
    title = _("Good Ideas – %(summary)s") % {"summary": filter.summary} if filter.summary else _("Good Ideas")
    feed = Feed(
        title=speakable(title),
        link=settings.SITE_URL + page,
        description="",
        subtitle=_("What cities do to welcome newcomers, newest first. Edition %(edition)d of the catalogue.")
        % {"edition": index.edition},
        language=get_language(),
        author_name=_("Good Ideas"),
        author_link=settings.SITE_URL + reverse("home"),
        feed_url=settings.SITE_URL + path,
        feed_guid=feed_id(filter),
        feed_copyright=LICENCE["name"],
    )
    for result in found:
        feed.add_item(result.data["title"], result.data["url"], result.data["summary"], result=result)
    feed.updated = max((updated(result) for result in found), default=None) or edition_date(index.edition)
    return feed.writeString("utf-8")


def feed_id(filter: IdeaFilter) -> str:
    """A tag URI (RFC 4151) of what is selected: the same after a city or a topic was renamed."""
    query = {name: values for name, values in filter.query.items() if name not in ("sort", "page")}
    for facet, values in filter.values.items():
        # Countries, kinds of organisation and criteria have no number; their codes never change.
        query[facet] = sorted(filter.index[facet].values[value].pk or value for value in values)
    language = prefix(get_language()).removeprefix("/")
    # A feed has an id of its own in each language; what it tells of has one in all of them.
    named = f"{language}/ideas" if language else "ideas"
    made_of = urlencode(query, doseq=True)
    return f"tag:{urlsplit(settings.SITE_URL).hostname},{NAMED_SINCE}:{named}?{made_of}".rstrip("?")


def updated(result: Result) -> datetime:
    return datetime.fromisoformat(result.data["updated"])


def edition_date(edition: int) -> datetime:
    """When an edition was made, for a feed that has no entry to be dated by."""
    act = Act.objects.filter(edition__lte=edition).order_by("-edition").first()
    return act.at if act else datetime(NAMED_SINCE, 1, 1, tzinfo=UTC)


def speakable(text: str) -> str:
    """A text without the few signs that XML can't hold."""
    return _UNSPEAKABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def feed_address(page: str) -> str:
    """The address of a page's feed: its own, with the slash replaced by an ending."""
    path, mark, query = page.partition("?")
    return f"{path.rstrip('/')}.atom{mark}{query}"


def page_feed(page: str) -> list[dict]:
    """The feed of a page, as its head names it: media type, label, address."""
    return [{"type": ATOM, "label": _("New ideas of this page"), "url": feed_address(page)}]


class Feed(Atom1Feed):
    """Django's Atom, with plain summaries, categories that name their scheme, the licence, and no clock of its own."""

    updated: datetime

    def latest_post_date(self) -> datetime:
        return self.updated

    def add_root_elements(self, handler):
        super().add_root_elements(handler)
        handler.addQuickElement("link", "", {"rel": "license", "href": LICENCE["url"]})

    def item_attributes(self, item):
        return {"xml:lang": item["result"].data["language"]}

    def add_item_elements(self, handler, item):
        data = item["result"].data
        permanent = settings.SITE_URL + reverse("short-link", args=[data["id"]])
        handler.addQuickElement("id", permanent)
        handler.addQuickElement("title", speakable(data["title"]))
        handler.addQuickElement("link", "", {"rel": "alternate", "type": "text/html", "href": data["url"]})
        handler.addQuickElement("published", rfc3339_date(datetime.fromisoformat(data["published"])))
        handler.addQuickElement("updated", rfc3339_date(updated(item["result"])))
        # Said even where it is empty: an entry without content is told by its summary.
        handler.addQuickElement("summary", speakable(data["summary"]), {"type": "text"})
        for name, route in SCHEMES.items():
            for term in data[name]:
                label = {
                    "term": term["slug"],
                    "scheme": settings.SITE_URL + bare(reverse(route)),
                    "label": term["name"],
                }
                handler.addQuickElement("category", "", {key: speakable(value) for key, value in label.items()})
        handler.addQuickElement("rights", LICENCE["name"])
