"""Whether what was thanked for is stored, once: clients propose and count their thanks while the server is killed.

    python -m benchmarks.thanks [--number 1000] [--kills 20]

Uses the database of the settings, in which it publishes an idea, has it corrected so many times and withdraws it. Each
client goes through the whole path, reads every answer to its end, and sends again, with the key that its form had,
whatever it had no whole answer to. The server runs by the production command and is killed (SIGKILL) meanwhile.
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

CLIENTS = 4
#: Seconds that a client goes on trying to reach a server that was killed.
PATIENCE = 120
_STAMP = re.compile(r'name="stamp" value="([^"]+)"')
_THANKS = "Thank you. It is stored"


@dataclass
class Outcome:
    """What the clients read, and what was in the database afterwards."""

    thanked: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    #: Requests that had no whole answer and were sent again.
    again: int = 0


def tried(number: int, kills: int) -> Outcome:
    """So many corrections of one idea, and so many deaths of the server meanwhile, evenly spread."""
    from django.utils import timezone

    from benchmarks.servers import kill, serving
    from catalogue.models import Edition, Idea, Submission

    with Edition.act(why="a benchmark of thanks"):
        idea = Idea.objects.create(title="Made for a benchmark", status="published", first_published=timezone.now())
    with _Crowd(f"/ideas/{idea.slug}/correct/", number) as crowd:
        for life in range(kills + 1):
            # As behind a proxy of ours: so each client may come from a network of its own, as people do.
            with serving(BEHIND_HTTPS_PROXY="1") as (port, process):
                crowd.port = port
                crowd.wait_for(number * (life + 1) // (kills + 1))
                if life < kills:
                    kill(port, process)
    received = Submission.objects.filter(idea=idea, state="received")
    stored = [submission.said("wrong", "wrong") for submission in received]
    lost = sorted(set(crowd.thanked) - set(stored))
    doubled = sorted({text for text in stored if stored.count(text) > 1})
    Submission.objects.filter(idea=idea).delete()
    idea.withdraw(reason="It was made for a benchmark.")
    return Outcome(len(crowd.thanked), lost, doubled, crowd.again)


class _Crowd:
    """Clients that propose until all is thanked for; a fault of theirs is raised at the end."""

    def __init__(self, door: str, number: int):
        self.door, self.number, self.port = door, number, 0
        self.thanked, self.again, self.faults = [], 0, []
        self.numbers, self.lock = itertools.count(1), threading.Lock()
        self.threads = [threading.Thread(target=self._work) for _client in range(CLIENTS)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *error):
        for thread in self.threads:
            thread.join()
        if self.faults:
            raise self.faults[0]

    def wait_for(self, thanks: int) -> None:
        while len(self.thanked) < thanks and not self.faults and any(thread.is_alive() for thread in self.threads):
            time.sleep(0.01)

    def _work(self) -> None:
        try:
            while (number := next(self.numbers)) <= self.number:
                text = f"What is wrong, number {number}."
                if _THANKS in self._propose(number, text):
                    with self.lock:
                        self.thanked.append(text)
        except Exception as fault:
            self.faults.append(fault)

    def _propose(self, number: int, text: str) -> str:
        """The whole path; gives the page at its end."""
        network = f"10.0.{number // 250}.{number % 250}"
        stamp = _STAMP.search(self._ask(network, "GET", self.door)[1])[1]
        step = self._ask(network, "POST", self.door, {"stamp": stamp, "wrong": text})[0]
        check = self._ask(network, "POST", step, {"name": "", "email": "ana@example.org"})[0]
        end = self._ask(network, "POST", check, {})[0]
        return self._ask(network, "GET", end)[1]

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
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, address, urlencode(form) if form is not None else None, headers)
            answer = connection.getresponse()
            content = answer.read().decode()
        finally:
            connection.close()
        if answer.status not in (200, 303):
            raise RuntimeError(f"{method} {address} was answered {answer.status}.")
        return answer.headers.get("Location", ""), content


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--number", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=20)
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodideas.settings")
    import django

    django.setup()
    start = time.perf_counter()
    outcome = tried(asked.number, asked.kills)
    print(f"{outcome.thanked} thanked for, {len(outcome.lost)} lost, {len(outcome.doubled)} doubled")
    print(f"{asked.kills} kills, {outcome.again} requests sent again, {time.perf_counter() - start:.0f} s")
    sys.exit(bool(outcome.lost or outcome.doubled or outcome.thanked != asked.number))


if __name__ == "__main__":
    main()
