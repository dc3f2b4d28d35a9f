"""`manage.py count_views LOGFILE…`: daily counts of how often each idea was viewed, from the site's own log lines."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from catalogue.counting import NoLog, count
from catalogue.models import Popularity


class Command(BaseCommand):
    help = (
        "Counts the views in the files that VIEWS_LOG names, rotated ones too, each line once however often it is run; "
        "once a day readers get the new order of the most viewed."
    )

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", type=Path, metavar="LOGFILE", help="a log of views, .gz or not")

    def handle(self, files, verbosity, **options):
        today, faults = timezone.localdate(), []
        for path in files:
            try:
                done = count(path, today)
            except (NoLog, OSError, EOFError) as error:
                faults.append(str(error))
                continue
            if verbosity:
                self.stdout.write(
                    f"{path}: {done.views} views counted; {done.others} of ideas that aren’t published, "
                    f"{done.unread} lines that say nothing"
                )
        if (new := Popularity.renew(today)) and verbosity:
            self.stdout.write(f"Readers see the new order: {new}")
        if faults:
            raise CommandError("\n".join(faults))
