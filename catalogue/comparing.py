"""Ideas side by side: which of those asked for can be shown, and the rows in which they are alike or differ."""

import re
from dataclasses import dataclass, field, replace

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from catalogue.cards import Links, ThemeRef, permalink
from catalogue.criteria import Criterion, criterion_texts
from catalogue.finding import Notice
from catalogue.index import Index
from catalogue.models import Adaptation, Idea, Redirect
from catalogue.models.vocabulary import in_language
from catalogue.travel import to_city

#: So many stand side by side; more would leave each too narrow a column to read.
MOST = 4
#: So many are looked for; a longer list is no choice that somebody made.
LOOKED_FOR = 20
_SLUG = re.compile(r"[-a-z0-9_]{1,80}")


@dataclass(frozen=True, slots=True)
class Value:
    """Something that an idea has in a row. It is `own` when not every other idea beside it has it too."""

    label: str
    url: str = ""
    note: str = ""
    own: bool = False
    #: Of the label, where it isn't in the reader's.
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """What one idea has in a row: values, or sentences; or the word that nothing is known."""

    who: str = ""
    values: list[Value] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    none: str = ""
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that is compared. `alike` says in words that all have the same."""

    label: str
    cells: list[Cell]
    mark: str = ""
    alike: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """An idea at the head of its column; `without` is the address of the same choice without it."""

    who: str
    where: str
    title: str
    url: str
    lang: str
    themes: list[ThemeRef]
    without: str


@dataclass
class Choice:
    """The ideas that an address asks for: those that can be shown, in its order, and why the others can't."""

    ideas: list[Idea] = field(default_factory=list)
    left_out: list[Notice] = field(default_factory=list)
    #: The slugs that the address should have instead, where some of them are old ones.
    renamed: list[str] | None = None

    @property
    def slugs(self) -> list[str]:
        return [idea.slug for idea in self.ideas]

    def leave_out(self, name: str, reason: str, label: str = "", url: str = "") -> None:
        text = _("“%(name)s” isn’t shown: %(reason)s.") % {"name": name, "reason": reason}
        self.left_out.append(Notice(text, label, url))


def chosen(given: list[str], links: Links) -> Choice:
    """What a list of slugs asks for. One given twice counts once; an old one stands for the idea that it leads to."""
    slugs = list(dict.fromkeys(text.strip() for text in given if text.strip()))
    asked, ignored = slugs[:LOOKED_FOR], len(slugs) - LOOKED_FOR
    sound = [slug for slug in asked if _SLUG.fullmatch(slug)]
    known = {idea.slug: idea for idea in Idea.objects.seen().for_comparing().filter(slug__in=sound)}
    led = {slug: idea.stand_in.slug for slug, idea in known.items() if idea.stand_in is not idea}
    if missing := [slug for slug in sound if slug not in known]:
        led |= Redirect.objects.slugs_led_to(missing, Idea)
    if led:
        return Choice(renamed=list(dict.fromkeys(led.get(slug, slug) for slug in slugs)))
    choice, full = Choice(), _("only %(most)d fit side by side") % {"most": MOST}
    for slug in asked:
        idea = known.get(slug)
        if idea is None:
            choice.leave_out(slug[:80], _("no idea has this address"))
        elif not idea.is_published:
            choice.leave_out(idea.title, _("it was withdrawn"), _("Why it was"), links.idea(idea.slug))
        elif len(choice.ideas) == MOST:
            choice.leave_out(idea.title, full, _("See it alone"), links.idea(idea.slug))
        else:
            choice.ideas.append(idea)
    if ignored > 0:
        text = ngettext("%(count)d more was asked for: %(full)s.", "%(count)d more were asked for: %(full)s.", ignored)
        choice.left_out.append(Notice(text % {"count": ignored, "full": full}))
    return choice


def columns(ideas: list[Idea], index: Index, links: Links, address) -> list[Column]:
    """The heads of the table. `address` makes the address of a choice from its slugs."""
    themes = {value.value: links.theme(value) for value in index["theme"].values.values()}
    slugs = [idea.slug for idea in ideas]
    return [
        Column(
            who=_who(idea),
            where=idea.where,
            title=idea.title,
            url=links.idea(idea.slug),
            lang=_lang(idea),
            themes=[themes[value.value] for value in index["theme"].of(idea.pk)],
            without=address([slug for slug in slugs if slug != idea.slug]),
        )
        for idea in ideas
    ]


def rows(ideas: list[Idea], index: Index, links: Links) -> list[Row]:
    """Everything that is compared, each row with a cell for every idea; one query, for the journeys."""
    unknown, travelled = _("Not recorded"), _travelled(ideas, links)
    found = [
        _row(_("Led by"), ideas, lambda idea: _leader(idea, index, links), unknown),
        _row(_("With"), ideas, lambda idea: [Value(name) for name in idea.partners], unknown),
        _row(_("Started"), ideas, lambda idea: _year(idea.started), unknown),
        _row(_("Ended"), ideas, lambda idea: _year(idea.ended), unknown),
        _row(_("Who it is for"), ideas, lambda idea: _terms("audience", idea, index, links), unknown),
        _row(_("Topics"), ideas, lambda idea: _terms("topic", idea, index, links), unknown),
        _told(_("In short"), ideas, lambda idea: [idea.summary] if idea.summary else [], unknown),
        *(_criterion(criterion, ideas) for criterion in Criterion.values),
        _row(_("Travelled to"), ideas, lambda idea: travelled.get(idea.pk, []), unknown),
        _row(_("Sources"), ideas, lambda idea: _sources(idea, links), unknown, compared=False),
        # For whoever holds it on paper.
        _row(_("Permanent link"), ideas, lambda idea: [Value(permalink(idea.pk))], unknown, compared=False),
    ]
    # A row that says nothing of any of them, such as that none has ended, is left out.
    return [row for row in found if any(cell.values or cell.sentences for cell in row.cells)]


def _row(label: str, ideas: list[Idea], values, none: str, compared: bool = True) -> Row:
    found = [values(idea) for idea in ideas]
    labels = [{value.label for value in mine} for mine in found]
    common = set.intersection(*labels) if compared and len(ideas) > 1 else set()
    alike = bool(common) and all(mine == common for mine in labels)
    if common:
        # Where nothing is common all would be marked, which tells nobody anything.
        found = [[replace(value, own=value.label not in common) for value in mine] for mine in found]
    cells = [Cell(_who(idea), values=mine, none="" if mine else none) for idea, mine in zip(ideas, found, strict=True)]
    return Row(label, cells, alike=_("the same for all") if alike else "")


def _told(label: str, ideas: list[Idea], sentences, none: str, mark: str = "") -> Row:
    cells = []
    for idea in ideas:
        found = sentences(idea)
        cells.append(Cell(_who(idea), sentences=found, none="" if found else none, lang=_lang(idea)))
    return Row(label, cells, mark)


def _criterion(criterion: str, ideas: list[Idea]) -> Row:
    def claims(idea):
        return [row.claim for row in idea.evidence.all() if row.criterion == criterion]

    label = in_language(criterion_texts()[criterion]["name"])
    return _told(label, ideas, claims, _("No evidence recorded yet"), mark=f"m-{criterion}")


def _leader(idea: Idea, index: Index, links: Links) -> list[Value]:
    organisation = index.first("organisation", idea.pk)
    if organisation is None:
        return []
    sector = index["sector"].values[organisation.sector].label
    return [Value(organisation.label, links.page("organisation", organisation.value), sector)]


def _terms(facet: str, idea: Idea, index: Index, links: Links) -> list[Value]:
    return [Value(value.label, links.page(facet, value.value), lang=value.lang) for value in index[facet].of(idea.pk)]


def _year(year: int | None) -> list[Value]:
    return [Value(str(year))] if year else []


def _sources(idea: Idea, links: Links) -> list[Value]:
    if not idea.source_count:
        return []
    label = ngettext("%(count)d source", "%(count)d sources", idea.source_count) % {"count": idea.source_count}
    return [Value(label, f"{links.idea(idea.slug)}#sources")]


def _travelled(ideas: list[Idea], links: Links) -> dict[int, list[Value]]:
    """The places that each idea reached, in one query; a place that took it up twice is named once."""
    journeys = Adaptation.objects.shown().filter(idea__in=ideas).select_related("city", "became__city").in_order()
    found: dict[int, dict[str, Value]] = {}
    for row in journeys:
        city = to_city(row)
        value = Value(city.name, links.page("city", city.slug), city.country_name) if city else Value(row.to_name)
        if value.label:
            found.setdefault(row.idea_id, {}).setdefault(value.label, value)
    return {pk: list(values.values()) for pk, values in found.items()}


def _who(idea: Idea) -> str:
    """What names an idea within a cell on a small screen: its city, or its title where it belongs to none."""
    return idea.city.name if idea.city_id else idea.title


def _lang(idea: Idea) -> str:
    return "" if idea.language == get_language() else idea.language
