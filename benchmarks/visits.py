"""What readers ask for and how its answer is judged: a mix of pages, some often and most seldom."""

import html
import itertools
import json
import random
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode
from xml.etree import ElementTree

#: Of a hundred visits. An idea's page is what search engines and links lead to.
MIX = {
    "idea": 38,
    "list, filtered": 14,
    "list, words": 10,
    "home": 8,
    "JSON": 8,
    "suggestions": 6,
    "city": 6,
    "map": 4,
    "theme": 3,
    "feed": 2,
    "CSV": 1,
}
#: One visit of three is in another language than English.
PREFIXES = ("", "", "", "", "", "", "/fr", "/de", "/es")
WORDS = (
    "mentoring refugees",
    "language learning",
    "city council",
    "tournament",
    "janitors",
    "housing",
    "músic",
    "wrok",
)
_HEADING = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)


@dataclass(frozen=True)
class Visit:
    """One request: what kind of page, its address, and what is wrong with the text of an answer ('' when nothing)."""

    kind: str
    address: str
    wrong: Callable[[str], str]


class Titles:
    """What an idea may be called in an answer: what it was called when that was asked for, or has been called since."""

    def __init__(self, titles: dict[int, str]):
        self._all = {key: [title] for key, title in titles.items()}
        self._known = dict.fromkeys(titles, 0)
        self._lock = threading.Lock()

    def add(self, key: int, title: str) -> None:
        """One more idea is published."""
        with self._lock:
            self._all[key], self._known[key] = [title], 0

    def sending(self, key: int, title: str) -> None:
        """An editor sends it: from now on it may be shown."""
        with self._lock:
            self._all[key].append(title)

    def saved(self, key: int) -> None:
        """The editor was told that it is saved: from now on what was before may not be shown."""
        with self._lock:
            self._known[key] = len(self._all[key]) - 1

    def now(self, key: int) -> int:
        """To be asked before a request is sent."""
        return self._known[key]

    def since(self, key: int, known: int) -> list[str]:
        with self._lock:
            return self._all[key][known:]


class World:
    """What the catalogue holds, as readers and links know it: the first of each list is asked for most."""

    def __init__(self, chance: random.Random):
        from catalogue.models import City, Idea, Theme, Topic

        published = Idea.objects.published()
        ideas = list(published.order_by("pk").values_list("pk", "slug", "title"))
        cities = list(City.objects.filter(ideas__in=published).distinct().order_by("pk").values_list("slug", "name"))
        chance.shuffle(ideas)
        chance.shuffle(cities)
        self.titles = Titles({key: title for key, _slug, title in ideas})
        self.ideas, self.cities = _Often(ideas), _Often(cities)
        self.themes = [(theme.slug, theme.name["en"]) for theme in Theme.objects.order_by("order")]
        self.topics = _Often(list(Topic.objects.filter(ideas__in=published).distinct().values_list("slug", flat=True)))
        codes = (
            City.objects.filter(ideas__in=published).values_list("country", flat=True).distinct().order_by("country")
        )
        self.countries = _Often(list(codes))
        self.words = sorted({word for _key, _slug, title in ideas for word in re.findall(r"[a-z]{5,}", title.lower())})

    def visit(self, chance: random.Random) -> Visit:
        """One of the mix."""
        [kind] = chance.choices(list(MIX), MIX.values())
        prefix = chance.choice(PREFIXES)
        return getattr(self, f"_{re.sub(r'[^a-z]+', '_', kind.lower())}")(kind, prefix, chance)

    def page_of(self, key: int, slug: str, prefix: str = "") -> Visit:
        known = self.titles.now(key)

        def wrong(text: str) -> str:
            if f"/i/{key}/" not in text:
                return "it is another page"
            if not prefix and heading(text) not in map(letters, self.titles.since(key, known)):
                return f"its heading is {heading(text)!r}, not {self.titles.since(key, known)}"
            return _whole(text)

        return Visit("idea", f"{prefix}/ideas/{slug}/", wrong)

    def _idea(self, kind, prefix, chance) -> Visit:
        key, slug, _title = self.ideas.one(chance)
        return self.page_of(key, slug, prefix)

    def _home(self, kind, prefix, chance) -> Visit:
        return Visit(kind, f"{prefix}/", _whole)

    def _map(self, kind, prefix, chance) -> Visit:
        query = _query(chance.choice([{}, self._filters(chance)]))
        return Visit(kind, f"{prefix}/map/{query}", lambda text: _whole(text) or ("" if "<svg" in text else "no map"))

    def _filters(self, chance) -> dict[str, str]:
        found = {}
        for name, value in (
            ("theme", chance.choice(self.themes)[0]),
            ("country", self.countries.one(chance)),
            ("topic", self.topics.one(chance)),
        ):
            if chance.random() < 0.5:
                found[name] = value
        return found

    def _list_filtered(self, kind, prefix, chance) -> Visit:
        page = {"page": "2"} if chance.random() < 0.2 else {}
        # Without any filter there is a second page; with some there may be none.
        query = page or self._filters(chance)
        return Visit(kind, f"{prefix}/ideas/{_query(query)}", _whole)

    def _list_words(self, kind, prefix, chance) -> Visit:
        return Visit(kind, f"{prefix}/ideas/{_query({'q': self._asked(chance)})}", _whole)

    def _asked(self, chance) -> str:
        return chance.choice([chance.choice(WORDS), " ".join(chance.sample(self.words, 2))])

    def _json(self, kind, prefix, chance) -> Visit:
        theme, _name = chance.choice(self.themes)

        def wrong(text: str) -> str:
            told = json.loads(text)
            found = [[one["slug"] for one in result["themes"]] for result in told["results"]]
            if len(found) != min(20, told["count"]):
                return f"{len(found)} results of {told['count']}"
            return "" if all(theme in slugs for slugs in found) else f"an idea without the theme {theme}"

        return Visit(
            kind, f"{prefix}/ideas.json{_query({'theme': theme, 'country': self.countries.one(chance)})}", wrong
        )

    def _suggestions(self, kind, prefix, chance) -> Visit:
        typed = chance.choice(self.words)[: chance.randint(2, 5)]
        return Visit(
            kind, f"{prefix}/suggest.json?q={typed}", lambda text: "" if "suggestions" in json.loads(text) else "none"
        )

    def _city(self, kind, prefix, chance) -> Visit:
        slug, name = self.cities.one(chance)
        return Visit(kind, f"{prefix}/cities/{slug}/", lambda text: _called(text, name))

    def _theme(self, kind, prefix, chance) -> Visit:
        slug, name = chance.choice(self.themes)
        return Visit(kind, f"{prefix}/themes/{slug}/", lambda text: _whole(text) if prefix else _called(text, name))

    def _feed(self, kind, prefix, chance) -> Visit:
        theme, _name = chance.choice(self.themes)

        def wrong(text: str) -> str:
            entries = ElementTree.fromstring(text).findall("{http://www.w3.org/2005/Atom}entry")
            return "" if len(entries) == 50 else f"{len(entries)} entries"

        return Visit(kind, f"{prefix}/ideas.atom?theme={theme}", wrong)

    def _csv(self, kind, prefix, chance) -> Visit:
        theme, _name = chance.choice(self.themes)
        query = _query({"theme": theme, "country": self.countries.one(chance)})
        return Visit(
            kind, f"{prefix}/ideas.csv{query}", lambda text: "" if "edition,id,slug" in text[:40] else "no table"
        )


class _Often:
    """A list of which the first is asked for most, the second half as often, the third a third as often (Zipf)."""

    def __init__(self, these: list):
        self.these = these
        self.weights = list(itertools.accumulate(1 / rank for rank in range(1, len(these) + 1)))

    def one(self, chance: random.Random):
        return chance.choices(self.these, cum_weights=self.weights)[0]


def letters(text: str) -> str:
    """Its letters and digits: hyphens and blanks are set as good printers set them."""
    return "".join(one for one in text if one.isalnum())


def heading(text: str) -> str:
    found = _HEADING.search(text)
    return letters(html.unescape(re.sub(r"<[^>]*>", "", found[1]))) if found else ""


def _whole(text: str) -> str:
    return "" if text.rstrip().endswith("</html>") and heading(text) else "it isn't a whole page"


def _called(text: str, name: str) -> str:
    return _whole(text) or ("" if letters(name) in heading(text) else f"its heading is {heading(text)!r}, not {name!r}")


def _query(fields: dict[str, str]) -> str:
    return f"?{urlencode(fields)}" if fields else ""
