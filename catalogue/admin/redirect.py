"""Old addresses on the desk."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from catalogue.admin.base import CatalogueAdmin
from catalogue.admin.desk import desk
from catalogue.admin.forms import DeskForm
from catalogue.models import Redirect
from catalogue.models.address import TARGETS


class RedirectForm(DeskForm):
    def clean_path(self):
        path = self.cleaned_data["path"].strip().lower()
        return f"/{path.strip('/')}/" if path.strip("/") else path

    def clean(self):
        cleaned = super().clean()
        given = [name for name in (*TARGETS, "to") if cleaned.get(name)]
        if len(given) > 1:
            self.add_error(given[1], _("An address leads to one place. Leave one of these empty."))
        if (to := cleaned.get("to")) and (not to.startswith("/") or to.startswith("//")):
            self.add_error("to", _("Give a path of this site, such as /about/."))
        elif to and to == cleaned.get("path"):
            self.add_error("to", _("It would lead to itself."))
        return cleaned


@admin.register(Redirect, site=desk)
class RedirectAdmin(CatalogueAdmin):
    form = RedirectForm
    always_public = True
    list_display = ["path", "leads_to", "note"]
    list_select_related = TARGETS
    search_fields = ["path", "note"]
    ordering = ["path"]
    autocomplete_fields = ["idea", "city", "organisation", "topic"]
    fieldsets = [
        (None, {"fields": ["path", "note"]}),
        (_("Leads to one of these"), {"fields": [*TARGETS, "to"]}),
    ]

    @admin.display(description=_("leads to"))
    def leads_to(self, redirect):
        return redirect.target or redirect.to or _("nothing took its place")

    def view_on_site(self, redirect):
        return redirect.path
