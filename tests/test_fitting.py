"""Cities like mine: what fits comes with its reasons, what means nothing is named, what isn't known is said."""

import time

import numpy as np
import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from catalogue import index as indexes
from catalogue.fitting import FITS, Fitting, fitting
from catalogue.models import City, Edition, Money, Sector, Share, Size
from catalogue.sets import SetFacet, Value
from tests.desk import SAVED, address, editor, errors, fill, page, text
from tests.factories import make_city, make_guide, make_idea, make_organisation

GEONAMES = "https://www.geonames.org/1/"


def make_town(population, **values) -> City:
    return make_city(population=population, population_source=GEONAMES, **values)


def rows(response) -> list[tuple[str, str]]:
    """Each idea that is shown, and why."""
    boards = [e for e in page(response).iter("ul") if e.get("class") == "board"]
    found = []
    for item in (item for board in boards for item in board):
        said = {p.get("class"): text(p) for p in item.iter("p")}
        found.append((said["t"], said.get("why", "")))
    return found


def hints(response) -> dict[str, str]:
    """What stands under each question."""
    found = {}
    for field in page(response).iter("div"):
        if field.get("class", "").split(" ")[0] == "field":
            (hint,) = [e for e in field.iter("div") if e.get("class") == "hint"]
            found[field.find(".//select").get("name")] = text(hint)
    return found


def faults(response) -> list[tuple[str, str]]:
    (box,) = [e for e in page(response).iter("div") if e.get("role") == "alert"]
    return [(a.get("href"), text(a)) for a in box.iter("a")]


@pytest.fixture
def shelf(db):
    small, large = make_town(40_000), make_town(3_000_000)
    library, council = make_organisation(sector="library-or-museum"), make_organisation()
    make_idea(title="Small library", city=small, organisation=library)
    make_idea(title="Small council", city=small, organisation=council)
    make_idea(title="Large council", city=large, organisation=council)
    make_guide(
        make_idea(title="Guided", city=large, organisation=council),
        lead_sector="library-or-museum",
        money="under-10000",
    )
    make_idea(title="Unknown", city=make_city(), organisation=None)
    make_idea(title="Secret", city=small, organisation=library, status="draft")


def test_ideas_with_most_in_common_come_first_each_with_its_reasons(client, shelf):
    response = client.get("/like-mine/?size=under-50000&lead=library-or-museum&money=under-10000")
    assert rows(response) == [
        (
            "Guided",
            "Its guide says who can lead it: Library or museum; its guide says what it costs: Under 10,000 US dollars",
        ),
        ("Small library", "In a city of your size; led by: Library or museum"),
        ("Small council", "In a city of your size"),
    ]
    assert "3 ideas have something in common with your city" in response.content.decode()


def test_form_says_of_how_many_ideas_each_answer_is_known(client, shelf):
    response = client.get("/like-mine/")
    assert (response.status_code, rows(response)) == (200, [])
    assert hints(response) == {
        "size": "Known of 4 of 5 ideas.",
        "lead": "Known of 4 of 5 ideas, from who leads them and from their transfer guides.",
        "money": "Known of 1 of 5 ideas, from their transfer guides.",
    }


def test_form_of_a_catalogue_without_guides_says_that_money_finds_nothing(client, db):
    make_idea()
    sentence = "Only transfer guides say what an idea costs, and none does yet: for now this finds nothing."
    response = client.get("/like-mine/?money=under-10000")
    assert (hints(response)["money"], rows(response), response.status_code) == (sentence, [], 200)


def test_share_of_newcomers_is_asked_once_it_is_known_of_a_city(client, shelf):
    assert "share" not in hints(client.get("/like-mine/"))
    with Edition.act():
        city = City.objects.filter(ideas__title="Small council").first()
        city.newcomers, city.newcomers_year, city.newcomers_source = 22.5, 2021, GEONAMES
        city.save()
    response = client.get("/like-mine/?share=15-30")
    assert hints(response)["share"] == "Known of 2 of 5 ideas."
    assert rows(response) == [
        ("Small council", "In a city with as many newcomers"),
        ("Small library", "In a city with as many newcomers"),
    ]


def test_share_that_is_asked_for_by_hand_is_answered_honestly(client, shelf):
    response = client.get("/like-mine/?share=15-30")
    assert (response.status_code, hints(response)["share"], rows(response)) == (200, "Known of 0 of 5 ideas.", [])


@pytest.mark.parametrize("name", ["size", "share", "lead", "money"])
def test_answer_that_means_nothing_is_named_and_the_others_count(client, shelf, name):
    other = "size=under-50000" if name == "lead" else "lead=library-or-museum"
    response = client.get(f"/like-mine/?{name}=nonsense&{other}")
    assert (response.status_code, faults(response)) == (
        400,
        [(f"#id_{name}", "“nonsense” is none of the answers. Choose one from the list.")],
    )
    assert rows(response) == rows(client.get(f"/like-mine/?{other}")) != []
    assert text(page(response).find(".//title")).startswith("Error: Cities like mine")


def test_empty_answers_are_none_and_the_last_of_two_counts(client, shelf):
    assert rows(client.get("/like-mine/?size=&lead=&money=")) == []
    twice = client.get("/like-mine/?size=over-5000000&size=under-50000")
    assert rows(twice) == rows(client.get("/like-mine/?size=under-50000")) != []


def test_pages_lead_on_and_end(client, db):
    town, organisation = make_town(9_000), make_organisation()
    with Edition.act():
        for number in range(45):
            make_idea(title=f"Idea {number:02}", city=town, organisation=organisation)
    seen = []
    for number in (1, 2, 3):
        response = client.get(f"/like-mine/?size=under-50000&page={number}")
        seen += [title for title, _why in rows(response)]
    assert seen == [f"Idea {number:02}" for number in reversed(range(45))]
    assert b'href="/like-mine/?size=under-50000&amp;page=2"' in response.content
    for number in ("4", "0", "x", "9" * 30):
        assert client.get(f"/like-mine/?size=under-50000&page={number}").status_code == 404


def test_answers_make_one_address_and_one_title(client, shelf):
    content = client.get("/like-mine/?money=&lead=school&size=under-50000&page=1").content.decode()
    assert '<link rel="canonical" href="http://127.0.0.1:8000/like-mine/?size=under-50000&amp;lead=school">' in content
    assert "<title>Cities like mine – Under 50,000 people; School – Good Ideas</title>" in content
    assert '<meta name="robots" content="noindex">' in content
    assert "noindex" not in client.get("/like-mine/").content.decode()


def test_page_asks_the_edition_and_the_rows_alone(client, shelf):
    client.get("/like-mine/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/like-mine/?size=under-50000&lead=library-or-museum")
    assert len([q for q in queries if "SAVEPOINT" not in q["sql"]]) <= 3


def test_lists_and_home_lead_here(client, shelf):
    for path in ("/", "/ideas/"):
        main = page(client.get(path)).find(".//main")
        assert "/like-mine/" in [a.get("href") for a in main.iter("a")]


class Made:
    """As much of an index as is asked here, for ideas that only the test knows."""

    def __init__(self, sets: dict[str, dict[str, set]], newest: list[int]):
        self.facets = {
            name: SetFacet([Value(key, name=key) for key in values], {key: BitMap(ids) for key, ids in values.items()})
            for name, values in sets.items()
        }
        self.orders, self.started = {"newest": np.array(newest, np.uint32)}, np.zeros(max(newest, default=0) + 1)

    def __getitem__(self, facet):
        return self.facets[facet]


@given(st.data())
def test_order_is_by_number_of_reasons_then_newest(data):
    newest = data.draw(st.permutations(range(1, 13)))
    some = st.sets(st.sampled_from(newest))
    sets = {facet: {"a": data.draw(some), "b": data.draw(some)} for facet, _question in FITS}
    answers = data.draw(st.dictionaries(st.sampled_from(["size", "share", "lead", "money"]), st.sampled_from("ab")))
    found: Fitting = fitting(Made(sets, newest), answers)
    count = {
        idea: sum(idea in sets[facet][answers[question]] for facet, question in FITS if question in answers)
        for idea in newest
    }
    assert found.ideas.tolist() == sorted(filter(count.get, newest), key=lambda pk: (-count[pk], newest.index(pk)))
    assert [bool(found.why(idea)) for idea in newest] == [bool(count[idea]) for idea in newest]


def test_a_hundred_thousand_ideas_are_put_in_order_in_no_time():
    ids, random = list(range(1, 100_001)), np.random.default_rng(1)
    sets = {facet: {"a": set(random.choice(ids, 30_000).tolist())} for facet, _question in FITS}
    index = Made(sets, ids[::-1])
    began = time.process_time()
    found = fitting(index, dict.fromkeys(["size", "share", "lead", "money"], "a"))
    took = time.process_time() - began
    assert (len(found.ideas) > 50_000, took < 0.5) == (True, True)


# Bands


@pytest.mark.parametrize(
    ("population", "size"),
    [
        (None, ""), (0, "under-50000"), (49_999, "under-50000"), (50_000, "50000-250000"),
        (250_000, "250000-1000000"), (999_999, "250000-1000000"), (1_000_000, "1000000-5000000"),
        (5_000_000, "over-5000000"),
    ],
)  # fmt: skip
def test_size_begins_with_its_limit(population, size):
    assert Size.of(population) == size


def test_share_begins_with_its_limit():
    assert [Share.of(share) for share in (None, 0, 4.9, 5, 15, 29.9, 30, 100)] == [
        "", "under-5", "under-5", "5-15", "15-30", "15-30", "over-30", "over-30",
    ]  # fmt: skip


def test_answers_are_those_that_the_catalogue_knows(client, shelf):
    options = {
        select.get("name"): [option.get("value") for option in select.iter("option")]
        for select in page(client.get("/like-mine/?share=5-15")).iter("select")
    }
    choices = {"size": Size, "share": Share, "lead": Sector, "money": Money}
    assert options == {name: ["", *known.values] for name, known in choices.items()}


# Numbers of a city


@pytest.mark.parametrize(
    "values",
    [
        {"population": 5},
        {"newcomers": 5, "newcomers_year": 2020},
        {"newcomers": 5, "newcomers_source": GEONAMES},
        {"newcomers": 101, "newcomers_year": 2020, "newcomers_source": GEONAMES},
        {"population_year": 1492},
    ],
)
def test_number_that_nobody_can_check_is_refused(db, values):
    with pytest.raises(ValidationError):
        City(name="A", slug="a", country="CA", **values).full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        make_city(**values)


def test_editor_gives_a_number_with_its_source_and_readers_see_both(client, db):
    city = make_city(name="Graz", slug="graz")
    make_idea(city=city)
    client.force_login(editor())
    faulty = fill(client, address(city), population="303270", why="Counted")
    assert errors(faulty) == ["Say where the number is from: readers see it."]
    saved = fill(client, address(city), population="303270", population_source=GEONAMES, why="Counted")
    assert saved.status_code == SAVED
    facts = {
        text(d.find("dt")): d.find("dd")
        for d in page(client.get("/cities/graz/")).iter("div")
        if d.find("dt") is not None
    }
    assert text(facts["People"]) == "303,270 (geonames.org)"
    assert facts["People"].find(".//a").get("href") == GEONAMES


def test_cities_of_the_collection_have_numbers_that_lead_to_where_they_are_from(client, collection):
    known = City.objects.exclude(population=None)
    assert (known.count(), known.filter(population_source__startswith="https://www.geonames.org/").count()) == (
        287,
        287,
    )
    assert hints(client.get("/like-mine/"))["size"].startswith("Known of 3")
    assert len(indexes.current()["share"].counts(indexes.current().ids)) == 0
