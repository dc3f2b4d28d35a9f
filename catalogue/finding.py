"""What a list says of a question: what is shown in one sentence, what became of the words, whose names they are."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.cards import Links, Ref, ideas_label
from catalogue.filters import RELEVANCE, IdeaFilter
from catalogue.index import Index, Value
from catalogue.listing import all_of, any_of, within
from catalogue.search import RANKED, lexicon
from catalogue.spelling import to_the_letter
from catalogue.words import STOP_WORDS, keys_in, surface, words

#: Names offered above the results.
OFFERED = 6
#: Of more than these the ideas aren't counted; and a word that so many longer names have isn't taken for one.
WEIGHED, COMMON = 15, 100
#: Facets whose values have a page with a name of its own, in the order in which they are offered.
NAMED = ("country", "city", "topic", "theme", "organisation")
#: Who leads, as the end of "led by …".
LEADERS = {
    "city-government": gettext_lazy("city governments"),
    "other-government": gettext_lazy("other governments"),
    "community-organisation": gettext_lazy("community organisations"),
    "foundation": gettext_lazy("foundations"),
    "employer": gettext_lazy("employers"),
    "university-or-college": gettext_lazy("universities or colleges"),
    "school": gettext_lazy("schools"),
    "library-or-museum": gettext_lazy("libraries or museums"),
    "labour-union": gettext_lazy("labour unions"),
    "resident-or-business-association": gettext_lazy("residents’ or business associations"),
    "police": gettext_lazy("the police"),
    "health-authority": gettext_lazy("health authorities"),
    "urban-planning": gettext_lazy("urban planners"),
    "financial-institution": gettext_lazy("financial institutions"),
    "media": gettext_lazy("the media"),
    "network": gettext_lazy("networks"),
    "other": gettext_lazy("others"),
}


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to know about a search, perhaps with a link to another."""

    text: str
    label: str = ""
    url: str = ""


def sentence(filter: IdeaFilter) -> str:
    """What is shown, such as “12 ideas about language learning in Canada, led by libraries”; empty when it is all."""
    if not filter.active:
        return ""
    return ideas_label(len(filter.ids)) + "".join(_parts(filter))


def looked_for(filter: IdeaFilter) -> str:
    """What to say when there is nothing."""
    return _("You looked for ideas%(parts)s. Loosen one filter:") % {"parts": "".join(_parts(filter))}


def _parts(filter: IdeaFilter) -> list[str]:
    def either(facet, names=None, joined=any_of):
        values = filter.index[facet].values
        return joined(names[key] if names else values[key].label for key in filter.values.get(facet, ()))

    parts = []
    if filter.found:
        parts.append(_(" matching “%(words)s”") % {"words": filter.found.shown.text})
    said = (
        ("theme", _(" on the theme %(names)s"), either("theme")),
        ("topic", _(" about %(names)s"), within(either("topic"))),
        ("audience", _(" for %(names)s"), within(either("audience"))),
        ("city", _(" in %(names)s"), either("city")),
        ("country", _(" in %(names)s"), either("country")),
        ("organisation", _(", by %(names)s"), either("organisation")),
        ("sector", _(", led by %(names)s"), either("sector", names=LEADERS)),
        ("criterion", _(", with evidence that they are %(names)s"), either("criterion", joined=all_of).lower()),
    )
    parts += [text % {"names": names} for _facet, text, names in said if names]
    first, last = filter.years
    if first or last:
        years = {
            (True, True): _(", begun %(first)s to %(last)s"),
            (True, False): _(", begun in %(first)s or later"),
            (False, True): _(", begun in %(last)s or earlier"),
        }
        parts.append(years[bool(first), bool(last)] % {"first": first, "last": last})
    return parts


def notices(filter: IdeaFilter, path: str) -> list[Notice]:
    """What the reader should know of how the words were taken."""
    found, said = filter.found, []
    if found is None:
        return said
    if found.asked.cut:
        said.append(Notice(_("That is a long question: only its first 200 characters were looked for.")))
    if found.corrected:
        text = _("No idea has “%(asked)s”. These have “%(shown)s”.")
        label = _("Look for “%(asked)s” as it is written")
        names = {"asked": found.asked.text, "shown": found.shown.text}
        said.append(Notice(text % names, label % names, path + filter.address(q=to_the_letter(found.asked))))
    if found.suggestion:
        said.append(Notice(_("Did you mean"), found.suggestion, path + filter.address(q=found.suggestion)))
    if found.order is None and filter.order == RELEVANCE and filter.ids:
        text = _("More than %(number)s ideas have these words: too many to put in order of relevance, so newest first.")
        said.append(Notice(text % {"number": number_format(RANKED, force_grouping=True)}))
    return said


def why_nothing(filter: IdeaFilter) -> str:
    """Why the words alone can't find anything, as a sentence; empty when they could."""
    query = filter.found.asked if filter.found else None
    if query is None or query.wanted:
        return ""
    if query.only_excludes:
        return _("That only says what to leave out. Say also what to look for.")
    if any(surface(word) for word in words(query.text)):
        return _("Those words stand in nearly every text. Add one that says more.")
    return _("There is no word in that to look for.")


def offers(filter: IdeaFilter, links: Links) -> list[Ref]:
    """The places, topics and organisations whose names the words are, with how many ideas each has."""
    found = filter.found
    asked = found.shown.wanted if found else []
    looked_for = frozenset(keys_in("en")[word] for clause in asked for word in clause.words)
    if not looked_for:
        return []
    near = {}
    for facet, word in product(NAMED, looked_for):
        for value, name in _names(filter.index, facet).get(word, ()):
            if name <= looked_for or looked_for <= name:
                rank = 0 if name == looked_for else 1 if name <= looked_for else 2
                near[facet, value] = min(rank, near.get((facet, value), rank))
    kinds = {"country": _("country"), "city": _("city"), "topic": _("topic"), "theme": _("theme")}
    if list(near.values()).count(2) > COMMON:
        # A word of so many names is nobody's name.
        near = {value: rank for value, rank in near.items() if rank < 2}
    refs = []
    for facet, key in sorted(near, key=lambda value: (near[value], NAMED.index(value[0]), value[1]))[:WEIGHED]:
        value, rank = filter.index[facet].values[key], near[facet, key]
        count = filter.index.ids.intersection_cardinality(filter.index[facet].matching(key))
        ref = links.ref(facet, value, count, kinds.get(facet, _("organisation")))
        refs.append((rank, NAMED.index(facet) if rank < 2 else 0, -count, value.label, ref))
    return [ref for *_order, ref in sorted(refs, key=lambda entry: entry[:-1])[:OFFERED]]


#: For each facet its values and the aliases, and what was made of them: most editions leave both as they were.
_held: dict[str, tuple[dict, dict, dict]] = {}


def _names(index: Index, facet: str) -> dict[str, list[tuple[str, frozenset]]]:
    """For each word, the values of a facet whose names have it, each with all the words of that name."""
    values = index[facet].values
    aliases = lexicon(index.edition).aliases if facet == "organisation" else {}
    held = _held.get(facet)
    if held is None or held[0] is not values or held[1] != aliases:
        by_word: dict[str, list] = {}
        for key, value in values.items():
            for name in filter(None, map(_keys, (*_spellings(value), *aliases.get(key, ())))):
                for word in name:
                    by_word.setdefault(word, []).append((key, name))
        _held[facet] = held = (values, aliases, by_word)
    return held[2]


def _spellings(value: Value) -> list[str]:
    return list(dict.fromkeys(value.names.values())) if value.names else [value.name]


@lru_cache(maxsize=50_000)
def _keys(name: str) -> frozenset[str]:
    """The keys of a name's words, but for those that stand in every text."""
    return frozenset(keys_in("en")[word] for word in words(name) if surface(word) not in STOP_WORDS) - {""}
