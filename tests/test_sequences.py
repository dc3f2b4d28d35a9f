"""Two hundred editors' days of ten acts each: the edition moves exactly when readers can see a difference, by one."""

import random
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from catalogue import duties
from catalogue import index as indexes
from catalogue.criteria import Criterion
from catalogue.index import Index
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
    Theme,
    Topic,
)
from tests.factories import (
    make_adaptation,
    make_city,
    make_complete_idea,
    make_idea,
    make_organisation,
    make_resource,
    make_term,
)
from tests.test_index import differences

pytestmark = pytest.mark.django_db

Status = Idea.Status
SEASONS, DAYS, ACTS = 4, 50, 10
#: Acts of the first day after which every page is asked for: a thousand pages are slower than two thousand acts.
SEEN = 5


def same_index(one: Index, other: Index) -> dict:
    """What two indexes say differently of their ids, facets, orders, years and journeys; empty for the same."""
    return differences(one, other)


# What readers can see


def public_side() -> dict:
    """Every row that readers can see something of, from the tables alone: no noun is asked whether it is public."""
    rows = {name: table(name) for name in TABLES}
    ideas, journeys = rows["idea"], {}
    published = {pk for pk, row in ideas.items() if row["status"] == "published"}
    withdrawn = {pk for pk, row in ideas.items() if row["status"] == "withdrawn"}
    merged = {pk for pk, row in ideas.items() if row["status"] == "merged" and row["first_published"]}
    for pk, row in rows["adaptation"].items():
        reached = row["became_id"] in published
        somewhere = reached or row["city_id"] or row["country"] or row["place"]
        begun = row["idea_id"] in published if row["idea_id"] else reached
        if row["shown"] and begun and somewhere:
            journeys[pk] = row
    organisations = {ideas[pk]["organisation_id"] for pk in published}
    organisations |= {row["organisation_id"] for row in journeys.values()}
    cities = {ideas[pk]["city_id"] for pk in published | withdrawn}
    cities |= {row[end] for row in journeys.values() for end in ("city_id", "from_city_id")}
    cities |= {rows["organisation"][pk]["city_id"] for pk in organisations if pk}
    parts = {name: table(name).values() for name in PARTS}
    told = published | withdrawn | merged
    seen = {
        "idea": told,
        "adaptation": journeys,
        "city": cities,
        "organisation": organisations,
        "topic": {row["topic_id"] for row in parts["idea_topics"] if row["idea_id"] in published},
        "resource": {row["resource_id"] for row in parts["citation"] if row["idea_id"] in published},
    }
    side = {(name, pk): row for name, found in rows.items() for pk, row in found.items() if pk in seen.get(name, found)}
    for name, found in parts.items():
        # Where an idea is filed is a set: the key of such a row says nothing.
        kept = [row if name not in JOINS else row | {"id": 0} for row in found if row["idea_id"] in told]
        side[name] = sorted(tuple(row.values()) for row in kept)
    return side


JOINS = ("idea_themes", "idea_topics", "idea_audiences")
PARTS = (*JOINS, "citation", "evidence", "body")
TABLES = ("idea", "city", "organisation", "theme", "topic", "audience", "resource", "adaptation", "page", "redirect")


def table(name: str) -> dict[int, dict]:
    """The rows of a table by their key. Asked in SQL: thousands of times, the ORM would take most of the minute."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM catalogue_{name}")
        columns = [column[0] for column in cursor.description]
        return {
            row[columns.index("id") if "id" in columns else 0]: dict(zip(columns, row, strict=True)) for row in cursor
        }


def pages(client) -> dict[str, tuple]:
    """What every address answers that this world ever had: the bytes of the page, or where it leads."""
    addresses = ["/", "/ideas/", "/themes/", "/topics/", "/countries/", "/cities/", "/organisations/", "/resources/"]
    addresses += ["/about/"]
    for model in (Idea, City, Organisation, Theme, Topic):
        addresses += [noun.path for noun in model.objects.order_by("pk")]
    answers = {}
    for address in addresses:
        response = client.get(address)
        answers[address] = (response.status_code, response.get("Location", ""), response.content)
    return answers


# A small world with something of everything


@pytest.fixture
def world():
    with Edition.act(why="the world"):
        for slug in ("work", "live"):
            make_term(Theme, slug)
        for slug in ("mentoring", "sport", "food", "unused", "quiet"):
            make_term(Topic, slug)
        for slug in ("refugees", "women"):
            make_term(Audience, slug)
        cities = [make_city(name=name, country=code) for name, code in PLACES]
        organisations = [make_organisation(name=f"House {n}", city=cities[n]) for n in range(4)]
        resources = [make_resource(title=f"Report {n}") for n in range(3)]
        ideas = [
            make_complete_idea(
                title=f"Idea {n}",
                city=cities[n % 4],
                organisation=organisations[n % 3],
                topics=["mentoring", "sport", "food"][n % 3 :],
                sources=resources[n % 3 :],
                criteria=Criterion.values[n % 4 :],
                started=2000 + n,
                status=status,
            )
            for n, status in enumerate(["published"] * 4 + ["draft"] * 2)
        ]
        make_adaptation(idea=ideas[0], city=cities[4])
        make_adaptation(idea=ideas[1], became=ideas[2])
        make_adaptation(idea=ideas[1], became=ideas[4], country="NL")
        make_adaptation(became=ideas[3], from_city=cities[5])
        make_adaptation(idea=ideas[5], city=cities[2], organisation=organisations[3])
        make_adaptation(idea=ideas[2], city=cities[3], shown=False)
        Page.objects.create(path="/about/", title="About", body="Words.")
        withdrawn, merged = (
            make_complete_idea(title="Gone", topics=["quiet"]),
            make_complete_idea(title="Twin", city=cities[6]),
        )
        scheduled = make_complete_idea(title="Soon", status="draft")
    withdrawn.withdraw(reason="A pause.")
    merged.merge_into(ideas[0])
    scheduled.schedule(timezone.now() + timedelta(hours=1))


PLACES = [("Aarhus", "DK"), ("Ghent", "BE"), ("Lodz", "PL"), ("Łódź", "PL"), ("Oslo", "NO"), ("Porto", "PT")]
PLACES += [("Quito", "EC"), ("Riga", "LV")]


class Editor:
    """Somebody who does what chance says. Each method is one act; one that refuses or finds nothing does nothing."""

    def __init__(self, seed: int):
        self.chance, self.number = random.Random(seed), 0

    def act(self) -> str:
        name = self.chance.choice(sorted(name for name in dir(self) if name.startswith("do_")))
        self.number += 1
        getattr(self, name)()
        return name

    def some(self, model, **where):
        found = list(model.objects.filter(**where).order_by("pk"))
        if not found:
            raise ValidationError("There is none.")
        return self.chance.choice(found)

    def maybe(self, model):
        return self.chance.choice([None, self.some(model)])

    def word(self, stem: str) -> str:
        return f"{stem} {self.number} {self.chance.randrange(3)}"

    def write(self, noun, **values):
        with Edition.act(why="by chance"):
            for name, value in values.items():
                setattr(noun, name, value)
            noun.full_clean()
            noun.save()

    # Ideas

    def do_make_an_idea(self):
        status = self.chance.choice([Status.DRAFT, Status.PUBLISHED])
        city = self.maybe(City)
        make_idea(
            title=self.word("New"),
            status=status,
            city=city,
            organisation=self.maybe(Organisation),
            topics=self.chance.sample(["mentoring", "sport", "unused"], 2),
            criteria=self.chance.sample(Criterion.values, 2),
        )

    def do_change_an_idea(self):
        field, value = self.chance.choice(
            [
                ("title", self.word("Title")),
                ("summary", self.word("Summary")),
                ("started", self.chance.randrange(1990, 2020)),
                ("city", self.maybe(City)),
                ("organisation", self.maybe(Organisation)),
                ("partners", [self.word("Partner")]),
                ("slug", f"slug-{self.chance.randrange(9)}"),
                ("language", self.chance.choice(["en", "nl"])),
            ]
        )
        self.write(self.some(Idea), **{field: value})

    def do_write_the_text(self):
        self.write(self.some(Body), text=self.word("Text"))

    def do_file_an_idea(self):
        idea, kind = self.some(Idea), self.chance.choice([Theme, Topic, Audience])
        with Edition.act(why="filed") as act:
            act.watch(idea)
            terms = getattr(idea, f"{kind._meta.model_name}s")
            self.chance.choice([terms.add, terms.remove])(self.some(kind))
            act.touch(idea)

    def do_file_many(self):
        chosen = Idea.objects.filter(pk__in=[self.some(Idea).pk, self.some(Idea).pk])
        chosen.tag(add=[self.some(Topic)], remove=[self.some(Topic)])

    def do_record_evidence(self):
        with Edition.act(why="evidence"):
            criterion = self.chance.choice(Criterion.values)
            Evidence.objects.create(idea=self.some(Idea), criterion=criterion, claim=self.word("Claim"))

    def do_take_evidence_away(self):
        with Edition.act(why="no evidence"):
            self.some(Evidence).delete()

    def do_cite(self):
        idea, resource = self.some(Idea), self.some(Resource)
        with Edition.act(why="cited"):
            for citation in Citation.objects.filter(idea=idea, resource=resource):
                citation.delete()
                return
            Citation.objects.create(idea=idea, resource=resource, position=9)

    def do_publish(self):
        self.some(Idea).publish()

    def do_publish_many(self):
        Idea.objects.filter(pk__in=[self.some(Idea, status="draft").pk, self.some(Idea, status="draft").pk]).publish()

    def do_withdraw(self):
        self.some(Idea).withdraw(reason=self.word("Reason"))

    def do_end(self):
        self.some(Idea).end(2020 + self.chance.randrange(3))

    def do_verify(self):
        self.some(Idea).verify()

    def do_feature(self):
        self.some(Idea).feature(self.chance.choice([True, False]))

    def do_schedule(self):
        self.some(Idea, status="draft").schedule(timezone.now() + timedelta(minutes=1))

    def do_unschedule(self):
        self.some(Idea, status="scheduled").unschedule()

    def do_tick(self):
        # One at a time, since each that is due is an act of its own.
        first = Idea.objects.filter(status="scheduled").order_by("publish_at").first()
        if first:
            list(duties.perform(first.publish_at))

    def do_merge_ideas(self):
        self.some(Idea).merge_into(self.some(Idea))

    def do_delete_a_draft(self):
        idea = self.some(Idea, status="draft", adaptations=None, origins=None, old_addresses=None, merged=None)
        with Edition.act(why="thrown away"):
            idea.delete()

    # What ideas point to

    def do_merge(self):
        model = self.chance.choice([City, Organisation, Topic, Theme, Audience])
        self.some(model).merge_into(self.some(model))

    def do_rename_a_place(self):
        field, value = self.chance.choice(
            [("name", self.word("Name")), ("slug", f"slug-{self.chance.randrange(9)}"), ("latitude", 1.0)]
        )
        model = City if field == "latitude" else self.chance.choice([City, Organisation])
        self.write(self.some(model), **{field: value})

    def do_change_an_organisation(self):
        field, value = self.chance.choice(
            [("city", self.maybe(City)), ("sector", self.chance.choice(["school", "police"])), ("aliases", ["Aka"])]
        )
        self.write(self.some(Organisation), **{field: value})

    def do_rename_a_term(self):
        self.write(self.some(self.chance.choice([Topic, Theme, Audience])), name={"en": self.word("Term")})

    def do_readdress_a_term(self):
        self.write(self.some(self.chance.choice([Topic, Theme])), slug=f"slug-{self.chance.randrange(9)}")

    def do_change_a_resource(self):
        self.write(self.some(Resource), title=self.word("Resource"))

    def do_make_what_nothing_uses(self):
        self.chance.choice([make_city, make_organisation, make_resource])()

    # Journeys, pages, old addresses

    def do_tell_a_journey(self):
        journey = Adaptation(
            idea=self.some(Idea),
            became=self.maybe(Idea),
            city=self.maybe(City),
            place=self.chance.choice(["", "An island"]),
            organisation=self.maybe(Organisation),
            shown=self.chance.choice([True, True, False]),
        )
        self.write(journey)

    def do_show_or_hide_a_journey(self):
        journey = self.some(Adaptation)
        self.write(journey, shown=not journey.shown)

    def do_change_a_journey(self):
        field, value = self.chance.choice(
            [
                ("city", self.maybe(City)),
                ("country", self.chance.choice(["", "SE"])),
                ("became", self.maybe(Idea)),
                ("note", self.word("Note")),
            ]
        )
        self.write(self.some(Adaptation), **{field: value})

    def do_forget_a_journey(self):
        with Edition.act(why="it never was"):
            self.some(Adaptation).delete()

    def do_write_a_page(self):
        self.write(self.some(Page), body=self.chance.choice(["Words.", "Other words."]))

    def do_lead_an_old_address(self):
        path = f"/old/{self.chance.randrange(9)}/"
        with Edition.act(why="an old address"):
            for redirect in Redirect.objects.filter(path=path):
                redirect.delete()
                return
            Redirect.objects.create(path=path, idea=self.some(Idea, status="published"))

    def do_nothing(self):
        self.write(self.some(Idea))


def attempt(editor: Editor) -> str:
    """One act that isn't refused. What is refused takes no edition, and what it wrote would show after the next."""
    number = Edition.current()
    while True:
        try:
            return editor.act()
        except ValidationError:
            assert Edition.current() == number


@pytest.mark.parametrize("season", range(SEASONS))
def test_edition_moves_by_one_exactly_when_the_public_side_does(world, client, season):
    """And the index kept up by editions equals one built anew: at the end of each day, on some after every act."""
    done = set()
    for day in range(DAYS):
        place = transaction.savepoint()
        indexes.forget()
        indexes.current()
        editor, told = Editor(seed=season * DAYS + day), []
        before, number = public_side(), Edition.current()
        answers = pages(client) if season == day == 0 else None
        for act in range(1, ACTS + 1):
            told.append(attempt(editor))
            after, edition = public_side(), Edition.current()
            changed = [key for key in after.keys() | before.keys() if after.get(key) != before.get(key)]
            assert edition - number == bool(changed), (told, changed)
            if act == ACTS or (edition > number and day % 10 == 0):
                assert same_index(indexes.current(), indexes.build()) == {}, told
            if answers is not None and act <= SEEN:
                now = pages(client)
                if edition == number:
                    assert now == answers | {address: now[address] for address in now.keys() - answers.keys()}
                answers = now
            before, number = after, edition
        done |= set(told)
        transaction.savepoint_rollback(place)
    # Chance has left out nothing that an editor may do.
    assert done == {name for name in dir(Editor) if name.startswith("do_")}
