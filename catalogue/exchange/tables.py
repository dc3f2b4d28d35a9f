"""A file as tables: CSV in any usual encoding, a workbook, JSON, or CSV files in a zip. What it is, is looked for here.

security: whatever somebody uploads is read here first. What it says of its own size is checked before it is opened, and
everything that is read has an end.
"""

import codecs
import csv
import io
import json
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.exchange.unreadable import Unreadable
from catalogue.exchange.workbooks import read_workbook

#: Bytes of a file; ten thousand ideas with their texts are half of it.
LARGEST = 40_000_000
#: Rows of all tables together, columns of one, and bytes in a zip once it is unpacked.
ROWS, COLUMNS, UNPACKED = 100_000, 200, 200_000_000
#: What is none of the others is taken for Windows-1252, and the page says which it was taken for.
ENCODINGS = {
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "cp1252": "Windows-1252",
    "cp1250": "Windows-1250",
}
DELIMITERS = {
    ",": gettext_lazy("comma"),
    ";": gettext_lazy("semicolon"),
    "\t": gettext_lazy("tab"),
    "|": gettext_lazy("bar"),
}
#: Characters of one cell. Python's own limit is 131,072, for the whole process.
csv.field_size_limit(10_000_000)

Row = tuple[int, list]


@dataclass
class Table:
    """One table: its name, the names of its columns, and its rows, each with the number that its program shows."""

    name: str
    header: list[str]
    rows: Callable[[], Iterator[Row]]


@dataclass
class Source:
    """A file that could be read, and how."""

    format: str
    tables: list[Table] = field(default_factory=list)
    encoding: str = ""
    delimiter: str = ""
    #: Bytes once it is unpacked.
    weight: int = 0


def read(data: bytes, name: str, encoding: str = "", delimiter: str = "") -> Source:
    """What a file holds. Raises `Unreadable` with a sentence; rows raise it, too, when reading comes that far."""
    if len(data) > LARGEST:
        raise Unreadable(_("It is larger than %(most)d MB. Import it in parts.") % {"most": LARGEST // 1_000_000})
    if not data.strip():
        raise Unreadable(_("It is empty."))
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(_("It is in Excel’s old format. Save it as “Excel workbook (.xlsx)”."))
    if data.startswith(b"PK"):
        return _read_zip(data)
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[") and not name.lower().endswith((".csv", ".txt", ".tsv")):
        return Source("json", _read_json(data), weight=len(data))
    encoding = encoding or recognised_encoding(data)
    text = _text(data, encoding)
    delimiter = delimiter or recognised_delimiter(text)
    table = _csv_table(PurePosixPath(name).stem, data, encoding, delimiter)
    return Source("csv", [table], encoding, delimiter, len(data))


# CSV


def recognised_encoding(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    # In UTF-16 without its mark every second byte of Western letters is a NUL.
    head = data[:4000]
    if head[1::2].count(0) > len(head) // 4:
        return "utf-16-le"
    if head[0::2].count(0) > len(head) // 4:
        return "utf-16-be"
    try:
        codecs.decode(data, "utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def recognised_delimiter(text: str) -> str:
    """The one that makes most columns of the first line; a comma when none does."""

    def columns(delimiter: str) -> int:
        try:
            return len(next(csv.reader(io.StringIO(text[:20_000], newline=""), delimiter=delimiter), ()))
        except csv.Error:
            return 0

    return max(DELIMITERS, key=columns)


def _text(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        where = getattr(error, "start", 0)
        line = data[:where].count(b"\n") + 1
        told = {"encoding": ENCODINGS.get(encoding, encoding), "line": line}
        sentence = _("It isn’t %(encoding)s: line %(line)d can’t be read. Choose another encoding.")
        raise Unreadable(sentence % told) from None


def _csv_table(name: str, data: bytes, encoding: str, delimiter: str) -> Table:
    def lines() -> Iterator[Row]:
        # Decoded piece by piece: the text of a whole file would stand beside its bytes.
        text = io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline="")
        number, reader = 0, csv.reader(text, delimiter=delimiter, strict=True)
        try:
            for number, cells in enumerate(reader, 1):
                yield number, cells
        except (csv.Error, UnicodeError) as error:
            told = {"number": number + 1, "error": error}
            raise Unreadable(_("From row %(number)d on it can’t be read as CSV: %(error)s.") % told) from None

    return _headed(name, lines)


def _headed(name: str, lines: Callable[[], Iterator[Row]]) -> Table:
    """A table whose first row names its columns; rows that hold nothing are passed over."""

    def rows() -> Iterator[Row]:
        found = lines()
        next(found, None)
        return ((number, cells) for number, cells in found if any(cell not in ("", None) for cell in cells))

    return Table(name, _header(name, next(lines(), (1, []))[1]), rows)


def _header(name: str, cells: list) -> list[str]:
    header = ["" if cell is None else str(cell).strip() for cell in cells]
    while header and not header[-1]:
        header.pop()
    if not header:
        raise Unreadable(_("The first row of “%(table)s” has to name its columns; it is empty.") % {"table": name})
    _refuse_names(name, header)
    if "" in header:
        told = {"table": name, "number": header.index("") + 1}
        raise Unreadable(_("Column %(number)d of “%(table)s” has no name in the first row.") % told)
    if twice := [title for title, times in Counter(header).items() if times > 1]:
        raise Unreadable(_("“%(table)s” names the column “%(column)s” twice.") % {"table": name, "column": twice[0]})
    return header


def _refuse_names(name: str, header: list[str]) -> None:
    if len(header) > COLUMNS:
        raise Unreadable(_("“%(table)s” has more than %(most)d columns.") % {"table": name[:80], "most": COLUMNS})
    if any(not is_text(title) or len(title) > 200 for title in (name, *header)):
        raise Unreadable(_("The name of a table or a column is longer than 200 characters, or holds what no text may."))


def is_text(text: str) -> bool:
    """Whether a database can hold it: it has no NUL and no half of a character."""
    return "\0" not in text and not any("\ud800" <= c <= "\udfff" for c in text)


# Zip: a workbook, or CSV files


def _read_zip(data: bytes) -> Source:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise Unreadable(_("It is damaged and can’t be opened. Save it anew.")) from None
    _refuse_bombs(infos)
    weight = sum(info.file_size for info in infos)
    if "xl/workbook.xml" in {info.filename for info in infos}:
        return Source("xlsx", [_headed(name, lines) for name, lines in read_workbook(data, archive)], weight=weight)
    inner = [info for info in infos if info.filename.lower().endswith(".csv") and not info.is_dir()]
    if not inner or len(inner) > 20:
        raise Unreadable(_("It is neither a workbook (.xlsx) nor a zip of CSV files."))
    tables = []
    for info in inner:
        try:
            part = archive.read(info)
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, ValueError):
            raise Unreadable(_("“%(file)s” in it is damaged and can’t be opened.") % {"file": info.filename}) from None
        encoding = recognised_encoding(part)
        text = _text(part, encoding) if part.strip() else ""
        if not text:
            raise Unreadable(_("“%(file)s” in it is empty.") % {"file": info.filename})
        tables.append(_csv_table(PurePosixPath(info.filename).stem, part, encoding, recognised_delimiter(text)))
    return Source("zip", tables, weight=weight)


def _refuse_bombs(infos: list[zipfile.ZipInfo]) -> None:
    """security: `zipfile` reads no more of a part than the directory says, so the directory can be judged."""
    if len(infos) > 1_000 or sum(info.file_size for info in infos) > UNPACKED:
        told = {"most": UNPACKED // 1_000_000}
        raise Unreadable(_("Unpacked it is larger than %(most)d MB. Import it in parts.") % told)
    # What people write shrinks to a tenth; a small part may be all alike.
    if any(info.file_size > 20_000_000 and info.file_size > 200 * max(info.compress_size, 1) for info in infos):
        raise Unreadable(_("It is packed like nothing that anybody writes, and isn’t opened."))
    if any(info.flag_bits & 1 for info in infos):
        raise Unreadable(_("It is locked with a password. Save it without one."))


# JSON


def _read_json(data: bytes) -> list[Table]:
    try:
        document = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_each_once, parse_constant=_no_number)
    except UnicodeDecodeError:
        raise Unreadable(_("JSON has to be UTF-8.")) from None
    except RecursionError:
        raise Unreadable(_("It is nested too deeply.")) from None
    except ValueError as error:
        raise Unreadable(_("It can’t be read as JSON: %(error)s.") % {"error": error}) from None
    if not isinstance(document, dict):
        raise Unreadable(_("It has to be an object with a list for each kind, such as {“ideas”: [{“title”: “…”}]}."))
    tables = []
    for name, rows in document.items():
        if name in ("edition", "licence"):
            continue
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise Unreadable(_("“%(name)s” has to be a list of objects.") % {"name": name})
        header = list(dict.fromkeys(column for row in rows for column in row))
        _refuse_names(name, header)
        if header:
            tables.append(Table(name, header, _objects(rows, header)))
    return tables


def _objects(rows: list[dict], header: list[str]) -> Callable[[], Iterator[Row]]:
    return lambda: ((number, [row.get(name, ABSENT) for name in header]) for number, row in enumerate(rows, 1))


class _Absent:
    """Stands where an object of JSON doesn't name a field that others name: unlike an empty one, it says nothing."""

    def __repr__(self):
        return ""


ABSENT = _Absent()


def _each_once(pairs):
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for name, times in Counter(name for name, _value in pairs).items() if times > 1)
        raise ValueError(_("“%(name)s” is given twice in one object") % {"name": twice})
    return found


def _no_number(name):
    raise ValueError(_("%(name)s is no number") % {"name": name})
