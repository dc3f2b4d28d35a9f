"""Nobody's work is lost: two editors at one idea, a session that ended, a form that is sent twice."""

import re

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client

from catalogue.models import Act, Edition, Evidence, Idea, Topic
from tests.desk import PASSWORD, SAVED, address, editor, errors, fields, fill, messages, page, send, text, with_row
from tests.factories import make_adaptation, make_city, make_idea, make_term

pytestmark = pytest.mark.django_db

MEANWHILE = "Somebody saved this while you were writing. Nothing is lost: compare, and save again."


@pytest.fixture
def desk(client):
    client.force_login(editor())
    return client


@pytest.fixture
def other():
    client = Client()
    client.force_login(editor("omar"))
    return client


def compared(response) -> dict[str, list[str]]:
    """What the page says of two versions: for each field its cells, or its difference."""
    (section,) = [e for e in page(response).iter("section") if e.get("class") == "conflict"]
    rows = {text(row.find("th")): row.findall("td") for row in section.iter("tr") if row.findall("td")}
    changes = {text(div.find("dt")): [div.find("dd")] for div in section.iter("div") if div.findall("dt")}
    return {label: [text(cell) for cell in cells] for label, cells in (rows | changes).items()}


def test_second_to_save_is_shown_both_versions_and_loses_nothing(desk, other):
    idea = make_idea(title="A title", summary="It helps.", body="One.\n\nTwo.")
    mine = fields(desk.get(address(idea)))
    assert fill(other, address(idea), title="Their title", summary="Their summary.", why="theirs").status_code == SAVED
    answer = send(desk, address(idea), mine, title="My title", body="One.\r\n\r\nTwo, of mine.", why="mine")
    assert errors(answer) == [MEANWHILE]
    assert compared(answer) == {
        "Title": ["A title", "ATheir title", "AMy title"],
        "Summary": ["It helpsTheir summary."],
        "Text": ["One. Two, of mine."],
    }
    shown = fields(answer)
    assert (shown["title"], shown["summary"]) == (["My title"], ["Their summary."])
    assert shown["body"] == ["One.\r\n\r\nTwo, of mine."]
    assert Idea.objects.get(pk=idea.pk).title == "Their title"
    # Saved again, it rests on what the other saved.
    assert send(desk, address(idea), shown).status_code == SAVED
    idea = Idea.objects.get(pk=idea.pk)
    assert (idea.title, idea.summary, idea.body) == ("My title", "Their summary.", "One.\n\nTwo, of mine.")
    assert [act.why for act in Act.objects.all()[:2]] == ["mine", "theirs"]


def test_conflict_joins_rows_and_terms(desk, other):
    idea = make_idea(topics=["sport"], criteria=["practical", "innovative", "successful"])
    sport, music = Topic.objects.get(), make_term(Topic, "music")
    mine = with_row(fields(desk.get(address(idea))), "evidence", criterion="transferable", basis="seen", claim="Mine.")
    mine |= {"evidence-0-claim": ["My practical."], "evidence-1-claim": ["My innovative."]}
    sent = fields(other.get(address(idea)))
    sent = with_row(sent, "evidence", criterion="practical", basis="told", claim="Theirs.")
    # The other changes the first row, takes the second away, and adds one.
    sent |= {"evidence-0-claim": ["Their practical."], "evidence-1-DELETE": ["on"], "topics": [str(music.pk)]}
    assert send(other, address(idea), sent, why="theirs").status_code == SAVED
    answer = send(desk, address(idea), mine, why="mine")
    assert errors(answer) == [MEANWHILE]
    shown = fields(answer)
    claims = [shown[f"evidence-{n}-claim"][0] for n in range(int(shown["evidence-TOTAL_FORMS"][0]))]
    assert claims == ["My practical.", "It is successful.", "Theirs.", "My innovative.", "Mine."]
    assert shown["topics"] == [str(music.pk)]
    assert send(desk, address(idea), shown).status_code == SAVED
    assert list(Evidence.objects.order_by("pk").values_list("claim", flat=True)) == claims
    assert list(idea.topics.all()) == [music] != [sport]


def test_conflict_over_a_journey_is_seen_though_it_has_its_own_history(desk, other):
    idea = make_idea()
    journey = make_adaptation(idea=idea, city=make_city(), note="Told.")
    mine = fields(desk.get(address(idea)))
    assert fill(other, address(journey), note="Their note.", why="theirs").status_code == SAVED
    answer = send(desk, address(idea), mine, **{"adaptations-0-note": "My note."}, why="mine")
    assert errors(answer) == [MEANWHILE]
    assert fields(answer)["adaptations-0-note"] == ["My note."]
    journey.refresh_from_db()
    assert journey.note == "Their note."


def test_the_same_content_saved_by_both_counts_as_saved(desk, other):
    idea = make_idea()
    mine = fields(desk.get(address(idea)))
    assert fill(other, address(idea), title="The same", why="theirs").status_code == SAVED
    before = Edition.current()
    assert send(desk, address(idea), mine, title="The same", why="mine").status_code == SAVED
    assert Edition.current() == before


def test_a_form_that_doesnt_say_its_version_writes_over_nothing(desk):
    idea = make_idea(title="A title")
    for version in (None, "", "nonsense", "1-999999:1", "2-1:1"):
        answer = send(desk, address(idea), fields(desk.get(address(idea))), title="Mine", version=version, why="mine")
        assert errors(answer) == [MEANWHILE], version
        assert fields(answer)["title"] == ["Mine"]


def test_a_verb_between_opening_and_saving_is_a_change_too(desk, other):
    idea = make_idea()
    mine = fields(desk.get(address(idea)))
    assert fill(other, address(idea, "withdraw"), reason="Asked for.").status_code == SAVED
    answer = send(desk, address(idea), mine, title="Mine", why="mine")
    assert (errors(answer), fields(answer)["title"]) == ([MEANWHILE], ["Mine"])
    assert send(desk, address(idea), fields(answer)).status_code == SAVED
    idea.refresh_from_db()
    assert (idea.title, idea.status) == ("Mine", "withdrawn")


# Sent twice


def test_a_double_click_saves_once(desk):
    idea = make_idea(title="A title")
    sent = fields(desk.get(address(idea)))
    acts = Act.objects.count()
    first = send(desk, address(idea), sent, title="Another", why="mine")
    second = send(desk, address(idea), sent, title="Another", why="mine")
    assert (first.status_code, second.status_code) == (SAVED, SAVED)
    assert first.headers["Location"] == second.headers["Location"]
    assert Act.objects.count() == acts + 1
    assert messages(desk.get(second.headers["Location"]))[-1] == "It was sent twice and is saved once."


def test_a_double_click_adds_once(desk):
    sent = fields(desk.get(address(Idea, "add")))
    for _ in range(2):
        assert send(desk, address(Idea, "add"), sent, title="New").status_code == SAVED
    assert Idea.objects.count() == 1


def test_an_add_form_that_was_saved_and_is_sent_with_other_words_keeps_them(desk):
    sent = fields(desk.get(address(Idea, "add")))
    assert send(desk, address(Idea, "add"), sent, title="New").status_code == SAVED
    answer = send(desk, address(Idea, "add"), sent, title="New", summary="With a summary.")
    assert errors(answer) == ["This form was saved already, as New. What you sent now differs: change it there."]
    assert fields(answer)["summary"] == ["With a summary."]
    assert Idea.objects.count() == 1


def test_a_form_from_before_the_back_button_is_no_double_click(desk):
    idea = make_idea(title="A title")
    sent = fields(desk.get(address(idea)))
    assert send(desk, address(idea), sent, title="Another", why="mine").status_code == SAVED
    answer = send(desk, address(idea), sent, title="A third", why="mine")
    assert (errors(answer), fields(answer)["title"]) == ([MEANWHILE], ["A third"])


def test_a_double_click_on_a_verb_does_it_once(desk):
    idea = make_idea()
    sent = fields(desk.get(address(idea, "withdraw")))
    acts = Act.objects.count()
    for _ in range(2):
        assert send(desk, address(idea, "withdraw"), sent, reason="Asked for.").status_code == SAVED
    assert Act.objects.count() == acts + 1


# The session ended


def log_in(client, answer, **more):
    user = User.objects.get(username="mira")
    if not user.has_usable_password():
        user.set_password(PASSWORD)
        user.save()
    sent = fields(answer, "login-form") | {"username": ["mira"], "password": [PASSWORD]}
    return send(client, "/admin/login/", sent, **more)


def test_a_text_sent_after_the_sessions_end_comes_back_after_login(desk):
    idea = make_idea(criteria=["practical"])
    sent = with_row(fields(desk.get(address(idea))), "evidence", criterion="successful", basis="seen", claim="Much.")
    Session.objects.all().delete()
    acts = Act.objects.count()
    answer = send(desk, address(idea), sent, title="My title", body="Long work.", why="mine")
    assert answer.status_code == 200
    assert "What you wrote is kept" in answer.content.decode()
    # A slip at the password loses it no more.
    answer = log_in(desk, answer, password="wrong")
    answer = log_in(desk, answer)
    assert (answer.status_code, answer.headers["Location"]) == (SAVED, address(idea))
    form = desk.get(address(idea))
    assert errors(form) == ["You weren’t logged in when you sent this. Your text is below; it is not saved yet."]
    shown = fields(form)
    assert (shown["title"], shown["body"], shown["evidence-1-claim"]) == (["My title"], ["Long work."], ["Much."])
    assert Act.objects.count() == acts
    assert send(desk, address(idea), shown).status_code == SAVED
    assert Idea.objects.get(pk=idea.pk).title == "My title"
    # It is saved, so the form shows what is there.
    assert errors(desk.get(address(idea))) == []


def test_a_carried_text_can_be_thrown_away(desk):
    idea = make_idea(title="A title")
    sent = fields(desk.get(address(idea)))
    Session.objects.all().delete()
    log_in(desk, send(desk, address(idea), sent, title="My title", why="mine"))
    assert fields(desk.get(address(idea)))["title"] == ["My title"]
    assert fields(desk.get(address(idea) + "?discard=1"))["title"] == ["A title"]
    assert fields(desk.get(address(idea)))["title"] == ["A title"]


def test_an_added_text_and_a_reason_for_readers_come_back_too(desk):
    idea = make_idea()
    add, withdraw = fields(desk.get(address(Idea, "add"))), fields(desk.get(address(idea, "withdraw")))
    Session.objects.all().delete()
    log_in(desk, send(desk, address(Idea, "add"), add, title="New"))
    assert fields(desk.get(address(Idea, "add")))["title"] == ["New"]
    Session.objects.all().delete()
    log_in(desk, send(desk, address(idea, "withdraw"), withdraw, reason="Long thought."))
    assert fields(desk.get(address(idea, "withdraw")))["reason"] == ["Long thought."]
    idea.refresh_from_db()
    assert idea.is_published


def test_a_carried_text_is_signed_and_no_longer_than_it_may_be(desk):
    idea = make_idea(title="A title")
    sent = fields(desk.get(address(idea)))
    Session.objects.all().delete()
    answer = send(desk, address(idea), sent, title="My title", why="mine")
    token = fields(answer, "login-form")["carried"][0]
    log_in(desk, answer, carried=token[:-1] + ("a" if token[-1] != "a" else "b"))
    assert fields(desk.get(address(idea)))["title"] == ["A title"]
    Session.objects.all().delete()
    answer = send(desk, address(idea), sent, body="x" * 1_000_001)
    assert "carried" not in fields(answer, "login-form")
    assert "too long to be kept" in answer.content.decode()


def test_a_stale_token_brings_the_text_back_and_a_foreign_page_cant_use_that():
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor())
    idea = make_idea(title="A title")
    sent = fields(client.get(address(idea))) | {"csrfmiddlewaretoken": ["a" * 64], "title": ["My title"], "why": ["x"]}
    for origin in ("https://elsewhere.example", "null", None):
        headers = {"Origin": origin} if origin else {}
        answer = client.post(address(idea), {name: values[0] for name, values in sent.items()}, headers=headers)
        assert answer.status_code == 403, origin
        assert fields(client.get(address(idea)))["title"] == ["A title"], origin
    answer = client.post(
        address(idea), {name: values[0] for name, values in sent.items()}, headers={"Origin": "http://testserver"}
    )
    assert (answer.status_code, answer.headers["Location"]) == (SAVED, address(idea))
    shown = client.get(address(idea))
    assert fields(shown)["title"] == ["My title"]
    assert Idea.objects.get(pk=idea.pk).title == "A title"
    saved = send(client, address(idea), fields(shown))
    assert (saved.status_code, errors(saved) if saved.status_code == 200 else []) == (SAVED, [])
    assert Idea.objects.get(pk=idea.pk).title == "My title"


def test_a_login_page_left_open_keeps_what_it_carries():
    client, elsewhere = Client(enforce_csrf_checks=True), {"Origin": "http://testserver"}
    person = editor()
    client.force_login(person)
    idea = make_idea(title="A title")
    sent = fields(client.get(address(idea))) | {"title": ["My title"], "why": ["mine"]}
    Session.objects.all().delete()
    login = fields(send(client, address(idea), sent), "login-form")
    stale = {name: values[0] for name, values in login.items()} | {"csrfmiddlewaretoken": "a" * 64}
    again = client.post("/admin/login/", stale, headers=elsewhere)
    assert fields(again, "login-form")["carried"] == login["carried"]
    # Logged in in another window meanwhile: the text comes back without a password.
    client.force_login(person)
    answer = client.post("/admin/login/", stale, headers=elsewhere)
    assert (answer.status_code, answer.headers["Location"]) == (SAVED, address(idea))
    assert fields(client.get(address(idea)))["title"] == ["My title"]


def test_a_reader_who_isnt_logged_in_is_led_to_the_login(client):
    idea = make_idea()
    answer = client.get(address(idea))
    assert (answer.status_code, answer.headers["Location"]) == (SAVED, f"/admin/login/?next={address(idea)}")
    assert re.search(r"no-store", client.post(address(idea), {"title": "x"}).headers["Cache-Control"])
