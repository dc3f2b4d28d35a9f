"""`manage.py build_index`: builds the index as a server does when it starts, and says how long that took."""

from time import perf_counter

from django.core.management.base import BaseCommand

from catalogue.index import build
from catalogue.progress import Bar


class Command(BaseCommand):
    help = "Builds the index of the published catalogue once, to show that it can be built and in what time."

    def handle(self, **options):
        bar, start = Bar(self.stderr), perf_counter()
        index = build(lambda what, rows: bar.show(f"Reading {what}", rows))
        bar.end()
        seconds = perf_counter() - start
        self.stdout.write(f"Indexed: {len(index):,} of edition {index.edition}, in {seconds:.1f} s")
