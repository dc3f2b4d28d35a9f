"""The story of a submission: what happened or was said, line by line."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class EventQuerySet(models.QuerySet):
    def for_submitter(self):
        """What its submitter reads of it."""
        return self.exclude(what__in=Event.INSIDE)

    def notes(self):
        return self.filter(what=Event.What.NOTED)


class Event(models.Model):
    """A line of a submission's story: what happened or was said, by whom and when."""

    class What(models.TextChoices):
        SENT = "sent", _("Sent to the editors")
        CHANGED = "changed", _("Changed and sent again")
        CONFIRMED = "confirmed", _("Address confirmed")
        CLAIMED = "claimed", _("An editor has it in hand")
        TAKEN_OVER = "taken-over", _("Taken over")
        SCREENED = "screened", _("Screened")
        IN_REVIEW = "in-review", _("Given to readers")
        ASSIGNED = "assigned", _("A reader is asked")
        DECLARED = "declared", _("The reader has no conflict of interest")
        CONFLICT = "conflict", _("The reader has a conflict of interest")
        READ = "read", _("Read, and advice given")
        TAKEN_OFF = "taken-off", _("The reader is taken off")
        REMINDED = "reminded", _("The reader is reminded")
        NOTED = "noted", _("Note among editors")
        ASKED = "asked", _("The editors ask")
        ANSWERED = "answered", _("Answered")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        PUBLISHED = "published", _("Published")
        HELD_BACK = "held-back", _("Held back")
        RELEASED = "released", _("Released")

    #: What is for editors alone: suspicion, who reads it and what they advise, and what editors tell each other.
    INSIDE = (
        What.HELD_BACK,
        What.RELEASED,
        What.TAKEN_OVER,
        What.SCREENED,
        What.ASSIGNED,
        What.DECLARED,
        What.CONFLICT,
        What.READ,
        What.TAKEN_OFF,
        What.REMINDED,
        What.NOTED,
    )
    #: What took it from one state to another.
    ARROWS = (
        What.SENT,
        What.CHANGED,
        What.CLAIMED,
        What.IN_REVIEW,
        What.ASKED,
        What.WITHDRAWN,
        What.ACCEPTED,
        What.DECLINED,
    )
    #: What its submitter does; what else has no name was done by the clock.
    THEIRS = (What.SENT, What.CHANGED, What.CONFIRMED, What.ANSWERED, What.WITHDRAWN)

    submission = models.ForeignKey("catalogue.Submission", models.CASCADE, related_name="events")
    what = models.CharField(_("what"), max_length=20, choices=What)
    text = models.TextField(_("message"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=150, blank=True, help_text=_("Empty when its submitter did it."))
    at = models.DateTimeField(default=timezone.now)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.by_name}: {self.get_what_display()}"

    @property
    def who(self) -> str:
        """Who did it, in words."""
        return self.by_name or str(_("The submitter") if self.what in self.THEIRS else _("The site itself"))
