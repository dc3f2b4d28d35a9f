"""`manage.py rebuild_search`: writes every text that search reads anew, where it isn't what it should be."""

from django.core.management.base import BaseCommand
from django.db import connection, transaction

from catalogue.models import SearchText, Word


class Command(BaseCommand):
    help = "Brings what search reads up to date with every published idea, and forgets words that none of them has."

    def handle(self, verbosity, **options):
        shows = verbosity and self.stdout.isatty()

        def say(done, total):
            if shows:
                self.stdout.write(f"\r{done:,} of {total:,} ideas", ending="\n" if done == total else "")
                self.stdout.flush()

        with transaction.atomic():
            Word.objects.all().delete()
            SearchText.refresh_all(say)
            if connection.vendor == "sqlite":
                with connection.cursor() as cursor:
                    cursor.execute("INSERT INTO catalogue_searchindex (catalogue_searchindex) VALUES ('rebuild')")
        if verbosity:
            self.stdout.write(f"{SearchText.objects.count():,} ideas and {Word.objects.count():,} words can be found.")
