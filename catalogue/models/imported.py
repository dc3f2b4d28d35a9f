"""Files that were uploaded to be imported: kept while they are tried and mended, with all that is wrong in them."""

import hashlib
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

#: So long is kept what was uploaded and not imported.
KEPT = timedelta(days=7)
#: Whoever works on one and has been silent for so long is dead.
SILENCE = timedelta(minutes=30)


class ImportQuerySet(models.QuerySet):
    def due(self, now: datetime):
        """What waits to be worked on, or was left in the middle, oldest first."""
        waiting = models.Q(state__in=Import.WAITING)
        left = models.Q(state__in=Import.WORKING, beat_at__lt=now - SILENCE)
        return self.filter(waiting | left).order_by("pk")

    def outdated(self, now: datetime):
        """What was never imported and waits for nobody any more."""
        return self.filter(uploaded_at__lt=now - KEPT).exclude(state__in=(Import.State.DONE, *Import.WORKING))


class Import(models.Model):
    """A file on its way in: uploaded → tried → imported, or mended and uploaded anew.

    It is no part of what readers see, so its verbs need no act; what it writes in the end is one.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Its columns are to be looked at")
        TO_TRY = "to-try", _("Waits to be tried")
        TRYING = "trying", _("Is being tried")
        FAULTY = "faulty", _("Has faults")
        SOUND = "sound", _("Can be imported")
        TO_WRITE = "to-write", _("Waits to be written")
        WRITING = "writing", _("Is being written")
        DONE = "done", _("Imported")

    WAITING, WORKING = (State.TO_TRY, State.TO_WRITE), (State.TRYING, State.WRITING)
    OPEN = (State.UPLOADED, State.FAULTY, State.SOUND)

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    name = models.CharField(_("file"), max_length=200)
    size = models.PositiveBigIntegerField(_("bytes"))
    digest = models.CharField(max_length=64, editable=False)
    # Of the act that it becomes: whatever happens meanwhile, it is written once.
    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    format = models.CharField(max_length=10)
    encoding = models.CharField(max_length=20, blank=True)
    delimiter = models.CharField(max_length=1, blank=True)
    weight = models.PositiveBigIntegerField(default=0, help_text=_("Bytes once it is unpacked."))
    tables = models.JSONField(default=list, help_text=_("Of each its name, its columns and its first rows."))
    plan = models.JSONField(default=dict, help_text=_("What each table and each column is."))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.UPLOADED)
    why = models.CharField(_("why"), max_length=300, blank=True)
    uploaded_at = models.DateTimeField(_("uploaded"), default=timezone.now)
    beat_at = models.DateTimeField(null=True, editable=False)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    fault_count = models.PositiveIntegerField(_("faults"), default=0)
    new = models.JSONField(default=dict)
    changed = models.JSONField(default=dict)

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="import_state_is_known",
                condition=models.Q(
                    state__in=["uploaded", "to-try", "trying", "faulty", "sound", "to-write", "writing", "done"]
                ),
            )
        ]

    def __str__(self):
        return self.name

    @classmethod
    def keep(cls, data: bytes, **values) -> "Import":
        """Keeps a file. What is tried and imported later are these bytes."""
        with transaction.atomic():
            made = cls.objects.create(size=len(data), digest=hashlib.sha256(data).hexdigest(), **values)
            ImportFile.objects.create(of=made, data=data)
        return made

    @property
    def data(self) -> bytes:
        """The bytes that were uploaded, and no others."""
        data = bytes(self.file.data)
        if hashlib.sha256(data).hexdigest() != self.digest:
            raise RuntimeError(f"The file of import {self.pk} isn't what was uploaded.")
        return data

    @property
    def is_waiting(self) -> bool:
        return self.state in (*self.WAITING, *self.WORKING)

    def move(self, before, after, **values) -> bool:
        """Goes from one of some states to another, unless somebody else was quicker; says whether it did."""
        moved = type(self).objects.filter(pk=self.pk, state__in=before).update(state=after, **values)
        self.refresh_from_db()
        return bool(moved)

    def beat(self, rows: int) -> None:
        """Says that somebody works on it, and how far that is."""
        type(self).objects.filter(pk=self.pk).update(rows=rows, beat_at=timezone.now())


class ImportFile(models.Model):
    """The bytes of a file, apart from what lists read; in the database, for whichever process goes on with it."""

    of = models.OneToOneField(Import, models.CASCADE, primary_key=True, related_name="file")
    data = models.BinaryField()

    def __str__(self):
        return str(self.of)


class ImportFault(models.Model):
    """Something wrong in a file, and where. Row 0 is the whole table."""

    of = models.ForeignKey(Import, models.CASCADE, related_name="faults")
    table = models.CharField(max_length=200, blank=True)
    row = models.PositiveIntegerField()
    column = models.CharField(max_length=200, blank=True)
    sentence = models.TextField()

    class Meta:
        ordering = ["id"]

    def __str__(self):
        return f"{self.table} {self.row} {self.column}: {self.sentence}"
