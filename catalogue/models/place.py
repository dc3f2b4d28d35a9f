"""The cities where ideas began or were taken up."""

from bisect import bisect_right

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalogue.countries import country_name, is_country, validate_country
from catalogue.folding import sort_key
from catalogue.models.address import Addressable
from catalogue.models.edition import Kind


class Size(models.TextChoices):
    """How many people a city has, in bands."""

    UNDER_50 = "under-50000", _("Under 50,000 people")
    FROM_50 = "50000-250000", _("50,000 to 250,000 people")
    FROM_250 = "250000-1000000", _("250,000 to 1 million people")
    FROM_1000 = "1000000-5000000", _("1 to 5 million people")
    OVER_5000 = "over-5000000", _("Over 5 million people")

    @classmethod
    def of(cls, population: int | None) -> str:
        """The band of a population; empty where it isn't known."""
        return "" if population is None else _band(cls, population, (50_000, 250_000, 1_000_000, 5_000_000))


class Share(models.TextChoices):
    """How many in a hundred were born in another country, in bands."""

    UNDER_5 = "under-5", _("Under 5 in a hundred")
    FROM_5 = "5-15", _("5 to 15 in a hundred")
    FROM_15 = "15-30", _("15 to 30 in a hundred")
    OVER_30 = "over-30", _("Over 30 in a hundred")

    @classmethod
    def of(cls, share: float | None) -> str:
        """The band of a share; empty where it isn't known."""
        return "" if share is None else _band(cls, share, (5, 15, 30))


def _band(bands: type[models.TextChoices], value: float, limits: tuple) -> str:
    """A limit belongs to the band above it."""
    return bands.values[bisect_right(limits, value)]


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
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    population_year = models.PositiveSmallIntegerField(
        _("of the year"), null=True, blank=True, help_text=_("Empty where the source doesn’t say.")
    )
    population_source = models.URLField(_("where that is from"), max_length=500, blank=True)
    newcomers = models.FloatField(
        _("born in another country"), null=True, blank=True, help_text=_("In a hundred people. Readers see it.")
    )
    newcomers_year = models.PositiveSmallIntegerField(_("of the year"), null=True, blank=True)
    newcomers_source = models.URLField(_("where that is from"), max_length=500, blank=True)
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
            # A number that nobody can check is none.
            models.CheckConstraint(
                name="city_population_has_a_source", condition=Q(population__isnull=True) | ~Q(population_source="")
            ),
            models.CheckConstraint(
                name="city_newcomers_have_a_year_and_a_source",
                condition=Q(newcomers__isnull=True) | Q(newcomers_year__isnull=False) & ~Q(newcomers_source=""),
            ),
            models.CheckConstraint(
                name="city_newcomers_are_a_share", condition=Q(newcomers__isnull=True) | Q(newcomers__range=(0, 100))
            ),
            models.CheckConstraint(
                name="city_years_in_range",
                condition=(Q(population_year__isnull=True) | Q(population_year__range=(1800, 2100)))
                & (Q(newcomers_year__isnull=True) | Q(newcomers_year__range=(1800, 2100))),
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
        faults = {}
        if (self.latitude is None) != (self.longitude is None):
            missing = "latitude" if self.latitude is None else "longitude"
            faults[missing] = _("Give both coordinates or neither.")
        if self.population is not None and not self.population_source:
            faults["population_source"] = _("Say where the number is from: readers see it.")
        if self.newcomers is not None:
            if not 0 <= self.newcomers <= 100:
                faults["newcomers"] = _("Give a number from 0 to 100.")
            if not self.newcomers_source:
                faults["newcomers_source"] = _("Say where the number is from: readers see it.")
            if self.newcomers_year is None:
                faults["newcomers_year"] = _("Say for which year the number is.")
        if faults:
            raise ValidationError(faults)

    def natural_key(self):
        return (self.slug,)

    def get_absolute_url(self):
        return reverse("city-detail", args=[self.slug])

    @property
    def country_name(self) -> str:
        # A form that was refused is shown with what was sent in the place of a country.
        return country_name(self.country) if is_country(self.country) else self.country

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
