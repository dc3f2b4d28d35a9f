"""The published catalogue as sets of idea ids, per edition: which ideas match, how many each value has, in what order.

It holds only what is published, so nothing else can leak through a list, a count or an export. An index is never
changed: a newer edition makes a new one and swaps one reference, and a request keeps the one it began with. `sets` is
what it is made of, `indexing` builds it, `catching_up` follows the change log.
"""

import logging
import threading

from django.db import DatabaseError, connection

from catalogue.catching_up import caught_up
from catalogue.clock import edition
from catalogue.indexing import build
from catalogue.sets import FACETS, ColumnFacet, Index, SetFacet, Value, alphabetical

__all__ = [
    "FACETS",
    "ColumnFacet",
    "Index",
    "SetFacet",
    "Value",
    "alphabetical",
    "being_built",
    "build",
    "build_ahead",
    "current",
    "forget",
]

log = logging.getLogger(__name__)

_held: Index | None = None
_building = threading.Lock()


def current() -> Index:
    """The index of the edition that this request goes by: the one held if nothing changed since, else a newer one."""
    global _held
    number = edition()
    if _held is None or _held.edition < number:
        with _building:
            if _held is None:
                _held = build()
            elif _held.edition < number:
                _held = caught_up(_held)
    return _held


def being_built() -> bool:
    """Whether the first index of this process is still being built; whoever asks for it now has to wait."""
    return _held is None and _building.locked()


def build_ahead() -> threading.Thread:
    """Builds the first index in a thread while a server starts, so that its first reader doesn't wait for it."""

    def work():
        try:
            current()
        except DatabaseError as error:
            # No reason not to start: the first reader tries again, and gets the answer for a database that is away.
            log.warning("The index can't be built yet: %s", error)
        finally:
            connection.close()

    thread = threading.Thread(target=work, name="index", daemon=True)
    thread.start()
    return thread


def forget() -> None:
    """Drops what is held, for a process whose database was replaced under it."""
    global _held
    _held = None
