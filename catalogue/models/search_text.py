"""What search reads: the published ideas as the keys of their words, and the words that readers may have meant.

Written in the act that changes an idea or a name in it, after the number of the edition is taken: acts follow one
another from there on, so no text is made from a name that another act is just changing.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery

from catalogue.countries import country_names
from catalogue.models.edition import Kind
from catalogue.models.evidence import Evidence
from catalogue.models.idea import Idea
from catalogue.models.organisation import Organisation
from catalogue.models.place import City
from catalogue.models.vocabulary import Theme, Topic
from catalogue.words import GAP, keys_in, surface, words

#: Ideas that are read and written at a time; SQLite takes 999 values in one statement.
CHUNK = 500
#: What of a noun an idea's text holds: when nothing of it changed, the texts stay as they are.
NAMED = {"name", "region", "country", "aliases"}
#: How the ideas with a noun are found.
LEADS_TO = {Kind.CITY: "city", Kind.ORGANISATION: "organisation", Kind.THEME: "themes", Kind.TOPIC: "topics"}
_NAMED = {City: ("name", "region", "country"), Organisation: ("name", "aliases"), Theme: ("name",), Topic: ("name",)}
_LINK_TARGET = re.compile(r"\]\([^)\s]*\)")


class SearchText(models.Model):
    """A published idea for search, weighted by field. Each field holds keys as `words` makes them, with blanks between.

    The database keeps its own full-text index of this row: a column beside it on PostgreSQL, a table kept by triggers
    on SQLite. An idea that isn't published has no row, so it can't be found.
    """

    idea = models.OneToOneField(Idea, models.CASCADE, primary_key=True, related_name="search_text")
    title = models.TextField()
    names = models.TextField(help_text="Of places, organisations with their other names, partners, topics and themes.")
    summary = models.TextField()
    # Last and long: on both databases the three before it are read without it.
    text = models.TextField(help_text="Of the body and of the evidence.")

    FIELDS = ("title", "names", "summary", "text")

    def __str__(self):
        return self.title

    @classmethod
    def follow(cls, revisions: Iterable) -> None:
        """Brings up to date what these lines of history changed, and the ideas that hold a name which they changed."""
        ideas, named = set(), {}
        for revision in revisions:
            if revision.kind == Kind.IDEA:
                ideas.add(revision.object_id)
            elif revision.kind in LEADS_TO and NAMED & set(revision.changed):
                named.setdefault(LEADS_TO[revision.kind], []).append(revision.object_id)
        if named:
            holding = Q(*((f"{field}__in", pks) for field, pks in named.items()), _connector=Q.OR)
            ideas |= set(Idea.objects.published().filter(holding).values_list("pk", flat=True))
        cls.refresh(ideas)

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
        cls.objects.exclude(idea__in=Idea.objects.published()).delete()


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
    """The same rows with `text` and `claims`, the evidence as lines: what an excerpt may be taken from. One query."""
    claims = Evidence.objects.filter(idea=OuterRef("pk")).order_by().values("idea").annotate(all=_Joined("claim"))
    return ideas.annotate(text=F("story__text"), claims=Subquery(claims.values("all")))


class _Texts:
    """Writes texts, remembering the names that many of them share and the words met."""

    def __init__(self):
        self.names: dict[tuple, str] = {}
        self.met: set[str] = set()
        self.done = 0

    def write(self, ideas: Iterable[int]) -> None:
        wanted = self._made(ideas)
        present = SearchText.objects.in_bulk(list(ideas))
        changed = [text for pk, text in wanted.items() if not _same(text, present.get(pk))]
        SearchText.objects.bulk_create(
            changed, update_conflicts=True, unique_fields=["idea"], update_fields=SearchText.FIELDS
        )
        if gone := set(present) - set(wanted):
            SearchText.objects.filter(pk__in=gone).delete()

    def learn(self) -> None:
        """Keeps the words met for whoever mistypes one."""
        found = set()
        for word in self.met:
            folded = surface(word)
            if Word.SHORTEST <= len(folded) <= Word.LONGEST and folded.isalpha():
                found.add(folded)
        Word.learn(found)

    def _made(self, ideas) -> dict[int, SearchText]:
        rows = Idea.objects.published().filter(pk__in=ideas)
        rows = rows.values_list("pk", "title", "summary", "language", "partners", "city", "organisation", "story__text")
        rows = list(rows)
        claims = _grouped(Evidence.objects.filter(idea__in=ideas).order_by("pk").values_list("idea", "claim"))
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
            fields = zip(SearchText.FIELDS, ([title], names, [summary], text), strict=True)
            made[pk] = SearchText(idea_id=pk, **{name: self._keys(texts, language) for name, texts in fields})
        return made

    def _keys(self, texts: Iterable[str], language: str) -> str:
        """The keys of several texts, with a gap that no phrase crosses between lines."""
        lines, key_of = [], keys_in(language).__getitem__
        for line in chain.from_iterable(text.splitlines() for text in texts):
            found = words(line)
            self.met.update(found)
            if keys := " ".join(filter(None, map(key_of, found))):
                lines.append(keys)
        return f" {GAP} ".join(lines)

    def _read_names(self, nouns: set[tuple]) -> None:
        for model, fields in _NAMED.items():
            unknown = [pk for kind, pk in nouns if kind is model and (kind, pk) not in self.names]
            for pk, noun in model.objects.only(*fields).in_bulk(unknown).items():
                self.names[model, pk] = _names_of(noun)


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


def _same(text: SearchText, other: SearchText | None) -> bool:
    return other is not None and all(getattr(text, name) == getattr(other, name) for name in SearchText.FIELDS)
