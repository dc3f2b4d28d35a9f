"""What `manage.py seed` once loaded: how it knows an editor's change from its own text."""

from django.db import models


class Seeded(models.Model):
    """A row of the opening collection as it was loaded.

    A field that still holds what was loaded is the collection's and follows it; one that differs is an editor's and
    stays. A row of which this remains but the noun is gone was taken away by an editor and doesn't come back.
    """

    model = models.CharField(max_length=40)
    key = models.CharField(max_length=600)
    object_id = models.PositiveBigIntegerField()
    fields = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(name="seeded_once", fields=["model", "key"])]

    def __str__(self):
        return f"{self.model} {self.key}"
