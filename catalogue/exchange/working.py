"""What becomes of an uploaded file: read, tried, written. A small one at once, a large one when `tick` comes to it."""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice

from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.exchange import planning
from catalogue.exchange.importing import Fault, Outcome, Refused, perform, try_out
from catalogue.exchange.tables import Source, Table, is_text, read
from catalogue.exchange.unreadable import Unreadable
from catalogue.models import Act, Import, ImportFault, ImportFile
from catalogue.models.imported import SILENCE

logger = logging.getLogger(__name__)

State = Import.State
#: A file of so many bytes, unpacked, is worked on while its editor waits: some seconds.
AT_ONCE = 2_000_000
#: Rows that the page about the columns shows, and characters of a cell there.
SHOWN, CELL = 3, 80
#: Faults that are kept; how many there are is told in any case.
FAULTS = 20_000


def upload(data: bytes, name: str, *, by) -> Import:
    """Keeps a file that can be read, with a guess of what it holds. Raises `Unreadable`."""
    source = read(data, name)
    return Import.keep(data, name=name[:200], by=by, plan=planning.guess(source.tables), **_about(source))


def read_again(made: Import, encoding: str, delimiter: str) -> None:
    """Reads it in another encoding or with another delimiter, and guesses anew. Raises `Unreadable`."""
    source = read(made.data, made.name, encoding, delimiter)
    plan = planning.guess(source.tables)
    made.move(Import.OPEN, State.UPLOADED, plan=plan, **_about(source))


def _about(source: Source) -> dict:
    tables = [{"name": table.name, "header": table.header, "sample": _sample(table)} for table in source.tables]
    told = {"format": source.format, "encoding": source.encoding, "delimiter": source.delimiter}
    return told | {"weight": source.weight, "tables": tables}


def _sample(table: Table) -> list[list[str]]:
    rows = [cells for _number, cells in islice(table.rows(), SHOWN)]
    return [[_shown(cell) for cell in cells] for cells in rows]


def _shown(cell) -> str:
    text = "" if cell is None else str(cell)
    return text[:CELL] if is_text(text[:CELL]) else "?"


def tables_of(made: Import) -> list[Table]:
    """Its tables by name and columns, without their rows: what a plan is judged by."""
    return [Table(table["name"], table["header"], lambda: iter(())) for table in made.tables]


def perform_due(now: datetime) -> Iterator[str]:
    """Tries and writes what waits, one after the other."""
    for made in list(Import.objects.due(now)):
        if line := work(made):
            yield line


def work(made: Import, say: Callable[[int], None] = lambda rows: None) -> str:
    """Tries a file that waits to be tried, writes one that waits to be written; says what came of it.

    Of two that come at once, one does it and the other finds nothing to do.
    """
    beat_at = timezone.now()
    if made.move((State.TO_TRY,), State.TRYING, beat_at=beat_at, rows=0) or _taken_over(made, State.TRYING):
        return _carried_through(made, _try, say)
    if made.move((State.TO_WRITE,), State.WRITING, beat_at=beat_at) or _taken_over(made, State.WRITING):
        return _carried_through(made, _write, say)
    return ""


def _taken_over(made: Import, state: str) -> bool:
    """Whether it was left in the middle by somebody who is silent, and is ours now."""
    left = Import.objects.filter(pk=made.pk, state=state, beat_at__lt=timezone.now() - SILENCE)
    return bool(left.update(beat_at=timezone.now()))


def _carried_through(made: Import, do, say) -> str:
    """Whatever goes wrong is told where its editor looks for it; a file never stays half worked on."""
    try:
        return do(made, say)
    except Unreadable as error:
        fault = Fault("", 0, "", str(error))
    except OperationalError:
        # The database was busy or away: `tick` tries again, in the same state as before.
        made.move(Import.WORKING, State.TO_TRY if do is _try else State.TO_WRITE)
        raise
    except Exception:
        logger.exception("Import %d couldn’t be worked on.", made.pk)
        fault = Fault("", 0, "", _("It couldn’t be worked on, through a fault of ours. Nothing was written."))
    return _tell(made, Outcome(faults=[fault]))


def _try(made: Import, say) -> str:
    def beat(rows):
        made.beat(rows)
        say(rows)

    outcome = try_out(_source(made).tables, made.plan, may_publish=_may_publish(made), say=beat, escaped=_escaped(made))
    return _tell(made, outcome)


def _write(made: Import, say) -> str:
    if Act.objects.filter(key=made.key).exists():
        # Written by somebody who died before saying so.
        return _done(made)
    if not (made.by and made.by.is_active and made.by.has_perm("catalogue.add_import")):
        sentence = _("Whoever asked for it may import no more. Nothing was written.")
        return _tell(made, Outcome(faults=[Fault("", 0, "", sentence)]))
    try:
        outcome = perform(
            _source(made).tables,
            made.plan,
            by=made.by,
            why=made.why,
            key=made.key,
            may_publish=_may_publish(made),
            say=say,
            escaped=_escaped(made),
        )
    except Refused as refused:
        return _tell(made, refused.outcome)
    made.rows, made.new, made.changed = outcome.rows, dict(outcome.new), dict(outcome.changed)
    made.save(update_fields=["rows", "new", "changed"])
    return _done(made)


def _tell(made: Import, outcome: Outcome) -> str:
    """Keeps what a try found."""
    with transaction.atomic():
        made.faults.all().delete()
        ImportFault.objects.bulk_create(
            (
                ImportFault(of=made, table=f.table[:200], row=f.row, column=f.column[:200], sentence=f.sentence)
                for f in outcome.faults[:FAULTS]
            ),
            batch_size=500,
        )
        made.move(
            Import.WORKING,
            State.FAULTY if outcome.faults else State.SOUND,
            rows=outcome.rows,
            fault_count=len(outcome.faults),
            new=dict(+outcome.new),
            changed=dict(+outcome.changed),
        )
    return f"{made.name}: {outcome.rows} rows, {len(outcome.faults)} faults"


def _done(made: Import) -> str:
    with transaction.atomic():
        made.move(Import.WORKING, State.DONE)
        # The rows are in the catalogue and its history now.
        ImportFile.objects.filter(of=made).delete()
    return f"{made.name}: imported, {made.rows} rows"


def forget_files(now: datetime) -> Iterator[str]:
    """Forgets what was uploaded a week ago and never imported."""
    _all, deleted = Import.objects.outdated(now).delete()
    if number := deleted.get("catalogue.Import", 0):
        yield f"Uploaded files forgotten, since they were never imported: {number}"


def _source(made: Import) -> Source:
    return read(made.data, made.name, made.encoding, made.delimiter)


def _may_publish(made: Import) -> bool:
    return bool(made.by and made.by.has_perm("catalogue.change_idea"))


def _escaped(made: Import) -> bool:
    """Whether an apostrophe stands before what a spreadsheet would take for a formula."""
    return made.format != "json"
