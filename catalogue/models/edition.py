"""The catalogue's clock and its one door: editions, the change log, and the acts that history is made of."""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from catalogue.models.noun import CatalogueModel

#: Nouns that are read at a time.
CHUNK = 500


class Kind(models.IntegerChoices):
    """What a line of the change log is about. The numbers are stored: add, never renumber."""

    EVERYTHING = 0, _("everything")
    IDEA = 1, _("idea")
    CITY = 2, _("city")
    ORGANISATION = 3, _("organisation")
    THEME = 4, _("theme")
    TOPIC = 5, _("topic")
    AUDIENCE = 6, _("audience")
    RESOURCE = 7, _("resource")
    ADAPTATION = 8, _("adaptation")
    REDIRECT = 9, _("redirect")
    PAGE = 10, _("page")
    SYNONYM = 11, _("synonym")
    POPULARITY = 12, _("order of the most viewed")
    TRANSLATION = 13, _("translation")


class Edition(models.Model):
    """The number of the present edition, in a single row; it goes up by one with every act that the public can see."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    number = models.PositiveBigIntegerField(default=0)
    # Drawn anew with every number. After a backup is restored the numbers are taken again, and what was made from an
    # edition that is no more must not pass for one of the same number.
    stamp = models.CharField(max_length=16, blank=True, editable=False)

    class Meta:
        constraints = [models.CheckConstraint(name="edition_is_one_row", condition=models.Q(id=1))]

    def __str__(self):
        return str(self.number)

    @staticmethod
    def current() -> int:
        """The number of the present edition; 0 while nothing has been published."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT number FROM catalogue_edition WHERE id = 1")
            row = cursor.fetchone()
        return row[0] if row else 0

    @staticmethod
    def take() -> int:
        """The next number. Its row stays locked until the commit, so that commit order is number order."""
        with connection.cursor() as cursor:
            for _attempt in range(2):
                cursor.execute(
                    "UPDATE catalogue_edition SET number = number + 1, stamp = %s WHERE id = 1 RETURNING number",
                    [secrets.token_hex(8)],
                )
                if row := cursor.fetchone():
                    return row[0]
                cursor.execute(
                    "INSERT INTO catalogue_edition (id, number, stamp) VALUES (1, 0, '') ON CONFLICT DO NOTHING"
                )
        raise RuntimeError("The edition's row can't be made.")

    @staticmethod
    @contextmanager
    def act(*, by=None, why: str = ""):
        """One transaction in which public nouns may change, one line of history, and at most one edition.

        `by` is the user who acts, or None for a command; `why` is said in a few words. An act inside another joins
        it. Leaving with an exception undoes everything. The number is taken last, just before the commit: taken
        first, one long import would hold up every other act.
        """
        if outer := OpenAct.now():
            outer.why = outer.why or why
            yield outer
            return
        with transaction.atomic():
            act = OpenAct(by=by, why=why)
            token = _open_act.set(act)
            try:
                yield act
                act.close()
            finally:
                _open_act.reset(token)


class Change(models.Model):
    """One thing that an edition changed. Appended in the act, never updated: readers catch up by it."""

    edition = models.PositiveBigIntegerField()
    kind = models.PositiveSmallIntegerField(choices=Kind)
    object_id = models.PositiveBigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["edition"], name="change_by_edition")]

    def __str__(self):
        return f"{self.edition}: {self.get_kind_display()} {self.object_id}"

    @classmethod
    def since(cls, edition: int) -> list[tuple[int, int]]:
        """What changed after an edition, as (kind, id), each once."""
        changes = cls.objects.filter(edition__gt=edition).values_list("kind", "object_id")
        return sorted(set(changes))


class Act(models.Model):
    """A line of history: who changed something, when, and why."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    # Kept beside the account, which may be removed: who did it stays known.
    by_name = models.CharField(max_length=150, blank=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)
    why = models.CharField(max_length=300, blank=True)
    edition = models.PositiveBigIntegerField(null=True, help_text=_("Empty when only drafts changed."))
    # Of the form that was sent: sent twice, it is one act. The digest tells the same content from another.
    key = models.UUIDField(null=True, unique=True, editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name_plural = _("history")
        ordering = ["-id"]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.by_name}: {self.why}"


class Revision(models.Model):
    """What an act changed in one noun: the whole noun as it was, and as it is."""

    act = models.ForeignKey(Act, models.CASCADE, related_name="revisions")
    kind = models.PositiveSmallIntegerField(choices=Kind)
    object_id = models.PositiveBigIntegerField()
    label = models.CharField(max_length=300)
    before = models.JSONField(null=True, help_text=_("Empty when the act made it."))
    after = models.JSONField(null=True, help_text=_("Empty when the act removed it, or made it in bulk."))
    # What feeds and sitemaps date a noun by.
    is_news = models.BooleanField(default=False, help_text=_("It says something new to whoever had read it before."))

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["kind", "object_id"], name="revision_by_object"),
            models.Index(fields=["kind", "object_id"], name="revision_is_news", condition=models.Q(is_news=True)),
        ]

    def __str__(self):
        return self.label

    @property
    def changed(self) -> dict[str, tuple]:
        """Each field that differs, as (before, after)."""
        before, after = self.before or {}, self.after or {}
        names = [*before, *(name for name in after if name not in before)]
        return {name: (before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)}


@dataclass
class _Touched:
    """A noun that an act has in hand, as it was before the act wrote to it."""

    noun: models.Model
    before: dict | None
    was_public: bool


_open_act: ContextVar["OpenAct | None"] = ContextVar("open_act", default=None)


class OpenAct:
    """An act under way: what it has touched, and on closing what becomes of that."""

    def __init__(self, *, by, why):
        self.by, self.why = by, why
        self.touched: dict[tuple, _Touched] = {}
        self.made_in_bulk: list[models.Model] = []
        self.everything = False
        self.edition: int | None = None
        self.key, self.digest = None, ""
        #: Hears how far closing is when that takes long: ideas done, and ideas in all.
        self.say = lambda done, total: None

    @staticmethod
    def now() -> "OpenAct | None":
        return _open_act.get()

    def watch(self, noun: "CatalogueModel") -> None:
        """Remembers what a noun is like before it changes, once an act. `save` and `delete` do it by themselves."""
        self.watch_all([noun])

    def watch_all(self, nouns: "list[CatalogueModel]") -> None:
        """Watches many, with a few queries for each kind of them."""
        new = {key: noun for noun in nouns if noun.pk and (key := (type(noun), noun.pk)) not in self.touched}
        # Locked, so that what history calls "before" is what this act really replaced.
        for key, before, snapshot in _as_they_are(new, lock=True):
            self.touched[key] = _Touched(new[key], snapshot, before is not None and before.is_public)

    def hold(self, noun: "CatalogueModel") -> None:
        """Watches a noun, locks its row and reads it again: what follows rests on what is there now."""
        self.watch(noun)
        try:
            noun.refresh_from_db(from_queryset=type(noun)._base_manager.select_for_update())
        except ObjectDoesNotExist:
            raise ValidationError(_("“%(noun)s” is no longer there.") % {"noun": noun}) from None

    def touch(self, noun: "CatalogueModel") -> None:
        """Says that a noun changed. One that existed was `watch`ed before it was written; a new one has no before."""
        self.touched.setdefault((type(noun), noun.pk), _Touched(noun, None, False))

    def touch_made(self, nouns: list["CatalogueModel"]) -> None:
        """Says that these were made in bulk: one line of history each, and one "everything" in the change log."""
        self.made_in_bulk.extend(nouns)
        self.everything = True

    def touch_everything(self) -> None:
        """Says that more changed than is worth naming: readers begin anew, and history has the act alone."""
        self.everything = True

    def close(self) -> None:
        """Writes the history and the texts for search, then takes the number and writes the log, if the public can see
        a difference."""
        revisions, public = [], []
        for key, noun, after in _as_they_are(self.touched):
            touched = self.touched[key]
            if after == touched.before:
                continue
            kind = touched.noun.kind
            label = str(noun or touched.noun)[:300]
            revision = Revision(kind=kind, object_id=touched.noun.pk, label=label, before=touched.before, after=after)
            revision.is_news = touched.was_public and not touched.noun.news.isdisjoint(revision.changed)
            revisions.append(revision)
            if touched.was_public or (noun is not None and noun.is_public):
                public.append((kind, touched.noun.pk))
        for noun in self.made_in_bulk:
            revisions.append(Revision(kind=noun.kind, object_id=noun.pk, label=str(noun)[:300]))
        if not revisions and not self.everything:
            return
        act = Act.objects.create(
            by=self.by, by_name=str(self.by or ""), why=self.why[:300], key=self.key, digest=self.digest
        )
        for revision in revisions:
            revision.act = act
        Revision.objects.bulk_create(revisions, batch_size=500)
        if connection.vendor == "postgresql":
            # Asked at the commit, whether what this act refers to is there would wait for an act that renames it, and
            # that one would be waiting for this one's number.
            connection.check_constraints()
        # Search knows the nouns, and they know their acts.
        from catalogue.models.search_text import SearchText

        if self.everything:
            public = [(Kind.EVERYTHING, 0)]
            SearchText.follow_all(revisions, self.say)
        else:
            SearchText.follow(revisions)
        if public:
            self.edition = Edition.take()
            Act.objects.filter(pk=act.pk).update(edition=self.edition)
            Change.objects.bulk_create(Change(edition=self.edition, kind=k, object_id=pk) for k, pk in sorted(public))


def _as_they_are(keys: Iterable[tuple], lock: bool = False) -> Iterator[tuple]:
    """For each (model, key) the noun as the database has it now and its snapshot; None for both if it isn't there."""
    keys = list(keys)
    for model in dict.fromkeys(model for model, _pk in keys):
        rows = model._base_manager.select_for_update() if lock else model._base_manager
        pks = [pk for kind, pk in keys if kind is model]
        for start in range(0, len(pks), CHUNK):
            some = pks[start : start + CHUNK]
            # In one order, so that two acts never wait for each other.
            nouns = {noun.pk: noun for noun in rows.filter(pk__in=some).order_by("pk")}
            snapshots = model.snapshots(list(nouns.values()))
            yield from (((model, pk), nouns.get(pk), snapshots.get(pk)) for pk in some)


@contextmanager
def read_snapshot():
    """All that is read inside is of one moment, whatever is committed meanwhile. In a transaction it joins that."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        # A plain BEGIN: `atomic` would say IMMEDIATE here and hold up whoever wants to write.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("COMMIT")
