"""How often ideas were viewed, day by day, with nothing of who viewed them; and the order that readers see of it."""

from collections import Counter
from datetime import date, timedelta

import numpy as np
from django.db import connection, models
from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from catalogue.models.edition import Edition, Kind
from catalogue.models.idea import Idea
from catalogue.models.noun import CatalogueModel

#: Whoever was viewed most in so long stands first.
YEAR, MONTH = timedelta(days=365), timedelta(days=30)


class DailyViewsQuerySet(models.QuerySet):
    def add(self, found: Counter) -> None:
        """Adds views to what was counted before, by (number of the idea, day)."""
        rows = [(idea, day, count) for (idea, day), count in sorted(found.items())]
        # One statement for each, so that two who count at once never lose any. Django can only write over.
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO catalogue_dailyviews (idea_id, day, count) VALUES (%s, %s, %s) "
                "ON CONFLICT (idea_id, day) DO UPDATE SET count = catalogue_dailyviews.count + excluded.count",
                rows,
            )

    def until(self, last: date, length: timedelta):
        """Those of a stretch of days that ends with `last`."""
        return self.filter(day__gt=last - length, day__lte=last)

    def totals(self, last: date) -> tuple[int, int]:
        """How many there were in the month and in the year that end with `last`."""
        month = Sum("count", filter=Q(day__gt=last - MONTH), default=0)
        found = self.until(last, YEAR).aggregate(month=month, year=Sum("count", default=0))
        return found["month"], found["year"]

    def most_viewed(self):
        """Pairs of a published idea's number and its views, most first; of equals the newer one."""
        published = self.filter(idea__status=Idea.Status.PUBLISHED).order_by()
        totals = published.values("idea_id").annotate(total=Sum("count")).order_by("-total", "-idea_id")
        return totals.values_list("idea_id", "total")


class DailyViews(models.Model):
    """How often the page of an idea was opened on one day (UTC)."""

    idea = models.ForeignKey(Idea, models.CASCADE, related_name="daily_views")
    day = models.DateField()
    count = models.PositiveBigIntegerField()

    objects = DailyViewsQuerySet.as_manager()

    class Meta:
        verbose_name_plural = _("views by day")
        indexes = [models.Index(fields=["day"], name="views_by_day")]
        constraints = [models.UniqueConstraint(name="views_are_one_a_day", fields=["idea", "day"])]

    def __str__(self):
        return f"{self.day}: {self.count}"


class ReadLog(models.Model):
    """How far a log file has been counted. A file is known by its first line, wherever it was moved since."""

    first = models.CharField(max_length=64, unique=True, help_text=_("A digest of the first line."))
    read = models.PositiveBigIntegerField(default=0, help_text=_("Bytes of it that were counted."))
    last_day = models.DateField(auto_now=True)

    def __str__(self):
        return f"{self.first[:8]}: {self.read}"

    @classmethod
    def held(cls, first: str) -> "ReadLog":
        """The note of one file, locked until the transaction ends: two who count it at once follow each other."""
        cls.objects.get_or_create(first=first)
        return cls.objects.select_for_update().get(first=first)


class Popularity(CatalogueModel):
    """The ideas in the order in which they were viewed most, in a single row: what `sort=viewed` goes by.

    Views are counted whenever somebody likes; readers see them once a day, by an act. So no page moves within an
    edition, and what moves it is a line of history.
    """

    kind = Kind.POPULARITY

    id = models.PositiveSmallIntegerField(primary_key=True, editable=False)
    until = models.DateField(help_text=_("The last day of the year that was counted."))
    # Not in its snapshot: history would keep a hundred thousand numbers for every day.
    order = models.BinaryField(editable=False, default=b"", help_text=_("Numbers of ideas, four bytes each."))

    class Meta:
        verbose_name = _("order of the most viewed")
        verbose_name_plural = _("most viewed")
        constraints = [models.CheckConstraint(name="popularity_is_one_row", condition=Q(id=1))]

    def __str__(self):
        return f"{self._meta.verbose_name}, {self.until}"

    @property
    def is_public(self):
        return True

    @classmethod
    def ideas(cls) -> np.ndarray:
        """The numbers of the ideas that were viewed, most first; some may not be published any more."""
        row = cls.objects.values_list("order", flat=True).first()
        return np.frombuffer(bytes(row or b""), "<u4").astype(np.uint32)

    @classmethod
    def renew(cls, today: date) -> "Popularity | None":
        """Takes the views of the year before `today` into the order; None where it stays as it is until tomorrow."""
        until = today - timedelta(days=1)
        held = cls.objects.first()
        if held and held.until >= until:
            return None
        pairs = DailyViews.objects.until(until, YEAR).most_viewed()
        order = np.array([idea for idea, _total in pairs], "<u4").tobytes()
        if order == bytes(held.order if held else b""):
            return None
        made = cls(id=1, until=until, order=order)
        with Edition.act(why=f"views until {until}"):
            made.save()
        return made
