"""`manage.py seed`: loads the opening collection; run twice, nothing doubles and no editor's change is lost."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from catalogue.collection import BrokenCollection
from catalogue.seeding import FOLDER, seed


class Command(BaseCommand):
    help = "Loads the opening collection. What an editor changed since it was loaded before is kept."

    def add_arguments(self, parser):
        parser.add_argument("folder", nargs="?", type=Path, default=FOLDER, help="of fixtures, if not the site’s own")

    def handle(self, folder, verbosity, **options):
        say = self.stdout.write if verbosity else lambda line: None
        try:
            say(seed(folder, say))
        except BrokenCollection as error:
            raise CommandError(f"Nothing was loaded.\n{error}") from error
