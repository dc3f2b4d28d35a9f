"""The pages of plain words on the desk: each in English, and beside it what it is in other languages."""

from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib import admin
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from catalogue.admin.base import CatalogueAdmin
from catalogue.admin.desk import desk
from catalogue.admin.difference import difference
from catalogue.admin.rendered import rendered
from catalogue.admin.verbs import PlainForm, Verb
from catalogue.models import Page
from catalogue.models.page import FIRST, TEXTS

CATCH_UP = Verb(
    "catch-up",
    _("It is up to date"),
    _("Say so when all that changed in the English page is in this one, too, and saved."),
    PlainForm,
    lambda page, told, by: page.catch_up(by=by),
    lambda page: page.is_out_of_date,
    _("“{noun}” tells what the English page says now."),
    reason=False,
)


@admin.register(Page, site=desk)
class PageAdmin(CatalogueAdmin):
    always_public = True
    verbs = (CATCH_UP,)
    change_form_template = "admin/catalogue/page.html"
    list_display = ["title", "language", "path", "place", "up_to_date", "updated"]
    list_filter = ["language"]
    search_fields = ["title", "path"]
    ordering = ["path", "language"]
    text = (_("Text"), {"fields": ["body", "shown_body"]})

    def get_fieldsets(self, request, page=None):
        # The place among the others is the English page's, and so is the address.
        told = request.GET.get("language", FIRST) if page is None else page.language
        last = ["order"] if told == FIRST else []
        return [(None, {"fields": ["path", "language", "title", "standfirst", *last]}), self.text]

    def get_readonly_fields(self, request, page=None):
        fixed = [] if page is None else ["language", "path"] if page.is_translation else ["language"]
        return ["shown_body", *fixed]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "body":
            kwargs["widget"] = forms.Textarea(attrs={"rows": 20, "class": "vLargeTextField"})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_delete_permission(self, request, obj=None):
        if isinstance(obj, Page) and obj.is_translation:
            # Its address stays: readers find the English page there.
            return admin.ModelAdmin.has_delete_permission(self, request, obj)
        return super().has_delete_permission(request, obj)

    def view_on_site(self, page):
        with override(page.language):
            return super().view_on_site(page)

    @admin.display(description=_("as it looks now"))
    def shown_body(self, page):
        return rendered(page.body if page else "")

    @admin.display(description=_("order"))
    def place(self, page):
        return "" if page.is_translation else page.order

    @admin.display(description=_("up to date"), boolean=True)
    def up_to_date(self, page):
        return not page.is_out_of_date

    def add_view(self, request, form_url="", extra_context=None):
        beside = {}
        if request.GET.get("language", FIRST) != FIRST:
            beside = beside_of(Page.objects.originals().filter(path=request.GET.get("path", "")).first())
        return super().add_view(request, form_url, (extra_context or {}) | beside)

    def desk_context(self, request, page) -> dict:
        return super().desk_context(request, page) | {
            "languages": [] if page.is_translation else self._languages_of(page),
            "changes": changes_of(page) if page.is_out_of_date else None,
            **beside_of(page.original),
        }

    def _languages_of(self, page) -> list[tuple]:
        """For each other language its name, the translation if there is one, and where that is written or begun."""
        translations = {translation.language: translation for translation in page.translations}
        return [
            (name, translation, self.address_of("change", translation.pk))
            if (translation := translations.get(code))
            else (name, None, f"{self.address_of('add')}?{urlencode({'path': page.path, 'language': code})}")
            for code, name in settings.LANGUAGES
            if code != FIRST
        ]


def beside_of(english: Page | None) -> dict:
    """What stands beside the form of a translation."""
    return {"english": english, "english_body": rendered(english.body)} if english else {}


def changes_of(page: Page) -> list[tuple]:
    """What of the English page differs from what a translation was made from, marked; empty where that isn't known."""
    then = page.original_then() or {name: getattr(page.original, name) for name in TEXTS}
    pairs = ((name, then.get(name, ""), getattr(page.original, name)) for name in TEXTS)
    return [
        (capfirst(Page._meta.get_field(name).verbose_name), difference(before, after))
        for name, before, after in pairs
        if before != after
    ]
