"""A client that costs little: requests over connections that stay open, each answer read whole and timed."""

import os
import re
import selectors
import socket
import time
from dataclasses import dataclass, field
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Taken:
    """What a round of requests took."""

    seconds: float
    #: Of the server's processors, in seconds.
    processor: float
    times: list[float] = field(default_factory=list)

    @property
    def throughput(self) -> float:
        """Answers a second."""
        return len(self.times) / self.seconds

    @property
    def each(self) -> float:
        """Seconds of processor that one answer cost the server."""
        return self.processor / len(self.times)

    def percentile(self, share: float) -> float:
        return sorted(self.times)[min(len(self.times) - 1, int(share * len(self.times)))]


class _Connection:
    def __init__(self, port: int):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer, self.sent = b"", 0.0

    def send(self, request: bytes) -> None:
        self.buffer, self.sent = b"", time.perf_counter()
        self.socket.sendall(request)

    def read(self) -> int:
        """The status once the answer is there whole; 0 before. It says its own length, or comes in chunks."""
        data = self.socket.recv(1 << 18)
        if not data:
            raise ConnectionError("The server closed the connection.")
        self.buffer += data
        head, blank, body = self.buffer.partition(b"\r\n\r\n")
        if not blank:
            return 0
        status, lower = int(head[9:12]), head.lower()
        at = lower.find(b"\r\ncontent-length:")
        if at >= 0:
            whole = len(body) >= int(lower[at + 17 :].split(b"\r\n", 1)[0])
        else:
            whole = status in (204, 304) or body.endswith(b"0\r\n\r\n")
        return status if whole else 0


def ask(port: int, pid: int, requests: list[bytes], expected: int = 200, at_once: int = 4) -> Taken:
    """Sends the requests over so many connections, and tells what they took. Another status than expected raises."""
    waiting, times = list(reversed(requests)), []
    with selectors.DefaultSelector() as selector:
        before, start = processor(pid), time.perf_counter()
        for _ in range(min(at_once, len(waiting))):
            connection = _Connection(port)
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.send(waiting.pop())
        while selector.get_map():
            for key, _events in selector.select(timeout=60) or _late():
                connection = key.data
                if status := connection.read():
                    times.append(time.perf_counter() - connection.sent)
                    if status != expected:
                        raise RuntimeError(f"{status} instead of {expected}: {connection.buffer[:300]!r}")
                    if waiting:
                        connection.send(waiting.pop())
                    else:
                        selector.unregister(connection.socket)
                        connection.socket.close()
        return Taken(time.perf_counter() - start, processor(pid) - before, times)


def _late():
    raise TimeoutError("No answer within a minute.")


def request(address: str, **headers: str) -> bytes:
    lines = [f"GET {address} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def family(pid: int) -> list[int]:
    """A process and those that it started."""
    found = [pid]
    for parent in found:
        for tasks in Path(f"/proc/{parent}/task").glob("*/children"):
            found += map(int, tasks.read_text().split())
    return found


def processor(pid: int) -> float:
    """Seconds of processor that a server and its workers have used."""
    total = 0
    for one in family(pid):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def private(pid: int) -> int:
    """Bytes of memory that are a server's own, with its workers: what they wrote. A file that is mapped is no cost."""
    total = 0
    for one in family(pid):
        dirty = re.search(r"^Private_Dirty: +(\d+) kB", Path(f"/proc/{one}/smaps_rollup").read_text(), re.MULTILINE)
        total += 1024 * int(dirty[1])
    return total


def resident(pid: int) -> int:
    """Bytes of memory in which a server and its workers lie, shared ones counted for each."""
    total = 0
    for one in family(pid):
        total += 1024 * int(re.search(r"^VmRSS:\s+(\d+) kB", Path(f"/proc/{one}/status").read_text(), re.MULTILINE)[1])
    return total
