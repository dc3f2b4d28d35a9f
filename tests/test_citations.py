"""Citations: what each form says, that independent parsers read the same facts in all, and that nothing breaks out."""

import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from catalogue import citations
from catalogue import index as indexes
from catalogue.models import Act, Edition, Idea
from catalogue.records import Named, Place, one_line, record_of
from tests.factories import make_city, make_complete_idea, make_idea, make_organisation, make_record
from tests.readers import facts

SITE = "http://127.0.0.1:8000"
VERSION = f"{SITE}/i/103/versions/3/"
BARCELONA = Place("Barcelona", "Catalonia", "Spain", "ES", 41.39, 2.17, f"{SITE}/cities/barcelona/")
COUNCIL = Named("Barcelona City Council", f"{SITE}/organisations/barcelona-city-council/")
FULL = {
    "title": "Fighting fiction with facts",
    "summary": "It trains volunteers.",
    "organisation": COUNCIL,
    "partners": ("A network", "A school"),
    "place": BARCELONA,
    "themes": (Named("Connect", f"{SITE}/themes/connect/", "connect"),),
    "topics": (Named("Water, waste and sanitation", f"{SITE}/topics/water/", "water"),),
    "audiences": (Named("Immigrants", f"{SITE}/ideas/?audience=immigrants", "immigrants"),),
}


def test_citation_holds_each_fact_in_every_form():
    wanted = {
        "key": "good-ideas-103",
        "author": "Good Ideas",
        "title": "Fighting fiction with facts",
        "date": "2021-mar-4",
        "url": f"{SITE}/i/103/",
        "language": "en",
        "abstract": "It trains volunteers.",
        "keywords": ["Connect", "Water, waste and sanitation", "Immigrants"],
        "note": f"Barcelona City Council, with A network, A school; Barcelona, Spain; version 3: {VERSION}",
    }
    assert facts(make_record(**FULL)) == [wanted] * 3


def test_citation_leaves_out_what_is_not_known():
    assert citations.ris(make_record()).split("\r\n") == [
        "TY  - ELEC",
        "ID  - good-ideas-103",
        "AU  - Good Ideas",
        "TI  - An idea",
        "PY  - 2021",
        "DA  - 2021/03/04",
        "ET  - 3",
        "PB  - Good Ideas",
        "LA  - en",
        f"N1  - version 3: {VERSION}",
        f"UR  - {SITE}/i/103/",
        "ER  - ",
        "",
    ]


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        (FULL, "Fighting fiction with facts [Barcelona City Council, Barcelona, Spain]. "),
        ({"title": "Naan", "place": BARCELONA}, "Naan [Barcelona, Spain]. "),
        ({"title": "Naan"}, "Naan. "),
        ({"title": "Be subversive!"}, "Be subversive! "),
    ],
)
def test_citation_in_words_is_as_apa_has_it(values, wanted):
    citation = str(citations.apa(make_record(**values)))
    assert citation == f"Good Ideas. (2021, March 4). {wanted}{VERSION}"


BREAKING = st.lists(
    st.sampled_from(
        [
            *[
                "{",
                "}",
                '"',
                "\\",
                "%",
                "&",
                "#",
                "$",
                "_",
                "~",
                "^",
                "@",
                "@book{x,",
                "--",
                "''",
                "``",
                "?`",
                ",",
                "=",
            ],
            *[
                "\n",
                "\r\n",
                "\u2028",
                "\x85",
                "\x0c",
                "\x00",
                "\x1b",
                "TY  - JOUR",
                "ER  - ",
                "  author = {x},",
                "\\end",
            ],
            *["é", "ß", "Ł", "日本", "e\u0301", "</script>", "<!--", "&amp;", "]]>", "{{ title }}", "a", " "],
        ]
    ),
    min_size=1,
).map("".join)
TITLES = st.one_of(BREAKING, st.text()).map(one_line).filter(bool)


@given(TITLES)
@example(one_line("A {brace\nER  - \nTY  - JOUR\nTI  - another"))
@example("}}, title = {another}, x = {{")
def test_title_survives_and_injects_nothing_in_any_citation(title):
    record = make_record(title=title, summary=title)
    # The decoder of BibTeX has no word for a circumflex alone, and takes this letter for one.
    told = title.replace("ˆ", "^")
    for found in facts(record):
        assert (found["title"].replace("ˆ", "^"), found["abstract"].replace("ˆ", "^")) == (told, told)
    assert citations.bibtex(record).count("\n@") == 0
    assert [line[:6] for line in citations.ris(record).split("\r\n")].count("ER  - ") == 1


@given(st.text())
def test_text_of_a_record_is_one_line_without_controls(text):
    line = one_line(text)
    assert line.splitlines() == ([line] if line else [])
    assert [c for c in line if c < " " or "\x7f" <= c < "\xa0"] == []
    assert one_line(line) == line


@pytest.mark.django_db
def test_citation_is_dated_by_the_edition_that_last_changed_the_idea():
    def dated():
        return record_of(Idea.objects.for_page().get(pk=idea.pk), indexes.current()).dated

    def act_at(day):
        Act.objects.filter(pk=Act.objects.latest("pk").pk).update(at=datetime(*day, tzinfo=UTC))

    idea = make_complete_idea(status=Idea.Status.DRAFT)
    idea.publish(at=datetime(2021, 3, 4, tzinfo=UTC))
    assert dated() == date(2021, 3, 4)
    # Another idea's change, and one of the place's, are not its own.
    make_idea(city=idea.city)
    act_at((2022, 1, 1))
    assert dated() == date(2021, 3, 4)
    idea.end(2023)
    act_at((2023, 5, 6))
    assert dated() == date(2023, 5, 6)


@pytest.mark.django_db
def test_citation_of_what_was_loaded_in_bulk_is_dated_by_its_publication():
    idea = make_idea(first_published=datetime(2020, 5, 17, 12, 30, tzinfo=UTC))
    Act.objects.all().delete()
    with Edition.act(why="loaded") as act:
        act.touch_made([idea])
    assert Idea.objects.for_page().get(pk=idea.pk).updated == idea.first_published


@pytest.mark.django_db
def test_idea_page_shows_how_to_cite_it_and_names_reference_managers_facts(client):
    city = make_city(name="Ghent", country="BE")
    idea = make_idea(
        title="Mentors & “friends”",
        summary="They meet.",
        city=city,
        organisation=make_organisation(name="City of Ghent", city=city),
        topics=["mentoring"],
        first_published=datetime(2020, 5, 17, tzinfo=UTC),
    )
    idea.end(2021)
    Act.objects.update(at=datetime(2021, 3, 4, tzinfo=UTC))
    page = client.get(idea.get_absolute_url()).content.decode()
    (cite,) = re.findall(r'<p class="cite"[^>]*>(.*)</p>', page)
    assert cite == (
        "Good Ideas. (2021, March 4). <cite>Mentors &amp; “friends”</cite> [City of Ghent, Ghent, Belgium]. "
        f"{SITE}/i/{idea.pk}/versions/2/"
    )
    tags = re.findall(r'<meta name="((?:citation_|dcterms\.)\w+)" content="([^"]*)">', page)
    assert tags == [
        ("citation_title", "Mentors &amp; “friends”"),
        ("citation_author", "Good Ideas"),
        ("citation_publisher", "Good Ideas"),
        ("citation_publication_date", "2021/03/04"),
        ("citation_public_url", f"{SITE}/i/{idea.pk}/"),
        ("citation_language", "en"),
        ("citation_keywords", "Work"),
        ("citation_keywords", "Mentoring"),
        ("dcterms.title", "Mentors &amp; “friends”"),
        ("dcterms.creator", "Good Ideas"),
        ("dcterms.publisher", "Good Ideas"),
        ("dcterms.type", "Text"),
        ("dcterms.issued", "2020-05-17"),
        ("dcterms.modified", "2021-03-04"),
        ("dcterms.identifier", f"{SITE}/i/{idea.pk}/"),
        ("dcterms.hasVersion", f"{SITE}/i/{idea.pk}/versions/2/"),
        ("dcterms.language", "en"),
        ("dcterms.abstract", "They meet."),
        ("dcterms.subject", "Work"),
        ("dcterms.subject", "Mentoring"),
        ("dcterms.spatial", "Ghent, Belgium"),
        ("dcterms.license", "https://creativecommons.org/licenses/by/4.0/"),
    ]
