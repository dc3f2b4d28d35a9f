"""How editors lead a submission to a decision: taken in hand, screened, given to readers, and then decided."""

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalogue.models.event import Event
from catalogue.models.mail import Mail

#: So many read each; one more when two of them disagree.
READERS, READERS_AT_ODDS = 2, 3
#: What a reader may do with a review, and so who is one.
READS = "catalogue.change_review"


class Question(models.TextChoices):
    """What is asked of a submission before readers give their time to it."""

    SCOPE = "scope", _("Is it about how a city, or people in one, welcome newcomers?")
    NEW = "new", _("Is it new here: neither in the catalogue nor proposed already?")
    COMPLETE = "complete", _("Does it say enough for a reader to judge it?")

    def answered(self, answer: bool) -> str:
        """The question with its answer."""
        return (_("%(question)s Yes.") if answer else _("%(question)s No.")) % {"question": self.label}


class Deciding:
    """The verbs of editors.

    Each locks the row and reads it again, and is one transaction, one line of the story and the letters that it makes
    due. Where the diagram has no arrow, it refuses and says how the submission stands, since when and by whom: so the
    second of two who decide at once is told of the first. Nobody has a hand in what they submitted themselves.

    received → screening → (an idea: in review →) accepted, declined or needs changes; sent again, it is screened again.
    """

    def claim(self, *, by) -> None:
        """An editor takes in hand what nobody has yet."""
        with self._held():
            self._refuse_own(by)
            self._refuse_unless(self.State.RECEIVED)
            if self.held_back:
                raise ValidationError(_("It is held back. Look at it, and say first that it is no spam."))
            self.state, self.editor = self.State.SCREENING, by
            self._tell(Event.What.CLAIMED, by=by)

    def take_over(self, *, by) -> None:
        """Another editor goes on with it."""
        with self._held():
            self._refuse_own(by)
            self._refuse_unless(self.State.SCREENING, self.State.IN_REVIEW, self.State.NEEDS_CHANGES)
            if self.editor == by:
                raise ValidationError(_("You have it in hand already."))
            self.editor = by
            self._tell(Event.What.TAKEN_OVER, by=by)

    def screen(self, question: str, answer: bool, *, by) -> None:
        """Answers one of the three questions; answered again, the last answer holds."""
        with self._held():
            self._refuse_own(by)
            self._refuse_unless(self.State.SCREENING)
            if question not in Question.values:
                raise ValidationError(_("There is no such question. Use the buttons of this page."))
            self.screened[question] = bool(answer)
            self._tell(Event.What.SCREENED, Question(question).answered(bool(answer)), by)

    def open_review(self, *, by) -> None:
        """Gives an idea to readers. Each time it comes back they begin anew: the text is another."""
        with self._held():
            self._refuse_own(by)
            self._refuse_unless(self.State.SCREENING)
            if self.kind != self.Kind.IDEA:
                raise ValidationError(_("Only a proposed idea goes to readers. Decide on this yourself."))
            if not self.is_screened:
                raise ValidationError(_("Answer the three questions first. Each has to be a yes."))
            self.state, self.readers_wanted, self.round = self.State.IN_REVIEW, READERS, self.round + 1
            self._tell(Event.What.IN_REVIEW, by=by)
            Mail.objects.post(Mail.Letter.IN_REVIEW, self)

    def assign(self, reader, *, by):
        """Asks somebody to read it; a reader may take what is open without being asked. Gives back the review."""
        with self._held():
            self._refuse_own(by)
            self._refuse_unless(self.State.IN_REVIEW)
            if fault := self._assign_fault(reader):
                raise ValidationError({"reader": fault % {"reader": reader}})
            review = self.reviews.create(reader=reader, reader_name=str(reader), round=self.round)
            self._tell(Event.What.ASSIGNED, str(reader), by)
            if reader != by:
                Mail.objects.post_to_reader(Mail.Letter.ASSIGNED, review)
        return review

    def note(self, text: str, *, by) -> None:
        """What editors tell each other about it. It is never sent."""
        with self._held():
            self._refuse_own(by)
            self._tell(Event.What.NOTED, _said(text, _("Write the note.")), by)

    def ask_for_changes(self, message: str, *, by) -> None:
        """Sends it back with a message; its submitter may change it and send it again."""
        with self._held():
            self._refuse_own(by)
            self._refuse_unless(self.State.SCREENING, self.State.IN_REVIEW)
            message = _said(message, _("Write what the submitter should know."))
            self.state = self.State.NEEDS_CHANGES
            self._tell(Event.What.ASKED, message, by)
            Mail.objects.post(Mail.Letter.CHANGES, self, message=message)
            self._call_readers_off()

    def decline(self, reason: str, *, by) -> None:
        """Says no, always with a reason, which is mailed."""
        with self._held():
            self._refuse_own(by)
            self._refuse_unless(self.State.SCREENING, self.State.IN_REVIEW)
            reason = _said(reason, _("Write what the submitter should know."))
            self._decide(self.State.DECLINED, Event.What.DECLINED, reason, by)
            Mail.objects.post(Mail.Letter.DECLINED, self, message=reason)

    def accept(self, message: str = "", *, by) -> None:
        """Says yes to a correction, which somebody has made. An idea or a journey is accepted by what becomes of it."""
        with self._held():
            self._refuse_to_make(self.Kind.CORRECTION, by)
            self._accept(message, by)

    def hold_back(self, *, by) -> None:
        """Puts it among what is suspected; nothing is said to its submitter."""
        with self._held():
            self._refuse_own(by)
            self._refuse_unless(self.State.RECEIVED)
            if self.held_back:
                raise ValidationError(_("It is held back already."))
            self.held_back = True
            self._tell(Event.What.HELD_BACK, by=by)

    def release(self, *, by) -> None:
        """An editor has looked: it is a submission like any other, and its submitter is written to."""
        with self._held():
            self._refuse_own(by)
            self._refuse_unless(self.State.RECEIVED)
            if not self.held_back:
                raise ValidationError(_("It isn’t held back."))
            self.held_back = False
            self._tell(Event.What.RELEASED, by=by)
            self._acknowledge()

    def tell_published(self, *, by=None) -> None:
        """Writes to its submitter that readers see the idea that it became; once, however often that is published."""
        with self._held():
            if self.state == self.State.ACCEPTED and not self.events.filter(what=Event.What.PUBLISHED).exists():
                self._tell(Event.What.PUBLISHED, by=by)
                Mail.objects.post(Mail.Letter.PUBLISHED, self)

    # What the verbs ask

    def is_by(self, person) -> bool:
        """Whether somebody with an account submitted it, as far as their address tells."""
        theirs = getattr(person, "email", "").strip().casefold()
        return bool(theirs) and theirs == self.email.strip().casefold()

    @property
    def is_screened(self) -> bool:
        return all(self.screened.get(question) for question in Question.values)

    @property
    def readers_lacking(self) -> int:
        """How many readers it still asks for."""
        return max(self.readers_wanted - self.reviews.counting(self.round).count(), 0)

    @property
    def is_read(self) -> bool:
        """Whether all the readers that it asks for have advised."""
        return self.reviews.done(self.round).count() >= self.readers_wanted

    def _assign_fault(self, reader) -> str:
        if self.is_by(reader):
            return _("%(reader)s submitted it, and can’t judge it.")
        if not reader.is_active or not reader.has_perm(READS):
            return _("%(reader)s is no reader. An administrator can put them into the group Readers.")
        # Whoever has a conflict of interest has it in the next round, too.
        if self.reviews.filter(models.Q(round=self.round) | models.Q(conflict=True), reader=reader).exists():
            return _("%(reader)s was asked already.")
        if not self.readers_lacking:
            return _("It has all the readers that it needs.")
        return ""

    def _refuse_to_make(self, kind: str, by) -> None:
        """Refuses to accept it as something that it isn't, or before its time."""
        self._refuse_own(by)
        if self.kind != kind:
            raise ValidationError(_("That can’t be made of this kind of submission."))
        self._refuse_unless(self.State.IN_REVIEW if kind == self.Kind.IDEA else self.State.SCREENING)
        if kind == self.Kind.IDEA and not self.is_read:
            raise ValidationError(_("Not all of its readers have advised yet. Wait for them, or ask others."))

    def _accept(self, message: str, by) -> None:
        self._decide(self.State.ACCEPTED, Event.What.ACCEPTED, message, by)
        Mail.objects.post(Mail.Letter.ACCEPTED, self, message=message)

    def _call_readers_off(self) -> None:
        """What was being read needs no reading any more; whoever was at it is told."""
        for review in self.reviews.open():
            review.left_at = timezone.now()
            review.save()
            Mail.objects.post_to_reader(Mail.Letter.CALLED_OFF, review)

    def _refuse_own(self, by) -> None:
        if self.is_by(by):
            raise ValidationError(_("You submitted this yourself. Somebody else looks after it."))

    def _refuse_unless(self, *states) -> None:
        if self.state in states:
            return
        facts = {"state": self.get_state_display()}
        if last := self.events.filter(what__in=Event.ARROWS).first():
            facts |= {"who": last.who, "when": f"{last.at:%Y-%m-%d %H:%M}"}
            raise ValidationError(_("Nothing was done: “%(state)s”, by %(who)s, %(when)s UTC.") % facts)
        raise ValidationError(_("Nothing was done: “%(state)s”.") % facts)


def people_who_read():
    """Everybody who may be asked to read, by name."""
    people = get_user_model().objects.filter(is_active=True, groups__name="Readers")
    return people.order_by("username").distinct()


def _said(text: str, sentence) -> str:
    """A text that was typed; without one, nothing is done."""
    if not text.strip():
        raise ValidationError({"message": sentence})
    return text.strip()
