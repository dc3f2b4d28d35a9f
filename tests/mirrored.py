"""A language for tests alone: every sentence in longer, accented words, written from right to left.

What is seen in plain letters on one of its pages is outside gettext, or content; what breaks is too narrow, or knows
left from right. No installation serves it.
"""

import re
import sys
from pathlib import Path

import polib

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

import messages  # noqa: E402

#: From the codes that ISO 639 leaves to whoever needs one.
CODE = "qaa"
NAME = "Đéřörrïɱ"
_ACCENTS = str.maketrans("aeioucdnrsytAEIOUCDNRSYT", "åéïöúçđñřšýţÅÉÏÖÚÇĐÑŘŠÝŢ")
#: Placeholders, tags, entities and web addresses stay as they are.
_KEPT = re.compile(rf"({messages.PLACEHOLDER.pattern}|<[^>]*>|&\w+;|\S*(?:://|@)\S*|\n)")


def mirrored(sentence: str) -> str:
    """A sentence in this language: as long as those of the longest language, and still to be read."""
    parts = _KEPT.split(sentence)
    told = [part if place % 2 else part.translate(_ACCENTS) for place, part in enumerate(parts)]
    more = " ".join(["ñöþé"] * -(-len(sentence) // 20))
    # A letter is no part of a heading, a name or a format; what begins or ends with a blank is glued to something.
    end = sentence[len(sentence.rstrip()) :]
    return f"{''.join(told).rstrip()} {more}{end}" if len(sentence.strip()) > 2 else sentence


def write(folder: Path) -> None:
    """Writes its catalogue, as Django finds it, under a folder."""
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=UTF-8", "Plural-Forms": messages.PLURALS["de"]}
    for entry in messages.extracted().values():
        if entry.msgid_plural:
            entry.msgstr_plural = {0: mirrored(entry.msgid), 1: mirrored(entry.msgid_plural)}
        else:
            entry.msgstr = mirrored(entry.msgid)
        catalogue.append(entry)
    path = folder / CODE / "LC_MESSAGES" / "django.mo"
    path.parent.mkdir(parents=True)
    path.write_bytes(catalogue.to_binary())


def settings_with(settings, folder: Path) -> dict:
    """The settings of a site that speaks it, too."""
    return {
        "LANGUAGES": [*settings.LANGUAGES, (CODE, NAME)],
        "LANGUAGES_BIDI": [*settings.LANGUAGES_BIDI, CODE],
        "LOCALE_PATHS": [*settings.LOCALE_PATHS, folder],
    }
