"""The README tells the truth about the house."""

import re
import sys
from importlib.util import find_spec
from pathlib import Path

from benchmarks.promises import NAMES, count, passed_of

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

import table_of_figures  # noqa: E402
import table_of_promises  # noqa: E402
from map_of_rooms import written  # noqa: E402

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_readme_map_is_what_the_modules_say():
    assert written(README) == README, "run: python scripts/map_of_rooms.py"


def test_readme_names_each_setting_that_the_environment_is_asked_for():
    code = (ROOT / "goodideas" / "environment.py").read_text() + (ROOT / "goodideas" / "settings.py").read_text()
    asked = set(
        re.findall(r'(?:text|words|switch|contacts|folder|address|log_file|number|choice)\("([A-Z_]+)"', code)
    ) | {"DEMO_PASSWORD"}
    named = set(re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE))
    assert asked == named


def test_readme_gives_a_reason_for_each_dependency():
    wanted = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    names = re.findall(r'^    "([A-Za-z0-9-]+)', wanted, re.MULTILINE)
    table = README.split("## Dependencies")[1].split("## Licence")[0].lower()
    assert [name for name in names if name.lower() not in table] == []


def test_readme_links_lead_somewhere():
    assert [to for to in re.findall(r"\]\(([^)]+)\)", README) if not (ROOT / to).exists()] == []


def test_readme_table_of_figures_is_what_was_measured():
    assert table_of_figures.readme(README) == README, "run: python scripts/table_of_figures.py"


def test_readme_table_of_promises_is_what_was_found():
    assert table_of_promises.readme(README) == README, "run: python scripts/table_of_promises.py"


def test_whatever_is_named_as_showing_a_promise_is_there():
    missing = []
    for promise in table_of_promises.promises():
        for shown in promise["shown_by"]:
            if shown.startswith("python -m "):
                known = find_spec(shown.removeprefix("python -m ").split()[0]) is not None
            elif shown.startswith("make "):
                known = f"\n{shown.removeprefix('make ')}: " in (ROOT / "Makefile").read_text(encoding="utf-8")
            else:
                file, _, name = shown.partition("::")
                known = (ROOT / file).exists() and (not name or f"def {name}(" in (ROOT / file).read_text())
            if not known:
                missing.append(shown)
    assert missing == []


def test_every_figure_belongs_to_a_promise_and_is_measured_by_a_command():
    named = {figure.split(":")[0] for promise in table_of_promises.promises() for figure in promise["figures"]}
    assert {name.split("-")[0] for name in NAMES} == named | {"tests"}
    assert sorted(set(table_of_promises.figures()) - set(NAMES)) == []
    assert [name for name in named if find_spec(f"benchmarks.{name}") is None] == []


def test_figures_of_a_promise_are_those_of_its_lines_with_database_and_day():
    promise = {"promise": "It holds", "figures": ["faults: disk", "thanks", "load"]}
    measured = {
        "faults": {"measured": "2026-01-02", "lines": {"disk full": "1 wrong", "cache refused": "2 wrong"}},
        "tests-sqlite": {
            "measured": "2026-01-03",
            "lines": {"It holds": "3 tests passed", "Another": "4 tests passed"},
        },
        "thanks-postgresql": {"measured": "2026-01-04", "lines": {"thanks": "5 thanked for"}},
    }
    assert table_of_promises.sentences(promise, measured) == [
        "disk full: 1 wrong (2 January 2026)",
        "PostgreSQL: 5 thanked for (4 January 2026)",
        "SQLite: 3 tests passed (3 January 2026)",
        "not measured yet",
    ]


def test_tests_of_a_promise_are_counted_with_their_parameters_and_only_when_they_passed():
    report = """<testsuites><testsuite>
    <testcase classname="tests.test_a" name="test_one[1]"/><testcase classname="tests.test_a" name="test_one[2]"/>
    <testcase classname="tests.test_a" name="test_two"><skipped/></testcase>
    <testcase classname="tests.test_b" name="test_one"/></testsuite></testsuites>"""
    passed = passed_of(report)
    assert count(["tests/test_a.py"], passed) == "2 tests passed"
    assert count(["tests/test_a.py::test_two", "tests/test_b.py::test_one"], passed) == "1 test passed"
    assert count([], passed) == ""
