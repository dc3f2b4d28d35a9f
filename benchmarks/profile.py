"""Where the milliseconds of an uncached list page go: what its view calls, timed part by part, and the rest.

    python -m benchmarks.profile [ADDRESS]

Uses the database of the settings. Nothing is sampled: each part is wrapped by a watch for some hundred requests.
"""

import os
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
os.environ["PAGE_CACHE"] = "off"

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.test import Client  # noqa: E402

from catalogue.views import idea_list as views  # noqa: E402

REQUESTS = 100
#: What the view calls, in its order.
PARTS = {
    "IdeaFilter": "the query string, parsed",
    "paginate": "which ideas match",
    "facets": "the facets, counted",
    "cards": "twenty rows, read and worded",
    "render": "the template",
}


def profile(address: str) -> list[tuple[str, float]]:
    """Each part with its milliseconds, the median of many requests; the last is the whole."""
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    client, spent = Client(SERVER_NAME="127.0.0.1", headers={"accept-encoding": "br"}), defaultdict(float)
    times: dict[str, list[float]] = defaultdict(list)
    for name in PARTS:
        setattr(views, name, watched(getattr(views, name), name, spent))
    empty = min(once(lambda: client.get("/empty/")) for _ in range(REQUESTS))
    for _request in range(REQUESTS):
        spent.clear()
        whole = once(lambda: client.get(address))
        for name in PARTS:
            times[name].append(spent[name])
        times["rest"].append(whole - sum(spent.values()) - empty)
        times["whole"].append(whole)
    found = [(words, statistics.median(times[name]) * 1000) for name, words in PARTS.items()]
    found.append(("what surrounds every view", empty * 1000))
    found.append(("the rest: words, links, compression", statistics.median(times["rest"]) * 1000))
    return [*found, ("the whole page", statistics.median(times["whole"]) * 1000)]


def watched(work: Callable, name: str, spent: dict[str, float]) -> Callable:
    def timed(*args, **kwargs):
        start = time.perf_counter()
        try:
            return work(*args, **kwargs)
        finally:
            spent[name] += time.perf_counter() - start

    return timed


def once(work: Callable) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    address = sys.argv[1] if len(sys.argv) > 1 else "/ideas/?theme=work"
    print(f"{address}\n")
    for words, milliseconds in profile(address):
        print(f"{words:40} {milliseconds:8.2f} ms")


if __name__ == "__main__":
    main()
