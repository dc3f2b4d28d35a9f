"""A browser, and the opening collection served to it: loaded once for all tests, none of which writes anything.

pytest-django's own `live_server` empties the database after every test; loading the collection again each time would
take half an hour. So this server has a database of its own, made and filled at the start.
"""

import os
import shutil
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings as site_settings
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from django.test.utils import setup_databases, teardown_databases
from pytest_django.live_server_helper import LiveServer

from catalogue import index
from catalogue.models import City, Edition, Evidence, Idea, Submission, Tally
from catalogue.models.transfer import ROOM
from tests import mirrored
from tests.browser.pages import BEHIND, GONE, GUIDED, NARROW, READ, TRANSLATED
from tests.factories import make_assessment, make_guide, make_idea, make_resource, make_translation

# Playwright keeps an event loop in this thread, in which Django would refuse every query.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not chromium:
        pytest.skip("There is no Chromium here: install Debian's package chromium, or name one in CHROMIUM.")
    return browser_type_launch_args | {"executable_path": chromium, "args": FLAGS.split()}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    # Without smooth scrolling, or a test would ask where things are while they are still on their way.
    return browser_context_args | {"reduced_motion": "reduce", "viewport": {"width": 1280, "height": 900}}


@pytest.fixture(scope="session")
def base_url(browser_type_launch_args, django_test_environment, django_db_blocker, tmp_path_factory):
    """The address of the running site. Playwright puts it before every path."""
    if connection.vendor == "sqlite":
        # Not the file of the other tests, which may be running at the same time.
        connection.settings_dict["TEST"]["NAME"] = tmp_path_factory.mktemp("site") / "site.sqlite3"
    with django_db_blocker.unblock(), _settings(tmp_path_factory.mktemp("locale")):
        databases = setup_databases(verbosity=0, interactive=False)
        index.forget()
        folder = Path(site_settings.BASE_DIR, "fixtures")
        call_command("loaddata", *(path.stem for path in sorted(folder.glob("*.json"))), verbosity=0)
        make_idea(slug=GONE, title="A house of welcome", city=City.objects.get(slug="toronto")).withdraw(
            reason="Its organisers asked for it."
        )
        have_read(Idea.objects.get(slug=READ))
        _guide(Idea.objects.get(slug=GUIDED))
        make_translation(Idea.objects.get(slug=TRANSLATED), claims=["Une preuve inventée."])
        make_translation(Idea.objects.get(slug=BEHIND), source_title="Another title, made up for a test")
        server = LiveServer("localhost")
        yield server.url
        server.stop()
        index.forget()
        teardown_databases(databases, verbosity=0)


def have_read(idea):
    """Made up: readers found it met and not shown, and an evaluation came."""
    make_assessment(idea=idea, innovative="partly", successful="not-shown")
    with Edition.act(why="made up for a test"):
        report = make_resource(title="What came of it, made up for a test", type="evaluation", language="en")
        idea.citations.create(resource=report, position=idea.citations.count() + 1)
        Evidence.objects.create(
            idea=idea,
            criterion="transferable",
            claim="Made up for a test.",
            basis="measured",
            year=2026,
            resource=report,
        )


def _guide(idea):
    """A guide that is as long as it may be, with every source to reuse. It is made up, and says so in every line."""
    text = "Made up for a test of how much fits on a page, and said by nobody. " * 10
    texts = {
        name: "\n".join([text[: characters // lines - 1].strip()] * lines) for name, (characters, lines) in ROOM.items()
    }
    chosen = {"lead_sector": "resident-or-business-association", "lead": text[:200].strip()}
    with Edition.act(why="made up for a test"):
        make_guide(idea, **texts, **chosen, money="250000-1000000", first_result="6-12-months")
        for citation in idea.citations.all():
            citation.to_reuse = True
            citation.save()


def _settings(folder):
    mirrored.write(folder)
    return override_settings(
        # For test_mirrored.py, and in the menu of every page.
        **mirrored.settings_with(site_settings, folder),
        STORAGES=site_settings.STORAGES
        | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}},
        WHITENOISE_AUTOREFRESH=True,
    )


@pytest.fixture(autouse=True)
def _plain_static_files(base_url):
    """In place of the one for other tests: here it holds for the whole session."""


@pytest.fixture(autouse=True)
def _fresh_index():
    """In place of the one for other tests: here nothing is written, so the index stays good."""


@pytest.fixture
def nothing_kept(base_url):
    """The catalogue of these tests is loaded once for all: what is proposed to it goes again."""
    yield
    Submission.objects.all().delete()
    Tally.objects.all().delete()


@pytest.fixture
def phone(new_context):
    """Opens a browser of its own on a phone, without JavaScript."""

    def opened():
        page = new_context(java_script_enabled=False).new_page()
        page.set_viewport_size({"width": NARROW, "height": 844})
        return page

    return opened


@pytest.fixture
def look(new_context, base_url):
    """Has axe look at a page as it stands, by day and by night: its HTML, shown in a browser that runs the script."""
    from tests.browser.test_pages import AXE, AXE_AT_NIGHT, axe, too_wide

    inspector = new_context(bypass_csp=True).new_page()
    inspector.set_viewport_size({"width": NARROW, "height": 844})

    def inspected(page):
        inspector.route("**/looked-at/", lambda route: route.fulfill(body=page.content(), content_type="text/html"))
        inspector.goto(f"{base_url}/looked-at/")
        inspector.unroute("**/looked-at/")
        inspector.evaluate(AXE_SCRIPT)
        found = too_wide(inspector)
        for scheme, rules in (("light", AXE), ("dark", AXE_AT_NIGHT)):
            inspector.emulate_media(color_scheme=scheme)
            found += [
                (scheme, violation["id"], node["html"][:200])
                for violation in axe(inspector, rules)["violations"]
                for node in violation["nodes"]
            ]
        assert found == [], page.url

    return inspected
