"""Whom the editors write to at an organisation. It is for them alone: in no page, no file and no history."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


class ContactQuerySet(models.QuerySet):
    def of_person(self, address: str):
        return self.filter(email__iexact=address.strip())

    def of(self, organisation_id: int | None) -> list["Contact"]:
        """In the order in which they are written to."""
        return list(self.filter(organisation=organisation_id).order_by("order", "pk"))


class Contact(models.Model):
    """An address at an organisation. The first is written to; the next, when the first doesn't answer.

    security: a table of its own and no public noun, so that nothing that shows, exports or remembers an organisation
    carries it.
    """

    organisation = models.ForeignKey(
        "catalogue.Organisation", models.CASCADE, related_name="contacts", verbose_name=_("organisation")
    )
    email = models.EmailField(_("e-mail"), help_text=_("Better an office’s than a person’s: offices stay."))
    order = models.PositiveSmallIntegerField(
        _("order"), default=1, help_text=_("1 is written to first; 2 when nobody answers there.")
    )
    language = models.CharField(_("language"), max_length=20, default="en")
    added_at = models.DateTimeField(_("added"), auto_now_add=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        ordering = ["organisation", "order", "id"]

    def __str__(self):
        return self.email

    def clean(self):
        others = Contact.objects.of_person(self.email).filter(organisation=self.organisation_id).exclude(pk=self.pk)
        if self.organisation_id and others.exists():
            raise ValidationError({"email": _("This address is among the organisation’s contacts already.")})
