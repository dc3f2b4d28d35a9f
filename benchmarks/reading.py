"""Readers who ask without a pause, whom no fault escapes: each answer that isn't 200, and how long they waited."""

import http.client
import itertools
import threading
import time


class Reading:
    """So many readers, each with addresses in turn and a connection for each request, until it is left."""

    def __init__(self, ports: list[int], addresses: list[str], readers: int):
        self.times: list[float] = []
        self.faults: list[str] = []
        self._done = threading.Event()
        self._next = itertools.count()
        self._ports, self._addresses = ports, addresses
        self._threads = [threading.Thread(target=self._read) for _ in range(readers)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error):
        self._done.set()
        for thread in self._threads:
            thread.join()

    @property
    def longest(self) -> float:
        """Seconds of the answer that took longest."""
        return max(self.times, default=0.0)

    def start_counting(self) -> None:
        """Forgets how long they waited until now; faults stay."""
        self.times = []

    def _read(self) -> None:
        while not self._done.wait(0.01):
            turn = next(self._next)
            address, start = self._addresses[turn % len(self._addresses)], time.perf_counter()
            connection = http.client.HTTPConnection("127.0.0.1", self._ports[turn % len(self._ports)], timeout=60)
            try:
                connection.request("GET", address)
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    self.faults.append(f"{address} was answered {answer.status}.")
            except (OSError, http.client.HTTPException) as fault:
                self.faults.append(f"{address} wasn't answered: {fault!r}")
            finally:
                connection.close()
            self.times.append(time.perf_counter() - start)
