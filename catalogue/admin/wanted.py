"""Searches that found nothing, on the desk: on most days first; what shouldn't be kept can be deleted."""

from django.contrib import admin

from catalogue.admin.desk import desk
from catalogue.models import Wanted


@admin.register(Wanted, site=desk)
class WantedAdmin(admin.ModelAdmin):
    list_display = ["words", "days", "last_day"]
    list_display_links = None
    list_per_page = 50
    search_fields = ["words"]

    def get_queryset(self, request):
        return super().get_queryset(request).told()

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def log_deletions(self, request, queryset):
        # What is forgotten here was no part of the catalogue.
        return None
