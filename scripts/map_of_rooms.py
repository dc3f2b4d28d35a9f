"""Writes the README's map of the rooms from the sentence that each module opens with."""

import ast
from pathlib import Path

from generated import put, write

ROOT = Path(__file__).resolve().parent.parent
BEGIN, END = "<!-- the map: scripts/map_of_rooms.py -->\n", "<!-- end of the map -->"
#: In the order in which a newcomer should meet them; what else a folder holds follows by name.
FIRST = ["catalogue/models/idea.py", "catalogue/models/edition.py", "catalogue/index.py", "catalogue/filters.py"]


def modules() -> list[Path]:
    found = [
        path
        for folder in ("goodideas", "catalogue", "benchmarks")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if path.name != "__init__.py" and "migrations" not in path.parts
    ]
    first = [ROOT / name for name in FIRST]
    return first + [path for path in found if path not in first]


def sentence(path: Path) -> str:
    """The first paragraph of a module's docstring, in one line."""
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return " ".join(docstring.split("\n\n")[0].split())


def the_map() -> str:
    rows = [f"| `{path.relative_to(ROOT).as_posix()}` | {sentence(path)} |" for path in modules()]
    return "\n".join(["| room | what it owns |", "|---|---|", *rows, ""])


def written(readme: str) -> str:
    """The README with its map as it should be."""
    return put(readme, BEGIN, the_map(), END)


if __name__ == "__main__":
    write(written)
