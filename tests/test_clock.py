"""The clock: every request knows the present edition, and a database that hangs holds nobody."""

import threading
import time
from contextlib import contextmanager
from dataclasses import replace

import pytest
from django.db import connection

from catalogue import index as indexes
from catalogue.clock import DEADLINE, PAUSE, clock, held, moment
from catalogue.models import Edition
from tests.factories import make_idea

CACHE = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}


@contextmanager
def hanging_database():
    """A database in which every reader waits, as behind a lock that nobody gives back."""
    with other_connection() as other:
        if connection.vendor == "postgresql":
            other.execute("BEGIN")
            other.execute("LOCK TABLE catalogue_edition IN ACCESS EXCLUSIVE MODE")
        else:
            # It is to be had only while nobody else is connected.
            connection.close()
            clock.close()
            other.execute("PRAGMA locking_mode = EXCLUSIVE")
            other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def other_connection():
    other = connection.copy()
    other.connect()
    try:
        yield other.connection
    finally:
        other.close()


def timed(work) -> tuple[object, float]:
    start = time.monotonic()
    return work(), time.monotonic() - start


@pytest.mark.django_db
def test_moment_in_a_transaction_is_what_the_transaction_sees():
    before = clock.read()
    make_idea()
    after = clock.read()
    assert (after.edition, after.away) == ((before.edition or 0) + 1, False)
    assert after.stamp not in ("", before.stamp)


@pytest.mark.django_db
def test_moment_that_is_held_stays_and_is_what_the_index_goes_by():
    make_idea()
    index, now = indexes.current(), clock.read()
    with held(now):
        make_idea()
        assert moment() == now
        assert indexes.current() is index
    assert moment().edition == now.edition + 1
    assert len(indexes.current()) == 2


@pytest.mark.django_db(transaction=True)
def test_every_act_is_known_at_the_next_question_from_many_threads():
    wrong = []
    make_idea()

    def ask():
        for _ in range(50):
            before = latest[0]
            if clock.read().edition < before:
                wrong.append(before)

    latest = [clock.read().edition]
    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(20):
        with Edition.act(why="another") as act:
            make_idea()
        latest[0] = act.edition
    for thread in threads:
        thread.join()
    assert wrong == []
    assert clock.read().edition == latest[0]


@pytest.mark.django_db(transaction=True)
def test_database_that_hangs_holds_nobody_and_comes_back_by_itself(client, settings):
    settings.CACHES = {room: CACHE | {"LOCATION": room} for room in ("default", "pages", "questions")}
    idea = make_idea(title="Kept")
    kept = client.get("/ideas/")
    assert "; stale" not in kept["X-Catalogue-Edition"]
    with hanging_database():
        # The first to ask waits until the deadline, nobody else does.
        again, took = timed(lambda: client.get("/ideas/"))
        assert (again.status_code, again.content) == (200, kept.content)
        assert again["X-Catalogue-Edition"] == f"{kept['X-Catalogue-Edition']}; stale"
        assert (again["Cache-Control"], "ETag" in again) == ("no-cache", False)
        assert took < DEADLINE + 0.5
        for address in (idea.get_absolute_url(), "/ideas/?theme=work", "/nothing/", "/admin/", "/ideas.csv"):
            answer, took = timed(lambda address=address: client.get(address))
            assert (answer.status_code, answer["Retry-After"]) == (503, "10"), address
            assert took < DEADLINE + 0.5, address
        assert client.get("/healthz").status_code == 200
        ready, took = timed(lambda: client.get("/readyz"))
        assert (ready.status_code, list(ready.json()["failed"])) == (503, ["database"])
        assert took < 2
    deadline = time.monotonic() + 5
    while client.get(idea.get_absolute_url()).status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert client.get("/ideas/")["X-Catalogue-Edition"] == kept["X-Catalogue-Edition"]


@pytest.mark.django_db(transaction=True)
def test_clock_asks_a_database_that_is_away_once_in_a_pause():
    make_idea()
    known = clock.read()
    with hanging_database():
        assert clock.read() == replace(known, away=True)
        times = [timed(clock.read)[1] for _ in range(100)]
        assert max(times) < DEADLINE / 2
    assert PAUSE < 5


@pytest.mark.django_db(transaction=True)
def test_database_that_was_only_late_is_back_with_its_answer():
    make_idea()
    known = clock.read()
    with hanging_database():
        assert clock.read().away
    start = time.monotonic()
    while clock.read().away:
        assert time.monotonic() < start + PAUSE / 2
        time.sleep(0.02)
    assert clock.read() == known
