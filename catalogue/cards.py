"""What a list shows of an idea: a card, made from one query for the rows and from the index for every name."""

from dataclasses import dataclass, field

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from catalogue.folding import first_sentences
from catalogue.grammar import Query
from catalogue.index import Index, Value
from catalogue.marking import Marker, plain_text
from catalogue.models import Idea
from catalogue.models.search_text import with_texts


@dataclass(frozen=True, slots=True)
class Ref:
    """A link in words, with a number where it has one."""

    label: str
    url: str = ""
    count: int | None = None
    count_label: str = ""
    note: str = ""
    current: bool = False
    #: Of the label, where it isn't in the reader's language.
    lang: str = ""


@dataclass(frozen=True, slots=True)
class ThemeRef:
    """A theme as a link: drawn with its mark, its word and its colour."""

    slug: str
    name: str
    url: str
    description: str = ""
    count: int | None = None
    count_label: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """An idea in a list."""

    id: int
    slug: str
    url: str
    title: str
    lang: str
    summary: str
    excerpt: str
    by: str
    year: str
    city: Ref | None = None
    country: Ref | None = None
    organisation: Ref | None = None
    themes: list[ThemeRef] = field(default_factory=list)
    travelled_label: str = ""
    criteria_count: int = 0
    criteria_label: str = ""
    #: The title as HTML, with the words that were looked for marked; empty where there were none.
    marked: str = ""


def ideas_label(count: int) -> str:
    """ "70 ideas", in the reader's language."""
    return ngettext("%(count)d idea", "%(count)d ideas", count) % {"count": count}


def permalink(pk: int) -> str:
    """The address of an idea that outlasts every other, with the site's own name before it."""
    return settings.SITE_URL + reverse("short-link", args=[pk])


class Links:
    """The addresses of list and detail pages, computed once a request and not once a card."""

    def __init__(self):
        self.ideas = reverse("idea-list")
        self._folders = {
            "theme": reverse("theme-list"),
            "topic": reverse("topic-list"),
            "city": reverse("city-list"),
            "organisation": reverse("organisation-list"),
            "country": reverse("country-list"),
        }

    def idea(self, slug: str) -> str:
        return f"{self.ideas}{slug}/"

    def filtered(self, facet: str, value: str) -> str:
        return f"{self.ideas}?{facet}={value}"

    def page(self, facet: str, value: str) -> str:
        """The page of a facet's value, or the list filtered by it where it has no page of its own."""
        folder = self._folders.get(facet)
        return f"{folder}{value.lower()}/" if folder else self.filtered(facet, value)

    def ref(self, facet: str, value: Value | None, count: int | None = None, note: str = "") -> Ref | None:
        if value is None:
            return None
        label = "" if count is None else ideas_label(count)
        return Ref(value.label, self.page(facet, value.value), count, label, note, lang=value.lang)

    def theme(self, value: Value, count: int | None = None) -> ThemeRef:
        return ThemeRef(
            value.value,
            value.label,
            self.page("theme", value.value),
            "",
            count,
            "" if count is None else ideas_label(count),
        )


def place_of(index: Index, idea: int, links: Links) -> tuple[Ref | None, Ref | None]:
    """City and country of an idea, as links."""
    city = index.first("city", idea)
    if city is None:
        return None, None
    country = index["country"].values[city.country]
    return links.ref("city", city), links.ref("country", country)


def cards(index: Index, ids: list[int], links: Links | None = None, words: Query | None = None) -> list[Card]:
    """The cards of these ideas, in this order, with the words that were looked for marked.

    One query; an idea withdrawn since the index was made drops out. Each is told in the reader's language where a
    reviewed translation into it is published.
    """
    links = links or Links()
    language = get_language()
    found = Idea.objects.for_cards(ids).told_in(language)
    rows = {idea.pk: idea for idea in (with_texts(found) if words else found)}
    themes = {value.value: links.theme(value) for value in index["theme"].values.values()}
    since, criteria = _("%(organisation)s, since %(year)d"), _("%(count)d of 4 criteria")
    found = []
    for pk in ids:
        idea = rows.get(pk)
        if idea is None:
            continue
        city, country = place_of(index, pk, links)
        organisation = index.first("organisation", pk)
        by = organisation.label if organisation else ""
        if by and idea.started:
            by = since % {"organisation": by, "year": idea.started}
        title, summary = idea.told_title or idea.title, idea.told_summary or idea.summary
        spoken = language if idea.told_title else idea.language
        travelled, met = index.travels_of(pk), sum(index.criteria_of(pk).values())
        found.append(
            Card(
                id=pk,
                slug=idea.slug,
                url=links.idea(idea.slug),
                title=title,
                lang="" if spoken == language else spoken,
                summary=summary,
                excerpt=excerpt_of(idea, words, language),
                by=by,
                year=str(idea.started or ""),
                city=city,
                country=country,
                organisation=links.ref("organisation", organisation),
                themes=[themes[value.value] for value in index["theme"].of(pk)],
                travelled_label=ngettext("%(count)d more place", "%(count)d more places", travelled)
                % {"count": travelled}
                if travelled
                else "",
                criteria_count=met,
                criteria_label=criteria % {"count": met} if met else "",
                marked=Marker(words, spoken).mark(title) if words else "",
            )
        )
    return found


def excerpt_of(idea: Idea, words: Query | None, language: str) -> str:
    """What a card shows of its text: the beginning of the summary, or where the words stand that were looked for."""
    if words is None:
        return first_sentences(idea.told_summary or idea.summary)
    if idea.told_title:
        # Without the claims that aren't translated: an excerpt is in one language.
        claims = (idea.told_claims or "").split("\n")
        return Marker(words, language).excerpt(idea.told_summary, plain_text(idea.told_text), *claims)
    claims = (idea.claims or "").split("\n")
    return Marker(words, idea.language).excerpt(idea.summary, plain_text(idea.text or ""), *claims)
