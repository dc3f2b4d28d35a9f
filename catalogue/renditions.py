"""What becomes of an uploaded picture: judged by its content, turned upright, stripped bare, and made in two sizes.

security: nothing that an editor sends is ever served. What readers get is drawn anew from the pixels, so that neither
a place where a photograph was taken nor a text hidden behind a picture can travel with it.
"""

import re
import zipfile
from dataclasses import dataclass
from io import BytesIO
from threading import Lock

import numpy as np
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps

#: The widths that are made, in pixels; the second is as wide as the picture allows.
NARROW, WIDE = 640, 1280
#: What is taken in: bytes, pixels, and how wide a picture may be for its height.
HEAVIEST, LARGEST, SHAPES = 10_000_000, 40_000_000, (2 / 3, 4)
#: How each format begins. An ending and a media type are only what somebody says of a file.
_SIGNS = {
    "JPEG": re.compile(rb"\xff\xd8\xff"),
    "PNG": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "WEBP": re.compile(rb"RIFF....WEBP", re.DOTALL),
}
# What no picture holds and a page, a program or a document begins with.
_STOWAWAY = re.compile(rb"<\?php|<script|<html|<!doctype", re.IGNORECASE)
# A picture of the largest size takes some hundred megabytes for a second: one at a time.
_drawing = Lock()


@dataclass(frozen=True, slots=True)
class Renditions:
    """A picture as readers get it, in WebP: by width, and the size of the larger one."""

    files: dict[int, bytes]
    width: int
    height: int


def renditions(file) -> Renditions:
    """Both sizes of an uploaded file. A ValidationError says in a sentence why it can't be a picture here."""
    if file.size > HEAVIEST:
        raise ValidationError(_("The file is larger than 10 MB. Save the picture smaller and choose it again."))
    data = file.read()
    kind = next((kind for kind, sign in _SIGNS.items() if sign.match(data)), None)
    if kind is None:
        raise ValidationError(
            _("This is no JPEG, PNG or WebP, whatever it is called. Save the picture as one of them.")
        )
    if _STOWAWAY.search(data) or b"%PDF-" in data[:1024] or zipfile.is_zipfile(BytesIO(data)):
        raise ValidationError(_("Something else is hidden in this picture. Save it anew in a program for pictures."))
    with _drawing:
        picture = _opened(data, kind)
        width, height = min(picture.width, WIDE), picture.height
        files = {size: _drawn(picture, min(size, width)) for size in (NARROW, WIDE)}
        return Renditions(files, width, max(1, round(height * width / picture.width)))


def _opened(data: bytes, kind: str) -> Image.Image:
    """The pixels of a file, upright, in the colours of screens, without anything else."""
    if kind == "WEBP":
        # Pillow makes room for the whole canvas before it says how large that is.
        _judge_size(*_webp_size(data))
    try:
        picture = Image.open(BytesIO(data), formats=[kind])
        _judge_size(*picture.size)
        # A telephone puts smaller copies behind a JPEG; the first is the picture.
        if kind != "JPEG" and getattr(picture, "is_animated", False):
            raise ValidationError(_("This picture moves. Choose one that stands still."))
        picture.load()
        profile = picture.info.get("icc_profile")
        upright = ImageOps.exif_transpose(picture)
        drawn = _in_screen_colours(upright, profile)
    except ValidationError:
        raise
    except Image.DecompressionBombError:
        raise ValidationError(_too_large()) from None
    except Exception:
        # Whoever decodes what somebody broke on purpose may raise anything.
        raise ValidationError(_("The picture is damaged or cut off. Save it anew and choose it again.")) from None
    _judge_shape(*drawn.size)
    return drawn


def _webp_size(data: bytes) -> tuple[int, int]:
    """Width and height as the first part of a WebP tells them (RFC 9649); nothing where it doesn't."""
    sort, body = data[12:16], data[20:30]
    if sort == b"VP8X":
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if sort == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF


def _judge_size(width: int, height: int) -> None:
    if width * height > LARGEST:
        raise ValidationError(_too_large())


def _too_large() -> str:
    return _("The picture has more than %(most)d million pixels. Save it smaller and choose it again.") % {
        "most": LARGEST // 1_000_000
    }


def _judge_shape(width: int, height: int) -> None:
    about = {"width": width, "height": height, "least": NARROW}
    if width < NARROW:
        sentence = _("The picture is %(width)d × %(height)d pixels. Choose one at least %(least)d pixels wide.")
        raise ValidationError(sentence % about)
    if not SHAPES[0] <= width / height <= SHAPES[1]:
        sentence = _(
            "The picture is %(width)d × %(height)d pixels. Crop it: at most half as high again as wide, at most four "
            "times as wide as high."
        )
        raise ValidationError(sentence % about)


def _in_screen_colours(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """As RGB: by its own profile where it has one that can be read; what is transparent becomes white."""
    if picture.mode.startswith(("I", "F")):
        # Sixteen bits a point, of which a screen shows eight.
        picture = Image.fromarray((np.asarray(picture).astype("uint32") >> 8).clip(0, 255).astype("uint8"))
    if picture.has_transparency_data:
        seen = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen).convert("RGB")
    elif picture.mode == "P":
        picture = picture.convert("RGB")
    if profile:
        try:
            own = ImageCms.ImageCmsProfile(BytesIO(profile))
            return ImageCms.profileToProfile(picture, own, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (OSError, ImageCms.PyCMSError):
            # A profile that can't be read says nothing about the colours.
            pass
    return picture.convert("RGB")


def _drawn(picture: Image.Image, width: int) -> bytes:
    """A picture in a width, as WebP; nothing but its pixels goes on the paper."""
    size = width, max(1, round(picture.height * width / picture.width))
    paper = Image.new("RGB", size)
    paper.paste(picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3))
    file = BytesIO()
    paper.save(file, "WEBP", quality=80, method=4)
    return file.getvalue()
