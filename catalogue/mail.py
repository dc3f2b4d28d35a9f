"""Letters in words: written from a template in the reader's language, as text and as HTML, and handed to the server."""

import logging
import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import BadHeaderError, EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from catalogue.accounts import FORGOTTEN_FOR, INVITED_FOR, accounts_at, link_for
from catalogue.models import Inquiry, Mail

logger = logging.getLogger(__name__)

#: Letters of one tick; the next takes the next.
AT_ONCE = 200
#: So long one is ours to send.
CLAIM = timedelta(minutes=5)


@dataclass(frozen=True)
class Words:
    """A letter as it is read."""

    subject: str
    text: str
    html: str


def words_of(mail: Mail, *, secrets: bool = False) -> Words:
    """The letter in the language of whoever gets it. Its template's first line is the subject, the rest the text.

    The HTML says the same: it is made of the text, so that the two can't tell different things. With `secrets` it has
    the links that let somebody in. security: only the letter itself may, never a page where others read it.
    """
    with override(mail.language):
        facts = _of_accounts(mail, secrets) if mail.is_to_account else _of_the_catalogue(mail)
        subject, _break, text = render_to_string(f"mail/{mail.letter}.txt", facts).strip().partition("\n")
        paragraphs = text.strip().split("\n\n")
        html = render_to_string("mail/letter.html", {"paragraphs": paragraphs, "language": mail.language})
    return Words(subject.strip()[:200], text.strip() + "\n", html)


def _of_the_catalogue(mail: Mail) -> dict:
    """What the letters about a submission or an idea tell."""
    submission = mail.submission
    # security: one line, whatever somebody put into a title: the first line becomes a header.
    title = " ".join(str(mail.about).split())
    facts = {"title": title, "link": _whole(link_of(mail)), **mail.facts}
    if mail.letter == Mail.Letter.RECEIVED:
        facts["confirm"] = _whole(reverse("submission-confirm", args=[submission.token, submission.confirmation]))
    if mail.inquiry_id:
        facts["page"] = _whole(mail.inquiry.idea.get_absolute_url())
        facts |= {str(answer): f"{facts['link']}?answer={answer}" for answer in Inquiry.ANSWERS}
    elif submission.adaptation_made_id:
        facts["page"] = _whole(submission.idea.get_absolute_url())
    elif mail.letter == Mail.Letter.PUBLISHED and submission.idea_made_id:
        facts["page"] = _whole(submission.idea_made.get_absolute_url())
    return facts


def _of_accounts(mail: Mail, secrets: bool) -> dict:
    """What the letters about an account tell: whose name has which link, and for how long that holds."""
    accounts = [mail.account] if mail.account else accounts_at(mail.to)
    hidden = _("(The link is in the letter alone.)")
    return {
        "accounts": [(user.get_username(), _whole(link_for(user)) if secrets else hidden) for user in accounts],
        "days": INVITED_FOR.days,
        "hours": FORGOTTEN_FOR.seconds // 3600,
        "site": f"{settings.SITE_URL}/",
        "ask": _whole(reverse("admin:forgotten")),
    }


def link_of(mail: Mail) -> str:
    """Where a letter leads: its submitter to their secret address, and a reader to the desk, never to that."""
    if mail.letter in Mail.TO_READERS:
        return reverse("admin:catalogue_review_change", args=[mail.facts["review"]])
    return mail.about.get_absolute_url()


def can_send() -> bool:
    """Whether a mail server is named. Without one letters stay in the outbox, where the desk shows them."""
    return settings.EMAIL_BACKEND != "django.core.mail.backends.dummy.EmailBackend"


def send_due(now: datetime) -> Iterator[str]:
    """Hands the letters that are due to the mail server, each on its own, so that none stops the others."""
    if not can_send():
        return
    connection = get_connection()
    for pk in list(Mail.objects.due(now).values_list("pk", flat=True)[:AT_ONCE]):
        # Claimed without a lock, which on SQLite would keep everybody waiting who writes, for as long as a mail server
        # takes. Should this process die here, the letter is tried again when the claim runs out.
        if not Mail.objects.due(now).filter(pk=pk).update(due_at=now + CLAIM):
            continue
        about = ("submission__idea", "submission__idea_made", "inquiry__idea", "account")
        mail = Mail.objects.select_related(*about).get(pk=pk)
        if mail.letter == Mail.Letter.FORGOTTEN and not _is_for_somebody(mail):
            mail.delete()
            continue
        try:
            _letter(mail, connection).send()
        except BadHeaderError as fault:
            mail.refuse(now, str(fault))
        except smtplib.SMTPRecipientsRefused as fault:
            _not_taken(mail, now, *next(iter(fault.recipients.values()), (0, b"")))
        except smtplib.SMTPDataError as fault:
            _not_taken(mail, now, fault.smtp_code, fault.smtp_error)
        except (smtplib.SMTPException, OSError) as fault:
            logger.warning("The mail server didn’t take letter %d: %s", mail.pk, fault)
            mail.put_off(now, str(fault) or type(fault).__name__)
            # It is away: each further letter would wait for it as long. They are still due at the next tick.
            return
        except Exception as fault:
            # Ours: a template, say. The others don't wait for it to be mended, and it goes out when it is.
            logger.exception("Letter %d couldn’t be written.", pk)
            mail.put_off(now, f"{type(fault).__name__}: {fault}")
        else:
            mail.sent(now)
            yield f"Mailed: {mail.get_letter_display()}"


def _is_for_somebody(mail: Mail) -> bool:
    """Whether anybody has an account with the address that was typed. It goes to the address that the account has."""
    accounts = accounts_at(mail.to)
    if accounts:
        mail.to = accounts[0].email
    return bool(accounts)


def _letter(mail: Mail, connection) -> EmailMultiAlternatives:
    words = words_of(mail, secrets=True)
    # The envelope may have another sender than the letter: what can't be delivered goes back there.
    sender = settings.MAIL_RETURNS or settings.MAIL_FROM
    letter = EmailMultiAlternatives(words.subject, words.text, sender, [mail.to], connection=connection)
    letter.attach_alternative(words.html, "text/html")
    # Taken twice, because this process died before it could note it, it is one letter to whoever sorts mail.
    name = f"letter-{mail.pk}-{mail.written_at:%Y%m%d%H%M%S}@{urlsplit(settings.SITE_URL).hostname}"
    letter.extra_headers = {
        "From": settings.MAIL_FROM,
        "Message-ID": f"<{name}>",
        "Auto-Submitted": "auto-generated",
    }
    return letter


def _not_taken(mail: Mail, now: datetime, code: int, said) -> None:
    """The server answered about this one letter: 5xx is for good, anything else may pass (RFC 5321, 4.2.1)."""
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    (mail.refuse if code >= 500 else mail.put_off)(now, f"{code} {words}")


def _whole(path: str) -> str:
    return f"{settings.SITE_URL}{path}"
