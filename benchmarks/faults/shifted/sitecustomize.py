"""Python's wall clock, ahead by as many seconds as a file says: read by the servers of a drill before all else.

It moves what Python asks for: `time.time` and the present of `datetime`. What C asks by itself, as granian does for the
`Date` of an answer and SQLite for its own functions, stays in the present.
"""

import datetime
import os
import time

_file, _time, _time_ns = os.environ["DRILL_CLOCK"], time.time, time.time_ns
_held = [0.0, 0.0]


def _ahead() -> float:
    # Ten times a second is often enough; a server asks for the time far more often.
    now = time.monotonic()
    if now > _held[0]:
        with open(_file) as file:
            _held[:] = now + 0.1, float(file.read() or 0)
    return _held[1]


class _Either(type):
    """What the real class made is one of ours, too."""

    def __instancecheck__(cls, one):
        return isinstance(one, cls.real)

    def __subclasscheck__(cls, other):
        return issubclass(other, cls.real)


class _Datetime(datetime.datetime, metaclass=_Either):
    real = datetime.datetime

    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(time.time(), tz)

    @classmethod
    def utcnow(cls):
        return cls.fromtimestamp(time.time(), datetime.UTC).replace(tzinfo=None)

    @classmethod
    def today(cls):
        return cls.now()


class _Date(datetime.date, metaclass=_Either):
    real = datetime.date

    @classmethod
    def today(cls):
        return cls.fromtimestamp(time.time())


time.time = lambda: _time() + _ahead()
time.time_ns = lambda: _time_ns() + int(_ahead() * 1e9)
datetime.datetime, datetime.date = _Datetime, _Date
