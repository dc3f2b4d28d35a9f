"""Who watches over requests that wait for PostgreSQL; test_database_away.py shows that a mute one holds nobody."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from goodideas.waiting import LONG, PAUSE, SURE, waiting

pytestmark = pytest.mark.django_db(transaction=True)

if connection.vendor == "postgresql":
    # SQLite is a file of the server's own machine.

    def test_one_thread_watches_however_many_handlers_there_are():
        def ask(_number) -> int:
            try:
                return Client().get("/ideas/").status_code
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as several:
            assert set(several.map(ask, range(12))) == {200}
        assert [thread.name for thread in threading.enumerate()].count("waiting") == 1

    def test_slow_question_is_left_alone_while_the_database_answers_others(monkeypatch):
        # As a server has it; tests are patient otherwise.
        monkeypatch.setattr("goodideas.waiting.SURE", SURE)
        waiting.enter()
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(%s)", [LONG + SURE + 5 * PAUSE])
                cursor.execute("SELECT 1")
                assert cursor.fetchone() == (1,)
        finally:
            waiting.leave()
