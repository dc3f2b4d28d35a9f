"""The transfer guide of an idea: what somebody has to know who means to do the same in another city."""

from functools import reduce
from operator import and_, or_

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from catalogue.models.noun import CatalogueModel
from catalogue.models.organisation import Sector

#: What a guide may say, in the order in which it is told.
SAYS = "must_stay may_change lead_sector lead legal_power staff money first_result first_steps".split()


#: Characters and lines of each text, so that a printed page holds all of them.
ROOM = {
    "must_stay": (500, 6),
    "may_change": (500, 6),
    "legal_power": (300, 3),
    "staff": (300, 3),
    "first_steps": (700, 7),
}


class Money(models.TextChoices):
    """What an idea costs in its first year, in bands wide enough to hold from one country to the next."""

    SMALL = "under-10000", _("Under 10,000 US dollars")
    MODEST = "10000-50000", _("10,000 to 50,000 US dollars")
    MEDIUM = "50000-250000", _("50,000 to 250,000 US dollars")
    LARGE = "250000-1000000", _("250,000 to 1 million US dollars")
    HUGE = "over-1000000", _("Over 1 million US dollars")


class Wait(models.TextChoices):
    """How long it takes from the decision to a first result that somebody can see."""

    MONTHS = "under-6-months", _("Under six months")
    YEAR = "6-12-months", _("Six months to a year")
    TWO_YEARS = "1-2-years", _("One to two years")
    LONGER = "over-2-years", _("Over two years")


class GuideManager(models.Manager):
    def get_by_natural_key(self, slug):
        return self.get(idea__slug=slug)


class Guide(CatalogueModel):
    """How to do an idea elsewhere. Every field may be empty, but not all: a guide that says nothing is none.

    The documents to reuse are those among the idea's sources that say so; see `Citation.to_reuse`.
    """

    idea = models.OneToOneField("catalogue.Idea", models.CASCADE, related_name="guide")
    must_stay = models.TextField(
        _("what must stay"),
        max_length=ROOM["must_stay"][0],
        blank=True,
        help_text=_("Without it, it would be another idea. A line for each thing."),
    )
    may_change = models.TextField(
        _("what may change"), max_length=ROOM["may_change"][0], blank=True, help_text=_("A line for each thing.")
    )
    lead_sector = models.CharField(_("who can lead it"), max_length=40, choices=Sector, blank=True)
    lead = models.CharField(
        _("who can lead it, in words"), max_length=200, blank=True, help_text=_("Where the kind alone doesn’t say it.")
    )
    legal_power = models.TextField(
        _("legal power"),
        max_length=ROOM["legal_power"][0],
        blank=True,
        help_text=_("What the city, or whoever leads it, has to be allowed to do."),
    )
    staff = models.TextField(
        _("staff"), max_length=ROOM["staff"][0], blank=True, help_text=_("Who works on it, and how much of their time.")
    )
    money = models.CharField(
        _("money"), max_length=20, choices=Money, blank=True, help_text=_("For the first year, in US dollars.")
    )
    first_result = models.CharField(_("time to a first result"), max_length=20, choices=Wait, blank=True)
    first_steps = models.TextField(
        _("first steps"),
        max_length=ROOM["first_steps"][0],
        blank=True,
        help_text=_("A line for each step, in their order; they are numbered."),
    )

    objects = GuideManager()

    class Meta:
        verbose_name = _("transfer guide")
        verbose_name_plural = _("transfer guides")
        constraints = [
            models.CheckConstraint(
                name="guide_says_something",
                condition=reduce(or_, (~Q(**{name: ""}) for name in SAYS)),
                violation_error_message=_("Fill in at least one field, or take the guide away."),
            ),
            models.CheckConstraint(
                name="guide_fits_on_a_page",
                condition=reduce(and_, (LessThanOrEqual(Length(name), most) for name, (most, _lines) in ROOM.items())),
            ),
            models.CheckConstraint(name="guide_lead_is_known", condition=Q(lead_sector__in=["", *Sector.values])),
            models.CheckConstraint(name="guide_money_is_known", condition=Q(money__in=["", *Money.values])),
            models.CheckConstraint(name="guide_wait_is_known", condition=Q(first_result__in=["", *Wait.values])),
        ]

    def __str__(self):
        return str(self.idea)

    def clean(self):
        sentence = _("Say it in at most %(most)d lines: the guide has to fit on a page.")
        faults = {
            name: sentence % {"most": most}
            for name, (_characters, most) in ROOM.items()
            if len(getattr(self, name).strip().splitlines()) > most
        }
        if faults:
            raise ValidationError(faults)

    def natural_key(self):
        return (self.idea.slug,)

    natural_key.dependencies = ["catalogue.idea"]

    @property
    def whole(self):
        return self.idea
