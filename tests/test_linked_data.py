"""Linked data: what it says of an idea, in words that schema.org has, and that a page can hold it safely."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue import linked_data
from catalogue.models import Citation, Edition, Evidence
from catalogue.records import Claim, Named, Place, Source, one_line
from tests.factories import make_city, make_idea, make_organisation, make_record, make_resource
from tests.markup import tree_of
from tests.schema_org import faults

SITE = "http://127.0.0.1:8000"
KNOWN = {
    "summary": "It trains volunteers.",
    "text": "First it listened.",
    "organisation": Named("Barcelona City Council", f"{SITE}/organisations/barcelona-city-council/"),
    "partners": ("A network",),
    "place": Place("Barcelona", "Catalonia", "Spain", "ES", 41.39, 2.17, f"{SITE}/cities/barcelona/"),
    "themes": (Named("Connect", f"{SITE}/themes/connect/", "connect"),),
    "topics": (Named("Dialogue", f"{SITE}/topics/dialogue/", "dialogue"),),
    "audiences": (Named("Immigrants", f"{SITE}/ideas/?audience=immigrants", "immigrants"),),
    "started": 2010,
    "ended": 2015,
    "claims": (
        Claim(
            Named("Practical", f"{SITE}/ideas/?criterion=practical"), "It is.", "Measured", 2013, "https://a.example/"
        ),
    ),
    "sources": tuple(
        Source(f"A {kind}", f"https://{kind}.example/", kind, "ca")
        for kind in ("website", "report", "news", "evaluation", "video", "toolkit", "policy", "other")
    ),
}


def test_vocabulary_finds_what_is_wrong():
    wrong = {"@type": "Article", "headline": 7, "colour": "red", "author": {"@type": "City", "name": "Ghent"}}
    assert faults(wrong) == [
        "/Article.headline can’t be 7",
        "/Article.colour isn’t a word of schema.org",
        "/Article.author can’t be {'@type': 'City', 'name': 'Ghent'}",
    ]


@pytest.mark.parametrize("values", [{}, KNOWN], ids=["little", "everything"])
def test_linked_data_uses_the_words_of_schema_org(values):
    document = json.loads(linked_data.document(make_record(**values)))
    assert document.pop("@context") == "https://schema.org"
    assert faults(document) == []
    assert faults(linked_data.breadcrumbs([Named("Ideas", f"{SITE}/ideas/")])) == []
    assert faults(linked_data.website()) == []


def test_linked_data_says_what_is_known_of_an_idea():
    found = json.loads(linked_data.document(make_record(**KNOWN)))
    site = {"@type": "Organization", "@id": f"{SITE}/#publisher", "name": "Good Ideas", "url": f"{SITE}/"}
    assert found.pop("citation") == [
        {"@type": kind, "@id": source.url, "name": source.title, "url": source.url, "inLanguage": "ca"}
        for kind, source in zip(
            "WebPage Report NewsArticle Report VideoObject CreativeWork CreativeWork CreativeWork".split(),
            KNOWN["sources"],
            strict=True,
        )
    ]
    assert found.pop("about") == [
        {
            "@type": "Project",
            "@id": f"{SITE}/i/103/#project",
            "name": "An idea",
            "foundingDate": "2010",
            "dissolutionDate": "2015",
            "location": {
                "@type": "City",
                "name": "Barcelona",
                "url": f"{SITE}/cities/barcelona/",
                "address": {
                    "@type": "PostalAddress",
                    "addressLocality": "Barcelona",
                    "addressRegion": "Catalonia",
                    "addressCountry": "ES",
                },
                "geo": {"@type": "GeoCoordinates", "latitude": 41.39, "longitude": 2.17},
            },
            "parentOrganization": {
                "@type": "Organization",
                "name": "Barcelona City Council",
                "url": f"{SITE}/organisations/barcelona-city-council/",
            },
            "member": [{"@type": "Organization", "name": "A network"}],
            "keywords": [
                {
                    "@type": "DefinedTerm",
                    "name": "Immigrants",
                    "url": f"{SITE}/ideas/?audience=immigrants",
                    "inDefinedTermSet": f"{SITE}/ideas/",
                }
            ],
        },
        {
            "@type": "DefinedTerm",
            "name": "Connect",
            "url": f"{SITE}/themes/connect/",
            "inDefinedTermSet": f"{SITE}/themes/",
        },
        {
            "@type": "DefinedTerm",
            "name": "Dialogue",
            "url": f"{SITE}/topics/dialogue/",
            "inDefinedTermSet": f"{SITE}/topics/",
        },
    ]
    assert found == {
        "@context": "https://schema.org",
        "@type": "Article",
        "@id": f"{SITE}/i/103/",
        "url": f"{SITE}/ideas/an-idea/",
        "identifier": f"{SITE}/i/103/",
        "headline": "An idea",
        "description": "It trains volunteers.",
        "inLanguage": "en",
        "datePublished": "2020-05-17",
        "dateModified": "2021-03-04",
        "version": "3",
        "author": site,
        "publisher": site,
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "isAccessibleForFree": True,
        "image": f"{SITE}/ideas/an-idea.png",
        "keywords": "Connect, Dialogue, Immigrants",
        "hasPart": [
            {
                "@type": "Claim",
                "text": "It is.",
                "about": {"@type": "DefinedTerm", "name": "Practical", "url": f"{SITE}/ideas/?criterion=practical"},
                "genre": "Measured",
                "temporalCoverage": "2013",
                "citation": {"@id": "https://a.example/"},
            }
        ],
        "isPartOf": {
            "@type": "Dataset",
            "@id": f"{SITE}/ideas/",
            "name": "Good Ideas",
            "url": f"{SITE}/ideas/",
            "description": "What people in cities have done to welcome newcomers, with the evidence that it works.",
            "license": "https://creativecommons.org/licenses/by/4.0/",
            "version": "7",
        },
        "articleBody": "First it listened.",
    }


@given(st.text() | st.sampled_from(["</script><script>alert(1)</script>", "<!--<script>", "\\u003c", '"}]}', "&lt;"]))
def test_linked_data_survives_in_a_page_and_never_leaves_its_element(text):
    title = one_line(text) or "An idea"
    record = make_record(title=title, summary=title)
    block = linked_data.block(linked_data.article(record))
    assert re.search("[<>&]", block) is None
    (article,) = json.loads(block)["@graph"]
    assert (article["headline"], article["description"]) == (title, title)
    assert json.loads(linked_data.document(record))["headline"] == title


def blocks_of(client, address: str) -> list[dict]:
    """What a page says of itself, as a parser of HTML finds it."""
    tree = tree_of(client.get(address))
    (script,) = [script for script in tree.iter("script") if script.get("type") == "application/ld+json"]
    document = json.loads(script.text)
    assert document["@context"] == "https://schema.org"
    return document["@graph"]


@pytest.mark.django_db
def test_idea_page_holds_its_linked_data_and_its_breadcrumbs(client):
    title = "</script><script>alert(1)</script> & <b>more</b>"
    city = make_city(name="Ghent", country="BE")
    report = make_resource(title="A report", url="https://a.example/", type="report")
    idea = make_idea(title=title, city=city, organisation=make_organisation(name="City of Ghent"), sources=[report])
    with Edition.act(why="evidence for a test"):
        Evidence.objects.create(idea=idea, criterion="successful", claim="It works.", basis="measured", resource=report)
        Citation.objects.filter(idea=idea).update(position=1)
    article, crumbs = blocks_of(client, idea.get_absolute_url())
    assert (article["headline"], article["isPartOf"]["version"]) == (title, str(Edition.current()))
    (claim,) = article["hasPart"]
    assert (claim["text"], claim["genre"], claim["citation"]) == (
        "It works.",
        "Measured",
        {"@id": "https://a.example/"},
    )
    assert [(item["position"], item["name"], item["item"]["@id"]) for item in crumbs["itemListElement"]] == [
        (1, "Ideas", f"{SITE}/ideas/"),
        (2, "Belgium", f"{SITE}/countries/be/"),
        (3, "Ghent", f"{SITE}/cities/ghent/"),
        (4, title, f"{SITE}{idea.get_absolute_url()}"),
    ]
    document = client.get(idea.get_absolute_url().rstrip("/") + ".json").json()
    assert document == {"@context": "https://schema.org"} | article | {"articleBody": "Something."}


@pytest.mark.django_db
def test_home_page_says_where_the_site_is_asked_for_words(client):
    (site,) = blocks_of(client, "/")
    assert site["potentialAction"] == {
        "@type": "SearchAction",
        "target": {"@type": "EntryPoint", "urlTemplate": f"{SITE}/ideas/?q={{words}}"},
        "query-input": "required name=words",
    }
    assert client.get("/ideas/?q=bread").status_code == 200
