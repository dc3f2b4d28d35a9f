"""The library on the desk: reports, news, films and sites that ideas cite."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from catalogue.admin.base import CatalogueAdmin
from catalogue.admin.desk import desk
from catalogue.models import Resource


@admin.register(Resource, site=desk)
class ResourceAdmin(CatalogueAdmin):
    exported_as = "resources"
    named_in = "citations"
    list_display = ["title", "type", "language", "host", "fault", "last_checked"]
    list_editable = ["type"]
    list_filter = ["type", *((field, admin.EmptyFieldListFilter) for field in ("fault", "archived_url"))]
    search_fields = ["title", "url"]
    ordering = ["title", "id"]
    readonly_fields = ["last_checked"]
    fieldsets = [
        (None, {"fields": ["title", "url", "type", "language"]}),
        (_("Whether it answers"), {"fields": ["fault", "archived_url", "last_checked"]}),
    ]

    def view_on_site(self, resource):
        return resource.url

    def choice_label(self, resource) -> str:
        return f"{resource.title} ({resource.host})"
