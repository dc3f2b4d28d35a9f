"""Loads the opening collection into any database: what no editor touched follows the files, the rest stays as it is."""

from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import groupby
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.models import Q

from catalogue.collection import NUMBERS, BrokenCollection, Row, plain, read
from catalogue.models import (
    Adaptation,
    Body,
    Citation,
    City,
    Edition,
    Evidence,
    Guide,
    Idea,
    Organisation,
    Page,
    Redirect,
    Seeded,
)
from catalogue.models.address import Addressable
from catalogue.models.page import TEXTS

FOLDER = settings.BASE_DIR / "fixtures"
#: By what else a noun is recognised when it isn't there under its key.
OTHER_KEYS = {City: [("name", "region", "country")], Idea: [("slug",)], Organisation: [("name", "city")]}
#: The parts of an idea. One that an editor made under the same slug gets none of the collection's.
PARTS = (Body, Citation, Evidence, Guide)
#: Fields that say something of others: they follow the files only where those others are the collection's still.
SAID_OF_OTHERS = {(Page, "made_from"): TEXTS}
#: What goes once the collection drops it, if no editor touched it. A noun with an address never does.
DROPPED = (Adaptation, Citation, Evidence, Guide)


def seed(folder: Path = FOLDER, say: Callable[[str], None] = lambda line: None) -> str:
    """Loads a folder of fixtures as one act and says in a line what came of it; `say` is told of each step.

    Raises `BrokenCollection` when anything can't be loaded; then nothing is.
    """
    rows = read(folder)
    say(f"{len(rows)} rows read from {folder.name}/")
    with Edition.act(why="the opening collection") as act:
        if connection.vendor == "postgresql":
            # Two at once would both make everything. SQLite lets in one act at a time.
            with connection.cursor() as cursor:
                cursor.execute(f"LOCK TABLE {Seeded._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")
        seeding = _Seeding(act)
        for model, group in groupby(rows, key=lambda row: row.model):
            before = seeding.counts.copy()
            seeding.load(model, list(group))
            if done := seeding.counts - before:
                say(f"{model._meta.verbose_name_plural}: {_told(done)}")
        seeding.drop(rows)
        seeding.remember()
        keep_numbers_free()
    number = Counter(row.model for row in rows)
    return f"{number[Idea]} ideas from {number[City]} cities: {_told(seeding.counts)}"


def _told(counts):
    return f"{counts['new']} new, {counts['changed']} changed, {counts['kept']} kept as an editor left them"


def keep_numbers_free() -> None:
    """Makes the database number new ideas after those kept for the collection; loaddata and flush forget that."""
    table, last = Idea._meta.db_table, NUMBERS[-1]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"SELECT setval(name, GREATEST(%s, (SELECT max(id) FROM {table}))) "
                f"FROM pg_get_serial_sequence('{table}', 'id') AS name "
                "WHERE COALESCE(pg_sequence_last_value(name::regclass), 0) < %s",
                [last, last],
            )
        else:
            cursor.execute("UPDATE sqlite_sequence SET seq = %s WHERE name = %s AND seq < %s", [last, table, last])


def _label(row):
    return row.model._meta.model_name, row.key


class _Seeding:
    """One run: what was loaded before, and what this run adds to that. Counts are of rows."""

    def __init__(self, act):
        self.act = act
        self.counts = Counter()
        self.seeded = {(seeded.model, seeded.key): seeded for seeded in Seeded.objects.all()}
        self.is_first = not self.seeded
        self.made: set[tuple] = set()
        self.new: list[Seeded] = []
        self.changed: list[Seeded] = []

    def load(self, model, rows: list[Row]) -> None:
        """Brings the rows of one model into the database; what they point to has been brought before them."""
        seeded = {row: self.seeded.get(_label(row)) for row in rows}
        nouns = model._base_manager.in_bulk([known.object_id for known in seeded.values() if known])
        for row, known in seeded.items():
            row.noun = nouns.get(known.object_id) if known else None
        strangers = [row for row in rows if not seeded[row] and self._has_a_place(row)]
        self._recognise(model, strangers, set(nouns))
        held = _held(model, [row.noun for row in rows if row.noun])
        gone = [row for row in rows if seeded[row] and not row.noun]
        for row in rows:
            if row.noun:
                self._follow(row, seeded[row] or self._loaded(row), held)
        self._find_by_old_address(model, gone)
        self.counts["kept"] += len(gone)
        if new := [row for row in strangers if not row.noun]:
            self._make(model, new)

    def drop(self, rows: list[Row]) -> None:
        """Takes away what the collection holds no longer, where no editor touched it."""
        labels = {_label(row) for row in rows}
        dropped = [known for label, known in self.seeded.items() if label not in labels]
        for model in DROPPED:
            left = [known for known in dropped if known.model == model._meta.model_name]
            nouns = model._base_manager.in_bulk([known.object_id for known in left])
            held = _held(model, list(nouns.values()))
            for known in left:
                if known.object_id not in nouns:
                    continue
                noun, blank = nouns[known.object_id], model()
                # Compared in every field that an editor may set, not only in those that the collection gave.
                names = (target.name for target in model._meta.concrete_fields if target.editable)
                if any(held(noun, n) != known.fields.get(n, held(blank, n)) for n in names if n != "id"):
                    self.counts["kept"] += 1
                    continue
                noun.delete()
                known.delete()
                self.counts["changed"] += 1

    def remember(self) -> None:
        Seeded.objects.bulk_create(self.new, batch_size=500)
        Seeded.objects.bulk_update(self.changed, ["fields"], batch_size=500)

    def _loaded(self, row) -> Seeded:
        """Remembers a row as the collection's; one that was there already is thereby adopted, not changed."""
        model, key = _label(row)
        self.new.append(Seeded(model=model, key=key, object_id=row.noun.pk, fields=row.values()))
        return self.new[-1]

    def _has_a_place(self, row) -> bool:
        """Whether what a row belongs to is there, and is the collection's own."""
        targets = [target for name in row.key_names if (target := row.points_to.get(name))]
        return all(target.noun for target in targets) and not (
            row.model in PARTS and row.points_to["idea"].noun.pk != row.points_to["idea"].draft.pk
        )

    def _recognise(self, model, rows, taken: set[int]) -> None:
        """Finds nouns that are there though not remembered: made by an editor, or by loaddata."""
        for names in (rows[0].key_names, *OTHER_KEYS.get(model, ())) if rows else ():
            sought = {row: tuple(_sought(row, name) for name in names) for row in rows if not row.noun}
            there = defaultdict(list)
            first = Q(**{f"{names[0]}__in": {key[0] for key in sought.values()} - {None}})
            if any(key[0] is None for key in sought.values()):
                first |= Q(**{f"{names[0]}__isnull": True})
            for noun in model._base_manager.filter(first).exclude(pk__in=taken).order_by("pk"):
                there[tuple(plain(noun, name) for name in names)].append(noun)
            for row, key in sought.items():
                if there[key]:
                    row.noun = there[key].pop(0)
                    taken.add(row.noun.pk)
        self._find_by_old_address(model, [row for row in rows if not row.noun])
        if faults := [row.fault(fault) for row in rows if row.noun and (fault := _mistaken(row))]:
            raise BrokenCollection(faults)

    def _find_by_old_address(self, model, rows) -> None:
        if rows and issubclass(model, Addressable):
            name = model._meta.model_name
            paths = {model.path_of(row.draft.slug): row for row in rows}
            for redirect in Redirect.objects.filter(path__in=paths).select_related(name):
                paths[redirect.path].noun = getattr(redirect, name)

    def _follow(self, row, seeded, held) -> None:
        """Changes the fields in which the collection has moved on and no editor has changed anything."""
        wanted = row.values()
        present = {name: held(row.noun, name) for name in wanted}
        if wanted != seeded.fields:
            blank = row.model()
            loaded = {name: seeded.fields.get(name, held(blank, name)) for name in wanted}
            names = [name for name in wanted if wanted[name] != present[name] and _follows(row, name, present, loaded)]
            if names:
                present |= self._change(row, names, wanted, loaded)
                self.counts["changed"] += 1
            # Where an editor's value stands, what was loaded stays remembered: going back to it is giving it back.
            fields = {n: wanted[n] if present[n] == wanted[n] else loaded[n] for n in wanted}
            if fields != seeded.fields:
                seeded.fields = fields
                self.changed.append(seeded)
        self.counts["kept"] += present != wanted

    def _change(self, row, names, wanted, loaded) -> dict:
        # Read once more, locked: an editor may have saved it a moment ago.
        noun = row.noun = row.model._base_manager.select_for_update().get(pk=row.noun.pk)
        held = _held(row.model, [noun])
        present = {name: held(noun, name) for name in wanted}
        names = [name for name in names if _follows(row, name, present, loaded)]
        joined = [name for name in names if row.model._meta.get_field(name).many_to_many]
        self.act.watch(noun.whole)
        for name in set(names) - set(joined):
            target = row.model._meta.get_field(name)
            setattr(noun, target.attname, wanted[name] if target.is_relation else getattr(row.draft, name))
        try:
            noun.full_clean()
        except ValidationError as error:
            raise BrokenCollection([row.fault(error)]) from error
        noun.save()
        for name in joined:
            getattr(noun, name).set(wanted[name])
        self.act.touch(noun.whole)
        return present | {name: wanted[name] for name in names}

    def _make(self, model, rows) -> None:
        for row in rows:
            for name, target in row.points_to.items():
                if not isinstance(target, list):
                    setattr(row.draft, name, target.noun if target else None)
            row.noun = row.draft
        nouns = [row.noun for row in rows]
        is_whole = nouns[0].whole is nouns[0]
        # History keeps an idea as it was before it got a part, unless the idea itself is being made.
        touched = {} if is_whole else {noun.whole.pk: noun.whole for noun in nouns if noun.whole.pk not in self.made}
        for noun in touched.values():
            self.act.watch(noun)
        try:
            with transaction.atomic():
                model._base_manager.bulk_create(nouns, batch_size=500)
        except (DatabaseError, ValueError) as error:
            raise BrokenCollection(_refused(rows) or [f"{rows[0].file}: {error}"]) from error
        for name, join, here, there in _joins(model):
            pairs = [(row.noun.pk, other.noun) for row in rows for other in row.points_to.get(name, ())]
            made = [join(**{here: pk, there: other.pk}) for pk, other in pairs if other]
            join.objects.bulk_create(made, batch_size=500)
        if is_whole and self.is_first:
            self.act.touch_made(nouns)
            if model is Idea:
                self.made |= {noun.pk for noun in nouns}
        else:
            for noun in nouns if is_whole else touched.values():
                self.act.touch(noun)
        self.counts["new"] += len(rows)
        for row in rows:
            self._loaded(row)


def _joins(model):
    """For each many-to-many field its name, the model of its table, and that one's columns."""
    for target in model._meta.many_to_many:
        join = target.remote_field.through
        if join._meta.auto_created:
            yield target.name, join, f"{target.m2m_field_name()}_id", f"{target.m2m_reverse_field_name()}_id"


def _held(model, nouns):
    """Reads what the database holds in any field of these nouns, as JSON holds it: one query a many-to-many field."""
    joined = {}
    for name, join, here, there in _joins(model):
        joined[name] = defaultdict(list)
        for pk, other in join.objects.filter(**{f"{here}__in": [n.pk for n in nouns]}).values_list(here, there):
            joined[name][pk].append(other)
    return lambda noun, name: sorted(joined[name][noun.pk]) if name in joined else plain(noun, name)


def _follows(row, name, present, loaded) -> bool:
    """Whether a field is the collection's still, and so is what it speaks of."""
    others = SAID_OF_OTHERS.get((row.model, name), ())
    return all(present.get(each) == loaded.get(each) for each in (name, *others))


def _sought(row, name):
    if row.model._meta.get_field(name).is_relation:
        return row.points_to[name].noun.pk if row.points_to.get(name) and row.points_to[name].noun else None
    return plain(row.draft, name)


def _mistaken(row) -> str:
    """Why what was found under a row's key is another noun; empty when it is the same."""
    noun, draft = row.noun, row.draft
    if row.model is Idea and noun.pk == draft.pk and noun.slug != draft.slug:
        if not Redirect.objects.filter(path=draft.path, idea=noun).exists():
            return f"the number {noun.pk} is taken by “{noun}”, another idea"
    elsewhere = row.model is City and noun.country != draft.country
    if elsewhere or (row.model is Organisation and noun.name != draft.name and noun.city_id != _sought(row, "city")):
        return f"the slug “{draft.slug}” is taken by “{noun}”, another {row.model._meta.verbose_name}"
    return ""


def _refused(rows) -> list[str]:
    """Which of these rows the database refuses, and why, tried one by one."""
    faults = []
    for row in rows:
        try:
            row.draft.validate_constraints()
            with transaction.atomic():
                row.model._base_manager.bulk_create([row.draft])
        except (ValidationError, DatabaseError, ValueError) as error:
            faults.append(row.fault(error if isinstance(error, ValidationError) else str(error).splitlines()[0]))
    return faults
