"""The drills: each breaks one thing under real servers and says what may be seen meanwhile."""

import os
import signal
from dataclasses import dataclass
from urllib.parse import urlsplit

from benchmarks.balancing import Balancer
from benchmarks.client import family
from benchmarks.faults import places
from benchmarks.faults.judging import Promise
from benchmarks.faults.requests import Slow, limited, mixture, post_large, read, signs_in, slower
from benchmarks.faults.stage import PRODUCTION, Drill, Stage
from benchmarks.faults.store import store
from benchmarks.proxy import Proxy
from benchmarks.servers import kill

SQLITE, POSTGRESQL = "sqlite", "postgresql"
#: What needs the database, which is all but the pages that are kept and `/healthz`.
NEEDS_DATABASE = frozenset({"page", "form", "desk"})


@dataclass(frozen=True)
class Listed:
    """A drill and the databases on which it makes sense."""

    work: Drill
    on: tuple[str, ...]
    #: Whether it is measured against itself, so that nothing else may run beside it.
    alone: bool = False


DRILLS: dict[str, Listed] = {}


def drill(name: str, *on: str, alone: bool = False):
    def listed(work: Drill) -> Drill:
        DRILLS[name] = Listed(work, on or (SQLITE, POSTGRESQL), alone)
        return work

    return listed


@drill("kill -9 of a worker", SQLITE)
def killed_worker(stage: Stage) -> Promise:
    """A worker dies with what it had in hand: the other goes on, and the server makes a new one."""
    with stage.servers(1, *PRODUCTION) as [server], Balancer([server.port]) as proxy, stage.used(proxy.port):

        def shoot() -> None:
            worker = next(pid for pid in family(server.process.pid)[1:] if _serves(pid))
            os.kill(worker, signal.SIGKILL)

        stage.fault(shoot, lambda: None)
        if sum(map(_serves, family(server.process.pid)[1:])) != 2:
            stage.wrong.append("The worker that was killed has no successor.")
    return Promise(breaks_off=True)


def _serves(pid: int) -> bool:
    """Whether a process is a worker: multiprocessing's helper is a child of the server, too."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return b"resource_tracker" not in file.read()
    except OSError:
        return False


@drill("kill -9 of the whole server")
def killed_server(stage: Stage) -> Promise:
    """Nothing runs for the time of the fault; then it is started, as systemd does."""
    with stage.servers() as [server], stage.used(server.port):

        def start() -> None:
            server.start()
            server.wait_until_ready()

        stage.fault(lambda: kill(server.port, server.process.pid), start)
    # From the start of the process: Python, Django and the index have to be loaded.
    return Promise(silent=True, recovery=20.0)


@drill("SIGTERM under load")
def ended(stage: Stage) -> Promise:
    """One of two servers ends and comes back; the proxy sends all to the other, and no form is sent twice."""
    with stage.servers(2) as started, Balancer([one.port for one in started]) as proxy, stage.used(proxy.port):

        def start() -> None:
            started[0].start()
            started[0].wait_until_ready()

        stage.fault(started[0].end, start)
    if stage.proposers.again:
        stage.wrong.append(f"{stage.proposers.again} forms had no answer and had to be sent again.")
    return Promise(within=20.0, forms_within=20.0)


@drill("database refused", POSTGRESQL)
def database_refused(stage: Stage) -> Promise:
    return _database_away(stage, "refuse")


@drill("database hanging", POSTGRESQL)
def database_hanging(stage: Stage) -> Promise:
    return _database_away(stage, "hang")


def _database_away(stage: Stage, how: str) -> Promise:
    address = urlsplit(stage.url)
    with Proxy(address.port or 5432) as proxy:
        through = address._replace(netloc=f"{address.netloc.rpartition(':')[0]}:{proxy.port}").geturl()
        with stage.servers(DATABASE_URL=through) as [server], stage.used(server.port, editor=True):
            stage.fault(getattr(proxy, how), proxy.mend)
    return Promise(away=NEEDS_DATABASE, names="database", stale=True, refuses=True)


@drill("database back", POSTGRESQL)
def database_back(stage: Stage) -> Promise:
    """The server itself is started while its database is refused; nobody starts it again when that is back."""
    address = urlsplit(stage.url)
    with Proxy(address.port or 5432) as proxy:
        through = address._replace(netloc=f"{address.netloc.rpartition(':')[0]}:{proxy.port}").geturl()
        with stage.servers(DATABASE_URL=through) as [server], stage.used(server.port, editor=True):

            def start_without() -> None:
                proxy.refuse()
                server.end()
                server.start()

            stage.fault(start_without, proxy.mend)
    # What was kept goes with the process, which marks it stale until it has ended. The next takes seconds to start.
    return Promise(away=NEEDS_DATABASE | {"kept"}, names="database", stale=True, silent=True, refuses=True)


@drill("cache refused", SQLITE, alone=True)
def cache_refused(stage: Stage) -> Promise:
    return _cache_away(stage, "refuse")


@drill("cache hanging", SQLITE, alone=True)
def cache_hanging(stage: Stage) -> Promise:
    return _cache_away(stage, "hang")


def _cache_away(stage: Stage, how: str) -> Promise:
    """Nobody notices: pages are rendered, at most three times as slowly, and signing in is slowed all the same."""
    with store() as redis, Proxy(redis) as proxy:
        with stage.servers(CACHE_URL=f"redis://127.0.0.1:{proxy.port}/0") as [server]:
            pages = mixture()
            with stage.used(server.port, editor=True):
                normal = read(server.port, pages, stage.reads)

                def breaks() -> None:
                    getattr(proxy, how)()
                    away = read(server.port, pages, stage.reads)
                    stage.wrong += away.wrong[:20] + slower(normal, away)
                    stage.wrong += limited(server.port)
                    stage.note = f"99 of 100 reads within {1000 * away.p99:.0f} ms, {1000 * normal.p99:.0f} before"

                stage.fault(breaks, proxy.mend)
    return Promise()


@drill("disk full")
def disk_full(stage: Stage) -> Promise:
    return _unwritable(stage, places.Full)


@drill("read-only disk")
def read_only(stage: Stage) -> Promise:
    return _unwritable(stage, places.ReadOnly)


def _unwritable(stage: Stage, kind) -> Promise:
    """Reading goes on; a form and an editor's text are refused in words, and taken again afterwards."""
    with kind(stage.url) as place, stage.servers(DATABASE_URL=place.url) as [server], stage.used(server.port, True):
        stage.fault(lambda: place.shut(server.process.pid), place.open)
        stage.note = place.how
    return Promise(away=frozenset({"form", "desk"}), refuses=True)


@drill("clock a day ahead and back", SQLITE)
def clock_ahead(stage: Stage) -> Promise:
    """Everybody is served on both days; who failed to sign in on the wrong one isn't kept out on the right one."""
    with places.Clock() as clock:
        with stage.servers(**clock.settings) as [server], stage.used(server.port):

            def ahead() -> None:
                clock.set(24 * 3600)
                stage.wrong += limited(server.port)

            def back() -> None:
                clock.set(0)
                stage.wrong += signs_in(server.port)

            stage.fault(ahead, back)
    return Promise()


@drill("a table locked for 10 s")
def table_locked(stage: Stage) -> Promise:
    """Somebody has the ideas' table to themselves (on SQLite, the right to write); kept pages go on."""
    stage.seconds = max(stage.seconds, 10)
    with stage.servers() as [server], stage.used(server.port, editor=True), places.Lock(stage.url) as lock:
        stage.fault(lock.take, lock.release)
    if stage.url.startswith("sqlite"):
        # A form waits its turn for up to twenty seconds and is stored then; who comes when many wait is refused.
        return Promise(away=frozenset({"form", "desk"}), forms_within=21.0)
    return Promise(away=NEEDS_DATABASE)


@drill("slow clients", SQLITE)
def slow_clients(stage: Stage) -> Promise:
    """Two hundred connections send a byte each 0.4 seconds, half of them of a form; others are served.

    Before the server stands a proxy that waits for the whole of a request, as ours do by `deploy/`: granian itself
    reads a form in one of the threads that answer, so that a handful of slow ones would hold them all.
    """
    with stage.servers(1, *PRODUCTION) as [server], Balancer([server.port]) as proxy, stage.used(proxy.port):
        slow = Slow(proxy.port)
        try:
            stage.fault(slow.begin, slow.end)
        finally:
            slow.end()
        stage.note = f"{slow.most} connections at once"
    return Promise(within=2.0, forms_within=2.0)


@drill("large posts", SQLITE)
def large_posts(stage: Stage) -> Promise:
    """A post of ten megabytes is refused within a second, and costs no memory."""
    with stage.servers() as [server], stage.used(server.port):
        stage.fault(lambda: stage.wrong.extend(post_large(server, stage)), lambda: None)
    return Promise()
