"""The words that ideas are filed under: themes, topics and audiences, each named in every language we have."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from catalogue.models.address import Addressable
from catalogue.models.edition import Kind

#: The languages in which editors name them.
LANGUAGES = {"en": _("English"), "fr": _("French"), "de": _("German"), "es": _("Spanish")}


def in_language(texts: dict[str, str], language: str | None = None) -> str:
    """The text in a language (the reader's when none is named), or in English where it isn't translated."""
    language = language or get_language() or "en"
    return texts.get(language) or texts.get(language.split("-")[0]) or texts.get("en", "")


def validate_texts(texts) -> None:
    """`{language: text}` with English among them."""
    if not isinstance(texts, dict) or not all(isinstance(k, str) and isinstance(v, str) for k, v in texts.items()):
        raise ValidationError(_("Give a text for each language, such as {“en”: “Mentoring”}."))
    if not texts.get("en", "").strip():
        raise ValidationError(_("The English text is missing."))


class Term(Addressable):
    """A word of a vocabulary."""

    name = models.JSONField(_("name"), validators=[validate_texts], help_text=_("In each language; English is needed."))
    description = models.JSONField(_("description"), default=dict, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        abstract = True
        ordering = ["order", "slug"]
        constraints = [models.CheckConstraint(name="%(class)s_has_an_english_name", condition=Q(name__has_key="en"))]

    def __str__(self):
        return in_language(self.name)

    def natural_key(self):
        return (self.slug,)

    @property
    def slug_source(self):
        return self.name.get("en", "")

    @property
    def is_public(self):
        return True


class TermManager(models.Manager):
    def get_by_natural_key(self, slug):
        return self.get(slug=slug)


class Theme(Term):
    """One of the five parts of settling in: Work, Live, Learn, Connect, Plan."""

    kind = Kind.THEME
    folder = "themes"
    objects = TermManager()

    def get_absolute_url(self):
        return reverse("theme-detail", args=[self.slug])


class Topic(Term):
    """A finer subject, such as mentoring. It has a page exactly when a published idea is about it."""

    kind = Kind.TOPIC
    folder = "topics"
    uses = ("ideas",)
    objects = TermManager()

    @property
    def is_public(self):
        return self.ideas.published().exists()

    def get_absolute_url(self):
        return reverse("topic-detail", args=[self.slug])


class Audience(Term):
    """Whom an idea is meant for. It is a filter and has no page of its own."""

    kind = Kind.AUDIENCE
    folder = "audiences"
    objects = TermManager()

    def get_absolute_url(self):
        return f"{reverse('idea-list')}?audience={self.slug}"
