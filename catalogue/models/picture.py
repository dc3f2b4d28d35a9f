"""Pictures of ideas: files that never change, named by what they hold, and what is known of each."""

import logging
import os
from datetime import datetime, timedelta
from hashlib import blake2b
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalogue.models.draft import Draft
from catalogue.models.edition import Kind, Revision
from catalogue.renditions import NARROW, WIDE, renditions

logger = logging.getLogger(__name__)

#: So long a picture that nothing refers to is kept: somebody may still have a form open that does.
SPARED = timedelta(days=30)


class Licence(models.TextChoices):
    """On what terms a picture may be shown."""

    CC_BY = "cc-by-4.0", _("CC BY 4.0")
    CC_BY_SA = "cc-by-sa-4.0", _("CC BY-SA 4.0")
    CC0 = "cc0-1.0", _("CC0 1.0, no rights reserved")
    PUBLIC_DOMAIN = "public-domain", _("Public domain")
    PERMISSION = "permission", _("Shown with permission")

    @property
    def url(self) -> str:
        """Where its terms are; empty where they are between two people."""
        return _TERMS.get(self, "")


_TERMS = {
    Licence.CC_BY: "https://creativecommons.org/licenses/by/4.0/",
    Licence.CC_BY_SA: "https://creativecommons.org/licenses/by-sa/4.0/",
    Licence.CC0: "https://creativecommons.org/publicdomain/zero/1.0/",
    Licence.PUBLIC_DOMAIN: "https://creativecommons.org/publicdomain/mark/1.0/",
}


class PictureQuerySet(models.QuerySet):
    def shown(self):
        """What readers see: the pictures of published ideas."""
        return self.filter(ideas__in=_ideas().published()).distinct()

    def gone(self):
        """What readers saw until its idea was withdrawn."""
        return self.filter(ideas__in=_ideas().told()).distinct()

    def idle(self, now: datetime):
        """What was uploaded long ago and no idea has, unless history is known to name it."""
        return self.filter(ideas__isnull=True, remembered=False, at__lt=now - SPARED)


class Picture(models.Model):
    """An uploaded picture in the two sizes that readers get. It is made once and never changed; an idea points to it.

    It is no part of what readers see until an idea that has it is published, so uploading one needs no act. Its files
    are named by their content: an older version of an idea finds its picture again.
    """

    digest = models.CharField(max_length=32, unique=True)
    width = models.PositiveSmallIntegerField(help_text=_("Of the larger size, in pixels."))
    height = models.PositiveSmallIntegerField(help_text=_("Of the larger size, in pixels."))
    at = models.DateTimeField(default=timezone.now)
    # Found out once, when no idea has it any more: history never forgets.
    remembered = models.BooleanField(default=False, help_text=_("History names it."))

    objects = PictureQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture")
        constraints = [
            models.CheckConstraint(name="picture_has_a_size", condition=Q(width__gt=0, height__gt=0)),
        ]

    def __str__(self):
        return f"{self.digest[:8]}, {self.width} × {self.height}"

    @classmethod
    def take_in(cls, file) -> "Picture":
        """Keeps what somebody uploaded; a ValidationError says why it can't be. The same picture is kept once."""
        made = renditions(file)
        digest = blake2b(made.files[WIDE], digest_size=16).hexdigest()
        try:
            for width, content in made.files.items():
                _write(cls.file_of(digest, width), content)
        except OSError:
            logger.exception("The picture %s can’t be written.", digest)
            raise ValidationError(
                _("The picture can’t be kept at this moment. Choose it again, and try later.")
            ) from None
        return cls.objects.get_or_create(digest=digest, defaults={"width": made.width, "height": made.height})[0]

    @staticmethod
    def file_of(digest: str, width: int) -> Path:
        return Path(settings.MEDIA_ROOT) / "pictures" / digest[:2] / f"{digest}-{width}.webp"

    def address(self, width: int) -> str:
        return reverse("picture", args=[self.digest, width])

    @property
    def addresses(self) -> dict[int, str]:
        """Where its sizes are, by the width that each really has."""
        return {NARROW: self.address(NARROW), self.width: self.address(WIDE)}

    def look_back(self) -> None:
        """Asks history for it: what was saved once stays for the versions that have it."""
        named = Q(after__picture_id=self.pk) | Q(before__picture_id=self.pk)
        self.remembered = Revision.objects.filter(named, kind=Kind.IDEA).exists()
        self.save(update_fields=["remembered"])

    @property
    def lies_in_a_draft(self) -> bool:
        return Draft.objects.filter(kind=Kind.IDEA, fields__fields__picture=[str(self.pk)]).exists()

    def erase(self) -> None:
        """Takes it away, and its files. The database refuses while an idea has it."""
        self.delete()
        for width in (NARROW, WIDE):
            self.file_of(self.digest, width).unlink(missing_ok=True)


def _write(path: Path, content: bytes) -> None:
    """Writes a file that is nowhere yet: it appears whole, and one that is there stays as it is."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _ideas():
    # The idea points to its picture, and is imported after it.
    from catalogue.models.idea import Idea

    return Idea.objects
