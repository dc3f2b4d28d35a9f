"""The library on the desk: reports, news, films and sites that ideas cite."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from catalogue.admin.base import CatalogueAdmin
from catalogue.admin.desk import desk
from catalogue.models import Link, Resource


@admin.register(Resource, site=desk)
class ResourceAdmin(CatalogueAdmin):
    exported_as = "resources"
    named_in = "citations"
    list_display = ["title", "type", "language", "host", "fault"]
    list_editable = ["type"]
    list_filter = ["type", *((field, admin.EmptyFieldListFilter) for field in ("fault", "archived_url"))]
    search_fields = ["title", "url"]
    ordering = ["title", "id"]
    readonly_fields = ["visits"]
    fieldsets = [
        (None, {"fields": ["title", "url", "type", "language"]}),
        (_("Whether it answers"), {"fields": ["fault", "archived_url", "visits"]}),
    ]

    @admin.display(description=_("visits"))
    def visits(self, resource):
        """What was seen there last, a click from every visit; nothing while nobody has been there."""
        link = Link.objects.filter(url=resource.url).first()
        if link is None or link.visited_at is None:
            return _("Not visited yet.")
        words = f"{link.visited_at:%Y-%m-%d}: {link.get_outcome_display()}"
        return format_html('<a href="{}">{}</a>', reverse("admin:catalogue_link_change", args=[link.pk]), words)

    def view_on_site(self, resource):
        return resource.url

    def choice_label(self, resource) -> str:
        return f"{resource.title} ({resource.host})"
