"""The other forms of an idea: their headers, and what each answers where the idea moved, is gone, or never was."""

import random
import re
from datetime import UTC, datetime

import pytest

from catalogue.models import Edition, Idea
from tests.factories import make_city, make_complete_idea, make_idea, make_organisation

pytestmark = pytest.mark.django_db
SITE = "http://127.0.0.1:8000"
TYPES = {
    "json": "application/ld+json",
    "bib": "application/x-bibtex; charset=utf-8",
    "ris": "application/x-research-info-systems; charset=utf-8",
    "csl.json": "application/vnd.citationstyles.csl+json",
    "png": "image/png",
}
TOLD = [ending for ending in TYPES if ending != "png"]
LICENCE = ("https://creativecommons.org/licenses/by/4.0/", "license", "")

every_form = pytest.mark.parametrize("ending", TYPES)


def rename(idea, slug):
    with Edition.act(why="renamed in a test"):
        idea.slug = slug
        idea.save()
    return idea


def merge(idea, into):
    with Edition.act(why="merged in a test"):
        idea.status, idea.merged_into = Idea.Status.MERGED, into
        idea.save()


def location(client, address):
    response = client.get(address)
    return response.status_code, response.get("Location", "")


def links_of(response) -> list[tuple[str, str, str]]:
    """The links of a `Link` header as (address, relation, type), taken apart by the grammar of RFC 8288."""
    found = []
    for text in re.split(r",\s*(?=<)", response.headers["Link"]):
        address, rest = re.fullmatch(r'<([^<>\s"]+)>((?:;\s*\w+="[^"]*")*)', text).groups()
        parameters = dict(re.findall(r';\s*(\w+)="([^"]*)"', rest))
        found.append((address, parameters.pop("rel"), parameters.pop("type", "")))
        assert parameters == {}
    return found


@every_form
def test_form_is_open_to_all_and_says_its_edition(client, ending):
    make_idea(title="Here")
    response = client.get(f"/ideas/here.{ending}")
    assert (response.status_code, response.headers["Content-Type"]) == (200, TYPES[ending])
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response.headers["X-Catalogue-Edition"] == str(Edition.current())
    assert "Cookie" not in response.get("Vary", "")
    assert not response.cookies
    assert client.post(f"/ideas/here.{ending}").status_code == 405
    head = client.head(f"/ideas/here.{ending}")
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", response["ETag"])


@pytest.mark.parametrize(("ending", "name"), [("bib", "here.bib"), ("ris", "here.ris")])
def test_citation_comes_as_a_named_download(client, ending, name):
    make_idea(title="Here")
    assert client.get(f"/ideas/here.{ending}").headers["Content-Disposition"] == f'attachment; filename="{name}"'


@every_form
def test_form_is_sent_only_once_while_it_is_the_same(client, ending):
    idea = make_idea(title="Here")
    tag = client.get(f"/ideas/here.{ending}").headers["ETag"]
    assert re.fullmatch('"[0-9a-f]{32}"', tag)
    again = client.get(f"/ideas/here.{ending}", headers={"if-none-match": tag})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    with Edition.act(why="renamed in a test"):
        idea.title = "There"
        idea.save()
    assert client.get(f"/ideas/here.{ending}", headers={"if-none-match": tag}).status_code == 200


@every_form
def test_old_address_of_a_form_leads_on_in_one_hop(client, ending):
    rename(rename(make_idea(title="Older"), "old"), "newer")
    for address in ("older", "old", "OLD"):
        for slash in ("", "/"):
            assert location(client, f"/ideas/{address}.{ending}{slash}") == (301, f"/ideas/newer.{ending}")
    assert location(client, f"/ideas/newer.{ending}/") == (301, f"/ideas/newer.{ending}")
    assert client.get(f"/ideas/old.{ending}").headers["Access-Control-Allow-Origin"] == "*"


@every_form
def test_form_of_a_merged_idea_leads_to_that_of_the_other(client, ending):
    loser, winner, last = rename(make_idea(title="Old"), "loser"), make_idea(title="Winner"), make_idea(title="Last")
    merge(loser, winner)
    merge(winner, last)
    for address in ("loser", "old", "winner"):
        assert location(client, f"/ideas/{address}.{ending}") == (301, f"/ideas/last.{ending}")
    last.withdraw(reason="It is over.")
    for address in ("loser", "old", "winner", "last"):
        assert client.get(f"/ideas/{address}.{ending}").status_code == 410


@pytest.fixture
def withdrawn():
    make_idea(title="Mentors for all", slug="near", city=make_city(name="Paris", country="FR"))
    idea = rename(make_idea(title="Mentors\nER  - ", city=make_city(name="Ghent", country="BE")), "gone")
    idea.withdraw(reason="The team asked us to take it down.")
    with Edition.act(why="dated in a test"):
        idea.withdrawn_at = datetime(2024, 2, 3, tzinfo=UTC)
        idea.save()


@pytest.mark.parametrize("ending", ["json", "csl.json"])
@pytest.mark.usefixtures("withdrawn")
def test_withdrawn_idea_is_gone_with_title_place_and_reason_in_json(client, ending):
    for address in (f"/ideas/gone.{ending}", f"/ideas/mentors-er.{ending}", f"/ideas/gone.{ending}/"):
        response = client.get(address)
        assert (response.status_code, response.headers["Content-Type"]) == (410, "application/json")
        assert response.json() == {
            "errors": {"idea": ["This idea was withdrawn."]},
            "title": "Mentors\nER  - ",
            "place": "Ghent, Belgium",
            "reason": "The team asked us to take it down.",
            "withdrawn": "2024-02-03",
            "nearest": [{"title": "Mentors for all", "url": f"{SITE}/ideas/near/"}],
        }
        assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("ending", ["bib", "ris", "png"])
@pytest.mark.usefixtures("withdrawn")
def test_withdrawn_idea_is_gone_with_title_place_and_reason_as_text(client, ending):
    for address in (f"/ideas/gone.{ending}", f"/ideas/mentors-er.{ending}"):
        response = client.get(address)
        assert (response.status_code, response.headers["Content-Type"]) == (410, "text/plain; charset=utf-8")
        assert response.content.decode().split("\n") == [
            "This idea was withdrawn.",
            "Mentors ER -",
            "Ghent, Belgium",
            "The team asked us to take it down.",
            f"Mentors for all: {SITE}/ideas/near/",
            "",
        ]
        assert "Content-Disposition" not in response.headers


@every_form
def test_form_of_what_is_hidden_is_the_same_as_of_what_never_was(client, ending):
    make_idea(title="Published")
    make_idea(title="Hidden", status=Idea.Status.DRAFT)
    merge(make_idea(title="Merged", status=Idea.Status.DRAFT), make_idea(title="Other"))
    answers = {
        (response.status_code, response.content, tuple(sorted(response.headers.items())))
        for response in (client.get(f"/ideas/{slug}.{ending}") for slug in ("hidden", "merged", "never", "n" * 300))
    }
    ((status, content, _headers),) = answers
    assert status == 404
    assert b"There is no idea at this address." in content


def test_unknown_form_is_not_found(client):
    make_idea(title="Here")
    assert [client.get(f"/ideas/here.{ending}").status_code for ending in ("xml", "JSON", "json.bib")] == [404] * 3


def test_idea_page_names_its_forms_and_gives_signposts(client):
    idea = make_idea(title="Here")
    response = client.get("/ideas/here/")
    forms = [(f"/ideas/here.{ending}", TYPES[ending].partition(";")[0]) for ending in TOLD]
    assert links_of(response) == [
        (f"{SITE}/i/{idea.pk}/", "cite-as", ""),
        *((f"{SITE}{address}", "describedby", kind) for address, kind in forms),
        LICENCE,
        ("https://schema.org/Article", "type", ""),
        (f"{SITE}/ideas/", "collection", "text/html"),
    ]
    page = response.content.decode()
    named = re.findall(r'<link rel="alternate" type="([^"]+)" title="([^"]+)" href="([^"]+)">', page)
    labels = ("JSON-LD", "BibTeX", "RIS", "CSL JSON")
    # After them, its card for other sites: tests/test_oembed.py.
    own = [form for form in named if form[1] != "Card for other sites"]
    assert own == [(kind, label, address) for (address, kind), label in zip(forms, labels, strict=True)]
    for (address, _kind), label in zip(forms, labels, strict=True):
        assert f'<a href="{address}">{label}</a>' in page
    for ending in TOLD:
        assert links_of(client.get(f"/ideas/here.{ending}")) == [
            (f"{SITE}/ideas/here/", "describes", "text/html"),
            LICENCE,
        ]


def test_forms_need_as_few_queries_as_the_page(client, django_assert_max_num_queries):
    city = make_city()
    make_idea(title="Here", city=city, organisation=make_organisation(city=city), criteria=["practical", "successful"])
    client.get("/ideas/here.json")
    for ending in TYPES:
        with django_assert_max_num_queries(5):
            client.get(f"/ideas/here.{ending}")


def test_every_address_that_ever_was_answers_in_every_form_in_one_hop(client):
    chance, ideas = random.Random(20081119), [make_complete_idea(title=f"Idea {letter}") for letter in "abcdef"]
    owners, merged, gone = {idea.slug: idea.pk for idea in ideas}, {}, set()
    for step in range(60):
        idea = chance.choice([idea for idea in ideas if idea.pk not in merged])
        others = [other for other in ideas if other.pk not in {idea.pk, *merged, *gone}]
        verb = "merge" if step in (30, 45) else chance.choice(["rename"] * 4 + ["withdraw", "publish"])
        if verb == "rename":
            own = [slug for slug, pk in owners.items() if pk == idea.pk]
            slug = chance.choice(own) if chance.random() < 0.3 else f"name-{step}"
            rename(idea, slug)
            owners[slug] = idea.pk
        elif verb == "withdraw" and idea.pk not in gone:
            idea.withdraw(reason="It is over.")
            gone.add(idea.pk)
        elif verb == "publish" and idea.pk in gone:
            idea.publish()
            gone.remove(idea.pk)
        elif verb == "merge":
            idea.merge_into(into := chance.choice(others))
            merged[idea.pk] = into.pk
            gone.discard(idea.pk)
    slugs = {idea.pk: idea.slug for idea in ideas}
    seen = set()
    for slug, pk in owners.items():
        while pk in merged:
            pk = merged[pk]
        for ending in ("", *(f".{ending}" for ending in TYPES)):
            right = f"/ideas/{slugs[pk]}{ending}" if ending else f"/ideas/{slugs[pk]}/"
            for slash in ("", "/"):
                address = f"/ideas/{slug}{ending}{slash}"
                wanted = (410, "") if pk in gone else (200, "") if address == right else (301, right)
                assert location(client, address) == wanted, address
                seen.add(wanted[0])
    assert (seen, len(merged), len(owners) > 20) == ({200, 301, 410}, 2, True)
