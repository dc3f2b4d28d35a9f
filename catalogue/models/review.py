"""What a reader thinks of a submission: criterion by criterion, with the ground for it, and what they advise."""

from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import reduce
from itertools import combinations
from operator import or_

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalogue.criteria import Criterion
from catalogue.models.assessment import Finding
from catalogue.models.deciding import READERS_AT_ODDS
from catalogue.models.event import Event
from catalogue.models.mail import Mail

#: A reader is reminded after so long, and again; from then on the desk says that it is overdue.
REMINDERS = (timedelta(days=7), timedelta(days=14))


class ReviewQuerySet(models.QuerySet):
    def open(self):
        """What somebody is asked for and hasn't answered."""
        return self.filter(done_at__isnull=True, left_at__isnull=True)

    def of_round(self, number: int):
        return self.filter(round=number)

    def counting(self, number: int):
        """The reviews of one round that were made or are under way."""
        return self.of_round(number).filter(left_at__isnull=True)

    def done(self, number: int):
        return self.counting(number).filter(done_at__isnull=False)

    def overdue(self, now: datetime):
        return self.open().filter(asked_at__lte=now - REMINDERS[-1])

    def to_remind(self, now: datetime):
        """Those whose next reminder is due."""
        late = (Q(reminded=number, asked_at__lte=now - wait) for number, wait in enumerate(REMINDERS))
        return self.open().filter(reduce(or_, late)).order_by("pk")

    def with_judgements(self):
        return self.prefetch_related("judgements")


class Review(models.Model):
    """One reading of a submission, by one reader. A reader advises; an editor decides.

    asked → (a conflict: taken off) → done. It is called off when the submission no longer needs it.
    """

    class Recommendation(models.TextChoices):
        ACCEPT = "accept", _("Accept it")
        CHANGES = "changes", _("Ask for changes")
        DECLINE = "decline", _("Decline it")

    submission = models.ForeignKey("catalogue.Submission", models.CASCADE, related_name="reviews")
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="reviews", verbose_name=_("reader")
    )
    # Kept beside the account, which may be removed: who advised stays known.
    reader_name = models.CharField(max_length=150)
    round = models.PositiveSmallIntegerField(help_text=_("Sent back and sent again, a submission is read anew."))
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    reminded = models.PositiveSmallIntegerField(_("reminders"), default=0)
    conflict = models.BooleanField(_("conflict of interest"), null=True)
    recommendation = models.CharField(_("recommendation"), max_length=20, choices=Recommendation, blank=True)
    words = models.TextField(_("for the editors"), blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    left_at = models.DateTimeField(_("no longer needed"), null=True, blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(name="review_is_asked_for_once", fields=["submission", "round", "reader"]),
            models.CheckConstraint(
                name="review_recommendation_is_known",
                condition=Q(recommendation__in=["", "accept", "changes", "decline"]),
            ),
            models.CheckConstraint(
                name="review_done_recommends",
                condition=Q(done_at__isnull=True, recommendation="")
                | Q(done_at__isnull=False, conflict__isnull=False, conflict=False) & ~Q(recommendation=""),
            ),
            models.CheckConstraint(
                name="review_in_conflict_is_left",
                condition=Q(conflict__isnull=True) | Q(conflict=False) | Q(left_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.submission}: {self.reader_name}"

    # The verbs of its reader

    def declare(self, conflict: bool, *, by) -> None:
        """Says whether its reader has an interest in the matter. Before that they don't see it; with one, never."""
        with self._held():
            self._refuse_another(by)
            self._refuse_unless_open()
            if self.conflict is not None:
                raise ValidationError(_("You have answered this already."))
            if conflict is None:
                raise ValidationError({"conflict": _("Choose one.")})
            self.conflict = bool(conflict)
            if self.conflict:
                self.left_at = timezone.now()
            self.save()
            what = Event.What.CONFLICT if self.conflict else Event.What.DECLARED
            self.submission._tell(what, by=by)

    def finish(self, judgements: "list[Judgement]", recommendation: str, words: str = "", *, by) -> None:
        """Hands in a judgement on each criterion and an advice. When two readers disagree, a third is asked for."""
        with self._held():
            self._refuse_another(by)
            self._refuse_unless_open()
            if self.conflict is None:
                raise ValidationError(_("Say first whether you have a conflict of interest."))
            if recommendation not in self.Recommendation.values:
                raise ValidationError({"recommendation": _("Say what you advise.")})
            if sorted(judgement.criterion for judgement in judgements) != sorted(Criterion.values):
                raise ValidationError(_("Judge each of the four criteria."))
            for judgement in judgements:
                judgement.review = self
                judgement.full_clean(exclude=["review"])
            self.recommendation, self.words, self.done_at = recommendation, words.strip(), timezone.now()
            self.save()
            Judgement.objects.bulk_create(judgements)
            submission = self.submission
            if at_odds := _any_disagree(submission.reviews.done(self.round).with_judgements()):
                submission.readers_wanted = READERS_AT_ODDS
            said = _("%(advice)s. The readers disagree.") if at_odds else _("%(advice)s.")
            submission._tell(Event.What.READ, said % {"advice": self.get_recommendation_display()}, by)

    # The verbs of others

    def take_off(self, *, by) -> None:
        """An editor asks somebody else in its reader's place."""
        with self._held():
            self.submission._refuse_own(by)
            self._refuse_unless_open()
            self.left_at = timezone.now()
            self.save()
            self.submission._tell(Event.What.TAKEN_OFF, self.reader_name, by)
            Mail.objects.post_to_reader(Mail.Letter.CALLED_OFF, self)

    def remind(self, now: datetime) -> bool:
        """Writes to its reader when the next reminder is due; says whether it was."""
        with self._held():
            if not self.is_open or self.reminded >= len(REMINDERS) or now - self.asked_at < REMINDERS[self.reminded]:
                return False
            self.reminded += 1
            self.save()
            self.submission._tell(Event.What.REMINDED, self.reader_name)
            Mail.objects.post_to_reader(Mail.Letter.REMINDER, self)
        return True

    # What it is

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.left_at is None

    @property
    def is_overdue(self) -> bool:
        return self.is_open and timezone.now() - self.asked_at >= REMINDERS[-1]

    @property
    def may_read(self) -> bool:
        """Whether its reader sees the submission: from having declared that there is no conflict, until called off."""
        return self.conflict is False and self.left_at is None

    @property
    def standing(self) -> str:
        """How it stands, in words."""
        if self.done_at:
            return self.get_recommendation_display()
        if self.conflict:
            return str(_("Taken off: a conflict of interest"))
        if self.left_at:
            return str(_("Called off"))
        if self.is_overdue:
            return str(_("Overdue"))
        return str(_("Being read") if self.conflict is False else _("Asked"))

    def in_order(self) -> "list[Judgement]":
        """Its judgements in the order of the criteria."""
        order = list(Criterion.values)
        return sorted(self.judgements.all(), key=lambda judgement: order.index(judgement.criterion))

    def disagrees_with(self, other: "Review") -> bool:
        """Whether two readers disagree: what they recommend differs, or a criterion is met for one and not shown for
        the other. Met and partly is no disagreement, nor are partly and not shown.
        """
        if self.recommendation != other.recommendation:
            return True
        mine, theirs = ({row.criterion: row.finding for row in one.judgements.all()} for one in (self, other))
        apart = {Finding.MET, Finding.NOT_SHOWN}
        return any({finding, theirs.get(criterion)} == apart for criterion, finding in mine.items())

    @contextmanager
    def _held(self):
        """One transaction, in which the submission and this are locked and read again, always in that order."""
        submission = self.submission
        with submission._held():
            self.refresh_from_db()
            self.submission = submission
            yield

    def _refuse_another(self, by) -> None:
        if by is None or self.reader_id != by.pk:
            raise ValidationError(_("Only its reader can do that."))
        self.submission._refuse_own(by)

    def _refuse_unless_open(self) -> None:
        if not self.is_open:
            sentence = _("Nothing was done: this review is closed. %(standing)s.")
            raise ValidationError(sentence % {"standing": self.standing})


class Judgement(models.Model):
    """What a reader found for one criterion, and on what ground."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="judgements")
    criterion = models.CharField(_("criterion"), max_length=20, choices=Criterion)
    finding = models.CharField(_("finding"), max_length=20, choices=Finding)
    ground = models.CharField(
        _("where it is shown"),
        max_length=500,
        blank=True,
        help_text=_("An answer of the submission, by its step and field, or one of its links."),
    )
    note = models.TextField(_("note"), blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="judgement_is_one_a_criterion", fields=["review", "criterion"]),
            models.CheckConstraint(name="judgement_criterion_is_known", condition=Q(criterion__in=Criterion.values)),
            models.CheckConstraint(
                name="judgement_finding_is_known", condition=Q(finding__in=["met", "partly", "not-shown"])
            ),
            models.CheckConstraint(
                name="judgement_shown_has_a_ground",
                condition=Q(finding="not-shown") | ~Q(ground=""),
                violation_error_message=_("Say where it is shown."),
            ),
        ]

    def __str__(self):
        return f"{self.get_criterion_display()}: {self.get_finding_display()}"


def found_together(reviews) -> dict[str, str]:
    """What several readers found for each criterion: the middle of their findings; of two, the more careful one."""
    ranked = list(Finding.values)
    found = {criterion: [] for criterion in Criterion.values}
    for review in reviews:
        for judgement in review.judgements.all():
            found[judgement.criterion].append(ranked.index(judgement.finding))
    return {criterion: ranked[sorted(places)[len(places) // 2]] for criterion, places in found.items()}


def _any_disagree(reviews) -> bool:
    return any(one.disagrees_with(other) for one, other in combinations(reviews, 2))
