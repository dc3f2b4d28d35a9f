"""The site's own settings, with two migrations more than it has: for `python -m benchmarks.migrating`."""

from goodideas.settings import *  # noqa: F403

MIGRATION_MODULES = {"catalogue": "benchmarks.ahead.migrations"}
