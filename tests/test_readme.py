"""The README tells the truth about the house."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

import table_of_figures  # noqa: E402
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
