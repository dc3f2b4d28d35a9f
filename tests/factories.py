"""Nouns for tests: valid and dull unless told otherwise. Each is made in an act of its own, or joins the open one."""

from datetime import date
from itertools import count

from django.utils import timezone

from catalogue.criteria import Criterion
from catalogue.models import (
    Adaptation,
    Assessment,
    Audience,
    Body,
    Citation,
    City,
    Edition,
    Evidence,
    Guide,
    Idea,
    Organisation,
    Resource,
    Submission,
    Theme,
    Topic,
    Translation,
)
from catalogue.models.assessment import Finding
from catalogue.records import Record

_number = count(1)


def make_city(**values) -> City:
    defaults = {"name": f"City {next(_number)}", "country": "CA", "latitude": 43.7, "longitude": -79.4}
    return _make(City, defaults | values)


def make_organisation(**values) -> Organisation:
    return _make(Organisation, {"name": f"Organisation {next(_number)}", "sector": "city-government"} | values)


def make_term(model, slug: str, **values):
    existing = model.objects.filter(slug=slug).first()
    return existing or _make(model, {"slug": slug, "name": {"en": slug.replace("-", " ").capitalize()}} | values)


def make_resource(**values) -> Resource:
    return _make(Resource, {"title": "A report", "url": f"https://example.org/{next(_number)}"} | values)


def make_idea(
    *,
    themes=("work",),
    topics=(),
    audiences=(),
    criteria=(),
    sources=(),
    body="## What was done\n\nSomething.",
    **values,
) -> Idea:
    """A published idea in a city of its own; `themes` and the like are slugs, `criteria` those with evidence."""
    defaults = {"title": f"Idea {next(_number)}", "summary": "It helps.", "status": Idea.Status.PUBLISHED}
    with Edition.act(why="made for a test"):
        if "city" not in values:
            values["city"] = make_city()
        if "organisation" not in values:
            values["organisation"] = make_organisation(city=values["city"])
        values = defaults | values
        if values["status"] in (Idea.Status.PUBLISHED, Idea.Status.WITHDRAWN):
            values.setdefault("first_published", timezone.now())
        idea = Idea.objects.create(**values)
        idea.themes.set([make_term(Theme, slug) for slug in themes])
        idea.topics.set([make_term(Topic, slug) for slug in topics])
        idea.audiences.set([make_term(Audience, slug) for slug in audiences])
        Body.objects.create(idea=idea, text=body)
        for criterion in criteria:
            Evidence.objects.create(idea=idea, criterion=criterion, claim=f"It is {criterion}.")
        for position, resource in enumerate(sources, 1):
            Citation.objects.create(idea=idea, resource=resource, position=position)
    return idea


def make_complete_idea(**values) -> Idea:
    """An idea that lacks nothing to be published; it is, unless `status` says otherwise."""
    with Edition.act(why="made for a test"):
        sources = values.pop("sources", None) or [make_resource()]
        return make_idea(**{"topics": ["mentoring"], "audiences": ["refugees"], "sources": sources} | values)


def make_guide(idea: Idea, **values) -> Guide:
    """The transfer guide of an idea. All that it says is made up."""
    return _make(Guide, {"idea": idea, "must_stay": "The mentor is a volunteer."} | values)


def make_translation(idea: Idea, language: str = "fr", *, claims=(), **values) -> Translation:
    """A translation of an idea as it is now, published unless `state` says otherwise; `claims` are those of its first
    pieces of evidence. All that it says is made up.
    """
    texts = {"title": "Des mentors (inventé)", "summary": "Un résumé inventé.", "body": "## Les faits\n\nInventé."}
    source = {f"source_{name}": getattr(idea, name) for name in texts}
    defaults = {"state": "published", "reviewed_at": timezone.now()} | texts | source
    with Edition.act(why="made for a test"):
        translation = Translation.objects.create(**{"idea": idea, "language": language} | defaults | values)
        for evidence, text in zip(idea.evidence.all(), claims, strict=False):
            translation.claims.create(evidence=evidence, text=text, source_text=evidence.claim)
    return translation


def make_adaptation(**values) -> Adaptation:
    return _make(Adaptation, values)


def make_assessment(**values) -> Assessment:
    """Two readers found everything shown, unless told otherwise."""
    findings = dict.fromkeys(Criterion.values, Finding.MET)
    return _make(Assessment, {"read_on": date(2026, 3, 5), "readers": 2} | findings | values)


def make_submission(**values) -> Submission:
    """A proposal that was begun and lacks nothing; it was sent, if `state` and `sent_at` say so."""
    you = {"name": "Ana Example", "email": values.get("email", "ana@example.org")}
    defaults = {
        "title": "Repair evenings",
        "name": you["name"],
        "email": you["email"],
        "answers": {
            "what": {"title": "Repair evenings", "summary": "They mend bicycles.", "themes": []},
            "you": you | {"named": "yes", "consent": True},
        },
    }
    return Submission.objects.create(**defaults | values)


def make_record(**values) -> Record:
    """The facts of an idea of which only the necessary is known; it is in no database."""
    defaults = {
        "id": 103,
        "slug": "an-idea",
        "title": "An idea",
        "summary": "",
        "text": "",
        "language": "en",
        "url": "http://127.0.0.1:8000/ideas/an-idea/",
        "permalink": "http://127.0.0.1:8000/i/103/",
        "organisation": None,
        "place": None,
        "started": None,
        "ended": None,
        "published": date(2020, 5, 17),
        "dated": date(2021, 3, 4),
        "version": 3,
        "version_url": "http://127.0.0.1:8000/i/103/versions/3/",
        "edition": 7,
    }
    lists = dict.fromkeys(["partners", "themes", "topics", "audiences", "claims", "sources"], ())
    return Record(**defaults | lists | values)


def _make(model, values):
    with Edition.act(why="made for a test"):
        return model.objects.create(**values)
