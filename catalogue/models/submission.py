"""What somebody without an account proposes to the editors: an idea, that one was tried elsewhere, or a correction."""

import secrets
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from catalogue.countries import country_name
from catalogue.models.event import Event
from catalogue.models.mail import Mail
from catalogue.models.taking_up import TakingUp


def make_token() -> str:
    """The secret in the address of a submission: 192 random bits."""
    return secrets.token_urlsafe(24)


class SubmissionQuerySet(models.QuerySet):
    def waiting(self):
        """What the editors have before them."""
        return self.filter(state=Submission.State.RECEIVED)

    def new(self):
        """What waits and isn't held back."""
        return self.waiting().filter(held_back=False)

    def suspected(self):
        return self.waiting().filter(held_back=True)

    def by_person(self, address: str):
        return self.filter(email__iexact=address.strip())

    def beside(self, submission):
        """Others of its kind that the editors have before them, newest first."""
        open_ones = self.filter(
            state__in=(Submission.State.RECEIVED, Submission.State.NEEDS_CHANGES), kind=submission.kind
        )
        return open_ones.exclude(pk=submission.pk).order_by("-pk")


class Submission(TakingUp, models.Model):
    """Something proposed. It is no part of what readers see, so its verbs need no act; each is one transaction and
    one line of its story.

    started → received → (needs changes → received) → accepted or declined; its submitter may withdraw it until then.
    """

    class Kind(models.TextChoices):
        IDEA = "idea", _("A Good Idea")
        ADAPTATION = "adaptation", _("An idea tried elsewhere")
        CORRECTION = "correction", _("A correction")

    class State(models.TextChoices):
        STARTED = "started", _("Not sent yet")
        RECEIVED = "received", _("Received")
        NEEDS_CHANGES = "needs-changes", _("Changes are asked for")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    EDITABLE = (State.STARTED, State.NEEDS_CHANGES)
    DECIDED = (State.ACCEPTED, State.DECLINED, State.WITHDRAWN)

    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.IDEA)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.STARTED)
    # security: whoever knows it may read and change the submission. Found by its index, never by comparing.
    token = models.CharField(max_length=43, unique=True, default=make_token, editable=False)
    # Of the form that began it: sent twice, it is one submission.
    key = models.UUIDField(null=True, unique=True, editable=False)
    language = models.CharField(_("language"), max_length=20, default="en")
    idea = models.ForeignKey(
        "catalogue.Idea", models.PROTECT, null=True, blank=True, related_name="submissions", verbose_name=_("about")
    )
    answers = models.JSONField(_("answers"), default=dict, help_text=_("By step, as they were typed."))
    complete = models.JSONField(default=list, help_text=_("The steps that lack nothing."))

    # From the answers, for lists and for finding the same thing twice.
    title = models.CharField(_("title"), max_length=200, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    organisation = models.CharField(_("organisation"), max_length=200, blank=True)
    name = models.CharField(_("name"), max_length=100, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)

    opened_at = models.DateTimeField(null=True, help_text=_("When the first form was opened."))
    started_at = models.DateTimeField(_("begun"), default=timezone.now)
    changed_at = models.DateTimeField(_("last changed"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("address confirmed"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    trapped = models.BooleanField(default=False, help_text=_("The field that people don’t see was filled in."))
    suspicions = models.JSONField(_("what speaks for spam"), default=list, blank=True)
    held_back = models.BooleanField(_("held back"), default=False)

    idea_made = models.ForeignKey(
        "catalogue.Idea", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("became the idea")
    )
    adaptation_made = models.ForeignKey(
        "catalogue.Adaptation",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("became the journey"),
    )

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("submission")
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "held_back"], name="submission_by_state")]
        constraints = [
            models.CheckConstraint(
                name="submission_kind_is_known", condition=Q(kind__in=["idea", "adaptation", "correction"])
            ),
            models.CheckConstraint(
                name="submission_state_is_known",
                condition=Q(
                    state__in=["started", "received", "needs-changes", "accepted", "declined", "withdrawn"],
                ),
            ),
            models.CheckConstraint(
                name="submission_is_about_an_idea", condition=Q(kind="idea") | Q(idea__isnull=False)
            ),
            models.CheckConstraint(
                name="submission_sent_has_a_date",
                condition=Q(state__in=["started", "withdrawn"]) | Q(sent_at__isnull=False),
            ),
            models.CheckConstraint(
                name="submission_decided_has_a_date",
                condition=~Q(state__in=["accepted", "declined", "withdrawn"]) | Q(decided_at__isnull=False),
            ),
        ]

    def __str__(self):
        if self.title or not self.idea_id:
            return self.title or str(self.get_kind_display())
        return f"{self.get_kind_display()}: {self.idea}"

    def get_absolute_url(self) -> str:
        return reverse("submission-detail", args=[self.token])

    @property
    def is_editable(self) -> bool:
        return self.state in self.EDITABLE

    @property
    def is_decided(self) -> bool:
        return self.state in self.DECIDED

    @property
    def where(self) -> str:
        return ", ".join(part for part in (self.city, country_name(self.country) if self.country else "") if part)

    @property
    def confirmation(self) -> str:
        """What the mail to its address knows and its submitter's page doesn't: whoever has it reads that mail."""
        return salted_hmac("catalogue.confirmation", f"{self.pk} {self.email.lower()}", algorithm="sha256").hexdigest()[
            :32
        ]

    def confirms(self, code: str) -> bool:
        """Whether a code is the one that was mailed to its address."""
        return bool(self.email) and constant_time_compare(code, self.confirmation)

    def said(self, step: str, field: str, default=""):
        """One answer, as it was typed."""
        return self.answers.get(step, {}).get(field, default)

    # The verbs of its submitter

    def keep(self, step: str, typed: dict, columns: dict | None) -> None:
        """Stores what was typed into one step, whole or not; `columns` is None while the step lacks something."""
        with self._held():
            if not self.is_editable:
                raise ValidationError(_("It was sent already. Write to the editors what should be different."))
            self.answers[step] = typed
            self.complete = [name for name in self.complete if name != step]
            if columns is not None:
                self.complete.append(step)
                if columns.get("email", self.email) != self.email:
                    self.confirmed_at = None
                for name, value in columns.items():
                    setattr(self, name, value)
            self.changed_at = timezone.now()
            self.save()

    def mail_link(self, address: str) -> None:
        """Mails the link to go on with. The address is kept for that, until another is given in the last step."""
        with self._held():
            if self.is_editable and not self.said("you", "email"):
                self.email, self.confirmed_at = address, None
                self.save()
            Mail.objects.create(letter=Mail.Letter.LINK, submission=self, to=address, language=self.language)

    def send(self, suspicions: list[str] = (), *, held_back: bool = False) -> bool:
        """Hands it to the editors. Sent twice it is sent once; says whether this was the time.

        One that is held back is thanked for like any other, but no letter leaves the house for it.
        """
        with self._held():
            if not self.is_editable:
                return False
            first = self.state == self.State.STARTED
            self.state, self.sent_at = self.State.RECEIVED, self.sent_at or timezone.now()
            if first:
                self.suspicions, self.held_back = list(suspicions), held_back
            self._tell(Event.What.SENT if first else Event.What.CHANGED)
            if first and not self.held_back:
                self._acknowledge()
        return True

    def confirm(self, code: str) -> bool:
        """Says that the letter to its address was read there; False where the code is another's."""
        with self._held():
            if not self.confirms(code):
                return False
            if self.confirmed_at is None:
                self.confirmed_at = timezone.now()
                self._tell(Event.What.CONFIRMED)
        return True

    def answer(self, text: str) -> None:
        """A message of its submitter to the editors."""
        with self._held():
            if self.state == self.State.STARTED or self.is_decided:
                raise ValidationError(_("There is nothing to answer: it isn’t with the editors."))
            # Sent twice by a double click, it is one message.
            if (last := self.events.first()) is None or (last.what, last.text) != (Event.What.ANSWERED, text):
                self._tell(Event.What.ANSWERED, text)

    def withdraw(self) -> None:
        """Its submitter takes it back. Done twice, it is done once."""
        with self._held():
            if self.state == self.State.WITHDRAWN:
                return
            if self.is_decided:
                raise ValidationError(_("It has been decided already. Write to the editors."))
            self._decide(self.State.WITHDRAWN, Event.What.WITHDRAWN)

    # The verbs of editors

    def ask_for_changes(self, message: str, *, by) -> None:
        """Sends it back with a message; its submitter may change it and send it again."""
        with self._held():
            self._refuse_unless_waiting()
            self.state, self.held_back = self.State.NEEDS_CHANGES, False
            self._tell(Event.What.ASKED, message, by)
            Mail.objects.post(Mail.Letter.CHANGES, self, message=message)

    def decline(self, reason: str, *, by) -> None:
        """Says no, always with a reason, which is mailed."""
        with self._held():
            self._refuse_unless_waiting()
            self._decide(self.State.DECLINED, Event.What.DECLINED, reason, by)
            Mail.objects.post(Mail.Letter.DECLINED, self, message=reason)

    def accept(self, message: str = "", *, by) -> None:
        """Says yes; what becomes of it is told by whoever calls this."""
        with self._held():
            self._refuse_unless_waiting()
            self._decide(self.State.ACCEPTED, Event.What.ACCEPTED, message, by)
            Mail.objects.post(Mail.Letter.ACCEPTED, self, message=message)

    def hold_back(self, *, by) -> None:
        """Puts it among what is suspected; nothing is said to its submitter."""
        with self._held():
            self._refuse_unless_waiting()
            self.held_back = True
            self._tell(Event.What.HELD_BACK, by=by)

    def release(self, *, by) -> None:
        """An editor has looked: it is a submission like any other, and its submitter is written to."""
        with self._held():
            self._refuse_unless_waiting()
            if self.held_back:
                self.held_back = False
                self._tell(Event.What.RELEASED, by=by)
                self._acknowledge()

    # What all of them do

    @contextmanager
    def _held(self):
        """One transaction, in which its row is locked and read again: what follows rests on what is there now."""
        with transaction.atomic():
            self.refresh_from_db(from_queryset=type(self).objects.select_for_update())
            yield

    def _tell(self, what: str, text: str = "", by=None) -> None:
        """Saves it, with one more line of its story."""
        self.changed_at = timezone.now()
        self.save()
        Event.objects.create(submission=self, what=what, text=text, by=by, by_name=str(by or ""))

    def _decide(self, state: str, what: str, text: str = "", by=None) -> None:
        self.state, self.decided_at, self.held_back = state, timezone.now(), False
        self._tell(what, text, by)

    def _acknowledge(self) -> None:
        Mail.objects.post(Mail.Letter.RECEIVED, self)

    def _refuse_unless_waiting(self) -> None:
        if self.state != self.State.RECEIVED:
            sentence = _("It isn’t before the editors now: %(state)s.")
            raise ValidationError(sentence % {"state": self.get_state_display()})
