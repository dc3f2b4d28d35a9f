"""An idea told in another language: written by one, published by another, and known to lag behind its original."""

from contextlib import contextmanager

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q, Value
from django.db.models.functions import Coalesce, Length
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalogue.models.edition import Edition, Kind, OpenAct
from catalogue.models.evidence import Evidence
from catalogue.models.noun import CatalogueModel
from catalogue.models.translated_claim import TranslatedClaim

#: What somebody may do who translates, and who reviews translations.
WRITES, PUBLISHES = "catalogue.add_translation", "catalogue.publish_translation"
#: What of an idea is translated, beside the claims of its evidence. Its guide and its journeys stay in the language of
#: the original.
TEXTS = ("title", "summary", "body")


class State(models.TextChoices):
    DRAFT = "draft", _("In work")
    OFFERED = "offered", _("Offered for review")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class TranslationQuerySet(models.QuerySet):
    def published(self):
        return self.filter(state=State.PUBLISHED)

    def drafts(self):
        return self.filter(state=State.DRAFT)

    def offered(self):
        return self.filter(state=State.OFFERED)

    def in_work(self):
        """What somebody is at, or waits for review."""
        return self.filter(state__in=(State.DRAFT, State.OFFERED))

    def present(self):
        """What readers see and what is to take its place, by language."""
        shown = self.exclude(state=State.WITHDRAWN).select_related("idea__story").with_claims()
        return shown.order_by("language", "pk")

    def into(self, language: str):
        return self.filter(language=language)

    def with_claims(self):
        """With their claims and what these are made from, in one more query."""
        return self.prefetch_related(Prefetch("claims", TranslatedClaim.objects.select_related("evidence")))

    def out_of_date(self):
        """Those whose original says something else now than what they were made from."""
        return self.exclude(_tells_the_original())

    def lacking_claims(self):
        """Those that leave a claim of their original untranslated."""
        told = TranslatedClaim.objects.filter(evidence=OuterRef("pk"), translation=OuterRef(OuterRef("pk")))
        return self.filter(Exists(Evidence.objects.filter(~Exists(told), idea=OuterRef("idea"))))

    def to_renew(self):
        """What readers see and lags behind, and nobody has begun anew."""
        return self._not_begun_anew().out_of_date()

    def to_complete(self):
        """What readers see and doesn't lag behind, but lacks a claim, and nobody has begun anew."""
        return self._not_begun_anew().filter(_tells_the_original()).lacking_claims()

    def _not_begun_anew(self):
        begun = self.model.objects.in_work().filter(idea=OuterRef("idea"), language=OuterRef("language"))
        return self.published().filter(~Exists(begun), idea__status="published")


def _tells_the_original() -> Q:
    """That a translation was made from what its original says now."""
    body = Coalesce(F("idea__story__text"), Value(""))
    behind = TranslatedClaim.objects.out_of_date().filter(translation=OuterRef("pk"))
    texts = {"idea__title": F("source_title"), "idea__summary": F("source_summary"), "source_body": body}
    return Q(~Exists(behind), **texts)


class TranslationManager(models.Manager.from_queryset(TranslationQuerySet)):
    def start(self, idea, language: str, *, by):
        """Begins a translation. Where one is published, from its words: readers keep that until the new one is."""
        with Edition.act(by=by, why="translation begun") as act:
            act.watch(idea)
            translation = self.model(idea=idea, language=language)
            translation.write(by=by)
            present = self.published().into(language).filter(idea=idea).first()
            translation._take(present or idea, "" if present is None else "source_")
            if present:
                for name in (*TEXTS, "credit"):
                    setattr(translation, name, getattr(present, name))
            translation.full_clean()
            translation.save()
            for claim in present.claims.select_related("evidence") if present else ():
                values = {name: getattr(claim, name) for name in ("evidence", "text", "source_text")}
                translation.claims.create(**values)
        return translation


class Translation(CatalogueModel):
    """Title, summary and text of an idea in a language of the interface, and as many of its claims as were translated.

    draft → offered → published → withdrawn; sent back, what was offered is a draft again. A published one isn't
    changed: a new one is begun beside it and takes its place. Each arrow is one verb, and publishing needs an editor
    other than whoever wrote it.
    """

    kind = Kind.TRANSLATION
    parts = ("claims",)

    idea = models.ForeignKey("catalogue.Idea", models.CASCADE, related_name="translations", verbose_name=_("idea"))
    language = models.CharField(_("language"), max_length=20, choices=settings.LANGUAGES)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.DRAFT)
    title = models.CharField(_("title"), max_length=200, blank=True)
    summary = models.CharField(
        _("summary"), max_length=450, blank=True, help_text=_("Plain text, at most 450 characters.")
    )
    credit = models.CharField(
        _("name of the translator, for readers"),
        max_length=200,
        blank=True,
        help_text=_("Only if they ask to be named. Empty, readers are told that the editors translated it."),
    )
    sent_back = models.TextField(_("why it was sent back"), blank=True)
    withdrawn_reason = models.TextField(_("reason for the withdrawal"), blank=True)
    # No rule of the database binds these two: an account is removed without an act of the catalogue.
    translator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, db_constraint=False, editable=False, related_name="+"
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, db_constraint=False, editable=False, related_name="+"
    )
    # Kept beside the accounts, which may be removed: who did it stays known to editors.
    translator_name = models.CharField(_("translator"), max_length=150, blank=True, editable=False)
    reviewer_name = models.CharField(_("reviewer"), max_length=150, blank=True, editable=False)
    reviewed_at = models.DateTimeField(_("reviewed"), null=True, editable=False)
    # What the original said: kept whole, so that whoever brings a translation up to date sees what changed.
    source_title = models.CharField(max_length=200, editable=False)
    source_summary = models.CharField(max_length=450, blank=True, editable=False)
    # Last, behind all that a list reads: SQLite walks through a row from its beginning.
    body = models.TextField(_("text"), blank=True, help_text=_("Markdown, with the same headings as the original."))
    source_body = models.TextField(blank=True, editable=False)

    objects = TranslationManager()

    class Meta:
        verbose_name = _("translation")
        verbose_name_plural = _("translations")
        ordering = ["-id"]
        permissions = [("publish_translation", "Can review and publish translations")]
        constraints = [
            models.UniqueConstraint(
                name="translation_is_published_once", fields=["idea", "language"], condition=Q(state="published")
            ),
            models.UniqueConstraint(
                name="translation_is_in_work_once",
                fields=["idea", "language"],
                condition=Q(state__in=["draft", "offered"]),
                violation_error_message=_("Somebody is translating this idea into this language already."),
            ),
            models.CheckConstraint(
                name="translation_language_is_known", condition=Q(language__in=["en", "fr", "de", "es"])
            ),
            models.CheckConstraint(
                name="translation_state_is_known",
                condition=Q(state__in=["draft", "offered", "published", "withdrawn"]),
            ),
            models.CheckConstraint(
                name="translation_is_whole_when_offered",
                condition=Q(state="draft") | ~Q(title="") & ~Q(summary="") & ~Q(body=""),
            ),
            models.CheckConstraint(
                name="translation_summary_is_short", condition=LessThanOrEqual(Length("summary"), 450)
            ),
            models.CheckConstraint(
                name="translation_published_is_reviewed",
                condition=~Q(state="published") | Q(reviewed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="translation_is_reviewed_by_another",
                condition=Q(reviewer__isnull=True) | Q(translator__isnull=True) | ~Q(reviewer=F("translator")),
            ),
            models.CheckConstraint(
                name="translation_withdrawn_has_a_reason", condition=~Q(state="withdrawn") | ~Q(withdrawn_reason="")
            ),
        ]

    def __str__(self):
        return f"{self.title or self.source_title} ({self.language})"

    def save(self, *args, **kwargs):
        # Its words are in the idea's text for search: who changes one waits for who changes the other.
        if act := OpenAct.now():
            act.watch(self.idea)
        super().save(*args, **kwargs)

    def clean(self):
        if self.idea.language.partition("-")[0].lower() == self.language:
            raise ValidationError({"language": _("The idea is told in this language already.")})

    @property
    def is_public(self):
        return self.state == State.PUBLISHED and self.idea.is_public

    @property
    def is_out_of_date(self) -> bool:
        """Whether its original says something else now than what it was made from."""
        texts = any(getattr(self.idea, name) != getattr(self, f"source_{name}") for name in TEXTS)
        return texts or any(claim.is_out_of_date for claim in self.claims.all())

    # What happens to it

    def write(self, *, by) -> None:
        """Says whose words these are: of whoever wrote at it last."""
        self.translator, self.translator_name = by, str(by)

    def tell(self, evidence: Evidence, text: str) -> None:
        """Says a claim of the original in this language. Without a text, readers see it as it was told."""
        claim = self.claims.filter(evidence=evidence).first()
        if not text.strip():
            if claim:
                claim.delete()
            return
        claim = claim or TranslatedClaim(translation=self, evidence=evidence, source_text=evidence.claim)
        claim.text = text.strip()
        claim.full_clean()
        claim.save()

    def catch_up(self, *, by) -> None:
        """Says that what is written tells all that the original says now."""
        with self._held(by, "brought up to date with the original"):
            self._refuse_unless(State.DRAFT)
            self._take(self.idea)
            self.write(by=by)
            self.save()
            for claim in self.claims.out_of_date().select_related("evidence"):
                claim.source_text = claim.evidence.claim
                claim.save()

    def offer(self, *, by) -> None:
        """Gives it to an editor for review. It has to be whole, and to tell what the original says now."""
        with self._held(by, "translation offered for review"):
            self._refuse_unless(State.DRAFT)
            if not all(getattr(self, name).strip() for name in TEXTS):
                raise ValidationError(_("Translate the title, the summary and the text first."))
            self._refuse_behind()
            self.state, self.sent_back = State.OFFERED, ""
            self.save()

    def send_back(self, reason: str, *, by) -> None:
        """Makes it a draft again, with what the translator should know."""
        with self._held(by, reason):
            self._refuse_but_editors(by)
            self._refuse_unless(State.OFFERED)
            if not reason.strip():
                raise ValidationError({"reason": _("Write what the translator should know.")})
            self.state, self.sent_back = State.DRAFT, reason.strip()
            self.save()

    def publish(self, *, by, why: str = "") -> None:
        """Shows it to readers in the place of the one before."""
        with self._held(by, why or "translation published"):
            self._refuse_but_editors(by)
            self._refuse_unless(State.OFFERED)
            if by.pk == self.translator_id:
                raise ValidationError(_("You wrote it yourself. Somebody else reviews and publishes it."))
            self._refuse_behind()
            for before in type(self).objects.published().into(self.language).filter(idea=self.idea_id):
                before._end("Another translation took its place.")
            self.state, self.reviewed_at = State.PUBLISHED, timezone.now()
            self.reviewer, self.reviewer_name = by, str(by)
            self.save()

    def withdraw(self, reason: str, *, by) -> None:
        """Takes it from readers, who see the original again."""
        with self._held(by, reason):
            self._refuse_but_editors(by)
            self._refuse_unless(State.PUBLISHED)
            if not reason.strip():
                raise ValidationError({"reason": _("Say why; history keeps it.")})
            self._end(reason.strip())

    @contextmanager
    def _held(self, by, why: str):
        """An act that has the idea in hand and then this: in one order, so that no two acts wait for each other."""
        with Edition.act(by=by, why=why) as act:
            act.watch(self.idea)
            act.hold(self)
            yield

    def _end(self, reason: str) -> None:
        self.state, self.withdrawn_reason = State.WITHDRAWN, reason
        self.save()

    def _take(self, original, prefix: str = "") -> None:
        for name in TEXTS:
            setattr(self, f"source_{name}", getattr(original, f"{prefix}{name}"))

    def _refuse_behind(self) -> None:
        if self.is_out_of_date:
            raise ValidationError(_("The original has changed meanwhile. Bring the translation up to date first."))

    def _refuse_unless(self, state: str) -> None:
        if self.state != state:
            raise ValidationError(_("Nothing was done: “%(state)s”.") % {"state": self.get_state_display()})

    @staticmethod
    def _refuse_but_editors(by) -> None:
        if not by.has_perm(PUBLISHES):
            raise ValidationError(_("Only an editor can do that."))
