"""The index: kept up from the change log it equals one built anew, it is never torn, and it holds what is published."""

import random
import threading
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from catalogue import catching_up, orders
from catalogue import index as indexes
from catalogue.index import FACETS, Index
from catalogue.models import (
    Adaptation,
    Audience,
    City,
    Edition,
    Evidence,
    Guide,
    Idea,
    Money,
    Organisation,
    Popularity,
    Sector,
    Theme,
    Topic,
)
from catalogue.models.edition import OpenAct
from tests.factories import make_adaptation, make_city, make_idea, make_organisation, make_resource, make_term

pytestmark = pytest.mark.django_db

NAMES = ["Łódź", "Lodz", "lodz", "“Älter”", "Alter", "Zürich", "", "東京", "Straße", "Strasse", "A", "a-b"]


def said(index: Index) -> dict:
    """Everything that an index says, in plain values that compare."""
    facets = {}
    for name in FACETS:
        facet = index[name]
        facets[name] = [(key, value, value.label, list(facet.matching(key))) for key, value in facet.values.items()]
    return {
        "edition": index.edition,
        "ids": list(index.ids),
        "facets": facets,
        "of": {idea: {name: index[name].of(idea) for name in FACETS} for idea in index.ids},
        "counts": {name: index[name].counts(index.ids) for name in FACETS},
        "started": {year: list(index.started_between(year, year)) for year in (1990, 2000, 2010)},
        "known": list(index.started_between(None, None)),
        "orders": {name: order.tolist() for name, order in index.orders.items()},
        "travels": {idea: count for idea, count in enumerate(index.travels.tolist()) if count},
        "journeys": index.journeys.tolist(),
        "guides": list(index.guides),
        "bands": {name: index[name].counts(index.ids) for name in ("size", "share", "lead", "money")},
    }


def differences(one: Index, other: Index) -> dict:
    """What two indexes say differently; empty for the same."""
    one, other = said(one), said(other)
    return {name: (one[name], other[name]) for name in one if one[name] != other[name]}


class Editors:
    """Somebody who does one thing after another in the catalogue, as chance has it."""

    def __init__(self, seed: int):
        self.chance = random.Random(seed)
        self.number = 0

    def some(self, model, **where):
        return self.chance.choice(list(model.objects.filter(**where).order_by("pk")) or [None])

    def act(self) -> str:
        names = [name for name in dir(self) if name.startswith("do_")] + ["do_make_idea"] * 3
        chosen = self.chance.choices(names, k=self.chance.choice([1, 1, 1, 2, 3]))
        with Edition.act(why="by chance"):
            for name in chosen:
                getattr(self, name)()
        return " ".join(chosen)

    def name(self) -> str:
        self.number += 1
        return f"{self.chance.choice(NAMES)} {self.number % 4}".strip()

    def terms(self, model) -> list[str]:
        slugs = sorted(model.objects.values_list("slug", flat=True))
        return self.chance.sample(slugs, self.chance.randrange(min(3, len(slugs) + 1)))

    def do_make_idea(self):
        make_idea(
            title=self.name(),
            city=self.some(City) if self.chance.random() < 0.8 else None,
            organisation=self.some(Organisation) if self.chance.random() < 0.8 else None,
            themes=self.terms(Theme),
            topics=self.terms(Topic),
            audiences=self.terms(Audience),
            criteria=self.chance.sample(["practical", "innovative", "successful"], 2),
            started=self.chance.choice([None, 1990, 2000, 2010]),
            status=self.chance.choice(["draft", "published", "published"]),
            first_published=datetime(2020, 1, self.chance.randrange(1, 6), tzinfo=UTC),
        )

    def do_change_idea(self):
        if idea := self.some(Idea):
            idea.title, idea.started = self.name(), self.chance.choice([None, 1990, 2000, 2010])
            idea.first_published = datetime(2020, 1, self.chance.randrange(1, 6), tzinfo=UTC)
            idea.city, idea.organisation = self.some(City), self.some(Organisation)
            idea.save()

    def do_publish_or_withdraw(self):
        if idea := self.some(Idea, status__in=["draft", "published", "withdrawn"]):
            published = idea.status == "published"
            idea.status, idea.withdrawn_reason = ("withdrawn", "Gone.") if published else ("published", "")
            idea.save()

    def do_file_idea(self):
        if idea := self.some(Idea):
            idea.save()
            idea.themes.set(Theme.objects.filter(slug__in=self.terms(Theme)))
            idea.topics.set(Topic.objects.filter(slug__in=self.terms(Topic)))
            idea.audiences.set(Audience.objects.filter(slug__in=self.terms(Audience)))

    def do_change_evidence(self):
        if idea := self.some(Idea):
            idea.evidence.first() and idea.evidence.first().delete()
            Evidence.objects.create(idea=idea, criterion="transferable", claim=self.name())

    def do_guide(self):
        if idea := self.some(Idea):
            guide = Guide.objects.filter(idea=idea).first() or Guide(idea=idea, must_stay="It.")
            guide.lead_sector = self.chance.choice(["", "school", "police"])
            guide.money = self.chance.choice(["", *Money.values[:2]])
            guide.save()

    def do_take_guide_away(self):
        if guide := self.some(Guide):
            guide.delete()

    def do_views(self):
        self.number += 1
        ideas = list(Idea.objects.order_by("pk").values_list("pk", flat=True))
        order = np.array(self.chance.sample(ideas, len(ideas) // 2), "<u4").tobytes()
        Popularity(id=1, until=date(2020, 1, 1) + timedelta(days=self.number), order=order).save()

    def do_delete_draft(self):
        if idea := self.some(Idea, status="draft", first_published=None):
            idea.delete()

    def do_make_city(self):
        self.number += 1
        make_city(name=f"{self.name()} {self.number}", country=self.chance.choice(["CA", "DE"]))

    def do_change_city(self):
        if city := self.some(City):
            city.name, city.region = self.name(), f"Region {self.number}"
            city.country = self.chance.choice(["CA", "DE", "US"])
            city.population, city.population_source = self.chance.choice([(None, ""), (9_000, "x"), (2_000_000, "x")])
            city.newcomers, city.newcomers_year, city.newcomers_source = self.chance.choice([None, 3, 40]), 2020, "x"
            city.save()

    def do_move_city(self):
        if city := self.some(City):
            self.number += 1
            city.slug = f"moved-{self.number}"
            city.save()

    def do_change_organisation(self):
        if organisation := self.some(Organisation):
            self.number += 1
            organisation.name, organisation.city = f"{self.name()} {self.number}", self.some(City)
            organisation.sector = self.chance.choice(Sector.values[:3])
            organisation.save()

    def do_make_organisation(self):
        make_organisation(city=self.some(City))

    def do_change_term(self):
        if term := self.some(self.chance.choice([Theme, Topic, Audience])):
            term.name = {"en": self.name()}
            term.order, term.slug = self.number % 5, f"term-{self.number}"
            term.save()

    def do_delete_topic(self):
        if topic := self.some(Topic, ideas=None):
            for redirect in topic.old_addresses.all():
                redirect.delete()
            topic.delete()

    def do_travel(self):
        if idea := self.some(Idea):
            other = self.some(Idea)
            make_adaptation(
                idea=idea,
                city=self.some(City),
                from_city=self.some(City),
                country=self.chance.choice(["", "FR"]),
                place="There",
                organisation=self.some(Organisation),
                became=other if other != idea and self.chance.random() < 0.5 else None,
                shown=self.chance.random() < 0.7,
            )

    def do_change_journey(self):
        if journey := self.some(Adaptation):
            journey.shown, journey.city = self.chance.random() < 0.5, self.some(City)
            journey.save()

    def do_delete_journey(self):
        if self.chance.random() < 0.3 and (journey := self.some(Adaptation)):
            journey.delete()

    def do_cite(self):
        make_resource()

    def do_much_at_once(self):
        if self.chance.random() < 0.1:
            published = {"status": "published", "first_published": datetime(2020, 1, 2, tzinfo=UTC)}
            names = [self.name() for _ in range(3)]
            ideas = [Idea(slug=f"many-{self.number}-{n}", title=name, **published) for n, name in enumerate(names)]
            for idea in ideas:
                idea.derive()
            Idea.objects.bulk_create(ideas)
            OpenAct.now().touch_made(ideas)


@pytest.mark.parametrize("seed", range(6))
def test_index_kept_up_equals_one_built_anew(seed, monkeypatch):
    # Small figures, so that a few ideas already need every way of putting them in order.
    monkeypatch.setattr(orders, "KEYS", 3)
    monkeypatch.setattr(orders, "PLACED", 2)
    editors = Editors(seed)
    for number in range(4):
        with Edition.act():
            for model in (Theme, Topic, Audience):
                make_term(model, f"{model.__name__.lower()}-{number}")
            editors.do_make_city()
            editors.do_make_organisation()
            editors.do_make_idea()
    kept = indexes.build()
    done = []
    for _ in range(60):
        done.append(editors.act())
        if editors.chance.random() < 0.7:
            kept = catching_up.caught_up(kept)
            assert differences(kept, indexes.build()) == {}, done[-4:]
    assert len(kept) > 5


def test_index_shares_what_did_not_change():
    idea, resource = make_idea(topics=["sport"], criteria=["practical"]), make_resource()
    make_idea(sources=[resource], city=None)
    old = indexes.current()
    with Edition.act():
        resource.title = "Another"
        resource.save()
    same = indexes.current()
    assert same.edition == old.edition + 1
    assert all(getattr(same, name) is getattr(old, name) for name in ("ids", "started", "travels", "journeys"))
    assert [name for name in FACETS if same[name] is not old[name]] == []
    with Edition.act():
        idea.city.name = "Another"
        idea.city.save()
    new = indexes.current()
    assert [name for name in FACETS if new[name] is not same[name]] == ["country", "city", "organisation", "sector"]
    assert new.orders["title"] is same.orders["title"]


def test_index_is_brought_up_to_date_by_reading_what_changed_only():
    with Edition.act():
        city = make_city()
        ideas = [make_idea(city=city, organisation=None) for _ in range(300)]
    indexes.current()
    with Edition.act():
        ideas[7].title = "Zebra"
        ideas[7].save()
    with CaptureQueriesContext(connection) as queries:
        assert indexes.current().page(indexes.current().ids, "title", 299, 300) == [ideas[7].pk]
    read = [query["sql"] for query in queries if "catalogue_idea" in query["sql"] and " IN (" not in query["sql"]]
    assert read == []
    assert len(queries) <= 25


def test_index_asks_the_edition_alone_while_nothing_changed():
    make_idea()
    indexes.current()
    with CaptureQueriesContext(connection) as queries:
        indexes.current()
    assert len(queries) == 1


@pytest.mark.parametrize("acts", [3, 8])
def test_index_that_fell_behind_is_the_same(acts, monkeypatch):
    monkeypatch.setattr(catching_up, "FAR", 5)
    old = indexes.build()
    for _ in range(acts):
        make_idea()
    assert differences(catching_up.caught_up(old), indexes.build()) == {}


def test_index_holds_what_is_published_and_drafts_never_move_it():
    shown = make_idea(title="Shown")
    index = indexes.current()
    draft = make_idea(status="draft", topics=["secret"], city=make_city(name="Hidden"))
    with Edition.act():
        draft.title = "Still a draft"
        draft.save()
    assert indexes.current() is index
    assert (list(index.ids), list(index["city"].values)) == ([shown.pk], [shown.city.slug])
    draft.status, draft.first_published = "published", shown.first_published
    with Edition.act():
        draft.save()
    index = indexes.current()
    assert list(index.ids) == [shown.pk, draft.pk]
    assert ("hidden" in index["city"].values, "secret" in index["topic"].values) == (True, True)
    with Edition.act():
        draft.status, draft.withdrawn_reason = "withdrawn", "Gone."
        draft.save()
    index = indexes.current()
    assert list(index.ids) == [shown.pk]
    assert ("hidden" in index["city"].values, "secret" in index["topic"].values) == (False, False)


def test_index_of_an_empty_catalogue_is_empty():
    index = indexes.current()
    assert len(index) == 0
    assert {name: index[name].counts(index.ids) for name in FACETS} == {name: {} for name in FACETS}
    assert {name: order.tolist() for name, order in index.orders.items()} == {
        "newest": [],
        "title": [],
        "city": [],
        "viewed": [],
    }


def test_index_tells_how_far_its_building_is():
    make_idea(topics=["sport"])
    told = []
    indexes.build(lambda what, rows: told.append((what, rows)))
    nothing = dict.fromkeys(["journeys", "audiences", "evidence", "guides"], 0)
    assert dict(told) == {"ideas": 1, "themes": 1, "topics": 1} | nothing


def test_readyz_names_the_index_while_it_is_built_for_the_first_time(client):
    make_idea()
    with indexes._building:
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["failed"]) == (503, {"index": "being built"})
    assert client.get("/readyz").json() == {"ready": True, "edition": Edition.current()}
    with indexes._building:
        assert client.get("/readyz").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_index_is_built_ahead_of_the_first_reader():
    make_idea()
    indexes.build_ahead().join()
    with CaptureQueriesContext(connection) as queries:
        assert len(indexes.current()) == 1
    assert len(queries) == 1


def whole(index: Index, city: str) -> bool:
    """Whether an index is of one moment: see the test below, whose acts keep all of this true."""
    counts = {name: index[name].counts(index.ids) for name in ("city", "topic", "criterion")}
    return (
        len(index) == 6
        and all(sorted(order.tolist()) == list(index.ids) for order in index.orders.values())
        and counts == {"city": {city: 6}, "topic": {"sport": 6}, "criterion": {"practical": 6}}
        and index["city"].values[city].name == f"The city of {index['city'].values[city].region}"
    )


@pytest.mark.django_db(transaction=True)
def test_index_read_by_others_while_acts_go_on_is_never_torn():
    """Each act withdraws an idea, publishes another and renames the city: no reader sees a half of that."""
    city, filed = make_city(name="The city of 0", region="0"), {"topics": ["sport"], "criteria": ["practical"]}
    shown = [make_idea(city=city, organisation=None, **filed) for _ in range(6)]
    hidden = [make_idea(city=city, organisation=None, status="draft", **filed) for _ in range(3)]
    last, torn, looks, done = Edition.current() + 60, [], [0, 0], threading.Event()

    def read(number):
        held = indexes.build()
        try:
            while True:
                final = done.is_set()
                for index in (indexes.current(), indexes.build(), held := catching_up.caught_up(held)):
                    looks[number] += 1
                    if not whole(index, city.slug):
                        torn.append(said(index))
                if final or torn:
                    return
        except Exception as fault:
            torn.append(fault)
        finally:
            connections.close_all()

    readers = [threading.Thread(target=read, args=[number]) for number in range(2)]
    for reader in readers:
        reader.start()
    for number in range(60):
        with Edition.act():
            out, new = shown.pop(0), hidden.pop(0)
            out.status, out.withdrawn_reason = "withdrawn", "Gone."
            out.save()
            new.status, new.first_published = "published", out.first_published
            new.save()
            city.region, city.name = str(number), f"The city of {number}"
            city.save()
        shown.append(new)
        hidden.append(out)
    done.set()
    for reader in readers:
        reader.join()
    assert torn == []
    assert min(looks) > 10
    assert indexes.current().edition == last
