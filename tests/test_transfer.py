"""Transfer guides: shown where an editor filled one, whole on one page, and kept like every part of an idea."""

import json

import html5lib
import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from catalogue import dumps, indexing
from catalogue import index as indexes
from catalogue.models import Citation, Edition, Guide, Idea, Money, Redirect, Revision
from catalogue.models.noun import OutsideAct
from catalogue.models.transfer import ROOM
from tests.desk import SAVED, address, editor, errors, fields, page, send, text, with_row
from tests.factories import make_complete_idea, make_guide, make_idea, make_resource

pytestmark = pytest.mark.django_db

FULL = {
    "must_stay": "The mentor is a volunteer.\nThey meet for four months.",
    "may_change": "Who finds the mentors.",
    "lead_sector": "library-or-museum",
    "lead": "any branch with a meeting room",
    "legal_power": "None beyond that of a library.",
    "staff": "One person for a day a week.",
    "money": "under-10000",
    "first_result": "under-6-months",
    "first_steps": "Find ten mentors.\nFind ten newcomers.\nLet them meet.",
}


def told(response) -> list[tuple[str, list[str]]]:
    """Each term of the guide on a page, with what stands under it."""
    (shown,) = [e for e in page(response).iter("dl") if "guide" in e.get("class", "")] or [[]]
    found = []
    for row in shown:
        items = [text(item) for item in row.iter("li")]
        found.append((text(row.find("dt")), items or [text(row.find("dd"))]))
    return found


def test_guide_shows_all_that_was_filled_in_on_both_pages(client):
    report, film = make_resource(title="The handbook"), make_resource(title="A film")
    idea = make_idea(slug="mentors", title="Mentors", sources=[report, film])
    with Edition.act():
        make_guide(idea, **FULL)
        citation = idea.citations.get(resource=report)
        citation.to_reuse = True
        citation.save()
    expected = [
        ("What must stay", ["The mentor is a volunteer.", "They meet for four months."]),
        ("What may change", ["Who finds the mentors."]),
        ("Who can lead it", ["Library or museum: any branch with a meeting room"]),
        ("Legal power", ["None beyond that of a library."]),
        ("Staff", ["One person for a day a week."]),
        ("Money, first year", ["Under 10,000 US dollars"]),
        ("First result", ["Under six months"]),
        ("First steps", ["Find ten mentors.", "Find ten newcomers.", "Let them meet."]),
        ("Documents to reuse", ["The handbook"]),
    ]
    alone = client.get("/ideas/mentors/guide/")
    html5lib.HTMLParser(strict=True).parse(alone.content.decode())
    assert told(alone) == told(client.get("/ideas/mentors/")) == expected
    assert '<link rel="canonical" href="http://127.0.0.1:8000/ideas/mentors/guide/">' in alone.content.decode()


def test_guide_has_no_empty_heading(client):
    make_guide(make_idea(slug="mentors"), must_stay="  \n", lead_sector="school")
    assert told(client.get("/ideas/mentors/guide/")) == [("Who can lead it", ["School"])]


def test_idea_without_a_guide_says_nothing_of_one(client):
    make_idea(slug="plain")
    response = client.get("/ideas/plain/")
    assert (b"guide/" in response.content, told(response)) == (False, [])
    assert client.get("/ideas/plain/guide/").status_code == 404


def test_guide_of_a_draft_is_not_there(client):
    make_guide(make_idea(slug="draft", status="draft"))
    assert client.get("/ideas/draft/guide/").status_code == 404
    assert indexes.current().guides == indexing.BitMap()


def test_guide_of_a_withdrawn_idea_is_gone(client):
    idea = make_idea(slug="mentors", title="Mentors")
    make_guide(idea)
    idea.withdraw(reason="It never happened.")
    response = client.get("/ideas/mentors/guide/")
    assert (response.status_code, b"It never happened." in response.content) == (410, True)


def test_guide_follows_its_idea_to_a_new_slug_and_mends_the_spelling(client):
    idea = make_idea(slug="mentors")
    make_guide(idea)
    with Edition.act() as act:
        act.hold(idea)
        idea.slug = "guides-and-mentors"
        idea.save()
    assert Redirect.objects.filter(idea=idea).count() == 1
    for old in ("mentors/guide/", "mentors/guide", "MENTORS/guide/", "guides-and-mentors/guide"):
        response = client.get(f"/ideas/{old}")
        assert (response.status_code, response["Location"]) == (301, "/ideas/guides-and-mentors/guide/")


def test_document_that_no_longer_answers_is_linked_where_it_is_kept(client):
    lost = make_resource(title="Lost", fault="no longer there", archived_url="https://archive.example/lost")
    idea = make_idea(slug="mentors", sources=[lost])
    make_guide(idea)
    with Edition.act():
        Citation.objects.get(idea=idea).delete()
        Citation.objects.create(idea=idea, resource=lost, to_reuse=True)
    (link,) = [e for e in page(client.get("/ideas/mentors/guide/")).iter("a") if text(e) == "Lost"]
    assert link.get("href") == "https://archive.example/lost"


def test_guide_is_in_the_words_of_its_idea(client):
    make_guide(make_idea(slug="mentoren", language="de"), must_stay="Ehrenamt.", money="under-10000")
    shown = list(page(client.get("/ideas/mentoren/guide/")).iter("dd"))
    assert [(text(e), e.get("lang")) for e in shown] == [("Ehrenamt.", "de"), ("Under 10,000 US dollars", None)]


@pytest.mark.parametrize(
    "values",
    [
        {"must_stay": ""},
        {"must_stay": "x" * (ROOM["must_stay"][0] + 1)},
        {"lead_sector": "circus"},
        {"money": "a lot"},
        {"first_result": "soon"},
    ],
)
def test_guide_that_says_nothing_too_much_or_nonsense_is_refused_by_the_database(values):
    idea = make_idea()
    with pytest.raises(IntegrityError), transaction.atomic():
        make_guide(idea, **values)


def test_guide_has_so_many_lines_as_fit_on_a_page():
    full = {name: "\n".join("x" * lines) for name, (_characters, lines) in ROOM.items()}
    Guide(**full).clean()
    with pytest.raises(ValidationError) as fault:
        Guide(**full | {"must_stay": full["must_stay"] + "\nx"}).clean()
    assert fault.value.message_dict == {"must_stay": ["Say it in at most 6 lines: the guide has to fit on a page."]}


def test_guide_is_written_in_an_act_alone_and_history_keeps_it():
    idea = make_idea()
    guide = make_guide(idea)
    guide.must_stay = "The mentors are paid."
    with pytest.raises(OutsideAct):
        guide.save()
    with pytest.raises(OutsideAct), transaction.atomic():
        Guide.objects.update(must_stay="")
    with Edition.act(why="they are paid now"):
        guide.save()
    last = Revision.objects.filter(object_id=idea.pk).latest("pk")
    before, after = last.changed["guide"]
    assert ([row["must_stay"] for row in before], [row["must_stay"] for row in after], last.is_news) == (
        ["The mentor is a volunteer."],
        ["The mentors are paid."],
        True,
    )


def test_merged_idea_leaves_its_guide_to_one_that_has_none(client):
    handbook = make_resource()
    loser, winner = make_idea(sources=[handbook]), make_idea(slug="winner", sources=[handbook])
    make_guide(loser, must_stay="The meetings.")
    with Edition.act():
        Citation.objects.get(idea=loser).delete()
        Citation.objects.create(idea=loser, resource=handbook, to_reuse=True)
    loser.merge_into(winner)
    assert [Guide.objects.get(idea=idea).must_stay for idea in (loser, winner)] == ["The meetings."] * 2
    assert told(client.get("/ideas/winner/guide/"))[-1] == ("Documents to reuse", ["A report"])
    assert client.get(f"/ideas/{loser.slug}/guide/")["Location"] == "/ideas/winner/guide/"


def test_merged_idea_never_changes_a_guide_that_is_there():
    loser, winner = make_idea(sources=[make_resource()]), make_idea()
    make_guide(loser, must_stay="The meetings.")
    make_guide(winner, must_stay="The mentors.")
    with Edition.act():
        Citation.objects.filter(idea=loser).update(to_reuse=True)
    loser.merge_into(winner)
    assert Guide.objects.get(idea=winner).must_stay == "The mentors."
    assert [citation.to_reuse for citation in winner.citations.all()] == [False]


def test_guides_stand_in_the_sitemap(client):
    make_guide(make_idea(slug="mentors"))
    make_idea(slug="plain")
    content = b"".join(client.get("/sitemap.xml").streaming_content).decode()
    assert [line for line in content.splitlines() if "/guide/" in line] == [
        line.replace("/mentors/", "/mentors/guide/") for line in content.splitlines() if "/ideas/mentors/<" in line
    ]


def test_dump_has_the_guide(settings, tmp_path):
    settings.DUMP_ROOT = tmp_path
    idea = make_idea(sources=[make_resource(), make_resource()])
    make_guide(idea, **FULL)
    with Edition.act():
        Citation.objects.filter(idea=idea, position=2).update(to_reuse=True)
    make_idea()
    rows = map(json.loads, (dumps.dump() / dumps.LINES).read_text(encoding="utf-8").splitlines())
    assert [row["guide"] for row in rows] == [FULL | {"to_reuse": [2]}, None]


# On the desk


@pytest.fixture
def mira(client):
    mira = editor()
    client.force_login(mira)
    return mira


def test_editor_fills_in_a_guide_and_readers_see_it(client, mira):
    idea = make_complete_idea(slug="mentors")
    sent = with_row(fields(client.get(address(idea))), "guide", must_stay="The mentor.\r\nThe time.", money="")
    assert send(client, address(idea), sent, why="A guide").status_code == SAVED
    assert Guide.objects.get(idea=idea).must_stay == "The mentor.\nThe time."
    assert told(client.get("/ideas/mentors/guide/")) == [("What must stay", ["The mentor.", "The time."])]


def test_editor_is_told_what_a_guide_lacks(client, mira):
    idea = make_complete_idea()
    make_guide(idea)
    sent = fields(client.get(address(idea)))
    faulty = send(client, address(idea), sent, **{"why": "Shorter", "guide-0-must_stay": ""})
    assert errors(faulty) == ["Fill in at least one field, or take the guide away."]
    long = "\r\n".join(["one line"] * 9)
    faulty = send(client, address(idea), sent, **{"why": "Longer", "guide-0-must_stay": long})
    assert errors(faulty) == ["Say it in at most 6 lines: the guide has to fit on a page."]
    assert Guide.objects.get(idea=idea).must_stay == "The mentor is a volunteer."


def test_draft_and_preview_hold_a_guide_that_readers_do_not_see(client, mira):
    idea = make_complete_idea(slug="mentors")
    sent = with_row(fields(client.get(address(idea))), "guide", must_stay="Secret for now.", money=Money.SMALL)
    kept = send(client, address(idea), sent, why="A guide", _keep="1")
    assert kept.status_code == SAVED
    shown = client.get(f"{kept['Location']}preview/")
    assert told(shown) == [
        ("What must stay", ["Secret for now."]),
        ("Money, first year", ["Under 10,000 US dollars"]),
    ]
    assert (Guide.objects.count(), client.get("/ideas/mentors/guide/").status_code) == (0, 404)


def test_guide_that_was_taken_away_comes_back_from_history(client, mira):
    idea = make_complete_idea()
    make_guide(idea, **FULL)
    then = Revision.objects.filter(object_id=idea.pk, kind=Idea.kind).latest("pk")
    sent = fields(client.get(address(idea)))
    assert send(client, address(idea), sent, **{"why": "Not ours", "guide-0-DELETE": "on"}).status_code == SAVED
    assert not Guide.objects.exists()
    where = address(idea, "restore", then.pk)
    assert send(client, where, fields(client.get(where)), why="It was right").status_code == SAVED
    assert {name: getattr(Guide.objects.get(idea=idea), name) for name in FULL} == FULL
