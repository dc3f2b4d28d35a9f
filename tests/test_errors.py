"""Answers that nobody hoped for."""

import errno
import sqlite3

import psycopg
import pytest
from django.db import InternalError, OperationalError
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from catalogue.failing import is_away, is_shut
from goodideas import urls as site
from tests.factories import make_idea


def broken(request):
    raise RuntimeError("a secret of the inside")


def away(request):
    raise OperationalError("connection refused")


def full(request):
    raise OSError(errno.ENOSPC, "no space left on device")


def session_lost(request):
    """Its session is stored after the view, where no view raises."""
    request.session["key"] = "value"
    request.session.save = lambda: away(request)
    return HttpResponse("a page")


made_up = {"broken": broken, "away": away, "full": full, "session-lost": session_lost}
urlpatterns = [*(path(f"{name}/", view) for name, view in made_up.items()), *site.urlpatterns]
handler400, handler403, handler404, handler500 = site.handler400, site.handler403, site.handler404, site.handler500


@pytest.fixture
def _broken_routes(settings):
    settings.ROOT_URLCONF = __name__


@pytest.mark.django_db
def test_not_found_page_looks_like_the_site_and_is_not_indexed(client):
    page = client.get("/nothing/here/").content.decode()
    assert '<meta name="robots" content="noindex">' in page
    assert 'class="wordmark"' in page
    assert 'name="q"' in page
    assert "canonical" not in page


@pytest.mark.django_db
@pytest.mark.usefixtures("_broken_routes")
def test_server_error_says_nothing_of_the_inside():
    response = Client(raise_request_exception=False).get("/broken/")
    assert response.status_code == 500
    assert b"secret of the inside" not in response.content
    assert b"Something broke on our side" in response.content


@pytest.mark.django_db
@pytest.mark.usefixtures("_broken_routes")
def test_database_away_is_answered_with_503_and_when_to_come_back():
    response = Client(raise_request_exception=False).get("/away/")
    assert (response.status_code, response["Retry-After"]) == (503, "10")
    assert b"connection refused" not in response.content


@pytest.mark.django_db
@pytest.mark.usefixtures("_broken_routes")
@pytest.mark.parametrize("name", ["away", "full", "session-lost"])
def test_whoever_sent_something_is_told_that_it_is_not_stored(name):
    response = Client(raise_request_exception=False).post(f"/{name}/", {"title": "Mine"})
    assert (response.status_code, response["Retry-After"]) == (503, "10")
    assert b"What you sent is not stored" in response.content
    # Somebody who only reads has sent nothing.
    page = Client(raise_request_exception=False).get(f"/{name}/")
    assert (page.status_code, b"not stored" in page.content) == (503, False)


def raised(error: Exception, cause: Exception) -> Exception:
    """As Django raises what a driver raised."""
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (raised(OperationalError(), psycopg.errors.DiskFull()), (True, True)),
        # A standby says this of everything that would write.
        (raised(InternalError(), psycopg.errors.ReadOnlySqlTransaction()), (True, True)),
        (raised(OperationalError(), psycopg.errors.LockNotAvailable()), (True, False)),
        (raised(OperationalError(), psycopg.OperationalError()), (True, False)),
        (raised(InternalError(), psycopg.errors.DataCorrupted()), (False, False)),
        (OSError(errno.EROFS, "read-only"), (True, True)),
        (OSError(errno.ENOENT, "no such file"), (False, False)),
        (RuntimeError(), (False, False)),
        (None, (False, False)),
    ],
)
def test_what_is_away_and_what_can_only_be_read(error, expected):
    assert (is_away(error), is_shut(error)) == expected


def test_full_sqlite_can_only_be_read(tmp_path):
    database = sqlite3.connect(tmp_path / "full.sqlite3")
    database.execute("CREATE TABLE words (word text)")
    database.execute("PRAGMA max_page_count = 2")
    with pytest.raises(sqlite3.OperationalError) as caught:
        database.execute("INSERT INTO words VALUES (?)", ["long " * 10_000])
    assert (is_away(raised(OperationalError(), caught.value)), is_shut(raised(OperationalError(), caught.value))) == (
        True,
        True,
    )


@pytest.mark.django_db
def test_foreign_host_is_refused(client):
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.django_db
def test_foreign_origin_is_refused():
    client = Client(enforce_csrf_checks=True)
    assert (
        client.post("/admin/login/", {"username": "x"}, headers={"origin": "https://evil.example"}).status_code == 403
    )


@pytest.mark.django_db
def test_health_touches_nothing(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_ready_names_the_edition(client):
    make_idea()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "edition": 1})


@pytest.mark.django_db
def test_every_answer_has_its_headers(client, settings):
    headers = client.get("/").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert "Strict-Transport-Security" not in headers
    settings.HTTPS, settings.SECURE_HSTS_SECONDS = True, 31536000
    assert "max-age=31536000" in Client().get("/").headers["Strict-Transport-Security"]
