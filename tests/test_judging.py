"""How ideas were judged: on an idea's page, and in numbers on the page of the four criteria."""

from datetime import date

import pytest

from catalogue.models import Edition, Evidence, Idea
from tests.desk import page, text
from tests.factories import make_assessment, make_idea

pytestmark = pytest.mark.django_db


def reading(client, idea) -> tuple[str, dict[str, str]]:
    """Why it is here: the sentence, and what was found."""
    (found,) = [e for e in page(client.get(idea.get_absolute_url())).iter("div") if e.get("class") == "reading"]
    return text(found.find("p")), {
        text(row.find("dt")): text(row.find("dd")) for row in found.iter("div") if row != found
    }


def ledger(client, idea) -> list[str]:
    (found,) = [e for e in page(client.get(idea.get_absolute_url())).iter("ul") if e.get("class") == "ledger"]
    return [text(span) for span in found.iter("span") if span.get("class") == "m"]


def hold(idea, *rows):
    with Edition.act():
        for criterion, basis, year in rows:
            Evidence.objects.create(idea=idea, criterion=criterion, claim=f"{basis} {year}", basis=basis, year=year)


def test_page_tells_who_read_it_when_and_what_they_found(client):
    idea = make_idea()
    make_assessment(idea=idea, readers=3, read_on=date(2027, 3, 5), innovative="partly", successful="not-shown")
    assert reading(client, idea) == (
        "3 readers held it against the four criteria, the last of them on 5 March 2027.",
        {"Met": "Practical, Transferable", "Partly met": "Innovative", "Not shown": "Successful"},
    )


def test_page_of_one_reader_says_so(client):
    idea = make_idea()
    make_assessment(idea=idea, readers=1, read_on=date(2027, 3, 5))
    assert reading(client, idea)[0] == "1 reader held it against the four criteria, on 5 March 2027."


def test_page_that_nobody_read_invents_nothing(client):
    own, collections = make_idea(), make_idea(pk=7)
    assert reading(client, own) == ("The editors published it. It has not been read by two readers yet.", {})
    sentence = "It came with the opening collection and has not been read by two readers yet."
    assert reading(client, collections) == (sentence, {})


def test_page_says_of_each_piece_of_evidence_how_it_is_known(client):
    idea = make_idea()
    hold(idea, ("practical", "told", 2012), ("successful", "compared", None), ("successful", "not-stated", 2010))
    assert ledger(client, idea) == [
        "Told by the team, 2012",
        "Measured, with a comparison",
        "How it is known isn’t stated, 2010",
    ]


def test_page_says_once_that_nothing_is_known_of_how_any_is_known(client):
    idea = make_idea()
    hold(idea, ("practical", "not-stated", 2012), ("successful", "not-stated", None))
    assert ledger(client, idea) == ["2012"]
    assert "How these are known isn’t stated." in client.get(idea.get_absolute_url()).content.decode()


def told(client) -> tuple[dict[str, str], str]:
    """The kinds of evidence with their numbers, and what is said of readings."""
    html = page(client.get("/criteria/"))
    kinds = {
        text(row.find("dt")): text(row.find("dd/span")) if row.find("dd/span") is not None else ""
        for row in html.iter("div")
        if row.find("dt") is not None
    }
    (said,) = [text(p) for p in html.iter("p") if text(p).startswith("So far")]
    return kinds, said


def test_criteria_count_ideas_by_kind_of_evidence_and_hide_drafts(client):
    idea, other = make_idea(), make_idea()
    hold(idea, ("practical", "told", 2012), ("practical", "told", 2013), ("successful", "measured", 2013))
    hold(other, ("practical", "told", 2014))
    draft = make_idea(status=Idea.Status.DRAFT)
    hold(draft, ("transferable", "compared", 2014))
    make_assessment(idea=draft)
    kinds, said = told(client)
    none = "No idea holds any yet."
    assert kinds == dict.fromkeys(["Met", "Partly met", "Not shown"], "") | {
        "Told by the team": "Practical: 2 ideas",
        "Seen by others": none,
        "Measured": "Successful: 1 idea",
        "Measured, with a comparison": none,
        "How it is known isn’t stated": none,
    }
    assert said.startswith("So far readers have read 0 of the 2 ideas in the catalogue. The ideas of the opening")


def test_criteria_count_what_readers_found_at_the_next_request(client):
    idea = make_idea()
    make_idea()
    assert "0 of the 2" in told(client)[1]
    make_assessment(idea=idea, innovative="partly", successful="not-shown")
    kinds, said = told(client)
    assert said.startswith("So far readers have read 1 of the 2 ideas in the catalogue.")
    assert [kinds[finding] for finding in ("Met", "Partly met", "Not shown")] == [
        "Practical: 1 idea, Transferable: 1 idea",
        "Innovative: 1 idea",
        "Successful: 1 idea",
    ]
