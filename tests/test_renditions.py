"""What is taken for a picture and what isn't, and what of it reaches a reader."""

import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from PIL import Image, ImageCms

from catalogue.renditions import HEAVIEST, NARROW, WIDE, renditions
from tests.drawn import colour, drawn, moving, png_bomb, seen, uploaded, webp_bomb, with_place_and_name

NO_PICTURE = "This is no JPEG, PNG or WebP, whatever it is called. Save the picture as one of them."
HIDDEN = "Something else is hidden in this picture. Save it anew in a program for pictures."
DAMAGED = "The picture is damaged or cut off. Save it anew and choose it again."
TOO_LARGE = "The picture has more than 40 million pixels. Save it smaller and choose it again."
MOVES = "This picture moves. Choose one that stands still."
TALL = (
    "The picture is 700 × 1400 pixels. Crop it: at most half as high again as wide, at most four times as wide as high."
)


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("evil.class", "x")
    return file.getvalue()


HOSTILE = {
    "a GIF named .jpg": (drawn("GIF"), NO_PICTURE),
    "a program named .jpg": (b"<?php system($_GET['x']); ?>", NO_PICTURE),
    "SVG": (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", NO_PICTURE),
    "TIFF": (drawn("TIFF"), NO_PICTURE),
    "nothing": (b"", NO_PICTURE),
    "a JPEG with a program in its comment": (drawn(comment=b"<?php system('id'); ?>"), HIDDEN),
    "a JPEG with a page behind it": (drawn() + b"<HTML><script>alert(1)</script></HTML>", HIDDEN),
    "a PNG with an archive behind it": (drawn("PNG") + zipped(), HIDDEN),
    "a JPEG that is a PDF, too": (drawn(comment=b"%PDF-1.7"), HIDDEN),
    "a JPEG that is cut off": (drawn(size=(1600, 1200))[:6_000], DAMAGED),
    "a PNG that is cut off": (drawn("PNG")[:-400], DAMAGED),
    "a WebP that is cut off": (drawn("WEBP")[:-200], DAMAGED),
    "the first bytes of a JPEG": (b"\xff\xd8\xff\xe0", DAMAGED),
    "the first bytes of a WebP": (b"RIFF\x00\x00\x00\x00WEBP", DAMAGED),
    "a PNG that claims to be vast": (png_bomb(), TOO_LARGE),
    "a PNG that claims to be large": (png_bomb(8_000, 8_000), TOO_LARGE),
    "a WebP that claims to be vast": (webp_bomb(), TOO_LARGE),
    "a PNG that moves": (moving("PNG"), MOVES),
    "a WebP that moves": (moving("WEBP"), MOVES),
    "a small one": (
        drawn(size=(639, 600)),
        "The picture is 639 × 600 pixels. Choose one at least 640 pixels wide.",
    ),
    "a tower": (drawn(size=(700, 1400)), TALL),
    "a heavy one": (
        b"\xff\xd8\xff" + bytes(HEAVIEST),
        "The file is larger than 10 MB. Save the picture smaller and choose it again.",
    ),
}


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_no_picture_is_refused_with_a_sentence(what):
    content, sentence = HOSTILE[what]
    with pytest.raises(ValidationError) as refused:
        renditions(uploaded(content))
    assert refused.value.messages == [sentence]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_picture_comes_in_two_sizes_whatever_it_is_called(kind):
    made = renditions(uploaded(drawn(kind, (2000, 1000)), "picture.txt", "text/plain"))
    assert (made.width, made.height) == (1280, 640)
    assert {width: (seen(file).format, seen(file).size) for width, file in made.files.items()} == {
        NARROW: ("WEBP", (640, 320)),
        WIDE: ("WEBP", (1280, 640)),
    }
    assert (colour(made.files[WIDE], 0.1, 0.1), colour(made.files[WIDE], 0.9, 0.9)) == ("white", "red")


def test_small_picture_is_never_blown_up():
    made = renditions(uploaded(drawn(size=(900, 600))))
    assert [seen(file).size for file in made.files.values()] == [(640, 427), (900, 600)]
    assert (made.width, made.height) == (900, 600)


def test_place_name_and_comment_stay_behind():
    content = with_place_and_name()
    assert content.count(b"SECRET") == 5
    assert seen(content).getexif().get_ifd(0x8825)[2] == (43.0, 39.0, 11.0)
    for file in renditions(uploaded(content)).files.values():
        picture = seen(file)
        assert b"SECRET" not in file
        assert [part for part in (b"EXIF", b"XMP ", b"ICCP") if part in file] == []
        assert (dict(picture.getexif()), picture.info.get("icc_profile")) == ({}, None)


def test_picture_taken_sideways_stands_upright():
    exif = Image.Exif()
    # Its upper left corner is to be shown at the upper right.
    exif[0x0112] = 6
    made = renditions(uploaded(drawn(size=(800, 1000), exif=exif)))
    assert (made.width, made.height) == (1000, 800)
    assert (colour(made.files[WIDE], 0.9, 0.1), colour(made.files[WIDE], 0.1, 0.1)) == ("white", "red")


@pytest.mark.parametrize(
    ("mode", "kind"), [("CMYK", "JPEG"), ("L", "JPEG"), ("P", "PNG"), ("1", "PNG"), ("LA", "PNG"), ("RGBA", "WEBP")]
)
def test_every_kind_of_colour_becomes_that_of_screens(mode, kind):
    made = renditions(uploaded(drawn(kind, mode=mode, colour="black")))
    assert [seen(file).mode for file in made.files.values()] == ["RGB", "RGB"]
    assert (colour(made.files[WIDE], 0.1, 0.1), colour(made.files[WIDE], 0.9, 0.9)) == ("white", "black")


def test_sixteen_bits_a_point_become_eight():
    file = io.BytesIO()
    picture = Image.new("I;16", (800, 600), 0x8080)
    picture.save(file, "PNG")
    made = renditions(uploaded(file.getvalue()))
    assert seen(made.files[WIDE]).getpixel((400, 300)) == pytest.approx((128, 128, 128), abs=3)


def test_what_is_transparent_becomes_white():
    file = io.BytesIO()
    Image.new("RGBA", (800, 600), (0, 0, 0, 0)).save(file, "PNG")
    assert colour(renditions(uploaded(file.getvalue())).files[WIDE], 0.5, 0.5) == "white"


def test_colours_are_read_by_the_profile_that_comes_with_them():
    plain = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # One that calls blue what others call red.
    swapped = plain.replace(b"rXYZ", b"????").replace(b"bXYZ", b"rXYZ").replace(b"????", b"bXYZ")
    made = [renditions(uploaded(drawn(colour="red", icc_profile=profile))) for profile in (plain, swapped)]
    assert [colour(each.files[WIDE], 0.9, 0.9) for each in made] == ["red", "blue"]


def test_profile_that_cant_be_read_does_no_harm():
    made = renditions(uploaded(drawn(icc_profile=b"nonsense")))
    assert colour(made.files[WIDE], 0.9, 0.9) == "red"


def test_smaller_copies_behind_a_photograph_are_passed_over():
    file = io.BytesIO()
    frames = [Image.new("RGB", (800, 600), shade) for shade in ("red", "blue")]
    frames[0].save(file, "MPO", save_all=True, append_images=frames[1:])
    assert colour(renditions(uploaded(file.getvalue())).files[WIDE], 0.5, 0.5) == "red"
