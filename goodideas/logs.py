"""What is written into the log: lines, or JSON for whoever gathers it, with the request's id and nothing personal.

security: an address of a page may be a secret, and an error may quote what somebody typed. So of a request the log has
its route, of an exception its kind and where it happened, and whatever looks like a mailbox or a secret is left out.
"""

import json
import logging
import re
import secrets
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from http import HTTPStatus

from django.conf import settings

_request_id: ContextVar[str] = ContextVar("request_id", default="")
#: What a proxy may have given; anything else is drawn anew, so that nobody writes into the log what they like.
_GIVEN = re.compile(r"[A-Za-z0-9-]{8,64}")
#: A mailbox; and 32 characters or more without a break, such as a token or a key of a session.
_PERSONAL = re.compile(r"[^\s<>@'\"]+@[^\s<>@'\"]+|[A-Za-z0-9_-]{32,}")


def request_id(get_response):
    """Gives each request an id, that of the proxy before us if it gave one; a fault's answer tells it."""

    def middleware(request):
        given = request.headers.get("X-Request-ID", "") if settings.HTTPS else ""
        number = given if _GIVEN.fullmatch(given) else secrets.token_hex(8)
        token = _request_id.set(number)
        try:
            response = get_response(request)
        finally:
            _request_id.reset(token)
        if response.status_code >= 500:
            response.headers["X-Request-ID"] = number
        return response

    return middleware


def told(record: logging.LogRecord) -> dict[str, str]:
    """What a line of the log holds, by name; what isn't known is left out."""
    request = getattr(record, "request", None)
    match = getattr(request, "resolver_match", None)
    whole = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "logger": record.name,
        "message": _PERSONAL.sub("…", _of_request(record) if request else record.getMessage()),
        "method": getattr(request, "method", ""),
        "route": match.route if match else "",
        "request": _request_id.get(),
        "fault": _fault(record.exc_info),
    }
    return {name: value for name, value in whole.items() if value}


def _of_request(record: logging.LogRecord) -> str:
    """Django's own line about a request without its path, with which it ends, and without what an exception says."""
    message = str(record.msg).partition(":")[0].replace(" (%s)", "")
    return message if "%" not in message else HTTPStatus(getattr(record, "status_code", 500)).phrase


def _fault(raised) -> str:
    """The kinds of an exception and of those that led to it, and where each happened; never what it says."""
    error, kinds = raised[1] if raised else None, []
    while error is not None and len(kinds) < 5:
        frames = traceback.extract_tb(error.__traceback__)[-12:]
        places = " < ".join(f"{frame.name} ({frame.filename}:{frame.lineno})" for frame in reversed(frames))
        kinds.append(f"{type(error).__name__} in {places}")
        error = error.__cause__ or error.__context__
    return "; after ".join(kinds)


class Json(logging.Formatter):
    def format(self, record):
        return json.dumps(told(record), ensure_ascii=False)


class Line(logging.Formatter):
    """One line for people, with the same in it."""

    def format(self, record):
        said = told(record)
        head = f"{said.pop('at')} {said.pop('level')} {said.pop('logger')}: {said.pop('message', '')}"
        return " ".join([head, *(f"[{name} {value}]" for name, value in said.items())]).replace("\n", " ")
