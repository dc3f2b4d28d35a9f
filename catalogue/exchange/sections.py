"""What a file of the catalogue holds: a section for each kind of noun, its columns, and what a row of it must obey.

A row is known by its permanent number; one without a number is new. Other nouns are named by what stays: cities,
organisations and terms by their slugs, sources by their addresses, ideas by their numbers.
"""

from collections.abc import Iterable, Iterator
from types import SimpleNamespace

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.resources import Resource as LibraryResource

from catalogue.criteria import Criterion
from catalogue.exchange.columns import Choice, Column, Degrees, Flag, Lines, Names, One, Several, Whole, Year
from catalogue.models import (
    Adaptation,
    Audience,
    Body,
    Citation,
    City,
    Evidence,
    Idea,
    Organisation,
    Resource,
    Revision,
    Sector,
    Theme,
    Topic,
)
from catalogue.models.address import RESERVED
from catalogue.models.life import KEPT_FILLED
from catalogue.models.vocabulary import LANGUAGES

#: Rows that are read, judged and written at a time.
CHUNK = 500
#: What a row says of itself and not of its noun: its number, and the version that its file was made from.
ABOUT = ("id", "version")


class Section(LibraryResource):
    """One kind of noun: rows of it as they are in the database, and what a row that comes in must obey."""

    section: str
    label: str
    model: type
    #: Fields that together are nobody else's.
    unique: tuple[str, ...] = ()
    related: tuple[str, ...] = ()

    id = Column("pk", Whole(1, 10**15))

    @property
    def columns(self) -> list[str]:
        return self.get_export_headers()

    def get_import_order(self):
        # The number says which noun it is and is never written.
        return [name for name in super().get_import_order() if name not in ABOUT]

    def nouns(self) -> Iterator:
        """All that there are, in the order of their numbers, chunk by chunk."""
        last = 0
        while found := list(self.queryset().filter(pk__gt=last).order_by("pk")[:CHUNK]):
            self.complete(found)
            yield from found
            last = found[-1].pk

    def find(self, numbers: Iterable[int]) -> dict[int, object]:
        found = list(self.queryset().filter(pk__in=list(numbers)))
        self.complete(found)
        return {noun.pk: noun for noun in found}

    def queryset(self):
        return self.model._base_manager.select_related(*self.related)

    def new(self):
        noun = self.model()
        self.complete([noun])
        return noun

    def complete(self, nouns: list) -> None:
        """Reads what stands in other tables, for many at once."""
        for noun in nouns:
            noun.filed = SimpleNamespace(version=0)
        keys = {noun.pk: noun for noun in nouns if noun.pk}
        if "version" in self.fields and keys:
            latest = Revision.objects.filter(kind=self.model.kind, object_id__in=list(keys)).order_by()
            for pk, last in latest.values_list("object_id").annotate(Max("pk")):
                keys[pk].filed.version = last

    def values(self, noun) -> dict:
        """What a row says of a noun, by column; in the terms of JSON."""
        return dict(zip(self.columns, self.export_resource(noun), strict=True))

    def cells(self, noun) -> list[str | int | float]:
        """The same as cells hold it."""
        return [field.widget.as_cell(field.export(noun)) for field in self.get_export_fields()]

    def fill(self, noun, row: dict, known) -> dict[str, list[str]]:
        """Puts what a row says into a noun; what is wrong with it, by column."""
        try:
            self.import_instance(noun, row, known=known)
        except ValidationError as error:
            by_attribute = {field.attribute: name for name, field in self.fields.items()}
            return {by_attribute[name]: found for name, found in error.message_dict.items()}
        return {}

    def faults(self, noun, skip: set[str]) -> dict[str, list[str]]:
        """What the model says of a noun, but for what needs a query; `skip` are columns known to be wrong."""
        found = {}
        left_out = {field.name for field in noun._meta.fields if field.is_relation or field.name == "slug"}
        for check in (lambda: noun.clean_fields(exclude=left_out | skip), noun.clean):
            try:
                check()
            except ValidationError as error:
                for name, told in _by_field(error).items():
                    if name not in skip:
                        found.setdefault(name, []).extend(told)
        return found

    def key(self, noun) -> tuple | None:
        """What it can share with no other of its kind."""
        return tuple(getattr(noun, name) for name in self.unique) if self.unique else None

    def taken(self) -> dict[tuple, int]:
        """Whose the keys are that are given away."""
        return {tuple(row[1:]): row[0] for row in self.model._base_manager.values_list("pk", *self.unique)}


def _by_field(error: ValidationError) -> dict[str, list[str]]:
    return error.message_dict if hasattr(error, "error_dict") else {"": error.messages}


class Named(Section):
    """A noun with an address of its own."""

    version = Column("filed__version", Whole(0, 10**15, default=0))
    slug = Column("slug")

    def faults(self, noun, skip):
        found = super().faults(noun, skip)
        if noun.slug and "slug" not in skip:
            try:
                noun._meta.get_field("slug").run_validators(noun.slug)
            except ValidationError as error:
                found.setdefault("slug", []).extend(error.messages)
            if noun.slug in RESERVED:
                told = {"slug": noun.slug}
                found.setdefault("slug", []).append(
                    _("“%(slug)s” is a word that the site needs for itself. Choose another.") % told
                )
        return found


class Topics(Named):
    section, label, model = "topics", gettext_lazy("Topics"), Topic
    name_en = Column("name__en")
    name_fr = Column("name__fr")
    name_de = Column("name__de")
    name_es = Column("name__es")
    description_en = Column("description__en", Lines())
    description_fr = Column("description__fr", Lines())
    description_de = Column("description__de", Lines())
    description_es = Column("description__es", Lines())
    order = Column("order", Whole(default=0))

    def faults(self, noun, skip):
        found = super().faults(noun, skip)
        # The model speaks of all languages at once; the English name has a column of its own.
        if told := found.pop("name", None):
            found["name_en"] = told
        for code in LANGUAGES:
            for text, longest in (("name", 100), ("description", 1000)):
                if len(getattr(noun, text).get(code, "")) > longest:
                    told = [_("It is longer than %(longest)d characters.") % {"longest": longest}]
                    found[f"{text}_{code}"] = told
        return found

    def new(self):
        topic = super().new()
        topic.name = {}
        return topic


class Cities(Named):
    section, label, model = "cities", gettext_lazy("Cities"), City
    unique = ("name", "region", "country")
    name = Column("name")
    region = Column("region")
    country = Column("country")
    latitude = Column("latitude", Degrees(90))
    longitude = Column("longitude", Degrees(180))

    def faults(self, noun, skip):
        noun.country = noun.country.upper()
        return super().faults(noun, skip)


class Organisations(Named):
    section, label, model = "organisations", gettext_lazy("Organisations"), Organisation
    unique = ("name", "city_id")
    related = ("city",)
    name = Column("name")
    aliases = Column("aliases", Names())
    sector = Column("sector", Choice(Sector, Sector.OTHER))
    city = Column("city", One(City))
    web_address = Column("web_address")
    description = Column("description", Lines())

    def key(self, noun):
        return (noun.name, _one_of(noun.city)) if noun.city else None


class Resources(Section):
    section, label, model = "resources", gettext_lazy("Resources"), Resource
    unique = ("url",)
    version = Column("filed__version", Whole(0, 10**15, default=0))
    title = Column("title")
    url = Column("url")
    type = Column("type", Choice(Resource.Type, Resource.Type.WEBSITE))
    language = Column("language")
    archived_url = Column("archived_url")

    def faults(self, noun, skip):
        found = super().faults(noun, skip)
        if "url" not in found and "url" not in skip and not noun.url.startswith(("http://", "https://")):
            found["url"] = [_("Give an address that begins with http:// or https://.")]
        return found


class Ideas(Named):
    section, label, model = "ideas", gettext_lazy("Ideas"), Idea
    related = ("city", "organisation")
    status = Column("filed__status", Choice(Idea.Status, Idea.Status.DRAFT))
    title = Column("title")
    title_is_original = Column("title_is_original", Flag())
    summary = Column("summary")
    body = Column("filed__body", Lines())
    language = Column("language")
    city = Column("city", One(City))
    placeless = Column("placeless", Flag())
    organisation = Column("organisation", One(Organisation))
    partners = Column("partners", Names())
    web_address = Column("web_address")
    themes = Column("filed__themes", Several(Theme))
    topics = Column("filed__topics", Several(Topic))
    audiences = Column("filed__audiences", Several(Audience))
    started = Column("started", Year())
    ended = Column("ended", Year())
    profiled_year = Column("profiled_year", Year())

    #: The vocabularies that an idea is filed under, by column.
    TERMS = {"themes": Theme, "topics": Topic, "audiences": Audience}

    def complete(self, nouns):
        super().complete(nouns)
        keys = {noun.pk: noun for noun in nouns if noun.pk}
        for noun in nouns:
            vars(noun.filed).update(status=noun.status, body="", themes=[], topics=[], audiences=[])
        if not keys:
            return
        for pk, text in Body.objects.filter(pk__in=list(keys)).values_list("pk", "text"):
            keys[pk].filed.body = text
        for name, model in self.TERMS.items():
            through = getattr(Idea, name).through._base_manager.filter(idea__in=list(keys))
            for pk, slug in through.values_list("idea", f"{model._meta.model_name}__slug"):
                getattr(keys[pk].filed, name).append(slug)
        for noun in nouns:
            for name in self.TERMS:
                getattr(noun.filed, name).sort()

    def faults(self, noun, skip):
        found = super().faults(noun, skip)
        if noun.pk and noun.is_published:
            given = self.values(noun)
            for name in KEPT_FILLED:
                if not given[name] and name not in skip:
                    sentence = _("A published idea needs this. Withdraw the idea, or leave it filled in.")
                    found.setdefault(name, []).append(sentence)
        return found


class Claims(Section):
    section, label, model = "evidence", gettext_lazy("Evidence"), Evidence
    related = ("idea", "resource")
    idea = Column("idea", One(Idea))
    criterion = Column("criterion", Choice(Criterion))
    claim = Column("claim", Lines())
    basis = Column("basis", Choice(Evidence.Basis, Evidence.Basis.NOT_STATED))
    year = Column("year", Year())
    resource = Column("resource", One(Resource))

    def faults(self, noun, skip):
        return super().faults(noun, skip) | _without_idea(noun, skip)


class Sources(Section):
    """Which idea cites which resource."""

    section, label, model = "sources", gettext_lazy("Sources"), Citation
    unique = ("idea_id", "resource_id")
    related = ("idea", "resource")
    idea = Column("idea", One(Idea))
    position = Column("position", Whole(1, default=1))
    resource = Column("resource", One(Resource))

    def faults(self, noun, skip):
        found = super().faults(noun, skip) | _without_idea(noun, skip)
        if "resource" not in skip and getattr(noun, "resource", None) is None:
            found["resource"] = [_("Give the web address of the resource.")]
        return found

    def key(self, noun):
        both = getattr(noun, "idea", None), getattr(noun, "resource", None)
        return tuple(_one_of(end) for end in both) if all(both) else None


class Travels(Section):
    section, label, model = "travels", gettext_lazy("Travels"), Adaptation
    related = ("idea", "from_city", "city", "organisation", "became")
    version = Column("filed__version", Whole(0, 10**15, default=0))
    idea = Column("idea", One(Idea))
    from_city = Column("from_city", One(City))
    from_country = Column("from_country")
    city = Column("city", One(City))
    country = Column("country")
    place = Column("place")
    organisation = Column("organisation", One(Organisation))
    became = Column("became", One(Idea))
    year = Column("year", Year())
    state = Column("state", Choice(Adaptation.State, Adaptation.State.UNKNOWN))
    note = Column("note", Lines())
    kept = Column("kept", Lines())
    changed = Column("changed", Lines())
    evidence = Column("evidence", Lines())
    shown = Column("shown", Flag())
    position = Column("position", Whole(default=0))

    def faults(self, noun, skip):
        found = super().faults(noun, skip)
        given = {field: getattr(noun, field) for field in ("idea", "became", "from_city", "from_country")}
        given |= {field: getattr(noun, field) for field in ("city", "country", "place")}
        ends = {name: [told] for name, told in Adaptation.end_faults(given).items() if name not in skip}
        return found | ends


def _without_idea(noun, skip) -> dict[str, list[str]]:
    if "idea" in skip or getattr(noun, "idea", None) is not None:
        return {}
    return {"idea": [_("Give the number of the idea that it belongs to.")]}


def _one_of(noun):
    """What tells a noun from others: its number; of one that the file makes, what names it there."""
    return noun.pk or (noun.url if isinstance(noun, Resource) else noun.slug)


#: In the order in which they are read and written: each may name what stands in those before it.
SECTIONS: tuple[type[Section], ...] = (Topics, Cities, Organisations, Resources, Ideas, Claims, Sources, Travels)
BY_NAME = {section.section: section for section in SECTIONS}
