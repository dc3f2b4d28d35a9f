"""Two people, one noun: what the second is shown, field by field, and the form that loses neither's work."""

from dataclasses import dataclass, field

from django import forms
from django.contrib.admin.utils import flatten_fieldsets
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from catalogue.admin import versions
from catalogue.admin.difference import difference
from catalogue.admin.forms import field_label, is_number
from catalogue.admin.sheets import Row, Sheet, Values, filled_in
from catalogue.models import Revision


@dataclass(frozen=True)
class Line:
    """One thing that somebody changed: what it was, what it is now, what was sent, and which of them the form holds."""

    label: str
    was: str
    theirs: SafeString | None
    mine: SafeString | None
    held: str


@dataclass
class Conflict:
    """What somebody else saved while a form was open, beside what the form says."""

    who: list[Revision]
    both: list[Line] = field(default_factory=list)
    only_theirs: list[Line] = field(default_factory=list)
    only_mine: list[Line] = field(default_factory=list)


def compare(admin, request, noun, mine: Sheet, version: versions.Version) -> tuple[Sheet, Conflict] | None:
    """The form in which both works are joined, and what to show beside it; None when what was sent is there already.

    A field that only one of the two changed holds that change. Where both did, it holds what was sent, and theirs
    stands beside it: nothing is decided for the editor, and nothing is dropped.
    """
    theirs = filled_in(admin, request, noun, versions.state_of(admin, noun))
    if same(mine, theirs):
        return None
    was = filled_in(admin, request, noun, versions.state_at(admin, noun, version))
    joined = Sheet(fields=_joined(was.fields, theirs.fields, mine.fields))
    shown = Shown(admin, request, noun)
    found = Conflict(since(admin, noun, version))
    _sort(found, shown.lines("", was.fields, theirs.fields, mine.fields))
    for prefix in theirs.rows | mine.rows:
        old, new, own = (sheet.rows.get(prefix, []) for sheet in (was, theirs, mine))
        joined.rows[prefix] = _joined_rows(old, new, own)
        _sort(found, shown.row_lines(prefix, old, new, own))
    return joined, found


def since(admin, noun, version: versions.Version) -> list[Revision]:
    """Who saved after that version, newest first."""
    later = []
    for one in versions.nouns_of(admin, noun):
        number = version.get((int(one.kind), one.pk), 0)
        later += Revision.objects.filter(kind=one.kind, object_id=one.pk, pk__gt=number).select_related("act")[:10]
    return sorted(later, key=lambda revision: -revision.pk)[:10]


def same(one: Sheet, other: Sheet) -> bool:
    return _plain(one) == _plain(other)


def _plain(sheet: Sheet):
    rows = {p: [(r.pk, _content(r.values)) for r in rows if not r.deleted] for p, rows in sheet.rows.items()}
    return _content(sheet.fields), {p: sorted(found, key=repr) for p, found in rows.items() if found}


def _content(values: Values) -> dict:
    """Without what is empty, which a browser may send or leave out, and without the key of the whole."""
    plain = {name: sorted(v.strip() for v in found if v.strip()) for name, found in values.items()}
    return {name: found for name, found in plain.items() if found}


def _joined(was: Values, theirs: Values, mine: Values) -> Values:
    names = [*mine, *(name for name in theirs if name not in mine)]
    joined = {}
    for name in names:
        chosen = theirs if _equal(was, mine, name) else mine
        if name in chosen:
            joined[name] = chosen[name]
    return joined


def _equal(one: Values, other: Values, name: str) -> bool:
    return _content({name: one.get(name, [])}) == _content({name: other.get(name, [])})


def _joined_rows(was: list[Row], theirs: list[Row], mine: list[Row]) -> list[Row]:
    old, new, own = ({row.pk: row for row in rows if row.pk} for rows in (was, theirs, mine))
    joined = []
    for pk, row in new.items():
        if pk not in own:
            # Added by the other; or never shown to this editor.
            joined.append(row)
        else:
            joined.append(Row(pk, _joined(old.get(pk, row).values, row.values, own[pk].values), own[pk].deleted))
    for pk, row in own.items():
        # Taken away by the other. What this editor wrote into it comes back as a new row.
        if pk not in new and not row.deleted and not (pk in old and _content(old[pk].values) == _content(row.values)):
            joined.append(Row("", row.values))
    return joined + [row for row in mine if not row.pk and not row.deleted]


def _sort(found: Conflict, lines: list[Line]) -> None:
    for line in lines:
        held = {(True, True): found.both, (True, False): found.only_theirs, (False, True): found.only_mine}
        held[line.theirs is not None, line.mine is not None].append(line)


class Shown:
    """Sheets put in words: labels of fields, names of what is chosen."""

    def __init__(self, admin, request, noun):
        fields = flatten_fieldsets(admin.get_fieldsets(request, noun))
        self.forms = {"": admin.get_form(request, noun, change=True, fields=fields)(instance=noun)}
        self.inlines = {}
        for formset_class, inline in admin.get_formsets_with_inlines(request, noun):
            prefix = formset_class.get_default_prefix()
            self.forms[prefix] = formset_class.form()
            self.inlines[prefix] = inline

    def lines(self, prefix: str, was: Values, theirs: Values, mine: Values, label: str = "") -> list[Line]:
        lines = []
        form = self.forms[prefix]
        for name in form.fields:
            old, new, own = (self.value(form, name, values) for values in (was, theirs, mine))
            if old == new == own:
                continue
            text = f"{label}: {field_label(form, name)}" if label else field_label(form, name)
            theirs_html = difference(old, new) if new != old else None
            mine_html = difference(old, own) if own != old else None
            if new == own:
                # Both did the same.
                mine_html = None
            lines.append(Line(text, _plain_text(old), theirs_html, mine_html, "mine" if mine_html else "theirs"))
        return lines

    def row_lines(self, prefix: str, was: list[Row], theirs: list[Row], mine: list[Row]) -> list[Line]:
        old, new, own = ({row.pk: row for row in rows if row.pk} for rows in (was, theirs, mine))
        name = capfirst(str(self.inlines[prefix].opts.verbose_name))
        lines = []
        for pk in [*old, *(pk for pk in new if pk not in old)]:
            label = _("%(what)s %(number)s") % {"what": name, "number": pk}
            before, after, sent = old.get(pk), new.get(pk), own.get(pk)
            texts = [self.row_text(prefix, row) for row in (before, after, sent)]
            theirs_html = difference(texts[0], texts[1]) if texts[0] != texts[1] else None
            shown_to_me = pk in old
            mine_html = difference(texts[0], texts[2]) if shown_to_me and texts[2] != texts[0] else None
            if theirs_html or mine_html:
                lines.append(Line(label, texts[0], theirs_html, mine_html, "mine" if mine_html else "theirs"))
        for row in mine:
            if not row.pk and not row.deleted:
                label = _("%(what)s, new") % {"what": name}
                lines.append(Line(label, "", None, difference("", self.row_text(prefix, row)), "mine"))
        return lines

    def compare(self, old: Sheet, new: Sheet) -> list[tuple[str, SafeString]]:
        """What differs between two sheets, field by field."""
        lines = self.lines("", old.fields, new.fields, old.fields)
        for prefix in self.inlines:
            before, after = old.rows.get(prefix, []), new.rows.get(prefix, [])
            lines += self.row_lines(prefix, before, after, before)
            lines += self.row_lines(prefix, [], [], [row for row in after if not row.pk])
        return [(line.label, line.mine if line.theirs is None else line.theirs) for line in lines]

    def row_text(self, prefix: str, row: Row | None) -> str:
        if row is None or row.deleted:
            return ""
        form = self.forms[prefix]
        said = [(field_label(form, name), _plain_text(self.value(form, name, row.values))) for name in form.fields]
        return "\n".join(f"{label}: {text}" for label, text in said if text)

    def value(self, form, name: str, values: Values):
        """What a field holds, in words: a text, or a list of names."""
        field = form.fields[name]
        sent = values.get(name, [])
        if isinstance(field.widget, forms.HiddenInput) or name == "why":
            return ""
        if isinstance(field, forms.ModelMultipleChoiceField):
            return sorted(str(noun) for noun in self._nouns(field, sent).values())
        if isinstance(field, forms.ModelChoiceField):
            found = self._nouns(field, sent)
            return str(next(iter(found.values()), sent[0] if sent and sent[0] else ""))
        if isinstance(field, forms.BooleanField):
            return _("yes") if sent and sent[0] not in ("", "false", "False") else _("no")
        if isinstance(field, forms.ChoiceField):
            labels = {str(key): str(label) for key, label in field.choices}
            return labels.get(sent[0], sent[0]) if sent and sent[0] else ""
        return "\n".join(sent).strip()

    def _nouns(self, field, keys: list[str]) -> dict:
        keys = [int(key) for key in keys if is_number(key)]
        return {noun.pk: noun for noun in field.queryset.filter(pk__in=keys)} if keys else {}


def _plain_text(value) -> str:
    return ", ".join(value) if isinstance(value, list) else value
