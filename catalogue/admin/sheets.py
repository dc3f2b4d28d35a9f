"""What a change form holds, as plain values: sent by an editor, or as it would be filled in for any state of a noun.

A noun's *state* is its snapshot, with the rows of its inlines. A *sheet* is the same in the form's own terms: field
names and the strings that a browser sends. Comparing, merging, keeping and restoring all work on sheets, so that
whatever comes of them goes through the same form and the same validation as what an editor types.
"""

import re
from dataclasses import dataclass, field

from django import forms
from django.contrib.admin.utils import flatten_fieldsets
from django.http import QueryDict

from catalogue.admin.forms import plain_widget
from catalogue.models.noun import revive

#: Fields of the form that are about the sending, not about the noun.
ABOUT = set("csrfmiddlewaretoken why version key draft draft_number carried next picture_file claims_seen".split())
_MANAGEMENT = ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")

Values = dict[str, list[str]]


@dataclass
class Row:
    """A row of an inline: its key where it has been saved before, and what its fields hold."""

    pk: str
    values: Values
    deleted: bool = False


@dataclass
class Sheet:
    """The fields of a form, and the rows of its inlines by prefix."""

    fields: Values = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)

    def to_post(self, **about) -> QueryDict:
        """As a browser would send it; `about` are the fields that say why, from which version and so on."""
        post = QueryDict(mutable=True)
        for name, values in self.fields.items():
            post.setlist(name, values)
        for prefix, rows in self.rows.items():
            saved = [row for row in rows if row.pk]
            numbers = (len(rows), len(saved), 0, 1000)
            post.update({f"{prefix}-{name}": str(n) for name, n in zip(_MANAGEMENT, numbers, strict=True)})
            for number, row in enumerate([*saved, *(row for row in rows if not row.pk)]):
                for name, values in row.values.items():
                    post.setlist(f"{prefix}-{number}-{name}", values)
                post[f"{prefix}-{number}-id"] = row.pk
                if row.deleted:
                    post[f"{prefix}-{number}-DELETE"] = "on"
        post.update({name: str(value) for name, value in about.items()})
        return post

    def to_json(self) -> dict:
        rows = {p: [[row.pk, row.values, row.deleted] for row in rows] for p, rows in self.rows.items()}
        return {"fields": self.fields, "rows": rows}

    @classmethod
    def from_json(cls, kept: dict) -> "Sheet":
        return cls(kept["fields"], {p: [Row(*row) for row in rows] for p, rows in kept["rows"].items()})


def sent(post: QueryDict, prefixes) -> Sheet:
    """The sheet that somebody sent."""
    sheet = Sheet(rows={prefix: [] for prefix in prefixes})
    pattern = re.compile(rf"({'|'.join(map(re.escape, prefixes))})-(\d+)-(.+)$") if prefixes else None
    found: dict[tuple[str, int], Values] = {}
    for name, values in post.lists():
        values = [value.replace("\r\n", "\n") for value in values]
        if pattern and (match := pattern.match(name)):
            found.setdefault((match[1], int(match[2])), {})[match[3]] = values
        elif not (
            name in ABOUT or name.startswith(("_", "initial-")) or any(name.startswith(f"{p}-") for p in prefixes)
        ):
            sheet.fields[name] = values
    for (prefix, _number), values in sorted(found.items(), key=lambda item: item[0]):
        pk, deleted = values.pop("id", [""])[0], "DELETE" in values
        values.pop("DELETE", None)
        if pk or not deleted:
            sheet.rows[prefix].append(Row(pk, values, deleted))
    return sheet


def filled_in(admin, request, noun, state: dict) -> Sheet:
    """The sheet as the admin's form would be filled in, were the noun in this state."""
    form_class = admin.get_form(
        request, noun, change=True, fields=flatten_fieldsets(admin.get_fieldsets(request, noun))
    )
    sheet = Sheet(fields=_values(_form(form_class, type(noun), state)))
    for formset_class, inline in admin.get_formsets_with_inlines(request, noun):
        prefix = formset_class.get_default_prefix()
        sheet.rows[prefix] = [
            Row(str(row["id"]), _values(_form(formset_class.form, inline.model, row))) for row in state.get(prefix, [])
        ]
    return sheet


def _form(form_class, model, state: dict):
    # What a form asks of the database for, it would find as it is now: the state says it instead.
    asked = {f.name: state.get(f.name, []) for f in model._meta.many_to_many} | {"body": state.get("body", "")}
    asked |= {name: state.get(name, []) for name in model.parts}
    return form_class(instance=revive(model, state), initial=asked)


def _values(form) -> Values:
    values = {}
    for bound in form:
        if bound.name not in ABOUT:
            values |= _encoded(bound)
    return values


def _encoded(bound) -> Values:
    """What a browser sends for a field that holds its initial value."""
    widget, value = plain_widget(bound.field.widget), bound.value()
    if isinstance(widget, forms.CheckboxInput):
        return {bound.html_name: ["on"]} if widget.check_test(value) else {}
    if isinstance(widget, forms.MultiWidget):
        parts = zip(widget.widgets_names, widget.widgets, widget.decompress(value), strict=True)
        return {f"{bound.html_name}{name}": [part.format_value(v) or ""] for name, part, v in parts}
    if isinstance(widget, forms.SelectMultiple | forms.CheckboxSelectMultiple):
        chosen = widget.format_value(value)
        return {bound.html_name: chosen} if chosen else {}
    if isinstance(widget, forms.Select | forms.RadioSelect):
        return {bound.html_name: widget.format_value(value) or [""]}
    return {bound.html_name: [(widget.format_value(value) or "").replace("\r\n", "\n")]}
