"""The pages of plain words that editors may change, About, Privacy, Accessibility, in each language that they have."""

import hashlib

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from catalogue.models.edition import Edition, Kind, Revision
from catalogue.models.noun import CatalogueModel

#: The language in which a page is written first; every other is a translation of that.
FIRST = settings.LANGUAGE_CODE
#: What of a page is translated.
TEXTS = ("title", "standfirst", "body")


def digest(texts: dict[str, str]) -> str:
    """Sixteen signs that are others as soon as one of a page's texts is another."""
    return hashlib.sha256("\0".join(texts.get(name, "") for name in TEXTS).encode()).hexdigest()[:16]


class PageQuerySet(models.QuerySet):
    def for_readers_of(self, language: str) -> list["Page"]:
        """Each page once, in its order: in this language where it is translated, else in the first."""
        pages = list(self.filter(language__in={language, FIRST}))
        originals = [page for page in pages if page.language == FIRST]
        translated = {page.path: page for page in pages if page.language != FIRST}
        for page in originals:
            if page.path in translated:
                # Known already, so nobody has to ask for it.
                translated[page.path].original = page
        return [translated.get(page.path, page) for page in originals]

    def family_of(self, path: str):
        """The page at an address; under /about/ with all that stand there, for each leads to the others."""
        under = "/about/"
        return self.filter(Q(path=path) | Q(path__startswith=under) if path.startswith(under) else Q(path=path))

    def originals(self):
        return self.filter(language=FIRST)

    def translations(self):
        return self.exclude(language=FIRST)


class PageManager(models.Manager.from_queryset(PageQuerySet)):
    def get_by_natural_key(self, path, language):
        return self.get(path=path, language=language)


class Page(CatalogueModel):
    """A page of words at an address of its own. In each other language it is another, made from this one."""

    kind = Kind.PAGE

    path = models.CharField(
        _("address"),
        max_length=100,
        validators=[
            RegexValidator(
                r"^/(about/([a-z0-9-]+/)?|privacy/|accessibility/)$",
                _("Pages stand at /about/, under it (/about/name/), at /privacy/ or at /accessibility/."),
            )
        ],
    )
    language = models.CharField(_("language"), max_length=20, choices=settings.LANGUAGES, default=FIRST)
    title = models.CharField(_("title"), max_length=150)
    standfirst = models.TextField(_("standfirst"), blank=True, help_text=_("A sentence or two under the title."))
    body = models.TextField(_("text"), help_text=_("Markdown."))
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    # Of the English texts that a translation tells. The texts themselves are in history.
    made_from = models.CharField(_("made from the English version"), max_length=16, blank=True)
    updated = models.DateField(_("last changed"), default=timezone.localdate, editable=False)

    objects = PageManager()

    class Meta:
        ordering = ["order", "path", "language"]
        constraints = [
            models.UniqueConstraint(
                name="page_is_there_once",
                fields=["path", "language"],
                violation_error_message=_("There is a page at this address in this language already."),
            ),
            models.CheckConstraint(name="page_language_is_known", condition=Q(language__in=["en", "fr", "de", "es"])),
            models.CheckConstraint(name="page_path_is_a_folder", condition=Q(path__startswith="/", path__endswith="/")),
            models.CheckConstraint(name="page_has_a_title", condition=~Q(title="")),
        ]

    def __str__(self):
        return self.title if self.language == FIRST else f"{self.title} ({self.language})"

    def validate_constraints(self, exclude=None):
        # Here and not in `clean`, for it asks the database.
        super().validate_constraints(exclude)
        if self.is_translation and self.original is None:
            raise ValidationError(_("Write the English page at this address first; this is a translation of it."))

    def save(self, *args, **kwargs):
        self.updated = timezone.localdate()
        if self.is_translation and not self.made_from and self.original:
            self.made_from = self.original.digest
        before = type(self).objects.filter(pk=self.pk).first() if self.pk else None
        super().save(*args, **kwargs)
        if before and before.path != self.path:
            for translation in before.translations:
                translation.path = self.path
                translation.save()

    def natural_key(self):
        return (self.path, self.language)

    def get_absolute_url(self):
        return reverse("home") + self.path.removeprefix("/")

    @property
    def is_public(self):
        return True

    @property
    def is_translation(self) -> bool:
        return self.language != FIRST

    @property
    def digest(self) -> str:
        return digest({name: getattr(self, name) for name in TEXTS})

    @cached_property
    def original(self) -> "Page | None":
        """The English page that this tells; None for that one itself."""
        return type(self).objects.originals().filter(path=self.path).first() if self.is_translation else None

    @property
    def translations(self) -> models.QuerySet:
        """The same page in its other languages; none of a translation."""
        others = type(self).objects.translations().filter(path=self.path)
        return others.none() if self.is_translation else others

    @property
    def is_out_of_date(self) -> bool:
        """Whether the English page says something else now than what this was made from."""
        return self.is_translation and self.original is not None and self.made_from != self.original.digest

    def original_then(self) -> dict[str, str] | None:
        """The English texts that this was made from, as history has them; None where it hasn't."""
        past = Revision.objects.filter(kind=self.kind, object_id=self.original.pk)
        for before, after in past.values_list("before", "after").iterator():
            for state in (after, before):
                if state and digest(state) == self.made_from:
                    return state
        return None

    # What happens to it

    def catch_up(self, *, by) -> None:
        """Says that a translation tells all that the English page says now."""
        with Edition.act(by=by, why="brought up to date with the English page") as act:
            act.hold(self)
            self.original = type(self).objects.originals().get(path=self.path)
            self.made_from = self.original.digest
            self.save()
