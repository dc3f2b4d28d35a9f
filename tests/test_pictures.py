"""The picture of an idea: any title in any script fits, and the same facts give the same bytes."""

import io

import pytest
from django.conf import settings
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from catalogue import pictures
from catalogue.records import Named, Place
from tests.factories import make_record
from tests.rebuild import rows

SITE = "http://127.0.0.1:8000"
THEMES = (("work", "Work"), ("plan", "Plan"))


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    assert (picture.format, picture.size) == ("PNG", (1200, 630))
    return picture.convert("RGB")


def written_on(picture: Image.Image) -> tuple[int, int, int, int]:
    """The box round everything that isn't the sign's plane: left, top, right, bottom."""
    return ImageChops.difference(picture, Image.new("RGB", picture.size, "#ffc21a")).getbbox()


@hypothesis_settings(max_examples=25)
@given(st.text(max_size=200), st.text(max_size=100))
@example("W" * 200, "Łódź, Poland")
@example("word " * 40, "")
@example("日本語のアイデア", "Kawasaki, Japan")
@example("فكرة", "عمّان")
@example("", "")
@example("Mentors", "W" * 150)
def test_picture_holds_any_title_within_its_margins(title, place):
    picture = opened(pictures.draw.__wrapped__(title, place, THEMES * 3))
    left, top, right, bottom = written_on(picture)
    # A letter may reach a little beyond where it stands.
    assert left >= 60
    assert top >= 36
    assert right <= 1200 - 68
    assert bottom <= 630 - 56


def test_picture_of_the_same_facts_has_the_same_bytes():
    facts = ("Naan in the park", "Toronto, Canada", THEMES)
    assert pictures.draw.__wrapped__(*facts) == pictures.draw.__wrapped__(*facts)
    assert pictures.draw(*facts) != pictures.draw("Naan in a park", *facts[1:])


def test_picture_of_a_record_shows_its_title_place_and_themes():
    place = Place("Ghent", "", "Belgium", "BE", None, None, "")
    record = make_record(title="Mentors", place=place, themes=(Named("Work", f"{SITE}/themes/work/", "work"),))
    assert pictures.of_record(record) == pictures.draw("Mentors", "Ghent, Belgium", (("work", "Work"),))


def test_title_in_letters_that_the_fonts_lack_gives_its_line_to_the_place():
    assert pictures.draw("日本語", "Kawasaki, Japan", THEMES) == pictures.draw("Kawasaki, Japan", "", THEMES)


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("Łódź & İzmir – “naïve”", "Łódź & İzmir – “naïve”"),
        ("ṭūbā and ễ", "tūbā and ê"),
        ("A party 🎉 for all", "A party for all"),
        ("e\u0301", "é"),
        ("日本語 and more", ""),
        ("", ""),
    ],
)
def test_text_is_drawn_in_the_letters_that_the_fonts_have(text, drawn):
    assert pictures.drawable(text) == drawn


def test_every_title_and_place_of_the_collection_is_drawn_as_it_is():
    names = [row["title"] for row in rows("ideas")] + [row["name"] for row in rows("cities")]
    assert [name for name in names if pictures.drawable(name) != " ".join(name.split())] == []


def test_picture_of_a_theme_without_a_tile_has_its_word():
    with_word = opened(pictures.draw("Mentors", "", (("rest", "Rest"),)))
    assert ImageChops.difference(with_word, opened(pictures.draw("Mentors", "", ()))).getbbox()


def test_picture_of_the_site_is_the_one_that_its_script_draws():
    kept = opened((settings.BASE_DIR / "static" / "good-ideas.png").read_bytes())
    # Another version of the drawing library may round a letter's edge otherwise.
    _lowest, difference = ImageChops.difference(kept, opened(pictures.of_site())).convert("L").getextrema()
    assert difference < 64
