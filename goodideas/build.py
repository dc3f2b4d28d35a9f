"""Which build of the site this is: a digest of all that a page is made from besides the catalogue."""

import hashlib
from functools import cache
from pathlib import Path

import django
from django.conf import settings

#: What stands in a page, or decides what does.
FOLDERS = ("catalogue", "goodideas", "static", "templates")
ENDINGS = {".css", ".html", ".js", ".json", ".mo", ".py", ".svg", ".txt", ".woff2"}


def build() -> str:
    """The same on every machine with the same files and the same address; another whenever a page may differ."""
    made_from = f"{django.VERSION} {settings.SITE_URL} {settings.HTTPS} {settings.DEBUG} {_files(settings.BASE_DIR)}"
    return hashlib.blake2b(made_from.encode(), digest_size=12).hexdigest()


@cache
def _files(root: Path) -> str:
    """A digest of the files. Once in a process, which goes on with the code that it has read anyway."""
    digest = hashlib.blake2b(digest_size=12)
    for folder in FOLDERS:
        for path in sorted(path for path in Path(root, folder).rglob("*") if path.suffix in ENDINGS):
            digest.update(str(path.relative_to(root)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
