"""A proxy before several servers that does what nginx and Caddy do by our examples in `deploy/`, and no more.

Each request goes to the next server in turn, over a connection of its own. A server that refuses is passed by. What a
server broke off is asked again of another if it is a GET (RFC 9110, 9.2.2); a form that was sent is answered 502.
"""

import http.client
import itertools
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

#: Of one connection to the next (RFC 9110, 7.6.1): not passed on.
HOPS = {"connection", "keep-alive", "transfer-encoding", "content-length"}


class Balancer:
    """Listens on a port of its own while it is entered; counts what it asked again, and what was refused."""

    def __init__(self, ports: list[int]):
        self.ports, self.turn = ports, itertools.count()
        self.asked_again = self.answered = self.refused = 0
        self.lock = threading.Lock()
        self.server = _Listener(("127.0.0.1", 0), _Handler)
        self.server.balancer = self
        self.port = self.server.server_address[1]

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=[0.05], daemon=True).start()
        return self

    def __exit__(self, *error):
        self.server.shutdown()
        self.server.server_close()

    def ask(self, method: str, address: str, body: bytes, headers: dict) -> tuple[int, list, bytes]:
        """Status, headers and body of the first whole answer."""
        first = next(self.turn)
        for further in range(2 * len(self.ports)):
            port = self.ports[(first + further) % len(self.ports)]
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            try:
                connection.connect()
            except OSError:
                with self.lock:
                    self.refused += 1
                continue
            try:
                connection.request(method, address, body or None, headers)
                answer = connection.getresponse()
                content = answer.read()
            except (OSError, http.client.HTTPException):
                if method != "GET":
                    break
                with self.lock:
                    self.asked_again += 1
                continue
            finally:
                connection.close()
            with self.lock:
                self.answered += 1
            return answer.status, answer.getheaders(), content
        return 502, [], b""


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    balancer: Balancer


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        passed_on = {name: value for name, value in self.headers.items() if name.lower() not in HOPS}
        passed_on |= {"Connection": "close"}
        status, headers, content = self.server.balancer.ask(self.command, self.path, body, passed_on)
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in HOPS:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET

    def log_message(self, *_told) -> None:
        """Nothing is written: each fault is counted by whoever asked."""
