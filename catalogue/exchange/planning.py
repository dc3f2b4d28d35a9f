"""Which table of a file is which, and which of its columns fills which field: guessed by name, decided by a person."""

from django.utils.translation import gettext as _

from catalogue.exchange.importing import Plan
from catalogue.exchange.sections import SECTIONS, Section
from catalogue.exchange.tables import Table
from catalogue.folding import flat


def guess(tables: list[Table]) -> Plan:
    """A plan in which a column whose name says nothing is None: somebody has to decide."""
    plan, left = {}, [section.section for section in SECTIONS]
    for table in tables:
        section = _section_of(table)
        if section and section.section in left:
            left.remove(section.section)
            plan[table.name] = {"section": section.section, "columns": guess_columns(table, section)}
        else:
            plan[table.name] = {"section": None, "columns": {}}
    return plan


def _section_of(table: Table) -> type[Section] | None:
    """By its name; else by its columns, where most of them say so."""
    for section in SECTIONS:
        if flat(table.name).split(" ")[0] == section.section:
            return section
    told = {section: sum(found is not None for found in guess_columns(table, section).values()) for section in SECTIONS}
    best = max(SECTIONS, key=told.__getitem__)
    return best if 2 * told[best] > len(table.header) else None


def labels(section: type[Section]) -> dict[str, str]:
    """The columns of a section with what the desk calls them."""
    found, own = {}, section.model._meta
    fields = {field.name: field for field in [*own.concrete_fields, *own.many_to_many]}
    for name in section().columns:
        field = fields.get(name)
        found[name] = str(field.verbose_name) if field is not None and name != "id" else name.replace("_", " ")
    return found


def guess_columns(table: Table, section: type[Section]) -> dict[str, str | None]:
    """For each column the field that is called so, in any case and spacing; each field once."""
    words = {}
    for name, label in labels(section).items():
        words.setdefault(flat(name.replace("_", " ")), name)
        words.setdefault(flat(label), name)
    given, found = set(), {}
    for title in table.header:
        field = words.get(flat(title.replace("_", " ")))
        found[title] = field if field not in given else None
        given.add(field)
    return found


def faults(plan: Plan, tables: list[Table]) -> list[str]:
    """What is undecided in a plan, as sentences."""
    found, used = [], {}
    for table in tables:
        planned = plan.get(table.name, {})
        name = planned.get("section")
        if name is None:
            found.append(_("Say what the table “%(table)s” holds, or that it is left out.") % {"table": table.name})
        if not name:
            continue
        if name in used:
            told = {"table": table.name, "other": used[name], "section": name}
            found.append(_("“%(table)s” and “%(other)s” can’t both hold %(section)s.") % told)
        used[name] = table.name
        filled: dict[str, str] = {}
        for title in table.header:
            field = planned["columns"].get(title)
            if field is None:
                told = {"column": title, "table": table.name}
                found.append(_("Say what the column “%(column)s” of “%(table)s” is, or that it is ignored.") % told)
            elif field and field in filled:
                told = {"column": title, "other": filled[field], "field": field}
                found.append(_("“%(column)s” and “%(other)s” can’t both be “%(field)s”.") % told)
            elif field:
                filled[field] = title
    if not used and not found:
        found.append(_("Nothing would be imported: every table is left out."))
    return found
