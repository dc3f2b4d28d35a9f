"""Words that mean the same in search, on the desk."""

from django.contrib import admin

from catalogue.admin.base import CatalogueAdmin
from catalogue.admin.desk import desk
from catalogue.models import Synonym


@admin.register(Synonym, site=desk)
class SynonymAdmin(CatalogueAdmin):
    always_public = True
    list_display = ["words"]
    search_fields = ["words"]
    ordering = ["words"]

    def was_ever_public(self, noun):
        # It has no address that anybody could have linked to, so it may go.
        return False

    def view_on_site(self, noun):
        return None
