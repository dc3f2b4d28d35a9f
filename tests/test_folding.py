"""Text compares as people compare it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.folding import first_sentences, fold, slugify, sort_key


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Café", "cafe"), ("STRASSE", "strasse"), ("Straße", "strasse"), ("Łódź", "lodz"), ("İzmir", "izmir"),
     ("ﬁn", "fin"),     ("Ørsted", "orsted"), ("日本", "日本"), ("Şanlıurfa", "sanliurfa")],
)  # fmt: skip
def test_fold(text, folded):
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(), st.integers(5, 60))
def test_slug_is_a_slug(text, longest):
    slug = slugify(text, longest)
    assert len(slug) <= longest
    assert slug == slugify(slug, longest)
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not slug.startswith("-")


def test_sort_key_ignores_leading_punctuation_case_and_accents():
    assert sort_key("“Éclair”").startswith(b"eclair")
    assert sort_key("...") == b"..."


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("One. Two. Three.", "One. Two."),
        ("One.", "One."),
        ("", ""),
        ("a" * 300 + ". " + "B" * 100 + ".", "a" * 300 + "."),
        ("It rose by 2.5 points. Then it fell. And rose.", "It rose by 2.5 points. Then it fell."),
        ("“What?” he said. Nobody knew. More.", "“What?” he said. Nobody knew."),
    ],
)
def test_first_sentences(text, cut):
    assert first_sentences(text) == cut
