"""`manage.py receive_bounce < MAIL`: notes that a letter came back; for the mail server to call with each such mail."""

import sys
from email import message_from_bytes, policy

from django.core.management.base import BaseCommand
from django.utils import timezone

from catalogue.returning import note, read_report

#: A report holds the letter that came back, which is a few kilobytes.
MOST = 1_000_000


class Command(BaseCommand):
    help = (
        "Reads one mail from standard input; if it says that a letter of ours couldn’t be delivered, the desk shows it."
    )

    def handle(self, **options):
        content = sys.stdin.buffer.read(MOST + 1)
        report = None
        if len(content) <= MOST:
            report = read_report(message_from_bytes(content, policy=policy.default))
        mail = note(report, timezone.now()) if report else None
        # Never an error: a mail server would send a report about the report.
        self.stdout.write(f"Came back: {mail}" if mail else "This reports no letter of ours; nothing was changed.")
