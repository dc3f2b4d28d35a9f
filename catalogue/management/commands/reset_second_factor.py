"""`manage.py reset_second_factor NAME`: takes a second factor away when no administrator can get in to do so."""

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from catalogue.second_factor import take_away


class Command(BaseCommand):
    help = "Takes away somebody's device and recovery codes: they log in by the password alone, and set up another."

    def add_arguments(self, parser):
        parser.add_argument("name", help="the name that they log in with")

    def handle(self, name, **options):
        user = get_user_model().objects.filter(username=name).first()
        if user is None:
            raise CommandError(f"There is no account {name!r}.")
        if not take_away(user):
            raise CommandError(f"The account {name!r} has no second factor.")
        self.stdout.write(f"{name} has no second factor any more; whoever was logged in with it no longer is.")
