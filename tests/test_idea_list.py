"""The catalogue's query string: filters, counts, order, pages, faults, and one address for one question."""

import html5lib
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalogue.models import Edition, Idea, Redirect, Topic
from tests.factories import make_adaptation, make_city, make_idea, make_organisation

pytestmark = pytest.mark.django_db


def page(client, address, status=200):
    """A page as a reader sees it: number of results, titles, facet counts, chips, errors."""
    response = client.get(address)
    assert response.status_code == status, response.content.decode()[:500]
    tree = html5lib.parse(response.content.decode(), namespaceHTMLElements=False)

    def text(element):
        return " ".join("".join(element.itertext()).split())

    main = tree.find(".//main")
    inputs = [i for i in main.iter("input") if i.get("type") == "checkbox" and i.get("form") == "finder"]
    parents = {child: parent for parent in main.iter() for child in parent}
    counts = {}
    for box in inputs:
        label = parents[box]
        counts.setdefault(box.get("name"), {})[box.get("value")] = int(text(label).split()[-1])
    return {
        "results": next((text(h) for h in main.iter("h2") if h.get("id") == "results"), ""),
        "titles": [text(h) for h in main.iter("h3")],
        "counts": counts,
        "checked": {(i.get("name"), i.get("value")) for i in inputs if i.get("checked") is not None},
        "chips": [text(a) for a in main.iter("a") if a.get("class") == "chip"],
        "links": {text(a): a.get("href") for a in main.iter("a")},
        "errors": [text(a) for e in main.iter() if e.get("class") == "err-sum" for a in e.iter("a")],
        "title": text(tree.find(".//title")),
        "canonical": next((li.get("href") for li in tree.iter("link") if li.get("rel") == "canonical"), None),
        "tree": tree,
    }


def titles(client, query):
    return page(client, f"/ideas/{query}")["titles"]


@pytest.fixture
def three(db):
    """Three ideas that differ in everything that a filter asks for."""
    toronto, berlin = make_city(name="Toronto"), make_city(name="Berlin", country="DE")
    union = make_organisation(name="Union", sector="labour-union", city=berlin)
    council = make_organisation(name="City", city=toronto)
    make_idea(title="A", city=toronto, themes=["work", "learn"], topics=["mentoring"], started=2001,
              audiences=["women"],
              criteria=["practical", "successful"], organisation=council)  # fmt: skip
    make_idea(title="B", city=berlin, themes=["work"], topics=["sport"], audiences=["youth"], started=2010,
              criteria=["practical"], organisation=union)  # fmt: skip
    make_idea(title="C", city=None, organisation=None, themes=["live"], topics=["mentoring"], criteria=[], started=None)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "CBA"),
        ("?theme=work", "BA"),
        ("?theme=work&theme=live", "CBA"),
        ("?theme=learn&theme=learn", "A"),
        ("?topic=mentoring", "CA"),
        ("?topic=mentoring&theme=work", "A"),
        ("?audience=women&audience=youth", "BA"),
        ("?country=ca", "A"),
        ("?country=CA&country=de", "BA"),
        ("?city=berlin", "B"),
        ("?organisation=union", "B"),
        ("?sector=labour-union", "B"),
        ("?sector=city-government&sector=labour-union", "BA"),
        ("?criterion=practical", "BA"),
        ("?criterion=practical&criterion=successful", "A"),
        ("?started_min=2001", "BA"),
        ("?started_min=2002", "B"),
        ("?started_max=2001", "A"),
        ("?started_min=2001&started_max=2001", "A"),
        ("?theme=&city=&started_min=&sort=&page=", "CBA"),
        ("?sort=relevance", "CBA"),
        ("?sort=title", "ABC"),
        ("?sort=city", "BAC"),
        ("?unheard=of&utm_source=x", "CBA"),
    ],
)
def test_idea_list_filters(client, three, query, expected):
    assert titles(client, query) == list(expected)


def test_idea_list_counts_each_value_under_the_other_filters(client, three):
    assert page(client, "/ideas/?theme=learn&country=ca")["counts"] == {
        "theme": {"work": 1, "learn": 1},
        "audience": {"women": 1},
        "topic": {"mentoring": 1},
        "country": {"CA": 1},
        "city": {"toronto": 1},
        "organisation": {"city": 1},
        "sector": {"city-government": 1},
        "criterion": {"practical": 1, "successful": 1},
    }


def test_idea_list_counts_criteria_under_all_filters_plus_each(client, three):
    assert page(client, "/ideas/?criterion=practical")["counts"]["criterion"] == {"practical": 2, "successful": 1}


def test_idea_list_shows_a_chosen_value_without_a_match(client, three):
    found = page(client, "/ideas/?city=berlin&theme=learn")
    assert found["counts"]["city"] == {"berlin": 0, "toronto": 1}
    assert found["checked"] == {("city", "berlin"), ("theme", "learn")}


def test_idea_list_says_the_number(client, three):
    assert page(client, "/ideas/")["results"] == "3 ideas"
    assert page(client, "/ideas/?city=berlin")["results"] == "1 idea"


def test_idea_list_chip_leads_to_the_query_without_it(client, three):
    found = page(client, "/ideas/?country=ca&theme=work&theme=live&started_min=2000")
    assert found["chips"] == [
        "Remove: Theme: Live", "Remove: Theme: Work", "Remove: Country: Canada", "Remove: Started: 2000 or later"
    ]  # fmt: skip
    assert found["links"]["Remove: Theme: Work"] == "/ideas/?theme=live&country=CA&started_min=2000"


def test_idea_list_has_one_canonical_address_for_one_question(client, three):
    one = page(client, "/ideas/?theme=work&country=ca&theme=learn&unheard=1")["canonical"]
    other = page(client, "/ideas/?theme=learn&theme=work&country=CA&sort=newest&page=1")["canonical"]
    assert one == other == "http://127.0.0.1:8000/ideas/?theme=learn&theme=work&country=CA"


def test_idea_list_titles_differ_by_question_order_and_page(client, three):
    addresses = ["", "?theme=work", "?theme=learn", "?theme=work&sort=title", "?country=ca"]
    found = [page(client, f"/ideas/{address}")["title"] for address in addresses]
    assert found[0] == "Ideas – Good Ideas"
    assert len(set(found)) == len(addresses)


@pytest.mark.parametrize(
    ("query", "sentence", "shown"),
    [
        ("?theme=nonsense", "“nonsense” is not a theme. Choose Learn, Live or Work.", "CBA"),
        ("?theme=nonsense&theme=live", "“nonsense” is not a theme. Choose Learn, Live or Work.", "C"),
        ("?country=xx&theme=work", "“xx” is not a country", "BA"),
        ("?country=zz", "not a country", "CBA"),
        ("?topic=nothing", "“nothing” is not a topic.", "CBA"),
        ("?city=atlantis", "not a city of the catalogue", "CBA"),
        ("?organisation=none", "not an organisation", "CBA"),
        ("?audience=martians", "not a group", "CBA"),
        ("?sector=mafia", "not a kind of organisation", "CBA"),
        ("?criterion=popular", "Choose Practical, Innovative, Successful or Transferable.", "CBA"),
        ("?started_min=abc", "“abc” is not a year", "CBA"),
        ("?started_max=20100", "not a year", "CBA"),
        ("?started_min=%D9%A2%D9%A0%D9%A1%D9%A0", "not a year", "CBA"),
        ("?started_min=2010&started_max=2001", "Exchange the two", "CBA"),
        ("?sort=best", "“best” is not an order", "CBA"),
        ("?page=0", "“0” is not a page", "CBA"),
        ("?page=-1", "not a page", "CBA"),
        ("?page=x&theme=live", "not a page", "C"),
        ("?theme=%00", "is not a theme", "CBA"),
        ("?theme=%3Cscript%3E", "“<script>” is not a theme", "CBA"),
        ("?facet=title", "not a filter with values", "CBA"),
    ],
)  # fmt: skip
def test_idea_list_names_what_means_nothing_and_goes_on_without_it(client, three, query, sentence, shown):
    found = page(client, f"/ideas/{query}", status=400)
    assert len(found["errors"]) == 1
    assert sentence in found["errors"][0]
    assert found["titles"] == list(shown)
    assert found["title"].startswith("Error: ")


def test_idea_list_keeps_the_faulty_year_in_its_field(client, three):
    tree = page(client, "/ideas/?started_min=abc", status=400)["tree"]
    field = next(i for i in tree.iter("input") if i.get("name") == "started_min")
    assert (field.get("value"), field.get("aria-invalid")) == ("abc", "true")


def test_idea_list_leads_old_slugs_to_the_same_query_with_the_new(client, three):
    topic = Topic.objects.get(slug="mentoring")
    with Edition.act(why="renamed"):
        topic.slug = "mentors"
        topic.save()
    response = client.get("/ideas/?sort=title&topic=mentoring&theme=work&topic=sport")
    assert response.status_code == 301
    assert response["Location"] == "/ideas/?sort=title&topic=mentors&topic=sport&theme=work"
    assert titles(client, "?topic=mentors") == ["C", "A"]


def test_idea_list_city_known_by_an_adaptation_alone_matches_nothing(client, three):
    make_adaptation(idea=Idea.objects.get(title="A"), city=make_city(name="Turin", country="IT"))
    found = page(client, "/ideas/?city=turin")
    assert found["results"] == "No idea matches all of that"
    assert found["counts"]["city"]["turin"] == 0


def test_idea_list_hides_what_is_not_published(client, three):
    hideout = make_city(name="Hideout")
    for status in (Idea.Status.DRAFT, Idea.Status.WITHDRAWN):
        make_idea(title="Hidden", status=status, withdrawn_reason="x", topics=["secret"], city=hideout)
    make_idea(title="Hidden", status=Idea.Status.SCHEDULED, publish_at=timezone.now(), audiences=["hidden"])
    found = page(client, "/ideas/")
    assert found["titles"] == ["C", "B", "A"]
    assert sum(found["counts"]["theme"].values()) == 4
    assert "secret" not in found["counts"]["topic"]
    assert "hideout" not in found["counts"]["city"]
    page(client, "/ideas/?topic=secret", status=400)
    page(client, "/ideas/?city=hideout", status=400)


def test_idea_list_empty_offers_what_each_filter_let_go_would_give(client, three):
    found = page(client, "/ideas/?theme=learn&country=de&started_min=2000")
    assert found["results"] == "No idea matches all of that"
    assert found["links"]["Without “Theme: Learn”"] == "/ideas/?country=DE&started_min=2000"
    assert found["links"]["Without “Country: Germany”"] == "/ideas/?theme=learn&started_min=2000"
    assert "Without “Started: 2000 or later”" not in found["links"]
    assert found["links"]["All ideas"] == "/ideas/"


def test_idea_list_of_an_empty_catalogue_answers(client, db):
    assert page(client, "/ideas/")["results"] == "No idea is published yet"


def test_idea_list_walks_every_idea_once(client, db):
    city, organisation = make_city(), make_organisation()
    with Edition.act():
        for number in range(45):
            make_idea(title=f"{number % 7}", city=city, organisation=organisation)
    everything = set(Idea.objects.values_list("slug", flat=True))
    for sort in ("newest", "title", "viewed", "city"):
        seen = []
        for number in (1, 2, 3):
            tree = page(client, f"/ideas/?sort={sort}&page={number}")["tree"]
            seen += [h.find("a").get("href").split("/")[2] for h in tree.iter("h3")]
        assert (len(seen), set(seen)) == (45, everything)
    assert client.get("/ideas/?page=4").status_code == 404
    assert client.get("/ideas/?page=99999999999").status_code in (400, 404)


def test_idea_list_title_order_folds_case_accents_and_leading_punctuation(client, db):
    for title in ("Zebra", "“Älter”", "alpha", "Éclair", "Łódź", "(beta)", "Mid"):
        make_idea(title=title)
    assert titles(client, "?sort=title") == ["alpha", "“Älter”", "(beta)", "Éclair", "Łódź", "Mid", "Zebra"]


def test_idea_list_newest_is_by_publication_then_number(client, db):
    day = timezone.now()
    for title, date in (("first", day), ("second", day), ("older", day - timezone.timedelta(days=1))):
        make_idea(title=title, first_published=date)
    assert titles(client, "") == ["second", "first", "older"]


@pytest.mark.parametrize("size", [1, 3, 20])
def test_idea_list_asks_for_its_rows_alone_whatever_its_size(client, db, size):
    with Edition.act():
        for _ in range(size):
            make_idea(topics=["mentoring"], criteria=["practical"])
    client.get("/ideas/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/ideas/?theme=work")
    assert len(queries) == 1, [query["sql"] for query in queries]


def test_idea_list_survives_five_thousand_values(client, three):
    client.get("/ideas/")
    query = "&".join(f"topic=t{number}" for number in range(900))
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"/ideas/?{query}").status_code == 400
    assert len(queries) == 2  # old slugs, rows
    assert client.get("/ideas/?" + "&".join(f"topic=t{number}" for number in range(5000))).status_code == 400


def test_idea_list_whole_facet_lists_every_value(client, db):
    with Edition.act():
        for number in range(130):
            make_idea(city=make_city(name=f"Town {number:03}"))
    assert len(page(client, "/ideas/")["counts"]["city"]) == 20
    found = page(client, "/ideas/?city=town-129")["counts"]["city"]
    assert (len(found), found["town-129"]) == (21, 1)
    assert len(page(client, "/ideas/?facet=city")["counts"]["city"]) == 130


def test_redirect_rows_that_lead_nowhere_do_not_answer_for_a_value(client, three):
    with Edition.act():
        Redirect.objects.create(path="/topics/lost/", note="gone")
    page(client, "/ideas/?topic=lost", status=400)
