"""`manage.py tick`: performs what is due; meant to run every minute, and two at once do no harm."""

from django.core.management.base import BaseCommand

from catalogue.duties import perform


class Command(BaseCommand):
    help = "Performs what is due, such as publication at a set time. Run it every minute."

    def handle(self, verbosity, **options):
        for line in perform():
            if verbosity:
                self.stdout.write(line)
