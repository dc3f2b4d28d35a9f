"""`manage.py restore`: brings a backup into an empty database, and says what came back and how long that took."""

import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from catalogue.archives import Unfit
from catalogue.progress import Bar
from catalogue.restoring import restore


class Command(BaseCommand):
    help = "Restores a backup into the empty database of the settings, of either kind, and compares every row."
    # The database that is to be filled may be too empty for the checks.
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="what manage.py backup wrote")

    def handle(self, file, verbosity, **options):
        bar, begun = Bar(self.stderr), time.monotonic()
        try:
            manifest = restore(file, bar.show)
        except (Unfit, OSError, DatabaseError) as error:
            raise CommandError(f"Not restored. {error}") from error
        finally:
            bar.end()
        if verbosity:
            rows = sum(entry.rows or 0 for entry in manifest.files.values())
            pictures = sum(entry.rows is None for entry in manifest.files.values())
            self.stdout.write(
                f"Restored edition {manifest.edition} of {manifest.made}: {rows:,} rows, each compared, and "
                f"{pictures:,} files of pictures, in {time.monotonic() - begun:.1f} s. Start the servers now; "
                "those that ran meanwhile, anew."
            )
