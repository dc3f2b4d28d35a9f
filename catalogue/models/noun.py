"""What every public noun is: written inside an act only, watched while it changes, kept as history remembers it."""

import json
from collections.abc import Iterable

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from catalogue.models.edition import Kind, OpenAct


class OutsideAct(RuntimeError):
    """Something public was about to be written outside an act."""

    def __init__(self, what: str):
        super().__init__(f"{what} is written outside an act. Use: with Edition.act(by=…, why=…) as act: …")


class CatalogueModel(models.Model):
    """A noun that the public can see: it is written inside an act only, and history keeps what it was."""

    #: Its line in the change log; a part of another noun has none and names its `whole` instead.
    kind: Kind
    #: Related names of the parts that belong to it and to nothing else.
    parts: tuple[str, ...] = ()
    #: The fields of its snapshot of which a change is news to whoever read it before.
    news: frozenset[str] = frozenset()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        act = self._act()
        act.watch(self.whole)
        super().save(*args, **kwargs)
        act.touch(self.whole)

    def delete(self, *args, **kwargs):
        act = self._act()
        act.watch(self.whole)
        # Django forgets the key of what it deleted, and history needs it.
        pk, result = self.pk, super().delete(*args, **kwargs)
        self.pk = pk
        return result

    def _act(self) -> OpenAct:
        if act := OpenAct.now():
            return act
        raise OutsideAct(f"{self._meta.verbose_name} {self}")

    @property
    def whole(self) -> "CatalogueModel":
        """The noun that this belongs to: itself, unless it is a part."""
        return self

    @property
    def is_public(self) -> bool:
        """Whether anybody who isn't an editor can see it, or what became of it."""
        raise NotImplementedError(f"{type(self).__name__} has to say when it is public.")

    def snapshot(self) -> dict:
        """Everything that an editor may set, as plain JSON: what history keeps and compares."""
        return self.snapshots([self])[self.pk]

    @classmethod
    def snapshots(cls, nouns: "list[CatalogueModel]") -> dict[int, dict]:
        """The snapshot of each by its key: as many queries for a thousand as for one."""
        fields = [field for field in cls._meta.concrete_fields if field.editable]
        found = {noun.pk: {f.attname: f.value_from_object(noun) for f in fields} for noun in nouns}
        for field in cls._meta.many_to_many if found else ():
            join = field.remote_field.through
            if join._meta.auto_created:
                here, there = f"{field.m2m_field_name()}_id", f"{field.m2m_reverse_field_name()}_id"
                pairs = (
                    join._base_manager.filter(**{f"{here}__in": list(found)}).order_by(there).values_list(here, there)
                )
                _gather(found, field.name, pairs)
        for name in cls.parts if found else ():
            relation = cls._meta.get_field(name)
            here = relation.field.attname
            rows = relation.related_model._base_manager.filter(**{f"{here}__in": list(found)}).order_by("pk")
            _gather(found, name, ((getattr(part, here), part.snapshot()) for part in rows))
        return {pk: json.loads(json.dumps(values, cls=DjangoJSONEncoder)) for pk, values in found.items()}


def revive(model: type[models.Model], state: dict) -> models.Model:
    """An instance that holds a state, not the database's. What the state doesn't know has its default."""
    noun = model()
    for column in model._meta.concrete_fields:
        if column.attname in state:
            setattr(noun, column.attname, column.to_python(state[column.attname]))
    return noun


def _gather(found: dict[int, dict], name: str, pairs: Iterable[tuple]) -> None:
    """Puts the second of each pair into a list of the noun whose key is the first."""
    for values in found.values():
        values[name] = []
    for pk, value in pairs:
        found[pk][name].append(value)
