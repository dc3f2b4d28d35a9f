"""`manage.py export_person ADDRESS`: everything that is kept of a person who proposed something, as JSON."""

import json

from django.core.management.base import BaseCommand
from django.core.serializers.json import DjangoJSONEncoder

from catalogue.forgetting import export_person


class Command(BaseCommand):
    help = "Writes everything that is kept of a person, as JSON, to give to them."

    def add_arguments(self, parser):
        parser.add_argument("address", help="the e-mail address that they gave")

    def handle(self, address, **options):
        kept = export_person(address)
        self.stdout.write(json.dumps(kept, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2))
