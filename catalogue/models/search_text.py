"""What search reads: the published ideas as the keys of their words, and the words that readers may have meant.

Written in the act that changes an idea or a name in it, before the number of the edition is taken, so that nobody
waits for it who changes something else. An act that changes a name has the table to itself from there to its end; all
others share it. So no text is made from a name that is just being changed, and none that holds it is overlooked.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from django.db import connection, models
from django.db.models import F, OuterRef, Q, Subquery

from catalogue.countries import country_names
from catalogue.models.edition import Kind
from catalogue.models.evidence import Evidence
from catalogue.models.idea import Idea
from catalogue.models.organisation import Organisation
from catalogue.models.place import City
from catalogue.models.translated_claim import TranslatedClaim
from catalogue.models.translation import Translation
from catalogue.models.vocabulary import Theme, Topic
from catalogue.words import GAP, keys_in, run, surface, words

#: Ideas that are read and written at a time; SQLite takes 999 values in one statement.
CHUNK = 500
#: What of a noun an idea's text holds: when nothing of it changed, the texts stay as they are.
NAMED = {"name", "region", "country", "aliases"}
#: How the ideas with a noun are found.
LEADS_TO = {Kind.CITY: "city", Kind.ORGANISATION: "organisation", Kind.THEME: "themes", Kind.TOPIC: "topics"}
_NAMED = {City: ("name", "region", "country"), Organisation: ("name", "aliases"), Theme: ("name",), Topic: ("name",)}
_LINK_TARGET = re.compile(r"\]\([^)\s]*\)")


class Searched(models.Model):
    """Of a published idea the keys that `words` makes, with a blank on both sides of each."""

    keys = models.TextField()

    class Meta:
        abstract = True

    def __str__(self):
        return self.keys


class SearchHead(Searched):
    """What ranking reads, apart from the long texts: the idea's number, title, names and summary, with tabs between."""

    idea = models.OneToOneField(Idea, models.CASCADE, primary_key=True, related_name="search_head")


class SearchText(Searched):
    """What is found: every key of an idea in its order, and between two neighbours their pair.

    The database keeps its own full-text index: a column beside the keys on PostgreSQL, a table kept by triggers on
    SQLite. An idea that isn't published has no row, so it can't be found.
    """

    idea = models.OneToOneField(Idea, models.CASCADE, primary_key=True, related_name="search_text")

    #: PostgreSQL's index takes no more of one row.
    LONGEST = 1_000_000

    @classmethod
    def follow(cls, revisions: Iterable) -> None:
        """Brings up to date what these lines of history changed, and the ideas that hold a name which they changed."""
        ideas, named = _changed(revisions), _renamed(revisions)
        if ideas or named:
            cls._keep(alone=bool(named))
        if named:
            holding = Q(*((f"{field}__in", pks) for field, pks in named.items()), _connector=Q.OR)
            ideas |= set(Idea.objects.published().filter(holding).values_list("pk", flat=True))
        cls.refresh(ideas)

    @classmethod
    def follow_all(cls, revisions: Iterable, say: Callable[[int, int], None]) -> None:
        """The same when more changed than these lines say. `say` hears how far it is."""
        cls._keep(alone=bool(_renamed(revisions)))
        cls.refresh_all(say)

    @staticmethod
    def _keep(alone: bool) -> None:
        """Until the act ends, nobody writes here who changes a name; `alone`, nobody at all. Reading goes on."""
        # On SQLite acts follow one another anyway.
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                mode = "SHARE ROW EXCLUSIVE" if alone else "ROW EXCLUSIVE"
                cursor.execute(f"LOCK TABLE catalogue_searchtext IN {mode} MODE")

    @classmethod
    def refresh(cls, ideas: Iterable[int]) -> None:
        """Brings the texts of these ideas up to date, whatever has become of them."""
        texts = _Texts()
        for chunk in _chunks(sorted(ideas)):
            texts.write(chunk)
        texts.learn()

    @classmethod
    def refresh_all(cls, say: Callable[[int, int], None] = lambda done, total: None) -> None:
        """Brings every text up to date; what holds already isn't written again. `say` hears how far it is."""
        texts = _Texts()
        ideas = list(Idea.objects.published().order_by("pk").values_list("pk", flat=True))
        for chunk in _chunks(ideas):
            texts.write(chunk)
            texts.done += len(chunk)
            say(texts.done, len(ideas))
        texts.learn()
        for model in SEARCHED:
            model.objects.exclude(idea__in=Idea.objects.published()).delete()


SEARCHED = (SearchHead, SearchText)


class Word(models.Model):
    """A word of a published idea as readers write it, folded: what a slip of the pen may have meant.

    Words are only added. One whose last idea was withdrawn stays, but is never shown: whatever is proposed to a reader
    has first been looked for among the published.
    """

    LONGEST, SHORTEST = 30, 3

    word = models.CharField(max_length=LONGEST, unique=True)

    def __str__(self):
        return self.word

    @classmethod
    def learn(cls, found: set[str]) -> None:
        # In order, so that of two acts at once neither waits for the other in a circle.
        for chunk in _chunks(sorted(found)):
            known = set(cls.objects.filter(word__in=chunk).values_list("word", flat=True))
            cls.objects.bulk_create([cls(word=word) for word in chunk if word not in known], ignore_conflicts=True)


class _Joined(models.Aggregate):
    """Texts of several rows as one, with line ends between them."""

    function = "STRING_AGG"
    template = "%(function)s(%(expressions)s, '\n')"

    def as_sqlite(self, compiler, connection, **context):
        return super().as_sql(compiler, connection, function="GROUP_CONCAT", **context)


def with_texts(ideas: models.QuerySet) -> models.QuerySet:
    """The same rows with what an excerpt may be taken from: `text` and `claims`, the evidence as lines, and both as
    they are `told`.

    One query, of rows that know by `told_in` how they are told.
    """
    claims = Evidence.objects.filter(idea=OuterRef("pk")).order_by().values("idea").annotate(all=_Joined("claim"))
    told = TranslatedClaim.objects.filter(translation=OuterRef("told__pk")).order_by().values("translation")
    return ideas.annotate(
        text=F("story__text"),
        told_text=F("told__body"),
        claims=Subquery(claims.values("all")),
        told_claims=Subquery(told.annotate(all=_Joined("text")).values("all")),
    )


class _Texts:
    """Writes texts, remembering the names that many of them share and the words met."""

    def __init__(self):
        self.names: dict[tuple, str] = {}
        self.met: set[str] = set()
        self.done = 0

    def write(self, ideas: list[int]) -> None:
        # In this order: what is made is never older than what it is compared with.
        present = [dict(model.objects.filter(pk__in=ideas).values_list("pk", "keys")) for model in SEARCHED]
        made = self._made(ideas)
        for place, model in enumerate(SEARCHED):
            changed = [
                model(idea_id=pk, keys=keys[place])
                for pk, keys in made.items()
                if keys[place] != present[place].get(pk)
            ]
            model.objects.bulk_create(changed, update_conflicts=True, unique_fields=["idea"], update_fields=["keys"])
            if gone := present[place].keys() - made:
                model.objects.filter(pk__in=gone).delete()

    def learn(self) -> None:
        """Keeps the words met for whoever mistypes one."""
        found = set()
        for word in self.met:
            folded = surface(word)
            if Word.SHORTEST <= len(folded) <= Word.LONGEST and folded.isalpha():
                found.add(folded)
        Word.learn(found)

    def _made(self, ideas) -> dict[int, tuple[str, str]]:
        """For each of these ideas that is published what ranking reads, and what is found."""
        rows = Idea.objects.published().filter(pk__in=ideas)
        rows = rows.values_list("pk", "title", "summary", "language", "partners", "city", "organisation", "story__text")
        # In order, so that two acts never wait for each other.
        rows = list(rows.order_by("pk"))
        claims = _grouped(Evidence.objects.filter(idea__in=ideas).order_by("pk").values_list("idea", "claim"))
        translations = _grouped(
            (row[0], row[1:])
            for row in Translation.objects.published()
            .filter(idea__in=ideas)
            .order_by("idea", "language")
            .values_list("idea", "pk", "language", "title", "summary", "body")
        )
        told_claims = _grouped(
            TranslatedClaim.objects.filter(translation__idea__in=ideas)
            .order_by("translation", "evidence")
            .values_list("translation", "text")
        )
        terms = _grouped(chain(_joined(Theme, "theme", ideas), _joined(Topic, "topic", ideas)))
        nouns = {
            row[0]: [
                *((City, pk) for pk in row[5:6] if pk),
                *((Organisation, pk) for pk in row[6:7] if pk),
                *terms.get(row[0], ()),
            ]
            for row in rows
        }
        self._read_names(set(chain.from_iterable(nouns.values())))
        made = {}
        for pk, title, summary, language, partners, _city, _organisation, body in rows:
            names = [self.names[noun] for noun in nouns[pk]] + list(partners)
            text = [_LINK_TARGET.sub("]", body or ""), *claims.get(pk, ())]
            head = [self._lines(texts, language) for texts in ([title], names, [summary])]
            # Found by, but not ranked by: what an idea is worth to a query is told by its own words alone.
            told = (
                self._lines([title, summary, _LINK_TARGET.sub("]", body), *told_claims.get(number, ())], other)
                for number, other, title, summary, body in translations.get(pk, ())
            )
            lines = chain(*head, self._lines(text, language), *told)
            made[pk] = (_head(pk, head), _terms(lines))
        return made

    def _lines(self, texts: Iterable[str], language: str) -> list[list[str]]:
        """The keys of each line of several texts."""
        lines, key_of = [], keys_in(language).__getitem__
        for line in chain.from_iterable(text.splitlines() for text in texts):
            found = words(line)
            self.met.update(found)
            if keys := list(filter(None, map(key_of, found))):
                lines.append(keys)
        return lines

    def _read_names(self, nouns: set[tuple]) -> None:
        for model, fields in _NAMED.items():
            unknown = [pk for kind, pk in nouns if kind is model and (kind, pk) not in self.names]
            for pk, noun in model.objects.only(*fields).in_bulk(unknown).items():
                self.names[model, pk] = _names_of(noun)


def _changed(revisions: Iterable) -> set[int]:
    """The ideas that these lines changed, by themselves or in a translation."""
    ideas = {revision.object_id for revision in revisions if revision.kind == Kind.IDEA}
    translations = (revision for revision in revisions if revision.kind == Kind.TRANSLATION)
    return ideas | {(revision.after or revision.before)["idea_id"] for revision in translations}


def _renamed(revisions: Iterable) -> dict[str, list[int]]:
    """The nouns whose names these lines changed, by how ideas with them are found. A new noun had none before."""
    named: dict[str, list[int]] = {}
    for revision in revisions:
        if revision.kind in LEADS_TO and revision.before is not None and NAMED & set(revision.changed):
            named.setdefault(LEADS_TO[revision.kind], []).append(revision.object_id)
    return named


def _head(pk: int, fields: Iterable[list]) -> str:
    """Between lines a gap that no phrase crosses."""
    return "\t".join([str(pk), *(f" {f' {GAP} '.join(map(' '.join, lines))} " for lines in fields)])


def _terms(lines: Iterable[list]) -> str:
    """Between lines there is no pair, so that no phrase crosses from one into the next."""
    terms = f" {' '.join(map(run, lines))} "
    return terms if len(terms) <= SearchText.LONGEST else terms[: SearchText.LONGEST].rpartition(" ")[0] + " "


def _names_of(noun) -> str:
    """All names of a noun, with line ends between them."""
    if isinstance(noun, City):
        return "\n".join([noun.name, noun.region, *dict.fromkeys(country_names(noun.country).values())])
    if isinstance(noun, Organisation):
        return "\n".join([noun.name, *noun.aliases])
    return "\n".join(dict.fromkeys(noun.name.values()))


def _joined(model, name: str, ideas) -> Iterator[tuple[int, tuple]]:
    """Each of these ideas with each of its terms, as the key of a name."""
    through = getattr(Idea, f"{name}s").through
    pairs = through.objects.filter(idea__in=ideas).order_by(name).values_list("idea", name)
    return ((idea, (model, pk)) for idea, pk in pairs)


def _chunks(things: list) -> Iterator[list]:
    return (things[start : start + CHUNK] for start in range(0, len(things), CHUNK))


def _grouped(pairs: Iterable[tuple]) -> dict[int, list]:
    groups = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return groups
