"""The history of a noun, act by act, with what was different; and bringing a version of it back as a new change."""

from collections import defaultdict
from dataclasses import dataclass

from django import forms
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.admin.views.main import PAGE_VAR
from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.db import models
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from catalogue.admin import conflict, sheets, versions
from catalogue.admin.difference import difference
from catalogue.admin.forms import LANGUAGES
from catalogue.admin.sending import Sending
from catalogue.admin.verbs import VerbForm
from catalogue.models import Revision

PER_PAGE = 20
#: What no editor sets by hand: it would only repeat the rest.
_HIDDEN = {"id", "idea_id", "translation_id", "position", "made_from"}


@dataclass(frozen=True)
class Entry:
    """A line of history: an act's part in one noun."""

    revision: Revision
    lines: list[tuple[str, SafeString]]
    restore_url: str


class Names:
    """The names of everything that some snapshots point to: one query for each model, however many snapshots."""

    def __init__(self, model: type[models.Model], snapshots: list[dict]):
        wanted = defaultdict(set)
        for snapshot in snapshots:
            self._collect(model, snapshot, wanted)
        self.names = {
            other: {noun.pk: str(noun) for noun in self._nouns(other, keys)} for other, keys in wanted.items()
        }

    @staticmethod
    def _nouns(model, keys):
        return model._base_manager.filter(pk__in=keys)

    def _collect(self, model, snapshot: dict, wanted) -> None:
        for name, value in snapshot.items():
            column = column_of(model, name)
            if isinstance(value, list) and value and isinstance(value[0], dict):
                for row in value:
                    self._collect(part_of(model, name), row, wanted)
            elif column is not None and column.is_relation and value:
                wanted[column.related_model].update(value if isinstance(value, list) else [value])

    def of(self, model, key) -> str:
        return self.names.get(model, {}).get(key) or _("%(what)s %(key)s, which is gone") % {
            "what": capfirst(str(model._meta.verbose_name)),
            "key": key,
        }


def column_of(model, name: str):
    try:
        return model._meta.get_field(name.removesuffix("_id") if name.endswith("_id") else name)
    except FieldDoesNotExist:
        return None


def part_of(model, name: str):
    return model._meta.get_field(name).related_model


def label_of(model, name: str) -> str:
    column = column_of(model, name)
    if name == "body":
        return _("Text")
    if column is None:
        return name
    return capfirst(str(getattr(column, "verbose_name", None) or column.related_model._meta.verbose_name_plural))


def in_order(model, names) -> list[str]:
    """Names of a snapshot in the order of the model's fields: a database may give them back in any."""
    fields = [column.attname for column in model._meta.concrete_fields]
    fields += [column.name for column in model._meta.many_to_many]
    place = {name: number for number, name in enumerate(fields)}
    return sorted(names, key=lambda name: (place.get(name, len(place)), name))


def in_words(model, name: str, value, names: Names):
    """A value of a snapshot as an editor would say it: a text, or a list of texts."""
    column = column_of(model, name)
    if value is None or value == "":
        return ""
    if isinstance(value, list) and column is not None and column.is_relation:
        if value and isinstance(value[0], dict):
            return [row_in_words(part_of(model, name), row, names) for row in value]
        return [names.of(column.related_model, key) for key in value]
    if isinstance(value, list):
        return [str(item) for item in value]
    if isinstance(value, dict):
        return [f"{LANGUAGES.get(code, code)}: {text}" for code, text in value.items()]
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if column is not None and column.is_relation:
        return names.of(column.related_model, value)
    if column is not None and column.choices:
        return str(dict(column.flatchoices).get(value, value))
    return str(value)


def row_in_words(model, row: dict, names: Names) -> str:
    said = [
        (label_of(model, name), in_words(model, name, row[name], names))
        for name in in_order(model, row)
        if name not in _HIDDEN
    ]
    return "; ".join(f"{label}: {text}" for label, text in said if text)


def differences(model, revision: Revision, names: Names) -> list[tuple[str, SafeString]]:
    """What a revision changed, field by field."""
    changed = {name: sides for name, sides in revision.changed.items() if name not in _HIDDEN}
    return [
        (label_of(model, name), difference(*(in_words(model, name, side, names) for side in changed[name])))
        for name in in_order(model, changed)
    ]


class HistoryViews:
    """The history of a noun on the desk."""

    def get_urls(self):
        restore = path(
            "<int:object_id>/history/<int:revision_id>/restore/",
            self.admin_site.admin_view(self.restore_view),
            name=f"{self.opts.app_label}_{self.opts.model_name}_restore",
        )
        return [restore, *super().get_urls()]

    def history_view(self, request, object_id, extra_context=None):
        noun = self.get_object(request, str(object_id))
        if noun is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(object_id))
        if not self.has_view_or_change_permission(request, noun):
            raise PermissionDenied
        revisions = Revision.objects.filter(kind=noun.kind, object_id=noun.pk).select_related("act")
        page = self.get_paginator(request, revisions, PER_PAGE).get_page(request.GET.get(PAGE_VAR, 1))
        shown = [side for revision in page for side in (revision.before, revision.after) if side]
        names = Names(self.model, shown)
        may_restore = self.has_change_permission(request, noun)
        entries = [
            Entry(
                revision,
                differences(self.model, revision, names),
                self.address_of("restore", noun.pk, revision.pk) if may_restore and self._is_past(page, number) else "",
            )
            for number, revision in enumerate(page)
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": _("History of “%(noun)s”") % {"noun": noun},
            "opts": self.opts,
            "object": noun,
            "module_name": capfirst(str(self.opts.verbose_name_plural)),
            "entries": entries,
            "page": page,
            "pages": page.paginator.get_elided_page_range(page.number),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/catalogue/history.html", context)

    @staticmethod
    def _is_past(page, number: int) -> bool:
        return page.number > 1 or number > 0

    def restore_view(self, request, object_id, revision_id):
        """Shows what would change if a version came back, and brings it back."""
        noun = self.get_object(request, str(object_id))
        if noun is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(object_id))
        if not self.has_change_permission(request, noun):
            raise PermissionDenied
        revision = Revision.objects.filter(kind=noun.kind, object_id=noun.pk, pk=revision_id).first()
        if revision is None:
            raise Http404
        request.sending = Sending(self, request)
        then = versions.before(noun, revision.pk) or noun.snapshot()
        sheet, lost = self._sheet_of(request, noun, then)
        if request.method == "POST":
            return self._restore(request, noun, revision, sheet)
        now = sheets.filled_in(self, request, noun, versions.state_of(self, noun))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Bring back a version of “%(noun)s”") % {"noun": noun},
            "opts": self.opts,
            "original": noun,
            "revision": revision,
            "lines": conflict.Shown(self, request, noun).compare(now, sheet),
            "lost": lost,
            "form": RestoreForm(
                initial={
                    "why": _("Brought back what it said on %(day)s") % {"day": f"{revision.act.at:%Y-%m-%d %H:%M}"},
                    "version": versions.spell(versions.version_of(versions.nouns_of(self, noun))),
                }
            ),
        }
        return TemplateResponse(request, "admin/catalogue/restore.html", context)

    def _restore(self, request, noun, revision, sheet):
        """Sends the old version through the form, as though somebody had typed it."""
        about = {name: request.POST.get(name, "") for name in ("why", "version", "key")}
        return self.send_form(request, noun, sheet.to_post(**about))

    def send_form(self, request, noun, post):
        """Sends a change form in somebody's stead: from here on the request is as if it came from there."""
        request.POST, request.path = post, self.address_of("change", noun.pk)
        request.POST["_continue"] = "1"
        return self.changeform_view(request, str(noun.pk), request.path)

    def _sheet_of(self, request, noun, then: dict):
        """The sheet of an old state, and sentences on what of it can't come back."""
        now = versions.state_of(self, noun)
        state = {name: then.get(name, value) for name, value in now.items()}
        for inline in self.noun_inlines:
            state[inline.prefix] = now[inline.prefix]
        lost = self._lost(state)
        names = Names(self.model, [now, then])
        fields = flatten_fieldsets(self.get_fieldsets(request, noun))
        readonly = set(self.get_readonly_fields(request, noun))
        for name in in_order(self.model, then):
            value = then[name]
            plain = name.removesuffix("_id")
            if name in now and value != now[name] and (plain in readonly or plain not in fields):
                if name not in self.model.parts and name not in _HIDDEN and not self._is_split(name, fields):
                    lost.append(
                        _("%(field)s stays “%(now)s”; it changes by its own button.")
                        % {"field": label_of(self.model, name), "now": in_words(self.model, name, now[name], names)}
                    )
        sheet = sheets.filled_in(self, request, noun, state)
        for prefix, rows in sheet.rows.items():
            there = {str(row["id"]) for row in now.get(prefix, [])}
            gone = there - {row.pk for row in rows}
            for row in rows:
                # A row that was taken away has lost its number, and comes back under a new one.
                row.pk = row.pk if row.pk in there else ""
            current = sheets.filled_in(self, request, noun, now).rows.get(prefix, [])
            rows += [sheets.Row(row.pk, row.values, True) for row in current if row.pk in gone]
        if self.noun_inlines:
            lost.append(_("Its journeys have a history of their own and stay as they are."))
        return sheet, lost

    @staticmethod
    def _is_split(name: str, fields) -> bool:
        return f"{name}_en" in fields

    def _lost(self, state: dict) -> list[str]:
        """Takes out of a state what it points to and what is gone meanwhile; says what that was."""
        lost = []
        for name, value in list(state.items()):
            column = column_of(self.model, name)
            if column is None or not column.is_relation or not value:
                continue
            if isinstance(value, list) and isinstance(value[0], dict):
                state[name] = [row for row in value if self._row_stands(column.related_model, row, lost)]
                continue
            keys = value if isinstance(value, list) else [value]
            there = set(column.related_model._base_manager.filter(pk__in=keys).values_list("pk", flat=True))
            for key in keys:
                if key not in there:
                    what = capfirst(str(column.related_model._meta.verbose_name))
                    lost.append(_("%(what)s %(key)s isn’t there any more.") % {"what": what, "key": key})
            state[name] = [k for k in value if k in there] if isinstance(value, list) else value if there else None
        return lost

    @staticmethod
    def _row_stands(model, row: dict, lost: list[str]) -> bool:
        sentences = {
            "resource": _("Source %(key)s isn’t there any more, nor what rested on it."),
            "evidence": _("Evidence %(key)s isn’t there any more, nor what was translated of it."),
        }
        for name, sentence in sentences.items():
            key = row.get(f"{name}_id")
            if key and not model._meta.get_field(name).related_model._base_manager.filter(pk=key).exists():
                lost.append(sentence % {"key": key})
                return False
        return True


class RestoreForm(VerbForm):
    """The reason for bringing a version back, and the version that it takes the place of."""

    version = forms.CharField(required=False, widget=forms.HiddenInput)
