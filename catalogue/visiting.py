"""Visits an address on the public web and says what came of it: never anything inward, never for long, never much."""

import http.client
import io
import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from urllib.parse import quote, urljoin, urlsplit

from django.db import models
from django.utils.translation import gettext_lazy as _

#: For everything together: finding the host, its answers, and wherever it sends us. HEAD may take half of it.
SECONDS = 10
#: Of an answer so much is let in. Its head is all that is wanted, so no body is ever read to its end, nor unpacked.
MOST = 256 * 1024
REDIRECTS = 5
#: Of a host with many addresses so many are tried.
ADDRESSES = 4
PORTS = (80, 443)
#: What a site says to whom it wants to see less often.
TOO_OFTEN = 429


class Outcome(models.TextChoices):
    """What came of a visit, in words for editors."""

    GOOD = "good", _("Answers")
    NOT_FOUND = "not-found", _("Not found there")
    GONE = "gone", _("Gone, its site says")
    BROKEN = "broken", _("Its site says that it is broken")
    REFUSED = "refused", _("Its site refuses it")
    KEPT_OUT = "kept-out", _("Its site lets no program in; people may see it")
    UNTRUSTED = "untrusted", _("Its certificate can’t be verified")
    NO_HOST = "no-host", _("No such site")
    NO_CONNECTION = "no-connection", _("Its site takes no connection")
    TOO_SLOW = "too-slow", _("It took longer than ten seconds")
    NONSENSE = "nonsense", _("What it answers is no web page")
    ASTRAY = "astray", _("It sends from one address to the next without end")
    INWARD = "inward", _("It leads to a machine that isn’t on the public web")
    NOT_WEB = "not-web", _("It is no ordinary web address, so nobody went there")

    @property
    def is_doubtful(self) -> bool:
        """Whether a reader in front of a browser may well see the page."""
        return self in (Outcome.KEPT_OUT, Outcome.UNTRUSTED, Outcome.NOT_WEB)

    @property
    def is_fault(self) -> bool:
        return self != Outcome.GOOD and not self.is_doubtful


@dataclass(frozen=True, slots=True)
class Seen:
    """What a visit saw."""

    outcome: Outcome
    #: The last answer's; None where there was none.
    status: int | None = None
    #: Where it lives now, if its site says that it moved for good.
    moved_to: str = ""
    #: Where it led in the end.
    end: str = ""


class Refusal(Exception):
    """A visit that ends here, and why."""

    def __init__(self, outcome: Outcome):
        super().__init__(outcome)
        self.outcome = outcome


# security: whatever isn't the public web, from the registries of special-purpose addresses at IANA. The module
# `ipaddress` knows most of these, but not the same ones in every version of Python.
_INWARD = [
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 "
        "192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/3 "
        # A cloud's own machine, which answers at an address that looks like any other.
        "168.63.129.16/32 "
        # IPv4 in IPv6's clothes: Teredo and other protocols' own, 6to4. Mapped, compatible and NAT64 ones are outside
        # of 2000::/3, which is all that is public.
        "2001::/23 2001:db8::/32 2002::/16 3fff::/20"
    ).split()
]
_PUBLIC_6 = ipaddress.ip_network("2000::/3")
#: The last part of a host that some programs would take for a number: such a host has to be written as four of them.
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)", re.IGNORECASE)
#: What may stand in a path or a query as it is; everything else is written with percent signs.
_SAFE = "%/:=&?~+!$,;'@()*[]|"


def is_public(address: str) -> bool:
    """Whether an address of a machine is one on the public web."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    # One with a zone, after a percent sign, is of this machine's own network.
    if ip.version == 6 and (ip not in _PUBLIC_6 or ip.scope_id):
        return False
    return ip.is_global and not ip.is_multicast and not any(ip in net for net in _INWARD if net.version == ip.version)


def look_up(host: str) -> list[str]:
    """The addresses of a host, by this machine's resolver."""
    return list(dict.fromkeys(found[4][0] for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)))


def dial(address: str, port: int, seconds: float) -> socket.socket:
    """A connection to one machine. `address` is a number, so nothing is looked up any more."""
    line = socket.create_connection((address, port), timeout=seconds)
    # security: a public address of our own; what listens there may trust whoever comes from here.
    if line.getsockname()[0] == line.getpeername()[0]:
        line.close()
        raise Refusal(Outcome.INWARD)
    return line


@dataclass(frozen=True, slots=True)
class Place:
    """A web address taken apart: what is asked of whom."""

    scheme: str
    host: str
    port: int
    path: str

    @classmethod
    def read(cls, url: str) -> "Place":
        """Refuses what isn't http or https at its own port, and whatever programs read in more ways than one."""
        if len(url) > 2_000 or re.search(r"[\s\\\x00-\x1f\x7f]", url):
            raise Refusal(Outcome.NOT_WEB)
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise Refusal(Outcome.NOT_WEB) from None
        if parts.scheme not in ("http", "https") or "@" in parts.netloc or not host:
            raise Refusal(Outcome.NOT_WEB)
        if port is None:
            port = 443 if parts.scheme == "https" else 80
        if port not in PORTS:
            raise Refusal(Outcome.NOT_WEB)
        path = quote(parts.path or "/", safe=_SAFE) + (f"?{quote(parts.query, safe=_SAFE)}" if parts.query else "")
        return cls(parts.scheme, _plain_host(host), port, path)

    @property
    def named(self) -> str:
        """As it stands in the head of a request."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = 443 if self.scheme == "https" else 80
        return host if self.port == usual else f"{host}:{self.port}"


def _plain_host(host: str) -> str:
    """A host as it is looked up: in ASCII, without the dot at its end."""
    if ":" in host:
        return host
    try:
        plain = host.rstrip(".").encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise Refusal(Outcome.NOT_WEB) from None
    *_rest, last = plain.split(".")
    if _NUMBER.fullmatch(last):
        # security: 2130706433, 0x7f.1 and 0177.0.0.1 are 127.0.0.1 to some programs; `ipaddress` reads none of them.
        try:
            ipaddress.IPv4Address(plain)
        except ValueError:
            raise Refusal(Outcome.NOT_WEB) from None
    elif not _rest or not re.fullmatch(r"[a-z0-9._-]+", plain):
        # A name without a dot is of this machine's own network.
        raise Refusal(Outcome.NOT_WEB)
    return plain


class Deadline:
    """So many seconds from now on."""

    def __init__(self, seconds: float):
        self.at = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds that are left; refuses when there are none."""
        if (left := self.at - time.monotonic()) <= 0:
            raise Refusal(Outcome.TOO_SLOW)
        return left


class _Ear(io.RawIOBase):
    """What comes over a line, until the time is up or too much came. A drop a second doesn't begin the time anew."""

    def __init__(self, line: socket.socket, deadline: Deadline):
        self.line, self.deadline, self.heard = line, deadline, 0

    def readable(self):
        return True

    def readinto(self, room):
        self.line.settimeout(self.deadline.left)
        number = self.line.recv_into(room)
        self.heard += number
        if self.heard > MOST:
            raise Refusal(Outcome.NONSENSE)
        return number


class _Line:
    """A connection as `http.client` uses one: what is said and heard on it ends at the deadline."""

    def __init__(self, line: socket.socket, deadline: Deadline):
        self.line, self.deadline = line, deadline

    def sendall(self, data):
        self.line.settimeout(self.deadline.left)
        self.line.sendall(data)

    def makefile(self, mode):
        return io.BufferedReader(_Ear(self.line, self.deadline))

    def close(self):
        self.line.close()


@dataclass(frozen=True)
class Visitor:
    """Somebody who visits addresses. What is given here besides the name is for tests, which have a web of their own.

    security: an address comes from whoever proposed an idea, and this machine may reach what they can't. So each host
    is looked up here, each of its addresses has to be public, and the connection is made to the very one that was
    looked at: a name that means another machine a moment later leads nobody there. Each redirect begins anew.
    """

    #: Who we are, for those who read their logs.
    agent: str
    resolve: Callable[[str], list[str]] = look_up
    dial: Callable[[str, int, float], socket.socket] = dial
    trust: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    seconds: float = SECONDS

    def visit(self, url: str) -> Seen:
        """Goes there by HEAD; and by GET where that isn't answered as it should be."""
        deadline = Deadline(self.seconds)
        seen = self._walk("HEAD", url, Deadline(self.seconds / 2))
        settled = (Outcome.GOOD, Outcome.NO_HOST, Outcome.INWARD, Outcome.NOT_WEB)
        if seen.outcome in settled or seen.status == TOO_OFTEN:
            return seen
        return self._walk("GET", url, deadline)

    def _walk(self, method: str, url: str, deadline: Deadline) -> Seen:
        """Follows an address to where it leads."""
        moved_to, has_moved, status = "", True, None
        try:
            for _hop in range(REDIRECTS + 1):
                status, location = self._ask(method, Place.read(url), deadline)
                if status not in (301, 302, 303, 307, 308) or not location:
                    return Seen(_outcome(status), status, moved_to, url)
                url = _followed(url, location)
                has_moved = has_moved and status in (301, 308)
                moved_to = url if has_moved else moved_to
            return Seen(Outcome.ASTRAY, status)
        except Refusal as refusal:
            return Seen(refusal.outcome, status)

    def _ask(self, method: str, place: Place, deadline: Deadline) -> tuple[int, str]:
        """One request of one machine: its status, and where it sends us."""
        line = self._connect(place, deadline)
        try:
            connection = http.client.HTTPConnection(place.host, place.port)
            # security: it has its line already, and never makes another.
            connection.sock, connection.auto_open = _Line(line, deadline), 0
            head = {
                "Host": place.named,
                "User-Agent": self.agent,
                "Accept": "*/*",
                "Accept-Encoding": "identity",
                "Connection": "close",
            }
            connection.request(method, place.path, headers=head)
            answer = connection.getresponse()
            return answer.status, answer.headers.get("Location", "")
        except TimeoutError:
            raise Refusal(Outcome.TOO_SLOW) from None
        except (OSError, http.client.RemoteDisconnected):
            raise Refusal(Outcome.NO_CONNECTION) from None
        except (http.client.HTTPException, ValueError):
            raise Refusal(Outcome.NONSENSE) from None
        finally:
            line.close()

    def _connect(self, place: Place, deadline: Deadline) -> socket.socket:
        addresses = self._addresses(place.host, deadline)
        # security: one that isn't public is enough: a host of which half is inward isn't meant for readers.
        if not all(is_public(address) for address in addresses):
            raise Refusal(Outcome.INWARD)
        failure, last = Outcome.NO_CONNECTION, len(addresses[:ADDRESSES]) - 1
        for number, address in enumerate(addresses[:ADDRESSES]):
            try:
                # One that swallows what is sent to it leaves some time to the next.
                line = self.dial(address, place.port, deadline.left if number == last else deadline.left / 2)
                return self._secure(line, place, deadline) if place.scheme == "https" else line
            except TimeoutError:
                failure = Outcome.TOO_SLOW
            except ssl.SSLCertVerificationError:
                failure = Outcome.UNTRUSTED
            except OSError:
                continue
        raise Refusal(failure)

    def _secure(self, line: socket.socket, place: Place, deadline: Deadline) -> socket.socket:
        try:
            line.settimeout(deadline.left)
            return self.trust.wrap_socket(line, server_hostname=place.host)
        except BaseException:
            line.close()
            raise

    def _addresses(self, host: str, deadline: Deadline) -> list[str]:
        """The addresses of a host. A resolver knows no time limit, so it is left to itself when ours is over."""
        try:
            return [str(ipaddress.ip_address(host))]
        except ValueError:
            found = SimpleQueue()
        threading.Thread(target=lambda: found.put(self._resolved(host)), daemon=True).start()
        try:
            addresses = found.get(timeout=deadline.left)
        except Empty:
            raise Refusal(Outcome.TOO_SLOW) from None
        if not addresses:
            raise Refusal(Outcome.NO_HOST)
        return addresses

    def _resolved(self, host: str) -> list[str]:
        try:
            return self.resolve(host)
        except (OSError, UnicodeError):
            return []


def _outcome(status: int) -> Outcome:
    if 200 <= status < 400:
        return Outcome.GOOD
    if status in (404, 410):
        return Outcome.NOT_FOUND if status == 404 else Outcome.GONE
    # Asked too often, asked to log in, asked to prove that one is no robot: the page itself may be there.
    if status in (401, 402, 403, 405, 406, 407, 408, 429, 451, 503, 999):
        return Outcome.KEPT_OUT
    return Outcome.BROKEN if status >= 500 else Outcome.REFUSED


def _followed(url: str, location: str) -> str:
    """Where a redirect leads. Many write letters there that no header may hold; they mean UTF-8."""
    try:
        written = quote(location.strip().encode("latin-1"), safe=_SAFE + "#")
        return urljoin(url, written)
    except ValueError:
        raise Refusal(Outcome.NOT_WEB) from None
