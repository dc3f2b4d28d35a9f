"""How an answer travels: as it is, or compressed in the way that the client asks for."""

import gzip
import re

import brotli

#: Best first.
ENCODINGS = ("br", "gzip")
#: Smaller answers, in bytes, aren't worth it.
LEAST = 500
_COMPRESSIBLE = re.compile(r"text/|application/([\w.+-]+\+)?(json|xml|javascript)|image/svg")


def wanted(accept: str) -> str:
    """The best encoding that an Accept-Encoding header allows; empty for none. RFC 9110, 12.5.3."""
    allowed = {}
    for part in accept.lower().split(","):
        name, _semicolon, rest = part.partition(";")
        allowed[name.strip()] = not re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", rest)
    return next((name for name in ENCODINGS if allowed.get(name, allowed.get("*", False))), "")


def is_compressible(content_type: str, size: int) -> bool:
    return size >= LEAST and _COMPRESSIBLE.match(content_type) is not None


def compressed(content: bytes, encoding: str) -> bytes:
    """The same bytes for the same content, whenever and wherever it is compressed: an ETag stands for them."""
    if encoding == "br":
        return brotli.compress(content, mode=brotli.MODE_TEXT, quality=5)
    return gzip.compress(content, compresslevel=6, mtime=0)
