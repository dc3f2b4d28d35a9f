"""The yearly questions on the desk: who answered what, who didn't, and the button that makes an end public."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from catalogue.admin.desk import desk
from catalogue.admin.life import EndForm
from catalogue.admin.verbs import Verb, VerbForm, VerbViews
from catalogue.models import Inquiry

State = Inquiry.State


class MakeItSoForm(EndForm):
    """What its organisation wrote, to be read once more before readers do."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"].initial = self.noun.ended_year
        self.fields["reason"].initial = self.noun.words
        self.fields["why"].widget = forms.HiddenInput()


class PlainForm(VerbForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["why"].widget = forms.HiddenInput()


INQUIRY_VERBS = (
    Verb(
        "make-it-so",
        _("Make it so"),
        _("The idea stays public, and says when it ended and why, in these words."),
        MakeItSoForm,
        lambda inquiry, told, by: inquiry.make_it_so(told["year"], told["reason"], by=by),
        lambda inquiry: inquiry.state == State.ENDED and inquiry.settled_at is None,
        _("“{noun}” says when it ended, and why."),
        reason=False,
    ),
    Verb(
        "settle",
        _("Put away"),
        _("It leaves the list of what waits for the editors. Nothing is said to anybody."),
        PlainForm,
        lambda inquiry, told, by: inquiry.settle(by=by),
        lambda inquiry: inquiry.state in (State.ENDED, State.SILENT) and inquiry.settled_at is None,
        _("“{noun}” is put away."),
        reason=False,
    ),
)


class Waits(admin.SimpleListFilter):
    title = _("waits for the editors")
    parameter_name = "waits"

    def lookups(self, request, model_admin):
        return [("yes", _("yes"))]

    def queryset(self, request, queryset):
        return queryset.for_desk() if self.value() == "yes" else queryset


@admin.register(Inquiry, site=desk)
class InquiryAdmin(VerbViews, admin.ModelAdmin):
    """Read here, never edited: the answers are those of who gave them."""

    verbs = INQUIRY_VERBS
    change_form_template = "admin/catalogue/change_form_verbs.html"
    list_display = ["idea", "organisation", "state", "asked_at", "letters", "answered_at", "settled_at"]
    list_filter = [Waits, "state"]
    list_select_related = ["idea", "organisation"]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["idea__title", "organisation__name"]
    ordering = ["-id"]
    fields = [
        "idea", "organisation", "state", "asked_at", "answered_at", "words", "ended_year", "submission", "due_at",
        "letters_written", "settled_at",
    ]  # fmt: skip
    readonly_fields = fields

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def needs_reason(self, inquiry) -> bool:
        return False

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method == "POST":
            raise PermissionDenied(_("An answer isn’t edited here. Make it so, or put it away."))
        return super().changeform_view(request, object_id, form_url, extra_context)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        works = self.has_change_permission(request, obj)
        context |= {
            "verbs": self.verbs_for(request, obj) if works else [],
            "show_save": False,
            "show_save_and_continue": False,
            "show_save_and_add_another": False,
        }
        return super().render_change_form(request, context, add, change, form_url, obj)

    @admin.display(description=_("letters"))
    def letters_written(self, inquiry):
        rows = [(f"{mail.written_at:%Y-%m-%d}", mail.get_letter_display(), mail.to) for mail in inquiry.mails.all()]
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{} {}: {}</li>", rows))
