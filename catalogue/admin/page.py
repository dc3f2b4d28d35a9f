"""The pages of plain words on the desk."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from catalogue.admin.base import CatalogueAdmin
from catalogue.admin.desk import desk
from catalogue.admin.rendered import rendered
from catalogue.models import Page


@admin.register(Page, site=desk)
class PageAdmin(CatalogueAdmin):
    always_public = True
    list_display = ["title", "path", "order", "updated"]
    list_editable = ["order"]
    search_fields = ["title", "path"]
    ordering = ["order", "path"]
    readonly_fields = ["shown_body"]
    fieldsets = [
        (None, {"fields": ["path", "title", "standfirst", "order"]}),
        (_("Text"), {"fields": ["body", "shown_body"]}),
    ]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "body":
            kwargs["widget"] = forms.Textarea(attrs={"rows": 20, "class": "vLargeTextField"})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description=_("as it looks now"))
    def shown_body(self, page):
        return rendered(page.body if page else "")
