"""`manage.py invite NAME ADDRESS ROLE …`: invites somebody to the desk, and says the link that the letter has, too."""

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from catalogue.accounts import INVITED_FOR, invite, link_for
from catalogue.roles import ROLES


class Command(BaseCommand):
    help = "Makes an account, puts an invitation into the outbox, and says its link, which sets the password."

    def add_arguments(self, parser):
        parser.add_argument("name", help="the name that they log in with")
        parser.add_argument("address", help="their e-mail address")
        parser.add_argument(
            "roles", nargs="+", choices=ROLES, metavar="role", help=f"one or more of {', '.join(ROLES)}"
        )

    def handle(self, name, address, roles, **options):
        try:
            user = invite(name, address, list(Group.objects.filter(name__in=roles)))
        except ValidationError as fault:
            raise CommandError(" ".join(fault.messages)) from None
        self.stdout.write(
            f"{name} is invited. Whoever has this link sets the password, within {INVITED_FOR.days} days and once:\n"
            f"{settings.SITE_URL}{link_for(user)}"
        )
