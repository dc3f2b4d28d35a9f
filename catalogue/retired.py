"""The retired site, Cities of Migration: which shapes its addresses had, and where a copy of each is kept."""

import re
from urllib.parse import quote

SITE = "https://citiesofmigration.ca"
#: The archive shows the copy that is nearest to this year, the last in which the site was whole.
ARCHIVE = "https://web.archive.org/web/2019/"
_SHAPES = re.compile(
    r"/(good_idea|ezine_stories|webinar|good-ideas-in-integration|building-inclusive-cities|[0-9]{4}conference"
    r"|intercambio-de-experiencias-sobre-integracion|uber-cities-of-migration|about-2|wp-content/uploads"
    r"|(19|20)[0-9]{2}/[0-9]{2}/[0-9]{2})(/.*)?",
    re.IGNORECASE | re.DOTALL,
)


def is_retired(path: str) -> bool:
    """Whether a path has the shape of one of that site's."""
    return bool(_SHAPES.fullmatch(path))


def without_site(address: str) -> str:
    """The path of an address of that site; anything else as it is."""
    return re.sub(r"^https?://(www\.)?citiesofmigration\.ca(?=/|$)", "", address, flags=re.IGNORECASE)


def copy_of(path: str) -> str:
    """Where the Internet Archive keeps a page of that site. Only a link: nobody is asked whether it does."""
    folder, _slash, last = path.rstrip("/").rpartition("/")
    # A file, such as a newsletter of 2010, never had a closing slash; a page always had.
    path = f"{folder}/{last}" if "." in last else f"{folder}/{last}/"
    return f"{ARCHIVE}{SITE}{quote(path)}"
