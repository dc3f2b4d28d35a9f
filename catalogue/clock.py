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
#: Seconds by which a request that is woken too late knows that it isn't the database that is slow.
LATE = 0.05


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
        #: Since when the database has been away; None while it answers.
        self._away: float | None = None

    def read(self) -> Moment:
        """The present moment. Within a transaction the clock is what that transaction sees."""
        if connection.in_atomic_block:
            return _read()
        with self._changed:
            if self._away is not None and not self._is_back():
                return self._last
            for _attempt in range(2):
                reader = self._reader = self._reader or _Reader(self._changed)
                if moment := reader.answer():
                    self._last, self._away = replace(moment, away=True), None
                    return moment
                # A connection that served until now may be all that broke: the database was started anew.
                if not (reader.failed and reader.answered):
                    break
                self._leave(reader)
            self._away = time.monotonic()
            return self._last

    def _is_back(self) -> bool:
        """Whether it is worth asking again. While the database is away, one request in a pause waits, and no other."""
        if self._reader and self._reader.has_answered_all:
            # It was only late.
            return True
        if time.monotonic() < self._away + PAUSE:
            return False
        # Others pass by until this one knows more. A connection that hangs is left alone.
        self._away = time.monotonic()
        self._leave(self._reader)
        return True

    def _leave(self, reader: "_Reader | None") -> None:
        if reader:
            reader.ended = True
            self._changed.notify_all()
        if self._reader is reader:
            self._reader = None

    def forget(self) -> None:
        """Drops what was known, for a process whose database was replaced under it."""
        self.close()
        self._last, self._away = Moment(None, away=True), None

    def close(self) -> None:
        """Gives the connection back; the next question opens another."""
        with self._changed:
            reader = self._reader
            self._leave(reader)
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

    @property
    def has_answered_all(self) -> bool:
        return self.answered == self.asked and not self.failed

    def answer(self) -> Moment | None:
        """The moment as it is now or later; None when there is none in time. Called with the condition held."""
        self.asked += 1
        question = self.asked
        self.changed.notify_all()
        for _turn in range(3):
            due = time.monotonic() + DEADLINE
            self.changed.wait_for(lambda: self.answered >= question or self.failed, DEADLINE)
            # Woken late, this process was held up itself: an answer may be there that nobody had the time to read.
            if self.answered >= question or self.failed or time.monotonic() < due + LATE:
                break
        return self.moment if self.answered >= question and not self.failed else None

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
