"""Django's `flush`, round the one door: it empties the database whole, clock and history too, and keeps the roles."""

from django.core.management.commands import flush

from catalogue import roles
from catalogue.models.guard import unguarded
from catalogue.seeding import keep_numbers_free


class Command(flush.Command):
    def handle(self, **options):
        with unguarded():
            super().handle(**options)
        # They came with a migration, as permissions did, which Django makes again by itself.
        roles.apply()
        # So did the numbers that new ideas begin after.
        keep_numbers_free()
