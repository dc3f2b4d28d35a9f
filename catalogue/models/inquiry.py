"""The yearly question to those who lead an idea: is it still so? Whom it was put to, and what they answered."""

from contextlib import contextmanager
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce, TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalogue.models.contact import Contact
from catalogue.models.edition import Edition
from catalogue.models.idea import Idea
from catalogue.models.life import VERIFIED_FOR
from catalogue.models.mail import Mail
from catalogue.models.submission import Submission, make_token

#: After each letter so long until the next step: reminded, reminded, the next contact, the editors' desk.
WAIT = timedelta(days=14)
#: The first contact is reminded so often.
REMINDERS = 2
#: An answer may be changed for so long.
CHANGEABLE = timedelta(days=14)


class InquiryQuerySet(models.QuerySet):
    def open(self):
        return self.filter(state=Inquiry.State.OPEN)

    def due(self, now: datetime):
        """What nobody answered in time."""
        return self.open().filter(due_at__lte=now).order_by("due_at", "pk")

    def for_desk(self):
        """What waits for the editors: an idea that is said to have ended, or nobody who answers."""
        return self.filter(state__in=(Inquiry.State.ENDED, Inquiry.State.SILENT), settled_at__isnull=True)

    def ideas_to_ask(self, now: datetime):
        """Published ideas that go on, that nobody made sure of for a year, and whose organisation can be asked."""
        day = timezone.localdate(now) - VERIFIED_FOR
        asked = Inquiry.objects.filter(idea=OuterRef("pk"), asked_at__gt=now - VERIFIED_FOR)
        known = Contact.objects.filter(organisation=OuterRef("organisation_id"))
        return (
            Idea.objects.published()
            .filter(Exists(known), ~Exists(asked), ended__isnull=True)
            .annotate(sure=Coalesce("last_verified", TruncDate("first_published")))
            .filter(sure__lte=day)
            .order_by("sure", "pk")
        )

    def ask(self, idea: Idea, now: datetime) -> "Inquiry | None":
        """Writes to the organisation of an idea; None where another tick was quicker, or nobody can be asked."""
        with transaction.atomic():
            # Locked, and asked again only then: whoever held the lock until a moment ago has asked already.
            list(Idea.objects.select_for_update().filter(pk=idea.pk).values_list("pk"))
            found = self.ideas_to_ask(now).filter(pk=idea.pk).first()
            if found is None:
                return None
            inquiry = self.create(idea=found, organisation_id=found.organisation_id, asked_at=now, due_at=now + WAIT)
            inquiry.write(Mail.Letter.STILL, Contact.objects.of(found.organisation_id)[0])
        return inquiry


class Inquiry(models.Model):
    """One question, put once a year. It is no part of what readers see; what follows from an answer is an act.

    open → still, changed or ended, by whoever has the letter; or silent, when nobody answered. Editors settle what
    waits for them.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Asked")
        STILL = "still", _("Still so")
        CHANGED = "changed", _("Changed")
        ENDED = "ended", _("Ended")
        SILENT = "silent", _("Nobody answered")

    ANSWERS = (State.STILL, State.CHANGED, State.ENDED)

    idea = models.ForeignKey("catalogue.Idea", models.CASCADE, related_name="inquiries", verbose_name=_("idea"))
    organisation = models.ForeignKey(
        "catalogue.Organisation", models.CASCADE, related_name="inquiries", verbose_name=_("asked of")
    )
    # security: whoever knows it may answer. Found by its index, never by comparing.
    token = models.CharField(max_length=43, unique=True, default=make_token, editable=False)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.OPEN)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    letters = models.PositiveSmallIntegerField(_("letters"), default=0)
    due_at = models.DateTimeField(_("next step"), default=timezone.now)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    words = models.TextField(_("in their words"), blank=True)
    ended_year = models.PositiveSmallIntegerField(_("year it ended"), null=True, blank=True)
    submission = models.ForeignKey(
        "catalogue.Submission", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("correction")
    )
    #: What was said of the idea before "still so", should that be taken back.
    before = models.JSONField(null=True, editable=False)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)

    objects = InquiryQuerySet.as_manager()

    class Meta:
        verbose_name = _("yearly question")
        verbose_name_plural = _("yearly questions")
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "due_at"], name="inquiry_by_state")]
        constraints = [
            models.CheckConstraint(
                name="inquiry_state_is_known", condition=Q(state__in=["open", "still", "changed", "ended", "silent"])
            ),
            models.CheckConstraint(
                name="inquiry_answered_has_a_date",
                condition=~Q(state__in=["still", "changed", "ended"]) | Q(answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="inquiry_ended_has_a_year", condition=~Q(state="ended") | Q(ended_year__isnull=False)
            ),
        ]

    def __str__(self):
        return str(self.idea)

    def get_absolute_url(self) -> str:
        return reverse("still", args=[self.token])

    @property
    def is_answered(self) -> bool:
        return self.state in self.ANSWERS

    @property
    def changeable_until(self) -> datetime | None:
        return self.answered_at + CHANGEABLE if self.answered_at else None

    @property
    def closed_why(self) -> str:
        """Why it can't be answered any more, as a sentence; empty while it can."""
        if not self.idea.is_published:
            return _("This idea isn’t in the catalogue any more, so there is nothing left to answer. Thank you.")
        if self.idea.organisation_id != self.organisation_id:
            return _("Another organisation leads this idea now, so we ask there. Thank you.")
        if Inquiry.objects.filter(idea=self.idea_id, pk__gt=self.pk).exists():
            return _("A newer letter about this idea is on its way to you or with you. Please answer that one.")
        if self.idea.ended and self.state != self.State.ENDED:
            return _("The catalogue says already that it has ended. Thank you.")
        if self.is_answered and (self.settled_at or timezone.now() > self.changeable_until):
            return _("Your answer is kept, and the time to change it is over.")
        return ""

    # What whoever has the letter answers

    def say_still(self) -> None:
        """It is still so: the idea is verified today, by its organisation."""
        with self._answering() as act:
            idea = self._idea(act)
            if self.state != self.State.STILL:
                day = idea.last_verified and idea.last_verified.isoformat()
                self.before = {"last_verified": day, "verified_by": idea.verified_by}
                idea.verify(verifier=Idea.Verifier.ORGANISATION)
                self.before["said_on"] = idea.last_verified.isoformat()
            self._answer(self.State.STILL)

    def say_changed(self, words: str) -> None:
        """Something is different: that goes to the editors as a correction, in the same words."""
        with self._answering() as act:
            self._take_back(act)
            sent = self.submission
            if sent and not sent.is_decided:
                sent.answer(words)
            else:
                self.submission = self._correction(words)
            self._answer(self.State.CHANGED, words)

    def say_ended(self, year: int, words: str) -> None:
        """It has ended: an editor reads why, and makes it so."""
        with self._answering() as act:
            if fault := self.idea.year_faults({"started": self.idea.started, "ended": year}).get("ended"):
                raise ValidationError({"year": fault})
            self._take_back(act)
            self._answer(self.State.ENDED, words, year)

    # What time and editors do

    def go_on(self, now: datetime) -> str:
        """The next step, since nobody answered; says in a word which one it was."""
        with transaction.atomic():
            self.refresh_from_db(from_queryset=type(self).objects.select_for_update())
            if self.state != self.State.OPEN or self.due_at > now:
                return ""
            contacts = Contact.objects.of(self.organisation_id)
            place = max(0, self.letters - REMINDERS)
            if self.closed_why or self.idea.ended:
                self.state, self.settled_at = self.State.SILENT, now
                step = "dropped"
            elif place < len(contacts):
                self.due_at = now + WAIT
                self.write(Mail.Letter.STILL_AGAIN if place == 0 else Mail.Letter.STILL, contacts[place])
                step = "written to again"
            else:
                self.state, step = self.State.SILENT, "left to the editors"
            self.save()
        return step

    def write(self, letter: str, contact: Contact) -> None:
        self.letters += 1
        self.save()
        Mail.objects.create(letter=letter, inquiry=self, to=contact.email, language=contact.language)

    def make_it_so(self, year: int, reason: str, *, by) -> None:
        """The idea says when it ended and why, as its organisation told."""
        with Edition.act(by=by, why="its organisation says that it ended"):
            self._held()
            if self.state != self.State.ENDED or self.settled_at:
                raise ValidationError(_("Nobody waits for this: it isn’t said to have ended, or it is settled."))
            self.idea.end(year, reason=reason, by=by)
            self.settled_at = timezone.now()
            self.save()

    def settle(self, *, by=None) -> None:
        """Puts it away."""
        with transaction.atomic():
            self._held()
            self.settled_at = self.settled_at or timezone.now()
            self.save()

    # What all of them do

    @contextmanager
    def _answering(self):
        with Edition.act(why="answered by the organisation that leads it") as act:
            self._held()
            if sentence := self.closed_why:
                raise ValidationError(sentence)
            yield act

    def _held(self) -> None:
        self.refresh_from_db(from_queryset=type(self).objects.select_for_update())

    def _idea(self, act) -> Idea:
        act.hold(self.idea)
        return self.idea

    def _answer(self, state: str, words: str = "", year: int | None = None) -> None:
        # The days in which it may be changed are counted from the first answer.
        self.state, self.answered_at, self.settled_at = state, self.answered_at or timezone.now(), None
        self.words, self.ended_year = words, year
        self.save()

    def _take_back(self, act) -> None:
        """Should "still so" have been said before, the idea was not verified after all."""
        if self.state != self.State.STILL or self.before is None:
            return
        idea, day = self._idea(act), self.before["last_verified"]
        said = date.fromisoformat(self.before["said_on"]), Idea.Verifier.ORGANISATION
        # An editor may have verified it since.
        if (idea.last_verified, idea.verified_by) == said:
            idea.last_verified = day and date.fromisoformat(day)
            idea.verified_by = self.before["verified_by"]
            idea.save()
        self.before = None

    def _correction(self, words: str) -> Submission:
        letter = self.mails.order_by("pk").last()
        address = letter.to if letter else ""
        submission = Submission.objects.create(
            kind=Submission.Kind.CORRECTION,
            idea=self.idea,
            language=letter.language if letter else "en",
            email=address,
            opened_at=self.asked_at,
            answers={"wrong": {"wrong": words, "right": ""}, "you": {"name": "", "email": address}},
            complete=["wrong", "you"],
        )
        submission.send()
        return submission
