"""Writes the README's table of promises: what shows each, and its last figures; a test says whether it has been run.

python scripts/table_of_promises.py

The promises are in benchmarks/promises.json, the figures in benchmarks/figures/, where `python -m benchmarks.promises`
puts them: a file for each benchmark and database. A promise names a benchmark, or of its lines those that begin so.
"""

import json
from datetime import date
from pathlib import Path

from generated import put, write

ROOT = Path(__file__).resolve().parent.parent
START, END = "<!-- the promises: scripts/table_of_promises.py -->\n", "<!-- end of the promises -->"
NAMES = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}


def promises() -> list[dict]:
    return json.loads((ROOT / "benchmarks" / "promises.json").read_text(encoding="utf-8"))


def figures() -> dict[str, dict]:
    """What each benchmark found last on each database, by the name of its file."""
    found = sorted((ROOT / "benchmarks" / "figures").glob("*.json"))
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in found}


def sentences(promise: dict, measured: dict[str, dict]) -> list[str]:
    """The last figures of a promise, each with its database and its day."""
    said = []
    wanted = [(*figure.partition(": ")[::2], True) for figure in promise["figures"]]
    wanted += [("tests", promise["promise"], False)]
    for benchmark, line, begins in wanted:
        for name, told in measured.items():
            of, _, vendor = name.partition("-")
            if of != benchmark:
                continue
            for what, sentence in told["lines"].items():
                if sentence and (what.startswith(line) if begins else what == line):
                    about = f"{NAMES[vendor]}: " if vendor else f"{what}: "
                    said.append(f"{about}{sentence} ({_day(told['measured'])})")
    missing = [one for one in promise["figures"] if not any(name.startswith(one.split(":")[0]) for name in measured)]
    if missing:
        said.append("not measured yet")
    return said or ["no change is taken without its tests (`.ci/run`)"]


def _day(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day.day} {day:%B %Y}"


def table() -> str:
    measured = figures()
    lines = ["| promise | shown by | last figure |", "|---|---|---|"]
    for promise in promises():
        shown = ", ".join(f"`{name}`" for name in _short(promise["shown_by"])) or "nothing yet"
        said = "; ".join(sentences(promise, measured)).replace("|", "\\|")
        lines.append(f"| {promise['promise']} | {shown} | {said} |")
    return "\n".join(lines)


def _short(shown: list[str]) -> list[str]:
    """A further test of the file that was named just before is named without it."""
    said, file = [], ""
    for name in shown:
        before, file = file, name.partition("::")[0]
        said.append(name[len(file) :] if "::" in name and file == before else name)
    return said


def readme(text: str) -> str:
    """The README with the present table in its place."""
    return put(text, START, f"{table()}\n", END)


if __name__ == "__main__":
    write(readme)
