"""A database of its own on a PostgreSQL server, or a file of SQLite, for as long as a benchmark runs."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def database(server: str, name: str) -> Iterator[str]:
    """The address of a new and empty database, beside the one that the address of a server names; '' is SQLite."""
    name = f"good_ideas_{name}_{os.getpid()}"
    if not server:
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/{name}.sqlite3"
        return
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def environment(url: str, **more: str) -> dict[str, str]:
    """What a command needs to be told to work on the database of that address."""
    return (
        os.environ
        | {
            "DATABASE_URL": url,
            "SECRET_KEY": "for-benchmarks-only",
            "SITE_URL": "http://127.0.0.1:8000",
            "DJANGO_SETTINGS_MODULE": "goodideas.settings",
        }
        | more
    )


def fill(url: str, ideas: int, collection: bool = True) -> None:
    """Makes the tables, loads the opening collection if it is wanted, and so many made-up ideas."""
    commands = [["migrate"], *([["seed"]] if collection else [])]
    commands += [["generate_ideas", str(ideas), "--seed", "1"]] if ideas else []
    for command in commands:
        done = subprocess.run(
            [sys.executable, "manage.py", *command, "--verbosity", "0"],
            cwd=ROOT, env=environment(url), capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode:
            sys.exit(f"manage.py {command[0]}: {done.stderr.strip()[-2000:]}")
