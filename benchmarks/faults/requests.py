"""What single drills ask besides the usual: many reads, tries to sign in, slow connections, large posts."""

import http.client
import re
import selectors
import socket
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlencode

from benchmarks.client import private
from benchmarks.faults.clients import ask
from benchmarks.reading import Reading

READERS = 4
#: How much slower reading may be without a cache, by the slowest of a hundred.
SLOWER = 3
NAME, PASSWORD, TRIES = "drill-of-signing-in", "made up for a drill", 10
_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
CONNECTIONS, PAUSE = 200, 0.4
LARGE, MOST_SECONDS, MOST_MEMORY = 10_000_000, 1.0, 30 << 20


@dataclass
class Read:
    """So many reads: how long each took, and what was wrong."""

    times: list[float]
    wrong: list[str]

    @property
    def p99(self) -> float:
        return sorted(self.times)[int(len(self.times) * 0.99)]


def mixture():
    """Addresses without end, as readers ask: two of three were asked for before, each third was not."""
    from catalogue.models import Idea

    slugs = list(Idea.objects.published().order_by("pk").values_list("slug", flat=True)[:5])
    kept = ["/", "/ideas/", "/countries/", *(f"/ideas/{slug}/" for slug in slugs)]
    number = 0
    while True:
        for one in kept:
            number += 1
            yield one
            if number % 2:
                yield f"/ideas/?q=made+{number}"


def read(port: int, pages, number: int) -> Read:
    """Reads so many of these pages, by several at once."""
    addresses = [next(pages) for _turn in range(number)]
    with Reading([port], addresses, READERS) as reading:
        while len(reading.times) < number:
            time.sleep(0.05)
    return Read(reading.times, reading.wrong)


def slower(normal: Read, now: Read) -> list[str]:
    if now.p99 <= SLOWER * normal.p99:
        return []
    return [f"99 of 100 reads came within {now.p99 * 1000:.0f} ms, which were {normal.p99 * 1000:.0f} before."]


def limited(port: int) -> list[str]:
    """Whether the eleventh try to sign in is refused."""
    said = [_sign_in(port, "not the password") for _try in range(TRIES + 1)]
    if said == [200] * (TRIES - 1) + [429] * 2 or said == [200] * TRIES + [429]:
        return []
    return [f"{TRIES + 1} tries to sign in were answered {said}."]


def signs_in(port: int) -> list[str]:
    """Whether the same name can sign in."""
    status = _sign_in(port, PASSWORD)
    return [] if status == 302 else [f"Signing in with the right password was answered {status}."]


def _sign_in(port: int, password: str) -> int:
    headers = {"X-Forwarded-For": "10.9.9.9"}
    _status, answered, content = ask(port, "GET", "/admin/login/", headers=headers)
    cookie = answered["Set-Cookie"].partition(";")[0]
    form = {"csrfmiddlewaretoken": _TOKEN.search(content)[1].decode(), "username": NAME, "password": password}
    return ask(port, "POST", "/admin/login/", form, headers | {"Cookie": cookie})[0]


class Slow:
    """Two hundred connections, of which each sends a byte at a time: half a request's head, half a form."""

    def __init__(self, port: int):
        self.port, self.most, self.done = port, 0, threading.Event()
        self.thread = threading.Thread(target=self._send)
        self.open: list[socket.socket] = []

    def begin(self) -> None:
        self.thread.start()

    def end(self) -> None:
        self.done.set()
        if self.thread.is_alive():
            self.thread.join()

    def _send(self) -> None:
        head = "POST /submit/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        form = (head + "Content-Length: 1000\r\n\r\n").encode() + b"title=" + b"a" * 994
        page = b"GET /ideas/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: " + b"a" * 1000
        kinds = [(page, 0), (form, form.index(b"title="))]
        connections = [self._connect(*kinds[number % 2]) for number in range(CONNECTIONS)]
        while not self.done.wait(PAUSE):
            alive = 0
            for place, (connection, text, sent) in enumerate(connections):
                try:
                    connection.send(text[sent : sent + 1])
                    alive += 1
                    connections[place] = (connection, text, (sent + 1) % len(text))
                except OSError:
                    connection.close()
                    connections[place] = self._connect(*kinds[place % 2])
            self.most = max(self.most, alive)
        for connection, _text, _sent in connections:
            connection.close()

    def _connect(self, text: bytes, at_once: int) -> tuple[socket.socket, bytes, int]:
        connection = socket.socket()
        connection.setblocking(False)
        connection.connect_ex(("127.0.0.1", self.port))
        if at_once:
            selector = selectors.DefaultSelector()
            selector.register(connection, selectors.EVENT_WRITE)
            selector.select(0.2)
            selector.close()
            try:
                connection.send(text[:at_once])
            except OSError:
                return connection, text, 0
        return connection, text, at_once


def post_large(server, stage) -> list[str]:
    """Ten megabytes as a form, with and without a length, and as a file of one, until the fault is over."""
    faults, before, slowest, most = [], private(server.process.pid), 0.0, 0
    end, turn = time.monotonic() + stage.seconds, 0
    while time.monotonic() < end or turn < 3:
        start = time.monotonic()
        status = _post(server.port, turn % 3)
        slowest = max(slowest, time.monotonic() - start)
        most = max(most, private(server.process.pid) - before)
        if status not in (400, 413):
            faults.append(f"A post of {LARGE:,} bytes ({KINDS[turn % 3]}) was answered {status}.")
        turn += 1
        time.sleep(0.2)
    if slowest > MOST_SECONDS:
        faults.append(f"A post of {LARGE:,} bytes was answered after {slowest:.1f} s.")
    if most > MOST_MEMORY:
        faults.append(f"Posts of {LARGE:,} bytes took {most / (1 << 20):.0f} MB of memory.")
    stage.note = f"{turn} posts, each answered within {slowest * 1000:.0f} ms; {most / (1 << 20):.0f} MB more memory"
    return faults


KINDS = ("a field", "in chunks", "a file")


def _post(port: int, kind: int) -> int:
    """The status of such a post; 0 when there is none. A server may answer before it has all, and close."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    typed = "application/x-www-form-urlencoded"
    body = urlencode({"title": ""}).encode() + b"a" * LARGE
    if kind == 2:
        typed = "multipart/form-data; boundary=b"
        body = b'--b\r\nContent-Disposition: form-data; name="title"\r\n\r\n' + b"a" * LARGE + b"\r\n--b--\r\n"
    try:
        try:
            parts = (body[at : at + 65536] for at in range(0, len(body), 65536))
            connection.request(
                "POST", "/submit/", parts if kind == 1 else body, {"Content-Type": typed}, encode_chunked=kind == 1
            )
        except OSError:
            # It closed its end while we were sending; what it said may be there all the same.
            pass
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
