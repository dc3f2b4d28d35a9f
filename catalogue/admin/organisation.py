"""Organisations on the desk."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from catalogue.admin.base import CatalogueAdmin
from catalogue.admin.choices import one_of
from catalogue.admin.desk import desk
from catalogue.admin.forms import DeskForm, NamesField
from catalogue.admin.rendered import rendered
from catalogue.admin.verbs import MERGE
from catalogue.models import Idea, Organisation


class OrganisationForm(DeskForm):
    aliases = NamesField(label=_("Other names"), help_text=_("And short forms, one on each line; search knows them."))


@admin.register(Organisation, site=desk)
class OrganisationAdmin(CatalogueAdmin):
    exported_as = "organisations"
    named_in = "organisation_id"
    form = OrganisationForm
    list_display = ["name", "sector", "city", "web_address"]
    list_filter = ["sector"]
    list_select_related = ["city"]
    search_fields = ["name", "slug", "aliases"]
    ordering = ["name_key", "id"]
    autocomplete_fields = ["city"]
    readonly_fields = ["shown_description"]
    fieldsets = [
        (None, {"fields": ["name", "aliases", "sector", "city", "web_address"]}),
        (_("Description"), {"fields": ["description", "shown_description"]}),
        (_("Address"), {"fields": ["slug"]}),
    ]
    verbs = (MERGE,)

    @admin.display(description=_("as it will look"))
    def shown_description(self, organisation):
        return rendered(organisation.description if organisation else "")

    def choice_label(self, organisation) -> str:
        return f"{organisation.name}, {organisation.city.name}" if organisation.city_id else organisation.name

    def merge_field(self, noun):
        return one_of(Idea, "organisation", self.admin_site, but=noun, label=_("Merge into the organisation"))
