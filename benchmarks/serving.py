"""How pages are served: by the production server, kept and made, each beside an empty view in the same run."""

import http.client
import statistics

from benchmarks.client import Taken, ask, private, request
from benchmarks.measures import MIB, row
from benchmarks.servers import serving
from catalogue.models import Idea

#: Requests of a round: a page that has to be made costs as much as many that were kept. And rounds: those of different
#: addresses take turns, so that what else the machine does falls on all alike.
KEPT, MADE, ROUNDS = 500, 50, 5
ENCODINGS = "gzip, deflate, br"
OURS = {"DJANGO_SETTINGS_MODULE": "benchmarks.settings"}


def pages() -> list[dict]:
    idea = Idea.objects.published().order_by("-pk").first()
    addresses = {
        "home": "/",
        "list": "/ideas/",
        "filtered list": "/ideas/?theme=learn&country=CA",
        "search": "/ideas/?q=mentoring+refugees",
        "idea": idea.get_absolute_url(),
        "JSON": "/ideas.json",
    }
    return [*kept(addresses), *made(addresses)]


def kept(addresses: dict[str, str]) -> list[dict]:
    """Pages that were made before, asked for as a browser does; and 304."""
    rows = []
    with serving(**OURS) as (port, pid):
        asked = {"empty": "/empty/"} | {name: addresses[name] for name in ("home", "list", "filtered list", "idea")}
        requests = {name: request(address, Accept_Encoding=ENCODINGS) for name, address in asked.items()}
        # A question with parameters is kept when it is asked for the second time.
        for one in [*requests.values()] * 3:
            ask(port, pid, [one] * 10)
        tag = tag_of(port, addresses["list"])
        requests["304"] = request(addresses["list"], Accept_Encoding=ENCODINGS, If_None_Match=tag)
        found = rounds(port, pid, requests, KEPT)
        empty = found.pop("empty")
        rows.append(row("", "empty view, CPU", empty.each * 1000, "ms"))
        rows.append(row("", "empty view, answers", empty.throughput, "/s"))
        for name, taken in found.items():
            target = {"list": 0.8, "idea": 0.8, "304": 0.85}.get(name)
            what = f"{name} kept: answers a second, to an empty view's"
            id = "T8" if name == "idea" else "T1"
            rows.append(row(id, what, taken.throughput / empty.throughput, "×", target, "≥"))
            rows.append(row("", f"{name} kept: CPU", taken.each * 1000, "ms"))
            rows += percentiles(f"{name} kept", taken)
        rows.append(row("", "memory of the server, with pages kept", private(pid) / MIB, "MiB"))
    return rows


def made(addresses: dict[str, str]) -> list[dict]:
    """Pages that have to be made, by a server that keeps none."""
    rows = []
    with serving(**OURS, PAGE_CACHE="off") as (port, pid):
        requests = {name: request(address) for name, address in ({"empty": "/empty/"} | addresses).items()}
        for one in requests.values():
            ask(port, pid, [one] * 10)
        found = rounds(port, pid, requests, MADE)
        empty = found.pop("empty")
        for name, taken in found.items():
            target = 40 if name == "list" else None
            rows.append(row("", f"{name} made: CPU", taken.each * 1000, "ms"))
            what = f"{name} made: CPU, to an empty view's"
            rows.append(row("T2" if target else "", what, taken.each / empty.each, "×", target))
            rows += percentiles(f"{name} made", taken)
        rows.append(row("", "memory of the server, no page kept", private(pid) / MIB, "MiB"))
    return rows


def rounds(port: int, pid: int, requests: dict[str, bytes], number: int) -> dict[str, Taken]:
    """Of each address its fastest round, with the processor time of the middle one."""
    found: dict[str, list[Taken]] = {name: [] for name in requests}
    for _round in range(ROUNDS):
        for name, one in requests.items():
            # Processor time is told in hundredths of a second: of an empty view it takes many to be exact.
            times = max(number, KEPT) if name == "empty" else number
            found[name].append(ask(port, pid, [one] * times, 304 if name == "304" else 200))
    best = {}
    for name, taken in found.items():
        fastest, each = max(taken, key=lambda one: one.throughput), statistics.median(one.each for one in taken)
        best[name] = Taken(fastest.seconds, each * len(fastest.times), fastest.times)
    return best


def percentiles(name: str, taken: Taken) -> list[dict]:
    return [
        row("", f"{name}: half within", taken.percentile(0.5) * 1000, "ms"),
        row("", f"{name}: 99 of 100 within", taken.percentile(0.99) * 1000, "ms"),
    ]


def tag_of(port: int, address: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", address, headers={"Accept-Encoding": ENCODINGS})
    answer = connection.getresponse()
    answer.read()
    return answer.headers["ETag"]
