"""What scripts write into the README: each between two marks of its own."""

from pathlib import Path

README = Path(__file__).resolve().parent.parent / "README.md"


def put(text: str, start: str, made: str, end: str) -> str:
    """The text with what was made anew between its marks, each of which stands there once."""
    before, rest = text.split(start)
    _old, after = rest.split(end)
    return f"{before}{start}\n{made}\n{end}{after}"


def write(made) -> None:
    """Writes the README as a function makes it of its present text."""
    README.write_text(made(README.read_text(encoding="utf-8")), encoding="utf-8")
