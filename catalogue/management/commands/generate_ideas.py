"""`manage.py generate_ideas N --seed S`: made-up published ideas of realistic spread, for benchmarks."""

from django.core.management.base import BaseCommand, CommandError

from catalogue.generating import generate
from catalogue.progress import Bar


class Command(BaseCommand):
    help = "Writes N made-up published ideas. The same seed gives the same ideas; those here already stay."

    def add_arguments(self, parser):
        parser.add_argument("number", type=int, metavar="N", help="how many ideas")
        parser.add_argument("--seed", type=int, default=1, metavar="S", help="another number gives other ideas; 1")

    def handle(self, number, seed, verbosity, **options):
        if number < 1:
            raise CommandError(f"Give a number of ideas from 1 up, not {number}.")
        if seed < 0:
            raise CommandError(f"Give a seed from 0 up, not {seed}.")
        bar = Bar(self.stderr)
        made = generate(number, seed, bar.show)
        bar.end()
        if verbosity:
            here = f"; {number - made:,} were here already" if made < number else ""
            self.stdout.write(f"{made:,} made-up ideas of seed {seed} written{here}")
