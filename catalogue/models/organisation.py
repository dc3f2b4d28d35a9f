"""The organisations that lead ideas or took them up."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalogue.folding import fold, sort_key
from catalogue.models.address import Addressable
from catalogue.models.edition import Kind


def validate_names(names) -> None:
    """A list of names, none of them empty."""
    if not isinstance(names, list) or not all(isinstance(name, str) and name.strip() for name in names):
        raise ValidationError(_("Give a list of names, such as [“TRIEC”]."))


class Sector(models.TextChoices):
    """What kind of organisation it is; the values are those of the public filter."""

    CITY_GOVERNMENT = "city-government", _("City government")
    OTHER_GOVERNMENT = "other-government", _("Other government")
    COMMUNITY_ORGANISATION = "community-organisation", _("Community organisation")
    FOUNDATION = "foundation", _("Foundation")
    EMPLOYER = "employer", _("Employer")
    UNIVERSITY_OR_COLLEGE = "university-or-college", _("University or college")
    SCHOOL = "school", _("School")
    LIBRARY_OR_MUSEUM = "library-or-museum", _("Library or museum")
    LABOUR_UNION = "labour-union", _("Labour union")
    ASSOCIATION = "resident-or-business-association", _("Residents’ or business association")
    POLICE = "police", _("Police")
    HEALTH_AUTHORITY = "health-authority", _("Health authority")
    URBAN_PLANNING = "urban-planning", _("Urban planning")
    FINANCIAL_INSTITUTION = "financial-institution", _("Financial institution")
    MEDIA = "media", _("Media")
    NETWORK = "network", _("Network")
    OTHER = "other", _("Other")


class OrganisationManager(models.Manager):
    def get_by_natural_key(self, slug):
        return self.get(slug=slug)


class Organisation(Addressable):
    """An organisation. It has a page exactly when a published idea or a shown adaptation uses it."""

    kind = Kind.ORGANISATION
    folder = "organisations"
    uses = ("ideas", "adaptations")

    name = models.CharField(_("name"), max_length=200)
    aliases = models.JSONField(
        _("other names"),
        default=list,
        blank=True,
        validators=[validate_names],
        help_text=_("And short forms; search knows them."),
    )
    sector = models.CharField(_("sector"), max_length=40, choices=Sector, default=Sector.OTHER)
    city = models.ForeignKey(
        "catalogue.City", models.PROTECT, null=True, blank=True, related_name="organisations", verbose_name=_("city")
    )
    web_address = models.URLField(_("web address"), max_length=500, blank=True)
    description = models.TextField(_("description"), blank=True, help_text=_("Markdown."))
    name_key = models.BinaryField(editable=False, default=b"")

    objects = OrganisationManager()

    class Meta:
        ordering = ["name_key", "id"]
        constraints = [
            models.UniqueConstraint(name="organisation_is_listed_once", fields=["name", "city"]),
            models.CheckConstraint(name="organisation_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(name="organisation_sector_is_known", condition=Q(sector__in=Sector.values)),
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.derive()
        super().save(*args, **kwargs)

    def derive(self):
        """Sets what follows from the other fields; a bulk write calls it itself."""
        self.name_key = sort_key(self.name)

    def natural_key(self):
        return (self.slug,)

    def get_absolute_url(self):
        return reverse("organisation-detail", args=[self.slug])

    @property
    def where(self) -> str:
        return str(self.city) if self.city_id else ""

    @property
    def slug_source(self):
        return self.name

    @property
    def slug_place(self):
        return self.city.name if self.city_id else ""

    @property
    def is_public(self):
        return self.ideas.published().exists() or self.adaptations.shown().exists()

    def absorb(self, other):
        # Whoever knew the other by one of its names still finds it.
        known = {fold(name) for name in (self.name, *self.aliases)}
        for name in (other.name, *other.aliases):
            if fold(name) not in known:
                self.aliases.append(name)
                known.add(fold(name))
        self.save()
