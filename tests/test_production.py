"""The README's page on production, command by command, and the files in `deploy/` that it names."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from shlex import quote

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from benchmarks.servers import database_url, free_port, options, production

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
README = (ROOT / "README.md").read_text(encoding="utf-8").split("## In production")[1].split("\n## ")[0]
#: What isn't run here, and why.
NOT_RUN = {
    "production-root": "needs root, systemd and a machine of its own: packages, users, units, the proxy",
    "production-setup": "makes .venv anew, as `make test` has just done",
}


def blocks() -> list[tuple[str, str]]:
    """What each fenced block is, and what it says."""
    return re.findall(r"^```sh ([a-z-]+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


@pytest.fixture
def empty_database(tmp_path):
    """The address of a database with nothing in it, of the kind that the tests run on."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path}/site.sqlite3"
        return
    name = f"production_{os.getpid()}"
    server, _, _ = database_url().rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"{server}/{name}"
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.mark.skipif(not shutil.which("bash") or not shutil.which("curl"), reason="needs bash and curl")
def test_commands_of_the_readme_lead_from_an_empty_database_to_a_site_that_is_ready(tmp_path, empty_database):
    written = tmp_path / "good-ideas.env"
    here = {
        "SECRET_KEY": "for-this-test-only-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
        "DATABASE_URL": empty_database,
        "CACHE_URL": "",
        "VIEWS_LOG": tmp_path / "views.log",
    } | {name: tmp_path / name for name in ("STATIC_ROOT", "MEDIA_ROOT", "DUMP_ROOT")}
    text = (DEPLOY / "good-ideas.env").read_text(encoding="utf-8")
    for name, value in here.items():
        text, found = re.subn(rf"^{name}=.*$", f"{name}={value}", text, flags=re.MULTILINE)
        assert found == 1, name
    written.write_text(text, encoding="utf-8")
    script = "\n".join(text for kind, text in blocks() if kind == "production")
    script = script.replace("/etc/good-ideas.env", quote(str(written))).replace(" 8001", f" {(port := free_port())}")
    # What a person does in a browser while the site is served is done by a stranger who reads the pages.
    script, invited = re.subn(r"^(.* invite .*)$", rf"\1 | tee {quote(str(tmp_path / 'invited'))}", script, flags=re.M)
    script, ended = re.subn(
        r"^(kill \$! .*)$",
        rf'.venv/bin/python -m tests.stranger {port} "$(tail -1 {quote(str(tmp_path / "invited"))})"\n\1',
        script,
        flags=re.M,
    )
    assert (invited, ended) == (1, 1)
    # Nothing goes on to serve where a command fails.
    script = f"trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n{script}"
    script = script.replace(":8001/", f":{port}/").replace(".venv/bin/", f"{quote(str(Path(sys.executable).parent))}/")
    clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], cwd=ROOT, env=clean, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr + done.stdout
    assert "System check identified no issues" in done.stdout
    assert re.search(r"^administrator, [\w-]{20}$", done.stdout, re.MULTILINE)
    assert '"ready": true' in done.stdout
    assert "mira is in: The desk" in done.stdout
    # Hashed and compressed once, for whoever serves them.
    styles = [
        path for path in (tmp_path / "STATIC_ROOT").rglob("*.css") if re.search(r"\.[0-9a-f]{12}\.css$", path.name)
    ]
    assert styles
    assert all(Path(f"{path}{ending}").exists() for path in styles for ending in (".br", ".gz"))


def test_blocks_of_the_readme_are_run_or_named_as_not_run():
    assert {kind for kind, _text in blocks()} == {"production", *NOT_RUN}
    assert README.count("```sh") == len(blocks())


def test_every_way_to_start_the_server_is_the_same():
    container = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    [page] = [text for _kind, text in blocks() if "granian" in text]
    by_systemd, environment = production()
    assert options(page) == by_systemd == options(container.split("EXPOSE")[1])
    assert environment == {"MALLOC_ARENA_MAX": "2"}
    assert "MALLOC_ARENA_MAX=2" in container


def test_example_of_an_environment_names_every_setting():
    named = re.findall(r"^#?([A-Z_]+)=", (DEPLOY / "good-ideas.env").read_text(encoding="utf-8"), re.MULTILINE)
    table = re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(set(named)) == sorted(table)


def test_every_file_that_the_page_copies_is_there():
    assert [name for name in re.findall(r"deploy/[\w./-]*\w", README) if not (ROOT / name).exists()] == []


def test_every_timer_has_its_job_and_every_job_its_timer_and_a_command_that_is_there():
    units = DEPLOY / "systemd"
    jobs = {path.stem for path in units.glob("*.service") if "@" not in path.name}
    assert {path.stem for path in units.glob("*.timer")} == jobs
    assert {job for job in jobs if f"{job}.timer" not in README} == set()
    commands = {re.search(r"manage\.py (\w+)", (units / f"{job}.service").read_text())[1] for job in jobs}
    assert commands == {"tick", "check_links", "count_views", "dump", "backup"}


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_units_are_sound(tmp_path):
    for path in (DEPLOY / "systemd").rglob("*.*"):
        if path.is_file():
            copy = tmp_path / path.relative_to(DEPLOY / "systemd")
            copy.parent.mkdir(exist_ok=True)
            # The folder of a release isn't on this machine.
            copy.write_text(re.sub(r"/opt/good-ideas/current/\.venv/bin/\w+", "/bin/true", path.read_text()))
    units = [str(path) for path in sorted(tmp_path.iterdir()) if path.is_file()]
    told = subprocess.run(
        ["systemd-analyze", "verify", *units],
        env=os.environ | {"SYSTEMD_UNIT_PATH": f"{tmp_path}:"}, capture_output=True, text=True,
    )  # fmt: skip
    assert [line for line in told.stderr.splitlines() if "good-ideas" in line] == []


def test_nothing_of_this_installation_gets_into_the_image():
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (DEPLOY / "Containerfile").read_text(), re.MULTILINE)
    names = [name for line in copied for name in line.split()]
    tracked = subprocess.run(["git", "ls-files", *names], cwd=settings.BASE_DIR, capture_output=True, text=True)
    assert {name.split("/")[0] for name in tracked.stdout.split()} == {name.split("/")[0] for name in names}
