"""`manage.py backup`: everything that the site holds, in one file with checksums, written while it serves."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from catalogue.archives import Unfit
from catalogue.backups import KEPT, backup
from catalogue.progress import Bar


class Command(BaseCommand):
    help = "Backs up every row and every picture, as of one moment, and reads the backup back."

    def add_arguments(self, parser):
        parser.add_argument(
            "folder", nargs="?", default="backups", help="where; backups, beside manage.py, if not named"
        )
        parser.add_argument("--keep", type=int, default=KEPT, metavar="N", help=f"how many backups stay; {KEPT}")

    def handle(self, folder, keep, verbosity, **options):
        if keep < 1:
            raise CommandError(f"Give a number of backups to keep from 1 up, not {keep}.")
        bar = Bar(self.stderr)
        try:
            path = backup(settings.BASE_DIR / Path(folder), keep, bar.show)
        except (Unfit, OSError) as error:
            raise CommandError(f"Nothing was backed up: {error}") from error
        finally:
            bar.end()
        if verbosity:
            self.stdout.write(f"Here: {path}")
