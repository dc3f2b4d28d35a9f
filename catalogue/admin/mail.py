"""The outbox on the desk: every letter in words, whether it was taken, and what the mail server said."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from catalogue.admin.act import ReadOnly
from catalogue.admin.desk import desk
from catalogue.mail import words_of
from catalogue.models import Mail


@admin.register(Mail, site=desk)
class MailAdmin(ReadOnly):
    list_display = ["letter", "to", "written_at", "sent_at", "due_at", "tries", "fault"]
    list_filter = [
        "letter",
        ("sent_at", admin.EmptyFieldListFilter),
        ("refused_at", admin.EmptyFieldListFilter),
    ]
    search_fields = ["to", "submission__title", "inquiry__idea__title"]
    ordering = ["-id"]
    fields = [
        "to",
        "submission",
        "inquiry",
        "account",
        "subject",
        "text",
        "written_at",
        "sent_at",
        "due_at",
        "tries",
        "refused_at",
        "fault",
    ]
    readonly_fields = fields

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("catalogue.view_mail")

    @admin.display(description=_("subject"))
    def subject(self, mail):
        return words_of(mail).subject

    @admin.display(description=_("text"))
    def text(self, mail):
        return words_of(mail).text
