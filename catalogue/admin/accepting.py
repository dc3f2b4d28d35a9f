"""The form by which a proposed idea is accepted: which city and organisation it is, known or new after a look."""

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.admin.choices import one_of
from catalogue.admin.writing import WordForm
from catalogue.models import City, Idea, Organisation, Sector
from catalogue.questions import countries

KNOWN, NEW, OPEN = "known", "new", "open"
WAYS = [
    (KNOWN, _("In the catalogue: the one chosen here")),
    (NEW, _("Not in the catalogue: make it of the fields below")),
    (OPEN, _("Leave it open in the draft")),
]


def way(label, required) -> forms.ChoiceField:
    """Whether something is known, new, or left open."""
    return forms.ChoiceField(label=label, choices=WAYS, widget=forms.RadioSelect, error_messages={"required": required})


class DraftForm(WordForm):
    """Where it happens and who leads it.

    What the catalogue knows by that name is chosen already. For what it doesn't know nothing is: an editor looks, since
    a second city under another spelling is made more easily than mended.
    """

    PLACES = {"name": "new_city", "country": "new_country"}

    place = way(_("The city"), _("Say which city it is."))
    new_city = forms.CharField(label=_("New city"), required=False, max_length=100, help_text=_("In English usage."))
    region = forms.CharField(label=_("Its region"), required=False, max_length=100)
    new_country = forms.ChoiceField(label=_("Its country"), required=False, choices=countries)
    latitude = forms.FloatField(label=_("Latitude"), required=False, help_text=_("Degrees north."))
    longitude = forms.FloatField(label=_("Longitude"), required=False, help_text=_("Degrees east."))
    leader = way(_("Led by"), _("Say which organisation it is."))
    new_organisation = forms.CharField(label=_("New organisation"), required=False, max_length=200)
    sector = forms.ChoiceField(label=_("Its sector"), required=False, choices=Sector.choices, initial=Sector.OTHER)

    ORDER = (
        "place city new_city region new_country latitude longitude leader organisation new_organisation sector message"
    ).split()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        submission, site = self.noun, self.admin.admin_site
        city = submission.known_city()
        self._choose("place", "city", city, one_of(Idea, "city", site, label=_("City")))
        organisation = submission.known_organisation(city)
        self._choose(
            "leader", "organisation", organisation, one_of(Idea, "organisation", site, label=_("Organisation"))
        )
        self.fields["new_city"].initial, self.fields["new_country"].initial = submission.city, submission.country
        self.fields["new_organisation"].initial = submission.organisation
        self.order_fields(self.ORDER)

    def _choose(self, way, name, found, field) -> None:
        """Adds the field that chooses one of the catalogue, with what was found by name."""
        field.required = False
        self.fields[name] = field
        if found:
            self.fields[way].initial, field.initial = KNOWN, found.pk

    def clean(self):
        told = super().clean()
        told["chosen"] = {
            "city": self._chosen("place", "city", self._new_city, _("Choose a city, or say that it is new.")),
            "organisation": self._chosen(
                "leader", "organisation", self._new_organisation, _("Choose an organisation, or say that it is new.")
            ),
        }
        return told

    def _chosen(self, way, name, new, sentence):
        """What was chosen: one of the catalogue, a new one that isn't saved yet, or None where it is left open."""
        told = self.cleaned_data
        if told.get(way) == NEW:
            return new(told)
        if told.get(way) == KNOWN:
            if not told.get(name) and name not in self.errors:
                self.add_error(name, sentence)
            return told.get(name)
        return None

    def _new_city(self, told) -> City:
        city = City(
            name=told.get("new_city", "").strip(),
            region=told.get("region", "").strip(),
            country=told.get("new_country", ""),
            latitude=told.get("latitude"),
            longitude=told.get("longitude"),
        )
        return self._looked_at(city, {"name": "new_city", "country": "new_country", "__all__": "new_city"})

    def _new_organisation(self, told) -> Organisation:
        organisation = Organisation(name=told.get("new_organisation", "").strip(), sector=told.get("sector"))
        return self._looked_at(organisation, {"name": "new_organisation", "__all__": "new_organisation"})

    def _looked_at(self, noun, places: dict[str, str]):
        """Judges a new noun by its own rules; what is wrong is said at the field of this form."""
        try:
            noun.full_clean(exclude=["slug"])
        except forms.ValidationError as fault:
            for name, sentences in fault.message_dict.items():
                place = places.get(name, name)
                for sentence in sentences:
                    self.add_error(place if place in self.fields else None, sentence)
        return noun
