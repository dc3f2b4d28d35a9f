"""Starts servers on the present database by the production command, and ends the ones that it started."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from urllib.parse import quote

from django.conf import settings
from django.db import connection

COMMAND = ("--interface", "wsgi", "--workers", "1", "--blocking-threads", "8", "--log-level", "error")
#: Seconds in which a server has to be ready.
PATIENCE = 60


def options(text: str) -> tuple[str, ...]:
    """How a text starts granian, but for the address and the port."""
    words = re.sub(r'[\\",\[\]]', " ", text.split("granian", 1)[1].split("goodideas.wsgi:application")[0]).split()
    return tuple(word for place, word in enumerate(words) if not {"--host", "--port"} & {word, words[place - 1]})


def production() -> tuple[tuple[str, ...], dict[str, str]]:
    """How systemd starts a server by our unit: granian's options, with two workers, say, and the unit's environment."""
    unit = settings.BASE_DIR / "deploy" / "systemd" / "good-ideas-web@.service"
    text = unit.read_text(encoding="utf-8")
    return options(text.split("ExecStart=")[1]), dict(re.findall(r"^Environment=(\w+)=(.*)$", text, re.MULTILINE))


@cache
def collect_static() -> None:
    """Once a process: a server in earnest has hashed style sheets, and a fresh checkout has none yet."""
    if os.environ.get("STATIC_COLLECTED"):
        # By the process that started this one.
        return
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(command, cwd=settings.BASE_DIR, check=True)


def database_url() -> str:
    """The address of the database that this process is connected to."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    user = ":".join(quote(part, safe="") for part in (database["USER"], database["PASSWORD"]) if part)
    host = f"{database['HOST'] or 'localhost'}:{database['PORT'] or 5432}"
    return f"postgres://{user}@{host}/{database['NAME']}"


class Server:
    """One server by the production command: a process of its own, with workers, on a port that it keeps."""

    def __init__(self, port: int, environment: dict[str, str], options: tuple[str, ...] = ()):
        self.port, self.environment, self.options = port, environment, options

    def start(self) -> None:
        options = [*COMMAND, *self.options, "--port", str(self.port)]
        command = [sys.executable, "-m", "granian", *options, "goodideas.wsgi:application"]
        # A group of its own: the server's parent is killed together with the workers that do its work.
        self.process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=self.environment, start_new_session=True)

    def wait_until_ready(self) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise RuntimeError(f"The server on port {self.port} ended with status {self.process.returncode}.")
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", "/readyz")
                answer = connection.getresponse()
                said = answer.read().decode()
                if answer.status == 200:
                    return
            except OSError as error:
                said = str(error)
            time.sleep(0.1)
        raise RuntimeError(f"The server on port {self.port} wasn't ready within {PATIENCE} seconds: {said}")

    def end(self, patience: float = 10) -> None:
        """Asks it to end (SIGTERM), as `systemctl stop` does, and waits for so many seconds until it has."""
        self.process.terminate()
        try:
            self.process.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def restart(self) -> None:
        """As `systemctl restart` does by our unit, whose TimeoutStopSec it is: it is back when it is ready."""
        self.end(patience=40)
        self.start()
        self.wait_until_ready()


@contextmanager
def serving(**settings_of_its: str) -> Iterator[tuple[int, int]]:
    """One server; gives its port and the number of its process."""
    with fleet(1, **settings_of_its) as [server]:
        yield server.port, server.process.pid


@contextmanager
def servers(number: int, **settings_of_theirs: str) -> Iterator[list[int]]:
    """So many servers, each a process of its own; gives their ports when all are ready."""
    with fleet(number, **settings_of_theirs) as started:
        yield [server.port for server in started]


@contextmanager
def fleet(number: int, *options: str, **settings_of_theirs: str) -> Iterator[list[Server]]:
    """So many servers, when all are ready; those that still run are ended. Options count more than those of all."""
    environment = {name: value for name, value in os.environ.items() if name != "ALLOWED_HOSTS"}
    environment |= {
        "DATABASE_URL": database_url(),
        "SECRET_KEY": settings.SECRET_KEY,
        "SITE_URL": settings.SITE_URL,
        "DJANGO_SETTINGS_MODULE": "goodideas.settings",
    } | settings_of_theirs
    collect_static()
    started = [Server(free_port(), environment, options) for _ in range(number)]
    try:
        for server in started:
            server.start()
        for server in started:
            server.wait_until_ready()
        yield started
    finally:
        for server in started:
            server.process.terminate()
        for server in started:
            server.end()


def kill(port: int, server: int) -> None:
    """Ends a server and its workers at once, as a power cut would (SIGKILL), and makes sure that nobody answers."""
    os.killpg(server, signal.SIGKILL)
    end = time.monotonic() + 5
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            return
        time.sleep(0.01)
    raise RuntimeError(f"Something still answers on port {port}: the server was not killed.")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
