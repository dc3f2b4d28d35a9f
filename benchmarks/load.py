"""Whether the site holds for as long as one likes: readers, editors and strangers at two servers, and flat memory.

    python -m benchmarks.load [--minutes 10] [--warm-up 7] [--rate 20] [--ideas 10000] [--postgres URL] [--redis URL]
        [--output FILE]

Makes a database of its own on the PostgreSQL server, with the opening collection and so many made-up ideas, and takes
it away afterwards; pages are kept in the Redis database, which has to be empty and is emptied again. Two servers run
as systemd starts them by our unit, with two workers each, behind a proxy that does what our examples for Caddy and
nginx do. Readers ask for a mix of pages (`benchmarks.visits`), so many in a second whether or not answers are quick:
a wait is counted from the moment at which a request was due. The usual rate keeps two processors, which everything
here shares, a third to a half busy: a load, not as much as they can do. Some have what they read before (If-None-
Match), some take compressed pages. Two editors correct and publish at the desk, strangers propose ideas step by step,
and `tick` runs each minute.

A fault is every answer that isn't the page that was asked for, of its time; every request that a server refused or
broke off, though the proxy asked another; a worker that died; an act or a proposal that was acknowledged and isn't
stored; and memory that grows after the first minutes, in which every worker makes what it keeps for itself.
"""

import argparse
import gzip
import hashlib
import http.client
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import figures
from benchmarks.__main__ import POSTGRES
from benchmarks.client import family, processor, resident
from benchmarks.reading import Answer, Clients, exchange
from benchmarks.visits import Visit, World

MIB = 1024 * 1024
SERVERS, READERS, STRANGERS = 2, 24, 2
#: Seconds that an editor and a stranger rest between two things that they do.
REST = 10.0
#: Seconds between two lines of progress, and two looks at memory.
PROGRESS, LOOK = 30.0, 1.0
#: MiB by which the servers may grow after they are warm, for each worker. A worker holds the index twice while it
#: catches up, and Python keeps what it had at its fullest, so it breathes by a few MiB; a leak of two kB an answer
#: would be more than this after ten minutes at the usual rate.
GROWTH = 5.0
ENCODINGS = ("br", "gzip, deflate, br", "gzip", "")


@dataclass
class Seen:
    """What a run saw, for its judge."""

    #: Seconds that each kind of request waited.
    waits: dict[str, list[float]] = field(default_factory=dict)
    #: What was wrong, each a sentence.
    wrong: list[str] = field(default_factory=list)
    #: By the proxy.
    refused: int = 0
    asked_again: int = 0
    #: Workers and their parents that were there at the beginning and not at the end.
    died: int = 0
    #: Acts and proposals that were acknowledged, and what became of them as sentences.
    saved: int = 0
    thanked: int = 0
    lost: list[str] = field(default_factory=list)
    #: Seconds since the beginning, and bytes of all servers; and the seconds after which they are warm.
    memory: list[tuple[float, int]] = field(default_factory=list)
    warm: float = 0.0
    workers: int = 0

    @property
    def answers(self) -> int:
        return sum(map(len, self.waits.values()))

    @property
    def growth(self) -> float:
        """MiB by which the servers grew since they were warm: between the middles of its first and its last tenth."""
        end = self.memory[-1][0] if self.memory else 0.0
        tenth = (end - self.warm) / 10
        first = [size for at, size in self.memory if self.warm <= at <= self.warm + tenth]
        last = [size for at, size in self.memory if at >= end - tenth]
        return (statistics.median(last) - statistics.median(first)) / MIB if first and last else 0.0


def faults(seen: Seen) -> list[str]:
    """Every promise that was broken, as a sentence."""
    found = list(seen.wrong) + seen.lost
    if seen.refused or seen.asked_again:
        found.append(f"{seen.refused} requests were refused and {seen.asked_again} broken off by a server.")
    if seen.died:
        found.append(f"{seen.died} processes of the servers died.")
    if seen.growth > GROWTH * seen.workers:
        found.append(f"Memory grew by {seen.growth:.0f} MiB; {GROWTH * seen.workers:.0f} are allowed.")
    for what, number in (("answer", seen.answers), ("act", seen.saved), ("proposal", seen.thanked)):
        if not number:
            found.append(f"There was no {what}, so nothing is shown.")
    return found


class Readers(Clients):
    """So many requests a second by all together, whether or not the answers are quick."""

    def __init__(self, port: int, world: World, rate: float, seed: int = 1):
        super().__init__(READERS)
        self.port, self.world, self.rate, self.seed = port, world, rate, seed
        self.waits: dict[str, list[float]] = {}
        self.wrong: list[str] = []
        self.statuses: Counter = Counter()
        #: What was read of an address in an encoding: its tag, and a digest of its text.
        self._read: dict[tuple[str, str], tuple[str, bytes]] = {}
        self._lock = threading.Lock()

    def work(self, number: int) -> None:
        chance, due, edition = random.Random(f"{self.seed}, reader {number}"), time.perf_counter(), 0
        encoding, remembers = ENCODINGS[number % len(ENCODINGS)], number % 3 == 0
        while True:
            due += chance.expovariate(self.rate / READERS)
            if self.done.wait(max(0.0, due - time.perf_counter())):
                return
            visit = self.world.visit(chance)
            known = self._read.get((visit.address, encoding)) if remembers else None
            headers = {"X-Forwarded-Proto": "https"} | ({"Accept-Encoding": encoding} if encoding else {})
            try:
                answer = exchange(
                    self.port, "GET", visit.address, headers | ({"If-None-Match": known[0]} if known else {})
                )
            except (OSError, http.client.HTTPException) as fault:
                self._note(visit.kind, due, f"{visit.address} wasn't answered: {fault!r}")
                continue
            wrong = self.judge(visit, encoding, known, answer)
            told = edition_of(answer) or edition
            if not wrong and told < edition:
                wrong = f"edition {told} after {edition}"
            edition = max(edition, told)
            self._note(visit.kind, due, f"{visit.address}: {wrong}" if wrong else "", answer.status)

    def judge(self, visit: Visit, encoding: str, known: tuple[str, bytes] | None, answer: Answer) -> str:
        """What is wrong with an answer; '' when nothing is."""
        tag = answer.headers.get("ETag", "")
        if answer.status == 304:
            return "" if known and tag == known[0] and not answer.content else "304, and it isn't what was read"
        if answer.status != 200:
            return f"answered {answer.status}"
        if "stale" in answer.headers.get("X-Catalogue-Edition", ""):
            return "it is stale, and the database is there"
        try:
            text = unpacked(answer)
            wrong = visit.wrong(text)
        except (ValueError, OSError, EOFError, SyntaxError) as fault:
            return f"it can't be read: {fault!r}"
        if tag and not tag.startswith("W/"):
            now, key = (tag, hashlib.blake2b(text.encode()).digest()), (visit.address, encoding)
            with self._lock:
                before, self._read[key] = self._read.get(key), now
            if before and before[0] == tag and before != now:
                return "two different texts have one tag"
        return wrong

    def _note(self, kind: str, due: float, wrong: str, status: int = 0) -> None:
        wait = time.perf_counter() - due
        with self._lock:
            self.waits.setdefault(kind, []).append(wait)
            self.statuses[status] += 1
            if wrong:
                self.wrong.append(wrong)


def unpacked(answer: Answer) -> str:
    """The text of an answer, however it travelled."""
    import brotli

    how = answer.headers.get("Content-Encoding", "")
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}[how]
    try:
        return unpack(answer.content).decode()
    except brotli.error as fault:
        raise ValueError(str(fault)) from None


def edition_of(answer: Answer) -> int:
    """The edition that an answer says it is of; 0 when it says none, as what was made while the edition moved."""
    return int(answer.headers.get("X-Catalogue-Edition", "0").split(";")[0])


class Watch(Clients):
    """Looks at the memory of the servers, runs `tick` each minute, and says each half minute how it goes."""

    def __init__(self, pids: list[int], environment: dict[str, str], say):
        super().__init__(3)
        self.pids, self.environment, self.say = pids, environment, say
        self.start, self.memory, self.wrong = time.perf_counter(), [], []
        self.before = [one for pid in pids for one in family(pid)]

    def work(self, number: int) -> None:
        [self._look, self._tick, self._progress][number]()

    def _look(self) -> None:
        while not self.done.wait(LOOK):
            self.memory.append((time.perf_counter() - self.start, sum(map(resident, self.pids))))

    def _tick(self) -> None:
        while not self.done.wait(60):
            command = [sys.executable, "manage.py", "tick"]
            ended = subprocess.run(command, env=self.environment, capture_output=True, text=True)
            if ended.returncode:
                self.wrong.append(f"tick ended with {ended.returncode}: {ended.stderr.strip()[-500:]}")

    def _progress(self) -> None:
        while not self.done.wait(PROGRESS):
            if self.memory:
                self.say(*self.memory[-1])

    @property
    def died(self) -> int:
        return len(set(self.before) - {one for pid in self.pids for one in family(pid)})


def tried(warm: float, minutes: float, rate: float, redis: str, say=lambda line: None) -> Seen:
    """The whole run, on the database of the settings: so many minutes in which servers get warm, and so many more."""
    from benchmarks import editing, thanks
    from benchmarks.balancing import Balancer
    from benchmarks.servers import fleet, production

    seen = Seen(warm=warm * 60)
    thanks.prepare()
    drafts = editing.prepare(max(5, int((warm + minutes) * 60 / REST)))
    world = World(random.Random(1))
    options, environment = production()
    with (
        tempfile.TemporaryDirectory() as folder,
        fleet(
            SERVERS,
            *options,
            CACHE_URL=redis,
            BEHIND_HTTPS_PROXY="1",
            VIEWS_LOG=str(Path(folder) / "views.log"),
            **environment,
        ) as started,
        Balancer([server.port for server in started]) as proxy,
    ):
        pids = [server.process.pid for server in started]
        readers = Readers(proxy.port, world, rate)
        editors = editing.Editors(proxy.port, world, drafts, REST)
        crowd = thanks.Crowd(None, proxy.port, STRANGERS, REST)
        lately, busy = Lately(), Busy(pids)

        def progress(seconds: float, memory: int) -> None:
            number, wait = lately.since(readers.waits)
            wrong = len(readers.wrong) + len(editors.told.wrong)
            say(
                f"{seconds // 60:2.0f}:{seconds % 60:02.0f}  {number / PROGRESS:.1f} answers/s, 99 of 100 within "
                f"{wait * 1000:.0f} ms; {editors.told.number} acts, {len(crowd.thanked)} proposals, {wrong} faults; "
                f"{memory / MIB:.0f} MiB; {busy}"
            )

        with Watch(pids, started[0].environment, progress) as watch, crowd, editors, readers:
            wait_while((warm + minutes) * 60, readers, editors, crowd)
            crowd.stop()
        say(f"in all: {busy.whole()}")
        seen.died, seen.memory = watch.died, watch.memory
        seen.workers = len(watch.before) - len(pids)
        seen.refused, seen.asked_again = proxy.refused, proxy.asked_again
    told = thanks.outcome_of(crowd)
    seen.waits = readers.waits | {"a form of an editor, opened and sent": editors.told.times}
    seen.wrong = readers.wrong + editors.told.wrong + watch.wrong
    seen.wrong += [f"{told.again} steps of proposals had no answer."] if told.again else []
    seen.saved, seen.thanked = editors.told.number, told.thanked
    seen.lost = editing.lost(editors.told) + [f"The proposal {title!r} was lost." for title in told.lost]
    seen.lost += [f"The proposal {title!r} is there twice." for title in told.doubled]
    return seen


def wait_while(seconds: float, *clients) -> None:
    """Sleeps, but no longer than all go on: the fault of one is raised when it is left."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and not any(one.faults for one in clients):
        time.sleep(0.1)


@contextmanager
def empty(url: str) -> Iterator[None]:
    """A Redis database that nobody else uses: refused unless it is empty, and emptied afterwards."""
    import redis

    with redis.Redis.from_url(url) as store:
        if store.dbsize():
            sys.exit(f"Something is in {url} already. Name a database of that Redis which nobody uses, with --redis.")
        try:
            yield
        finally:
            store.flushdb()


class Lately:
    """What came since one asked last."""

    def __init__(self):
        self.known: Counter = Counter()

    def since(self, waits: dict[str, list[float]]) -> tuple[int, float]:
        """How many answers, and within which time 99 of 100 of them came."""
        new = [wait for kind in list(waits) for wait in waits[kind][self.known[kind] :]]
        self.known = Counter({kind: len(waits[kind]) for kind in list(waits)})
        return len(new), percentile(new, 0.99)


class Busy:
    """How busy the processors are: the whole machine, the servers, and whoever asks them."""

    def __init__(self, pids: list[int]):
        self.pids = pids
        self.first = self.last = self._now()

    def _now(self) -> tuple[float, ...]:
        ticks = [int(word) for word in Path("/proc/stat").read_text().split("\n")[0].split()[1:9]]
        times = os.times()
        return sum(ticks), ticks[3] + ticks[4], sum(map(processor, self.pids)), times.user + times.system

    def __str__(self):
        before, self.last = self.last, self._now()
        return self._told(before, self.last)

    def whole(self) -> str:
        return self._told(self.first, self._now())

    @staticmethod
    def _told(before, now) -> str:
        whole, idle, servers, here = (after - earlier for earlier, after in zip(before, now, strict=True))
        seconds = whole / os.sysconf("SC_CLK_TCK")
        return (
            f"processors {1 - idle / whole:.0%} busy, by the servers {servers / seconds:.0%}, "
            f"by who asks them {here / seconds:.0%}"
        )


def percentile(waits: list[float], share: float) -> float:
    return sorted(waits)[min(len(waits) - 1, int(share * len(waits)))] if waits else 0.0


def table(seen: Seen) -> str:
    lines = [f"{'':40} {'answers':>8} {'half within':>12} {'99 of 100':>10} {'longest':>9}"]
    every = [wait for waits in seen.waits.values() for wait in waits]
    for kind, waits in [*sorted(seen.waits.items(), key=lambda one: -len(one[1])), ("all", every)]:
        half, most, longest = (1000 * percentile(waits, share) for share in (0.5, 0.99, 1))
        lines.append(f"{kind:40} {len(waits):8,} {half:9.0f} ms {most:7.0f} ms {longest:6.0f} ms")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--warm-up", type=float, default=7, help="minutes before those; only memory isn't judged there")
    parser.add_argument("--rate", type=float, default=20, help="requests of readers in a second")
    parser.add_argument("--ideas", type=int, default=10_000, help="made-up ones, besides the opening collection")
    parser.add_argument("--postgres", default=POSTGRES, help="a PostgreSQL server and a database to begin from")
    parser.add_argument("--redis", default="redis://127.0.0.1:6379/13", help="an empty database of a Redis")
    figures.add_output(parser)
    asked = parser.parse_args()
    from benchmarks.databases import database, environment, fill

    with database(asked.postgres, "load") as url, empty(asked.redis):
        print(f"{asked.ideas:,} made-up ideas and the opening collection are being written", flush=True)
        fill(url, asked.ideas)
        os.environ.update(environment(url))
        import django

        django.setup()
        from django.db import connections

        seen = tried(asked.warm_up, asked.minutes, asked.rate, asked.redis, lambda line: print(line, flush=True))
        connections.close_all()
    wrong = faults(seen)
    waits = [wait for kind, waits in seen.waits.items() for wait in waits]
    sentence = (
        f"{asked.warm_up + asked.minutes:g} minutes at {asked.rate:g} requests a second, {asked.ideas:,} made-up "
        f"ideas: {seen.answers:,} answers, {len(wrong)} faults, half within {percentile(waits, 0.5) * 1000:.0f} ms, "
        f"99 of 100 within {percentile(waits, 0.99) * 1000:.0f} ms, the longest {max(waits, default=0) * 1000:.0f} ms; "
        f"{seen.saved} acts and {seen.thanked} proposals, all stored; memory {seen.growth:+.0f} MiB in the last "
        f"{asked.minutes:g}, of {seen.memory[-1][1] / MIB:.0f} in {seen.workers} workers"
    )
    print(table(seen))
    print(sentence)
    print("\n".join(wrong[:20]))
    if not wrong:
        figures.keep(asked.output, {"load": sentence})
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
