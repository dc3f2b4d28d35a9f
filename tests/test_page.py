"""Pages of words: each in the reader's language where it is translated, and known to lag behind."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from catalogue.models import Edition, Page, Revision
from catalogue.seeding import seed
from tests.desk import SAVED, address, editor, errors, fields, fill, messages, page, text

pytestmark = pytest.mark.django_db


def make_page(path="/about/", language="en", **values) -> Page:
    values = {"title": "About", "body": "## Who\n\nWe.\n\n## Why\n\nFor you."} | values
    with Edition.act(why="a page"):
        return Page.objects.create(path=path, language=language, **values)


def french(path="/about/", **values) -> Page:
    return make_page(path, "fr", **{"title": "À propos", "body": "## Qui\n\nNous."} | values)


def change(page, **values) -> None:
    with Edition.act(why="other words"):
        for name, value in values.items():
            setattr(page, name, value)
        page.save()


@pytest.fixture
def administrator(client):
    client.force_login(editor("ada", "Administrators"))
    return client


def marked(response) -> dict[str, str]:
    """The words of the page that a reader is told to be in another language, with that language."""
    main = next(element for element in page(response).iter("main"))
    return {text(element): element.get("lang") for element in main.iter() if element.get("lang")}


# For readers


def test_page_is_in_the_readers_language_or_in_english_and_marked(client):
    make_page(body="We.")
    french(body="Nous.")
    answer = client.get("/fr/about/")
    assert text(next(page(answer).iter("h1"))) == "À propos"
    assert "<p>Nous.</p>" in answer.content.decode()
    assert marked(answer) == {}
    assert marked(client.get("/about/")) == {}
    assert marked(client.get("/de/about/")) == {"About": "en", "We.": "en"}


def test_page_leads_to_those_beside_it_each_in_its_language(client):
    make_page(order=1, body="We.")
    french(body="Nous.")
    make_page("/about/rules/", title="Rules", order=3)
    make_page("/about/aims/", title="Aims", order=2)
    french("/about/rules/", title="Règles")
    make_page("/privacy/", title="Privacy")
    answer = client.get("/fr/about/")
    main = next(page(answer).iter("main"))
    assert [(text(a), a.get("href"), a.get("lang")) for a in main.iter("a")] == [
        ("Aims", "/fr/about/aims/", "en"),
        ("Règles", "/fr/about/rules/", None),
    ]
    assert marked(answer) == {"Aims": "en"}


def test_readers_are_told_when_the_english_page_has_changed(client):
    english = make_page()
    translation = french()
    behind = "La page anglaise a changé depuis la traduction"
    assert behind not in client.get("/fr/about/").content.decode()
    change(english, body="Somebody else.")
    answer = client.get("/fr/about/").content.decode()
    assert behind in answer
    assert '<a href="/about/" hreflang="en">' in answer
    translation.catch_up(by=editor())
    assert behind not in client.get("/fr/about/").content.decode()
    # Its place among the others says nothing.
    change(english, order=7)
    assert behind not in client.get("/fr/about/").content.decode()


def test_page_costs_the_same_queries_in_every_language(client, django_assert_num_queries):
    make_page()
    french()
    for path in ("/about/", "/fr/about/", "/de/about/"):
        client.get("/ideas/")
        with django_assert_num_queries(1):
            client.get(path)


# What must be true


def test_translation_is_there_once_and_never_without_the_english_page():
    with pytest.raises(ValidationError, match="Write the English page at this address first"):
        Page(path="/about/", language="fr", title="À propos", body="Nous.").full_clean()
    make_page()
    french()
    with pytest.raises(ValidationError, match="There is a page at this address in this language already"):
        Page(path="/about/", language="fr", title="Encore", body="Nous.").full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        french(title="Encore")


def test_translations_go_where_the_english_page_goes():
    english = make_page("/about/aims/")
    translation = french("/about/aims/")
    change(english, path="/about/goals/")
    translation.refresh_from_db()
    assert (translation.path, translation.is_out_of_date) == ("/about/goals/", False)
    assert Revision.objects.filter(object_id=translation.pk).first().changed["path"] == (
        "/about/aims/",
        "/about/goals/",
    )


# On the desk


def test_editor_translates_a_page_from_the_form_of_the_english_one(administrator):
    english = make_page(body="We.")
    begin = [a.get("href") for a in page(administrator.get(address(english))).iter("a") if text(a) == "Translate it"]
    url = f"{address(Page, 'add')}?path=%2Fabout%2F&language=fr"
    assert (len(begin), begin[0]) == (3, url)
    form = administrator.get(url)
    assert (fields(form)["path"], fields(form)["language"], "order" in fields(form)) == (["/about/"], ["fr"], False)
    assert text(next(page(form).iter("h3"))) == "About"
    assert fill(administrator, url, title="À propos", body="Nous.", why="translated").status_code == SAVED
    translation = Page.objects.get(language="fr")
    assert (translation.title, translation.is_out_of_date) == ("À propos", False)


def test_editor_sees_what_changed_and_says_that_it_is_told(administrator):
    english, begun = make_page(body="We are four."), "The English page has changed since it was translated"
    translation = french()
    assert begun not in administrator.get(address(translation)).content.decode()
    change(english, body="We are five.")
    change(english, standfirst="Hello.")
    shown = page(administrator.get(address(translation)))
    assert [text(element) for element in shown.iter("del")] == ["four"]
    assert [text(element) for element in shown.iter("ins")] == ["Hello.", "five"]
    assert begun in administrator.get(address(english)).content.decode()
    # Its own words may change without that.
    fill(administrator, address(translation), body="Nous sommes cinq.", why="a correction")
    assert Page.objects.get(language="fr").is_out_of_date
    assert fill(administrator, address(translation, "catch-up")).status_code == SAVED
    assert messages(administrator.get(address(english))) == ["“À propos (fr)” tells what the English page says now."]
    assert not Page.objects.get(language="fr").is_out_of_date


def test_translation_may_be_taken_away_and_the_english_page_may_not(administrator):
    english, translation = make_page(body="We."), french()
    assert administrator.get(address(english, "delete")).status_code == 403
    assert fill(administrator, address(translation, "delete"), why="not ready").status_code == SAVED
    assert marked(administrator.get("/fr/about/")) == {"About": "en", "We.": "en"}


def test_form_of_a_translation_names_what_is_wrong(administrator):
    url = address(Page, "add") + "?path=/about/&language=fr"
    assert errors(fill(administrator, url, title="À propos", body="Nous.", why="x")) == [
        "Write the English page at this address first; this is a translation of it."
    ]


# From the collection


def write(folder, **french):
    english = {"path": "/about/", "title": "About", "body": "We.", "order": 1}
    rows = [english, {"path": "/about/", "language": "fr", "title": "À propos", "body": "Nous.", **french}]
    (folder / "1.json").write_text(json.dumps([{"model": "catalogue.page", "fields": row} for row in rows]))


def test_seeding_leaves_what_an_editors_text_was_made_from(tmp_path):
    write(tmp_path, made_from="of the first")
    seed(tmp_path)
    write(tmp_path, made_from="of the second")
    seed(tmp_path)
    assert Page.objects.get(language="fr").made_from == "of the second"
    change(Page.objects.get(language="fr"), body="Nous, mieux dit.")
    write(tmp_path, made_from="of the third", title="Qui nous sommes")
    seed(tmp_path)
    kept = Page.objects.get(language="fr")
    assert (kept.title, kept.body, kept.made_from) == ("Qui nous sommes", "Nous, mieux dit.", "of the second")
