"""The HTML of every kind of page, as the Nu checker reads it (https://validator.github.io/validator/): no error."""

import json
import os
import shutil
import subprocess
from itertools import cycle

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from tests.browser.pages import EXAMPLES
from tests.desk import editor
from tests.submitting import IDEA, begin, fill_in

pytestmark = pytest.mark.browser

#: What each step that can be filled in wrongly says something about.
WRONG = {"where": {"started": "soon"}, "links": {"links": "nowhere"}, "you": {"email": "nobody"}}


@pytest.fixture(scope="module")
def checker():
    """The command that checks; .ci/run installs both of its halves."""
    java, jar = shutil.which("java"), os.environ.get("VNU_JAR")
    if not (java and jar):
        pytest.skip("This needs Java, and in VNU_JAR the path of vnu.jar, which npm's package vnu-jar has.")
    return [java, "-jar", jar, "--format", "json", "--stdout", "--exit-zero-always"]


def pages():
    """Each kind of page in English and in another language, by turns."""
    reader = Client()
    others = cycle(code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE)
    for example, language in zip(EXAMPLES, others, strict=False):
        for told in (example, example.told_in(language)):
            html = told.answer()["body"] if told.template else reader.get(told.path).content
            yield f"{told}-{told.language}", html


def own_pages():
    """What somebody sees who proposes an idea: each step empty, with its faults and filled in; then what follows."""
    person = Client()
    yield "submit-wrong", person.post("/submit/", {}).content
    submission = begin(person)
    at = f"/submit/{submission.token}/"
    for name in list(IDEA)[1:]:
        yield f"submit-{name}", person.get(f"{at}{name}/").content
        if name in WRONG:
            yield f"submit-{name}-wrong", person.post(f"{at}{name}/", WRONG[name]).content
    yield "submit-check-early", person.get(f"{at}check/").content
    yield "submit-later", person.get(f"{at}later/").content
    fill_in(person, submission, {name: IDEA[name] for name in list(IDEA)[1:]})
    yield "submit-check", person.get(f"{at}check/").content
    person.post(f"{at}check/")
    submission.refresh_from_db()
    yield "submission", person.get(at).content
    yield "submission-withdraw", person.get(f"{at}withdraw/").content


def desk_pages():
    yield "desk-login", Client().get("/admin/login/").content
    yield "desk-login-wrong", Client().post("/admin/login/", {"username": "nobody", "password": "no"}).content
    somebody = Client()
    somebody.force_login(editor("mira"))
    yield "desk", somebody.get("/admin/").content


def check(checker, folder, found) -> list[tuple]:
    for name, html in found:
        folder.joinpath(f"{name}.html").write_bytes(html if isinstance(html, bytes) else html.encode())
    answer = subprocess.run([*checker, str(folder)], capture_output=True, text=True, timeout=120, check=True).stdout
    return sorted(
        {
            (message["url"].rpartition("/")[2], message["message"], message.get("extract", ""))
            for message in json.loads(answer)["messages"]
            if message["type"] != "info"
        }
    )


@pytest.mark.usefixtures("base_url")
def test_pages_of_readers_have_no_error(checker, tmp_path):
    assert check(checker, tmp_path, pages()) == []


@pytest.mark.usefixtures("nothing_kept")
def test_pages_of_whoever_proposes_or_edits_have_no_error(checker, tmp_path):
    try:
        found = [*own_pages(), *desk_pages()]
    finally:
        User.objects.filter(username="mira").delete()
    assert check(checker, tmp_path, found) == []


def test_checker_finds_an_error(checker, tmp_path):
    html = "<!doctype html><html lang=en><title>A title</title><p><div></div></p></html>"
    assert [name for name, *_said in check(checker, tmp_path, [("wrong", html)])] == ["wrong.html"]
