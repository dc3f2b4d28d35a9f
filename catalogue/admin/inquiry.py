"""The yearly questions on the desk: who answered what, who didn't, and the button that makes an end public."""

from django import forms
from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from catalogue.admin.desk import desk
from catalogue.admin.life import EndForm
from catalogue.admin.verbs import OnlyVerbs, PlainForm, Verb
from catalogue.models import Inquiry

State = Inquiry.State


class MakeItSoForm(EndForm):
    """What its organisation wrote, to be read once more before readers do."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"].initial = self.noun.ended_year
        self.fields["reason"].initial = self.noun.words
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
class InquiryAdmin(OnlyVerbs):
    """Read here, never edited: the answers are those of who gave them."""

    verbs = INQUIRY_VERBS
    not_edited = _("An answer isn’t edited here. Make it so, or put it away.")
    list_display = ["idea", "organisation", "state", "asked_at", "letters", "answered_at", "settled_at"]
    list_filter = [Waits, "state"]
    list_select_related = ["idea", "organisation"]
    search_fields = ["idea__title", "organisation__name"]
    ordering = ["-id"]
    fields = [
        "idea", "organisation", "state", "asked_at", "answered_at", "words", "ended_year", "submission", "due_at",
        "letters_written", "settled_at",
    ]  # fmt: skip
    readonly_fields = fields

    @admin.display(description=_("letters"))
    def letters_written(self, inquiry):
        rows = [(f"{mail.written_at:%Y-%m-%d}", mail.get_letter_display(), mail.to) for mail in inquiry.mails.all()]
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{} {}: {}</li>", rows))
