"""Made-up ideas as plain data: the idea of a seed and a number is the same whatever else there is."""

import json
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

from catalogue.criteria import Criterion
from catalogue.folding import slugify

# Names of places: one of each put together, each once.
_FIRST = (
    "Al Ar Bel Ber Bran Cal Car Cor Dal Dor El Er Fal Fen Gar Gal Hal Har Is Kel Kor Lan Lin Lor Mal Mar Mor Nor "
    "Or Pel Ros Sal Tar Tor Val Vel"
).split()
_MIDDLE = "a e i o u an en in on un ar er ir or ur as es is os us al el il ol".split()
_LAST = (
    "burg by dale dorf field ford gate ham haven hem holm ia ica land mark mont mora ona port stad stead ton vale "
    "ville wick"
).split()
# Names of organisations, likewise. The last word says of which kind it is.
_WHAT = (
    "Open New Bright Common Warm First Second Broad Near Kind Green Blue Silver Golden Rising Shared Steady "
    "Living Young Old North South East West River Lake Hill Garden Market Station Harbour Corner Village Morning "
    "Evening Winter Summer Two Four Seven"
).split()
_OF = (
    "Door Bridge Table Bench Window Lantern Path Road Key Hand Voice Story Kitchen Thread Stone Roof Bell Compass Map "
    "Ladder Boat Sail Anchor Tree Leaf Seed Root Meadow Star Sun Moon Cloud Rain Wind Fire Bread Salt Cup Chair Book"
).split()
_KIND = {
    "Centre": "community-organisation", "Association": "community-organisation", "Circle": "community-organisation",
    "Initiative": "community-organisation", "Network": "network", "Alliance": "network", "Foundation": "foundation",
    "Trust": "foundation", "City Office": "city-government", "Council": "city-government",
    "Municipality": "city-government", "Ministry": "other-government", "Works": "employer", "Company": "employer",
    "University": "university-or-college", "College": "university-or-college", "School": "school",
    "Library": "library-or-museum", "Museum": "library-or-museum", "Union": "labour-union",
    "Bank": "financial-institution", "Radio": "media", "Clinic": "health-authority", "Police": "police",
}  # fmt: skip
CITIES = len(_FIRST) * len(_MIDDLE) * len(_LAST)
ORGANISATIONS = len(_WHAT) * len(_OF) * len(_KIND)

#: How few of many are used how often: the first places hold (1 + n / spread) ** -tail of the rest.
SPREAD = {"city": (15, 0.9), "organisation": (60, 0.7), "source": (400, 0.8)}
#: How often a made-up idea holds evidence for a criterion.
MET = {"practical": 0.8, "innovative": 0.35, "successful": 0.6, "transferable": 0.45}
BASES = (("not-stated", "told", "seen", "measured", "compared"), (50, 25, 14, 9, 2))
FIRST_DAY, DAYS = datetime(2012, 1, 2, 9, tzinfo=UTC), 5_000
NOTICE = "*This idea is made up, so that the site can be tried with very many. Nothing in it happened.*"


@dataclass(frozen=True, slots=True)
class MadeUpIdea:
    """An idea that nobody had. Nouns are named by their number among the made-up ones, terms by their slug."""

    slug: str
    title: str
    summary: str
    body: str
    city: int | None
    organisation: int | None
    partners: list[str]
    themes: list[str]
    topics: list[str]
    audiences: list[str]
    started: int | None
    ended: int | None
    published: datetime
    #: (criterion, claim, basis)
    evidence: list[tuple[str, str, str]]
    sources: list[int]
    #: (city, year, state, note)
    journeys: list[tuple[int, int | None, str, str]]


class MadeUpWorld:
    """What made-up ideas are made of: the vocabulary, the places and the words of the opening collection's files."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.themes, self.topics, self.audiences = (
            [row["slug"] for row in self.rows(name)] for name in ("01_themes", "02_topics", "03_audiences")
        )

    def rows(self, name: str) -> list[dict]:
        return [row["fields"] for row in json.loads((self.folder / f"{name}.json").read_text("utf-8"))]

    @cached_property
    def grounds(self) -> list[tuple]:
        """Where real cities lie: made-up ones lie near them, so that there are as many in each country."""
        rows = self.rows("04_cities")
        return [(row["country"], row["latitude"], row["longitude"]) for row in rows if row["latitude"] is not None]

    @cached_property
    def words(self) -> list[str]:
        """The words of real texts, each as often as it occurs there: made-up texts have them as often."""
        texts = " ".join(row["text"] for row in self.rows("08_bodies"))
        return [word for word in texts.lower().split() if word.isalpha()]

    def city(self, number: int) -> dict:
        """A made-up city near a real one."""
        chance = random.Random(f"city {number}")
        country, latitude, longitude = chance.choice(self.grounds)
        one, two, three = _digits(number * 7919 % CITIES, len(_FIRST), len(_MIDDLE))
        name = _FIRST[one] + _MIDDLE[two] + _LAST[three]
        return {
            "name": name,
            "slug": f"{slugify(name)}-made-up",
            "region": "made up",
            "country": country,
            "latitude": round(min(max(latitude + chance.uniform(-0.7, 0.7), -89), 89), 3),
            "longitude": round(min(max(longitude + chance.uniform(-0.7, 0.7), -179), 179), 3),
        }

    def organisation(self, number: int) -> dict:
        """A made-up organisation, with the number of its city."""
        chance = random.Random(f"organisation {number}")
        one, two, three = _digits(number * 7919 % ORGANISATIONS, len(_WHAT), len(_OF))
        kind = list(_KIND)[three]
        name = f"{_WHAT[one]} {_OF[two]} {kind}"
        return {
            "name": name,
            "slug": f"{slugify(name)}-made-up",
            "sector": _KIND[kind],
            "aliases": [f"{_WHAT[one][0]}{_OF[two][0]}{kind[0]}{number}"] if chance.random() < 0.2 else [],
            "description": "Made up.",
            "city": _often(chance, "city", CITIES),
        }

    def source(self, number: int) -> dict:
        """A made-up source, at an address that will never lead anywhere."""
        kind = random.Random(f"source {number}").choice(["website", "report", "news", "evaluation", "video", "toolkit"])
        return {"title": f"Made-up {kind} {number}", "url": f"https://example.org/made-up/{number}", "type": kind}

    def idea(self, seed: int, number: int) -> MadeUpIdea:
        chance = random.Random(f"{seed} {number}")
        organisation = _often(chance, "organisation", ORGANISATIONS) if chance.random() < 0.97 else None
        city = self._city_of(chance, organisation)
        topics = _some(chance, self.topics, (1, 2, 2, 3, 3, 4))
        audiences = _some(chance, self.audiences, (1, 1, 2, 2, 3))
        where = f" in {self.city(city)['name']}" if city is not None else ""
        about = f"{_spoken(topics[0]).capitalize()} for {_spoken(audiences[0])}{where}"
        title = f"Made-up idea {number}: {about}"
        started = int(chance.triangular(1975, 2025, 2012)) if chance.random() < 0.9 else None
        return MadeUpIdea(
            slug=f"made-up-{seed}-{number}-{slugify(about, 50)}",
            title=title,
            summary=self._summary(chance, about),
            body=self._body(chance, about),
            city=city,
            organisation=organisation,
            partners=[
                self.organisation(_often(chance, "organisation", ORGANISATIONS))["name"]
                for _ in range(chance.choice((0, 0, 0, 1, 2)))
            ],
            themes=sorted(_some(chance, self.themes, (1, 1, 2, 2, 3)), key=self.themes.index),
            topics=topics,
            audiences=audiences,
            started=started,
            ended=min(started + chance.randrange(1, 15), 2026) if started and chance.random() < 0.12 else None,
            published=FIRST_DAY + timedelta(days=chance.randrange(DAYS), minutes=chance.randrange(480)),
            evidence=self._evidence(chance),
            sources=sorted({_often(chance, "source", 10**6) for _ in range(chance.choice((1, 1, 2, 2, 3, 5)))}),
            journeys=self._journeys(chance) if chance.random() < 0.08 else [],
        )

    def _city_of(self, chance, organisation: int | None) -> int | None:
        if chance.random() < 0.04:
            return None
        if organisation is not None and chance.random() < 0.85:
            return self.organisation(organisation)["city"]
        return _often(chance, "city", CITIES)

    def _evidence(self, chance) -> list[tuple[str, str, str]]:
        met = [criterion for criterion in Criterion.values if chance.random() < MET[criterion]]
        return [(criterion, self._sentence(chance), chance.choices(*BASES)[0]) for criterion in met]

    def _journeys(self, chance) -> list[tuple]:
        state = ("considering", "running", "running", "ended", "unknown")
        return [
            (_often(chance, "city", CITIES), chance.choice((None, 2008, 2015, 2019)), chance.choice(state), "Made up.")
            for _ in range(chance.choice((1, 1, 1, 2, 5)))
        ]

    def _summary(self, chance, about: str) -> str:
        text = f"Made up: {about}. {self._sentence(chance)} {self._sentence(chance)}"
        return text if len(text) <= 450 else f"{text[:449].rpartition(' ')[0]}."

    def _body(self, chance, about: str) -> str:
        """About 3,500 signs on average; some texts are much shorter, a few twice as long."""
        length = min(max(chance.gauss(3_000, 1_000), 600), 9_000) / 3
        parts = [NOTICE]
        for heading in ("The challenge", "What was done", "What came of it"):
            sentences, written = [f"This part is about “{about}”."], 0
            while written < length:
                sentences.append(self._sentence(chance))
                written += len(sentences[-1]) + 1
            parts.append(f"## {heading}\n\n{' '.join(sentences)}")
        return "\n\n".join(parts)

    def _sentence(self, chance) -> str:
        return f"{' '.join(chance.choices(self.words, k=chance.randrange(7, 22))).capitalize()}."


def _digits(number: int, one: int, two: int) -> tuple[int, int, int]:
    """A number as three digits, the first two of which count to `one` and `two`."""
    rest, first = divmod(number, one)
    third, second = divmod(rest, two)
    return first, second, third


def _often(chance, noun: str, most: int) -> int:
    """The number of a noun, as it is in life: a few are met again and again, very many once."""
    spread, tail = SPREAD[noun]
    return int(spread * ((1 - chance.random()) ** (-1 / tail) - 1)) % most


def _some(chance, slugs: list[str], numbers: tuple[int, ...]) -> list[str]:
    """Some of a vocabulary, each once; its first are met more often than its last."""
    weights = [1 / (place + 3) for place in range(len(slugs))]
    return list(dict.fromkeys(chance.choices(slugs, weights, k=chance.choice(numbers))))


def _spoken(slug: str) -> str:
    return slug.replace("-", " ")
