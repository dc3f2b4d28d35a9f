"""What was proposed, on the desk: who sees what, and every verb with the letter that it sends."""

import pytest
from django.utils import timezone

from catalogue.models import Act, Idea, Mail, Submission
from tests.desk import SAVED, address, editor, errors, fill, messages, page, text
from tests.factories import make_adaptation, make_idea, make_submission

pytestmark = pytest.mark.django_db

State = Submission.State


@pytest.fixture
def desk(client):
    client.force_login(editor())
    return client


def received(**values) -> Submission:
    return make_submission(state=State.RECEIVED, sent_at=timezone.now(), **values)


def buttons(response) -> list[str]:
    (tools,) = [e for e in page(response).iter("ul") if e.get("class") == "object-tools"]
    return [text(item) for item in tools.iter("li")]


def numbers(response) -> list[str]:
    (found,) = [e for e in page(response).iter("ul") if e.get("class") == "desk-numbers"]
    return [text(item) for item in found.iter("li")]


def test_front_counts_what_is_new_held_back_and_refused(desk):
    received()
    received(held_back=True)
    make_submission()
    Mail.objects.post("received", received())
    Mail.objects.get().refuse(timezone.now(), "550 no such user")
    assert numbers(desk.get("/admin/"))[:3] == [
        "2 Proposed and not yet answered",
        "1 Held back perhaps spam: look",
        "1 Letters refused by the mail server, for good",
    ]


def test_list_holds_what_was_sent_and_nothing_else(desk):
    received(title="Sent")
    make_submission(title="Begun")
    rows = [text(e) for e in page(desk.get(address(Submission, "changelist"))).iter("th") if e.get("class")]
    assert "Sent" in rows
    assert "Begun" not in rows


def test_editor_reads_every_answer_and_what_is_alike(desk):
    idea = make_idea(title="Repair evenings")
    other, submission = received(title="Repair evening"), received()
    shown = desk.get(address(submission)).content.decode()
    for words in ("They mend bicycles.", "ana@example.org", address(idea), address(other)):
        assert words in shown


def test_reader_sees_neither_who_sent_it_nor_any_button(client):
    client.force_login(editor("rita", "Readers"))
    submission = received()
    shown = client.get(address(submission)).content.decode()
    assert "They mend bicycles." in shown
    assert "ana@example.org" not in shown
    assert client.get(address(submission, "decline")).status_code == 403
    assert client.get(address(Mail, "changelist")).status_code == 403


@pytest.mark.parametrize(
    ("kind", "offered"),
    [
        ("idea", ["Ask for changes", "Make a draft idea", "Decline", "Hold back as spam"]),
        ("adaptation", ["Ask for changes", "Publish it as a journey", "Decline", "Hold back as spam"]),
        ("correction", ["Ask for changes", "Say that it is corrected", "Decline", "Hold back as spam"]),
    ],
)
def test_verbs_are_those_that_make_sense(desk, kind, offered):
    submission = received(kind=kind, idea=None if kind == "idea" else make_idea())
    assert buttons(desk.get(address(submission))) == offered
    submission.decline("No.", by=None)
    assert (
        "object-tools" not in desk.get(address(submission)).content.decode()
        or buttons(desk.get(address(submission))) == []
    )


@pytest.mark.parametrize(
    ("verb", "state", "letter"), [("ask", State.NEEDS_CHANGES, "changes"), ("decline", State.DECLINED, "declined")]
)
def test_message_is_mailed_and_stands_in_the_story(desk, verb, state, letter):
    submission = received()
    refused = fill(desk, address(submission, verb))
    assert errors(refused) == ["Write what the submitter should know."]
    assert fill(desk, address(submission, verb), message="Which year?").status_code == SAVED
    submission.refresh_from_db()
    assert submission.state == state
    event = submission.events.first()
    assert (event.text, event.by_name) == ("Which year?", "mira")
    assert [(mail.letter, mail.facts) for mail in Mail.objects.all()] == [(letter, {"message": "Which year?"})]
    again = fill(desk, address(submission, verb), message="Which year?")
    assert errors(again) == [f"It isn’t before the editors now: {submission.get_state_display()}."]
    assert Mail.objects.count() == 1


def test_draft_is_made_in_one_act(desk):
    submission = received()
    response = fill(desk, address(submission, "draft"))
    assert response.status_code == SAVED
    idea = Idea.objects.get()
    submission.refresh_from_db()
    assert (submission.idea_made, submission.state, idea.status) == (idea, State.ACCEPTED, "draft")
    assert [(act.why, act.by_name, act.edition) for act in Act.objects.filter(why__startswith="proposed")] == [
        ("proposed: Repair evenings", "mira", None)
    ]
    assert messages(desk.get(response.url)) == ["“Repair evenings” is a draft idea now."]
    assert fill(desk, address(submission, "draft")).status_code == 200
    assert Idea.objects.count() == 1


def test_adaptation_is_published_in_one_act(desk):
    idea = make_idea(title="Evenings")
    make_adaptation(idea=idea, country="FR")
    submission = received(kind="adaptation", idea=idea, city="Ghent", country="BE")
    assert fill(desk, address(submission, "publish")).status_code == SAVED
    journey = idea.adaptations.latest("pk")
    assert (journey.place, journey.country, journey.shown, journey.position) == ("Ghent", "BE", True, 2)
    act = Act.objects.latest("pk")
    assert (act.why, act.edition is not None) == (
        "told by those who tried it: Repair evenings",
        True,
    )


def test_submission_is_not_edited_on_the_desk(desk):
    submission = received()
    assert desk.post(address(submission), {"title": "Mine"}).status_code == 403
    assert desk.get(address(Submission, "add")).status_code == 403


def test_outbox_shows_every_letter_in_words(desk):
    submission = received()
    Mail.objects.post("changes", submission, message="Which year?")
    shown = desk.get(address(Mail.objects.get())).content.decode()
    assert "Which year?" in shown
    assert f"/submit/{submission.token}/" in shown


def test_administrator_deletes_a_submission_with_its_story_and_letters(client):
    client.force_login(editor("adam", "Administrators"))
    submission = received()
    Mail.objects.post("received", submission)
    assert client.post(address(submission, "delete"), {"post": "yes"}).status_code == SAVED
    assert (Submission.objects.count(), Mail.objects.count()) == (0, 0)
