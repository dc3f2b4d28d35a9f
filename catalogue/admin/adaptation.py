"""Journeys of ideas on the desk."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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
    # In the form of an idea, that idea is where it comes from and no field.
    given = cleaned | {"idea": getattr(cleaned.get("idea"), "pk", None) or idea_id}
    given["became"] = getattr(cleaned.get("became"), "pk", None)
    for name, sentence in Adaptation.end_faults(given).items():
        if name in form.fields:
            form.add_error(name, sentence)
    return cleaned


@admin.register(Adaptation, site=desk)
class AdaptationAdmin(CatalogueAdmin):
    form = AdaptationForm
    exported_as = "travels"
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

    @admin.display(description=pgettext_lazy("where a journey leads", "to"))
    def to_what(self, journey):
        return journey.became or journey.to_name

    def needs_reason(self, noun) -> bool:
        # A new one is shown as soon as its idea is.
        return noun is None or noun.pk is None or noun.is_public

    def view_on_site(self, journey):
        page = journey.idea or journey.became
        # A form that lacks something is shown with what was sent: perhaps neither.
        return page.get_absolute_url() if page and journey.is_public else None
