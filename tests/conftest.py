"""What every test stands on: plain static files, and an index that remembers nothing of the test before."""

import hypothesis
import pytest
from django.core.management import call_command
from django.db import transaction

from catalogue import index, search
from catalogue.clock import clock
from goodideas import waiting

# How long an example takes says more about the machine than about the property.
hypothesis.settings.register_profile("good-ideas", deadline=None)
hypothesis.settings.load_profile("good-ideas")


#: Files that take long, by the seconds of all their tests. They go first, so that no worker is left alone with one.
LONG = (
    "walk", "sequences", "collection", "backups", "edition", "languages", "production", "rolling", "migrating",
    "fixtures", "idea_forms", "demo", "servers", "shared_cache", "database_away", "exchange", "admin_desk", "index",
    "search", "generate", "hostile", "stored", "hidden", "admin_conflict", "exports", "idea_map", "review_walk",
)  # fmt: skip


def pytest_collection_modifyitems(items):
    first = {f"test_{name}.py": place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: first.get(item.path.name, len(first)))


@pytest.fixture(autouse=True)
def _plain_static_files(settings):
    # The manifest that production uses exists only after collectstatic.
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(autouse=True)
def _passwords_cost_nothing(settings):
    # Hundreds of tests make an account. The real hasher takes a third of a second for each, on purpose.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _fresh_index():
    # A test's database goes back to an earlier edition when it ends; no real one ever does.
    forget()
    yield
    forget()


@pytest.fixture(autouse=True)
def _nobody_is_cut_off(monkeypatch):
    # A machine full of tests may stand still for longer than a server's; the servers that tests start cut as ever.
    monkeypatch.setattr(waiting, "SURE", 30)


def forget():
    index.forget()
    search.forget()
    clock.forget()


@pytest.fixture(autouse=True)
def _pages_are_rendered(settings):
    # Each test sees what its own request made; test_page_cache.py has a cache.
    settings.CACHES = {
        room: {"BACKEND": "django.core.cache.backends.dummy.DummyCache"} for room in ("default", "pages", "questions")
    }


@pytest.fixture(scope="module")
def collection(django_db_setup, django_db_blocker):
    """The opening collection, loaded once for a module of tests that only read; undone after the last."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("seed", verbosity=0)
        yield
        transaction.set_rollback(True)
