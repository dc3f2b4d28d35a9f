"""The pages of plain words that editors may change: About, Privacy, Accessibility."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalogue.models.edition import Kind
from catalogue.models.noun import CatalogueModel


class PageManager(models.Manager):
    def get_by_natural_key(self, path):
        return self.get(path=path)


class Page(CatalogueModel):
    """A page of words at an address of its own."""

    kind = Kind.PAGE

    path = models.CharField(
        _("address"),
        max_length=100,
        unique=True,
        validators=[
            RegexValidator(
                r"^/(about/([a-z0-9-]+/)?|privacy/|accessibility/)$",
                _("Pages stand at /about/, under it (/about/name/), at /privacy/ or at /accessibility/."),
            )
        ],
    )
    title = models.CharField(_("title"), max_length=150)
    standfirst = models.TextField(_("standfirst"), blank=True, help_text=_("A sentence or two under the title."))
    body = models.TextField(_("text"), help_text=_("Markdown."))
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    updated = models.DateField(_("last changed"), default=timezone.localdate, editable=False)

    objects = PageManager()

    class Meta:
        ordering = ["order", "path"]
        constraints = [
            models.CheckConstraint(name="page_path_is_a_folder", condition=Q(path__startswith="/", path__endswith="/")),
            models.CheckConstraint(name="page_has_a_title", condition=~Q(title="")),
        ]

    def __str__(self):
        return self.title

    def save(self, *args, **kwargs):
        self.updated = timezone.localdate()
        super().save(*args, **kwargs)

    def natural_key(self):
        return (self.path,)

    def get_absolute_url(self):
        return reverse("home") + self.path.removeprefix("/")

    @property
    def is_public(self):
        return True
