"""The story of a submission: what happened or was said, line by line."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Event(models.Model):
    """A line of a submission's story: what happened or was said, by whom and when."""

    class What(models.TextChoices):
        SENT = "sent", _("Sent to the editors")
        CHANGED = "changed", _("Changed and sent again")
        CONFIRMED = "confirmed", _("Address confirmed")
        ASKED = "asked", _("The editors ask")
        ANSWERED = "answered", _("Answered")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        HELD_BACK = "held-back", _("Held back")
        RELEASED = "released", _("Released")

    #: What is said about suspicion is for editors alone.
    INSIDE = (What.HELD_BACK, What.RELEASED)

    submission = models.ForeignKey("catalogue.Submission", models.CASCADE, related_name="events")
    what = models.CharField(_("what"), max_length=20, choices=What)
    text = models.TextField(_("message"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=150, blank=True, help_text=_("Empty when its submitter did it."))
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.by_name}: {self.get_what_display()}"
