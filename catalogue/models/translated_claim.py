"""A claim of an idea's evidence told in another language, and what the claim said when it was translated."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalogue.models.noun import CatalogueModel


class TranslatedClaimQuerySet(models.QuerySet):
    def out_of_date(self):
        """Those whose claim says something else now than what they were made from."""
        return self.exclude(source_text=F("evidence__claim"))


class TranslatedClaim(CatalogueModel):
    """What a claim says in the language of a translation. A claim that has none is shown as it was told."""

    translation = models.ForeignKey("catalogue.Translation", models.CASCADE, related_name="claims")
    evidence = models.ForeignKey(
        "catalogue.Evidence", models.CASCADE, related_name="translated", verbose_name=_("evidence")
    )
    text = models.TextField(_("claim"))
    source_text = models.TextField(editable=False)

    objects = TranslatedClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("translated claim")
        verbose_name_plural = _("translated claims")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(name="translated_claim_is_there_once", fields=["translation", "evidence"]),
            models.CheckConstraint(name="translated_claim_says_something", condition=~Q(text="")),
        ]

    def __str__(self):
        return self.text[:120]

    def clean(self):
        if self.evidence.idea_id != self.translation.idea_id:
            raise ValidationError({"evidence": _("This is a claim of another idea.")})

    def _act(self):
        act = super()._act()
        # The idea first, then its translation: see `Translation.save`.
        act.watch(self.translation.idea)
        return act

    @property
    def whole(self):
        return self.translation

    @property
    def is_out_of_date(self) -> bool:
        """Whether the claim says something else now than what this was made from."""
        return self.source_text != self.evidence.claim
