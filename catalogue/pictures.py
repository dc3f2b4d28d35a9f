"""The picture of an idea, for whoever shows a link to it: its sign, as the page has it, with place, title and themes.

It is made of marks that `scripts/pictures.py` drew once, and of words in the site's own fonts. The same facts give the
same bytes.
"""

import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from io import BytesIO
from itertools import groupby
from pathlib import Path
from threading import Lock

from django.contrib.staticfiles import finders
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw, ImageFont

from catalogue.records import Record

WIDTH, HEIGHT = 1200, 630
MARGIN = TILE = 72
INK = "#1a1714"
#: The second has the letters that the first lacks, as in the style sheet.
FONTS = ("radio-canada-latin", "radio-canada-latin-ext")
#: Weight and width, as the style sheet sets a title and a word.
TITLE, WORD = (700, 76), (600, 100)
#: From where the title ends upwards, there is so much room for it.
TITLE_END, TITLE_HEIGHT = 462, 250
LARGEST, SMALLEST, STEP = 116, 40, 4
LEADING = 1.04
_MARKS = Path(__file__).parent / "marks"
# Drawing is quick, and bounded: one at a time leaves the processor to readers.
_drawing = Lock()


def of_record(record: Record) -> bytes:
    """The picture of an idea, as PNG."""
    return draw(record.title, record.where, tuple((theme.slug, theme.name) for theme in record.themes))


def of_site() -> bytes:
    """The picture of every other page."""
    names = (("work", _("Work")), ("live", _("Live")), ("learn", _("Learn")), ("connect", _("Connect")))
    return draw(_("What cities do to welcome newcomers"), "", (*names, ("plan", _("Plan"))))


@lru_cache(maxsize=128)
def draw(title: str, place: str, themes: tuple[tuple[str, str], ...]) -> bytes:
    """A sign with a title under a place, and over tiles of themes, each given as slug and name."""
    # A title in letters that the fonts don't have is left out: a row of boxes would say nothing.
    title, place = drawable(title), drawable(place)
    if not title:
        title, place = place, ""
    with _drawing:
        picture = Image.open(_MARKS / "sign.png").convert("RGB")
        pen = ImageDraw.Draw(picture)
        size, lines = fitted(title, WIDTH - 2 * MARGIN, TITLE_HEIGHT)
        top = TITLE_END - round(len(lines) * size * LEADING)
        for number, line in enumerate(lines, 1):
            write(pen, line, MARGIN, top + round((number * LEADING - 0.26) * size), size, TITLE)
        if place:
            pen.circle((MARGIN + 13, top - 34), 13, fill=INK)
            write(pen, place, MARGIN + 42, top - 22, narrowed(place, 36, WIDTH - 2 * MARGIN - 42), WORD)
        left = MARGIN
        for slug, name in themes:
            left = put_theme(picture, pen, slug, drawable(name), left)
        file = BytesIO()
        picture.save(file, "PNG", compress_level=6)
    return file.getvalue()


def put_theme(picture: Image.Image, pen: ImageDraw.ImageDraw, slug: str, name: str, left: int) -> int:
    """A theme as tile and word, or as the word alone where it has no tile; says where the next one begins.

    One for which there is no room is left out.
    """
    tile = _MARKS / f"{slug}.png"
    word = left + TILE + 16 if tile.is_file() else left
    if word + length(name, 32, WORD) > WIDTH - MARGIN:
        return WIDTH
    if tile.is_file():
        picture.paste(Image.open(tile).convert("RGB"), (left, HEIGHT - 60 - TILE))
    return round(write(pen, name, word, HEIGHT - 85, 32, WORD)) + 36


def narrowed(text: str, size: int, width: int) -> int:
    """The size, at most `size`, in which a line is no longer than `width`."""
    return min(size, int(size * width / max(1, length(text, size, WORD))))


def fitted(text: str, width: int, height: int) -> tuple[int, list[str]]:
    """The largest size in which a text fits, and its lines; in the smallest, words may be broken."""
    for size in range(LARGEST, SMALLEST, -STEP):
        lines = wrapped(text.split(), size, width)
        if len(lines) * size * LEADING <= height and all(length(line, size, TITLE) <= width for line in lines):
            return size, balanced(lines, size, width)
    pieces = [piece for word in text.split() for piece in broken(word, SMALLEST, width)]
    return SMALLEST, wrapped(pieces, SMALLEST, width)[: int(height / SMALLEST / LEADING)]


def wrapped(words: list[str], size: int, width: float) -> list[str]:
    """Words in lines, each as full as it can be; a word that is too long has a line to itself."""
    lines = words[:1]
    for word in words[1:]:
        longer = f"{lines[-1]} {word}"
        if length(longer, size, TITLE) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def balanced(lines: list[str], size: int, width: int) -> list[str]:
    """The same words in as many lines of nearly one length."""
    words, best = " ".join(lines).split(), lines
    for narrower in range(width, width // 2, -WIDTH // 40):
        tried = wrapped(words, size, narrower)
        if len(tried) > len(lines) or any(length(line, size, TITLE) > narrower for line in tried):
            break
        best = tried
    return best


def broken(word: str, size: int, width: int) -> Iterator[str]:
    """A word in pieces, none of them wider than the picture."""
    while length(word, size, TITLE) > width:
        fits = next(n for n in range(len(word) - 1, 0, -1) if length(word[:n], size, TITLE) <= width)
        yield word[:fits]
        word = word[fits:]
    yield word


def write(pen: ImageDraw.ImageDraw, text: str, left: float, base: float, size: int, style: tuple[int, int]) -> float:
    """Writes a line that begins at `left` and stands on `base`; says where it ends."""
    for font, run in runs(text, size, style):
        pen.text((left, base), run, INK, font, anchor="ls")
        left += font.getlength(run)
    return left


def length(text: str, size: int, style: tuple[int, int]) -> float:
    """How long a line is in pixels."""
    return sum(font.getlength(run) for font, run in runs(text, size, style))


def runs(text: str, size: int, style: tuple[int, int]) -> Iterator[tuple[ImageFont.FreeTypeFont, str]]:
    """A line in pieces, each with the font that has its letters."""
    for name, letters in groupby(text, key=lambda letter: font_of(letter) or FONTS[0]):
        yield font(name, size, style), "".join(letters)


def drawable(text: str) -> str:
    """A text as the fonts can draw it: without rare accents and symbols; empty where a letter itself is missing."""
    drawn = []
    for letter in unicodedata.normalize("NFC", text):
        found = _nearest(letter)
        if not found and unicodedata.category(letter)[0] in "LN":
            return ""
        drawn.append(found)
    return " ".join("".join(drawn).split())


def _nearest(letter: str) -> str:
    """A letter with as many of its accents as the fonts have; empty when they haven't even the letter."""
    parts = unicodedata.normalize("NFKD", letter)
    tries = (letter, *(unicodedata.normalize("NFC", parts[:end]) for end in range(len(parts), 0, -1)))
    return next((found for found in tries if all(font_of(part) for part in found)), "")


@lru_cache(maxsize=4096)
def font_of(letter: str) -> str | None:
    """The name of the font that has a letter, if any: what a font lacks, it draws as it draws what doesn't exist."""
    if letter == " " or not letter.isprintable():
        return FONTS[0] if letter == " " else None
    for name in FONTS:
        probe = font(name, 24, WORD)
        if bytes(probe.getmask(letter)) != bytes(probe.getmask("\U0010ffff")):
            return name
    return None


@cache
def font(name: str, size: int, style: tuple[int, int]) -> ImageFont.FreeTypeFont:
    made = ImageFont.truetype(finders.find(f"fonts/{name}.woff2"), size)
    made.set_variation_by_axes(list(style))
    return made
