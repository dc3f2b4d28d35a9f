"""What the address bar may ask: the one definition of the query string, its faults, and the addresses near it."""

import re
from functools import cached_property
from urllib.parse import urlencode

import django_filters
import numpy as np
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pyroaring import BitMap

from catalogue import search
from catalogue.grammar import clean
from catalogue.index import FACETS, Index
from catalogue.listing import any_of
from catalogue.models import Idea, Redirect

SORTS = ("newest", "title", "city", "viewed")
RELEVANCE = "relevance"
#: Order of the parameters in a canonical address.
PARAMETERS = ("q", *FACETS, "started_min", "started_max", "sort", "page")
#: Those of which the last value counts.
SINGLE = ("q", "started_min", "started_max", "sort", "page", "facet")
#: Facets whose values have addresses that may have changed, with the folder of those addresses.
FOLDERS = {
    "theme": "themes",
    "topic": "topics",
    "audience": "audiences",
    "city": "cities",
    "organisation": "organisations",
}
#: Of many values that mean nothing, so many are named: the rest of the page should still be found.
NAMED = 5
_SLUG = re.compile(r"[-a-z0-9_]{1,80}")


class ValuesField(forms.Field):
    """Values of a facet as the address gives them: each once, empty ones left out."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value):
        return list(dict.fromkeys(text.strip() for text in value or [] if text.strip()))


class YearField(forms.Field):
    """A year in figures, or None."""

    def to_python(self, value):
        value = (value or "").strip()
        if not value:
            return None
        if not re.fullmatch(r"[0-9]{1,4}", value) or value == "0":
            raise ValidationError(_("“%(value)s” is not a year. Give four figures, such as 2010.") % {"value": value})
        return int(value)


class WordsField(forms.Field):
    """What somebody looks for, as one line without unseen signs; nothing in it is ever a fault."""

    def to_python(self, value):
        # Signs alone that can't be shown are still a question, to which nothing is the answer.
        return clean(value or "") or ("\N{REPLACEMENT CHARACTER}" if (value or "").strip() else "")


class WordsFilter(django_filters.Filter):
    field_class = WordsField

    def __init__(self, *args, **kwargs):
        super().__init__(*args, required=False, **kwargs)


class FacetFilter(django_filters.Filter):
    """Any of the values given; for `all_of`, every one of them."""

    field_class = ValuesField

    def __init__(self, *args, all_of=False, **kwargs):
        self.all_of = all_of
        super().__init__(*args, required=False, **kwargs)

    def matching(self, index: Index, values: list[str]) -> BitMap:
        sets = [index[self.field_name].matching(value) for value in values]
        return BitMap.intersection(*sets) if self.all_of else BitMap.union(*sets)


class YearFilter(django_filters.Filter):
    field_class = YearField

    def __init__(self, *args, **kwargs):
        super().__init__(*args, required=False, **kwargs)


class FinderForm(forms.Form):
    """Checks each value against the index. What means nothing is named as a fault, and the rest goes on without it."""

    index: Index

    def clean(self):
        for facet in FACETS:
            given = self.cleaned_data.get(facet) or []
            known, unknown = [], []
            for value in given:
                # Countries alone may be written in either case.
                key = value.upper() if facet == "country" else value
                (known if key in self.index[facet].values else unknown).append(
                    key if key in self.index[facet].values else value
                )
            for value in unknown[:NAMED]:
                self.add_error(facet, self.unknown(facet, value))
            # `add_error` takes the whole parameter away; the values that are known still count.
            self.cleaned_data[facet] = list(dict.fromkeys(known))
        first, last = self.cleaned_data.get("started_min"), self.cleaned_data.get("started_max")
        if first and last and first > last:
            self.add_error(
                "started_min",
                _("No year lies after %(first)d and before %(last)d. Exchange the two.")
                % {"first": first, "last": last},
            )
            self.cleaned_data.pop("started_max", None)
        return self.cleaned_data

    def unknown(self, facet: str, value: str) -> str:
        sentence = {
            "theme": _("“%(value)s” is not a theme."),
            "topic": _("“%(value)s” is not a topic."),
            "audience": _("“%(value)s” is not a group that ideas are for."),
            "country": _("“%(value)s” is not a country with ideas. Give its two letters, such as CA."),
            "city": _("“%(value)s” is not a city of the catalogue."),
            "organisation": _("“%(value)s” is not an organisation of the catalogue."),
            "sector": _("“%(value)s” is not a kind of organisation."),
            "criterion": _("“%(value)s” is not a criterion."),
        }[facet] % {"value": value[:80]}
        if facet in {"theme", "criterion"}:
            names = [known.label for known in self.index[facet].values.values()]
            sentence += " " + _("Choose %(names)s.") % {"names": any_of(names)}
        return sentence


class IdeaFilter(django_filters.FilterSet):
    """The query of `/ideas/` and of every other form of the same selection."""

    q = WordsFilter(label=gettext_lazy("Words"))
    theme = FacetFilter("theme", label=gettext_lazy("Theme"))
    topic = FacetFilter("topic", label=gettext_lazy("Topic"))
    audience = FacetFilter("audience", label=gettext_lazy("Who it is for"))
    country = FacetFilter("country", label=gettext_lazy("Country"))
    city = FacetFilter("city", label=gettext_lazy("City"))
    organisation = FacetFilter("organisation", label=gettext_lazy("Organisation"))
    sector = FacetFilter("sector", label=gettext_lazy("Led by"))
    criterion = FacetFilter("criterion", label=gettext_lazy("Evidence for"), all_of=True)
    started_min = YearFilter(label=gettext_lazy("From year"))
    started_max = YearFilter(label=gettext_lazy("To year"))
    sort = django_filters.CharFilter()
    page = django_filters.CharFilter()
    facet = django_filters.CharFilter()

    #: What an address near this one may hold, in order.
    parameters = PARAMETERS

    class Meta:
        model = Idea
        fields = []
        form = FinderForm

    def __init__(self, data: QueryDict, index: Index):
        self.index = index
        super().__init__(data, queryset=Idea.objects.none())

    @cached_property
    def form(self):
        form = super().get_form_class()(self.data, prefix=self.form_prefix)
        form.index = self.index
        return form

    # What was asked

    @cached_property
    def values(self) -> dict[str, list[str]]:
        """Each facet's values that are known, in one order whatever order they were given in."""
        return {facet: sorted(self._cleaned[facet]) for facet in FACETS if self._cleaned.get(facet)}

    @cached_property
    def years(self) -> tuple[int | None, int | None]:
        return self._cleaned.get("started_min"), self._cleaned.get("started_max")

    @cached_property
    def found(self) -> "search.Found | None":
        """What the words of the query find, whatever else is asked; None when there are none."""
        if not self._cleaned.get("q"):
            return None
        return search.find(self._cleaned["q"], self.index.edition, self.index.ids, self.index.orders["newest"])

    @property
    def words(self) -> str:
        """What was typed, as far as it was looked for."""
        return self.found.asked.text if self.found else ""

    @property
    def sorts(self) -> tuple[str, ...]:
        """The orders that there are; the first is the one that nobody has to name."""
        # Without words there is nothing that an idea could be relevant to.
        return (RELEVANCE, *SORTS) if self.found else SORTS

    @cached_property
    def order(self) -> str:
        sort = self._cleaned.get("sort")
        return sort if sort in self.sorts else self.sorts[0]

    @cached_property
    def page_number(self) -> int:
        page = self._cleaned.get("page") or "1"
        return int(page) if _is_page(page) else 1

    @cached_property
    def whole_facet(self) -> str:
        """The facet that is to be listed whole; empty when none was asked for."""
        return self._cleaned["facet"] if self._cleaned.get("facet") in FACETS else ""

    @cached_property
    def faults(self) -> dict[str, list[str]]:
        """What means nothing, by parameter, in words for the reader. Not empty is a 400."""
        faults = {name: [str(message) for message in messages] for name, messages in self.form.errors.items()}
        sort, page, facet = (self._cleaned.get(name) for name in ("sort", "page", "facet"))
        if sort and sort not in (*SORTS, RELEVANCE):
            sentence = _("“%(value)s” is not an order. Choose relevance, newest, title, city or viewed.")
            faults["sort"] = [sentence % {"value": sort[:80]}]
        if page and not _is_page(page):
            faults["page"] = [_("“%(value)s” is not a page. Pages are numbered from 1.") % {"value": page[:80]}]
        if facet and facet not in FACETS:
            faults["facet"] = [_("“%(value)s” is not a filter with values.") % {"value": facet[:80]}]
        return faults

    @property
    def _cleaned(self) -> dict:
        _ = self.form.errors
        return self.form.cleaned_data

    # What matches

    @cached_property
    def _sets(self) -> dict[str, BitMap]:
        """For each parameter in use, the ideas that it lets through."""
        sets = {facet: self.filters[facet].matching(self.index, values) for facet, values in self.values.items()}
        if self.found:
            sets["q"] = self.found.ids
        if any(self.years):
            sets["started"] = self.index.started_between(*self.years)
        return sets

    @cached_property
    def ids(self) -> BitMap:
        return self.ids_without("")

    def ids_without(self, parameter: str) -> BitMap:
        """What would match if one parameter ("started" for both years, "q" for the words) were let go."""
        sets = [ids for name, ids in self._sets.items() if name != parameter]
        return BitMap.intersection(self.index.ids, *sets) if sets else self.index.ids

    @cached_property
    def ordered(self) -> np.ndarray:
        """The ideas that match, in the order asked for; too many to rank stand newest first."""
        if self.order != RELEVANCE:
            return self.index.ordered(self.ids, self.order)
        if self.found.order is None:
            return self.index.ordered(self.ids, "newest")
        if len(self.ids) == len(self.found.ids):
            return self.found.order
        return np.array([pk for pk in self.found.order.tolist() if pk in self.ids], np.uint32)

    def counted(self, facet: str) -> BitMap:
        """The ideas among which a facet's values are counted: those that match under all the other parameters.

        For a criterion, of which an idea must meet all, under all the filters there are.
        """
        return self.ids if facet == "criterion" else self.ids_without(facet)

    # Addresses near this one

    @cached_property
    def query(self) -> dict[str, list[str]]:
        """What is in force, in canonical order: the same question always has the same address."""
        query = {"q": [self.words]} if self.words else {}
        query |= {facet: sorted(values) for facet, values in self.values.items()}
        for name, year in zip(("started_min", "started_max"), self.years, strict=True):
            if year is not None:
                query[name] = [str(year)]
        if self.order != self.sorts[0]:
            query["sort"] = [self.order]
        if self.page_number > 1:
            query["page"] = [str(self.page_number)]
        return query

    def address(self, **changes: list[str] | str | None) -> str:
        """The query string with some parameters changed, or taken away by None; any change goes back to page 1."""
        query = (
            {name: values for name, values in self.query.items() if name != "page"} | changes if changes else self.query
        )
        pairs = []
        for name in self.parameters:
            values = query.get(name) or []
            pairs += [(name, value) for value in ([values] if isinstance(values, str) else sorted(values))]
        return f"?{urlencode(pairs)}" if pairs else ""

    def address_without(self, facet: str, value: str) -> str:
        return self.address(**{facet: [other for other in self.values[facet] if other != value]})

    def address_letting_go(self, parameter: str) -> str:
        """The query string without one parameter ("started" for both years, "q" for the words)."""
        if parameter == "started":
            return self.address(started_min=None, started_max=None)
        if parameter == "q":
            # Once they are gone, newest first needs no naming.
            return self.address(q=None, sort=self.order if self.order in SORTS[1:] else None)
        return self.address(**{parameter: None})

    @cached_property
    def renamed(self) -> str | None:
        """The same query with the present slugs, when one of those given is an old one; else None."""
        unknown = {
            f"/{folder}/{value}/": (facet, value)
            for facet, folder in FOLDERS.items()
            for value in self.data.getlist(facet)
            if _SLUG.fullmatch(value) and value not in self.index[facet].values
        }
        if not unknown:
            return None
        new = {}
        # More unknown values than this are no link that somebody once made.
        for redirect in Redirect.objects.with_targets().filter(path__in=list(unknown)[:50]):
            facet, value = unknown[redirect.path]
            if redirect.target and redirect.target.slug in self.index[facet].values:
                new[facet, value] = redirect.target.slug
        if not new:
            return None
        pairs = [(name, new.get((name, value), value)) for name, values in self.data.lists() for value in values]
        return f"?{urlencode(list(dict.fromkeys(pairs)))}"

    # In words

    @cached_property
    def active(self) -> list[tuple[str, str, str, str]]:
        """Each filter in use as (parameter, group, label, address without it)."""
        active = []
        if self.found:
            active.append(("q", str(self.filters["q"].label), self.words, self.address_letting_go("q")))
        for facet, values in self.values.items():
            for value in values:
                label = self.index[facet].values[value].label
                active.append((facet, str(self.filters[facet].label), label, self.address_without(facet, value)))
        first, last = self.years
        if first or last:
            label = {
                (True, True): _("%(first)s to %(last)s"),
                (True, False): _("%(first)s or later"),
                (False, True): _("%(last)s or earlier"),
            }[bool(first), bool(last)] % {"first": first, "last": last}
            active.append(("started", _("Started"), label, self.address_letting_go("started")))
        return active

    @cached_property
    def summary(self) -> str:
        """What was asked in a few words, such as “Theme: Work, Learn; Country: Canada”; empty when nothing was."""
        groups: dict[str, list[str]] = {}
        for _parameter, group, label, _address in self.active:
            groups.setdefault(group, []).append(label)
        each = _("%(group)s: %(labels)s")
        asked = [each % {"group": group, "labels": ", ".join(labels)} for group, labels in groups.items()]
        return "; ".join(asked)


def _is_page(text: str) -> bool:
    return bool(re.fullmatch(r"[1-9][0-9]{0,8}", text))
