"""What `python -m benchmarks` measures: each function is one part, run in a process of its own, and gives rows."""

import gc
import gzip
import os
import time
from collections.abc import Callable

import django
from django.conf import settings

django.setup()
# Names of files as they are: a checkout that never served has no hashed ones.
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"

from django.db import connection  # noqa: E402
from django.db.models import Count, F, Q  # noqa: E402
from django.db.models.expressions import RawSQL  # noqa: E402
from django.http import QueryDict  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from benchmarks import client  # noqa: E402
from catalogue import catching_up, search  # noqa: E402
from catalogue import index as indexes  # noqa: E402
from catalogue.facets import FACETS, LISTED  # noqa: E402
from catalogue.filters import IdeaFilter  # noqa: E402
from catalogue.grammar import exactly, for_postgresql, for_sqlite  # noqa: E402
from catalogue.models import City, Edition, Evidence, Idea, Organisation, Theme  # noqa: E402

#: The questions without words, from all ideas down to few.
QUESTIONS = {
    "nothing": "",
    "a theme": "theme=work",
    "a theme and a country": "theme=learn&country=ca",
    "two topics, two criteria, years": "topic=housing&topic=health&criterion=practical&criterion=successful"
    "&started_min=2005",
}
#: And with words, from rare to frequent.
WORDS = ("mentoring refugees", "tournament", "janitors", '"city council"', "language learning")
MIB = 1 << 20


#: With few ideas every way is quick: what compares two of them counts from so many on.
MANY = 20_000


def row(
    id: str, what: str, value: float, unit: str, target: float | None = None, sign: str = "≤", least: int = 0
) -> dict:
    """A line of the table; its target, where it has one, counts from `least` ideas on."""
    return {
        "id": id, "what": what, "value": float(value), "unit": unit, "target": target, "sign": sign, "least": least
    }  # fmt: skip


def seconds(work: Callable[[], object], least: int = 5, most: float = 2.0) -> float:
    """The time of some work at its fastest, tried for up to two seconds: other work on the machine only adds to it."""
    times, end = [], time.perf_counter() + most
    while len(times) < least or (time.perf_counter() < end and len(times) < 50):
        times.append(once(work))
    return min(times)


def once(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def private() -> int:
    """Bytes of memory that are this process's own."""
    return client.private(os.getpid())


def browser() -> Client:
    """Somebody who asks for whole pages and, having a session, is answered past every cache of pages."""
    reader = Client(SERVER_NAME="127.0.0.1")
    reader.cookies[settings.SESSION_COOKIE_NAME] = "of-a-benchmark"
    return reader


# T3, T4, T5, T6: facets, words and pages


def facets() -> list[dict]:
    index = indexes.current()
    ids = index.page(index.ids, "newest", 0, 20)
    twenty = seconds(lambda: list(Idea.objects.for_cards(ids).values_list("id", "slug", "title", "summary")))
    read = seconds(lambda: asked(index, "theme=learn&country=ca"))
    rows = [row("T3", "twenty rows by their keys", twenty * 1000, "ms")]
    rows.append(row("", "a question read", read * 1000, "ms"))
    for name, query in QUESTIONS.items():
        ours = min(counts(index, query) for _ in range(50))
        grouped = seconds(lambda q=query: group_by(index, q), 2)
        rows.append(row("T3", f"every facet's counts, {name}", ours * 1000, "ms"))
        rows.append(row("T3", f"every facet's counts to twenty rows, {name}", ours / twenty, "×", 4, least=MANY))
        rows.append(row("T4", f"one GROUP BY a facet, {name}", grouped * 1000, "ms"))
        rows.append(row("T4", f"one GROUP BY a facet to our counts, {name}", grouped / ours, "×", 200, "≥", MANY))
    search.find("warm", index.edition, index.ids, index.orders["newest"])
    for words in WORDS:
        query = f"q={words}".replace(" ", "+")
        first = min(first_time(index, query) for _ in range(9))
        again = min(counts(index, query) for _ in range(20))
        hits, grouped = len(IdeaFilter(QueryDict(query), index).ids), seconds(lambda q=query: group_by(index, q), 2)
        rows.append(row("T3", f"{words} ({hits:,} found), first time", first * 1000, "ms"))
        rows.append(row("T3", f"{words}, first time, to twenty rows", first / twenty, "×", 30, least=MANY))
        rows.append(row("T3", f"{words}, again, to twenty rows", again / twenty, "×", 4, least=MANY))
        rows.append(row("T4", f"{words}: one GROUP BY a facet to our first time", grouped / first, "×", 3, "≥", MANY))
    return rows + pages(index)


def asked(index, query: str) -> IdeaFilter:
    """A question that has been read and not answered yet."""
    filter = IdeaFilter(QueryDict(query), index)
    _ = filter.faults
    return filter


def counts(index, query: str) -> float:
    """The time of counting every facet, as the list and the JSON ask for it."""
    filter = asked(index, query)
    return once(lambda: [index.fullest(name, filter.counted(name), LISTED) for name in FACETS])


def first_time(index, query: str) -> float:
    """As for a reader whose words nobody looked for before; what search holds for all queries stays."""
    search._held.clear()
    return counts(index, query)


def group_by(index, query: str) -> dict:
    """The same counts by one GROUP BY a facet, over indexed columns: what a catalogue without an index of sets does."""
    filter = IdeaFilter(QueryDict(query), index)
    conditions = {facet: _condition(facet, values) for facet, values in filter.values.items()}
    first, last = filter.years
    if first or last:
        conditions["started"] = Q(started__gte=first or 0, started__lte=last or 9999)
    if filter.found:
        conditions["q"] = Q(pk__in=_hits(filter.found.shown))
    found = {}
    for facet, column in COLUMNS.items():
        ideas = Idea.objects.published()
        for name, condition in conditions.items():
            if name != facet or facet == "criterion":
                ideas = ideas.filter(condition)
        distinct = facet == "criterion"
        rows = ideas.order_by().values_list(column).annotate(n=Count("id", distinct=distinct)).order_by(F("n").desc())
        found[facet] = list(rows[:LISTED])
    return found


COLUMNS = {
    "theme": "themes", "topic": "topics", "audience": "audiences", "country": "city__country", "city": "city",
    "organisation": "organisation", "sector": "organisation__sector", "criterion": "evidence__criterion",
}  # fmt: skip


def _condition(facet: str, values: list[str]) -> Q:
    if facet == "criterion":
        return Q(*(Q(pk__in=Evidence.objects.filter(criterion=value).values("idea")) for value in values))
    if facet in {"theme", "topic", "audience"}:
        through = getattr(Idea, f"{facet}s").through.objects
        return Q(pk__in=through.filter(**{f"{facet}__slug__in": values}).values("idea"))
    return Q(**{{"country": "city__country__in"}.get(facet, f"{facet}__slug__in"): values})


def _hits(query) -> RawSQL:
    assert not exactly(query.wanted, query.excluded), "Only words and pairs of them are measured."
    if connection.vendor == "postgresql":
        text = for_postgresql(query.wanted, query.excluded)
        return RawSQL("SELECT idea_id FROM catalogue_searchtext WHERE vector @@ %s::tsquery", [text])
    text = for_sqlite(query.wanted, query.excluded)
    return RawSQL("SELECT rowid FROM catalogue_searchindex WHERE catalogue_searchindex MATCH %s", [text])


def pages(index) -> list[dict]:
    """Whole pages, uncached: how many queries, and whether the last is slower than the first."""
    reader, most = browser(), 0
    for query in (
        *QUESTIONS.values(),
        "sort=title",
        "sort=city&page=2",
        "q=mentoring",
        "q=mentoring&theme=work",
    ):
        with CaptureQueriesContext(connection) as queries:
            assert reader.get(f"/ideas/?{query}").status_code == 200
        most = max(most, len(queries))
    idea = Idea.objects.published().order_by("-pk").first()
    with CaptureQueriesContext(connection) as queries:
        assert reader.get(idea.get_absolute_url()).status_code == 200
    page = len(queries)
    last = max(1, len(index) // 20)
    # By turns, so that what else the machine does falls on both.
    times = [[once(lambda n=number: reader.get(f"/ideas/?page={n}")) for number in (1, last)] for _ in range(30)]
    first, late = map(min, zip(*times, strict=True))
    return [
        row("T5", "queries of an uncached list, at most", most, "", 3),
        row("T8", "queries of an uncached idea page", page, "", 8),
        row("T6", "a whole uncached list", first * 1000, "ms"),
        row("T6", f"page {last:,} to page 1", late / first, "×", 1.5),
        row("", "the whole map, uncached", seconds(lambda: reader.get("/map/")) * 1000, "ms"),
        row("", "the whole map, compressed", len(gzip.compress(reader.get("/map/").content, 9)) / 1000, "kB", 32),
    ]


# T7: the index


def index() -> list[dict]:
    # What any build leaves behind in the way of loaded code and open connections isn't the index's.
    Edition.current()
    Idea.objects.published().filter(pk=0).count()
    gc.collect()
    before, start = private(), time.perf_counter()
    held = indexes.build()
    built = time.perf_counter() - start
    gc.collect()
    memory = private() - before
    million = len(held) > 500_000
    rows = [
        row("T7", "the index built", built, "s", 60 if million else 5),
        row("T7", "its private memory", memory / MIB, "MiB", 100 if million else 15),
    ]
    for what, act in ACTS.items():
        times = []
        for number in range(5):
            with Edition.act(why="a benchmark of the index"):
                act(held, number)
            start = time.perf_counter()
            held = catching_up.caught_up(held)
            times.append(time.perf_counter() - start)
        rows.append(row("T7", f"brought up to date: {what}", min(times) * 1000, "ms", 500 if million else 50))
    return rows


def _some(held, number: int) -> Idea:
    chosen = held.orders["newest"][(len(held) // 7) * (number + 1)]
    return Idea.objects.get(pk=int(chosen))


def _retitle(held, number):
    idea = _some(held, number)
    idea.title = f"Made-up title {time.time_ns()}"
    idea.save()


def _publish(held, number):
    like = _some(held, number)
    idea = Idea.objects.create(
        title=f"Made-up idea {time.time_ns()}", city=like.city, organisation=like.organisation, status="published",
        first_published=like.first_published,
    )  # fmt: skip
    idea.topics.set(like.topics.all())


def _withdraw(held, number):
    idea = _some(held, number)
    idea.status, idea.withdrawn_reason = "withdrawn", "Made up."
    idea.save()


def _rename_city(held, number):
    city = City.objects.get(pk=held["city"].by_place[number * 10].pk)
    city.name = f"Renamed {time.time_ns()}"
    city.save()


def _rename_organisation(held, number):
    organisation = Organisation.objects.get(pk=held["organisation"].by_place[number * 10].pk)
    organisation.name = f"Renamed {time.time_ns()}"
    organisation.save()


def _reorder_themes(held, number):
    # Not its name: that would be in the search text of nearly half of all ideas.
    theme = Theme.objects.order_by("pk")[number % 5]
    theme.order += 10
    theme.save()


ACTS = {
    "another title": _retitle,
    "an idea published": _publish,
    "an idea withdrawn": _withdraw,
    "a city renamed": _rename_city,
    "an organisation renamed": _rename_organisation,
    "the themes reordered": _reorder_themes,
}


# T9: exports


def exports() -> list[dict]:
    reader = browser()
    reader.get("/ideas.json")
    rows = []
    for form in ("csv", "geojson"):
        gc.collect()
        idle, start = private(), time.perf_counter()
        parts = iter(reader.get(f"/ideas.{form}").streaming_content)
        next(parts)
        first, peak, size = time.perf_counter() - start, 0, 0
        for number, part in enumerate(parts):
            size += len(part)
            if number % 2_000 == 0:
                peak = max(peak, private() - idle)
        rows += [
            row("T9", f"{form.upper()}, first byte", first * 1000, "ms", 1000),
            row("T9", f"{form.upper()}, memory over idle", peak / MIB, "MiB", 50),
            row("T9", f"{form.upper()}, whole", time.perf_counter() - start, "s"),
            row("T9", f"{form.upper()}, size", size / MIB, "MiB"),
        ]
    return rows
