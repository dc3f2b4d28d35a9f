"""Workbooks (XLSX), read row by row and written row by row."""

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time

from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from catalogue.exchange.unreadable import Unreadable

#: Characters that a cell of Excel holds; what is longer is cut there without a word.
LONGEST_CELL = 32_767
#: Cells of all sheets together, empty ones between others included.
CELLS = 5_000_000
_DECLARES = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


class Formula(str):
    """A cell that holds a formula: what it comes to isn't known here."""


def read_workbook(data: bytes, archive: zipfile.ZipFile) -> list[tuple[str, Callable[[], Iterator[tuple[int, list]]]]]:
    """Each sheet that holds something: its name, and a function that gives its rows from the first on."""
    _refuse_entities(archive)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    except Exception:
        # openpyxl meets a damaged file with whatever error comes first.
        raise Unreadable(_("It can’t be read as a workbook. Save it anew as “Excel workbook (.xlsx)”.")) from None
    sheets = [sheet for sheet in book.worksheets if _is_filled(sheet)]
    if not sheets:
        raise Unreadable(_("The workbook holds no table."))
    count = [0]
    return [(sheet.title, _lines(sheet, count)) for sheet in sheets]


def _refuse_entities(archive: zipfile.ZipFile) -> None:
    """security: no part of a workbook declares a document type or entities; one that does is made to harm."""
    for info in archive.infolist():
        if not info.filename.lower().endswith((".xml", ".rels", ".vml")):
            continue
        try:
            with archive.open(info) as part:
                before = part.read(4)
                # Whoever writes XML in UTF-16 could hide from the search below; no program for tables does.
                if before[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in before:
                    raise Unreadable(_("It isn’t written as workbooks are, and isn’t opened."))
                while piece := part.read(1_000_000):
                    if _DECLARES.search(before + piece):
                        raise Unreadable(_("It declares entities, which no workbook needs, and isn’t opened."))
                    before = piece[-10:]
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError) as error:
            raise Unreadable(_("It is damaged and can’t be opened. Save it anew.")) from error


def _is_filled(sheet) -> bool:
    return next(_lines(sheet, [0])(), None) is not None


def _lines(sheet, count: list[int]) -> Callable[[], Iterator[tuple[int, list]]]:
    def lines():
        count[0] = 0
        try:
            sheet.reset_dimensions()
            for number, cells in enumerate(sheet.iter_rows(), 1):
                count[0] += len(cells)
                if count[0] > CELLS:
                    told = {"sheet": sheet.title, "most": CELLS}
                    raise Unreadable(_("“%(sheet)s” has more than %(most)d cells, most of them empty perhaps.") % told)
                yield number, [_value(cell) for cell in cells]
        except Unreadable:
            raise
        except Exception as error:
            raise Unreadable(_("The sheet “%(sheet)s” is damaged.") % {"sheet": sheet.title}) from error

    return lines


def _value(cell):
    """What a cell holds, as CSV would say it."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return Formula(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    # Excel writes the end of a line typed on Windows so.
    return str(value).replace("_x000D_\n", "\n").replace("_x000D_", "\n")


def write_workbook(sheets: Iterable[tuple[str, Iterable[list[str]]]]) -> bytes:
    """A workbook with these sheets. Raises `Unreadable` for a text that a cell can't hold."""
    book = Workbook(write_only=True)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for number, cells in enumerate(rows, 1):
            if text := next((cell for cell in cells if isinstance(cell, str) and not _fits(cell)), ""):
                told = {"sheet": title, "number": number, "text": text[:40]}
                sentence = _("No cell of a workbook holds “%(text)s…” (%(sheet)s, row %(number)d). Export CSV or JSON.")
                sheet.close()
                raise Unreadable(sentence % told)
            sheet.append(cells)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _fits(text: str) -> bool:
    return len(text) <= LONGEST_CELL and "\r" not in text and not ILLEGAL_CHARACTERS_RE.search(text)
