"""Migrations while the site serves: nobody is locked out, and one that can't have its table gives up and says so."""

import pytest
from django.db import connection

from benchmarks.migrating import PATIENCE, tried
from tests.factories import make_idea


@pytest.mark.django_db(transaction=True)
def test_migration_locks_no_reader_and_no_editor_out():
    for number in range(30):
        make_idea(title=f"Idea {number}")
    parts, faults = tried()
    assert faults == []
    gives_up = ["a migration that gives up"] if connection.vendor == "postgresql" else []
    assert [part.what for part in parts] == ["nothing", *gives_up, "a column and an index", "taken back"]
    assert min(part.read for part in parts) > 0
    # Whoever asks while it waits for its table waits that long, and no longer.
    assert max(part.longest for part in parts) < PATIENCE + 5
