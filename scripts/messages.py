"""Gathers what has to be translated from Python and templates, and compiles what was translated.

`python scripts/messages.py` writes catalogue/locale/<language>/LC_MESSAGES/django.po anew, keeping every translation of
a sentence that still stands somewhere, and compiles each beside it. It needs nothing that isn't Python.
"""

import ast
import re
from pathlib import Path

import polib
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "catalogue" / "locale"
#: How each language counts.
PLURALS = {
    "fr": "nplurals=2; plural=(n > 1);",
    "de": "nplurals=2; plural=(n != 1);",
    "es": "nplurals=2; plural=(n != 1);",
}
FOLDERS = ("catalogue", "goodideas", "templates")
#: What marks a sentence, with what each of its first arguments is.
MARKS = {
    "_": ("id",),
    "gettext": ("id",),
    "gettext_lazy": ("id",),
    "gettext_noop": ("id",),
    "ngettext": ("id", "plural"),
    "ngettext_lazy": ("id", "plural"),
    "pgettext": ("context", "id"),
    "pgettext_lazy": ("context", "id"),
    "npgettext": ("context", "id", "plural"),
    "npgettext_lazy": ("context", "id", "plural"),
}
_MARKED = re.compile(r"(?<![\w.])(_|n?p?gettext(?:_lazy|_noop)?)\(")
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[-+ 0#]*\d*(?:\.\d+)?[diouxXeEfFgGcrsa%]|\{\w*\}")

#: A sentence is known by its context and its words.
Key = tuple[str | None, str]


def sources() -> list[Path]:
    found = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()]
    return sorted(path for path in found if path.suffix in (".py", ".html", ".txt", ".xml"))


def calls(path: Path) -> list[ast.Call]:
    """Every call in a file that marks a sentence, in order."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        nodes = ast.walk(ast.parse(text))
        found = [node for node in nodes if isinstance(node, ast.Call) and _name(node) in MARKS]
        return sorted(found, key=lambda node: (node.lineno, node.col_offset))
    # Django writes the sentences of a template as calls, and crosses out all else.
    return [ast.parse(call, mode="eval").body for call in _whole_calls(templatize(text, origin=str(path)))]


def _name(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _whole_calls(text: str) -> list[str]:
    """Each call in a text that is no Python as a whole: to the first bracket with which it parses."""
    found = []
    for match in _MARKED.finditer(text):
        end = text.find(")", match.end())
        while end >= 0:
            try:
                ast.parse(text[match.start() : end + 1], mode="eval")
            except SyntaxError:
                end = text.find(")", end + 1)
            else:
                found.append(text[match.start() : end + 1])
                break
    return found


def extracted() -> dict[Key, polib.POEntry]:
    """Every sentence of the site with its places, in the order in which a reader of the sources meets it."""
    entries: dict[Key, polib.POEntry] = {}
    for path in sources():
        place = path.relative_to(ROOT).as_posix()
        for call in calls(path):
            parts = {}
            for part, argument in zip(MARKS[_name(call)], call.args, strict=False):
                if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
                    raise SystemExit(f"{place}, line {call.lineno}: only a sentence as it stands can be translated.")
                parts[part] = argument.value
            key = parts.get("context"), parts["id"]
            entry = entries.setdefault(key, polib.POEntry(msgid=parts["id"], msgctxt=parts.get("context")))
            if "plural" in parts:
                entry.msgid_plural = parts["plural"]
            if (place, "") not in entry.occurrences:
                entry.occurrences.append((place, ""))
            if PLACEHOLDER.search(parts["id"]) and "%" in parts["id"] and "python-format" not in entry.flags:
                entry.flags.append("python-format")
    return entries


def catalogue_of(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def renewed(language: str) -> polib.POFile:
    """The catalogue of a language with the sentences that there are now; what was translated stays so."""
    path = catalogue_of(language)
    known = {}
    if path.exists():
        known = {(entry.msgctxt, entry.msgid): entry for entry in polib.pofile(str(path)) if not entry.obsolete}
    catalogue = polib.POFile(wrapwidth=110)
    catalogue.metadata = {
        "Project-Id-Version": "Good Ideas",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURALS[language],
    }
    for key, entry in extracted().items():
        was = known.get(key)
        if entry.msgid_plural:
            kept = was.msgstr_plural if was and was.msgid_plural else {}
            entry.msgstr_plural = {number: kept.get(number, "") for number in (0, 1)}
        elif was:
            entry.msgstr = was.msgstr
        if was:
            entry.tcomment = was.tcomment
            entry.flags += [flag for flag in was.flags if flag == "fuzzy"]
            if was.msgid_plural != entry.msgid_plural:
                entry.flags.append("fuzzy")
        catalogue.append(entry)
    return catalogue


def compiled(catalogue: polib.POFile) -> bytes:
    """What a program reads: the translations that are whole."""
    return catalogue.to_binary()


def write(language: str) -> polib.POFile:
    path = catalogue_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue = renewed(language)
    path.write_bytes(f"{catalogue}\n".encode())
    path.with_suffix(".mo").write_bytes(compiled(catalogue))
    return catalogue


if __name__ == "__main__":
    for language in PLURALS:
        written = write(language)
        print(
            f"{language}: {len(written)} sentences, of which {len(written.untranslated_entries())} aren't translated."
        )
