"""What ideas cite: reports, news, films, toolkits and sites, each listed once, and where each is cited."""

import re
from datetime import date, datetime
from urllib.parse import urlsplit

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalogue.models.edition import Kind
from catalogue.models.noun import CatalogueModel

#: A copy at the Internet Archive: of one moment, or of one day, and then it shows the one nearest to it.
ARCHIVE = "https://web.archive.org/web/"
_COPY = re.compile(re.escape(ARCHIVE) + r"(\d{8})(\d{6})?/http")


def copy_of_a_moment(url: str) -> bool:
    """Whether an address is that of one certain copy at the archive."""
    return bool((found := _COPY.match(url)) and found[2]) and len(url) <= 700


def site_of(url: str) -> str:
    """What a reader is told of where an address leads."""
    return urlsplit(url).netloc.removeprefix("www.")


class ResourceManager(models.Manager):
    def get_by_natural_key(self, url):
        return self.get(url=url)


class Resource(CatalogueModel):
    """Something with an address that one or more ideas cite."""

    kind = Kind.RESOURCE

    class Type(models.TextChoices):
        WEBSITE = "website", _("Website")
        REPORT = "report", _("Report")
        NEWS = "news", _("News")
        EVALUATION = "evaluation", _("Evaluation")
        VIDEO = "video", _("Video")
        TOOLKIT = "toolkit", _("Toolkit")
        POLICY = "policy", _("Policy")
        OTHER = "other", _("Other")

    title = models.CharField(_("title"), max_length=300)
    url = models.URLField(_("web address"), max_length=500, unique=True)
    type = models.CharField(_("kind"), max_length=20, choices=Type, default=Type.WEBSITE)
    language = models.CharField(_("language"), max_length=20, blank=True, help_text=_("BCP 47; empty when not known."))
    fault = models.CharField(
        _("what is wrong with the address"),
        max_length=200,
        blank=True,
        help_text=_("Such as: no longer there. Empty while it answers as it should."),
    )
    archived_url = models.URLField(_("archived copy"), max_length=700, blank=True)

    objects = ResourceManager()

    class Meta:
        ordering = ["title", "id"]
        # Few of very many: the desk counts them at every look.
        indexes = [models.Index(fields=["fault"], condition=~Q(fault=""), name="resource_with_fault")]
        constraints = [
            models.CheckConstraint(name="resource_has_a_title", condition=~Q(title="")),
            models.CheckConstraint(
                name="resource_kind_is_known",
                condition=Q(
                    type__in=["website", "report", "news", "evaluation", "video", "toolkit", "policy", "other"]
                ),
            ),
            # security: an address is a link in a page; nothing but the web's own schemes may become one.
            models.CheckConstraint(
                name="resource_is_on_the_web", condition=Q(url__startswith="http://") | Q(url__startswith="https://")
            ),
        ]

    def __str__(self):
        return self.title

    def natural_key(self):
        return (self.url,)

    @property
    def host(self) -> str:
        return site_of(self.url)

    @property
    def copy_day(self) -> tuple[date, bool] | None:
        """The day of its archived copy, as far as its address tells, and whether that is the day exactly."""
        found = _COPY.match(self.archived_url)
        try:
            return (datetime.strptime(found[1], "%Y%m%d").date(), bool(found[2])) if found else None
        except ValueError:
            return None

    @property
    def is_public(self):
        return self.citing_ideas.published().exists()


class CitationManager(models.Manager):
    def get_by_natural_key(self, idea_id, url):
        return self.get(idea_id=idea_id, resource__url=url)


class Citation(CatalogueModel):
    """A resource among the sources of an idea; its position is its number on the page."""

    idea = models.ForeignKey("catalogue.Idea", models.CASCADE, related_name="citations")
    resource = models.ForeignKey(Resource, models.PROTECT, related_name="citations")
    position = models.PositiveSmallIntegerField(_("number"), default=1)
    to_reuse = models.BooleanField(
        _("to reuse elsewhere"), default=False, help_text=_("The transfer guide lists it among the documents to reuse.")
    )

    objects = CitationManager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(name="citation_is_listed_once", fields=["idea", "resource"])]

    def __str__(self):
        return f"{self.position}. {self.resource}"

    def natural_key(self):
        return (self.idea_id, self.resource.url)

    natural_key.dependencies = ["catalogue.resource"]

    @property
    def whole(self):
        return self.idea
