"""Which ideas fit a city like the reader's: what may be said of it, which ideas share that, and why each is shown."""

from dataclasses import dataclass

import numpy as np
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pyroaring import BitMap

from catalogue.asking import Choice, StepForm
from catalogue.index import Index
from catalogue.models import Money, Sector, Share, Size
from catalogue.sets import to_array

#: What an idea may have in common with the reader's city: the facet that says so, and the question that it answers.
FITS = (("size", "size"), ("share", "share"), ("sector", "lead"), ("lead", "lead"), ("money", "money"))


class Answer(Choice):
    """One of a few answers, or none."""

    def __init__(self, label, answers):
        super().__init__(label, choices=[("", gettext_lazy("No matter")), *answers])

    def validate(self, value):
        if value and not self.valid_value(value):
            sentence = _("“%(value)s” is none of the answers. Choose one from the list.")
            raise ValidationError(sentence % {"value": value[:80]})


class CityForm(StepForm):
    """What a reader may say of a city. Nothing has to be answered."""

    size = Answer(gettext_lazy("How many people live there"), Size.choices)
    share = Answer(gettext_lazy("How many of them were born in another country"), Share.choices)
    lead = Answer(gettext_lazy("Who could lead it"), Sector.choices)
    money = Answer(gettext_lazy("What it may cost in the first year"), Money.choices)

    def __init__(self, data, index: Index):
        super().__init__(data)
        for name, field in self.fields.items():
            known = BitMap.union(*(known_of(index, facet) for facet, question in FITS if question == name))
            field.help_text = how_many_say(name, len(known), len(index))
            if name == "share" and not known and not data.get(name):
                # No editor has found these numbers yet, so the question would lead nowhere.
                self.fields = {other: field for other, field in self.fields.items() if other != name}

    @property
    def answers(self) -> dict[str, str]:
        """What was answered by name, without what means nothing."""
        _ = self.errors
        return {name: value for name in self.fields if (value := self.cleaned_data.get(name))}


def known_of(index: Index, facet: str) -> BitMap:
    """The ideas of which a facet says anything."""
    return BitMap.union(BitMap(), *index[facet].sets.values())


def how_many_say(question: str, known: int, total: int) -> str:
    """On how many ideas an answer can have an effect."""
    if question == "money" and not known:
        return _("Only transfer guides say what an idea costs, and none does yet: for now this finds nothing.")
    sentence = {
        "size": _("Known of %(known)d of %(total)d ideas."),
        "share": _("Known of %(known)d of %(total)d ideas."),
        "lead": _("Known of %(known)d of %(total)d ideas, from who leads them and from their transfer guides."),
        "money": _("Known of %(known)d of %(total)d ideas, from their transfer guides."),
    }[question]
    return sentence % {"known": known, "total": total}


@dataclass(frozen=True, slots=True)
class Fitting:
    """The ideas that have something in common with a city: those with most reasons first, of equals the newest."""

    ideas: np.ndarray
    #: Each reason in words, with the ideas of which it holds.
    reasons: list[tuple[str, BitMap]]

    def why(self, idea: int) -> str:
        """The reasons why an idea is among them, as a sentence without its full stop."""
        return capfirst("; ".join(reason for reason, ideas in self.reasons if idea in ideas))


def fitting(index: Index, answers: dict[str, str]) -> Fitting:
    """The ideas that fit a city of which that was answered."""
    reasons = [
        (reason(facet, index[facet].values[answers[question]].label), index[facet].matching(answers[question]))
        for facet, question in FITS
        if question in answers
    ]
    scores = np.zeros(len(index.started), np.uint8)
    for _words, ideas in reasons:
        scores[to_array(ideas)] += 1
    newest = index.orders["newest"]
    found = newest[scores[newest] > 0]
    # Stable, so that of equals the newest stay first.
    return Fitting(found[np.argsort(-scores[found].astype(np.int8), kind="stable")], reasons)


def reason(facet: str, label: str) -> str:
    sentence = {
        "size": _("in a city of your size"),
        "share": _("in a city with as many newcomers"),
        "sector": _("led by: %(what)s"),
        "lead": _("its guide says who can lead it: %(what)s"),
        "money": _("its guide says what it costs: %(what)s"),
    }[facet]
    return sentence % {"what": label}
