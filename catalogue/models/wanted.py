"""What readers looked for and no idea has: words alone, and only once they were asked for on several days."""

from django.db import Error, models
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from catalogue.folding import flat
from catalogue.models.miss import in_haste

#: So many searches are kept. The one asked for on fewest days, longest ago, makes room for the next.
MOST = 1_000
#: Words can be read once they were asked for on so many days; until then there is but a digest of them, so that what
#: one reader typed once, which may be about somebody, stands nowhere.
DAYS = 3
#: Whoever types more than these looks for something of their own.
LONGEST, MOST_WORDS = 60, 5


class WantedQuerySet(models.QuerySet):
    def told(self):
        """What can be read."""
        return self.exclude(words="")

    def note(self, text: str) -> None:
        """Counts that a search found nothing, once a day. It never fails: the reader's answer matters more."""
        if words := impersonal(text):
            try:
                with in_haste():
                    self._count(words)
            except Error:
                # Read only, busy, away: then this one isn't counted.
                return

    def _count(self, words: str) -> None:
        today = timezone.localdate()
        digest = salted_hmac("catalogue.wanted", words, algorithm="sha256").hexdigest()
        same = self.filter(digest=digest)
        if same.exclude(last_day=today).update(days=F("days") + 1, last_day=today):
            same.filter(days__gte=DAYS).update(words=words)
        elif not same.exists():
            if (excess := self.count() + 1 - MOST) > 0:
                least = self.order_by("days", "last_day", "pk").values_list("pk", flat=True)[:excess]
                self.filter(pk__in=list(least)).delete()
            self.bulk_create([self.model(digest=digest, last_day=today)], ignore_conflicts=True)


class Wanted(models.Model):
    """A search that found nothing. It holds nothing of whoever asked, and the words only when they are no secret."""

    digest = models.CharField(max_length=64, unique=True, editable=False)
    words = models.CharField(_("words"), max_length=LONGEST, blank=True)
    days = models.PositiveIntegerField(_("days"), default=1, help_text=_("On how many days it was asked for."))
    last_day = models.DateField(_("last asked for"))

    objects = WantedQuerySet.as_manager()

    class Meta:
        verbose_name = _("search that found nothing")
        verbose_name_plural = _("searches that found nothing")
        ordering = ["-days", "-last_day", "words"]

    def __str__(self):
        return self.words


def impersonal(text: str) -> str:
    """The words of a search folded, or nothing where they may name somebody: an address, a number, a whole sentence."""
    words = flat(text)
    if "@" in text or any(sign.isdigit() for sign in text) or len(words) > LONGEST or words.count(" ") >= MOST_WORDS:
        return ""
    return words
