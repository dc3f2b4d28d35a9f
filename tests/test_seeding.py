"""The opening collection comes in once, follows its files, and never undoes what an editor did."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from catalogue.collection import BrokenCollection
from catalogue.models import (
    Act,
    Adaptation,
    Body,
    Change,
    Citation,
    City,
    Edition,
    Evidence,
    Idea,
    Kind,
    Organisation,
    Redirect,
    Revision,
    Seeded,
    Topic,
)
from catalogue.seeding import seed
from tests.factories import make_city, make_idea, make_organisation

NOTHING = "1 ideas from 2 cities: 0 new, 0 changed, 0 kept as an editor left them"


class Collection:
    """A small collection in a folder of its own, whose rows a test may change and read in again."""

    def __init__(self, folder):
        self.folder = folder
        self.rows = {
            "1_words": [
                self.row("topic", slug="mentoring", name={"en": "Mentoring"}),
                self.row("topic", slug="libraries", name={"en": "Libraries"}),
            ],
            "2_cities": [
                self.row("city", slug="lyon", name="Lyon", region="", country="FR", latitude=45.76, longitude=4.84),
                self.row("city", slug="cork", name="Cork", region="", country="IE"),
            ],
            "3_organisations": [self.row("organisation", slug="the-library", name="The Library", city=["lyon"])],
            "4_resources": [self.row("resource", url="https://example.org/report", title="A report")],
            "5_ideas": [
                self.row(
                    "idea",
                    pk=7,
                    slug="reading-aloud",
                    title="Reading aloud",
                    summary="People read to each other.",
                    city=["lyon"],
                    organisation=["the-library"],
                    topics=[["mentoring"]],
                    started=2010,
                    status="published",
                    first_published="2026-11-22T09:00:00Z",
                )
            ],
            "6_parts": [
                self.row("body", idea=["reading-aloud"], text="It began with one book."),
                self.row("evidence", idea=["reading-aloud"], criterion="practical", claim="It needs a book."),
                self.row("evidence", idea=["reading-aloud"], criterion="practical", claim="It needs a chair."),
                self.row("citation", idea=["reading-aloud"], resource=["https://example.org/report"], position=1),
                self.row("adaptation", idea=["reading-aloud"], city=["cork"], note="Tried there."),
                self.row("redirect", path="/good_idea/reading/", idea=["reading-aloud"], note="Reading"),
            ],
        }

    @staticmethod
    def row(model, pk=None, **fields):
        return {"model": f"catalogue.{model}", "fields": fields} | ({"pk": pk} if pk else {})

    def fields(self, name, number=1):
        return self.rows[name][number - 1]["fields"]

    def write(self):
        for name, rows in self.rows.items():
            (self.folder / f"{name}.json").write_text(json.dumps(rows), encoding="utf-8")

    def seed(self) -> str:
        self.write()
        return seed(self.folder)

    def refused(self) -> list[str]:
        """The faults for which it isn't loaded."""
        with pytest.raises(BrokenCollection) as caught:
            self.seed()
        return str(caught.value).splitlines()


@pytest.fixture
def collection(tmp_path):
    return Collection(tmp_path)


@pytest.fixture
def seeded(collection, db):
    collection.seed()
    return collection


def edit(noun, **values):
    """What an editor does in the admin."""
    with Edition.act(why="an editor's change"):
        for name, value in values.items():
            setattr(noun, name, value)
        noun.save()
    return noun


def remove(noun):
    with Edition.act(why="an editor takes it away"):
        noun.delete()


@pytest.mark.django_db
def test_seed_loads_the_whole_collection_in_one_act_and_the_second_time_nothing():
    edition, acts = Edition.current(), Act.objects.count()
    told = StringIO()
    call_command("seed", stdout=told)
    assert told.getvalue().splitlines()[0] == "4619 rows read from fixtures/"
    assert told.getvalue().splitlines()[-1] == (
        "367 ideas from 309 cities: 4619 new, 0 changed, 0 kept as an editor left them"
    )
    assert (Edition.current(), Act.objects.count()) == (edition + 1, acts + 1)
    assert list(Change.objects.values_list("edition", "kind", "object_id")) == [(edition + 1, Kind.EVERYTHING, 0)]
    assert Revision.objects.filter(kind=Kind.IDEA).count() == 367
    assert Seeded.objects.count() == 4619
    assert not Idea.objects.filter(title_key=b"").exists()
    assert not City.objects.filter(name_key=b"").exists()

    told = StringIO()
    call_command("seed", stdout=told)
    assert told.getvalue().splitlines() == [
        "4619 rows read from fixtures/",
        "367 ideas from 309 cities: 0 new, 0 changed, 0 kept as an editor left them",
    ]
    assert (Edition.current(), Act.objects.count(), Seeded.objects.count()) == (edition + 1, acts + 1, 4619)
    with Edition.act():
        assert Idea.objects.create(title="An editor's").pk > 1000
        assert Evidence.objects.create(idea_id=1, criterion="innovative", claim="New.").pk > 942


@pytest.mark.django_db
def test_seed_after_loaddata_adopts_what_is_there_and_loaddata_after_it_doubles_nothing(collection):
    collection.write()
    for _time in range(2):
        call_command("loaddata", *sorted(collection.folder.glob("*.json")), verbosity=0)
    edition, acts = Edition.current(), Act.objects.count()
    assert collection.seed() == NOTHING
    assert (Edition.current(), Act.objects.count(), Seeded.objects.count()) == (edition, acts, 13)
    assert [evidence.claim for evidence in Evidence.objects.all()] == ["It needs a book.", "It needs a chair."]
    collection.fields("6_parts", 1)["text"] = "It began with two books."
    collection.seed()
    assert Body.objects.get().text == "It began with two books."


@pytest.mark.django_db
def test_seed_is_quiet_when_asked(collection):
    collection.seed()
    told = StringIO()
    call_command("seed", str(collection.folder), verbosity=0, stdout=told)
    assert told.getvalue() == ""


def test_seed_loads_every_field(seeded):
    idea = Idea.objects.get(pk=7)
    assert (idea.title, idea.city.name, idea.organisation.name) == ("Reading aloud", "Lyon", "The Library")
    assert (idea.body, idea.started, idea.is_published) == ("It began with one book.", 2010, True)
    assert [topic.slug for topic in idea.topics.all()] == ["mentoring"]
    assert [evidence.claim for evidence in idea.evidence.all()] == ["It needs a book.", "It needs a chair."]
    assert [citation.resource.title for citation in idea.citations.all()] == ["A report"]
    assert [adaptation.to_name for adaptation in idea.adaptations.all()] == ["Cork, Ireland"]
    assert Redirect.objects.find("/good_idea/reading").idea == idea
    assert seeded.seed() == NOTHING


def test_seed_follows_the_files_where_no_editor_was(seeded):
    edition = Edition.current()
    seeded.fields("5_ideas").update(title="Reading out loud", topics=[["libraries"], ["mentoring"]], city=["cork"])
    seeded.fields("6_parts", 1)["text"] = "It began with two books."
    seeded.fields("6_parts", 3)["claim"] = "It needs two chairs."
    assert seeded.seed() == "1 ideas from 2 cities: 0 new, 3 changed, 0 kept as an editor left them"
    idea = Idea.objects.get(pk=7)
    assert (idea.title, idea.city.slug, idea.body) == ("Reading out loud", "cork", "It began with two books.")
    assert {topic.slug for topic in idea.topics.all()} == {"libraries", "mentoring"}
    assert [evidence.claim for evidence in idea.evidence.all()] == ["It needs a book.", "It needs two chairs."]
    assert Edition.current() == edition + 1
    assert Change.objects.filter(edition=edition + 1).values_list("kind", "object_id").get() == (Kind.IDEA, 7)
    assert Revision.objects.filter(kind=Kind.IDEA, object_id=7).first().changed["title"] == (
        "Reading aloud",
        "Reading out loud",
    )
    assert seeded.seed() == NOTHING


def test_seed_keeps_what_an_editor_changed_and_follows_the_rest_of_the_row(seeded):
    idea = edit(Idea.objects.get(pk=7), title="Reading to each other")
    with Edition.act():
        idea.topics.set([Topic.objects.get(slug="libraries")])
    seeded.fields("5_ideas").update(title="Reading out loud", topics=[], started=2011)
    assert seeded.seed() == "1 ideas from 2 cities: 0 new, 1 changed, 1 kept as an editor left them"
    idea = Idea.objects.get(pk=7)
    assert (idea.title, idea.started) == ("Reading to each other", 2011)
    assert [topic.slug for topic in idea.topics.all()] == ["libraries"]
    assert seeded.seed() == "1 ideas from 2 cities: 0 new, 0 changed, 1 kept as an editor left them"


def test_seed_follows_again_what_an_editor_gave_back(seeded):
    edit(Idea.objects.get(pk=7), title="Mine")
    seeded.fields("5_ideas")["title"] = "Reading out loud"
    seeded.seed()
    edit(Idea.objects.get(pk=7), title="Reading aloud")
    seeded.seed()
    assert Idea.objects.get(pk=7).title == "Reading out loud"


def test_seed_does_not_bring_back_what_an_editor_took_away(seeded):
    remove(Evidence.objects.get(claim="It needs a book."))
    remove(Citation.objects.get())
    remove(Adaptation.objects.get())
    seeded.fields("6_parts", 2)["claim"] = "It needs a good book."
    assert seeded.seed() == "1 ideas from 2 cities: 0 new, 0 changed, 3 kept as an editor left them"
    assert [evidence.claim for evidence in Evidence.objects.all()] == ["It needs a chair."]
    assert (Citation.objects.count(), Adaptation.objects.count()) == (0, 0)


def test_seed_knows_what_an_editor_renamed(seeded):
    edit(City.objects.get(slug="lyon"), slug="lugdunum", name="Lugdunum")
    edit(Idea.objects.get(pk=7), slug="read-to-me")
    seeded.rows["5_ideas"].append(seeded.row("idea", pk=8, slug="second", title="Second", city=["lyon"]))
    seeded.fields("6_parts", 1)["text"] = "It began with two books."
    assert seeded.seed() == "2 ideas from 2 cities: 1 new, 1 changed, 2 kept as an editor left them"
    assert City.objects.count() == 2
    assert Idea.objects.get(pk=8).city.name == "Lugdunum"
    assert Idea.objects.get(pk=7).slug == "read-to-me"
    assert Body.objects.get().text == "It began with two books."


def test_seed_takes_away_what_the_collection_dropped_unless_an_editor_changed_it(seeded):
    edit(Evidence.objects.get(claim="It needs a chair."), claim="It needs a bench.")
    edit(Adaptation.objects.get(), year=2015)
    seeded.rows["6_parts"] = [seeded.rows["6_parts"][0]]
    assert seeded.seed() == "1 ideas from 2 cities: 0 new, 2 changed, 2 kept as an editor left them"
    assert [evidence.claim for evidence in Evidence.objects.all()] == ["It needs a bench."]
    # An address never goes. The year is an editor's, though the collection never gave one.
    assert (Citation.objects.count(), Redirect.objects.count(), Adaptation.objects.count()) == (0, 1, 1)


def test_seed_adds_to_what_is_there(seeded):
    edition = Edition.current()
    seeded.rows["6_parts"].append(
        seeded.row("evidence", idea=["reading-aloud"], criterion="innovative", claim="It is new.")
    )
    seeded.rows["5_ideas"].append(seeded.row("idea", pk=8, slug="second", title="Second", topics=[["libraries"]]))
    assert seeded.seed() == "2 ideas from 2 cities: 2 new, 0 changed, 0 kept as an editor left them"
    assert Edition.current() == edition + 1
    assert [topic.slug for topic in Idea.objects.get(pk=8).topics.all()] == ["libraries"]
    before, after = (getattr(Revision.objects.filter(object_id=7).first(), side) for side in ("before", "after"))
    assert (len(before["evidence"]), len(after["evidence"])) == (2, 3)


@pytest.mark.django_db
def test_seed_adopts_what_an_editor_made_without_changing_it(collection):
    city = make_city(name="Lyon", region="Rhône", country="FR", slug="lyon")
    cork = make_city(name="Cork", country="IE", slug="cork-city")
    library = make_organisation(name="The Library", city=city, slug="the-city-library")
    theirs = make_idea(title="Reading", slug="reading-aloud", city=cork, organisation=None, body="Ours.")
    told = collection.seed()
    assert told == "1 ideas from 2 cities: 5 new, 0 changed, 4 kept as an editor left them"
    assert (City.objects.get(slug="lyon").region, Organisation.objects.get().pk) == ("Rhône", library.pk)
    idea = Idea.objects.get()
    assert (idea.pk, idea.title, idea.city, idea.body) == (theirs.pk, "Reading", cork, "Ours.")
    assert (idea.evidence.count(), idea.citations.count(), idea.topics.count()) == (0, 0, 0)
    assert Redirect.objects.get(path="/good_idea/reading/").idea == idea
    assert collection.seed() == "1 ideas from 2 cities: 0 new, 0 changed, 4 kept as an editor left them"


@pytest.mark.django_db
def test_seed_recognises_what_loaddata_brought_and_an_editor_renamed(collection):
    city = make_city(name="Lyon", country="FR", slug="lyon")
    edit(city, name="Lugdunum", slug="lugdunum")
    collection.seed()
    assert [city.slug for city in City.objects.order_by("slug")] == ["cork", "lugdunum"]


@pytest.mark.django_db
def test_seed_stops_at_a_number_that_another_idea_has(collection):
    make_idea(pk=7, title="Another")
    cities = City.objects.count()
    assert collection.refused() == ["5_ideas.json, row 1: the number 7 is taken by “Another”, another idea."]
    assert (City.objects.count(), Seeded.objects.count()) == (cities, 0)


@pytest.mark.django_db
def test_seed_stops_at_a_slug_that_another_city_has(collection):
    make_city(name="Lyon", country="US", slug="lyon")
    assert collection.refused() == [
        "2_cities.json, row 1: the slug “lyon” is taken by “Lyon, United States”, another city."
    ]


def _with(file, number, **fields):
    return lambda collection: collection.fields(file, number).update(fields)


def _twice(file, **fields):
    def change(collection):
        row = collection.rows[file][0]
        collection.rows[file].append(row | {"fields": row["fields"] | fields})

    return change


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (_with("2_cities", 2, colour="red"), "2_cities.json, row 2: city has no field “colour”."),
        (_with("2_cities", 2, country="XX"), "2_cities.json, row 2: country: "),
        (_with("2_cities", 2, latitude=1.5), "2_cities.json, row 2: longitude: Give both coordinates or neither."),
        (_with("2_cities", 2, slug="map"), "2_cities.json, row 2: slug: “map” can’t be one."),
        (_with("2_cities", 2, name="Lyon", country="FR"), "2_cities.json, row 2: "),
        (_with("3_organisations", 1, city=["paris"]), '3_organisations.json, row 1: city: no city ["paris"] stands'),
        (_with("5_ideas", 1, topics=[["books"]]), '5_ideas.json, row 1: topics: no topic ["books"] stands'),
        (_with("5_ideas", 1, topics="mentoring"), "5_ideas.json, row 1: topics: a list of keys is wanted."),
        (_with("5_ideas", 1, summary="x" * 451), "5_ideas.json, row 1: summary: "),
        (_with("5_ideas", 1, started="long ago"), "5_ideas.json, row 1: started: "),
        (_with("5_ideas", 1, ended=2009), "5_ideas.json, row 1: ended: "),
        (_with("5_ideas", 1, first_published=None), "5_ideas.json, row 1: "),
        (_with("6_parts", 2, idea=None), "6_parts.json, row 2: idea: it is missing."),
        (_with("6_parts", 2, claim=""), "6_parts.json, row 2: claim: "),
        (_twice("2_cities"), "2_cities.json, row 3: “lyon” is in 2_cities.json, row 1 already."),
        (_twice("5_ideas", slug="other"), "5_ideas.json, row 2: “7” is in 5_ideas.json, row 1 already."),
        (lambda c: c.rows["5_ideas"][0].pop("pk"), "5_ideas.json, row 1: an idea has a number from 1 to 1000"),
        (lambda c: c.rows["5_ideas"][0].update(pk=1001), "5_ideas.json, row 1: an idea has a number from 1 to 1000"),
        (lambda c: c.rows["2_cities"][0].update(pk=1), "2_cities.json, row 1: only an idea has a number of its own"),
        (lambda c: c.rows["2_cities"][0].update(model="auth.user"), "2_cities.json, row 1: the catalogue has no model"),
        (lambda c: c.rows["2_cities"].append("Lyon"), "2_cities.json, row 3: a row is an object"),
        (lambda c: (c.folder / "9.json").write_text("[{"), "9.json: it can’t be read as JSON: "),
        (
            lambda c: (c.folder / "9.json").write_text('[{"model": 1, "model": 2}]'),
            "9.json: it can’t be read as JSON: “model”",
        ),
        (lambda c: (c.folder / "9.json").write_text("{}"), "9.json: it isn’t a list of rows."),
    ],
)
@pytest.mark.django_db
def test_seed_names_what_is_broken_and_loads_nothing(collection, change, fault):
    change(collection)
    faults = collection.refused()
    assert faults[0].startswith(fault)
    assert (City.objects.count(), Idea.objects.count(), Seeded.objects.count()) == (0, 0, 0)


@pytest.mark.django_db
def test_seed_names_every_fault_but_no_row_for_pointing_to_a_broken_one(collection):
    collection.fields("2_cities", 1)["country"] = "XX"
    collection.fields("2_cities", 2)["latitude"] = 200
    collection.fields("6_parts", 5)["state"] = "asleep"
    assert [fault.partition(": ")[0] for fault in collection.refused()] == [
        "2_cities.json, row 1",
        "2_cities.json, row 2",
        "6_parts.json, row 5",
    ]


def test_seed_names_a_change_that_an_editors_values_do_not_allow(seeded):
    edit(Idea.objects.get(pk=7), started=2020)
    seeded.fields("2_cities", 1)["region"] = "Rhône"
    seeded.fields("5_ideas")["ended"] = 2015
    assert seeded.refused() == ["5_ideas.json, row 1: ended: It can’t have ended before it began, in 2020."]
    assert City.objects.get(slug="lyon").region == ""


@pytest.mark.django_db
def test_seed_as_a_command_says_that_nothing_was_loaded(tmp_path):
    with pytest.raises(CommandError, match=r"^Nothing was loaded\.\n.*: there are no fixtures here\.$"):
        call_command("seed", str(tmp_path))
