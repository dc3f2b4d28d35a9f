"""Runs every benchmark and test that shows one of our promises, keeps what it found, and writes the README's table.

    python -m benchmarks.promises [NAME …] [--postgres URL] [--redis URL] [--since YYYY-MM-DD]

Each has a database of its own, made for it on the PostgreSQL server or as a file of SQLite and taken away afterwards.
What was found is kept in `benchmarks/figures/`, a file for each, from which `scripts/table_of_promises.py` writes the
table: so it can be broken off and gone on with, by names or with those alone that weren't measured since a day. Which
promises there are, and what shows each, is in `benchmarks/promises.json`. It ends with 1 when one was broken; of that
the file keeps what it had.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from benchmarks import figures
from benchmarks.__main__ import POSTGRES
from benchmarks.databases import ROOT, database, environment, fill

PROMISES = ROOT / "benchmarks" / "promises.json"


@dataclass(frozen=True)
class Run:
    """A module, what it is told, and what its database holds before."""

    module: str
    arguments: tuple[str, ...] = ()
    ideas: int = 0
    collection: bool = False


POSTGRESQL, SQLITE = "postgresql", "sqlite"
#: Each with its database last in its name.
RUNS = {
    f"thanks-{POSTGRESQL}": Run("thanks"),
    f"thanks-{SQLITE}": Run("thanks"),
    f"freshness-{POSTGRESQL}": Run("freshness", collection=True),
    f"freshness-{SQLITE}": Run("freshness", collection=True),
    f"importing-{POSTGRESQL}": Run("importing"),
    f"importing-{SQLITE}": Run("importing"),
    f"restoring-{POSTGRESQL}": Run("restoring", collection=True),
    f"restoring-{SQLITE}": Run("restoring", collection=True),
    f"rolling-{POSTGRESQL}": Run("rolling", ideas=10_000),
    f"migrating-{POSTGRESQL}": Run("migrating", ideas=100_000),
    f"migrating-{SQLITE}": Run("migrating", ("--ideas", "10000"), ideas=10_000),
}
#: They make their databases themselves. TESTS are all that are named as showing a promise.
LOAD, TESTS = f"load-{POSTGRESQL}", tuple(f"tests-{vendor}" for vendor in (POSTGRESQL, SQLITE))
FAULTS, HOSTILE = "faults", "hostile"
NAMES = (*RUNS, LOAD, FAULTS, HOSTILE, *TESTS)


def run(name: str, asked: argparse.Namespace) -> int:
    """Measures one and keeps its figures; gives its status, which is 0 when nothing was broken."""
    output = figures.FOLDER / f"{name}.json"
    if name == LOAD:
        command = ["benchmarks.load", "--postgres", asked.postgres, "--redis", asked.redis, "--output", str(output)]
        return subprocess.run([sys.executable, "-m", *command], cwd=ROOT).returncode
    if name in (FAULTS, HOSTILE):
        more = ["--postgres", asked.postgres] if name == FAULTS else []
        command = [f"benchmarks.{name}", *more, "--output", str(output)]
        return subprocess.run([sys.executable, "-m", *command], cwd=ROOT).returncode
    server = asked.postgres if name.endswith(POSTGRESQL) else ""
    if name in TESTS:
        return run_tests(server, output)
    chosen = RUNS[name]
    with database(server, chosen.module) as url:
        fill(url, chosen.ideas, chosen.collection)
        command = [f"benchmarks.{chosen.module}", *chosen.arguments, "--output", str(output)]
        return subprocess.run([sys.executable, "-m", *command], cwd=ROOT, env=environment(url)).returncode


def run_tests(server: str, output: Path) -> int:
    """Every test that shows a promise; of each promise it is kept how many passed."""
    promises = json.loads(PROMISES.read_text(encoding="utf-8"))
    named = sorted({shown for promise in promises for shown in tests_of(promise)})
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        told = environment(server) if server else environment("")
        for name in () if server else ("DATABASE_URL", "SECRET_KEY", "SITE_URL"):
            del told[name]
        command = ["pytest", *named, "--quiet", *"--numprocesses auto --dist loadfile --junit-xml".split(), str(report)]
        status = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, env=told).returncode
        if status == 0:
            passed = passed_of(report.read_text(encoding="utf-8"))
            figures.keep(output, {promise["promise"]: count(tests_of(promise), passed) for promise in promises})
    return status


def tests_of(promise: dict) -> list[str]:
    """The tests among what shows a promise, files and single ones."""
    return [shown for shown in promise["shown_by"] if shown.startswith("tests/")]


def passed_of(report: str) -> list[str]:
    """The tests of pytest's report that passed, as tests/test_x.py::test_y, as often as they had parameters."""
    passed = []
    for case in ElementTree.fromstring(report).iter("testcase"):
        if not len(case):
            file = "/".join(case.get("classname").split(".")) + ".py"
            passed.append(f"{file}::{case.get('name').split('[')[0]}")
    return passed


def count(named: list[str], passed: list[str]) -> str:
    number = sum(any(one == name or one.startswith(f"{name}::") for name in named) for one in passed)
    return f"{number:,} {'test' if number == 1 else 'tests'} passed" if named else ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all of them")
    parser.add_argument("--postgres", default=POSTGRES, help="a PostgreSQL server and a database to begin from")
    parser.add_argument("--redis", default="redis://127.0.0.1:6379/13", help="an empty database of a Redis")
    parser.add_argument("--since", default="", metavar="YYYY-MM-DD", help="leave out what was measured since that day")
    asked = parser.parse_args()
    if unknown := sorted(set(asked.names) - set(NAMES)):
        parser.error(f"There is no {', '.join(unknown)}. There are {', '.join(NAMES)}.")
    broken = []
    for name in asked.names or NAMES:
        if asked.since and measured(name) >= asked.since:
            continue
        start = time.monotonic()
        print(f"\n{name}", flush=True)
        if run(name, asked):
            broken.append(name)
        print(f"{name}: {time.monotonic() - start:.0f} s", flush=True)
        subprocess.run([sys.executable, "scripts/table_of_promises.py"], cwd=ROOT, check=True)
    if broken:
        sys.exit(f"Broken, or not measured: {', '.join(broken)}")


def measured(name: str) -> str:
    """The day of its figures; '' when there are none."""
    path = figures.FOLDER / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))["measured"] if path.exists() else ""


if __name__ == "__main__":
    main()
