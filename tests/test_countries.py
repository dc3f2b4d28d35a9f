"""Countries have the names that people use, in every language, and nothing else passes for one."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from catalogue.countries import _NAMES, CODES, country_name, is_country, validate_country


def test_codes_are_iso_3166_and_kosovo():
    assert len(CODES) == 250
    assert all(len(code) == 2 and code.isascii() and code.isupper() for code in CODES)
    assert "XK" in CODES
    assert CODES.isdisjoint({"EU", "UK", "UN", "XA", "ZZ"})


def test_every_country_has_one_name_of_its_own_in_every_language():
    assert set(_NAMES) == {"de", "en", "es", "fr"}
    for names in _NAMES.values():
        assert set(names) == CODES
        assert len(set(names.values())) == len(CODES)
        assert all(name and name == name.strip() for name in names.values())


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("BA", "Bosnia & Herzegovina"),
        ("CZ", "Czechia"),
        ("GB", "United Kingdom"),
        ("HK", "Hong Kong"),
        ("MM", "Myanmar"),
        ("MO", "Macao"),
        ("PS", "Palestine"),
        ("TR", "Türkiye"),
        ("US", "United States"),
        ("XK", "Kosovo"),
    ],
)
def test_country_name_is_the_everyday_one(code, name):
    assert country_name(code, "en") == name


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("de", ["Deutschland", "Hongkong", "Vereinigte Staaten"]),
        ("es", ["Alemania", "Hong Kong", "Estados Unidos"]),
        ("fr", ["Allemagne", "Hong Kong", "États-Unis"]),
        ("ar", ["Germany", "Hong Kong", "United States"]),
    ],
)
def test_country_name_speaks_the_language_or_english(language, names):
    assert [country_name(code, language) for code in ("DE", "HK", "US")] == names


def test_country_name_follows_the_active_language():
    with translation.override("fr"):
        assert country_name("DE") == "Allemagne"
        assert country_name("DE", "en") == "Germany"
    with translation.override("es-mx"):
        assert country_name("DE") == "Alemania"
    with translation.override(None):
        assert country_name("DE") == "Germany"


@pytest.mark.parametrize("code", ["", "ca", "CAN", "EU", "UK", "ZZ"])
def test_a_code_of_no_country_is_refused(code):
    assert not is_country(code)
    with pytest.raises(KeyError):
        country_name(code)
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        validate_country(code)
    assert refused.value.messages == [
        f"“{code}” is not a country. Give the two capital letters of ISO 3166-1, such as CA for Canada."
    ]


def test_validate_country_lets_a_country_pass():
    assert validate_country("CA") is None
