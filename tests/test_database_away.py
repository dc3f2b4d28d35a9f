"""A real server whose database is refused, hangs, and comes back: what readers get meanwhile, and how soon after."""

import http.client
import time

import pytest
from django.db import connection

from benchmarks.proxy import Proxy
from benchmarks.servers import database_url, servers
from tests.factories import make_idea

pytestmark = pytest.mark.django_db(transaction=True)

if connection.vendor == "postgresql":
    # SQLite is a file of the server's own machine: test_clock.py locks it.

    @pytest.mark.parametrize("fault", ["hang", "refuse"])
    def test_server_outlives_its_database_and_finds_it_again(fault):
        idea = make_idea(title="Kept")
        address = database_url()
        with Proxy(5432) as proxy, servers(1, DATABASE_URL=address.replace(":5432/", f":{proxy.port}/")) as [port]:
            for _time in range(2):
                assert get(port, "/ideas/")[0] == 200
            getattr(proxy, fault)()
            for _turn in range(3):
                for path in ("/ideas/", idea.get_absolute_url(), "/ideas/?q=kept", "/admin/login/"):
                    status, headers, seconds = get(port, path)
                    assert seconds < 3, path
                    if path == "/ideas/":
                        assert (status, headers["X-Catalogue-Edition"].endswith("; stale")) == (200, True)
                    else:
                        assert (status, headers["Retry-After"]) == (503, "10"), path
                status, _headers, seconds = get(port, "/readyz")
                assert (status, seconds < 2) == (503, True)
                assert get(port, "/healthz")[0] == 200
                time.sleep(0.9)
            proxy.mend()
            mended = time.monotonic()
            while get(port, idea.get_absolute_url())[0] != 200:
                assert time.monotonic() < mended + 5
                time.sleep(0.1)
            assert "stale" not in get(port, "/ideas/")[1]["X-Catalogue-Edition"]


def get(port: int, path: str) -> tuple[int, http.client.HTTPMessage, float]:
    """Status, headers, and the seconds that it took."""
    start = time.monotonic()
    request = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    request.request("GET", path)
    answer = request.getresponse()
    answer.read()
    request.close()
    return answer.status, answer.headers, time.monotonic() - start
