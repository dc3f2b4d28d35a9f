"""The catalogue as files that editors work on: every section, drafts included, in one moment. For the desk alone."""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from catalogue.exchange.sections import BY_NAME, Section
from catalogue.exchange.workbooks import write_workbook
from catalogue.exports import MARK, harmless
from catalogue.models import Edition
from catalogue.models.edition import read_snapshot

FORMATS = {"xlsx": "Excel (XLSX)", "csv": "CSV", "json": "JSON"}


@dataclass(frozen=True)
class File:
    """A file to be handed out."""

    name: str
    type: str
    content: bytes


def export(sections: list[str], format: str) -> File:
    """These sections as one file. A workbook has a sheet for each and JSON a list; CSV is one table a file, and several
    come in a zip. Raises `Unreadable` for a text that the format can't hold."""
    with read_snapshot():
        edition = Edition.current()
        return _WRITERS[format]([BY_NAME[name]() for name in sections], edition)


def _rows(section: Section) -> Iterator[list[str]]:
    """As cells: none of them a formula, whatever program opens them."""
    yield section.columns
    for noun in section.nouns():
        yield [harmless(cell) for cell in section.cells(noun)]


def _csv(section: Section) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(_rows(section))
    return (MARK + text.getvalue()).encode()


def _csv_file(sections: list[Section], edition: int) -> File:
    if len(sections) == 1:
        return File(f"{sections[0].section}-{edition}.csv", "text/csv; charset=utf-8", _csv(sections[0]))
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for section in sections:
            archive.writestr(f"{section.section}.csv", _csv(section))
    return File(f"good-ideas-{edition}.zip", "application/zip", content.getvalue())


def _xlsx_file(sections: list[Section], edition: int) -> File:
    content = write_workbook((section.section, _rows(section)) for section in sections)
    return File(
        f"good-ideas-{edition}.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", content
    )


def _json_file(sections: list[Section], edition: int) -> File:
    parts = [f'"edition": {edition}']
    for section in sections:
        rows = ",\n".join(json.dumps(section.values(noun), ensure_ascii=False) for noun in section.nouns())
        parts.append(f'"{section.section}": [\n{rows}\n]')
    return File(f"good-ideas-{edition}.json", "application/json", ("{" + ",\n".join(parts) + "}\n").encode())


_WRITERS: dict[str, Callable[[list[Section], int], File]] = {"csv": _csv_file, "xlsx": _xlsx_file, "json": _json_file}
