"""Whether a rolling restart drops a request: two servers behind a proxy end and come back in turn, under load.

    python -m benchmarks.rolling [--rounds 5]

Uses the database of the settings. Readers ask without a pause and people propose ideas, step by step, all through one
proxy that does what our examples for Caddy and nginx do; each server gets SIGTERM in the middle of it. Every answer
that isn't the page, every form that had to be sent again, every proposal that is lost or there twice is a fault. The
proposals are deleted afterwards.
"""

import argparse
import os
import sys
from dataclasses import dataclass

from benchmarks import figures

ADDRESSES = ("/", "/ideas/", "/ideas/?q=mentoring", "/ideas.json", "/ideas.csv", "/map/", "/submit/", "/countries/")
SERVERS, READERS = 2, 2


@dataclass
class Outcome:
    """What the clients saw while servers were restarted."""

    restarts: int
    read: int
    proposed: int
    #: Each a sentence.
    faults: list[str]
    longest: float
    #: GETs that a server broke off as it ended and the other answered: nobody saw them but the proxy.
    asked_again: int


def tried(rounds: int) -> Outcome:
    """Restarts every server in turn, so many times."""
    from benchmarks import thanks
    from benchmarks.balancing import Balancer
    from benchmarks.reading import Reading
    from benchmarks.servers import fleet

    thanks.prepare()
    with fleet(SERVERS, BEHIND_HTTPS_PROXY="1") as started, Balancer([server.port for server in started]) as proxy:
        with Reading([proxy.port], list(ADDRESSES), READERS) as reading, thanks.Crowd(None, proxy.port) as crowd:
            crowd.wait_for(1)
            for _round in range(rounds):
                for server in started:
                    server.restart()
            crowd.stop()
    told = thanks.outcome_of(crowd)
    faults = reading.wrong + [f"The proposal {title!r} was lost." for title in told.lost]
    faults += [f"The proposal {title!r} is there twice." for title in told.doubled]
    faults += [f"{told.again} forms had no answer and had to be sent again."] if told.again else []
    return Outcome(rounds * SERVERS, len(reading.times), told.thanked, faults, reading.longest, proxy.asked_again)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    figures.add_output(parser)
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodideas.settings")
    import django

    django.setup()
    from django.db import connection

    outcome = tried(asked.rounds)
    sentence = (
        f"{outcome.restarts} restarts, {outcome.read:,} pages read and {outcome.proposed:,} ideas proposed, "
        f"{len(outcome.faults)} faults; longest wait {outcome.longest * 1000:,.0f} ms"
    )
    print(f"{connection.vendor}: {sentence}; {outcome.asked_again} asked again by the proxy")
    print("\n".join(outcome.faults[:20]))
    if not outcome.faults:
        figures.keep(asked.output, {"rolling": sentence})
    sys.exit(bool(outcome.faults))


if __name__ == "__main__":
    main()
