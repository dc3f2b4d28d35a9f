"""The log: one line each, with the request's id, and nothing that somebody typed or that is a secret."""

import json
import logging
import sys

import pytest
from django.http import HttpResponse

from goodideas.logs import Json, Line, request_id

SECRETS = ("ana@example.org", "x" * 43, "typed by somebody")


def record(message="It failed: %s", *args, error=None, **more) -> logging.LogRecord:
    raised = (type(error), error, error.__traceback__) if error else None
    made = logging.LogRecord("django.request", logging.ERROR, __file__, 1, message, args, raised)
    vars(made).update(more)
    return made


def raised() -> Exception:
    try:
        try:
            raise KeyError("typed by somebody")
        except KeyError as first:
            raise ValueError("ana@example.org") from first
    except ValueError:
        return sys.exc_info()[1]


def lines(made) -> list[str]:
    return [form().format(made) for form in (Json, Line)]


def test_line_of_the_log_names_nobody_and_no_secret(rf):
    request = rf.get(f"/submit/{'x' * 43}/?q=ana@example.org")
    for line in [
        *lines(record("Internal Server Error: %s", request.path, request=request, error=raised())),
        *lines(record("Letter to %s: %s\nagain", "ana@example.org", "x" * 43)),
    ]:
        assert "\n" not in line
        assert not any(secret in line for secret in SECRETS)


def test_json_says_where_it_failed_and_in_which_request(rf):
    seen = {}

    def answer(request):
        seen.update(json.loads(Json().format(record("Broken: %s", request.path, request=request, error=raised()))))
        return HttpResponse(status=500)

    response = request_id(answer)(rf.get("/ideas/"))
    assert response.headers["X-Request-ID"] == seen["request"]
    assert (seen["level"], seen["logger"], seen["message"], seen["method"]) == (
        "ERROR", "django.request", "Broken", "GET"
    )  # fmt: skip
    assert seen["fault"].startswith(f"ValueError in raised ({__file__}:")
    assert "; after KeyError in raised (" in seen["fault"]


@pytest.mark.parametrize(
    ("message", "arguments", "status", "said"),
    [
        ("%s: %s", ("Service Unavailable", "/readyz"), 503, "Service Unavailable"),
        ("%s: %s", ("typed by somebody", "/ideas/"), 400, "Bad Request"),
        ("Method Not Allowed (%s): %s", ("PUT", "/ideas/"), 405, "Method Not Allowed"),
    ],
)
def test_django_lines_about_an_answer_say_what_it_was(rf, message, arguments, status, said):
    made = record(message, *arguments, request=rf.get("/ideas/"), status_code=status)
    assert json.loads(Json().format(made))["message"] == said


@pytest.mark.parametrize(
    ("https", "given", "taken"),
    [
        (True, "abcdef0123456789", True),
        (False, "abcdef0123456789", False),
        (True, "<script>", False),
        (True, "", False),
    ],
)
def test_id_of_a_proxy_of_ours_is_taken(rf, settings, https, given, taken):
    settings.HTTPS = https
    answer = request_id(lambda request: HttpResponse(status=503))(rf.get("/", headers={"x-request-id": given}))
    assert (answer.headers["X-Request-ID"] == given) is taken


def test_answer_that_is_no_fault_tells_no_id(rf):
    assert "X-Request-ID" not in request_id(lambda request: HttpResponse())(rf.get("/")).headers
