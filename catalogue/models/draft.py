"""A change to something that readers see, kept beside the live page until it is published or thrown away."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalogue.models.edition import Kind


class DraftQuerySet(models.QuerySet):
    def beside(self, noun):
        """The drafts beside one noun, newest first."""
        return self.filter(kind=noun.kind, object_id=noun.pk)


class Draft(models.Model):
    """What an editor typed into a form and didn't publish. It is no part of the public side and makes no edition."""

    kind = models.PositiveSmallIntegerField(choices=Kind.choices)
    object_id = models.PositiveBigIntegerField()
    label = models.CharField(max_length=300)
    fields = models.JSONField(help_text=_("What the form held, as it was sent."))
    version = models.TextField(blank=True, help_text=_("The version of the live page that the change began from."))
    why = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=150, blank=True)
    at = models.DateTimeField(default=timezone.now)
    # Counts its savings, so that of two editors of one draft the second doesn't write over the first.
    number = models.PositiveIntegerField(default=1)
    key = models.UUIDField(null=True, unique=True, editable=False, help_text=_("Of the form that made it."))

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft beside a live page")
        verbose_name_plural = _("drafts beside live pages")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["kind", "object_id"], name="draft_by_object")]

    def __str__(self):
        return self.label
