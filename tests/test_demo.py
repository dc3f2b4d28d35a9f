"""The first look: what `manage.py demo` makes, refuses and serves."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import CommandError

from catalogue.management.commands.demo import Command

FOREIGN = ["0.0.0.0:8000", "192.168.1.5:8000", "example.org:80", "[::]:8000"]
MALFORMED = ["8000", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:0", "127.0.0.1:99999", ""]


@pytest.mark.parametrize("address", [*FOREIGN, *MALFORMED])
def test_demo_refuses_what_is_not_this_machines_own_address(address):
    with pytest.raises(CommandError):
        Command().parse(address)


def test_demo_says_when_the_port_is_taken():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(CommandError, match="already in use"):
            Command().parse(f"127.0.0.1:{taken.getsockname()[1]}")


@pytest.mark.django_db
def test_demo_editor_is_made_once_and_keeps_a_password_of_its_own(monkeypatch):
    monkeypatch.delenv("DEMO_PASSWORD", raising=False)
    assert Command().editor() == ("editor", "password good-ideas")
    user = get_user_model().objects.get()
    assert (user.is_staff, user.check_password("good-ideas")) == (True, True)
    user.set_password("my own words")
    user.save()
    assert Command().editor() == ("editor", "with the password it was given")
    monkeypatch.setenv("DEMO_PASSWORD", "another one")
    assert Command().editor() == ("editor", "password the one in DEMO_PASSWORD")
    assert get_user_model().objects.get().check_password("another one")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def fetch(address, **headers):
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.headers, answer.read()


def test_demo_serves_the_opening_collection_as_production_would(tmp_path):
    port = free_port()
    keep = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
    env = keep | {
        "DATABASE_URL": f"sqlite:///{tmp_path}/demo.sqlite3",
        "SECRET_KEY": "x" * 60,
        "SITE_URL": f"http://127.0.0.1:{port}",
        "PYTHONUNBUFFERED": "1",
    }
    command = [sys.executable, "manage.py", "demo", f"127.0.0.1:{port}"]
    demo = subprocess.Popen(
        command, env=env, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        site = f"http://127.0.0.1:{port}"
        for _ in range(600):
            try:
                status, headers, body = fetch(f"{site}/")
                break
            except OSError:
                assert demo.poll() is None, demo.stdout.read()
                time.sleep(0.1)
        assert status == 200
        assert b"367 things" in body
        assert "Set-Cookie" not in headers
        style = body.split(b'rel="stylesheet" href="')[1].split(b'"')[0].decode()
        status, headers, _ = fetch(site + style, **{"Accept-Encoding": "br"})
        # Hashed names, compressed once, kept for ever: what production has and the development server hasn't.
        assert (status, headers["Content-Encoding"]) == (200, "br")
        assert "immutable" in headers["Cache-Control"]
        assert fetch(f"{site}/", Host="evil.example")[0] == 400
        assert fetch(f"{site}/ideas/nothing/")[0] == 404
    finally:
        demo.send_signal(signal.SIGINT)
        said = demo.communicate(timeout=30)[0]
    assert f"http://127.0.0.1:{port}/" in said
    assert "name editor, password good-ideas" in said
    assert "Traceback" not in said
