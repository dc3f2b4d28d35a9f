"""Letters that come back: what a mail server reports days after it took one, read from that report (RFC 3464)."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from catalogue.models import Mail

#: The name that `catalogue/mail.py` gives a letter; whoever never had the letter can't know it.
_NAME = re.compile(r"<letter-(?P<pk>\d{1,18})-(?P<written>\d{14})@")


@dataclass(frozen=True)
class Report:
    """What a report says of one letter of ours."""

    pk: int
    #: When it was written, to the second in UTC: beside the number, what makes the name hard to guess.
    written: str
    #: Whether it is given up for good, or only late (`Action: delayed`).
    failed: bool
    #: In the server's own words.
    fault: str


def read_report(message: EmailMessage) -> Report | None:
    """What a mail reports of a letter of ours, or None where it is something else: an answer, say, or spam.

    A report is `multipart/report` with a part that says for each recipient what happened, and the letter or its
    headers as a further part. Nothing outside these parts is believed.
    """
    if message.get_content_type() != "multipart/report":
        return None
    name = status = None
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            status = status or _of_recipient(part)
        elif kind in ("message/rfc822", "text/rfc822-headers"):
            name = name or _NAME.search(part.as_string())
    if name is None or status is None:
        return None
    said = str(status.get("Diagnostic-Code") or status.get("Status") or "")
    return Report(
        pk=int(name["pk"]),
        written=name["written"],
        failed=str(status.get("Action", "")).strip().lower() == "failed",
        fault=" ".join(said.partition(";")[2].split() or said.split()),
    )


def note(report: Report, now: datetime) -> Mail | None:
    """Marks the letter as not delivered, for the desk to say; None where there is no such letter or it isn't final.

    Told twice, it is told once.
    """
    mail = Mail.objects.filter(pk=report.pk).first()
    if mail is None or f"{mail.written_at:%Y%m%d%H%M%S}" != report.written or not report.failed:
        return None
    if mail.refused_at is None:
        mail.come_back(now, report.fault)
    return mail


def _of_recipient(part: EmailMessage) -> EmailMessage | None:
    """Of the blocks of a delivery status, the first that is about a recipient."""
    blocks = part.get_payload()
    return next((block for block in blocks if block.get("Final-Recipient")), None) if isinstance(blocks, list) else None
