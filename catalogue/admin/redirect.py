"""Old addresses on the desk: made one by one or from a table, searched, and tried."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from catalogue.admin.actions import ManyForm
from catalogue.admin.base import CatalogueAdmin
from catalogue.admin.desk import desk
from catalogue.admin.forms import REASONS, DeskForm, LinesField
from catalogue.admin.sending import Sending
from catalogue.admin.trying import tried
from catalogue.models import Miss, Redirect
from catalogue.models.address import TARGETS
from catalogue.redirecting import Table, aim, faults, old_path, read

#: Bytes of a table; one of five thousand rows is smaller.
LARGEST = 2_000_000


class RedirectForm(DeskForm):
    def clean_path(self):
        return old_path(self.cleaned_data["path"])

    def clean(self):
        cleaned = super().clean()
        given = [name for name in (*TARGETS, "to") if cleaned.get(name)]
        if len(given) > 1:
            self.add_error(given[1], _("An address leads to one place. Leave one of these empty."))
        elif "path" in cleaned and "to" in cleaned:
            redirect = Redirect(path=cleaned["path"])
            aim(redirect, cleaned["to"])
            for name, sentence in faults(redirect).items():
                self.add_error(name, sentence)
            if redirect.target:
                # The address of a noun was given: it follows the noun from now on.
                cleaned |= {redirect.target.redirect_field: redirect.target, "to": ""}
            elif "to" not in self.errors:
                cleaned["to"] = redirect.to
        return cleaned


class TableForm(ManyForm):
    """A table of redirects, from a file or typed; the file is read into the field, where its faults can be mended."""

    file = forms.FileField(
        label=gettext_lazy("A file"), required=False, widget=forms.FileInput(attrs={"accept": ".csv,text/csv"})
    )
    table = LinesField(
        label=gettext_lazy("Or its lines"),
        required=False,
        help_text=gettext_lazy("The first line names the columns: path,to,note."),
        widget=forms.Textarea(attrs={"rows": 12, "class": "vLargeTextField"}),
    )
    field_order = ["file", "table", "why"]

    def clean_file(self):
        file = self.cleaned_data.get("file")
        if file is None:
            return ""
        if file.size > LARGEST:
            raise forms.ValidationError(_("It is larger than 2 MB. Import it in parts."))
        try:
            return file.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise forms.ValidationError(_("It isn’t UTF-8. Save it as “CSV UTF-8”.")) from None

    def clean(self):
        cleaned = super().clean()
        cleaned["lines"] = cleaned.get("file") or cleaned.get("table") or ""
        if not cleaned["lines"].strip() and "file" not in self.errors:
            self.add_error("table", _("Choose a file, or type the lines."))
        return cleaned


@admin.register(Redirect, site=desk)
class RedirectAdmin(CatalogueAdmin):
    form = RedirectForm
    always_public = True
    change_list_template = "admin/catalogue/redirect_list.html"
    list_display = ["path", "leads_to", "note"]
    list_select_related = TARGETS
    search_fields = ["path", "note", "to", "idea__title", "city__name", "organisation__name", "topic__slug"]
    ordering = ["path"]
    autocomplete_fields = ["idea", "city", "organisation", "topic"]
    fieldsets = [
        (None, {"fields": ["path", "note"]}),
        (gettext_lazy("Leads to one of these"), {"fields": [*TARGETS, "to"]}),
    ]

    @admin.display(description=gettext_lazy("leads to"))
    def leads_to(self, redirect):
        return redirect.target or redirect.to or _("nothing took its place")

    def view_on_site(self, redirect):
        return redirect.path

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        Miss.objects.filter(path=obj.path).delete()

    def own_urls(self, wrap, name):
        return [
            path("import/", wrap(self.import_view), name=f"{name}_import"),
            path("try/", wrap(self.try_view), name=f"{name}_try"),
        ]

    def import_view(self, request):
        """A table is looked through first, and every row says what is wrong with it; then all are made in one act."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = TableForm(request.POST or None, request.FILES or None)
        sending, checking = Sending(self, request), "_check" in request.POST
        if form.is_bound and not checking and sending.earlier():
            self.message_user(request, _("It was sent twice and is saved once."))
            return HttpResponseRedirect(self.address_of("changelist"))
        if checking:
            form.fields["why"].required = False
        table = read(form.cleaned_data["lines"]) if form.is_bound and form.is_valid() else Table()
        if table.sound and not checking:
            if made := sending.write(lambda act: table.save()):
                said = ngettext("%(count)d redirect was made.", "%(count)d redirects were made.", made)
                self.message_user(request, said % {"count": made}, messages.SUCCESS)
                return HttpResponseRedirect(self.address_of("changelist"))
            for _field, sentence in sending.refusals:
                form.add_error(None, sentence)
        if table.rows or table.fault:
            # What a file held stands in the field from now on.
            form.data = form.data.copy()
            form.data["table"] = form.cleaned_data["lines"]
        context = {"form": form, "table": table, "reasons": REASONS, "title": _("Import redirects")}
        return self._page(request, "admin/catalogue/redirect_import.html", context)

    def try_view(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied
        address = request.GET.get("address", "").strip()
        steps = tried(address) if address else []
        context = {"address": address, "steps": steps, "hops": len(steps) - 1, "title": _("Where does it lead?")}
        return self._page(request, "admin/catalogue/redirect_try.html", context)

    def _page(self, request, template: str, context: dict):
        context |= {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media}
        return TemplateResponse(request, template, context)
