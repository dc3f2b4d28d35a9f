"""What a redirect may be: judged before it is saved, one from a form or many from a table."""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import gettext as _

from catalogue.languages import bare
from catalogue.leading import is_noun, noun_at, route_at, spelled
from catalogue.models import Edition, Miss, Page, Redirect
from catalogue.retired import without_site

#: Rows of one table; more would be looked at by nobody.
ROWS = 5_000
COLUMNS = ("path", "to", "note")
_PATH = re.compile(r"/(?!/)[^\s?#\\]*")


def aim(redirect: Redirect, to: str) -> None:
    """Points a redirect to an address of this site: to the noun that stands there, so that it follows the noun."""
    to = to.strip().removeprefix(settings.SITE_URL)
    old = Redirect.objects.find(to) if to.isprintable() else None
    noun = noun_at(spelled(to)) or (old and old.target)
    redirect.to = "" if noun else to
    if noun:
        setattr(redirect, noun.redirect_field, noun)


def old_path(typed: str) -> str:
    """An old path as redirects keep it, from whatever an editor copied: a whole address of either site, or its end.

    Of a language it keeps nothing: what leads on does so in each.
    """
    path = without_site(typed.strip().removeprefix(settings.SITE_URL))
    return spelled(path if "://" in path else bare(f"/{path.removeprefix('/')}"))


def faults(redirect: Redirect, beside: Mapping[str, Redirect] | None = None) -> dict[str, str]:
    """Why it can't be, by field; empty when it can. `beside` are others by path that would be saved with it."""
    found = {}
    if fault := path_fault(redirect.path):
        found["path"] = fault
    if redirect.to and (fault := to_fault(redirect, beside or {})):
        found["to"] = fault
    return found


def path_fault(path: str) -> str:
    if not _PATH.fullmatch(path) or not path.isprintable() or path == "/":
        return _("Give a path from its first slash on, such as /good_idea/a-name/, without a question mark.")
    if len(path) > 300:
        return _("It is longer than 300 characters.")
    if noun := noun_at(path):
        return _("“%(noun)s” stands at this address, which no redirect may hide.") % {"noun": noun}
    # A number that no idea has yet will be some idea's one day.
    if stands(path) or path.startswith(("/i/", settings.STATIC_URL)):
        return _("The site itself answers at this address, which no redirect may hide.")
    return ""


def to_fault(redirect: Redirect, beside: Mapping[str, Redirect]) -> str:
    to = redirect.to
    if not _PATH.fullmatch(to.partition("?")[0]) or not to.isprintable():
        return _("Give a path of this site, such as /about/.")
    if len(to) > 300:
        return _("It is longer than 300 characters.")
    passed, here = [redirect.path], spelled(to)
    while here not in passed:
        onward = beside.get(here) or Redirect.objects.find(here)
        if noun_at(here) or (onward and onward.target):
            return ""
        if onward is None:
            return "" if stands(here) else _("No page stands at %(path)s.") % {"path": here}
        if not onward.to:
            return _("Nothing took the place of what stood at %(path)s.") % {"path": here}
        passed.append(here)
        here = spelled(onward.to)
    if len(passed) == 1:
        return _("It would lead to itself.")
    return _("It would lead in a circle: %(way)s.") % {"way": " → ".join([*passed, here])}


def stands(path: str) -> bool:
    """Whether the map of the site has a page at a path."""
    match = route_at(path.partition("?")[0])
    if match is None or is_noun(path):
        return False
    return match.url_name != "page-detail" or Page.objects.filter(path=bare(path)).exists()


@dataclass
class Row:
    """A line of a table, judged."""

    number: int
    redirect: Redirect
    faults: list[str] = field(default_factory=list)

    @property
    def leads_to(self) -> str:
        return str(self.redirect.target or self.redirect.to or _("nothing took its place"))


@dataclass
class Table:
    """A table of redirects: its rows, and what is wrong with the whole of it."""

    rows: list[Row] = field(default_factory=list)
    fault: str = ""

    @property
    def sound(self) -> bool:
        return bool(self.rows) and not self.fault and not any(row.faults for row in self.rows)

    def save(self, *, by=None, why: str = "") -> int:
        """Makes all of them in one act."""
        with Edition.act(by=by, why=why):
            for row in self.rows:
                row.redirect.save()
            Miss.objects.filter(path__in=[row.redirect.path for row in self.rows]).delete()
        return len(self.rows)


def read(text: str) -> Table:
    """Reads a table as CSV with the columns path, to and note, and judges every row. It writes nothing."""
    lines = csv.DictReader(io.StringIO(text.lstrip("\ufeff")), skipinitialspace=True)
    try:
        columns = [str(name).strip().lower() for name in lines.fieldnames or ()]
        if "path" not in columns or set(columns) - set(COLUMNS):
            return Table(fault=_("The first line has to name the columns: path,to,note. This one says: %(columns)s.")
                         % {"columns": ",".join(columns)[:200] or "–"})  # fmt: skip
        lines.fieldnames = columns
        found = [(lines.line_num, line) for line in lines if any(line.values())]
    except csv.Error as error:
        return Table(fault=_("It can’t be read as CSV: %(error)s.") % {"error": error})
    if not found:
        return Table(fault=_("It has no rows."))
    if len(found) > ROWS:
        return Table(fault=_("It has %(count)d rows; %(most)d at most can be read at once.")
                     % {"count": len(found), "most": ROWS})  # fmt: skip
    rows = [_row(number, line) for number, line in found]
    _judge(rows)
    return Table(rows)


def _row(number: int, line: dict) -> Row:
    values = {name: (line.get(name) or "").strip() for name in COLUMNS}
    row = Row(number, Redirect(path=old_path(values["path"]), note=values["note"]))
    if None in line:
        row.faults.append(_("It has more columns than the first line. Put quotation marks round a text with a comma."))
    if len(values["note"]) > 300:
        row.faults.append(_("The note is longer than 300 characters."))
    if not values["to"] and not values["note"]:
        row.faults.append(_("Say where it leads, or in the note what stood there."))
    aim(row.redirect, values["to"])
    return row


def _judge(rows: list[Row]) -> None:
    paths = [row.redirect.path for row in rows if row.redirect.path.isprintable()]
    known = set(Redirect.objects.filter(path__in=paths).values_list("path", flat=True))
    beside: dict[str, Redirect] = {}
    first: dict[str, int] = {}
    for row in rows:
        path = row.redirect.path
        if path in first:
            row.faults.append(_("Line %(number)d has this path already.") % {"number": first[path]})
        elif path in known:
            row.faults.append(_("This path is among the redirects already. Change it there."))
        first.setdefault(path, row.number)
        beside.setdefault(path, row.redirect)
    for row in rows:
        row.faults += faults(row.redirect, beside).values()
