"""`manage.py dump`: the whole collection as files with checksums, for whoever wants all of it."""

from django.core.management.base import BaseCommand, CommandError

from catalogue.dumps import KEPT, dump
from catalogue.progress import Bar


class Command(BaseCommand):
    help = (
        "Writes the published collection as CSV and JSON Lines, with a manifest; the site serves the latest at /dumps/."
    )

    def add_arguments(self, parser):
        parser.add_argument("--keep", type=int, default=KEPT, metavar="N", help=f"how many dumps stay; {KEPT}")

    def handle(self, keep, verbosity, **options):
        if keep < 1:
            raise CommandError(f"Give a number of dumps to keep from 1 up, not {keep}.")
        bar = Bar(self.stderr)
        try:
            folder = dump(bar.show, keep)
        except OSError as error:
            raise CommandError(f"Nothing was written: {error}") from error
        finally:
            bar.end()
        if verbosity:
            self.stdout.write(f"Here: {folder}")
