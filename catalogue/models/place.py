"""The cities where ideas began or were taken up."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalogue.countries import country_name, validate_country
from catalogue.folding import sort_key
from catalogue.models.address import Addressable
from catalogue.models.edition import Kind


class CityManager(models.Manager):
    def get_by_natural_key(self, slug):
        return self.get(slug=slug)


class City(Addressable):
    """A city. It has a page exactly when a published idea or a shown adaptation uses it."""

    kind = Kind.CITY
    folder = "cities"
    uses = ("ideas", "adaptations", "given")

    name = models.CharField(_("name"), max_length=100, help_text=_("In English usage."))
    region = models.CharField(_("region"), max_length=100, blank=True)
    country = models.CharField(
        _("country"), max_length=2, validators=[validate_country], help_text=_("Two letters, ISO 3166-1 alpha-2.")
    )
    latitude = models.FloatField(_("latitude"), null=True, blank=True, help_text=_("Degrees north."))
    longitude = models.FloatField(_("longitude"), null=True, blank=True, help_text=_("Degrees east."))
    name_key = models.BinaryField(editable=False, default=b"")

    objects = CityManager()

    class Meta:
        verbose_name_plural = _("cities")
        ordering = ["name_key", "id"]
        constraints = [
            models.UniqueConstraint(name="city_is_listed_once", fields=["name", "region", "country"]),
            models.CheckConstraint(name="city_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(name="city_country_has_two_letters", condition=Exact(Length("country"), 2)),
            models.CheckConstraint(
                name="city_coordinates_come_in_pairs",
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                # An unknown in a comparison passes every check, so that it is known has to be said.
                | Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
            ),
        ]

    def __str__(self):
        return f"{self.name}, {self.country_name}"

    def save(self, *args, **kwargs):
        self.derive()
        super().save(*args, **kwargs)

    def derive(self):
        """Sets what follows from the other fields; a bulk write calls it itself."""
        self.country = self.country.upper()
        self.name_key = sort_key(self.name)

    def clean(self):
        if (self.latitude is None) != (self.longitude is None):
            missing = "latitude" if self.latitude is None else "longitude"
            raise ValidationError({missing: _("Give both coordinates or neither.")})

    def natural_key(self):
        return (self.slug,)

    def get_absolute_url(self):
        return reverse("city-detail", args=[self.slug])

    @property
    def country_name(self) -> str:
        return country_name(self.country)

    @property
    def where(self) -> str:
        """Region and country, such as “Ontario, Canada”."""
        return ", ".join(part for part in (self.region, self.country_name) if part)

    @property
    def slug_source(self):
        return self.name

    @property
    def slug_place(self):
        return self.region or self.country_name

    @property
    def is_public(self):
        used = self.ideas.told().exists() or self.adaptations.shown().exists() or self.given.shown().exists()
        # An organisation's page names its city, even one that nothing else uses.
        return used or any(organisation.is_public for organisation in self.organisations.all())

    def merge_faults(self, other):
        names = set(self.organisations.values_list("name", flat=True))
        if both := sorted(other.organisations.filter(name__in=names).values_list("name", flat=True)):
            sentence = _("Both cities have an organisation named “%(name)s”. Merge these first.")
            return {"merged_into": [sentence % {"name": name} for name in both]}
        return {}
