"""Pictures for tests, drawn on the spot: plain ones, and those that somebody made with something else in mind."""

import struct
import zlib
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageCms


def drawn(kind="JPEG", size=(800, 600), colour="red", mode="RGB", **options) -> bytes:
    """A picture of one colour, but for a white corner at the upper left that shows which way is up."""
    picture = Image.new("RGB", size, colour)
    picture.paste("white", (0, 0, size[0] // 4, size[1] // 4))
    file = BytesIO()
    picture.convert(mode).save(file, kind, **options)
    return file.getvalue()


def uploaded(content: bytes, name="picture.jpg", kind="image/jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, kind)


def seen(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def colour(content: bytes, *spot: float) -> str:
    """What colour a picture is at a spot, told in parts of its width and height."""
    picture = seen(content).convert("RGB")
    point = picture.getpixel((int(spot[0] * picture.width), int(spot[1] * picture.height)))
    names = {"white": (255, 255, 255), "red": (255, 0, 0), "blue": (0, 0, 255), "black": (0, 0, 0)}
    return min(names, key=lambda name: sum(abs(a - b) for a, b in zip(names[name], point, strict=True)))


def with_place_and_name() -> bytes:
    """A photograph that tells where it was taken and by whom, in every way that a JPEG has."""
    exif = Image.Exif()
    exif[0x010F], exif[0x013B] = "SECRETCAMERA", "SECRETNAME"
    exif.get_ifd(0x8825).update({1: "N", 2: (43.0, 39.0, 11.0), 3: "W", 4: (79.0, 23.0, 0.0), 29: "SECRETDAY"})
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>SECRETXMP</x:xmpmeta>"
    return drawn(exif=exif, icc_profile=profile, xmp=xmp, comment=b"SECRETCOMMENT")


def moving(kind: str) -> bytes:
    frames = [Image.new("RGB", (800, 600), colour) for colour in ("red", "blue")]
    file = BytesIO()
    frames[0].save(file, kind, save_all=True, append_images=frames[1:])
    return file.getvalue()


def png_bomb(width=60_000, height=60_000) -> bytes:
    """A few bytes that say they are a picture of billions of pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1_000_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def webp_bomb() -> bytes:
    """The same in WebP, which says so in its first part."""
    canvas = (16_383).to_bytes(3, "little")
    body = b"WEBPVP8X" + (10).to_bytes(4, "little") + bytes(4) + canvas + canvas
    return b"RIFF" + len(body).to_bytes(4, "little") + body
