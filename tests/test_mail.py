"""The outbox: every letter is kept until a server has taken it, and nothing that was typed becomes a header."""

import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import override_settings
from django.utils import timezone

from catalogue.mail import send_due, words_of
from catalogue.models import Mail, Submission
from tests.factories import make_submission

pytestmark = pytest.mark.django_db

RESPONSES = []


class Server(EmailBackend):
    """A mail server that gives each letter the next of `RESPONSES`: None takes it, a fault is raised."""

    def send_messages(self, messages):
        if RESPONSES and (fault := RESPONSES.pop(0)):
            raise fault
        return super().send_messages(messages)


@pytest.fixture
def server(settings):
    settings.EMAIL_BACKEND = "tests.test_mail.Server"
    RESPONSES.clear()
    return RESPONSES


def make_letter(**values) -> Mail:
    submission = values.pop("submission", None) or make_submission(**values)
    submission.mail_link(submission.email)
    return Mail.objects.latest("pk")


def test_letter_is_text_and_html_and_says_the_same_in_both():
    make_letter(title="Tea & talk")
    assert list(send_due(timezone.now())) == ["Mailed: The link to go on with"]
    (sent,) = mail.outbox
    submission = Submission.objects.get()
    link = f"http://127.0.0.1:8000/submit/{submission.token}/"
    assert (sent.subject, sent.to, sent.from_email) == (
        "Your private link: Tea & talk",
        ["ana@example.org"],
        "Good Ideas <good-ideas@127.0.0.1>",
    )
    assert link in sent.body.split("\n")
    assert [kind for _content, kind in sent.alternatives] == ["text/html"]
    assert f'<a href="{link}"' in sent.alternatives[0][0]
    assert Mail.objects.get().sent_at is not None


@pytest.mark.parametrize("letter", sorted({*Mail.Letter.values} - {"invited", "forgotten"}))
def test_every_letter_has_words_in_one_line_of_subject(letter):
    submission = make_submission(title="Tea\r\nBcc: all@example.org")
    Mail.objects.post(letter, submission, message="<b>Which?</b>", review=1)
    words = words_of(Mail.objects.get())
    assert "\n" not in words.subject
    assert words.subject.endswith("Tea Bcc: all@example.org")
    assert "<b>" not in words.html
    list(send_due(timezone.now()))
    assert mail.outbox[0].message()["Bcc"] is None


def test_letter_is_sent_once_however_often_tick_runs():
    make_letter()
    now = timezone.now()
    assert [len(list(send_due(now))), len(list(send_due(now)))] == [1, 0]
    assert len(mail.outbox) == 1


def test_letter_waits_longer_after_each_failure_and_is_never_given_up(server):
    letter, now = make_letter(), timezone.now()
    waits = []
    for _try in range(13):
        server.append(OSError("no route to host"))
        assert list(send_due(now)) == []
        letter.refresh_from_db()
        waits.append((letter.due_at - now).total_seconds() / 60)
        now = letter.due_at
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 720, 720, 720]
    assert letter.fault == "no route to host"
    assert list(send_due(now)) == ["Mailed: The link to go on with"]
    letter.refresh_from_db()
    assert (letter.fault, letter.sent_at) == ("", now)


def test_server_that_is_away_is_asked_once_a_tick(server):
    letters = [make_letter(), make_letter()]
    server.append(smtplib.SMTPServerDisconnected("gone"))
    list(send_due(timezone.now()))
    assert [Mail.objects.get(pk=letter.pk).tries for letter in letters] == [1, 0]


@pytest.mark.parametrize(
    ("fault", "refused"),
    [
        (smtplib.SMTPRecipientsRefused({"ana@example.org": (550, b"no such user")}), True),
        (smtplib.SMTPRecipientsRefused({"ana@example.org": (450, b"mailbox busy")}), False),
        (smtplib.SMTPDataError(554, b"refused"), True),
        (smtplib.SMTPDataError(451, b"try later"), False),
    ],
)
def test_server_that_refuses_one_letter_takes_the_next(server, fault, refused):
    first, second = make_letter(), make_letter()
    server.extend([fault, None])
    assert list(send_due(timezone.now())) == ["Mailed: The link to go on with"]
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.refused_at is not None, second.sent_at is not None) == (refused, True)
    assert list(Mail.objects.refused()) == ([first] if refused else [])


def test_letter_that_cannot_be_written_stops_no_other():
    first, _second = make_letter(), make_letter()
    Mail.objects.filter(pk=first.pk).update(letter="none")
    assert list(send_due(timezone.now())) == ["Mailed: The link to go on with"]
    first.refresh_from_db()
    assert first.fault == "TemplateDoesNotExist: mail/none.txt"


def test_without_a_server_letters_stay_in_the_outbox():
    make_letter()
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend"):
        assert list(send_due(timezone.now())) == []
    letter = Mail.objects.get()
    assert (letter.tries, letter.sent_at) == (0, None)
    assert len(list(send_due(timezone.now() + timedelta(days=30)))) == 1


def test_nothing_is_posted_to_somebody_without_an_address():
    Mail.objects.post("received", make_submission(email=""))
    assert Mail.objects.count() == 0
