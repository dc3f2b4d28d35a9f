"""A small web on this machine: hosts with made-up addresses, what each answers, and one inward machine that counts.

Whoever visits it is told its names by `resolve` and connected by `dial`. Every address that isn't named as one of the
web's leads to the inward machine: if that heard nothing, nothing inward was reached.
"""

import contextlib
import socket
import socketserver
import ssl
import threading
from pathlib import Path

from catalogue.visiting import Visitor

CERTIFICATE = Path(__file__).parent / "secure_example.pem"
#: Addresses that are public in earnest; nobody is ever connected to them.
OUTSIDE = "93.184.216.34"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def answer(status: int, **headers) -> bytes:
    lines = [f"HTTP/1.1 {status} Said", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


class Machine(socketserver.ThreadingTCPServer):
    """Hears requests, and answers each by `say(request, line)`, which sends what it likes."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, say, context: ssl.SSLContext | None = None):
        super().__init__(("127.0.0.1", 0), _Talk)
        self.say, self.context, self.heard, self.connections = say, context, [], 0
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def port(self) -> int:
        return self.server_address[1]

    def handle_error(self, request, client_address):
        """Whoever visits may hang up in the middle."""


class _Talk(socketserver.BaseRequestHandler):
    def handle(self):
        self.server.connections += 1
        line = self.request
        if self.server.context:
            line = self.server.context.wrap_socket(line, server_side=True)
        request = b""
        while b"\r\n\r\n" not in request:
            if not (piece := line.recv(4096)):
                return
            request += piece
        text = request.decode("latin-1")
        self.server.heard.append(text)
        with contextlib.suppress(OSError):
            self.server.say(text, line)
            line.shutdown(socket.SHUT_RDWR)


class Web:
    """`names` are the addresses of each host; `pages` what is answered at (host, path), in bytes or by a function."""

    def __init__(self):
        self.names, self.pages, self.dialled, self.looked_up = {}, {}, [], []
        self.outside, self.inward = Machine(self._say), Machine(lambda request, line: line.sendall(HEAD))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        self.secure = Machine(self._say, context)
        self.trust = ssl.create_default_context(cafile=CERTIFICATE)

    def close(self):
        for machine in (self.outside, self.inward, self.secure):
            machine.shutdown()
            machine.server_close()

    def page(self, url: str, said=HEAD) -> str:
        """Puts something at an address; gives the address."""
        host, _slash, path = url.partition("://")[2].partition("/")
        self.names.setdefault(host, [OUTSIDE])
        self.pages[host, f"/{path}"] = said
        return url

    def visitor(self, **values) -> Visitor:
        defaults = {"agent": "A test", "resolve": self.resolve, "dial": self.dial, "trust": self.trust, "seconds": 2}
        return Visitor(**defaults | values)

    def resolve(self, host: str) -> list[str]:
        self.looked_up.append(host)
        found = self.names.get(host, [])
        return found() if callable(found) else found

    def dial(self, address: str, port: int, seconds: float) -> socket.socket:
        self.dialled.append((address, port))
        machine = self.inward if address != OUTSIDE else self.secure if port == 443 else self.outside
        return socket.create_connection(("127.0.0.1", machine.port), timeout=seconds)

    @property
    def heard(self) -> list[str]:
        """The first line of each request, with the host that was asked."""
        return [f"{text.split(' ')[0]} {_host(text)}{text.split(' ')[1]}" for text in self._all_heard()]

    def _all_heard(self) -> list[str]:
        return self.outside.heard + self.secure.heard

    def _say(self, request: str, line) -> None:
        said = self.pages.get((_host(request), request.split(" ")[1]), answer(404))
        said(request, line) if callable(said) else line.sendall(said)


def _host(request: str) -> str:
    return next(line[6:] for line in request.split("\r\n") if line.startswith("Host: "))
