"""Whether an editor who publishes sees it everywhere at the next request: two servers, eight readers, a thousand times.

    python -m benchmarks.freshness [--times 1000]

Uses the database of the settings, in which it publishes an idea, changes its title again and again and withdraws it.
Each change is committed through a connection of its own; then each of two servers, which run by the production command
and are being read by eight clients meanwhile, is asked once. An answer of an older edition, or without the new title,
is missed.
"""

import argparse
import os
import sys
import time

from benchmarks import figures
from benchmarks.reading import Clients, get_json

READERS, SERVERS = 8, 2
#: What the readers ask for: lists with and without filters.
ADDRESSES = ("/ideas.json", "/ideas.json?sort=title&page_size=5", "/ideas.json?country=ca", "/suggest.json?q=a")


def missed(times: int) -> list[str]:
    """What the servers' very next answers didn't know yet, as sentences."""
    from benchmarks.servers import servers
    from catalogue.models import Edition, Idea, Topic

    with Edition.act(why="a benchmark of freshness"):
        topic = Topic.objects.create(slug=f"freshness-{os.getpid()}", name={"en": "Freshness"})
        idea = Idea.objects.create(title="Not yet")
        idea.topics.set([topic])
    late = []
    with servers(SERVERS) as ports, _Reading(ports):
        for number in range(times):
            with Edition.act(why=f"a benchmark of freshness, {number}") as act:
                _change(idea, number)
            for port in ports:
                told = get_json(port, f"/ideas.json?topic={topic.slug}")
                titles = [result["title"] for result in told["results"]]
                if told["edition"] != act.edition or titles != [idea.title]:
                    late.append(f"{number}: port {port} told {titles} of edition {told['edition']}, not {act.edition}")
    with Edition.act(why="a benchmark of freshness is over"):
        idea.withdraw(reason="It was made for a benchmark.")
        topic.delete()
    return late


def _change(idea, number: int) -> None:
    from django.utils import timezone

    idea.title = f"Fresh {number}"
    idea.status, idea.first_published = "published", idea.first_published or timezone.now()
    idea.save()


class _Reading(Clients):
    """Eight clients, each at one of the servers, for whom no edition may go back."""

    def __init__(self, ports: list[int]):
        super().__init__(READERS)
        self.ports = ports

    def work(self, number: int) -> None:
        port, edition = self.ports[number % len(self.ports)], 0
        while not self.done.is_set():
            told = get_json(port, ADDRESSES[number % len(ADDRESSES)])
            if told["edition"] < edition:
                raise RuntimeError(f"Port {port} went back from edition {edition} to {told['edition']}.")
            edition = told["edition"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--times", type=int, default=1000)
    figures.add_output(parser)
    asked = parser.parse_args()
    times = asked.times
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodideas.settings")
    import django

    django.setup()
    start = time.perf_counter()
    late = missed(times)
    seen = times - len({line.split(":")[0] for line in late})
    sentence = (
        f"{seen:,} of {times:,} changes were in the next answer of each of {SERVERS} servers, which {READERS} readers "
        "were reading"
    )
    print(f"{sentence}; {time.perf_counter() - start:.0f} s")
    print("\n".join(late[:20]))
    if not late:
        figures.keep(asked.output, {"freshness": sentence})
    sys.exit(bool(late))


if __name__ == "__main__":
    main()
