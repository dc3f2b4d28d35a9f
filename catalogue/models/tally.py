"""How often something was done today by somebody whom we don't know: counted under a digest that nobody can undo."""

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac


class TallyQuerySet(models.QuerySet):
    def count_one(self, what: str, who: str) -> int:
        """Counts one more of something today, and says how many that makes."""
        day = timezone.localdate()
        digest = digest_of(day, what, who)
        with transaction.atomic():
            self.bulk_create([self.model(day=day, digest=digest)], ignore_conflicts=True)
            self.filter(day=day, digest=digest).update(count=F("count") + 1)
            return self.get(day=day, digest=digest).count

    def of_earlier_days(self):
        return self.filter(day__lt=timezone.localdate())


class Tally(models.Model):
    """A count of one day. `tick` removes it on the next."""

    day = models.DateField()
    digest = models.CharField(max_length=64)
    count = models.PositiveIntegerField(default=0)

    objects = TallyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "tallies"
        constraints = [models.UniqueConstraint(name="tally_is_one_a_day", fields=["day", "digest"])]

    def __str__(self):
        return f"{self.day}: {self.count}"


def digest_of(day, what: str, who: str) -> str:
    """Another every day, so that nobody can be followed from one to the next."""
    return salted_hmac("catalogue.tally", f"{day.isoformat()} {what} {who}", algorithm="sha256").hexdigest()
