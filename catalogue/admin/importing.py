"""Files that come in and go out, on the desk: uploaded, their columns assigned, tried, imported; and the export."""

import csv
from contextlib import suppress

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import OperationalError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.admin.act import ReadOnly
from catalogue.admin.desk import desk
from catalogue.admin.forms import REASONS, ReasonField
from catalogue.exchange import planning
from catalogue.exchange.exporting import FORMATS, export
from catalogue.exchange.sections import BY_NAME, SECTIONS
from catalogue.exchange.tables import DELIMITERS, ENCODINGS, LARGEST
from catalogue.exchange.unreadable import Unreadable
from catalogue.exchange.working import AT_ONCE, read_again, tables_of, upload, work
from catalogue.exports import MARK, harmless
from catalogue.models import Act, Import

State = Import.State
#: Faults on one page.
FAULTS = 100
#: What is chosen to say that a column, or a table, isn't wanted.
IGNORED = "-"


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV, a workbook (XLSX), JSON, or CSV files in a zip. At most 40 MB."),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("It is empty."),
        },
    )

    def __init__(self, *args, refused=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.too_large = _("It is larger than %(most)d MB. Import it in parts.") % {"most": LARGEST // 1_000_000}
        if refused:
            self.fields["file"].error_messages["required"] = self.too_large

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise ValidationError(self.too_large)
        return file


class PlanForm(forms.Form):
    """How a file is read, what each of its tables is, and each of its columns."""

    def __init__(self, data=None, *, made: Import):
        super().__init__(data)
        self.made = made
        if made.format == "csv":
            self.fields["encoding"] = forms.ChoiceField(
                label=_("Encoding"), choices=ENCODINGS.items(), initial=made.encoding
            )
            self.fields["delimiter"] = forms.ChoiceField(
                label=_("Between columns"), choices=DELIMITERS.items(), initial=made.delimiter
            )
        kinds = [("", _("Choose")), *((s.section, s.label) for s in SECTIONS), (IGNORED, _("nothing: it is left out"))]
        for place, table in enumerate(made.tables):
            planned = made.plan[table["name"]]
            self.fields[f"table-{place}"] = forms.ChoiceField(
                label=_("What “%(table)s” holds") % {"table": table["name"]},
                choices=kinds,
                required=False,
                initial=_chosen(planned["section"]),
            )
            if not planned["section"]:
                continue
            names = planning.labels(BY_NAME[planned["section"]])
            choices = [("", _("Choose")), (IGNORED, _("nothing: it is ignored"))]
            choices += [(name, name if name == label else f"{name} ({label})") for name, label in names.items()]
            for number, title in enumerate(table["header"]):
                cells = [row[number] for row in table["sample"] if number < len(row) and row[number]]
                self.fields[f"column-{place}-{number}"] = forms.ChoiceField(
                    label=title,
                    choices=choices,
                    required=False,
                    initial=_chosen(planned["columns"].get(title)),
                    help_text=_("Such as: %(cells)s") % {"cells": escape(" · ".join(cells))} if cells else "",
                )

    @property
    def reading(self):
        return [self[name] for name in ("encoding", "delimiter") if name in self.fields]

    @property
    def tables(self) -> list[dict]:
        """Each table with its field and those of its columns."""
        return [
            {
                "name": table["name"],
                "field": self[f"table-{place}"],
                "columns": [self[name] for name in self.fields if name.startswith(f"column-{place}-")],
            }
            for place, table in enumerate(self.made.tables)
        ]

    def reads_otherwise(self) -> bool:
        """Whether the file is to be read in another way than before."""
        given = self.cleaned_data
        return any(given.get(name, "") not in ("", getattr(self.made, name)) for name in ("encoding", "delimiter"))

    def plan(self) -> planning.Plan:
        """What was chosen. A table that is now said to hold something else has its columns guessed anew."""
        plan = {}
        for place, table in enumerate(tables_of(self.made)):
            section = _meant(self.cleaned_data[f"table-{place}"])
            columns = {}
            if section and section == self.made.plan[table.name]["section"]:
                for number, title in enumerate(table.header):
                    columns[title] = _meant(self.cleaned_data[f"column-{place}-{number}"])
            elif section:
                columns = planning.guess_columns(table, BY_NAME[section])
            plan[table.name] = {"section": section, "columns": columns}
        return plan


def _chosen(planned: str | None) -> str:
    return "" if planned is None else planned or IGNORED


def _meant(chosen: str) -> str | None:
    return None if chosen == "" else "" if chosen == IGNORED else chosen


class WhyForm(forms.Form):
    why = ReasonField(required=True)


class ExportForm(forms.Form):
    section = forms.MultipleChoiceField(
        label=gettext_lazy("What"),
        choices=[(section.section, section.label) for section in SECTIONS],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one.")},
    )
    format = forms.ChoiceField(label=gettext_lazy("As"), choices=FORMATS.items(), widget=forms.RadioSelect)


@admin.register(Import, site=desk)
class ImportAdmin(ReadOnly):
    list_display = ["name", "state", "rows", "fault_count", "by", "uploaded_at"]
    list_filter = ["state"]
    list_select_related = ["by"]
    search_fields = ["name", "why"]
    ordering = ["-id"]
    change_list_template = "admin/catalogue/import_list.html"

    def has_add_permission(self, request):
        return request.user.has_perm("catalogue.add_import")

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("catalogue.view_import")

    def has_delete_permission(self, request, obj=None):
        allowed = request.user.has_perm("catalogue.delete_import")
        return allowed and (obj is None or not isinstance(obj, Import) or obj.state in Import.OPEN)

    def log_deletions(self, request, queryset):
        # What was never imported was no part of the catalogue.
        return None

    def get_urls(self):
        wrap = self.admin_site.admin_view
        own = [
            path("export/", wrap(self.export_view), name="catalogue_import_export"),
            path("<int:pk>/faults.csv", wrap(self.faults_view), name="catalogue_import_faults"),
        ]
        return own + super().get_urls()

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        is_sent = request.method == "POST"
        form = UploadForm()
        if is_sent:
            # What was passed over while it came in is known once the form has been read.
            sent = request.POST, request.FILES
            form = UploadForm(*sent, refused=getattr(request, "refuses_file", False))
        if is_sent and form.is_valid():
            file = form.cleaned_data["file"]
            try:
                made = upload(file.read(), file.name, by=request.user)
                return HttpResponseRedirect(reverse("admin:catalogue_import_change", args=[made.pk]))
            except Unreadable as error:
                form.add_error("file", str(error))
        return self._page(request, "import_upload", {"form": form, "title": _("Import a file")})

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """One page for all that becomes of a file: what is asked of its editor is what its state asks for."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        made = self.get_object(request, object_id)
        if made is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        plan, why = PlanForm(made=made), WhyForm(initial={"why": made.why})
        faults = planning.faults(made.plan, tables_of(made)) if made.state == State.UPLOADED else []
        if request.method == "POST":
            if not self.has_add_permission(request):
                raise PermissionDenied
            if "_import" in request.POST:
                why = WhyForm(request.POST)
                if why.is_valid():
                    return self._import(request, made, why.cleaned_data["why"])
            elif made.state in Import.OPEN:
                plan = PlanForm(request.POST, made=made)
                if plan.is_valid():
                    return self._plan(request, made, plan)
        page = Paginator(made.faults.all(), FAULTS).get_page(request.GET.get("page"))
        context = {
            "made": made,
            "original": made,
            "plan": plan,
            "plan_faults": faults,
            "why": why,
            "reasons": REASONS,
            "page": page,
            "counts": _counts(made),
            "act": Act.objects.filter(key=made.key).first(),
            "can_import": self.has_add_permission(request),
            "title": made.name,
        }
        return self._page(request, "import", context)

    def _plan(self, request, made: Import, form: PlanForm):
        here = HttpResponseRedirect(request.path)
        if form.reads_otherwise():
            try:
                read_again(made, form.cleaned_data["encoding"], form.cleaned_data["delimiter"])
            except Unreadable as error:
                self.message_user(request, str(error), messages.ERROR)
            return here
        plan = form.plan()
        tables = tables_of(made)
        if "_try" not in request.POST or planning.faults(plan, tables) or _asks_anew(made, plan):
            made.move(Import.OPEN, State.UPLOADED, plan=plan)
        elif made.move(Import.OPEN, State.TO_TRY, plan=plan, rows=0):
            self._work_at_once(made)
        return here

    def _import(self, request, made: Import, why: str):
        if not made.move((State.SOUND,), State.TO_WRITE, why=why, by=request.user):
            self.message_user(request, _("It was asked for already, and is imported once."))
        elif self._work_at_once(made):
            self.message_user(request, _("The file was imported."), messages.SUCCESS)
        return HttpResponseRedirect(request.path)

    def _work_at_once(self, made: Import) -> bool:
        """A small file is worked on while its editor waits; a large one when `tick` comes to it."""
        if made.weight <= AT_ONCE:
            # Too many are saving at this moment: then it waits for `tick`, too.
            with suppress(OperationalError):
                work(made)
            made.refresh_from_db()
        return made.state == State.DONE

    def faults_view(self, request, pk: int):
        """All faults as a table, for whoever mends a long file."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        made = Import.objects.filter(pk=pk).first()
        if made is None:
            raise Http404
        response = HttpResponse(MARK, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="faults-{made.pk}.csv"'
        rows = csv.writer(response)
        rows.writerow(["table", "row", "column", "fault"])
        for fault in made.faults.iterator():
            rows.writerow(map(harmless, [fault.table, fault.row, fault.column, fault.sentence]))
        return response

    def export_view(self, request):
        form = ExportForm(request.GET if "format" in request.GET else None, initial=_whole(request.GET))
        allowed = all(request.user.has_perm(f"catalogue.view_{s.model._meta.model_name}") for s in SECTIONS)
        if not allowed:
            raise PermissionDenied
        if form.is_bound and form.is_valid():
            order = [name for name in BY_NAME if name in form.cleaned_data["section"]]
            try:
                file = export(order, form.cleaned_data["format"])
                response = HttpResponse(file.content, content_type=file.type)
                response["Content-Disposition"] = f'attachment; filename="{file.name}"'
                return response
            except Unreadable as error:
                form.add_error("format", str(error))
        return self._page(request, "export", {"form": form, "title": _("Export the catalogue")})

    def _page(self, request, name: str, context: dict):
        context |= {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media}
        return TemplateResponse(request, f"admin/catalogue/{name}.html", context)


def _whole(asked) -> dict:
    """What is chosen before anybody chooses: what was asked for, else all."""
    sections = [name for name in asked.getlist("section") if name in BY_NAME]
    return {"section": sections or list(BY_NAME), "format": "xlsx"}


def _asks_anew(made: Import, plan: planning.Plan) -> bool:
    """Whether a table is now said to hold something else: its columns are shown before they are tried."""
    return any(
        plan[name]["section"] != planned["section"] for name, planned in made.plan.items() if plan[name]["section"]
    )


def _counts(made: Import) -> list[tuple[str, int, int]]:
    """Of each kind how many are new and how many differ."""
    names = [name for name in BY_NAME if made.new.get(name) or made.changed.get(name)]
    return [(BY_NAME[name].label, made.new.get(name, 0), made.changed.get(name, 0)) for name in names]
