"""Names in a row, in each language's way."""

import pytest
from django.utils.translation import override

from catalogue.listing import all_of, any_of


@pytest.mark.parametrize(
    ("language", "joined", "names", "sentence"),
    [
        ("en", all_of, ["practical", "innovative"], "practical and innovative"),
        ("en", any_of, ["Canada", "Chile", "Spain"], "Canada, Chile or Spain"),
        ("en", any_of, [], ""),
        ("en", any_of, ["Oslo"], "Oslo"),
        ("es", all_of, ["concreta", "innovadora"], "concreta e innovadora"),
        ("es", all_of, ["Italia", "España"], "Italia y España"),
        ("es", all_of, ["agua", "hielo"], "agua y hielo"),
        ("es", all_of, ["padres", "hijos"], "padres e hijos"),
        ("es", any_of, ["Bergen", "Oslo"], "Bergen u Oslo"),
        ("de", any_of, ["Bergen", "Oslo"], "Bergen oder Oslo"),
        ("fr", all_of, ["Italie", "Inde"], "Italie et Inde"),
    ],
)
def test_names_are_joined_as_the_language_wants_it(language, joined, names, sentence):
    with override(language):
        assert joined(names) == sentence
