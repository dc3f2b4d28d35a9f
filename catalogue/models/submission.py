"""What somebody without an account proposes to the editors: an idea, that one was tried elsewhere, or a correction."""

import secrets
from contextlib import contextmanager

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from catalogue.countries import country_name
from catalogue.models.deciding import READERS, Deciding
from catalogue.models.event import Event
from catalogue.models.mail import Mail
from catalogue.models.review import Review
from catalogue.models.taking_up import TakingUp


def make_token() -> str:
    """The secret in the address of a submission: 192 random bits."""
    return secrets.token_urlsafe(24)


class SubmissionQuerySet(models.QuerySet):
    def open(self):
        """What the editors have before them, or have asked about."""
        return self.filter(state__in=Submission.OPEN)

    def waiting(self):
        """What nobody has taken in hand, or whose editor is no longer here."""
        return self.filter(
            Q(state=Submission.State.RECEIVED, held_back=False)
            | Q(state__in=(Submission.State.SCREENING, Submission.State.IN_REVIEW), editor__isnull=True)
        )

    def suspected(self):
        return self.filter(state=Submission.State.RECEIVED, held_back=True)

    def in_hand(self, editor):
        """What an editor has taken and not yet decided. What its submitter is asked about waits for them, not here."""
        return self.filter(state__in=(Submission.State.SCREENING, Submission.State.IN_REVIEW), editor=editor)

    def in_review(self):
        return self.filter(state=Submission.State.IN_REVIEW)

    def lacking_readers(self):
        """What is open to whoever reads: fewer are at it than it asks for."""
        return self._counted(counting=Q(left_at__isnull=True)).filter(counting__lt=F("readers_wanted"))

    def read(self):
        """What all its readers have advised on, so that an editor can decide."""
        done = Q(left_at__isnull=True, done_at__isnull=False)
        return self._counted(done=done).filter(done__gte=F("readers_wanted"))

    def _counted(self, **conditions):
        """What is in review, with the number of its reviews of this round that fulfil a condition."""
        mine = Review.objects.filter(submission=OuterRef("pk"), round=OuterRef("round")).order_by()
        counts = {
            name: Coalesce(Subquery(mine.filter(condition).values("submission").annotate(n=Count("pk")).values("n")), 0)
            for name, condition in conditions.items()
        }
        return self.in_review().annotate(**counts)

    def open_to(self, reader):
        """What a reader may take: it lacks readers, and they were never asked before in this round, nor had a conflict,
        nor submitted it."""
        known = Review.objects.filter(submission=OuterRef("pk"), reader=reader)
        asked = Exists(known.filter(Q(round=OuterRef("round")) | Q(conflict=True)))
        found = self.lacking_readers().filter(~asked)
        return found.exclude(email__iexact=reader.email.strip()) if reader.email.strip() else found

    def by_person(self, address: str):
        return self.filter(email__iexact=address.strip())

    def beside(self, submission):
        """Others of its kind that the editors have before them, newest first."""
        return self.open().filter(kind=submission.kind).exclude(pk=submission.pk).order_by("-pk")


class Submission(Deciding, TakingUp, models.Model):
    """Something proposed. It is no part of what readers see, so its verbs need no act; each is one transaction and
    one line of its story.

    started → received → screening → (an idea: in review →) accepted, declined or needs changes → screening again.
    Its submitter may withdraw it until it is decided. Their verbs are here, those of editors in `Deciding` and
    `TakingUp`, those of readers in `Review`.
    """

    class Kind(models.TextChoices):
        IDEA = "idea", _("A Good Idea")
        ADAPTATION = "adaptation", _("An idea tried elsewhere")
        CORRECTION = "correction", _("A correction")

    class State(models.TextChoices):
        STARTED = "started", _("Not sent yet")
        RECEIVED = "received", _("Received")
        SCREENING = "screening", _("Being screened")
        IN_REVIEW = "in-review", _("In review")
        NEEDS_CHANGES = "needs-changes", _("Changes are asked for")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    EDITABLE = (State.STARTED, State.NEEDS_CHANGES)
    OPEN = (State.RECEIVED, State.SCREENING, State.IN_REVIEW, State.NEEDS_CHANGES)
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

    editor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("editor")
    )
    screened = models.JSONField(default=dict, blank=True, help_text=_("The answers to the questions of screening."))
    round = models.PositiveSmallIntegerField(default=0, help_text=_("How often it was given to readers."))
    readers_wanted = models.PositiveSmallIntegerField(default=READERS)

    idea_made = models.ForeignKey(
        "catalogue.Idea",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="proposals",
        verbose_name=_("became the idea"),
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
                    state__in=[
                        "started",
                        "received",
                        "screening",
                        "in-review",
                        "needs-changes",
                        "accepted",
                        "declined",
                        "withdrawn",
                    ],
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
    def is_with_editors(self) -> bool:
        return self.state in self.OPEN and not self.is_editable

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
            if first := self.state == self.State.STARTED:
                self.state, self.sent_at = self.State.RECEIVED, timezone.now()
                self.suspicions, self.held_back = list(suspicions), held_back
            else:
                # It says something else now: what was found when it was screened holds no longer.
                self.state, self.screened = self.State.SCREENING, {}
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
        self._call_readers_off()

    def _acknowledge(self) -> None:
        Mail.objects.post(Mail.Letter.RECEIVED, self)
