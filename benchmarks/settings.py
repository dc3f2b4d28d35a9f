"""The site's own settings, with an empty view beside its pages, and the page cache off where `PAGE_CACHE` says so."""

import os

from goodideas.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.urls"
if os.environ.get("PAGE_CACHE") == "off":
    CACHES = {
        room: {"BACKEND": "django.core.cache.backends.dummy.DummyCache"} for room in ("default", "pages", "questions")
    }
