"""The ground on which an idea is called practical, innovative, successful or transferable."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalogue.criteria import Criterion
from catalogue.models.edition import OpenAct
from catalogue.models.noun import CatalogueModel


class EvidenceManager(models.Manager):
    def get_by_natural_key(self, idea, criterion, claim):
        return self.filter(idea__slug=idea, criterion=criterion, claim=claim).earliest("pk")


class Evidence(CatalogueModel):
    """A claim that an idea meets a criterion, and where it is from.

    An idea's four flags are true exactly when it holds evidence for them. They are nowhere stored: the index derives
    them from these rows, and a page reads the rows themselves.
    """

    class Basis(models.TextChoices):
        TOLD = "told", _("Told by the team")
        SEEN = "seen", _("Seen by others")
        MEASURED = "measured", _("Measured")
        COMPARED = "compared", _("Measured, with a comparison")
        NOT_STATED = "not-stated", _("How it is known isn’t stated")

        @property
        def meaning(self) -> str:
            """What it tells a reader who never had to tell one kind from another."""
            return _MEANINGS[self]

    idea = models.ForeignKey("catalogue.Idea", models.CASCADE, related_name="evidence")
    criterion = models.CharField(_("criterion"), max_length=20, choices=Criterion)
    claim = models.TextField(_("claim"), help_text=_("One or two plain sentences."))
    basis = models.CharField(_("kind of evidence"), max_length=20, choices=Basis, default=Basis.NOT_STATED)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    resource = models.ForeignKey(
        "catalogue.Resource", models.PROTECT, null=True, blank=True, related_name="evidence", verbose_name=_("source")
    )

    objects = EvidenceManager()

    class Meta:
        verbose_name_plural = _("evidence")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="evidence_criterion_is_known", condition=Q(criterion__in=Criterion.values)),
            models.CheckConstraint(
                name="evidence_kind_is_known",
                condition=Q(basis__in=["told", "seen", "measured", "compared", "not-stated"]),
            ),
            models.CheckConstraint(name="evidence_claims_something", condition=~Q(claim="")),
            models.CheckConstraint(
                name="evidence_year_in_range", condition=Q(year__isnull=True) | Q(year__range=(1800, 2100))
            ),
        ]

    def __str__(self):
        return f"{self.get_criterion_display()}: {self.claim}"[:120]

    def natural_key(self):
        return (self.idea.slug, self.criterion, self.claim)

    natural_key.dependencies = ["catalogue.idea"]

    def delete(self, *args, **kwargs):
        # Its translations go with it, and the history of each keeps what it said.
        if act := OpenAct.now():
            act.watch(self.idea)
            act.watch_all([claim.translation for claim in self.translated.select_related("translation")])
        return super().delete(*args, **kwargs)

    @property
    def whole(self):
        return self.idea


_MEANINGS = {
    Evidence.Basis.TOLD: _("Those who did the work say so themselves."),
    Evidence.Basis.SEEN: _("Somebody from outside saw it and wrote of it: a journalist, a visitor, a jury."),
    Evidence.Basis.MEASURED: _("It was counted or asked of those concerned, before and after or over time."),
    Evidence.Basis.COMPARED: _("It was measured, beside others who did without it or did otherwise."),
    Evidence.Basis.NOT_STATED: _("The catalogue has the claim and its source, but not yet a word on how it is known."),
}
