"""Writes the README's table of figures from benchmarks/results.json; a test says whether it has been run.

python scripts/table_of_figures.py
"""

import json
import re
from pathlib import Path

from generated import put, write

ROOT = Path(__file__).resolve().parent.parent
START, END = "<!-- the figures: scripts/table_of_figures.py -->\n", "<!-- end of the figures -->"
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def table() -> str:
    """Every measure that has a target, and the times of pages: a column for each database and size."""
    results = json.loads((ROOT / "benchmarks" / "results.json").read_text(encoding="utf-8"))
    results.sort(key=lambda result: (result["database"] != "sqlite", result["ideas"]))
    heads = [f"{NAMES[result['database']]}, {result['ideas']:,}" for result in results]
    lines = [f"| | measured | target | {' | '.join(heads)} |", f"|---|---|---|{'---:|' * len(heads)}"]
    cells: dict[tuple, dict[int, str]] = {}
    for column, result in enumerate(results):
        for row in result["measures"]:
            if row["target"] is None and not row["what"].endswith(("made: CPU", "kept: CPU", "made: 99 of 100 within")):
                continue
            target = "" if row["target"] is None else f"{row['sign']} {row['target']:g} {row['unit']}"
            # The number of hits differs from one size to another; the measure is the same.
            what = re.sub(
                r" \([\d,]+ found\)|page [\d,]+ to",
                lambda m: "" if "found" in m[0] else "the last page to",
                row["what"],
            )
            missed = row["met"] is False
            value = f"{row['value']:.3g} {row['unit']}"
            cells.setdefault((row["id"], what, target), {})[column] = f"**{value}**" if missed else value
    for (id, what, target), values in sorted(cells.items(), key=lambda cell: cell[0][0] or "without"):
        lines.append(f"| {id} | {what} | {target} | {' | '.join(values.get(c, '') for c in range(len(heads)))} |")
    return "\n".join(lines)


def readme(text: str) -> str:
    """The README with the present table in its place."""
    return put(text, START, f"{table()}\n", END)


if __name__ == "__main__":
    write(readme)
