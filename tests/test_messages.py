"""Every sentence that a reader or an editor sees can be translated, and what was translated fits its sentence."""

import ast
import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import polib
import pytest
from django.template.base import Lexer, TokenType

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

import messages  # noqa: E402

LANGUAGES = tuple(messages.PLURALS)
_LETTERS = re.compile(r"[^\W\d_]{2,}")
#: Attributes that somebody reads or hears.
TOLD = {"title", "aria-label", "alt", "placeholder", "summary", "label", "content"}
#: What is the same in every language.
NAMES = re.compile(r"\b(UTC)\b")
#: Classes of the body, which Django has its templates write as text.
_CLASSES = re.compile(r"{% block bodyclass %}.*?{% endblock.*?%}", re.DOTALL)


def parsed(language: str) -> polib.POFile:
    return polib.pofile(str(messages.catalogue_of(language)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_holds_the_sentences_that_there_are(language):
    written = messages.catalogue_of(language).read_text(encoding="utf-8")
    assert written == f"{messages.renewed(language)}\n", "run: python scripts/messages.py"


@pytest.mark.parametrize("language", LANGUAGES)
def test_compiled_catalogue_is_that_of_its_source(language):
    path = messages.catalogue_of(language).with_suffix(".mo")
    assert path.read_bytes() == messages.compiled(parsed(language)), "run: python scripts/messages.py"


def placeholders(text: str) -> list[str]:
    return sorted(messages.PLACEHOLDER.findall(text) + re.findall(r"</?\w+[^>]*>", text))


def misfits(entry: polib.POEntry) -> list[str]:
    """The translations of a sentence whose placeholders or tags aren't those of one of its forms."""
    wanted = [placeholders(text) for text in (entry.msgid, entry.msgid_plural) if text]
    given = [entry.msgstr, *entry.msgstr_plural.values()]
    return [text for text in given if text and placeholders(text) not in wanted]


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_the_placeholders_of_their_sentence(language):
    assert {entry.msgid: wrong for entry in parsed(language) if (wrong := misfits(entry))} == {}


@pytest.mark.parametrize(
    ("said", "fits"),
    [("%(count)d idées", True), ("%(nombre)d idées", False), ("Des idées", False), ("%(count)s idées", False)],
)
def test_translation_with_other_placeholders_is_found(said, fits):
    entry = polib.POEntry(msgid="%(count)d idea", msgid_plural="%(count)d ideas", msgstr_plural={0: said, 1: said})
    assert (misfits(entry) == []) == fits


# Templates


def without_sentences(template: str) -> str:
    """A template with nothing of what is translated or computed: what is left stands there for every language."""
    left, inside = [], ""
    for token in Lexer(template).tokenize():
        name = token.contents.split()[0] if token.token_type == TokenType.BLOCK else ""
        if inside:
            inside = "" if name == f"end{inside}" else inside
        elif name in {"blocktranslate", "blocktrans", "comment", "verbatim"}:
            inside = name
        elif token.token_type == TokenType.TEXT:
            left.append(token.contents)
        elif token.token_type != TokenType.COMMENT:
            # In the place of what it writes, so that what surrounds it stays what it is.
            left.append("·")
    return "".join(left)


class Told(HTMLParser):
    """Gathers what a page says: its texts, and the attributes that somebody reads or hears."""

    SILENT = {"script", "style", "code", "pre"}

    def __init__(self):
        super().__init__()
        self.open, self.said = [], []

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        told = set(TOLD)
        if tag == "meta" and not (values.get("name") == "description" or "og:" in (values.get("property") or "")):
            told.discard("content")
        if tag == "meta" and values.get("property") in {"og:type", "og:image:type"}:
            told.discard("content")
        if tag == "input" and values.get("type") in {"submit", "button", "reset"}:
            told.add("value")
        self.said += [value for name, value in attributes if name in told and value]
        self.open.append(tag)

    def handle_endtag(self, tag):
        if tag in self.open:
            del self.open[len(self.open) - 1 - self.open[::-1].index(tag) :]

    def handle_data(self, data):
        if not self.SILENT & set(self.open):
            self.said.append(data)


def untranslated(template: str) -> list[str]:
    told = Told()
    told.feed(without_sentences(_CLASSES.sub("", template)))
    return [" ".join(text.split()) for text in told.said if _LETTERS.search(NAMES.sub("", text))]


def test_no_text_in_a_template_is_outside_gettext():
    templates = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "templates" / "mail").glob("*.txt")]
    said = {path.relative_to(ROOT).as_posix(): untranslated(path.read_text(encoding="utf-8")) for path in templates}
    assert len(said) > 100
    assert {name: texts for name, texts in said.items() if texts} == {}


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("<p>Hello</p>", ["Hello"]),
        ('<p>{% translate "Hello" %}</p>', []),
        ('<img alt="A map" src="x.png">', ["A map"]),
        ("{% blocktranslate %}Hello <b>you</b>{% endblocktranslate %} there", ["there"]),
        ('<a title="{{ title }}" class="btn">{{ label }}</a>', []),
        ('<input type="submit" value="Send">', ["Send"]),
    ],
)
def test_text_outside_gettext_is_found(template, said):
    assert untranslated(template) == said


# Python

#: Calls whose arguments are told to somebody, and the names of arguments and attributes that are.
TELLS = {"ValidationError", "Http404", "Notice", "Ref", "Fact", "add_error", "leave_out", "message_user", "success"}
TELLS |= {"warning_to", "refused"}
TOLD_BY_NAME = {"help_text", "verbose_name", "verbose_name_plural", "label", "short_description", "description"}
TOLD_BY_NAME |= {"error_messages", "empty_label", "empty_value_display", "site_header", "site_title", "index_title"}


def is_sentence(node: ast.AST) -> bool:
    """Whether a node is a text for people: it has a capital first, or several words."""
    text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
    return bool(re.match(r"[“A-Z][a-z’]+( |$)", text)) or bool(re.search(r"[a-z]{2,} [a-z]{2,}", text))


def bare_sentences(source: str) -> list[str]:
    """The texts of a module that are told to somebody and aren't marked for translation."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            told = [value.value for value in node.keywords if value.arg in TOLD_BY_NAME and name != "ArgumentParser"]
            told += node.args if name in TELLS else []
        elif isinstance(node, ast.Assign):
            names = {getattr(target, "attr", getattr(target, "id", "")) for target in node.targets}
            told = [node.value] if names & TOLD_BY_NAME else []
        elif isinstance(node, ast.ClassDef) and any(getattr(base, "attr", "") == "TextChoices" for base in node.bases):
            values = [part.value for part in node.body if isinstance(part, ast.Assign)]
            told = [value.elts[1] for value in values if isinstance(value, ast.Tuple)]
        else:
            continue
        found += [part.value for one in told for part in parts(one) if is_sentence(part)]
    return found


def parts(node: ast.AST) -> list[ast.AST]:
    """A node and what it is put together from, but for what is marked."""
    if isinstance(node, ast.Call):
        return []
    if isinstance(node, ast.JoinedStr | ast.BinOp | ast.IfExp | ast.List | ast.Tuple | ast.Dict):
        return [part for child in ast.iter_child_nodes(node) for part in parts(child)]
    return [node]


def test_no_sentence_in_python_is_outside_gettext():
    # What `seed` says of a file that is wrong is for whoever wrote the file, beside names that are English.
    silent = {"migrations", "management", "collection.py"}
    modules = [path for path in (ROOT / "catalogue").rglob("*.py") if not silent & {*path.parts}]
    said = {path.relative_to(ROOT).as_posix(): bare_sentences(path.read_text(encoding="utf-8")) for path in modules}
    assert {name: texts for name, texts in said.items() if texts} == {}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('raise ValidationError("Give a year.")', ["Give a year."]),
        ('raise ValidationError(_("Give a year."))', []),
        ('field(help_text="As it stands.")', ["As it stands."]),
        ('site.site_header = "Good Ideas"', ["Good Ideas"]),
        ('class Kind(models.TextChoices):\n    IDEA = "idea", "An idea"', ["An idea"]),
        ('class Kind(models.TextChoices):\n    IDEA = "idea", _("An idea")', []),
    ],
)
def test_sentence_outside_gettext_is_found(source, said):
    assert bare_sentences(source) == said


# Complete


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_translated_and_none_is_in_doubt(language):
    catalogue = parsed(language)
    assert [entry.msgid for entry in catalogue.untranslated_entries()] == []
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []
