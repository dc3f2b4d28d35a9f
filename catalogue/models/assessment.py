"""What readers found when they read an idea: when, how many they were, and which of the four criteria were shown."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalogue.criteria import Criterion
from catalogue.models.noun import CatalogueModel

#: So many people may have read one idea.
READERS = (1, 9)


class Finding(models.TextChoices):
    """How far readers found a criterion shown."""

    MET = "met", _("Met")
    PARTLY = "partly", _("Partly met")
    NOT_SHOWN = "not-shown", _("Not shown")


class AssessmentManager(models.Manager):
    def get_by_natural_key(self, slug):
        return self.get(idea__slug=slug)


class Assessment(CatalogueModel):
    """What those who read an idea for the catalogue found, as its page tells it. Who they were, nobody is told.

    An idea that nobody read has none. It says nothing about evidence: an idea holds that or doesn't.
    """

    idea = models.OneToOneField("catalogue.Idea", models.CASCADE, related_name="assessment")
    read_on = models.DateField(_("read on"), help_text=_("When the last of them had read it."))
    readers = models.PositiveSmallIntegerField(
        _("how many read it"), default=2, validators=[MinValueValidator(READERS[0]), MaxValueValidator(READERS[1])]
    )
    practical = models.CharField(Criterion.PRACTICAL.label, max_length=20, choices=Finding)
    innovative = models.CharField(Criterion.INNOVATIVE.label, max_length=20, choices=Finding)
    successful = models.CharField(Criterion.SUCCESSFUL.label, max_length=20, choices=Finding)
    transferable = models.CharField(Criterion.TRANSFERABLE.label, max_length=20, choices=Finding)

    objects = AssessmentManager()

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessment")
        constraints = [
            models.CheckConstraint(name="assessment_has_readers", condition=Q(readers__range=READERS)),
            *(
                models.CheckConstraint(
                    name=f"assessment_{criterion}_is_known",
                    condition=Q(**{f"{criterion}__in": ["met", "partly", "not-shown"]}),
                )
                for criterion in Criterion.values
            ),
        ]

    def __str__(self):
        return f"{self.read_on}, {self.readers}"

    def natural_key(self):
        return (self.idea.slug,)

    natural_key.dependencies = ["catalogue.idea"]

    def clean(self):
        if self.read_on and self.read_on > timezone.localdate():
            raise ValidationError({"read_on": _("That day is still to come.")})

    @property
    def whole(self):
        return self.idea

    @property
    def findings(self) -> dict[Criterion, Finding]:
        """What was found for each criterion, in their order."""
        return {criterion: Finding(getattr(self, criterion)) for criterion in Criterion}
