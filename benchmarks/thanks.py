"""Whether what was thanked for is stored, once: clients propose and count their thanks while the server is killed.

    python -m benchmarks.thanks [--number 1000] [--kills 20]

Uses the database of the settings, into which it loads the vocabularies if they aren't there. Each client proposes whole
ideas, step by step, reads every answer to its end, and sends again, with the key that its form had, whatever it had no
whole answer to. The server runs by the production command and is killed (SIGKILL) meanwhile. Afterwards the proposals
are deleted.
"""

import argparse
import http.client
import itertools
import os
import re
import sys
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

from benchmarks import figures
from benchmarks.reading import exchange

CLIENTS = 4
#: Seconds that a client goes on trying to reach a server that was killed.
PATIENCE = 120
_STAMP = re.compile(r'name="stamp" value="([^"]+)"')
_THANKS = "Thank you. It is stored"
_DOOR, _TITLE = "/submit/", "Made up for a benchmark, number "


@dataclass
class Outcome:
    """What the clients read, and what was in the database afterwards."""

    thanked: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    #: Begun and never sent, though their clients went on: a first step that was stored twice.
    unfinished: int = 0
    #: Requests that had no whole answer and were sent again.
    again: int = 0


def tried(number: int, kills: int) -> Outcome:
    """So many proposals of ideas, and so many deaths of the server meanwhile, evenly spread."""
    from benchmarks.servers import kill, serving

    prepare()
    with Crowd(number) as crowd:
        for life in range(kills + 1):
            # As behind a proxy of ours: so each client may come from a network of its own, as people do.
            with serving(BEHIND_HTTPS_PROXY="1") as (port, process):
                crowd.port = port
                crowd.wait_for(number * (life + 1) // (kills + 1))
                if life < kills:
                    kill(port, process)
    return outcome_of(crowd)


def prepare() -> None:
    """What a proposal needs to be there."""
    from catalogue.models import Edition, Theme

    if not Theme.objects.filter(slug="work").exists():
        with Edition.act(why="a benchmark of thanks"):
            Theme.objects.create(slug="work", name={"en": "Work"})


def outcome_of(crowd: "Crowd") -> Outcome:
    """What became of all that was proposed, which is then deleted."""
    from catalogue.models import Submission

    made = Submission.objects.filter(title__startswith=_TITLE)
    stored = list(made.filter(state="received").values_list("title", flat=True))
    lost = sorted(set(crowd.thanked) - set(stored))
    doubled = sorted({title for title in stored if stored.count(title) > 1})
    unfinished = made.exclude(state="received").count()
    made.delete()
    return Outcome(len(crowd.thanked), lost, doubled, unfinished, crowd.again)


def _steps(title: str) -> list[dict]:
    """What is typed, page by page."""
    return [
        {"title": title, "summary": "Made up for a benchmark.", "themes": "work"},
        {"city": "Berlin", "country": "DE", "organisation": "Made up for a benchmark"},
        {"done": "Nothing: it is made up."},
        {"practical": "It is made up."},
        {"links": ""},
        {"name": "", "email": "ana@example.org", "named": "no", "consent": "on"},
        {},
    ]


class Crowd:
    """Clients that propose until all is thanked for, or until they are told to stop; their faults are raised then.

    Each rests so many seconds between two proposals.
    """

    def __init__(self, number: int | None, port: int = 0, clients: int = CLIENTS, rest: float = 0):
        self.number, self.port, self.rest, self.stopped = number, port, rest, threading.Event()
        self.thanked, self.again, self.faults = [], 0, []
        self.numbers, self.lock = itertools.count(1), threading.Lock()
        self.threads = [threading.Thread(target=self._work) for _client in range(clients)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *error):
        if any(error):
            self.stop()
        for thread in self.threads:
            thread.join()
        if self.faults:
            raise self.faults[0]

    def stop(self) -> None:
        """What was begun is finished, and nothing new is begun."""
        self.stopped.set()

    def wait_for(self, thanks: int) -> None:
        while len(self.thanked) < thanks and not self.faults and any(thread.is_alive() for thread in self.threads):
            time.sleep(0.01)

    def _work(self) -> None:
        try:
            for number in self.numbers:
                if self.stopped.is_set() or (self.number and number > self.number):
                    return
                title = f"{_TITLE}{number}"
                if _THANKS in self._propose(number, title):
                    with self.lock:
                        self.thanked.append(title)
                self.stopped.wait(self.rest)
        except Exception as fault:
            self.faults.append(fault)

    def _propose(self, number: int, title: str) -> str:
        """The whole path; gives the page at its end."""
        network = f"10.0.{number // 250}.{number % 250}"
        stamp = {"stamp": _STAMP.search(self._ask(network, "GET", _DOOR)[1])[1]}
        address = _DOOR
        for form in _steps(title):
            address, stamp = self._ask(network, "POST", address, form | stamp)[0], {}
        return self._ask(network, "GET", address)[1]

    def _ask(self, network: str, method: str, address: str, form: dict | None = None) -> tuple[str, str]:
        """Where the answer leads and what it says; asked again until a whole one comes."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return self._ask_once(network, method, address, form)
            except (OSError, http.client.HTTPException):
                if time.monotonic() > end:
                    raise
                with self.lock:
                    self.again += 1
                time.sleep(0.05)

    def _ask_once(self, network: str, method: str, address: str, form: dict | None) -> tuple[str, str]:
        headers = {"X-Forwarded-For": network, "X-Forwarded-Proto": "https"}
        headers |= {} if form is None else {"Content-Type": "application/x-www-form-urlencoded"}
        answer = exchange(self.port, method, address, headers, urlencode(form) if form is not None else None)
        if answer.status not in (200, 303):
            raise RuntimeError(f"{method} {address} was answered {answer.status}.")
        return answer.headers.get("Location", ""), answer.content.decode()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--number", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=20)
    figures.add_output(parser)
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodideas.settings")
    import django

    django.setup()
    start = time.perf_counter()
    outcome = tried(asked.number, asked.kills)
    sentence = (
        f"{outcome.thanked:,} thanked for under {asked.kills} kills, {len(outcome.lost)} lost, "
        f"{len(outcome.doubled)} doubled, {outcome.unfinished} left unfinished"
    )
    print(f"{sentence}; {outcome.again} requests sent again, {time.perf_counter() - start:.0f} s")
    broken = bool(outcome.lost or outcome.doubled or outcome.unfinished or outcome.thanked != asked.number)
    if not broken:
        figures.keep(asked.output, {"thanks": sentence})
    sys.exit(broken)


if __name__ == "__main__":
    main()
