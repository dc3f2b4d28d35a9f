"""`manage.py check_links`: visits every cited address that is due, and tells readers what is gone."""

from django.core.management.base import BaseCommand, CommandError

from catalogue.checking import NoWayOut, check_all, visitor
from catalogue.progress import Bar


class Command(BaseCommand):
    help = (
        "Visits the addresses that the catalogue names, politely, and records what it saw. Ctrl-C ends it; what was "
        "seen until then is kept, and the next run goes on."
    )

    def add_arguments(self, parser):
        parser.add_argument("--all", action="store_true", help="visit also what isn’t due yet")

    def handle(self, verbosity, **options):
        bar = Bar(self.stderr)
        try:
            told = check_all(visitor(), anew=options["all"], say=lambda done, total: bar.show("Visiting", done, total))
        except NoWayOut:
            raise CommandError(
                "Not even those who always answer do: this machine has no way out to the web. Nothing is recorded "
                "against any address. Connect it, and run this again in an hour, or with --all."
            ) from None
        except KeyboardInterrupt:
            raise CommandError("Ended by you. What was seen until then is kept.") from None
        finally:
            bar.end()
        if verbosity:
            self.stdout.write(str(told))
