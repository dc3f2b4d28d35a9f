"""What a name in a file may mean: the nouns that are there, and those that the same file makes."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process

from catalogue.exchange.columns import KEYS
from catalogue.folding import flat
from catalogue.models import City, Idea, Resource
from catalogue.models.vocabulary import Term

#: From this likeness on (0 to 100) a name is worth proposing; and so many namesakes are told.
NEAR, TOLD = 60, 5


@dataclass
class Names:
    """The nouns of one kind by what names them; of one that is there, no more is held than what points to it."""

    model: type
    #: Of each its number, what names it, and its names.
    by_key: dict[str, object]
    by_name: dict[str, list[str]]
    #: What a slug is made from, of the cities.
    places: dict[str, str]

    @classmethod
    def of(cls, model) -> "Names":
        names, key = cls(model, {}, {}, {}), KEYS.get(model._meta.model_name, "slug")
        name = "title" if model in (Idea, Resource) else "name"
        for row in model._base_manager.order_by("pk").values_list("pk", "slug" if model is Idea else key, name):
            names._keep(*row)
        return names

    def _keep(self, pk, key: str, name) -> None:
        if self.model is Idea:
            # A number means the number, though another idea may be called so.
            self.by_key.setdefault(key, pk)
            self.by_key[str(pk)] = pk
            return
        self.by_key[key] = pk
        if self.model is Resource:
            return
        if self.model is City:
            self.places[key] = name
        for text in name.values() if isinstance(name, dict) else [name]:
            keys = self.by_name.setdefault(flat(text), [])
            if key not in keys:
                keys.append(key)

    def add(self, noun, key: str) -> None:
        """One that the file makes: whatever comes after it may name it."""
        self.by_key.setdefault(key, noun)
        if self.model not in (Idea, Resource):
            name = noun.name if not isinstance(noun, Term) else noun.name.get("en", "")
            self.by_name.setdefault(flat(name), []).append(key)

    def find(self, text: str):
        """The noun that a text names. Raises `ValueError` with a sentence that tells the nearest."""
        key = text if text in self.by_key else None
        namesakes = [] if key else self.by_name.get(flat(text), [])
        if len(namesakes) > 1:
            told = {"text": text, "keys": ", ".join(sorted(namesakes)[:TOLD])}
            raise ValueError(_("“%(text)s” may be one of several: write %(keys)s.") % told)
        key = key or (namesakes[0] if namesakes else None)
        if key is None:
            raise ValueError(self._unknown(text))
        noun = self.by_key[key]
        return noun if isinstance(noun, self.model) else self._pointed_to(noun, key)

    def _pointed_to(self, pk: int, key: str):
        noun = self.model(pk=pk)
        setattr(noun, "url" if self.model is Resource else "slug", key)
        if self.model is City:
            noun.name = self.places[key]
        return noun

    def _unknown(self, text: str) -> str:
        told = {"text": text[:80], "kind": self.model._meta.verbose_name}
        if self.model is Idea and text.isdigit():
            return _("There is no idea with the number %(text)s.") % told
        # By name where they have names, else by what names them: the nearest of either is what is written in its place.
        for sought, names in ((flat(text), self.by_name), (text.lower(), self.by_key)):
            if near := process.extractOne(sought, list(names), scorer=fuzz.ratio, score_cutoff=NEAR):
                told["near"] = names[near[0]][0] if names is self.by_name else near[0]
                return _("There is no %(kind)s “%(text)s”. The nearest is “%(near)s”.") % told
        return _("There is no %(kind)s “%(text)s”.") % told


class Known(dict):
    """The names of every kind of noun, read when they are first asked for."""

    def __missing__(self, model) -> Names:
        self[model] = Names.of(model)
        return self[model]
