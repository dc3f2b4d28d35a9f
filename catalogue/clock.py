"""Which edition is the present one: asked once a request, on a connection of its own, and never waited for long."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

from django.db import connection

from catalogue.models import Edition

#: Seconds that a request waits for the number, and for which nobody asks again after that was in vain.
DEADLINE, PAUSE = 0.5, 2.0


@dataclass(frozen=True, slots=True)
class Moment:
    """What a request goes by: the present edition; or, while the database is away, the last one known, if any."""

    edition: int | None
    #: Of the same number only the same edition has it: see `Edition.stamp`.
    stamp: str = ""
    away: bool = False


class Clock:
    """Asks for the number in a thread of its own, so that a database that hangs holds that thread and nobody else.

    One question answers all who wait when it is put: whoever comes later than that might know of a later act.
    """

    def __init__(self):
        self._changed = threading.Condition()
        self._reader: _Reader | None = None
        self._last = Moment(None, away=True)
        self._again_at = 0.0

    def read(self) -> Moment:
        """The present moment. Within a transaction the clock is what that transaction sees."""
        if connection.in_atomic_block:
            return _read()
        with self._changed:
            if time.monotonic() < self._again_at:
                return self._last
            for _attempt in range(2):
                reader = self._reader = self._reader or _Reader(self._changed)
                if moment := reader.answer():
                    self._last = replace(moment, away=True)
                    return moment
                # One that hangs is left alone; whoever asks next begins with another connection.
                reader.ended = True
                if self._reader is reader:
                    self._reader = None
                # A connection that served until now may be all that broke: the database was started anew.
                if not (reader.failed and reader.answered):
                    break
            self._again_at = time.monotonic() + PAUSE
            return self._last

    def forget(self) -> None:
        """Drops what was known, for a process whose database was replaced under it."""
        self.close()
        self._last, self._again_at = Moment(None, away=True), 0.0

    def close(self) -> None:
        """Gives the connection back; the next question opens another."""
        with self._changed:
            reader, self._reader = self._reader, None
            if reader:
                reader.ended = True
                self._changed.notify_all()
        if reader:
            reader.thread.join(DEADLINE)


class _Reader:
    """A thread with a connection, which reads the edition whenever somebody has asked for it since it last did."""

    def __init__(self, changed: threading.Condition):
        self.changed = changed
        self.asked = self.answered = 0
        self.moment: Moment | None = None
        self.failed = self.ended = False
        self.thread = threading.Thread(target=self._work, name="clock", daemon=True)
        self.thread.start()

    def answer(self) -> Moment | None:
        """The moment as it is now or later; None when there is none in time. Called with the condition held."""
        self.asked += 1
        question = self.asked
        self.changed.notify_all()
        in_time = self.changed.wait_for(lambda: self.answered >= question or self.failed, DEADLINE)
        return self.moment if in_time and not self.failed else None

    def _work(self) -> None:
        try:
            while (question := self._next()) is not None:
                moment = _read()
                with self.changed:
                    self.moment, self.answered = moment, question
                    self.changed.notify_all()
        except Exception:
            # Whatever the driver raises, the database doesn't answer; who asks it for more than this is told why.
            with self.changed:
                self.failed = True
                self.changed.notify_all()
        finally:
            connection.close()

    def _next(self) -> int | None:
        """Waits until somebody asks; None when there is no more to do."""
        with self.changed:
            self.changed.wait_for(lambda: self.asked > self.answered or self.ended)
            return None if self.ended else self.asked


def _read() -> Moment:
    """As `Edition.current`, by the driver alone: Django's cursor would take more time than the rest."""
    connection.ensure_connection()
    row = connection.connection.execute("SELECT number, stamp FROM catalogue_edition WHERE id = 1").fetchone()
    return Moment(*row) if row else Moment(0)


clock = Clock()
_held: ContextVar[Moment | None] = ContextVar("moment", default=None)


@contextmanager
def held(moment: Moment) -> Iterator[None]:
    """All that is read inside goes by this moment, so that a request asks but once."""
    token = _held.set(moment)
    try:
        yield
    finally:
        _held.reset(token)


def moment() -> Moment:
    """The moment that this request goes by; read now when it has none."""
    return _held.get() or clock.read()


def edition() -> int:
    """The edition that this request goes by, else the present one as this thread's own connection sees it."""
    held = _held.get()
    return Edition.current() if held is None or held.away else held.edition
