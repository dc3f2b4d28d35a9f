"""Frees requests that wait for a database from which nothing comes any more: its connection alone doesn't notice."""

import contextlib
import os
import socket
import threading
import time

from django.db import connections

from catalogue.clock import clock

#: Seconds after which a request that is in a view makes us ask whether the database answers, and between two looks.
LONG, PAUSE = 0.2, 0.1
#: Seconds for which the database has to stay away before a connection is cut: until then it may only be slow.
SURE = 0.2
#: Seconds by which a look that comes too late tells that it is this process which is held up, not the database.
LATE = 0.1


class Waiting:
    """The requests that are in a view, each with its connection; one thread of the process watches over them.

    A peer that takes what is sent and says nothing holds a thread for ever: no time limit of TCP's counts there, and
    the driver has none. The clock knows within half a second that the database is away; once it has been for a moment,
    the connection of whoever has waited for long is cut, and the request is answered like all others, 503: at the
    latest when Django has tried to connect once more, for two seconds.
    """

    def __init__(self):
        self._inside: dict[int, tuple[float, object]] = {}
        self._changed = threading.Condition()
        self._watch: threading.Thread | None = None

    def enter(self) -> None:
        connection = connections["default"]
        if connection.vendor != "postgresql":
            # A file of this machine.
            return
        with self._changed:
            self._inside[threading.get_ident()] = time.monotonic(), connection
            if self._watch is None:
                self._watch = threading.Thread(target=self._work, name="waiting", daemon=True)
                self._watch.start()
            elif len(self._inside) == 1:
                self._changed.notify()

    def leave(self) -> None:
        with self._changed:
            self._inside.pop(threading.get_ident(), None)

    def _work(self) -> None:
        away = None
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._inside)
            before = time.monotonic()
            time.sleep(PAUSE)
            held_up = time.monotonic() > before + PAUSE + LATE
            if held_up or not self._long_inside() or not clock.read().away:
                away = None
                continue
            away = away or time.monotonic()
            if time.monotonic() >= away + SURE:
                with self._changed:
                    for wrapper in self._long_inside():
                        _cut(wrapper.connection)

    def _long_inside(self) -> list:
        """The connections of those who have been in their view for long."""
        before = time.monotonic() - LONG
        return [wrapper for since, wrapper in list(self._inside.values()) if since < before]


def _cut(driver) -> None:
    """Ends a connection under whoever waits for it, who is told so by the driver."""
    if driver is not None:
        with contextlib.suppress(Exception), socket.socket(fileno=os.dup(driver.fileno())) as end:
            end.shutdown(socket.SHUT_RDWR)


waiting = Waiting()
