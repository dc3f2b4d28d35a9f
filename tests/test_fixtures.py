"""The opening collection itself: every file is whole, and Django's own loaddata reads it into an empty database."""

import json
import re
from collections import Counter
from functools import cache

import pytest
from django.conf import settings
from django.core.management import call_command

from catalogue.collection import read
from catalogue.models import (
    Adaptation,
    Audience,
    Body,
    Citation,
    City,
    Edition,
    Evidence,
    Idea,
    Organisation,
    Page,
    Redirect,
    Resource,
    Seeded,
    Synonym,
    Theme,
    Topic,
)
from catalogue.models.page import digest
from catalogue.seeding import FOLDER, seed

FILES = sorted(FOLDER.glob("*.json"))
COUNTS = {
    Theme: 5,
    Topic: 73,
    Audience: 15,
    City: 309,
    Organisation: 341,
    Resource: 924,
    Idea: 367,
    Body: 367,
    Evidence: 942,
    Citation: 957,
    Adaptation: 164,
    Redirect: 99,
    Page: 20,
    Synonym: 36,
}


@cache
def rows(name: str) -> list[dict]:
    return [row["fields"] for row in json.loads((FOLDER / name).read_text(encoding="utf-8"))]


def test_every_row_is_sound():
    assert Counter(row.model for row in read(FOLDER)) == COUNTS


def test_every_field_stands_on_a_line_of_its_own():
    for path in FILES:
        lines = path.read_text(encoding="utf-8").splitlines()
        assert sum(line == "  {" for line in lines) == len(json.loads(path.read_text(encoding="utf-8"))), path.name
        assert "\\u" not in path.read_text(encoding="utf-8"), path.name


def test_every_idea_has_a_text_a_source_and_a_number():
    ideas = [fields["slug"] for fields in rows("07_ideas.json")]
    assert len(set(ideas)) == 367
    assert [fields["idea"] for fields in rows("08_bodies.json")] == [[slug] for slug in ideas]
    assert {fields["idea"][0] for fields in rows("10_citations.json")} == set(ideas)
    numbers = [row["pk"] for row in json.loads((FOLDER / "07_ideas.json").read_text(encoding="utf-8"))]
    assert numbers == list(range(1, 368))


def test_every_vocabulary_speaks_english_and_the_themes_four_languages():
    for name in ("01_themes.json", "02_topics.json", "03_audiences.json"):
        assert all(fields["name"]["en"] and fields["description"]["en"] for fields in rows(name))
    assert {tuple(fields["name"]) for fields in rows("01_themes.json")} == {("en", "fr", "de", "es")}


def test_every_page_of_words_is_told_in_every_language_as_the_english_one_is_now():
    """Whoever changes an English page looks at its translations, and then gives each the digest named here."""
    pages = {(fields["path"], fields["language"]): fields for fields in rows("13_pages.json")}
    english = [path for path, language in pages if language == "en"]
    assert sorted(pages) == sorted((path, code) for path in english for code, _name in settings.LANGUAGES)
    for (path, language), fields in pages.items():
        if language != "en":
            assert fields["made_from"] == digest(pages[path, "en"]), (path, language)
            assert _outline(fields["body"]) == _outline(pages[path, "en"]["body"]), (path, language)


def _outline(text: str) -> list:
    """Where its headings and list items stand, and every figure that it holds."""
    marks = [line.partition(" ")[0] for line in text.splitlines() if line.startswith(("#", "- "))]
    return [len(text.split("\n\n")), marks, sorted(re.findall(r"\d+", text))]


def test_a_journey_between_two_ideas_is_one_row():
    both = {(f["idea"][0], f["became"][0]) for f in rows("11_adaptations.json") if f["idea"] and f["became"]}
    assert both == {
        ("canadas-first-sanctuary-city", "city-services-without-questions-about-status"),
        ("multaqa-museums-welcome-refugees", "multaka-bern-refugees-present-the-museum"),
        ("fighting-fiction-with-facts-the-bcn-anti-rumour-campaign", "do-not-feed-the-rumour"),
        ("building-professional-and-occupational-networks-the", "from-alpha-to-omega-innovating-in-the-workplace"),
        ("mayors-office-of-new-bostonians", "office-of-immigrant-and-refugee-affairs"),
    }


def test_every_old_address_is_one_that_a_redirect_can_find():
    paths = [fields["path"] for fields in rows("12_redirects.json")]
    assert all(path == path.lower() and path.startswith("/") and path.endswith("/") for path in paths)
    assert not any("?" in path for path in paths)
    assert "/" not in paths


@pytest.mark.django_db
def test_loaddata_reads_the_files_into_an_empty_database_and_seed_adopts_them():
    call_command("loaddata", *FILES, verbosity=0)
    assert {model: model.objects.count() for model in COUNTS} == COUNTS
    with Edition.act(why="an editor begins"):
        assert Idea.objects.create(title="An editor’s first").pk > 1000
    edition = Edition.current()
    assert seed() == "367 ideas from 309 cities: 0 new, 0 changed, 0 kept as an editor left them"
    assert (Edition.current(), Seeded.objects.count()) == (edition, 4619)
    with Edition.act(why="an editor goes on"):
        # The numbers of parts go on where the collection ends.
        Evidence.objects.create(idea_id=1, criterion="innovative", claim="Nobody did it before.")
        assert Idea.objects.create(title="An editor’s").pk > 1000
    assert Evidence.objects.count() == 943
