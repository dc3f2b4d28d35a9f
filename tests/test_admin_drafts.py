"""A change kept beside the live page, and the page as it will be."""

import re

import pytest
from django.test import Client

from catalogue.models import Act, Draft, Edition, Idea, Topic
from tests.desk import SAVED, address, editor, errors, fields, fill, page, send, text, with_row
from tests.factories import make_adaptation, make_city, make_idea, make_resource, make_term

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(editor())
    return client


def keep(client, idea, **more):
    """Keeps a change beside the live page and gives the draft."""
    answer = fill(client, address(idea), _keep="1", **more)
    assert answer.status_code == SAVED
    draft = Draft.objects.first()
    assert answer.headers["Location"] == address(idea, "draft", draft.pk)
    return draft


def live(client, idea) -> str:
    return client.get(idea.get_absolute_url()).content.decode()


def test_draft_is_kept_beside_the_page_and_moves_nothing(desk):
    idea = make_idea(title="Live", criteria=["practical"])
    before, acts, edition = live(desk, idea), Act.objects.count(), Edition.current()
    draft = keep(desk, idea, title="Kept", body="Half a sentence", why="to be checked")
    assert (live(desk, idea), Act.objects.count(), Edition.current()) == (before, acts, edition)
    assert (draft.label, draft.by_name, draft.why) == ("Live", "mira", "to be checked")
    rows = [e for e in page(desk.get(address(idea, "draft", draft.pk))).iter("div") if e.findall("dt")]
    compared = {text(row.find("dt")): text(row.find("dd")) for row in rows}
    assert compared == {"Title": "LiveKept", "Text": "## What was done Something.Half a sentence"}


def test_draft_may_be_half_done(desk):
    draft = keep(desk, make_idea(), title="", started="long ago")
    assert fields(desk.get(address(Idea.objects.get()) + f"?draft={draft.pk}"))["started"] == ["long ago"]


def test_draft_is_published_in_one_act_and_gone(desk):
    idea = make_idea(title="Live", topics=["sport"])
    music = make_term(Topic, "music")
    sent = with_row(fields(desk.get(address(idea))), "evidence", criterion="practical", basis="seen", claim="Seen.")
    assert send(desk, address(idea), sent, _keep="1", title="Kept", topics=music.pk).status_code == SAVED
    draft, acts, edition = Draft.objects.get(), Act.objects.count(), Edition.current()
    answer = fill(desk, address(idea, "draft", draft.pk), _publish="1", why="checked")
    assert (answer.status_code, Draft.objects.count()) == (SAVED, 0)
    assert (Act.objects.count(), Edition.current()) == (acts + 1, edition + 1)
    idea = Idea.objects.get()
    assert (idea.title, list(idea.topics.all()), idea.evidence.get().claim) == ("Kept", [music], "Seen.")
    assert Act.objects.first().why == "checked"


def test_draft_that_isnt_good_enough_stays_and_says_why(desk):
    idea = make_idea(title="Live")
    draft = keep(desk, idea, title="", why="x")
    answer = fill(desk, address(idea, "draft", draft.pk), _publish="1", why="a try")
    assert errors(answer) == ["This field is required."]
    assert (Draft.objects.count(), Idea.objects.get().title) == (1, "Live")
    assert send(desk, address(idea), fields(answer), title="Mended").status_code == SAVED
    assert (Draft.objects.count(), Idea.objects.get().title) == (0, "Mended")


def test_draft_and_live_page_that_both_changed_are_shown_together(desk):
    idea = make_idea(title="Live")
    draft = keep(desk, idea, title="Kept", why="x")
    assert fill(desk, address(idea), title="Live again", why="news").status_code == SAVED
    answer = fill(desk, address(idea, "draft", draft.pk), _publish="1", why="checked")
    assert errors(answer) == ["Somebody saved this while you were writing. Nothing is lost: compare, and save again."]
    assert fields(answer)["title"] == ["Kept"]
    assert Idea.objects.get().title == "Live again"
    assert send(desk, address(idea), fields(answer)).status_code == SAVED
    assert (Idea.objects.get().title, Draft.objects.count()) == ("Kept", 0)


def test_draft_is_thrown_away(desk):
    idea = make_idea(title="Live")
    draft = keep(desk, idea, title="Kept")
    assert fill(desk, address(idea, "draft", draft.pk), _discard="1").status_code == SAVED
    assert (Draft.objects.count(), Idea.objects.get().title) == (0, "Live")


def test_draft_is_written_on_and_kept_again(desk):
    idea = make_idea(title="Live")
    draft = keep(desk, idea, title="Kept")
    form = desk.get(address(idea) + f"?draft={draft.pk}")
    assert fields(form)["title"] == ["Kept"]
    assert send(desk, address(idea), fields(form), title="Kept again", _keep="1").status_code == SAVED
    draft.refresh_from_db()
    assert (draft.fields["fields"]["title"], draft.number, Draft.objects.count()) == (["Kept again"], 2, 1)


def test_two_editors_of_one_draft_keep_both(desk):
    idea = make_idea(title="Live")
    draft = keep(desk, idea, title="Kept")
    mine = fields(desk.get(address(idea) + f"?draft={draft.pk}"))
    other = Client()
    other.force_login(editor("omar"))
    theirs = fields(other.get(address(idea) + f"?draft={draft.pk}"))
    assert send(other, address(idea), theirs, title="Theirs", _keep="1").status_code == SAVED
    assert send(desk, address(idea), mine, title="Mine", _keep="1").status_code == SAVED
    kept = {d.by_name: d.fields["fields"]["title"] for d in Draft.objects.all()}
    assert kept == {"omar": ["Theirs"], "mira": ["Mine"]}


def test_a_double_click_keeps_one_draft(desk):
    idea = make_idea()
    sent = fields(desk.get(address(idea)))
    for _ in range(2):
        assert send(desk, address(idea), sent, title="Kept", _keep="1").status_code == SAVED
    assert Draft.objects.count() == 1
    assert send(desk, address(idea), sent, title="Else", _keep="1").status_code == SAVED
    assert Draft.objects.count() == 2


# Preview


def body(html: str) -> str:
    """The main part of a page, without the notice that it is a preview."""
    main = html[html.index('<main id="main">') + len('<main id="main">') : html.index("</main>")]
    main = re.sub(r"<aside class=\"preview-notice\".*?</aside>", "", main, flags=re.DOTALL)
    return re.sub(r"\s+", " ", main).strip()


def test_preview_of_a_draft_is_the_page_that_publication_makes(desk):
    idea = make_idea(
        status="draft",
        title="A bread-baking school",
        themes=["work", "learn"],
        topics=["sport", "music"],
        audiences=["women"],
        criteria=["practical", "successful"],
        sources=[make_resource(title="A report")],
        partners=["TRIEC"],
        started=2010,
        ended=2015,
    )
    make_idea(topics=["sport"], title="A neighbour")
    make_adaptation(idea=idea, city=make_city(name="Gent"), year=2012)
    acts, edition = Act.objects.count(), Edition.current()
    answer = desk.get(address(idea, "preview"))
    preview = answer.content.decode()
    assert (Act.objects.count(), Edition.current()) == (acts, edition)
    assert Idea.objects.get(pk=idea.pk).status == "draft"
    assert desk.get(idea.get_absolute_url()).status_code == 404
    assert '<meta name="robots" content="noindex">' in preview
    assert "<title>Preview: A bread-baking school – Good Ideas</title>" in preview
    idea.publish()
    assert body(preview) == body(live(desk, idea))


def test_preview_of_a_draft_beside_the_page_is_what_its_publication_makes(desk):
    idea = make_idea(title="Live", topics=["sport"], criteria=["practical"])
    music, report = make_term(Topic, "music"), make_resource(title="A report")
    sent = with_row(fields(desk.get(address(idea))), "citations", position="1", resource=report.pk)
    sent |= {"title": ["Kept"], "topics": [str(music.pk)], "body": ["## New\r\n\r\nText."], "evidence-0-claim": ["So."]}
    send(desk, address(idea), sent, _keep="1")
    draft, before = Draft.objects.get(), live(desk, idea)
    preview = desk.get(address(idea, "draft_preview", draft.pk)).content.decode()
    assert live(desk, idea) == before
    assert fill(desk, address(idea, "draft", draft.pk), _publish="1", why="good").status_code == SAVED
    assert body(preview) == body(live(desk, idea)) != body(before)


def test_preview_of_a_draft_that_cant_be_saved_leads_to_what_is_wrong(desk):
    idea = make_idea()
    draft = keep(desk, idea, title="")
    answer = desk.get(address(idea, "draft_preview", draft.pk))
    assert (answer.status_code, answer.headers["Location"]) == (SAVED, address(idea) + f"?draft={draft.pk}")


def test_previews_and_drafts_are_for_the_desk_alone(client):
    idea = make_idea()
    draft = Draft.objects.create(kind=idea.kind, object_id=idea.pk, label="x", fields={"fields": {}, "rows": {}})
    for view in (address(idea, "preview"), address(idea, "draft", draft.pk), address(idea, "draft_preview", draft.pk)):
        assert client.get(view).status_code == SAVED
    client.force_login(editor("rosa", "Readers"))
    assert client.get(address(idea, "preview")).status_code == 200
    assert client.get(address(idea, "draft", draft.pk)).status_code == 403
    assert client.get(address(idea, "draft_preview", draft.pk)).status_code == 403
    assert client.get(address(make_idea(), "draft", draft.pk)).status_code == 403
