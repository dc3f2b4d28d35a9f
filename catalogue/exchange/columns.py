"""How each kind of column is written and read: strictly. What it can't read raises a sentence, and nothing is dropped.

The library's own widgets read an unknown name as nothing and a broken number as an error of Python's; these don't.
"""

import re

from django.utils import timezone
from django.utils.translation import gettext as _
from import_export.fields import Field
from import_export.widgets import Widget

from catalogue.exchange.tables import ABSENT, is_text
from catalogue.exchange.workbooks import Formula
from catalogue.folding import flat
from catalogue.models.idea import YEARS

#: What `exports.harmless` put an apostrophe into, found again.
_HARMLESS = re.compile(r"""((?:^|[;\t\r\n])[\s"']*)'([=+\-@＝＋－＠])""")
_YES, _NO = {"true", "yes", "1"}, {"false", "no", "0", ""}


def as_written(text: str) -> str:
    """Undoes what `exports.harmless` did to a text, and nothing else."""
    return _HARMLESS.sub(r"\1\2", text)


class Column(Field):
    """A column of a section; a part of a dictionary, such as the English name of a topic, is one, too."""

    def __init__(self, attribute: str, widget: Widget | None = None):
        super().__init__(attribute, widget=widget or Line())

    def save(self, instance, row, is_m2m=False, **kwargs):
        if row[self.column_name] is ABSENT:
            return
        whole, _dot, part = self.attribute.partition("__")
        held = getattr(instance, whole, None)
        if not part or not isinstance(held, dict):
            super().save(instance, row, is_m2m, **kwargs)
            return
        text = self.clean(row, **kwargs)
        texts = {key: value for key, value in held.items() if key != part}
        setattr(instance, whole, texts | ({part: text} if text else {}))


class Plain(Widget):
    """The base of all of them: a value of JSON or a text, read as one; what no text may hold is refused."""

    def clean(self, value, row=None, **kwargs):
        if isinstance(value, Formula):
            raise ValueError(_("It is a formula. Put its result in its place."))
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and not is_text(text):
                raise ValueError(_("It holds a character that no text may hold (NUL, say). Take it out."))
        return self.read(value, **kwargs)

    def read(self, value, **kwargs):
        raise NotImplementedError

    def render(self, value, obj=None, **kwargs):
        return value

    def as_cell(self, value) -> str | int | float:
        """As a cell holds it: a text, or a number."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return "true" if value else "false"
        return value


class Lines(Plain):
    """A text of any number of lines."""

    def read(self, value, **kwargs):
        if value is None:
            return ""
        if isinstance(value, list | dict | bool):
            raise ValueError(_("Give a text."))
        return str(value).replace("\r\n", "\n").replace("\r", "\n")

    def render(self, value, obj=None, **kwargs):
        return value or ""


class Line(Lines):
    """A text of one line."""

    def read(self, value, **kwargs):
        return super().read(value).strip()


class Whole(Plain):
    """A whole number, within bounds; empty where none is needed."""

    def __init__(self, least=0, most=32_767, default=None):
        super().__init__()
        self.least, self.most, self.default = least, most, default

    def read(self, value, **kwargs):
        text = "" if value is None else str(value).strip()
        if not text:
            return self.default
        if isinstance(value, bool) or not re.fullmatch(r"-?[0-9]{1,18}(\.0+)?", text):
            raise ValueError(_("“%(text)s” is no whole number.") % {"text": text[:40]})
        number = int(text.partition(".")[0])
        if not self.least <= number <= self.most:
            told = {"first": self.least, "last": self.most}
            raise ValueError(_("Give a number from %(first)s to %(last)s.") % told)
        return number


class Year(Whole):
    """A year: from 1800 to the next."""

    def read(self, value, **kwargs):
        self.least, self.most = YEARS[0], timezone.now().year + 1
        try:
            return super().read(value)
        except ValueError:
            told = {"first": self.least, "last": self.most}
            raise ValueError(_("Give a year from %(first)s to %(last)s.") % told) from None


class Degrees(Plain):
    """A latitude or a longitude; a comma for the point is understood."""

    def __init__(self, most: int):
        super().__init__()
        self.most = most

    def read(self, value, **kwargs):
        text = "" if value is None else str(value).strip()
        if not text:
            return None
        try:
            number = float(text if "." in text else text.replace(",", "."))
        except ValueError:
            number = None
        if number is None or isinstance(value, bool) or not -self.most <= number <= self.most:
            raise ValueError(_("Give degrees from −%(most)d to %(most)d, such as 43.65.") % {"most": self.most})
        return number


class Flag(Plain):
    """Yes or no."""

    def read(self, value, **kwargs):
        text = "" if value is None else str(value).strip().lower()
        if text in _YES or text in _NO:
            return text in _YES
        raise ValueError(_("“%(text)s” is neither true nor false.") % {"text": text[:40]})


class Choice(Plain):
    """One of a short list, by its value or its label."""

    def __init__(self, choices, default=""):
        super().__init__()
        self.choices, self.default = choices, default

    def read(self, value, known=None, **kwargs):
        text = "" if value is None else str(value).strip()
        if not text:
            return self.default
        words = {flat(word): choice for choice, label in self.choices.choices for word in (choice, str(label))}
        if flat(text) in words:
            return words[flat(text)]
        told = {"text": text[:40], "choices": ", ".join(self.choices.values)}
        raise ValueError(_("“%(text)s” isn’t one of: %(choices)s.") % told)


class Names(Plain):
    """A list of names: one on each line of a cell."""

    def read(self, value, **kwargs):
        names = value if isinstance(value, list) else str(value or "").split("\n")
        if not all(isinstance(name, str) for name in names):
            raise ValueError(_("Give a list of names, such as [“TRIEC”]."))
        names = [name.strip() for name in names if name.strip()]
        for name in names:
            if len(name) > 200:
                raise ValueError(_("“%(name)s…” is longer than 200 characters.") % {"name": name[:40]})
            if names.count(name) > 1:
                raise ValueError(_("“%(name)s” is there twice.") % {"name": name})
        return names

    def as_cell(self, value) -> str:
        return "\n".join(value)


class One(Plain):
    """A noun, by what names it; empty for none."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def read(self, value, known=None, **kwargs):
        text = "" if value is None else str(value).strip()
        return known[self.model].find(text) if text else None

    def render(self, value, obj=None, **kwargs):
        return None if value is None else getattr(value, KEYS.get(self.model._meta.model_name, "slug"))


class Several(Plain):
    """Nouns of one kind, with commas or on lines of a cell; held as a sorted list of what names each."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def read(self, value, known=None, **kwargs):
        texts = value if isinstance(value, list) else re.split(r"[,;\n]", str(value or ""))
        found, unknown = {}, []
        for text in (str(text).strip() for text in texts):
            try:
                if text:
                    noun = known[self.model].find(text)
                    found[noun.slug] = noun
            except ValueError as error:
                unknown.append(str(error))
        if unknown:
            # All of them at once: whoever mends the row mends it once.
            raise ValueError(" ".join(unknown))
        return sorted(found)

    def as_cell(self, value) -> str:
        return ", ".join(value)


#: What names a noun in a cell, where it isn't its slug.
KEYS = {"resource": "url", "idea": "pk"}
