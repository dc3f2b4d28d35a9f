"""The history of the whole catalogue, act by act; and the drafts beside live pages."""

from django.contrib import admin
from django.db.models import Count
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from catalogue.admin.desk import desk
from catalogue.models import Act, Draft, Kind


class ReadOnly(admin.ModelAdmin):
    """A list to look at. Whoever sees ideas sees it."""

    list_per_page = 50
    show_full_result_count = False
    actions = None

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("catalogue.view_idea")

    def has_module_permission(self, request):
        return self.has_view_permission(request)


@admin.register(Act, site=desk)
class ActAdmin(ReadOnly):
    list_display = ["at", "by_name", "why", "number_of_changes", "edition"]
    list_filter = ["at"]
    search_fields = ["why", "by_name"]
    ordering = ["-id"]
    fields = ["at", "by_name", "why", "edition", "changed"]
    readonly_fields = fields

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(changes=Count("revisions"))

    @admin.display(description=_("changed"))
    def number_of_changes(self, act):
        return act.changes

    @admin.display(description=_("changed"))
    def changed(self, act):
        """What the act changed; each leads to its own history, where the differences are."""
        from django.utils.html import format_html_join

        rows = [
            (history_address(revision), Kind(revision.kind).label, revision.label)
            for revision in act.revisions.order_by("pk")[:200]
        ]
        return format_html(
            "<ul>{}</ul>", format_html_join("", '<li><a href="{0}">{2}</a> ({1})</li>', rows) if rows else ""
        )


@admin.register(Draft, site=desk)
class DraftAdmin(ReadOnly):
    list_display = ["noun", "by_name", "at", "why"]
    list_display_links = None
    search_fields = ["label", "by_name"]
    ordering = ["-at", "-id"]

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("catalogue.change_idea")

    @admin.display(description=_("beside"), ordering="label")
    def noun(self, draft):
        model = Kind(draft.kind).name.lower()
        address = reverse(f"admin:catalogue_{model}_draft", args=[draft.object_id, draft.pk])
        return format_html('<a href="{}">{}</a>', address, draft.label)


def history_address(revision) -> str:
    model = Kind(revision.kind).name.lower()
    return reverse(f"admin:catalogue_{model}_history", args=[revision.object_id])
