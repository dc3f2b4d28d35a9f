"""Addresses that nothing answered, on the desk: most asked for first, each a click from a redirect."""

from urllib.parse import urlencode

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from catalogue.admin.desk import desk
from catalogue.models import Miss


@admin.register(Miss, site=desk)
class MissAdmin(admin.ModelAdmin):
    list_display = ["path", "count", "last_day", "first_day", "make_a_redirect"]
    list_display_links = None
    list_filter = ["last_day"]
    list_per_page = 50
    search_fields = ["path"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    @admin.display(description=_("lead it on"))
    def make_a_redirect(self, miss):
        address = f"{reverse('admin:catalogue_redirect_add')}?{urlencode({'path': miss.path})}"
        return format_html('<a href="{}">{}</a>', address, _("Make a redirect"))

    def log_deletions(self, request, queryset):
        # What is forgotten here was no part of the catalogue.
        return None
