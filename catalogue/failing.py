"""Which errors mean that the database or the disk can't work at present, and nobody who asked is to blame."""

import errno

from django.db import InterfaceError, InternalError, OperationalError

#: PostgreSQL's classes of errors (its manual, appendix A): no room; read-only, as a standby is; too long a wait.
_NO_ROOM, _READ_ONLY, _TOO_LONG = "53", "25006", "55P03"
#: SQLite's, by name; the last two have variants.
_SQLITE_SHUT = ("SQLITE_FULL", "SQLITE_READONLY", "SQLITE_IOERR")
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG, errno.EIO}


def is_away(error: BaseException | None) -> bool:
    """Whether it may well work in a minute: the database is away, busy, full, or can only be read."""
    return isinstance(error, OperationalError | InterfaceError) or is_shut(error)


def is_shut(error: BaseException | None) -> bool:
    """Whether nothing can be stored at present, though reading goes on."""
    if isinstance(error, OSError):
        return error.errno in _FULL
    if not isinstance(error, OperationalError | InternalError):
        return False
    state = getattr(error.__cause__, "sqlstate", None) or ""
    name = getattr(error.__cause__, "sqlite_errorname", "")
    return state.startswith(_NO_ROOM) or state == _READ_ONLY or name.startswith(_SQLITE_SHUT)
