"""How something is asked of the public: fields that say what to do, and forms that lose nothing that was typed."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.models.idea import YEARS
from catalogue.models.taking_up import lines

LINE, LINKS = 200, 20
#: What a browser, or whoever stands between, puts where letters arrived that were none.
BROKEN = "\ufffd"
_YEAR = re.compile(r"\d{4}")


class Text(forms.CharField):
    """Words, of one line or of several. Each fault says what to do."""

    def __init__(self, label, *, most, rows=0, required="", example="", **options):
        widget = forms.Textarea(attrs={"class": "input", "rows": rows}) if rows else forms.TextInput
        super().__init__(label=label, required=bool(required), widget=options.pop("widget", widget), **options)
        self.widget.attrs.setdefault("class", "input")
        self.most, self.example, self.is_line = most, example, not rows
        self.error_messages["required"] = required

    def clean(self, value):
        text = super().clean(value)
        if self.is_line:
            text = " ".join(text.split())
        if BROKEN in text:
            raise ValidationError(
                _("Some letters didn’t arrive as you typed them and are shown as %(sign)s. Type them again.")
                % {"sign": BROKEN}
            )
        if len(text) > self.most:
            sentence = _("Shorten it to at most %(most)d characters; it has %(count)d.")
            raise ValidationError(sentence % {"most": self.most, "count": len(text)})
        return text


class Year(Text):
    """A year of four digits, up to next year; empty where nobody knows."""

    def __init__(self, label, **options):
        widget = forms.TextInput(attrs={"class": "input w-s", "inputmode": "numeric"})
        super().__init__(label, most=LINE, widget=widget, **options)

    def clean(self, value):
        text = super().clean(value)
        if text and not (_YEAR.fullmatch(text) and YEARS[0] <= int(text) <= timezone.localdate().year + 1):
            raise ValidationError(_("Give a year in four digits, such as 2016, or leave it empty."))
        return text


class Links(Text):
    """Web addresses, one a line."""

    def clean(self, value):
        text = super().clean(value)
        found = lines(text)
        if len(found) > LINKS:
            sentence = _("Keep the %(most)d that tell most; there are %(count)d.")
            raise ValidationError(sentence % {"most": LINKS, "count": len(found)})
        check = URLValidator(schemes=["http", "https"])
        for address in found:
            try:
                check(address)
                fault = len(address) > 500
            except ValidationError:
                fault = True
            if fault:
                sentence = _("“%(address)s” is no web address. One looks like https://example.org/report; one a line.")
                raise ValidationError(sentence % {"address": address[:80]})
        return text


class Email(Text):
    """security: an address and nothing else, so that it can be put into the head of a letter."""

    def __init__(self, label, **options):
        widget = forms.EmailInput(attrs={"class": "input w-m", "autocomplete": "email"})
        super().__init__(label, most=254, widget=widget, **options)

    def clean(self, value):
        text = super().clean(value)
        try:
            if text:
                validate_email(text)
        except ValidationError:
            raise ValidationError(_("Give an address such as name@example.org.")) from None
        return text


class Choice(forms.ChoiceField):
    """One of a list, or of a few."""

    example = ""

    def __init__(self, label, *, choices, required="", widget=None, **options):
        super().__init__(
            label=label,
            choices=choices,
            required=bool(required),
            widget=widget or forms.Select(attrs={"class": "input w-m"}),
            **options,
        )
        self.error_messages |= {"required": required, "invalid_choice": gettext_lazy("Choose one from the list.")}


class Choices(forms.MultipleChoiceField):
    """Some of a few."""

    example = ""

    def __init__(self, label, *, choices, required="", most=0, has_marks=False, **options):
        super().__init__(
            label=label, choices=choices, required=bool(required), widget=forms.CheckboxSelectMultiple, **options
        )
        #: Whether each value has a mark of its own, as themes have.
        self.most, self.has_marks = most, has_marks
        self.error_messages |= {"required": required, "invalid_choice": gettext_lazy("Choose from the list.")}

    def clean(self, value):
        chosen = super().clean(value)
        if self.most and len(chosen) > self.most:
            raise ValidationError(_("Choose at most %(most)d.") % {"most": self.most})
        return chosen


class StepForm(forms.Form):
    """What one step asks. It reads and gives back what was typed as plain values, so that nothing typed is lost."""

    #: Answers that a submission also keeps as columns: the column's name by the field's.
    COLUMNS: dict[str, str] = {}

    @classmethod
    def typed(cls, post) -> dict:
        """What was typed, as it can be stored by any database: no NUL, one kind of line end."""
        found = {}
        for name, field in cls.base_fields.items():
            value = field.widget.value_from_datadict(post, {}, name)
            found[name] = [_storable(one) for one in value] if isinstance(value, list) else _storable(value)
        return found

    @property
    def columns(self) -> dict:
        """The columns, once it is valid."""
        return {column: self.cleaned_data[name] for name, column in self.COLUMNS.items()}

    @property
    def faults(self) -> list[dict]:
        """Every fault with the field that it is about, for the summary above the form."""
        return [
            {"anchor": self[name].id_for_label or f"id_{name}_0" if name in self.fields else "main", "message": message}
            for name, messages in self.errors.items()
            for message in messages
        ]

    def told(self) -> list[tuple[str, str]]:
        """What was answered, in words: label and value of each field that holds something."""
        return [(str(bound.label), value) for bound in self if (value := _in_words(bound))]


def _storable(value):
    if not isinstance(value, str):
        return value if isinstance(value, bool) else ""
    text = value.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
    # Half of a pair is no letter, and no database would store it.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _in_words(bound) -> str:
    value = bound.value()
    if isinstance(bound.field, Choice | Choices):
        labels = dict(bound.field.choices)
        return ", ".join(str(labels[one]) for one in (value if isinstance(value, list) else [value]) if one in labels)
    if isinstance(value, bool):
        return _("Yes") if value else ""
    return value or ""
