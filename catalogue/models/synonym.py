"""Words that mean the same to somebody who searches, as the editors keep them."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalogue.models.edition import Kind
from catalogue.models.noun import CatalogueModel


class SynonymManager(models.Manager):
    def get_by_natural_key(self, words):
        return self.get(words=words)


class Synonym(CatalogueModel):
    """A group of words or phrases of which search takes any for all."""

    kind = Kind.SYNONYM

    words = models.CharField(
        _("words"),
        max_length=300,
        unique=True,
        help_text=_("Two or more that mean the same, with commas between: asylum seeker, refugee claimant."),
    )

    objects = SynonymManager()

    class Meta:
        ordering = ["words"]
        constraints = [models.CheckConstraint(name="synonym_has_two_sides", condition=Q(words__contains=","))]

    def __str__(self):
        return self.words

    def clean(self):
        if len(self.group) < 2:
            raise ValidationError({"words": _("Give at least two, with a comma between them.")})

    def natural_key(self):
        return (self.words,)

    @property
    def group(self) -> list[str]:
        return [part for text in self.words.split(",") if (part := " ".join(text.split()))]

    @property
    def is_public(self):
        return True
