"""Made-up ideas: the same seed gives the same ones, they say what they are, and they are spread as real ones are."""

import io
from collections import Counter

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalogue import generating
from catalogue import index as indexes
from catalogue.generating import FOLDER, generate
from catalogue.made_up import CITIES, NOTICE, ORGANISATIONS, MadeUpWorld
from catalogue.models import Act, Adaptation, City, Edition, Evidence, Idea, Organisation, Resource, SearchText, Topic
from catalogue.models.guard import unguarded
from catalogue.progress import Bar
from tests.factories import make_idea, make_term

pytestmark = pytest.mark.django_db


def told() -> list[tuple]:
    """What there is of made-up ideas, without the numbers that the database gave."""
    ideas = Idea.objects.filter(slug__startswith="made-up-").order_by("slug").select_related("city", "organisation")
    return [
        (
            *(idea.slug, idea.title, idea.summary, idea.body, idea.started, idea.ended, idea.first_published),
            idea.city and (idea.city.slug, idea.city.latitude),
            idea.organisation and (idea.organisation.slug, idea.organisation.city.slug),
            *(tuple(terms.values_list("slug", flat=True)) for terms in (idea.themes, idea.topics, idea.audiences)),
            tuple(idea.evidence.values_list("criterion", "claim", "basis")),
            tuple(idea.citations.values_list("resource__url", "position")),
            tuple(idea.adaptations.values_list("city__slug", "year", "state")),
        )
        for idea in ideas
    ]


def test_generate_ideas_gives_the_same_ideas_for_the_same_seed_whatever_else_there_is():
    generate(12, seed=5)
    alone = told()
    assert len(alone) == 12
    with unguarded():
        for model in (Adaptation, Idea, Organisation, City, Resource):
            model.objects.all().delete()
    make_idea(topics=["mentoring", "of-our-own"])
    generate(3, seed=4)
    generate(12, seed=5)
    assert [row for row in told() if row[0].startswith("made-up-5-")] == alone
    assert not {row[2] for row in told() if row[0].startswith("made-up-4-")} & {row[2] for row in alone}


def test_generate_ideas_makes_only_what_is_missing():
    assert generate(5, seed=1) == 5
    first, edition = told(), Edition.current()
    assert generate(5, seed=1) == 0
    assert (told(), Edition.current()) == (first, edition)
    assert generate(8, seed=1) == 3
    assert [row for row in told() if row in first] == first
    assert Idea.objects.count() == 8


def test_generate_ideas_is_one_act_that_readers_follow():
    indexes.current()
    before, acts = Edition.current(), Act.objects.count()
    generate(7, seed=2)
    assert (Edition.current(), Act.objects.count()) == (before + 1, acts + 1)
    assert Act.objects.first().why == "7 made-up ideas of seed 2"
    assert len(indexes.current()) == 7


def test_generate_ideas_says_of_each_that_it_is_made_up():
    generate(6, seed=1)
    for number, idea in enumerate(Idea.objects.order_by("pk"), 1):
        assert idea.title.startswith(f"Made-up idea {number}: ")
        assert idea.summary.startswith("Made up: ")
        assert idea.body.startswith(NOTICE)
        assert idea.city is None or idea.city.region == "made up"
        assert idea.is_published
        idea.full_clean()


def test_generate_ideas_finds_its_vocabulary_under_a_new_slug():
    mentoring = make_term(Topic, "mentoring")
    make_idea(topics=["mentoring"])
    with Edition.act():
        mentoring.slug = "mentors"
        mentoring.save()
    generate(3, seed=1)
    assert not Topic.objects.filter(slug="mentoring").exists()


def test_generate_ideas_can_be_searched_for_at_once():
    generate(4, seed=1)
    assert SearchText.objects.count() == 4


def test_generate_ideas_asks_no_more_of_the_database_for_more_of_a_chunk(monkeypatch):
    monkeypatch.setattr(generating, "CHUNK", 40)
    counts = []
    for number, seed in ((20, 1), (20, 2), (40, 3)):
        with CaptureQueriesContext(connection) as queries:
            generate(number, seed=seed)
        counts.append(len(queries))
    assert counts[2] <= counts[1] + 10


def test_made_up_ideas_are_spread_as_real_ones_are():
    world = MadeUpWorld(FOLDER)
    ideas = [world.idea(1, number) for number in range(1, 1501)]
    countries = Counter(world.city(idea.city)["country"] for idea in ideas if idea.city is not None)
    organisations = Counter(idea.organisation for idea in ideas)
    topics = Counter(topic for idea in ideas for topic in idea.topics)
    assert len(countries) > 20
    assert sum(count for _country, count in countries.most_common(5)) > sum(countries.values()) / 3
    # A few lead many, very many lead one.
    assert organisations.most_common(2)[1][1] > 10
    assert sum(count == 1 for count in organisations.values()) > len(organisations) / 2
    assert (len(topics), topics.most_common(1)[0][1] > 100) == (len(world.topics), True)
    assert 3_000 < sum(len(idea.body) for idea in ideas) / len(ideas) < 4_000
    assert min(len(idea.body) for idea in ideas) < 1_500 < 6_000 < max(len(idea.body) for idea in ideas)
    assert max(len(idea.summary) for idea in ideas) <= 450
    assert sum(idea.started is None for idea in ideas) > 50
    assert sum(bool(idea.journeys) for idea in ideas) > 50
    assert {len({criterion for criterion, *_ in idea.evidence}) for idea in ideas} == {0, 1, 2, 3, 4}
    assert len({idea.slug for idea in ideas}) == len({idea.title for idea in ideas}) == 1500


def test_made_up_places_and_organisations_have_names_of_their_own():
    world = MadeUpWorld(FOLDER)
    assert len({world.city(number)["slug"] for number in range(3_000)}) == 3_000 < CITIES
    assert len({world.organisation(number)["slug"] for number in range(3_000)}) == 3_000 < ORGANISATIONS


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((0,), "Give a number of ideas from 1 up, not 0."),
        ((-3,), "Give a number of ideas from 1 up, not -3."),
        ((3, "--seed", -1), "Give a seed from 0 up, not -1."),
        (("many",), "Error: argument N: invalid int value: 'many'"),
    ],
)
def test_generate_ideas_refuses_with_a_sentence(arguments, sentence):
    with pytest.raises(CommandError) as refused:
        call_command("generate_ideas", *map(str, arguments))
    assert str(refused.value) == sentence
    assert Evidence.objects.count() == 0


class Terminal(io.StringIO):
    def isatty(self):
        return True

    def write(self, text, ending="\n"):
        return super().write(text + ending)


def test_bar_is_drawn_on_a_terminal_only():
    terminal, file = Terminal(), io.StringIO()
    for stream in (terminal, file):
        bar = Bar(stream)
        bar.show("Ideas", 1_500, 3_000)
        bar.show("Reading", 20)
        bar.end()
    lines = [line.rstrip() for line in terminal.getvalue().split("\r")]
    assert lines == ["", "Ideas [###############               ] 1,500 of 3,000", "Reading 20"]
    assert file.getvalue() == ""


def test_build_index_says_what_it_built():
    make_idea()
    out = io.StringIO()
    call_command("build_index", stdout=out)
    assert out.getvalue().startswith(f"Indexed: 1 of edition {Edition.current()}, in ")
