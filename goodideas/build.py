"""Which build of the site this is: a digest of all that a page is made from besides the catalogue."""

import hashlib
from pathlib import Path

import django
from django.conf import settings

#: What stands in a page, or decides what does.
FOLDERS = ("catalogue", "goodideas", "static", "templates")
ENDINGS = {".css", ".html", ".js", ".json", ".mo", ".py", ".svg", ".txt", ".woff2"}


def build() -> str:
    """The same on every machine with the same files and the same address; another whenever a page may differ."""
    digest = hashlib.blake2b(digest_size=12)
    digest.update(f"{django.VERSION} {settings.SITE_URL} {settings.HTTPS} {settings.DEBUG}".encode())
    for folder in FOLDERS:
        for path in sorted(path for path in Path(settings.BASE_DIR, folder).rglob("*") if path.suffix in ENDINGS):
            digest.update(str(path.relative_to(settings.BASE_DIR)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
