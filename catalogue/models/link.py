"""The web addresses that the catalogue names, when each was visited, and what was seen there."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalogue.models.idea import Idea
from catalogue.models.organisation import Organisation
from catalogue.models.resource import Resource
from catalogue.visiting import Outcome, Seen

#: Where an address stands, and in which field.
CITED_IN = ((Resource, "url"), (Organisation, "web_address"), (Idea, "web_address"))
#: One failure may be a bad night: an address is called dead when a second visit, at least a day later, fails, too.
SURE_AFTER = timedelta(days=1)
#: How long until the next visit: of what answers, of what failed for the first time, of what is dead.
MONTH, TOMORROW, WEEK = timedelta(days=30), timedelta(hours=25), timedelta(days=7)
#: So many visits are remembered of each address.
REMEMBERED = 10


class LinkQuerySet(models.QuerySet):
    def gather(self, now: datetime | None = None) -> int:
        """Takes up addresses that the catalogue names and that aren't here yet; says how many."""
        number, due = 0, {"due_at": now or timezone.now()}
        for model, name in CITED_IN:
            rows = model.objects.filter(~Exists(self.filter(url=OuterRef(name)))).exclude(**{name: ""})
            urls = sorted(set(rows.values_list(name, flat=True)))
            new = [Link(url=url, host=host_of(url), **due) for url in urls]
            # Should another have taken one up a moment ago, then that one stands.
            self.bulk_create(new, ignore_conflicts=True, batch_size=500)
            number += len(urls)
        return number

    def due(self, now: datetime):
        """What can be visited now, what has waited longest first."""
        return self.filter(due_at__lte=now).order_by("due_at", "pk")

    def dead(self):
        """What failed on more than one day, and nobody said that it is no fault."""
        return self.filter(dead_since__isnull=False, excused_at__isnull=True)

    def untold(self):
        """What readers haven't been told of yet: that it is dead, or that it no longer is."""
        alive = Q(dead_since__isnull=True) | Q(excused_at__isnull=False)
        return self.filter(~alive & Q(told_fault="") | alive & ~Q(told_fault="")).order_by("pk")

    def doubtful(self):
        return self.filter(outcome__in=[outcome for outcome in Outcome if outcome.is_doubtful])


class Link(models.Model):
    """A web address that the catalogue names, once, however many name it. It is no part of what readers see: what they
    are told of it stands with the resource, and is written in an act."""

    url = models.URLField(_("web address"), max_length=500, unique=True)
    host = models.CharField(_("site"), max_length=255, blank=True, db_index=True)
    due_at = models.DateTimeField(_("next visit"), default=timezone.now, db_index=True)
    visited_at = models.DateTimeField(_("last visit"), null=True, blank=True)
    outcome = models.CharField(_("what was seen"), max_length=20, choices=Outcome, blank=True)
    status = models.PositiveSmallIntegerField(_("status"), null=True, blank=True)
    moved_to = models.CharField(_("moved to"), max_length=2_000, blank=True)
    good_at = models.DateTimeField(_("last answered"), null=True, blank=True)
    failing_since = models.DateTimeField(_("fails since"), null=True, blank=True)
    dead_since = models.DateTimeField(_("taken for dead since"), null=True, blank=True)
    #: What was told to readers last, so that what an editor wrote is told from it.
    told_fault = models.CharField(max_length=200, blank=True, editable=False)
    told_copy = models.CharField(max_length=700, blank=True, editable=False)

    excused_at = models.DateTimeField(_("no fault since"), null=True, blank=True)
    excused_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    excused_why = models.CharField(_("why it is no fault"), max_length=300, blank=True)

    objects = LinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link")
        ordering = ["host", "url"]
        indexes = [
            # Few of very many: the desk counts them at every look.
            models.Index(fields=["dead_since"], name="link_dead", condition=Q(dead_since__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                name="link_dead_was_failing", condition=Q(dead_since__isnull=True) | Q(failing_since__isnull=False)
            ),
            models.CheckConstraint(
                name="link_excused_has_a_reason", condition=Q(excused_at__isnull=True) | ~Q(excused_why="")
            ),
        ]

    def __str__(self):
        return self.url

    @property
    def is_dead(self) -> bool:
        return self.dead_since is not None and self.excused_at is None

    @property
    def is_cited(self) -> bool:
        return any(model.objects.filter(**{name: self.url}).exists() for model, name in CITED_IN)

    @property
    def fault(self) -> str:
        """What is wrong with it, in words; empty while nothing is that readers should know."""
        if not self.is_dead or Outcome(self.outcome).is_doubtful:
            return self.told_fault if self.is_dead else ""
        words = str(Outcome(self.outcome).label)
        return f"{words} ({self.status})" if self.status else words

    # Its verbs

    def claim(self, now: datetime, until: datetime) -> bool:
        """Takes it to be visited; False where another was quicker. Without a lock: a visit takes seconds."""
        return bool(type(self).objects.due(now).filter(pk=self.pk).update(due_at=until))

    def note(self, seen: Seen, now: datetime) -> None:
        """Remembers a visit, and says when the next is due."""
        with transaction.atomic():
            self.refresh_from_db(from_queryset=type(self).objects.select_for_update())
            self.visited_at, self.status = now, seen.status
            self.outcome, self.moved_to = seen.outcome, seen.moved_to[:2_000]
            if seen.outcome == Outcome.GOOD:
                self.good_at, self.failing_since, self.dead_since = now, None, None
            elif seen.outcome.is_fault:
                self.failing_since = self.failing_since or now
                if now - self.failing_since >= SURE_AFTER:
                    self.dead_since = self.dead_since or now
            self.due_at = now + self._pause(seen)
            self.save()
            self.visits.create(at=now, outcome=seen.outcome, status=seen.status, moved_to=self.moved_to)
            old = self.visits.order_by("-pk").values_list("pk", flat=True)[REMEMBERED:]
            self.visits.filter(pk__in=list(old)).delete()

    def excuse(self, why: str, *, by=None) -> None:
        """Says that it is no fault. That is remembered until the address is another's, or it is asked anew."""
        if not why.strip():
            raise ValidationError({"why": _("Say why, in a few words: it is remembered with the address.")})
        self.excused_at, self.excused_by, self.excused_why = timezone.now(), by, why.strip()[:300]
        self.save(update_fields=["excused_at", "excused_by", "excused_why"])

    def ask_anew(self) -> None:
        """Forgets that it was no fault, and has it visited soon."""
        self.excused_at, self.excused_by, self.excused_why = None, None, ""
        self.due_at = timezone.now()
        self.save(update_fields=["excused_at", "excused_by", "excused_why", "due_at"])

    def _pause(self, seen: Seen) -> timedelta:
        if self.dead_since:
            return WEEK
        if seen.outcome.is_fault:
            return TOMORROW
        # Not all on one day, though all were taken up on one.
        return MONTH + timedelta(hours=self.pk % 120)


class Visit(models.Model):
    """One visit of an address. The latest of each are remembered."""

    link = models.ForeignKey(Link, models.CASCADE, related_name="visits")
    at = models.DateTimeField(_("when"), default=timezone.now)
    outcome = models.CharField(_("what was seen"), max_length=20, choices=Outcome)
    status = models.PositiveSmallIntegerField(_("status"), null=True, blank=True)
    moved_to = models.CharField(_("moved to"), max_length=2_000, blank=True)

    class Meta:
        verbose_name = _("visit")
        ordering = ["-id"]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M}: {self.get_outcome_display()}"


def host_of(url: str) -> str:
    """The site that an address belongs to: visits to one aren't made at once."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")[:255]
    except ValueError:
        return ""
