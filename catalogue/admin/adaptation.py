"""Journeys of ideas on the desk."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from catalogue.admin.base import CatalogueAdmin
from catalogue.admin.desk import desk
from catalogue.admin.forms import DeskForm, YearField
from catalogue.models import Adaptation


class AdaptationForm(DeskForm):
    year = YearField(required=False)

    def clean(self):
        cleaned = super().clean()
        return journey_faults(self, cleaned, self.instance.idea_id)


def journey_faults(form, cleaned, idea_id):
    """Says at the field what the database would refuse with the name of a rule."""
    idea, became = cleaned.get("idea") or idea_id, cleaned.get("became")
    if "idea" in form.fields and not idea and not became:
        form.add_error("idea", _("Name the idea that travelled, or the one that it became."))
    elif idea and became and idea in (became, became.pk):
        form.add_error("became", _("An idea can’t become itself. Choose another, or none."))
    if "from_city" in form.fields and not idea and not cleaned.get("from_city") and not cleaned.get("from_country"):
        form.add_error("from_city", _("Say where it came from: an idea, a city or a country."))
    if not became and not any(cleaned.get(name) for name in ("city", "country", "place")):
        form.add_error("city", _("Say where it was taken up: a city, a country, a place, or the idea that it became."))
    return cleaned


@admin.register(Adaptation, site=desk)
class AdaptationAdmin(CatalogueAdmin):
    form = AdaptationForm
    list_display = ["from_what", "to_what", "year", "state", "shown"]
    list_editable = ["shown"]
    list_filter = ["state", "shown"]
    list_select_related = ["idea", "became", "city", "from_city", "became__city"]
    search_fields = ["idea__title", "became__title", "city__name", "place"]
    ordering = ["-id"]
    autocomplete_fields = ["idea", "became", "city", "from_city", "organisation"]
    fieldsets = [
        (_("From"), {"fields": ["idea", "from_city", "from_country"]}),
        (_("To"), {"fields": ["became", "city", "country", "place", "organisation", "year", "state"]}),
        (_("What is known of it"), {"fields": ["note", "kept", "changed", "evidence"]}),
        (_("On the page"), {"fields": ["shown", "position"]}),
    ]

    @admin.display(description=_("from"))
    def from_what(self, journey):
        return journey.idea or journey.from_name

    @admin.display(description=_("to"))
    def to_what(self, journey):
        return journey.became or journey.to_name

    def needs_reason(self, noun) -> bool:
        # A new one is shown as soon as its idea is.
        return noun is None or noun.pk is None or noun.is_public

    def view_on_site(self, journey):
        page = journey.idea or journey.became
        return page.get_absolute_url() if journey.is_public else None
