"""The outbox: letters to those who propose, read or edit something or lead an idea, kept until a server has them."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

#: After the first failure a letter waits so long, after each further one twice as long, and at most half a day.
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=12)


class MailQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(sent_at__isnull=True, refused_at__isnull=True)

    def due(self, now: datetime):
        """What can be tried now, the oldest first."""
        return self.waiting().filter(due_at__lte=now).order_by("pk")

    def refused(self):
        """What no further try would bring to anybody: the server knows no such address, say."""
        return self.filter(refused_at__isnull=False)

    def to_person(self, address: str):
        return self.filter(to__iexact=address.strip())

    def about_accounts(self):
        """Those by which somebody gets in who works on the desk."""
        return self.filter(letter__in=Mail.ABOUT_ACCOUNTS)

    def post(self, letter: str, submission, **facts):
        """Puts a letter to whoever made a submission into the outbox; nothing where no address is known.

        Written in the transaction of what it tells of: neither is ever there without the other.
        """
        if submission.email:
            self.create(
                letter=letter, submission=submission, to=submission.email, language=submission.language, facts=facts
            )

    def post_to_reader(self, letter: str, review) -> None:
        """Puts a letter to a reader into the outbox, in the same way; nothing where no address is known."""
        if review.reader and review.reader.email:
            # security: it names the review, never the secret address, which is its submitter's alone.
            self.create(
                letter=letter, submission=review.submission, to=review.reader.email, facts={"review": review.pk}
            )

    def post_to_account(self, user) -> None:
        """Puts an invitation to the desk into the outbox; the account has to have an address."""
        self.create(letter=Mail.Letter.INVITED, account=user, to=user.email)

    def post_to_forgetful(self, address: str) -> None:
        """Puts a letter about a forgotten password into the outbox, whether or not anybody has such an account.

        security: that is only asked when it is sent, so that nothing here takes another time for a known address.
        """
        self.create(letter=Mail.Letter.FORGOTTEN, to=address)


class Mail(models.Model):
    """One letter. It holds facts, not words: these are written in its reader's language when it is sent or shown."""

    class Letter(models.TextChoices):
        LINK = "link", _("The link to go on with")
        RECEIVED = "received", _("Received; please confirm your address")
        IN_REVIEW = "in-review", _("Readers have it")
        CHANGES = "changes", _("The editors ask for changes")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        PUBLISHED = "published", _("Readers see the idea")
        ASSIGNED = "assigned", _("To a reader: please read it")
        REMINDER = "reminder", _("To a reader: a reminder")
        CALLED_OFF = "called-off", _("To a reader: it is no longer needed")
        STILL = "still", _("Is it still so?")
        STILL_AGAIN = "still-again", _("Is it still so? Asked again")
        INVITED = "invited", _("Invitation to the desk")
        FORGOTTEN = "forgotten", _("A forgotten password")

    TO_READERS = (Letter.ASSIGNED, Letter.REMINDER, Letter.CALLED_OFF)

    ABOUT_ACCOUNTS = (Letter.INVITED, Letter.FORGOTTEN)

    letter = models.CharField(_("letter"), max_length=20, choices=Letter)
    submission = models.ForeignKey("catalogue.Submission", models.CASCADE, null=True, blank=True, related_name="mails")
    inquiry = models.ForeignKey("catalogue.Inquiry", models.CASCADE, null=True, blank=True, related_name="mails")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="mails")
    to = models.EmailField(_("to"))
    language = models.CharField(_("language"), max_length=20, default="en")
    facts = models.JSONField(default=dict)
    written_at = models.DateTimeField(_("written"), default=timezone.now)
    due_at = models.DateTimeField(_("next try"), default=timezone.now)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    fault = models.CharField(_("what the mail server said"), max_length=300, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    refused_at = models.DateTimeField(_("refused"), null=True, blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("outbox")
        ordering = ["-id"]
        indexes = [
            # Of all the letters that there ever were, those that wait.
            models.Index(
                fields=["due_at"], name="mail_waiting", condition=Q(sent_at__isnull=True, refused_at__isnull=True)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="mail_is_sent_or_refused", condition=Q(sent_at__isnull=True) | Q(refused_at__isnull=True)
            ),
            models.CheckConstraint(
                name="mail_is_about_one_thing",
                condition=Q(submission__isnull=False, inquiry__isnull=True, account__isnull=True)
                | Q(submission__isnull=True, inquiry__isnull=False, account__isnull=True)
                | Q(submission__isnull=True, inquiry__isnull=True, account__isnull=False)
                # Whose it is, is asked when it is sent.
                | Q(submission__isnull=True, inquiry__isnull=True, account__isnull=True, letter="forgotten"),
            ),
        ]

    def __str__(self):
        return f"{self.get_letter_display()}: {self.to}"

    @property
    def about(self):
        """What it tells of: a submission, the question whether an idea is still so, or an account."""
        return self.submission or self.inquiry or self.account

    @property
    def is_to_account(self) -> bool:
        """Whether it is for somebody who works on the desk, about how to get in."""
        return self.letter in self.ABOUT_ACCOUNTS

    def sent(self, now: datetime) -> None:
        """The server has taken it."""
        self.sent_at, self.fault = now, ""
        self.save(update_fields=["sent_at", "fault"])

    def put_off(self, now: datetime, fault: str) -> None:
        """The server was away, or asks to be tried again: it waits longer from time to time, and is never given up."""
        self.tries = min(self.tries + 1, 1_000)
        self.due_at = now + min(FIRST_WAIT * 2 ** min(self.tries - 1, 20), LONGEST_WAIT)
        self.fault = fault[:300]
        self.save(update_fields=["tries", "due_at", "fault"])

    def refuse(self, now: datetime, fault: str) -> None:
        """It can't be delivered, ever; the desk says so."""
        self.refused_at, self.fault = now, fault[:300]
        self.save(update_fields=["refused_at", "fault"])

    def come_back(self, now: datetime, fault: str) -> None:
        """A server had taken it, and later said that it couldn't be delivered: so it wasn't sent after all."""
        self.sent_at, self.refused_at, self.fault = None, now, fault[:300]
        self.save(update_fields=["sent_at", "refused_at", "fault"])
