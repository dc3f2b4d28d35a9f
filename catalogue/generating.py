"""Writes made-up ideas into the database, very many of them in bounded memory, as one act."""

from collections.abc import Callable, Iterable
from pathlib import Path

from django.conf import settings
from django.db import connection

from catalogue.made_up import MadeUpIdea, MadeUpWorld
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
    Redirect,
    Resource,
    Theme,
    Topic,
)

FOLDER = settings.BASE_DIR / "fixtures"
#: Ideas made and written at a time, and rows in one statement: SQLite takes 32,766 values in one.
CHUNK, ROWS = 1_000, 500
VOCABULARIES = {"themes": (Theme, "01_themes"), "topics": (Topic, "02_topics"), "audiences": (Audience, "03_audiences")}

#: Hears what is being done, how much of it is done, and how much there is.
Say = Callable[[str, int, int], None]


def generate(number: int, seed: int, say: Say = lambda what, done, total: None, folder: Path = FOLDER) -> int:
    """Writes the made-up ideas 1 to `number` of a seed and says how many were new: those here already stay."""
    made = 0
    with Edition.act(why=f"{number} made-up ideas of seed {seed}") as act:
        act.say = lambda done, total: say("Words for search", done, total)
        writing = _Writing(MadeUpWorld(folder), seed)
        for start in range(1, number + 1, CHUNK):
            made += writing.write(range(start, min(start + CHUNK, number + 1)))
            say("Made-up ideas", min(start + CHUNK - 1, number), number)
        if made:
            act.touch_everything()
    if made:
        # Until it has counted, a database takes a full table for an empty one and plans accordingly.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return made


class _Writing:
    """One run: the keys of the nouns that ideas share."""

    def __init__(self, world: MadeUpWorld, seed: int):
        self.world, self.seed = world, seed
        self.terms = {name: self._vocabulary(*where) for name, where in VOCABULARIES.items()}
        self.cities: dict[int, int] = {}
        self.organisations: dict[int, int] = {}
        self.sources: dict[int, int] = {}

    def write(self, numbers: Iterable[int]) -> int:
        """Writes the ideas of these numbers that aren't there, with all that belongs to them."""
        made = {idea.slug: idea for idea in (self.world.idea(self.seed, number) for number in numbers)}
        for slug in Idea.objects.filter(slug__in=made).values_list("slug", flat=True):
            del made[slug]
        made = list(made.values())
        self._organisations({idea.organisation for idea in made} - {None})
        self._cities({idea.city for idea in made} - {None} | {place for idea in made for place, *_ in idea.journeys})
        self._sources({source for idea in made for source in idea.sources})
        ideas = _bulk(Idea, [self._idea(idea) for idea in made])
        pairs = list(zip(ideas, made, strict=True))
        _bulk(Body, [Body(idea=idea, text=one.body) for idea, one in pairs])
        for name, keys in self.terms.items():
            through = getattr(Idea, name).through
            field = through._meta.get_field(name.removesuffix("s")).attname
            rows = [(idea, keys[slug]) for idea, one in pairs for slug in getattr(one, name)]
            _bulk(through, [through(**{"idea_id": idea.pk, field: key}) for idea, key in rows])
        _bulk(
            Evidence,
            [
                Evidence(idea=idea, criterion=criterion, claim=claim, basis=basis)
                for idea, one in pairs
                for criterion, claim, basis in one.evidence
            ],
        )
        _bulk(
            Citation,
            [
                Citation(idea=idea, resource_id=self.sources[source], position=position)
                for idea, one in pairs
                for position, source in enumerate(one.sources, 1)
            ],
        )
        _bulk(
            Adaptation,
            [
                Adaptation(idea=idea, city_id=self.cities[place], year=year, state=state, note=note)
                for idea, one in pairs
                for place, year, state, note in one.journeys
            ],
        )
        return len(made)

    def _idea(self, made: MadeUpIdea) -> Idea:
        return Idea(
            slug=made.slug,
            title=made.title,
            summary=made.summary,
            city_id=self.cities.get(made.city),
            placeless=made.city is None,
            organisation_id=self.organisations.get(made.organisation),
            partners=made.partners,
            started=made.started,
            ended=made.ended,
            status=Idea.Status.PUBLISHED,
            first_published=made.published,
        )

    def _vocabulary(self, model, file: str) -> dict[str, int]:
        """The keys of a vocabulary by its slugs in the files; what isn't in the database is made."""
        keys = dict(model.objects.values_list("slug", "pk"))
        for row in self.world.rows(file):
            if row["slug"] not in keys:
                # An editor may have given it another slug, and the old address still leads there.
                moved = Redirect.objects.find(model.path_of(row["slug"]))
                term = moved.target if moved and isinstance(moved.target, model) else model.objects.create(**row)
                keys[row["slug"]] = term.pk
        return keys

    def _cities(self, numbers: set[int]) -> None:
        self._share(City, self.cities, numbers, self.world.city, "slug")

    def _organisations(self, numbers: set[int]) -> None:
        self._cities({self.world.organisation(number)["city"] for number in numbers - self.organisations.keys()})
        self._share(Organisation, self.organisations, numbers, self._organisation, "slug")

    def _organisation(self, number: int) -> dict:
        row = self.world.organisation(number)
        city = row.pop("city")
        return row | {"city_id": self.cities[city]}

    def _sources(self, numbers: set[int]) -> None:
        self._share(Resource, self.sources, numbers, self.world.source, "url")

    def _share(self, model, keys: dict[int, int], numbers: set[int], make: Callable[[int], dict], name: str) -> None:
        """Finds the nouns of these numbers by what names them, makes those that aren't there, and keeps their keys."""
        rows = {number: make(number) for number in sorted(numbers - keys.keys())}
        names = {row[name] for row in rows.values()}
        known = dict(model.objects.filter(**{f"{name}__in": names}).values_list(name, "pk"))
        new = _bulk(model, [model(**row) for row in rows.values() if row[name] not in known])
        known |= {getattr(noun, name): noun.pk for noun in new}
        keys |= {number: known[row[name]] for number, row in rows.items()}


def _bulk(model, rows: list) -> list:
    for row in rows:
        if hasattr(row, "derive"):
            row.derive()
    return model._base_manager.bulk_create(rows, batch_size=ROWS)
