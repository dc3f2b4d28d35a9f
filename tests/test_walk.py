"""A thousand random renames, mergers and withdrawals; then every address that ever existed, in every spelling."""

import random
from itertools import count

import pytest

from catalogue.models import City, Edition, Idea, Organisation, Redirect, Theme, Topic
from tests.factories import make_adaptation, make_city, make_idea, make_organisation, make_term

pytestmark = pytest.mark.django_db

STEPS = 1_000
#: Steps that make one act, which is what most of the time goes into.
AT_ONCE = 25
#: The endings of its other forms; every second address is asked for one of them.
ATOM = (".atom",)
FORMS = {Idea: (".json", ".bib", ".ris", ".csl.json"), City: ATOM, Organisation: ATOM, Topic: ATOM, Theme: ATOM}
#: Fewer of a kind than these aren't merged any more, so that the walk goes on to its end.
LEAST = {Idea: 20, City: 8, Organisation: 8, Topic: 6, Theme: 3}


class Walk:
    """Acts at random, and remembers for itself, from what it did alone, where each address has to lead."""

    def __init__(self, seed: int):
        self.chance, self.numbers = random.Random(seed), count(1)
        #: Every address that ever was, with the noun whose it was; and for a noun that was merged, the other.
        self.owner, self.merged = {}, {}
        self.nouns = {model: [] for model in LEAST}
        self.withdrawn = set()
        self.done = dict.fromkeys(("rename", "merge", "withdraw", "take"), 0)

    def begin(self):
        with Edition.act(why="made for a walk"):
            cities = [make_city(country=code) for code in ("CA", "BE", "DE") for _ in range(7)]
            leaders = [make_organisation(city=city) for city in cities[:16]]
            topics = [make_term(Topic, f"topic-{number}") for number in range(16)]
            themes = [make_term(Theme, f"theme-{number}") for number in range(5)]
            for number in range(60):
                idea = make_idea(
                    title=f"Idea {number}",
                    city=cities[number % 19],
                    organisation=leaders[number % 16],
                    topics=[topics[number % 16].slug],
                    themes=[themes[number % 5].slug],
                )
                self.nouns[Idea].append(idea.pk)
                # The last two cities are known only for what they took up.
                make_adaptation(idea=idea, city=cities[19 + number % 2])
        for model, nouns in ((City, cities), (Organisation, leaders), (Topic, topics), (Theme, themes)):
            self.nouns[model] = [noun.pk for noun in nouns]
        for model in LEAST:
            for noun in model.objects.filter(pk__in=self.nouns[model]):
                self.note(noun)

    def note(self, noun):
        self.owner[noun.path] = type(noun), noun.pk
        if isinstance(noun, Idea):
            self.owner[f"/i/{noun.pk}/"] = Idea, noun.pk

    def step(self):
        model = self.chance.choice(list(LEAST))
        act = self.chance.choices([self.rename, self.merge, self.withdraw, self.take], [14, 4, 1, 2])[0]
        act(model)

    def rename(self, model):
        noun = model.objects.get(pk=self.chance.choice(self.nouns[model]))
        olds = [path for path, owner in self.owner.items() if owner == (model, noun.pk) and not path.startswith("/i/")]
        with Edition.act(why="renamed"):
            # Now and then back to a name that it had before.
            back = self.chance.random() < 0.2
            noun.slug = self.chance.choice(olds).split("/")[2] if back else f"name-{next(self.numbers)}"
            noun.save()
        self.note(noun)
        self.done["rename"] += 1

    def merge(self, model):
        pool = [pk for pk in self.nouns[model] if (model, pk) not in self.withdrawn]
        if len(pool) <= LEAST[model]:
            return self.rename(model)
        loser, winner = self.chance.sample(pool, 2)
        model.objects.get(pk=loser).merge_into(model.objects.get(pk=winner))
        self.merged[model, loser] = model, winner
        self.nouns[model].remove(loser)
        self.done["merge"] += 1

    def withdraw(self, model):
        pool = [pk for pk in self.nouns[Idea] if (Idea, pk) not in self.withdrawn]
        if len(pool) <= LEAST[Idea]:
            return self.rename(model)
        pk = self.chance.choice(pool)
        Idea.objects.get(pk=pk).withdraw(reason="The walk came by.")
        self.withdrawn.add((Idea, pk))
        self.done["withdraw"] += 1

    def take(self, model):
        """Tries to give a noun a slug that is or once was another's, which must be refused."""
        pk = self.chance.choice(self.nouns[model])
        others = [
            path for path, owner in self.owner.items()
            if owner[0] is model and self.end(owner) != (model, pk) and not path.startswith("/i/")
        ]  # fmt: skip
        noun = model.objects.get(pk=pk)
        assert noun.slug_fault(self.chance.choice(others).split("/")[2])
        self.done["take"] += 1

    def end(self, owner):
        while owner in self.merged:
            owner = self.merged[owner]
        return owner


def test_every_address_that_ever_was_is_answered_in_one_hop(client):
    walk = Walk(20261124)
    walk.begin()
    for _ in range(STEPS // AT_ONCE):
        with Edition.act(why="a few steps of the walk"):
            for _ in range(AT_ONCE):
                walk.step()
    assert sum(walk.done.values()) == STEPS
    assert walk.done["merge"] > 40
    assert walk.done["withdraw"] > 10
    assert len(walk.owner) > 700
    # What answers at each noun's present address, worked out from what the walk did.
    standing = {
        owner: client.get(owner[0].objects.get(pk=owner[1]).path).status_code
        for owner in set(map(walk.end, walk.owner.values()))
    }
    for (model, pk), status in standing.items():
        if model is Idea:
            expected = 410 if (Idea, pk) in walk.withdrawn else 200
        elif model is Theme:
            expected = 200
        else:
            noun = model.objects.get(pk=pk)
            used = noun.ideas.published().exists() or (model is City and noun.adaptations.shown().exists())
            expected = 200 if used else 410
        assert status == expected, (model, pk)
    assert set(standing.values()) == {200, 410}
    wrong = []
    for number, (path, owner) in enumerate(walk.owner.items()):
        end = walk.end(owner)
        present = end[0].objects.get(pk=end[1]).path
        asked = {path: present, path.rstrip("/"): present}
        if number % 2 and not path.startswith("/i/"):
            ending = walk.chance.choice(FORMS[owner[0]])
            asked[path.rstrip("/") + ending] = present.rstrip("/") + ending
        # What answers there was asked above.
        asked.pop(present, None)
        for address, there in asked.items():
            expected = (410, "") if standing[end] == 410 else (200, "") if address == there else (301, there)
            response = client.get(address)
            if (found := (response.status_code, response.get("Location", ""))) != expected:
                wrong.append((address, expected, found))
    assert wrong == []
    assert not Redirect.objects.filter(path__in=[owner[0].objects.get(pk=owner[1]).path for owner in standing]).exists()
