"""Addresses that readers asked for and nothing answered, counted: the editors' list of redirects to make."""

import re
from contextlib import contextmanager

from django.db import Error, connection, models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

#: So many addresses are kept. The one asked for least, longest ago, makes room for the next.
MOST = 1_000
#: A count isn't worth a reader's wait: after so many milliseconds behind others who write, it is let go.
PATIENCE = 50
#: What programs try that look for holes. No page ever stood there, and they would fill the list.
_PROBES = re.compile(r"/\.(?!well-known/)|\.(php[0-9]?|aspx?|jsp|cgi|env|sql|bak|zip|gz)/$")


class MissQuerySet(models.QuerySet):
    def note(self, path: str) -> None:
        """Counts that an address was asked for in vain. It never fails: the reader's answer matters more."""
        if len(path) > 300 or not path.isprintable() or _PROBES.search(path):
            return
        try:
            with in_haste():
                self._count(path)
        except Error:
            # Read only, busy, away: then this one isn't counted.
            return

    def _count(self, path: str) -> None:
        today = timezone.localdate()
        if self.filter(path=path).update(count=F("count") + 1, last_day=today):
            return
        if (excess := self.count() + 1 - MOST) > 0:
            least = self.order_by("count", "last_day", "pk").values_list("pk", flat=True)[:excess]
            self.filter(pk__in=list(least)).delete()
        # Should another have made it a moment ago, then that one stands.
        self.bulk_create([self.model(path=path, first_day=today, last_day=today)], ignore_conflicts=True)


class Miss(models.Model):
    """An address that nothing answered. It holds the path and days, and nothing of whoever asked."""

    path = models.CharField(_("path"), max_length=300, unique=True)
    count = models.PositiveBigIntegerField(_("asked for"), default=1)
    first_day = models.DateField(_("first asked for"))
    last_day = models.DateField(_("last asked for"))

    objects = MissQuerySet.as_manager()

    class Meta:
        verbose_name = _("address not found")
        verbose_name_plural = _("addresses not found")
        ordering = ["-count", "-last_day", "path"]

    def __str__(self):
        return self.path


@contextmanager
def in_haste():
    """A transaction that gives up soon where another holds what it needs."""
    if connection.vendor != "sqlite":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = {PATIENCE}")
            yield
        return
    # SQLite waits before it begins, so it has to be told on the connection.
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        usual = cursor.fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE}")
        try:
            with transaction.atomic():
                yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {usual}")
