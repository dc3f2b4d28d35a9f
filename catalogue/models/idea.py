"""The heart of the catalogue: something that people in a city did so that newcomers could find their feet."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, F, FilteredRelation, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Length
from django.db.models.lookups import LessThanOrEqual
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalogue.folding import sort_key
from catalogue.models.address import Addressable
from catalogue.models.edition import Kind, Revision
from catalogue.models.life import Bulk, Life
from catalogue.models.noun import CatalogueModel
from catalogue.models.organisation import validate_names
from catalogue.models.picture import Licence, Picture
from catalogue.models.translation import State

YEARS = (1800, 2100)


class IdeaQuerySet(Bulk):
    def published(self):
        """What the public sees. The only door to it: whoever lists, counts or exports ideas begins here."""
        return self.filter(status=Idea.Status.PUBLISHED)

    def seen(self):
        """What the public sees, and what it once saw and still gets an answer for."""
        return self.filter(status__in=Idea.SEEN, first_published__isnull=False)

    def in_country(self, code: str):
        return self.filter(city__country=code)

    def told(self):
        """What is published, and what is withdrawn: readers are told its place and the reason."""
        return self.filter(status__in=(Idea.Status.PUBLISHED, Idea.Status.WITHDRAWN))

    def due(self, now: datetime):
        """What was to be published by now."""
        return self.filter(status=Idea.Status.SCHEDULED, publish_at__lte=now)

    def newest_first(self):
        return self.order_by("-first_published", "-id")

    def for_cards(self, ids: list[int]):
        """The rows of a list page in one query, without bodies; names and flags come from the index.

        Asks again that each is published: the index may be an edition older than the rows.
        """
        return (
            self.published()
            .filter(pk__in=ids)
            .only("id", "slug", "title", "summary", "language", "city_id", "organisation_id", "started")
        )

    def told_in(self, language: str):
        """Adds `told_title` and `told_summary`: those of the published translation into a language, None without one.

        Its other words can be reached by `told`.
        """
        published = Q(translations__language=language, translations__state=State.PUBLISHED)
        return self.annotate(
            told=FilteredRelation("translations", condition=published),
            told_title=F("told__title"),
            told_summary=F("told__summary"),
        )

    def dated(self):
        """Adds `updated`: when it last said something new to readers; until then, when it was first published."""
        news = Revision.objects.filter(is_news=True, kind=Kind.IDEA, object_id=OuterRef("pk")).order_by("-act_id")
        return self.annotate(updated=Coalesce(Subquery(news.values("act__at")[:1]), F("first_published")))

    def numbered(self):
        """Adds `version`: the number of the version that readers see now, one more with each that was news to them."""
        told = Revision.objects.filter(
            is_news=True, kind=Kind.IDEA, object_id=OuterRef("pk"), after__status=Idea.Status.PUBLISHED
        )
        count = told.order_by().values("object_id").annotate(number=Count("pk")).values("number")
        return self.annotate(version=Coalesce(Subquery(count), 0) + 1)

    def for_page(self):
        """Everything that an idea's own page shows."""
        return (
            self.dated()
            .numbered()
            .select_related(
                "city", "organisation", "organisation__city", "story", "guide", "merged_into", "assessment", "picture"
            )
            .prefetch_related("evidence", "citations__resource")
        )

    def for_comparing(self):
        """What stands in a column beside other ideas; `source_count` says how many sources each cites."""
        return (
            self.select_related("city", "merged_into")
            .prefetch_related("evidence")
            .annotate(source_count=Count("citations"))
        )


class IdeaManager(models.Manager.from_queryset(IdeaQuerySet)):
    def get_by_natural_key(self, slug):
        return self.get(slug=slug)


class Idea(Life, Addressable):
    """A Good Idea. Its primary key is its permanent number, the one in `/i/<id>/`; it is never given to another.

    The life of an idea: draft → scheduled → published → withdrawn or merged. One that has ended stays published and
    says when it ended. Each arrow is one verb in `life`.
    """

    kind = Kind.IDEA
    folder = "ideas"
    parts = ("evidence", "citations", "assessment", "guide")
    #: What it says, how it was judged, who did it and where, and what became of it. Not how it is filed, where it is
    #: found, whether it is featured or was verified, nor that a city or an organisation is called otherwise now.
    news = frozenset(
        "title summary body language evidence citations assessment guide city_id organisation_id partners web_address "
        "started ended ended_why status".split()
    )

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SCHEDULED = "scheduled", _("Scheduled")
        PUBLISHED = "published", _("Published")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        MERGED = "merged", _("Merged")

    class Verifier(models.TextChoices):
        """Who made sure of it: never a private person, by name."""

        EDITORS = "editors", _("the editors")
        ORGANISATION = "organisation", _("the organisation that leads it")

    SEEN = (Status.PUBLISHED, Status.WITHDRAWN, Status.MERGED)

    title = models.CharField(_("title"), max_length=200)
    title_is_original = models.BooleanField(
        _("original title"), default=False, help_text=_("It is the title under which the practice was first published.")
    )
    summary = models.CharField(
        _("summary"), max_length=450, blank=True, help_text=_("Plain text, at most 450 characters.")
    )
    language = models.CharField(
        _("language"), max_length=20, default="en", help_text=_("Of title, summary and text; BCP 47.")
    )
    city = models.ForeignKey("catalogue.City", models.PROTECT, null=True, blank=True, related_name="ideas")
    placeless = models.BooleanField(
        _("belongs to no one city"), default=False, help_text=_("A network of many, say, or something online.")
    )
    organisation = models.ForeignKey(
        "catalogue.Organisation", models.PROTECT, null=True, blank=True, related_name="ideas", verbose_name=_("led by")
    )
    partners = models.JSONField(
        _("partners"), default=list, blank=True, validators=[validate_names], help_text=_("A list of names.")
    )
    web_address = models.URLField(_("web address"), max_length=500, blank=True)
    themes = models.ManyToManyField("catalogue.Theme", related_name="ideas", blank=True)
    topics = models.ManyToManyField("catalogue.Topic", related_name="ideas", blank=True)
    audiences = models.ManyToManyField("catalogue.Audience", related_name="ideas", blank=True)
    resources = models.ManyToManyField("catalogue.Resource", through="catalogue.Citation", related_name="citing_ideas")
    started = models.PositiveSmallIntegerField(_("year it began"), null=True, blank=True)
    ended = models.PositiveSmallIntegerField(_("year it ended"), null=True, blank=True)
    ended_why = models.TextField(_("why it ended"), blank=True, help_text=_("Readers see it."))
    profiled_year = models.PositiveSmallIntegerField(_("year profiled by Cities of Migration"), null=True, blank=True)
    featured = models.BooleanField(_("featured"), default=False)
    credited = models.BooleanField(
        _("name who proposed it"),
        default=False,
        help_text=_("Where they allowed it. Nothing is shown where no name is kept."),
    )
    # Of a person: history remembers what can be edited, and this must be possible to forget.
    proposed_by = models.CharField(max_length=100, blank=True, editable=False)
    picture = models.ForeignKey(
        Picture,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="ideas",
        verbose_name=_("picture"),
        help_text=_("JPEG, PNG or WebP, at most 10 MB, at least 640 pixels wide. None is needed."),
    )
    picture_alt = models.CharField(
        _("alternative text"),
        max_length=300,
        blank=True,
        help_text=_("What can be seen on it, in the idea’s language, for whoever doesn’t see it."),
    )
    picture_credit = models.CharField(
        _("credit"), max_length=200, blank=True, help_text=_("Who made it, as they want to be named.")
    )
    picture_licence = models.CharField(_("licence"), max_length=20, blank=True, choices=Licence)

    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.DRAFT)
    publish_at = models.DateTimeField(_("publish at"), null=True, blank=True)
    first_published = models.DateTimeField(_("first published"), null=True, blank=True)
    last_verified = models.DateField(_("last verified"), null=True, blank=True)
    verified_by = models.CharField(_("verified by"), max_length=20, choices=Verifier, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_reason = models.TextField(_("reason for the withdrawal"), blank=True, help_text=_("Readers see it."))
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    versions_from = models.PositiveIntegerField(
        _("first version that readers may see"), default=1, help_text=_("Earlier ones answer that they are gone.")
    )
    title_key = models.BinaryField(editable=False, default=b"")

    objects = IdeaManager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            # The index's build reads the published ones alone.
            models.Index(fields=["status", "first_published"], name="idea_by_status"),
        ]
        constraints = [
            models.CheckConstraint(name="idea_has_a_title", condition=~Q(title="")),
            models.CheckConstraint(name="idea_summary_is_short", condition=LessThanOrEqual(Length("summary"), 450)),
            models.CheckConstraint(
                name="idea_started_in_range", condition=Q(started__isnull=True) | Q(started__range=YEARS)
            ),
            models.CheckConstraint(name="idea_ended_in_range", condition=Q(ended__isnull=True) | Q(ended__range=YEARS)),
            models.CheckConstraint(
                name="idea_profiled_in_range", condition=Q(profiled_year__isnull=True) | Q(profiled_year__range=YEARS)
            ),
            models.CheckConstraint(
                name="idea_ends_after_it_started",
                condition=Q(ended__isnull=True) | Q(started__isnull=True) | Q(ended__gte=F("started")),
            ),
            models.CheckConstraint(
                name="idea_ended_why_has_a_year", condition=Q(ended_why="") | Q(ended__isnull=False)
            ),
            models.CheckConstraint(
                name="idea_verifier_is_known",
                condition=Q(verified_by="")
                | Q(verified_by__in=["editors", "organisation"], last_verified__isnull=False),
            ),
            models.CheckConstraint(
                name="idea_status_is_known",
                condition=Q(status__in=["draft", "scheduled", "published", "withdrawn", "merged"]),
            ),
            models.CheckConstraint(
                name="idea_scheduled_has_a_time", condition=~Q(status="scheduled") | Q(publish_at__isnull=False)
            ),
            models.CheckConstraint(
                name="idea_published_has_a_date",
                condition=~Q(status__in=["published", "withdrawn"]) | Q(first_published__isnull=False),
            ),
            models.CheckConstraint(
                name="idea_withdrawn_has_a_reason", condition=~Q(status="withdrawn") | ~Q(withdrawn_reason="")
            ),
            models.CheckConstraint(
                name="idea_merged_has_a_target",
                condition=Q(status="merged", merged_into__isnull=False)
                | ~Q(status="merged") & Q(merged_into__isnull=True),
            ),
            models.CheckConstraint(
                name="idea_merged_into_another", condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id"))
            ),
            models.CheckConstraint(name="idea_versions_begin_at_one", condition=Q(versions_from__gte=1)),
            models.CheckConstraint(
                name="idea_placeless_has_no_city", condition=Q(placeless=False) | Q(city__isnull=True)
            ),
            models.CheckConstraint(
                name="idea_picture_is_described",
                condition=Q(picture__isnull=True) | ~Q(picture_alt="") & ~Q(picture_credit="") & ~Q(picture_licence=""),
            ),
            models.CheckConstraint(
                name="idea_picture_licence_is_known", condition=Q(picture_licence__in=["", *Licence.values])
            ),
        ]

    def __str__(self):
        return self.title

    def save(self, *args, **kwargs):
        self.derive()
        super().save(*args, **kwargs)

    def derive(self):
        """Sets what follows from the other fields; a bulk write calls it itself."""
        self.title_key = sort_key(self.title)

    def clean(self):
        faults = self.year_faults({name: getattr(self, name) for name in ("started", "ended", "profiled_year")})
        if self.ended_why.strip() and self.ended is None:
            faults.setdefault("ended", _("Give the year in which it ended, or take the reason away."))
        if self.placeless and self.city_id:
            faults["placeless"] = _("A city is named. Take it away, or say that the idea belongs there.")
        if self.picture_id:
            faults |= self.picture_faults()
        if faults:
            raise ValidationError(faults)

    def picture_faults(self) -> dict[str, str]:
        """What a picture lacks to be shown, by field."""
        wanted = {
            "picture_alt": _("Say what can be seen on the picture, for whoever doesn’t see it."),
            "picture_credit": _("Say who made the picture."),
            "picture_licence": _("Choose the terms on which the picture may be shown."),
        }
        return {name: sentence for name, sentence in wanted.items() if not getattr(self, name)}

    @staticmethod
    def year_faults(years: dict[str, int | None]) -> dict[str, str]:
        """What is wrong with some of its years, by field."""
        latest = timezone.now().year + 1
        sentence = _("Give a year from %(first)s to %(last)s.") % {"first": YEARS[0], "last": latest}
        faults = {name: sentence for name, year in years.items() if year is not None and not YEARS[0] <= year <= latest}
        started, ended = years.get("started"), years.get("ended")
        if not faults and started and ended and ended < started:
            faults["ended"] = _("It can’t have ended before it began, in %(year)s.") % {"year": started}
        return faults

    def natural_key(self):
        return (self.slug,)

    def get_absolute_url(self):
        return reverse("idea-detail", args=[self.slug])

    @property
    def is_published(self) -> bool:
        return self.status == self.Status.PUBLISHED

    @property
    def is_public(self):
        # A draft that was merged into another was never seen, and its address leads nowhere.
        return self.status in self.SEEN and self.first_published is not None

    @property
    def was_public(self):
        return self.status == self.Status.WITHDRAWN

    @property
    def stand_in(self) -> "Idea":
        """The idea that took its place, at the end of all mergers; itself where none did, or readers never saw it."""
        idea, passed = self, {self.pk}
        if self.first_published is None:
            return self
        while idea.merged_into_id and idea.merged_into_id not in passed:
            idea = idea.merged_into
            passed.add(idea.pk)
        return idea

    @property
    def keeps_addresses(self):
        return self.first_published is not None

    @property
    def slug_source(self):
        return self.title

    @property
    def slug_place(self):
        return self.city.name if self.city_id else ""

    @property
    def body(self) -> str:
        """Its text, in Markdown; empty while there is none."""
        return self.story.text if hasattr(self, "story") else ""

    @property
    def where(self) -> str:
        return str(self.city) if self.city_id else ""

    @classmethod
    def snapshots(cls, nouns):
        found = super().snapshots(nouns)
        bodies = dict(Body.objects.filter(pk__in=list(found)).values_list("pk", "text")) if found else {}
        return {pk: values | {"body": bodies.get(pk, "")} for pk, values in found.items()}


class BodyManager(models.Manager):
    def get_by_natural_key(self, slug):
        return self.get(idea__slug=slug)


class Body(CatalogueModel):
    """The text of an idea, in a table apart: SQLite reads every page of what it scans, and lists need no bodies."""

    idea = models.OneToOneField(Idea, models.CASCADE, primary_key=True, related_name="story")
    text = models.TextField(
        _("text"), blank=True, help_text=_("Markdown. Headings: The challenge, What was done, What came of it.")
    )

    objects = BodyManager()

    class Meta:
        verbose_name_plural = _("bodies")

    def __str__(self):
        return self.text[:80]

    def natural_key(self):
        return (self.idea.slug,)

    @property
    def whole(self):
        return self.idea
