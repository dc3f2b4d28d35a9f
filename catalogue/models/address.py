"""Where a noun is found: its slug, and the old addresses that lead to it for ever."""

from collections.abc import Iterator
from itertools import combinations, count

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalogue.folding import slugify
from catalogue.models.edition import Kind
from catalogue.models.merging import Mergeable
from catalogue.models.noun import CatalogueModel

#: Words that the map of addresses uses, or may come to use, where a slug would stand.
RESERVED = frozenset(
    "add adapt admin all api atom compare csv edit embed export feed geojson i import index json latest login logout "
    "map new page preview print random search submit travel".split()
)


class Addressable(Mergeable, CatalogueModel):
    """A noun with a page of its own. Its slug is made once; a changed slug leaves a `Redirect` behind."""

    #: The folder of its address, such as "ideas".
    folder: str
    #: Relations by which a page of it fills; while one of them holds something that readers saw, they saw the page.
    uses: tuple[str, ...] = ()
    #: The place that it belongs to, in words, where there is one.
    where = ""

    slug = models.SlugField(
        _("slug"),
        max_length=80,
        unique=True,
        blank=True,
        help_text=_(
            "The last part of the address. Left empty, it is made from the name; the old address keeps leading here."
        ),
    )

    class Meta:
        abstract = True

    def clean_fields(self, exclude=None):
        super().clean_fields(exclude=exclude)
        if self.slug and (not exclude or "slug" not in exclude) and (fault := self.slug_fault(self.slug)):
            raise ValidationError({"slug": fault})

    def save(self, *args, **kwargs):
        old = type(self).objects.filter(pk=self.pk).values_list("slug", flat=True).first() if self.pk else None
        if not self.slug:
            self.slug = old or self.make_slug()
        if self.slug != old and (fault := self.slug_fault(self.slug)):
            raise ValidationError({"slug": fault})
        super().save(*args, **kwargs)
        if old and self.slug != old:
            # Renamed back: the old address is a page again and needs nothing that leads to it.
            for redirect in Redirect.objects.filter(path=self.path_of(self.slug)):
                redirect.delete()
            if self.keeps_addresses:
                Redirect.objects.create(path=self.path_of(old), **{self.redirect_field: self})

    @classmethod
    def path_of(cls, slug: str) -> str:
        return f"/{cls.folder}/{slug}/"

    @property
    def path(self) -> str:
        return self.path_of(self.slug)

    @property
    def redirect_field(self) -> str:
        return self._meta.model_name

    @property
    def was_public(self) -> bool:
        """Whether readers once saw its page, as far as what is filed under it still tells."""
        return any(getattr(self, name).seen().exists() for name in self.uses)

    @property
    def stand_in(self) -> "Addressable":
        """The noun that took its place; itself, unless it was merged and kept."""
        return self

    @property
    def keeps_addresses(self) -> bool:
        """Whether somebody may have linked to it. Nobody can have seen a draft."""
        return True

    @property
    def slug_source(self) -> str:
        """The text that a slug is made from."""
        raise NotImplementedError

    @property
    def slug_place(self) -> str:
        """What tells two of the same name apart before a number does: the city, where there is one."""
        return ""

    def make_slug(self) -> str:
        """A free slug, which never was another's."""
        return next(slug for slug in self.slug_candidates() if not self.slug_fault(slug))

    def slug_candidates(self) -> Iterator[str]:
        """Slugs that it may have, the best first: from the name, else with the place, else with a number."""
        base = slugify(self.slug_source) or self._meta.model_name
        place = slugify(self.slug_place)
        with_place = f"{base}-{place}" if place else base
        for slug in dict.fromkeys([base, with_place]):
            yield slug[:80].strip("-")
        for number in count(2):
            yield f"{with_place[:70].strip('-')}-{number}"

    def slug_fault(self, slug: str) -> str:
        """Why a slug can't be this noun's, as a sentence; empty when it can."""
        if slug in RESERVED:
            return _("“%(slug)s” is a word that the site needs for itself. Choose another.") % {"slug": slug}
        if type(self).objects.filter(slug=slug).exclude(pk=self.pk).exists():
            return _("“%(slug)s” is already the address of another. Choose another.") % {"slug": slug}
        redirect = Redirect.objects.filter(path=self.path_of(slug)).first()
        if redirect and getattr(redirect, f"{self.redirect_field}_id", None) != self.pk:
            return _("“%(slug)s” once was the address of another and still leads there. Choose another.") % {
                "slug": slug
            }
        return ""


#: What a redirect may lead to.
TARGETS = ("idea", "city", "organisation", "theme", "topic", "audience")
_TARGET_GIVEN = [*(Q(**{f"{name}__isnull": False}) for name in TARGETS), ~Q(to="")]


class RedirectQuerySet(models.QuerySet):
    def get_by_natural_key(self, path):
        return self.get(path=path)

    def with_targets(self):
        return self.select_related(*TARGETS)

    def find(self, path: str) -> "Redirect | None":
        """The redirect for a path, with or without its closing slash; upper and lower case are one."""
        path = path.rstrip("/").lower() + "/"
        if "\0" in path or len(path) > 300:
            return None
        return self.with_targets().filter(path=path).first()

    def slugs_led_to(self, slugs: list[str], model: type[Addressable]) -> dict[str, str]:
        """The present slug of each noun of a kind that one of these slugs once was the address of."""
        paths = {model.path_of(slug): slug for slug in slugs}
        found = self.select_related(model._meta.model_name).filter(path__in=paths)
        nouns = {paths[redirect.path]: redirect.target for redirect in found if isinstance(redirect.target, model)}
        return {slug: noun.stand_in.slug for slug, noun in nouns.items() if noun.is_public}


class Redirect(CatalogueModel):
    """An old address and the noun that it leads to; or none, when nothing took the place of what stood there."""

    kind = Kind.REDIRECT
    path = models.CharField(
        _("old path"), max_length=300, unique=True, help_text=_("In lower case, from the first slash to the last.")
    )
    idea = models.ForeignKey("catalogue.Idea", models.PROTECT, null=True, blank=True, related_name="old_addresses")
    city = models.ForeignKey("catalogue.City", models.PROTECT, null=True, blank=True, related_name="old_addresses")
    organisation = models.ForeignKey(
        "catalogue.Organisation", models.PROTECT, null=True, blank=True, related_name="old_addresses"
    )
    theme = models.ForeignKey("catalogue.Theme", models.PROTECT, null=True, blank=True, related_name="old_addresses")
    topic = models.ForeignKey("catalogue.Topic", models.PROTECT, null=True, blank=True, related_name="old_addresses")
    audience = models.ForeignKey(
        "catalogue.Audience", models.PROTECT, null=True, blank=True, related_name="old_addresses"
    )
    to = models.CharField(
        _("other path here"),
        max_length=300,
        blank=True,
        help_text=_("For a page that is none of these, such as /about/."),
    )
    note = models.CharField(_("what stood there"), max_length=300, blank=True)

    objects = RedirectQuerySet.as_manager()

    class Meta:
        ordering = ["path"]
        constraints = [
            models.CheckConstraint(
                name="redirect_path_is_a_folder", condition=Q(path__startswith="/", path__endswith="/")
            ),
            models.CheckConstraint(
                name="redirect_stays_here", condition=Q(to="") | Q(to__startswith="/") & ~Q(to__startswith="//")
            ),
            models.CheckConstraint(name="redirect_leaves_its_path", condition=~Q(to=models.F("path"))),
            models.CheckConstraint(
                name="redirect_has_one_target",
                # At most one: of the seven, any two together are refused.
                condition=~Q(*(one & other for one, other in combinations(_TARGET_GIVEN, 2)), _connector=Q.OR),
            ),
        ]

    def __str__(self):
        return self.path

    def natural_key(self):
        return (self.path,)

    def save(self, *args, **kwargs):
        self.derive()
        super().save(*args, **kwargs)

    def derive(self):
        """Sets what follows from the other fields; a bulk write calls it itself."""
        self.path = self.path.lower()

    @property
    def is_public(self):
        return True

    @property
    def target(self) -> "Addressable | None":
        return next((noun for name in TARGETS if (noun := getattr(self, name))), None)

    def get_absolute_url(self) -> str:
        """Where it leads in one hop; empty when nothing took the place of what stood there."""
        return self.target.get_absolute_url() if self.target else self.to
