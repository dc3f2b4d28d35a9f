"""Rows that come in: judged, and in an act written. Trying and importing are the same pass over the same rows.

Rows are read, judged and written a chunk at a time, so that memory doesn't grow with the file; what is remembered of
each is its number and what names it. Every fault of every row is found. With a single one, nothing is written.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.exchange.columns import Whole, as_written
from catalogue.exchange.known import Known
from catalogue.exchange.sections import ABOUT, BY_NAME, CHUNK, SECTIONS, Ideas, Section
from catalogue.exchange.tables import ABSENT, ROWS, Table
from catalogue.exchange.unreadable import Unreadable
from catalogue.exchange.writing import write
from catalogue.folding import slugify
from catalogue.models import Citation, Edition, Idea, Redirect
from catalogue.models.address import RESERVED, Addressable
from catalogue.models.life import KEPT_FILLED

#: For each table what it holds, and for each of its columns the field that it fills; an empty one is ignored.
Plan = dict[str, dict]


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where. Row 0 is the whole table."""

    table: str
    row: int
    column: str
    sentence: str


@dataclass
class Outcome:
    """What a pass found, or wrote."""

    rows: int = 0
    new: Counter = field(default_factory=Counter)
    changed: Counter = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)

    @property
    def differs(self) -> bool:
        return bool(self.new or self.changed)


class Refused(Exception):
    """Rows that were sound when they were tried no longer are; nothing was written."""

    def __init__(self, outcome: Outcome):
        super().__init__(_("Nothing was written."))
        self.outcome = outcome


Say = Callable[[int], None]


def try_out(
    tables: list[Table], plan: Plan, *, may_publish: bool, say: Say = lambda rows: None, escaped=True
) -> Outcome:
    """What an import would do, and all that stands in its way. It writes nothing."""
    return _Pass(plan, may_publish, None, say, escaped).over(tables)


def perform(
    tables: list[Table],
    plan: Plan,
    *,
    by,
    why: str,
    may_publish: bool,
    key: UUID | None = None,
    say: Say = lambda rows: None,
    escaped=True,
) -> Outcome:
    """Writes all rows in one act, under a key that no other act has.

    Raises `Refused` with every fault when there is one; then nothing is written.
    """
    try:
        with Edition.act(by=by, why=why) as act:
            act.key = key
            outcome = _Pass(plan, may_publish, act, say, escaped).over(tables)
            if outcome.faults:
                raise Refused(outcome)
        return outcome
    except (IntegrityError, ValidationError) as error:
        # Somebody else took a slug or removed a noun while this was written; the next try says which row it is.
        sentences = error.messages if isinstance(error, ValidationError) else str(error).splitlines()
        told = {"error": sentences[0].rstrip(".")}
        fault = Fault("", 0, "", _("The catalogue refused this: %(error)s. Try it again.") % told)
        raise Refused(Outcome(faults=[fault])) from error


class _Pass:
    """One pass over all rows. With an act it writes what is sound as it goes; whoever opened the act undoes it."""

    def __init__(self, plan: Plan, may_publish: bool, act, say: Say, escaped: bool):
        self.plan, self.may_publish, self.act, self.say, self.escaped = plan, may_publish, act, say, escaped
        self.known, self.outcome, self.now = Known(), Outcome(), timezone.now()
        # Ideas to be published, with the row that says so, and those that the file gives a source.
        self.to_publish: dict[str, tuple[str, int, int | None]] = {}
        self.cited: set = set()

    def over(self, tables: list[Table]) -> Outcome:
        order = [section.section for section in SECTIONS]
        planned = [table for table in tables if self.plan.get(table.name, {}).get("section") in BY_NAME]
        for table in sorted(planned, key=lambda table: order.index(self.plan[table.name]["section"])):
            judging = _Judging(self, table, BY_NAME[self.plan[table.name]["section"]]())
            rows = table.rows()
            try:
                while chunk := list(islice(rows, CHUNK)):
                    self.outcome.rows += len(chunk)
                    if self.outcome.rows > ROWS:
                        raise Unreadable(_("There are more than %(most)d rows. Import them in parts.") % {"most": ROWS})
                    judging.take(chunk)
                    self.say(self.outcome.rows)
            except Unreadable as error:
                self.outcome.faults.append(Fault(table.name, 0, "", str(error)))
        self._refuse_unfounded()
        return self.outcome

    def _refuse_unfounded(self) -> None:
        """An idea is published with a source or not at all; the sources stand after the ideas."""
        numbers = [pk for _table, _row, pk in self.to_publish.values() if pk]
        cited = self.cited | set(Citation.objects.filter(idea__in=numbers).values_list("idea", flat=True))
        for slug, (table, row, pk) in self.to_publish.items():
            if (pk is None or pk not in cited) and slug not in cited:
                sentence = _("It can’t be published: name at least one source, in the table of sources.")
                self.outcome.faults.append(Fault(table, row, "status", sentence))


class _Judging:
    """The rows of one table."""

    def __init__(self, whole: _Pass, table: Table, section: Section):
        self.whole, self.table, self.section = whole, table, section
        self.fields = whole.plan[table.name]["columns"]
        self.title_of = {field: title for title, field in self.fields.items() if field}
        # Where each number stood, whose each key is, and which slugs are given away.
        self.rows: dict[int, int] = {}
        self.keys: dict[tuple, object] = section.taken() if section.unique else {}
        self.slugs: dict[str, object] = self._slugs() if issubclass(section.model, Addressable) else {}

    def _slugs(self) -> dict[str, object]:
        model = self.section.model
        folder = model.path_of("")[:-1]
        name = f"{model._meta.model_name}_id"
        led = Redirect.objects.filter(path__startswith=folder).values_list("path", name)
        slugs = {path.removeprefix(folder).strip("/"): pk or "redirect" for path, pk in led}
        return slugs | dict(model._base_manager.values_list("slug", "pk"))

    def fault(self, row: int, field: str, sentence: str) -> None:
        self.whole.outcome.faults.append(Fault(self.table.name, row, self.title_of.get(field, field), sentence))

    def take(self, chunk: list[tuple[int, list]]) -> None:
        rows = [(number, row) for number, cells in chunk if (row := self._row(number, cells)) is not None]
        numbers = {number: self._id(number, row) for number, row in rows}
        there = self.section.find({pk for pk in numbers.values() if pk})
        new, changed = [], []
        for number, row in rows:
            pk = numbers[number]
            if pk is None:
                continue
            if pk and pk not in there:
                told = {"kind": self.section.model._meta.verbose_name, "number": pk}
                sentence = _("There is no %(kind)s with the number %(number)d. Leave it empty for a new one.")
                self.fault(number, "id", sentence % told)
                continue
            if pk and pk in self.rows:
                told = {"row": self.rows[pk]}
                self.fault(number, "id", _("Row %(row)d has this number already.") % told)
                continue
            self.rows[pk] = number
            if noun := self._judge(number, row, there.get(pk)):
                (changed if pk else new).append(noun)
        if self.whole.act and not self.whole.outcome.faults:
            write(self.whole.act, self.section, new, changed, self.whole.now)

    def _row(self, number: int, cells: list) -> dict | None:
        """The cells by field; None when there are more of them than columns."""
        header = self.table.header
        if any(cell not in ("", None, ABSENT) for cell in cells[len(header) :]):
            self.fault(number, "", _("It has more cells than the first row names columns. A text with the delimiter "
                                     "in it needs quotation marks round it."))  # fmt: skip
            return None
        row = {}
        for place, title in enumerate(header):
            field, cell = self.fields.get(title), cells[place] if place < len(cells) else ""
            if field:
                row[field] = as_written(cell) if type(cell) is str and self.whole.escaped else cell
        return row

    def _id(self, number: int, row: dict) -> int | None:
        """The number that a row gives; 0 for a new one, None when it is none."""
        given = row.get("id", "")
        try:
            return Whole(1, 10**15, default=0).clean("" if given is ABSENT else given)
        except ValueError as error:
            self.fault(number, "id", str(error))
            return None

    def _judge(self, number: int, row: dict, noun):
        """The noun as the row has it, if it differs and nothing is wrong with it."""
        section = self.section
        is_new, before = noun is None, section.values(noun) if noun is not None else {}
        noun = section.new() if is_new else noun
        faults = section.fill(noun, row, self.whole.known)
        after = section.values(noun)
        differing = {name for name in after if name not in ABOUT and after[name] != before.get(name)}
        if not is_new and not differing and not faults:
            return None
        skip = set(faults)
        faults = _joined(faults, section.faults(noun, skip))
        faults = _joined(faults, self._version_faults(row, noun))
        if isinstance(noun, Addressable):
            faults = _joined(faults, self._slug_faults(noun, after, faults))
        faults = _joined(faults, self._key_faults(number, noun))
        if not is_new and noun.whole is not noun and before["idea"] != after["idea"]:
            told = {"number": before["idea"]}
            faults = _joined(faults, {"idea": [_("It belongs to idea %(number)d and stays there.") % told]})
        if isinstance(section, Ideas):
            told = self._status_faults(number, noun, "" if is_new else before["status"], after, skip)
            # What is wrong isn't missing besides.
            faults = _joined(faults, {name: sentences for name, sentences in told.items() if name not in skip})
        elif issubclass(section.model, Citation) and getattr(noun, "idea", None):
            self.whole.cited |= {noun.idea.pk, noun.idea.slug}
        for name, sentences in faults.items():
            for sentence in dict.fromkeys(sentences):
                self.fault(number, name, sentence)
        if faults:
            return None
        self.whole.outcome.new[section.section] += is_new
        self.whole.outcome.changed[section.section] += not is_new
        return noun

    def _version_faults(self, row: dict, noun) -> dict[str, list[str]]:
        """security: an import never overwrites what somebody changed since the file was made."""
        given = row.get("version", "")
        if not noun.pk or given in ("", None) or given is ABSENT:
            return {}
        try:
            given = Whole(0, 10**15).clean(given)
        except ValueError as error:
            return {"version": [str(error)]}
        if given >= noun.filed.version:
            return {}
        return {"version": [_("Somebody changed it after this file was exported. Export it again, or take the column "
                              "“version” out to overwrite the change.")]}  # fmt: skip

    def _slug_faults(self, noun, after: dict, faults: dict) -> dict[str, list[str]]:
        """Gives a new noun its slug, and makes what names it known to the rows that follow."""
        mark = noun.pk or noun
        if noun.slug:
            owner = self.slugs.setdefault(noun.slug, mark)
            if owner is not mark and owner != mark:
                return {"slug": [_("“%(slug)s” is, or once was, the address of another. Choose another.") % after]}
        elif noun.pk:
            # As on the desk: left empty, it stays what it was.
            noun.slug = self.section.model._base_manager.values_list("slug", flat=True).get(pk=noun.pk)
        elif faults:
            # It won't be written as it is, and what it lacks may be what a slug is made of.
            noun.slug = slugify(noun.slug_source)
        else:
            noun.slug = next(slug for slug in noun.slug_candidates() if slug not in self.slugs and slug not in RESERVED)
            self.slugs[noun.slug] = noun
        if not noun.pk:
            self.whole.known[self.section.model].add(noun, noun.slug)
        return {}

    def _key_faults(self, number: int, noun) -> dict[str, list[str]]:
        if not isinstance(noun, Addressable) and self.section.unique == ("url",) and not noun.pk and noun.url:
            self.whole.known[self.section.model].add(noun, noun.url)
        key = self.section.key(noun)
        if key is None:
            return {}
        owner = self.keys.setdefault(key, noun.pk or f"row {number}")
        if owner == (noun.pk or f"row {number}"):
            return {}
        field = self.section.unique[0].removesuffix("_id")
        if isinstance(owner, str):
            return {field: [_("Row %(row)s says the same.") % {"row": owner.removeprefix("row ")}]}
        told = {"kind": self.section.model._meta.verbose_name, "number": owner}
        return {field: [_("The %(kind)s with the number %(number)d is this one already. Give its number.") % told]}

    def _status_faults(self, number: int, idea, before: str, after: dict, skip: set[str]) -> dict[str, list[str]]:
        """What a file may do to the life of an idea: begin it as a draft, or publish it. Everything else is a verb."""
        wanted, Status = after["status"], Idea.Status
        before = before or Status.DRAFT
        if wanted == before:
            return {}
        if wanted != Status.PUBLISHED or before != Status.DRAFT:
            told = {"before": Status(before).label}
            sentence = _("It is: %(before)s. An import can make drafts and publish them; all else is done on the desk.")
            return {"status": [sentence % told]}
        if not self.whole.may_publish:
            return {"status": [_("You may not publish ideas. Leave this empty: it becomes a draft.")]}
        needed = [name for name in KEPT_FILLED if not after[name]]
        if not after["city"] and not after["placeless"] and "placeless" not in skip:
            needed.append("city")
        self.whole.to_publish[idea.slug] = (self.table.name, number, idea.pk)
        idea.status, idea.first_published = Status.PUBLISHED, self.whole.now
        return {name: [_("It can’t be published without this.")] for name in needed}


def _joined(one: dict[str, list[str]], other: dict[str, list[str]]) -> dict[str, list[str]]:
    for name, sentences in other.items():
        one.setdefault(name, []).extend(sentences)
    return one
