"""The rooms of the house: imports run one way, and nothing outside the repository is named in it."""

import ast
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent
#: From the ground up. A room may import those before it, and its own.
ORDER = (
    "failing languages listing folding words grammar marking ranking countries criteria retired renditions visiting "
    "models regions clock spelling sets search orders indexing catching_up index leading counting redirecting maps "
    "atlas cards travel filters map_filter finding comparing judging versions facets exports coverage translating "
    "records citations linked_data pictures feeds sitemaps dumps schemas openapi suggestions exchange asking fitting "
    "questions steps screening likeness second_factor accounts mail returning forgetting checking duties archives "
    "backups seeding restoring views management"
).split()


def imported(path: Path) -> set[str]:
    """The rooms of the catalogue that a file imports."""
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module] + [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        rooms |= {name.split(".")[1] for name in names if name.startswith("catalogue.")}
    return rooms


def test_imports_run_one_way():
    wrong = []
    for path in (ROOT / "catalogue").rglob("*.py"):
        room = path.relative_to(ROOT / "catalogue").parts[0].removesuffix(".py")
        for other in imported(path) & set(ORDER):
            if room in ORDER and ORDER.index(other) > ORDER.index(room):
                wrong.append(f"{path.relative_to(ROOT)} imports catalogue.{other}")
    assert wrong == []


def test_the_app_never_imports_the_wiring():
    wrong = [path for path in (ROOT / "catalogue").rglob("*.py") if "goodideas" in {
        (node.module or "").split(".")[0] for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
    }]  # fmt: skip
    assert wrong == []


def test_views_hold_no_conditions_of_visibility():
    wrong = [p.name for p in (ROOT / "catalogue" / "views").glob("*.py") if "Q(" in p.read_text(encoding="utf-8")]
    assert wrong == []


def test_every_module_says_what_it_owns():
    silent = [
        str(path.relative_to(ROOT))
        for folder in ("catalogue", "goodideas")
        for path in (ROOT / folder).rglob("*.py")
        if path.read_text(encoding="utf-8").strip() and "0001_" not in path.name
        and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]  # fmt: skip
    assert silent == []


def test_partials_say_what_they_expect():
    partials = list((ROOT / "templates" / "catalogue").glob("_*.html"))
    assert partials
    assert [p.name for p in partials if not p.read_text(encoding="utf-8").startswith("{# expects: ")] == []


def test_nothing_of_another_machine_is_named():
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    outside = "../" + "shared"
    for name in filter(None, files):
        path = ROOT / name
        if path.suffix not in {".mo", ".png", ".woff2"} and path.is_file():
            text = path.read_text(encoding="utf-8")
            assert outside not in text, name
            assert str(ROOT) + "/" not in text, name
