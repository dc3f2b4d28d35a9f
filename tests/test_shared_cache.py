"""Servers that share a cache: nobody is given a page older than an act that was over when they asked."""

import http.client
import socket
import time

import pytest
import redis

from benchmarks.proxy import Proxy
from benchmarks.servers import servers
from catalogue.models import Edition
from tests.factories import make_idea

REDIS, DATABASE = 6379, 15


def redis_is_here() -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", REDIS)) == 0


pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not redis_is_here(), reason="needs a Redis on 127.0.0.1:6379"),
]


def kept() -> list[bytes]:
    """The names of what is kept, which is thrown away."""
    with redis.Redis(port=REDIS, db=DATABASE) as cache:
        names = list(cache.scan_iter("good-ideas-*"))
        if names:
            cache.delete(*names)
    return names


def get(port: int, address: str) -> tuple[int, str, str]:
    """Status, edition and text of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", address)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, answer.headers["X-Catalogue-Edition"], text


def test_servers_with_one_cache_show_every_act_at_once_and_outlive_the_cache():
    kept()
    idea = make_idea(title="Before", topics=["sport"])
    pages = ("/ideas/", idea.get_absolute_url(), "/topics/sport/", "/ideas.json")
    with Proxy(REDIS) as proxy, servers(2, CACHE_URL=f"redis://127.0.0.1:{proxy.port}/{DATABASE}") as ports:
        for number in range(15):
            with Edition.act(why="a new title") as act:
                idea.title = f"Title {number}"
                idea.save()
            # The first to be asked renders and keeps; the other finds it in the cache.
            for port in ports[:: 1 if number % 2 else -1]:
                for address in pages:
                    status, edition, text = get(port, address)
                    assert (status, edition) == (200, str(act.edition)), address
                    assert idea.title in text, address
                    assert number == 0 or f"Title {number - 1}<" not in text, address
        assert len(kept()) >= 15 * len(pages)
        for fault in (proxy.hang, proxy.refuse):
            fault()
            times = []
            for turn in range(40):
                start = time.monotonic()
                status, _edition, text = get(ports[turn % 2], pages[turn % 4])
                times.append(time.monotonic() - start)
                assert status == 200
                assert idea.title in text
            # Each server waits for the cache once, and then leaves it alone for a while.
            assert sorted(times)[-5] < 0.25, fault.__name__
