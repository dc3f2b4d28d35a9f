"""What is sent is waited for aside, so that those who send it a byte at a time hold no thread that others need.

A server has eight threads. Granian calls the application as soon as a request's head is there, and whoever reads the
rest waits for it in one of them. So it is read by a thread of its own; a few may take their time, and whoever is slow
while those are at it is told to send it again.
"""

import tempfile
import threading
from http import HTTPStatus

#: Seconds for everybody; and for so many at once, who may be far away or send a large file.
SOON, LONG, AT_ONCE = 0.1, 60.0, 3
#: More than any form or file of ours has; nothing of it is read. deploy/ has a proxy refuse it, too.
MOST = 64_000_000
#: Bytes that are held in memory; more goes to a file.
HELD, PIECE = 1_000_000, 65_536


def awaited(application):
    """The application, called when all that was sent is there."""
    slow = threading.BoundedSemaphore(AT_ONCE)

    def answer(environ, start_response):
        length = environ.get("CONTENT_LENGTH", "")
        if length in ("", "0") and "HTTP_TRANSFER_ENCODING" not in environ:
            return application(environ, start_response)
        if length.isdigit() and int(length) > MOST:
            return _refused(start_response, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        body = _Body(environ["wsgi.input"])
        if not body.there.wait(SOON):
            if not slow.acquire(blocking=False):
                return _refused(start_response, HTTPStatus.REQUEST_TIMEOUT)
            try:
                body.there.wait(LONG)
            finally:
                slow.release()
        if body.fault or not body.there.is_set():
            return _refused(start_response, body.fault or HTTPStatus.REQUEST_TIMEOUT)
        environ["wsgi.input"], environ["CONTENT_LENGTH"] = body.file, str(body.size)
        try:
            return application(environ, start_response)
        finally:
            body.file.close()

    return answer


class _Body:
    """All that was sent, once it is there."""

    def __init__(self, source):
        self.source, self.size, self.there = source, 0, threading.Event()
        self.file = tempfile.SpooledTemporaryFile(HELD)
        self.fault: HTTPStatus | None = None
        threading.Thread(target=self._read, name="body", daemon=True).start()

    def _read(self) -> None:
        try:
            while piece := self.source.read(PIECE):
                self.size += len(piece)
                if self.size > MOST:
                    self.fault = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
                    break
                self.file.write(piece)
            self.file.seek(0)
        except Exception:
            # Whoever sent it is gone, or it can't be kept.
            self.fault = HTTPStatus.SERVICE_UNAVAILABLE
        finally:
            self.there.set()


def _refused(start_response, status: HTTPStatus):
    words = f"{status.phrase}. Nothing is stored. Send it again in a minute.\n".encode()
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(words)))]
    start_response(
        f"{status.value} {status.phrase}", [*headers, ("Retry-After", "10"), ("Cache-Control", "no-store"), ("Connection", "close")]
    )
    return [words]
