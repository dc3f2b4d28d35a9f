"""The opening collection as its files have it: reads them and judges each row. Nothing here asks the database."""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models

from catalogue.models import Adaptation, Body, Citation, Evidence, Guide, Idea, Page, Redirect, Resource, Synonym
from catalogue.models.address import RESERVED, Addressable
from catalogue.models.noun import CatalogueModel

#: The numbers kept for the collection; an idea that an editor makes gets a higher one.
NUMBERS = range(1, 1001)
#: The fields that tell one row from another. What isn't listed is told by its slug.
KEYS = {
    Adaptation: ("idea", "from_city", "from_country", "city", "country", "place"),
    Body: ("idea",),
    Citation: ("idea", "resource"),
    Evidence: ("idea", "criterion"),
    Guide: ("idea",),
    Idea: ("id",),
    Page: ("path", "language"),
    Redirect: ("path",),
    Resource: ("url",),
    Synonym: ("words",),
}
#: Of these several may have one key: they are counted in the order in which they stand.
COUNTED = (Adaptation, Evidence)


class BrokenCollection(Exception):
    """What can't be loaded: each fault is a sentence that names the file and, where there is one, the row."""

    def __init__(self, faults: list[str]):
        super().__init__("\n".join(faults))


@dataclass(eq=False)
class Row:
    """One row of a fixture."""

    file: str
    number: int
    #: The noun as the file has it, without what it points to.
    draft: models.Model | None = None
    #: The noun in the database; None until it is found or made, and for ever when an editor took it away.
    noun: models.Model | None = None
    #: The fields that the row gives.
    names: list[str] = field(default_factory=list)
    points_to: "dict[str, Row | list[Row] | None]" = field(default_factory=dict)
    key: str = ""

    @property
    def model(self) -> type[models.Model]:
        return type(self.draft)

    @property
    def key_names(self) -> tuple[str, ...]:
        return KEYS.get(self.model, ("slug",))

    def values(self) -> dict:
        """The fields that the row gives, as JSON holds them; what it points to by the numbers in this database."""
        values = {}
        for name in self.names:
            target = self.points_to.get(name)
            if isinstance(target, list):
                values[name] = sorted(row.noun.pk for row in target if row.noun)
            elif target:
                values[name] = target.noun.pk if target.noun else None
            else:
                values[name] = plain(self.draft, name)
        return values

    def fault(self, error: ValidationError | str) -> str:
        if isinstance(error, ValidationError):
            named = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
            error = "; ".join(": ".join(filter(None, (name, *texts))).rstrip(".") for name, texts in named.items())
        return f"{self.file}, row {self.number}: {error.rstrip('.')}."


def plain(noun: models.Model, name: str):
    """A field's value as JSON holds it."""
    value = noun._meta.get_field(name).value_from_object(noun)
    return value.isoformat() if isinstance(value, datetime) else value


def read(folder: Path) -> list[Row]:
    """Every row of the folder, in the order of the files' names. Raises `BrokenCollection` with all that is wrong."""
    reading, faults = _Reading(), []
    for path in sorted(folder.glob("*.json")):
        try:
            items = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_each_once)
        except ValueError as error:
            faults.append(f"{path.name}: it can’t be read as JSON: {error}.")
            continue
        if not isinstance(items, list):
            faults.append(f"{path.name}: it isn’t a list of rows.")
            continue
        for number, item in enumerate(items, 1):
            row = Row(path.name, number)
            try:
                reading.take(row, item)
            except ValidationError as error:
                faults.append(row.fault(error))
    if faults or not reading.rows:
        raise BrokenCollection(faults or [f"{folder}: there are no fixtures here."])
    return reading.rows


def _each_once(pairs):
    """A JSON object; one that gives a name twice is refused, where Python would silently take the last."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for name, times in Counter(name for name, _value in pairs).items() if times > 1)
        raise ValueError(f"“{twice}” is given twice in one object")
    return found


class _Reading:
    """The rows read so far."""

    def __init__(self):
        self.rows: list[Row] = []
        self.by_key: dict[tuple, Row] = {}
        self.to_point_to: dict[tuple, Row] = {}
        self.times = Counter()

    def take(self, row: Row, item) -> None:
        model, pk = _model_of(item), item.get("pk")
        natural_key = item["fields"].get("url" if model is Resource else "slug")
        row.key = str(pk or natural_key)
        # Known from here on: a row that points to a faulty one isn't faulty for that.
        if isinstance(natural_key, str) and (other := self._known(self.to_point_to, model, natural_key, row)):
            raise ValidationError(f"“{natural_key}” is in {other.file}, row {other.number} already")
        if model is Idea and (type(pk) is not int or pk not in NUMBERS):
            raise ValidationError(f"an idea has a number from {NUMBERS[0]} to {NUMBERS[-1]} as its “pk”, not {pk!r}")
        if model is not Idea and pk is not None:
            raise ValidationError("only an idea has a number of its own; leave “pk” out")
        row.draft = model(pk=pk)
        for name, value in item["fields"].items():
            self._fill(row, _field_of(model, name), value)
        _check(row)
        row.key = " ".join(self._part_of_key(row, name) for name in row.key_names)
        if model in COUNTED:
            self.times[model, row.key] += 1
            row.key += f" {self.times[model, row.key]}"
        if other := self._known(self.by_key, model, row.key, row):
            raise ValidationError(f"“{row.key}” is in {other.file}, row {other.number} already")
        self.rows.append(row)

    def _known(self, rows, model, key, row) -> Row | None:
        other = rows.setdefault((model, key), row)
        return other if other is not row else None

    def _fill(self, row, target, value):
        if target.many_to_many:
            if not isinstance(value, list):
                raise ValidationError({target.name: "a list of keys is wanted"})
            row.points_to[target.name] = [self._find(target, key) for key in value]
        elif target.is_relation:
            row.points_to[target.name] = None if value is None else self._find(target, value)
        else:
            setattr(row.draft, target.name, value)
        if target.editable:
            row.names.append(target.name)

    def _find(self, target, key):
        if isinstance(key, list) and len(key) == 1 and isinstance(key[0], str):
            if row := self.to_point_to.get((target.related_model, key[0])):
                return row
        name = target.related_model._meta.verbose_name
        raise ValidationError({target.name: f"no {name} {json.dumps(key, ensure_ascii=False)} stands before this row"})

    def _part_of_key(self, row, name):
        if row.model._meta.get_field(name).is_relation:
            return row.points_to[name].key if row.points_to.get(name) else "-"
        return str(getattr(row.draft, name)) or "-"


def _model_of(item):
    if not isinstance(item, dict) or not isinstance(item.get("fields"), dict) or not isinstance(item.get("model"), str):
        raise ValidationError("a row is an object with “model” and “fields”")
    if unknown := set(item) - {"model", "pk", "fields"}:
        raise ValidationError(f"“{min(unknown)}” means nothing beside “model”, “pk” and “fields”")
    try:
        model = apps.get_model(item["model"])
    except (LookupError, ValueError):
        model = None
    if model is None or not issubclass(model, CatalogueModel):
        raise ValidationError(f"the catalogue has no model “{item['model']}”")
    return model


def _field_of(model, name):
    try:
        found = model._meta.get_field(name)
    except FieldDoesNotExist:
        found = None
    # Of the many-to-many ones only those that Django keeps a table for; citations are rows of their own.
    joined = found is not None and found.many_to_many and not found.auto_created
    if joined and not found.remote_field.through._meta.auto_created:
        joined = False
    if not joined and (found is None or not found.concrete or found.many_to_many or found.name == "id"):
        raise ValidationError(f"{model._meta.verbose_name} has no field “{name}”")
    return found


def _check(row) -> None:
    """What the model says of its fields, but for what takes a query: references are found already, slugs come later."""
    fields = row.model._meta.fields
    for target in fields:
        if target.is_relation and not target.null and row.points_to.get(target.name) is None:
            raise ValidationError({target.name: "it is missing"})
    row.draft.clean_fields(exclude={f.name for f in fields if f.is_relation or f.name == "slug"})
    row.draft.clean()
    if hasattr(row.draft, "derive"):
        row.draft.derive()
    if isinstance(row.draft, Addressable):
        row.draft.slug = row.model._meta.get_field("slug").clean(row.draft.slug, row.draft)
        if not row.draft.slug or row.draft.slug in RESERVED:
            raise ValidationError({"slug": f"“{row.draft.slug}” can’t be one"})
