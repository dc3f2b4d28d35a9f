"""`manage.py forget_person ADDRESS`: erases a person who proposed something, when they ask for it."""

from django.core.management.base import BaseCommand

from catalogue.forgetting import forget_person


class Command(BaseCommand):
    help = "Erases a person: their submissions, letters and contacts; of what was published, who sent it."

    def add_arguments(self, parser):
        parser.add_argument("address", help="the e-mail address that they gave")

    def handle(self, address, **options):
        done = forget_person(address)
        self.stdout.write(
            f"Submissions deleted: {done['deleted']}; kept without name and address: {done['kept']}; "
            f"letters deleted: {done['letters']}; no longer a contact of: {done['contacts']}"
        )
