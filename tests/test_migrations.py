"""Migrations keep what was given away: the number of an idea is its for ever."""

from django.db.migrations import AddField, AlterField, RemoveField, RunPython
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.models import AddConstraint, RemoveConstraint

from catalogue.migrations import _numbers

#: On SQLite each of these makes the table anew.
CHANGES = (AddField, AlterField, RemoveField, AddConstraint, RemoveConstraint)


def changes_ideas(operation) -> bool:
    return isinstance(operation, CHANGES) and operation.model_name.lower() == "idea"


def keeps_numbers(operation) -> bool:
    return isinstance(operation, RunPython) and operation.code is _numbers.keep_numbers


def test_migrations_that_change_the_table_of_ideas_keep_its_numbers():
    forgetful = []
    for (app, name), migration in MigrationLoader(None).disk_migrations.items():
        if app == "catalogue" and name > "0004":
            changes = [i for i, operation in enumerate(migration.operations) if changes_ideas(operation)]
            if changes and not any(map(keeps_numbers, migration.operations[max(changes) :])):
                forgetful.append(name)
    assert forgetful == []
