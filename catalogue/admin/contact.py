"""Whom the editors write to at organisations, on the desk; no log remembers who was."""

from django.contrib import admin

from catalogue.admin.desk import desk
from catalogue.models import Contact


@admin.register(Contact, site=desk)
class ContactAdmin(admin.ModelAdmin):
    list_display = ["organisation", "email", "order", "language"]
    list_display_links = ["organisation", "email"]
    list_filter = ["language"]
    list_select_related = ["organisation"]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["email", "organisation__name"]
    ordering = ["organisation__name_key", "organisation_id", "order", "id"]
    autocomplete_fields = ["organisation"]
    fields = ["organisation", "email", "order", "language"]

    # Whoever asks to be forgotten is forgotten in every log, so there is none.

    def log_addition(self, request, obj, message):
        return None

    def log_change(self, request, obj, message):
        return None

    def log_deletions(self, request, queryset):
        return None
