"""Letters that come back: a report of a mail server marks the letter that it is about, and nothing else does."""

import io
import re
from email import message_from_bytes, policy
from types import SimpleNamespace

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from catalogue.mail import send_due
from catalogue.models import Mail
from catalogue.returning import read_report
from tests.factories import make_submission

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(settings) -> str:
    """A letter that a server took; gives its name, as the server knows it."""
    settings.MAIL_RETURNS = "returns@example.org"
    submission = make_submission()
    submission.mail_link(submission.email)
    list(send_due(timezone.now()))
    (letter,) = mail.outbox
    assert letter.from_email == "returns@example.org"
    assert letter.message()["From"] == "Good Ideas <good-ideas@127.0.0.1>"
    return letter.message()["Message-ID"]


def report(name: str, action="failed", code="550 5.1.1 No such user", kind="message/delivery-status") -> bytes:
    """What a server writes, as in RFC 3464."""
    return f"""From: MAILER-DAEMON@example.org\r
To: returns@example.org\r
Subject: Undelivered Mail Returned to Sender\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r
\r
--b\r
Content-Type: text/plain\r
\r
I'm sorry to have to tell you.\r
--b\r
Content-Type: {kind}\r
\r
Reporting-MTA: dns; mail.example.org\r
\r
Final-Recipient: rfc822; ana@example.org\r
Action: {action}\r
Status: 5.1.1\r
Diagnostic-Code: smtp; {code}\r
\r
--b\r
Content-Type: text/rfc822-headers\r
\r
Message-ID: {name}\r
To: ana@example.org\r
\r
--b--\r
""".encode()


def receive(monkeypatch, content: bytes) -> str:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(content)))
    out = io.StringIO()
    call_command("receive_bounce", stdout=out)
    return out.getvalue().strip()


def test_letter_that_comes_back_is_shown_as_not_delivered(monkeypatch, sent):
    letter = Mail.objects.get()
    assert letter.sent_at is not None
    for _time in range(2):
        assert receive(monkeypatch, report(sent)) == "Came back: The link to go on with: ana@example.org"
    (letter,) = Mail.objects.refused()
    assert (letter.sent_at, letter.fault) == (None, "550 5.1.1 No such user")
    assert list(send_due(timezone.now())) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda name: report(name, action="delayed"),
        lambda name: report(re.sub(r"-\d{14}@", "-20200101000000@", name)),
        lambda name: report(re.sub(r"letter-\d+", "letter-999999", name)),
        lambda name: report(re.sub(r"letter-\d+", "letter-" + "9" * 40, name)),
        lambda name: report(name, kind="text/plain"),
        lambda name: f"Subject: I am away\r\n\r\nYou wrote {name}.".encode(),
        lambda name: b"\0\xff" * 1_000,
        lambda name: report(name) + b"x" * 1_000_000,
        lambda name: b"",
    ],
    ids=["delayed", "forged-date", "other-letter", "huge-number", "no-status", "answer", "noise", "too-long", "empty"],
)
def test_other_mail_changes_nothing(monkeypatch, sent, change):
    assert receive(monkeypatch, change(sent)) == "This reports no letter of ours; nothing was changed."
    assert Mail.objects.refused().count() == 0


def test_report_without_a_diagnosis_tells_its_status(sent):
    content = report(sent).replace(b"Diagnostic-Code: smtp; 550 5.1.1 No such user\r\n", b"")
    assert read_report(message_from_bytes(content, policy=policy.default)).fault == "5.1.1"
