"""Clients that ask servers without a pause: how long they waited, and whatever wasn't as it should be."""

import http.client
import itertools
import json
import threading
import time
from dataclasses import dataclass


class Clients:
    """So many threads that work until they are left; the first fault of theirs is raised then."""

    def __init__(self, number: int):
        self.done, self.faults = threading.Event(), []
        self.threads = [threading.Thread(target=self._guarded, args=[n]) for n in range(number)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *error):
        self.done.set()
        for thread in self.threads:
            thread.join()
        if self.faults:
            raise self.faults[0]

    def work(self, number: int) -> None:
        """What the client of this number does, until `done` is set."""
        raise NotImplementedError

    def _guarded(self, number: int) -> None:
        try:
            self.work(number)
        except Exception as fault:
            self.faults.append(fault)


@dataclass
class Answer:
    """What a server said, read to its end."""

    status: int
    headers: http.client.HTTPMessage
    content: bytes


def exchange(port: int, method: str, address: str, headers: dict, body: str | None = None) -> Answer:
    """One request over a connection of its own, to this machine; whatever breaks off is raised."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, address, body, headers)
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())
    finally:
        connection.close()


def get_json(port: int, address: str) -> dict:
    """What a server on this machine answers; any status but 200 is a fault."""
    answer = exchange(port, "GET", address, {})
    if answer.status != 200:
        raise RuntimeError(f"Port {port} answered {answer.status} to {address}.")
    return json.loads(answer.content)


class Reading(Clients):
    """So many readers with addresses in turn and a connection for each request. What goes wrong is kept in words."""

    def __init__(self, ports: list[int], addresses: list[str], readers: int):
        super().__init__(readers)
        self.times: list[float] = []
        self.wrong: list[str] = []
        self._next = itertools.count()
        self._ports, self._addresses = ports, addresses

    @property
    def longest(self) -> float:
        """Seconds of the answer that took longest."""
        return max(self.times, default=0.0)

    def start_counting(self) -> None:
        """Forgets how long they waited until now; what went wrong stays."""
        self.times = []

    def work(self, number: int) -> None:
        while not self.done.wait(0.01):
            turn = next(self._next)
            address, start = self._addresses[turn % len(self._addresses)], time.perf_counter()
            connection = http.client.HTTPConnection("127.0.0.1", self._ports[turn % len(self._ports)], timeout=60)
            try:
                connection.request("GET", address)
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    self.wrong.append(f"{address} was answered {answer.status}.")
            except (OSError, http.client.HTTPException) as fault:
                self.wrong.append(f"{address} wasn't answered: {fault!r}")
            finally:
                connection.close()
            self.times.append(time.perf_counter() - start)
