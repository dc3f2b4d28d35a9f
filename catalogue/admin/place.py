"""Cities on the desk."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from catalogue.admin.base import CatalogueAdmin
from catalogue.admin.choices import one_of
from catalogue.admin.desk import desk
from catalogue.admin.verbs import MERGE
from catalogue.models import City, Idea


@admin.register(City, site=desk)
class CityAdmin(CatalogueAdmin):
    exported_as = "cities"
    named_in = "city_id"
    list_display = ["name", "region", "country_name", "has_coordinates"]
    list_filter = [("latitude", admin.EmptyFieldListFilter), ("population", admin.EmptyFieldListFilter)]
    search_fields = ["name", "slug"]
    ordering = ["name_key", "id"]
    fieldsets = [
        (None, {"fields": ["name", "region", "country"]}),
        (_("On the map"), {"fields": [("latitude", "longitude")]}),
        (
            _("People"),
            {
                "fields": [
                    ("population", "population_year", "population_source"),
                    ("newcomers", "newcomers_year", "newcomers_source"),
                ],
                "description": _("What readers compare their own city with. Leave empty what no source says."),
            },
        ),
        (_("Address"), {"fields": ["slug"]}),
    ]
    verbs = (MERGE,)

    @admin.display(description=_("country"), ordering="country")
    def country_name(self, city):
        return city.country_name

    @admin.display(description=_("on the map"), boolean=True)
    def has_coordinates(self, city):
        return city.latitude is not None

    def choice_label(self, city) -> str:
        return f"{city.name}, {city.where}"

    def merge_field(self, noun):
        return one_of(Idea, "city", self.admin_site, but=noun, label=_("Merge into the city"))
