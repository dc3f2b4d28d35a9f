"""Those who use the site during a drill: health checks, readers, people who propose ideas, an editor."""

import hashlib
import http.client
import itertools
import time
from http.cookies import SimpleCookie
from types import SimpleNamespace
from urllib.parse import urlencode

from benchmarks.faults.judging import Answer
from benchmarks.reading import Clients
from benchmarks.thanks import Crowd

#: Seconds between two requests of the same client.
PAUSES = {"alive": 0.1, "ready": 0.25, "kept": 0.06, "page": 0.12}
#: Seconds after which a client gives up.
GIVEN_UP = 30
#: What a page says that isn't to be taken for the page it is.
_SAID = 50_000


class Visitors(Clients):
    """Two who check its health and four who read: pages that are kept, and pages that nobody asked for before."""

    def __init__(self, port: int, kept: list[str], fresh: list[str]):
        super().__init__(6)
        self.port, self.answers, self.known = port, [], {}
        self._kept, self._fresh = itertools.cycle(kept), iter(fresh)
        for _turn in range(2):
            for address in kept:
                self.remember(address)

    def remember(self, address: str) -> None:
        """What a page is like before anything breaks."""
        status, _headers, content = ask(self.port, "GET", address)
        if status != 200:
            raise RuntimeError(f"{address} was answered {status} before anything was broken.")
        self.known[address] = _digest(content)

    def work(self, number: int) -> None:
        kind = ("alive", "ready", "kept", "page", "kept", "page")[number]
        while not self.done.wait(PAUSES[kind]):
            address = {"alive": "/healthz", "ready": "/readyz"}.get(kind)
            self.visit(kind, address or next(self._kept if kind == "kept" else self._fresh))

    def visit(self, kind: str, address: str) -> None:
        start = time.monotonic()
        try:
            status, headers, content = ask(self.port, "GET", address)
        except (OSError, http.client.HTTPException) as fault:
            self.answers.append(Answer(kind, address, start, time.monotonic() - start, said=repr(fault)))
            return
        self.answers.append(
            Answer(
                kind,
                address,
                start,
                time.monotonic() - start,
                status,
                stale=headers.get("X-Catalogue-Edition", "").endswith("; stale"),
                retry_after="Retry-After" in headers,
                as_before=_digest(content) == self.known[address] if kind == "kept" and status == 200 else None,
                said=content[:_SAID].decode(errors="replace") if status >= 400 else "",
            )
        )


class Proposers(Crowd):
    """Two who propose ideas and send again what was refused or had no answer, with the key that its form had."""

    def __init__(self, port: int):
        super().__init__(None, port, clients=2)
        self.answers: list[Answer] = []

    def _ask_once(self, network: str, method: str, address: str, form: dict | None) -> tuple[str, str]:
        time.sleep(0.1)
        start, kind = time.monotonic(), "form" if method == "POST" else "page"
        headers = {"X-Forwarded-For": network, "X-Forwarded-Proto": "https"}
        try:
            status, answered, content = ask(self.port, method, address, form, headers)
        except (OSError, http.client.HTTPException) as fault:
            self._note(kind, address, start, said=repr(fault))
            time.sleep(0.2)
            raise
        text = content.decode()
        if status == 502:
            # Of a proxy, whose server broke off: whether it is stored is not known, so it is sent again.
            self._note(kind, address, start, said="502 of the proxy")
            raise ConnectionError("502 of the proxy")
        self._note(kind, address, start, status=status, retry_after="Retry-After" in answered, said=text[:_SAID])
        if status not in (200, 303):
            time.sleep(0.3)
            raise ConnectionError(f"{method} {address} was answered {status}.")
        return answered.get("Location", ""), text

    def _note(self, kind: str, address: str, start: float, **values) -> None:
        # The address holds a secret, which is another each time.
        shown = f"/submit/…/{address.rstrip('/').rpartition('/')[2]}/" if address.count("/") > 2 else address
        self.answers.append(Answer(kind, shown, start, time.monotonic() - start, **values))


class Editor(Clients):
    """Somebody with a role who saves a text again and again, and sends again what was refused or had no answer."""

    def __init__(self, port: int, address: str, cookie: str):
        super().__init__(1)
        self.port, self.address, self.cookies = port, address, {"sessionid": cookie}
        self.answers: list[Answer] = []
        self.acknowledged: list[str] = []
        self.wrong: list[str] = []

    def work(self, number: int) -> None:
        from tests.desk import fields

        for turn in itertools.count(1):
            opened = self._until("GET", None, {200})
            if opened is None:
                return
            text = f"Saved {turn} times in a drill."
            filled = fields(SimpleNamespace(content=opened), "idea_form") | {"summary": [text], "_continue": ["1"]}
            if self._until("POST", filled, {302}) is None:
                return
            self.acknowledged.append(text)
            if self.done.wait(0.3):
                return

    def _until(self, method: str, form: dict | None, wanted: set[int]) -> bytes | None:
        """What is answered once it is answered so; None when the drill is over before."""
        while not self.done.is_set():
            start, status = time.monotonic(), 0
            cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            try:
                status, headers, content = ask(self.port, method, self.address, form, {"Cookie": cookie})
            except (OSError, http.client.HTTPException) as fault:
                self.answers.append(Answer("desk", "the desk", start, time.monotonic() - start, said=repr(fault)))
            else:
                self.cookies |= {name: one.value for name, one in SimpleCookie(headers.get("Set-Cookie", "")).items()}
                self.answers.append(
                    Answer(
                        "desk",
                        f"the desk, {method}",
                        start,
                        time.monotonic() - start,
                        status,
                        retry_after="Retry-After" in headers,
                        said=(_errors(content) or content.decode(errors="replace")[:_SAID]) if method == "POST" else "",
                    )
                )
                if status in wanted:
                    return content
                if status not in (502, 503):
                    self.wrong.append(f"The desk answered {method} with {status}: {_errors(content)}")
            self.done.wait(0.3)
        return None


def _errors(content: bytes) -> str:
    from tests.desk import errors

    return "; ".join(errors(SimpleNamespace(content=content)))[:300]


def ask(
    port: int, method: str, address: str, form: dict | None = None, headers: dict | None = None
) -> tuple[int, http.client.HTTPMessage, bytes]:
    """Status, headers and the whole content; an error where the connection broke before the end."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=GIVEN_UP)
    body = None if form is None else urlencode(form, doseq=True)
    typed = {} if form is None else {"Content-Type": "application/x-www-form-urlencoded"}
    try:
        connection.request(method, address, body, typed | (headers or {}))
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=16).digest()
