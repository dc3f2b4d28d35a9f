"""How an idea travelled: from where, to whom, and what became of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalogue.countries import country_name, validate_country
from catalogue.models.edition import Kind
from catalogue.models.noun import CatalogueModel


class AdaptationQuerySet(models.QuerySet):
    def shown(self):
        """Those that the public sees: approved, and each idea at either end that there is has been published."""
        return self._approved(status__in=("published",))

    def seen(self):
        """What the public sees, and what it once saw: an idea that was withdrawn or merged takes its journeys along."""
        return self._approved(status__in=("published", "withdrawn", "merged"), first_published__isnull=False)

    def _approved(self, **seen):
        idea_seen, became_seen = (
            Q(**{f"{end}__{name}": value for name, value in seen.items()}) for end in ("idea", "became")
        )
        return self.filter(shown=True).filter(
            Q(idea__isnull=True) | idea_seen,
            # What it became may still be a draft; then the journey is shown without it, if a place of its own is given.
            Q(idea__isnull=False) | became_seen,
            became_seen | Q(city__isnull=False) | ~Q(country="") | ~Q(place=""),
        )

    def in_country(self, code: str):
        """Those that began or ended there."""
        return self.filter(Q(city__country=code) | Q(country=code) | Q(from_city__country=code) | Q(from_country=code))

    def touching(self, ideas: list[int]):
        """Those with one of these ideas at either end."""
        return self.filter(Q(idea__in=ideas) | Q(became__in=ideas))

    def with_ends(self):
        """With everything that a journey is told by."""
        return self.select_related(*Adaptation.ENDS)

    def latest_begun(self):
        """Those whose year is known, the latest first."""
        return self.filter(year__isnull=False).order_by("-year", "-id")

    def in_order(self):
        return self.order_by("position", "id")

    def get_by_natural_key(self, *key):
        return self.filter(**dict(zip(Adaptation.KEY, key, strict=True))).earliest("pk")


class Adaptation(CatalogueModel):
    """One journey of an idea. At least one end is an idea of the catalogue; the other may be only a place."""

    kind = Kind.ADAPTATION
    #: What tells one journey from another: its two ends.
    KEY = (
        "idea__slug",
        "from_city__slug",
        "from_country",
        "became__slug",
        "city__slug",
        "country",
        "place",
        "organisation__slug",
    )

    #: What stands at both ends.
    ENDS = ("idea", "idea__city", "became", "became__city", "from_city", "city", "organisation")

    class State(models.TextChoices):
        CONSIDERING = "considering", _("Being considered")
        RUNNING = "running", _("Running")
        ENDED = "ended", _("Ended")
        UNKNOWN = "unknown", _("State not known")

    idea = models.ForeignKey(
        "catalogue.Idea",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="adaptations",
        verbose_name=_("the idea that travelled"),
    )
    # Where it came from, when what travelled is itself not in the catalogue.
    from_city = models.ForeignKey(
        "catalogue.City", models.PROTECT, null=True, blank=True, related_name="given", verbose_name=_("from the city")
    )
    from_country = models.CharField(_("from the country"), max_length=2, blank=True, validators=[validate_country])
    city = models.ForeignKey(
        "catalogue.City",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="adaptations",
        verbose_name=_("taken up in the city"),
    )
    country = models.CharField(_("in the country"), max_length=2, blank=True, validators=[validate_country])
    place = models.CharField(_("or in a place"), max_length=100, blank=True, help_text=_("A region or an island, say."))
    organisation = models.ForeignKey(
        "catalogue.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="adaptations",
        verbose_name=_("by the organisation"),
    )
    became = models.ForeignKey(
        "catalogue.Idea",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="origins",
        verbose_name=_("the idea that it became"),
    )
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.UNKNOWN)
    note = models.TextField(_("note"), blank=True)
    kept = models.TextField(_("what was kept"), blank=True)
    changed = models.TextField(_("what was changed, and why"), blank=True)
    evidence = models.TextField(_("what came of it, and how that is known"), blank=True)
    shown = models.BooleanField(_("shown to readers"), default=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = AdaptationQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                name="adaptation_has_an_idea", condition=Q(idea__isnull=False) | Q(became__isnull=False)
            ),
            models.CheckConstraint(
                name="adaptation_goes_elsewhere",
                condition=Q(idea__isnull=True) | Q(became__isnull=True) | ~Q(idea=models.F("became")),
            ),
            models.CheckConstraint(
                name="adaptation_comes_from_somewhere",
                condition=Q(idea__isnull=False) | Q(from_city__isnull=False) | ~Q(from_country=""),
            ),
            models.CheckConstraint(
                name="adaptation_goes_somewhere",
                condition=Q(became__isnull=False) | Q(city__isnull=False) | ~Q(country="") | ~Q(place=""),
            ),
            models.CheckConstraint(
                name="adaptation_state_is_known", condition=Q(state__in=["considering", "running", "ended", "unknown"])
            ),
            models.CheckConstraint(
                name="adaptation_year_in_range", condition=Q(year__isnull=True) | Q(year__range=(1800, 2100))
            ),
        ]

    def __str__(self):
        return f"{self.idea or self.from_name} → {self.became or self.to_name}"

    def natural_key(self):
        ends = (self.idea, self.from_city, self.from_country, self.became)
        ends += (self.city, self.country, self.place, self.organisation)
        return tuple(end.slug if isinstance(end, models.Model) else end for end in ends)

    natural_key.dependencies = ["catalogue.idea", "catalogue.city", "catalogue.organisation"]

    @staticmethod
    def end_faults(given: dict) -> dict[str, str]:
        """What is wrong with two ends, by field: what the database would refuse with the name of a rule."""
        idea, became, faults = given.get("idea"), given.get("became"), {}
        if not idea and not became:
            faults["idea"] = _("Name the idea that travelled, or the one that it became.")
        elif idea and became and idea == became:
            faults["became"] = _("An idea can’t become itself. Choose another, or none.")
        if not idea and not given.get("from_city") and not given.get("from_country"):
            faults["from_city"] = _("Say where it came from: an idea, a city or a country.")
        if not became and not any(given.get(name) for name in ("city", "country", "place")):
            faults["city"] = _("Say where it was taken up: a city, a country, a place, or the idea that it became.")
        return faults

    @property
    def from_name(self) -> str:
        """The place that it came from, as a reader names it."""
        if self.from_city:
            return str(self.from_city)
        return country_name(self.from_country) if self.from_country else ""

    @property
    def to_name(self) -> str:
        """The place that took it up, as a reader names it."""
        if self.city:
            return str(self.city)
        return ", ".join(part for part in (self.place, country_name(self.country) if self.country else "") if part)

    @property
    def is_public(self):
        return type(self).objects.shown().filter(pk=self.pk).exists()
