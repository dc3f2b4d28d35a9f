"""The forms of the desk: the reason that every change carries, and fields for what a database keeps as lists."""

import uuid

from django import forms
from django.contrib.admin.widgets import AdminIntegerFieldWidget, AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from catalogue.models.idea import YEARS
from catalogue.models.organisation import validate_names
from catalogue.models.vocabulary import LANGUAGES

#: The reasons that are given most; the browser offers them, and any other may be typed.
REASONS = (
    _("A correction"),
    _("Clearer words"),
    _("News from the organisation"),
    _("A source added"),
    _("A link mended"),
)


class ReasonWidget(forms.TextInput):
    """A line of text for which the browser offers the reasons that are given most."""

    def __init__(self, attrs=None):
        super().__init__({"list": "reasons", "maxlength": 300, "class": "vTextField", **(attrs or {})})


class ReasonField(forms.CharField):
    """Why something is changed: a line of history."""

    widget = ReasonWidget

    def __init__(self, **options):
        defaults = {
            "label": _("Why"),
            "max_length": 300,
            "required": False,
            "error_messages": {"required": _("Say why, in a few words: history keeps it.")},
        }
        super().__init__(**defaults | options)


class DeskForm(forms.ModelForm):
    """A form of one noun. It says why, which version it began from, and carries a key, so that it is saved once."""

    why = ReasonField()
    version = forms.CharField(required=False, widget=forms.HiddenInput)
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    #: What the request is about to write, set by the admin; None in a form that only reads.
    sending = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.sending:
            self.fields["version"].initial = self.sending.version
            self.fields["key"].initial = uuid.uuid4()
            if self.sending.reason_due(self.instance):
                self.fields["why"].help_text = _("Readers see this change. History keeps the reason.")

    def clean(self):
        cleaned = super().clean()
        if self.sending:
            if self.sending.reason_due(self.instance) and not self.cleaned_data.get("why", "").strip():
                if "why" not in self.errors:
                    self.add_error("why", self.fields["why"].error_messages["required"])
            for field, sentence in self.sending.refusals:
                self.add_error(field if field in self.fields else None, sentence)
        return cleaned


class YearField(forms.IntegerField):
    """A year, judged at the field: from 1800 to the next."""

    def __init__(self, **options):
        super().__init__(**{"widget": AdminIntegerFieldWidget} | options)

    def validate(self, value):
        super().validate(value)
        latest = timezone.now().year + 1
        if value is not None and not YEARS[0] <= value <= latest:
            raise ValidationError(
                _("Give a year from %(first)s to %(last)s.") % {"first": YEARS[0], "last": latest}, code="year"
            )


class LinesField(forms.CharField):
    """A text of several lines, whose ends are kept as one character each, whatever a browser sends."""

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n")


class NamesField(forms.CharField):
    """A list of names, one on each line."""

    widget = forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"})

    def __init__(self, **options):
        super().__init__(**{"required": False, "help_text": _("One on each line.")} | options)

    def prepare_value(self, value):
        return "\n".join(str(name) for name in value) if isinstance(value, list) else value

    def to_python(self, value):
        if isinstance(value, list):
            return value
        return [line.strip() for line in (value or "").splitlines() if line.strip()]

    def validate(self, value):
        if self.required and not value:
            raise ValidationError(self.error_messages["required"], code="required")
        for number, name in enumerate(value, 1):
            if len(name) > 200:
                raise ValidationError(_("Line %(number)d is longer than 200 characters.") % {"number": number})
            if value.index(name) + 1 != number:
                raise ValidationError(_("“%(name)s” is there twice.") % {"name": name})
        validate_names(value)

    def run_validators(self, value):
        """Each line was judged above; what Django would measure here is the length of a text."""

    def has_changed(self, initial, data):
        return self.to_python(initial) != self.to_python(data)


def _name_in(code: str) -> forms.CharField:
    return forms.CharField(
        label=_("Name in %(language)s") % {"language": LANGUAGES[code]},
        required=code == "en",
        max_length=100,
        widget=forms.TextInput(attrs={"lang": code, "class": "vTextField"}),
        error_messages={"required": _("The English text is missing.")},
    )


def _description_in(code: str) -> forms.CharField:
    return forms.CharField(
        label=_("Description in %(language)s") % {"language": LANGUAGES[code]},
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"lang": code, "class": "vLargeTextField", "rows": 2}),
    )


class TermForm(DeskForm):
    """A word of a vocabulary, with a field for each language in place of one with all of them."""

    name_en, name_fr, name_de, name_es = map(_name_in, LANGUAGES)
    description_en, description_fr, description_de, description_es = map(_description_in, LANGUAGES)

    TEXTS = ("name", "description")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in self.TEXTS:
            for code, text in (getattr(self.instance, name) or {}).items():
                if f"{name}_{code}" in self.fields:
                    self.initial.setdefault(f"{name}_{code}", text)

    def clean(self):
        cleaned = super().clean()
        for name in self.TEXTS:
            given = {code: self.cleaned_data.get(f"{name}_{code}", "") for code in LANGUAGES}
            # A language that this form doesn't know keeps its text.
            kept = {code: text for code, text in (getattr(self.instance, name) or {}).items() if code not in LANGUAGES}
            setattr(self.instance, name, {code: text for code, text in given.items() if text} | kept)
        return cleaned


class ListForm(forms.ModelForm):
    """A row that is edited in a list: only what its editor changed is written, and nothing over another's change."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if name != self._meta.model._meta.pk.name:
                field.show_hidden_initial = True
                if self.instance.pk:
                    # The head of the column says it to the eye alone.
                    field.widget.attrs["aria-label"] = f"{field.label}: {self.instance}"
        if self.is_bound:
            self.data = self.data.copy()

    def clean(self):
        cleaned = super().clean()
        for name in [name for name in cleaned if self.fields[name].show_hidden_initial]:
            now, bound = self.initial.get(name), self[name]
            if not bound._has_changed():
                cleaned[name] = self.fields[name].clean(bound.field.prepare_value(now))
            elif self._began_from(bound) != now and cleaned[name] != now:
                self.add_error(
                    name,
                    _("It was changed to “%(now)s” while this list was open. Look again, and save once more.")
                    % {"now": now},
                )
                # Saved once more, it rests on what is there now.
                self.data[bound.html_initial_name] = bound.field.prepare_value(now)
        return cleaned

    def _began_from(self, bound):
        hidden = bound.field.hidden_widget()
        return bound.field.to_python(self._widget_data_value(hidden, bound.html_initial_name))


class ListFormSet(forms.BaseModelFormSet):
    """The rows of a list that are edited together, for one reason."""

    sending = None

    def clean(self):
        super().clean()
        changed = [form.instance for form in self.forms if form.has_changed()]
        if any(self.sending.reason_due(noun) for noun in changed) and not self.sending.why:
            raise ValidationError(_("Say why, in a few words: history keeps it. The field is above the list."))


def is_number(text: str) -> bool:
    """Whether it can be the number of a row: digits, and no more of them than a database has room for."""
    return text.isascii() and text.isdigit() and len(text) < 19


class _Known:
    """Labels of what is chosen in all rows of a set of forms, asked for in one query."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.labels: dict[str, str] = {}

    def optgroups(self, name, value, attr=None):
        # What is no number was sent by no form of ours; asked for, it would be a fault.
        chosen = [str(v) for v in value if is_number(str(v))]
        if any(key not in self.labels for key in chosen):
            return super().optgroups(name, chosen, attr)
        empty = [] if self.is_required or self.allow_multiple_selected else [self.create_option(name, "", "", False, 0)]
        options = [
            self.create_option(name, key, self.labels[key], set(chosen), index) for index, key in enumerate(chosen)
        ]
        return [(None, empty + options, 0)]


class KnownSelect(_Known, AutocompleteSelect):
    pass


class KnownSelectMultiple(_Known, AutocompleteSelectMultiple):
    def build_attrs(self, base_attrs, extra_attrs=None):
        # Each chosen one has a cross of its own; one for all would stand in their list without being one of them.
        return super().build_attrs(base_attrs, extra_attrs) | {"data-allow-clear": "false"}


class SeveralOf(forms.ModelMultipleChoiceField):
    """Django's own, which asks the database for numbers that it has no room for."""

    def clean(self, value):
        for key in value or ():
            if not is_number(str(key)):
                raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": str(key)[:80]})
        return super().clean(value)


class RowsFormSet(forms.BaseInlineFormSet):
    """The rows of an inline, whose chosen cities, organisations and sources are looked up together."""

    def know_labels(self) -> None:
        """One query for each field that chooses from a long list, whatever the number of rows."""
        for name, field in self.empty_form.fields.items():
            widget = plain_widget(field.widget)
            if isinstance(widget, _Known):
                keys = {str(form[name].value()) for form in self.forms if name in form.fields} - {"", "None"}
                keys = {int(key) for key in keys if is_number(key)}
                nouns = field.queryset.filter(pk__in=keys) if keys else ()
                labels = {str(noun.pk): field.label_from_instance(noun) for noun in nouns}
                for form in self.forms:
                    plain_widget(form.fields[name].widget).labels = labels


def plain_widget(widget):
    """The widget itself, without the links to add and change that the admin puts round it."""
    while hasattr(widget, "widget"):
        widget = widget.widget
    return widget


def field_label(form, name: str) -> str:
    return capfirst(str(form.fields[name].label or name)) if name in form.fields else name
