"""What was proposed, on the desk: who sees what, and every verb with the letter that it sends."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from catalogue.models import Act, City, Idea, Mail, Submission
from tests.desk import SAVED, address, editor, errors, fields, fill, messages, page, send, text
from tests.factories import make_adaptation, make_city, make_idea, make_organisation, make_submission
from tests.reviewing import State, in_review, letters, read, reader, received, story

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(editor())
    return client


def buttons(response) -> list[str]:
    (tools,) = [e for e in page(response).iter("ul") if e.get("class") == "object-tools"]
    return [text(item) for item in tools.iter("li")]


def numbers(response) -> list[str]:
    (found,) = [e for e in page(response).iter("ul") if e.get("class") == "desk-numbers"]
    return [text(item) for item in found.iter("li")]


def test_front_counts_what_waits_and_each_number_leads_to_its_list(desk):
    mira = User.objects.get(username="mira")
    received()
    received()
    received(held_back=True)
    received(title="Mine").claim(by=mira)
    in_review(mira, title="Unread")
    read(mira, title="Read")
    late = in_review(mira, [reader("rosa"), reader("rolf")], title="Late")
    late.reviews.update(asked_at=timezone.now() - timedelta(days=14))
    make_submission()
    front = desk.get("/admin/")
    assert numbers(front)[:6] == [
        "2 Proposed and nobody has it yet",
        "4 In your hand to screen, or in review",
        "1 Without a reader ask somebody",
        "1 To decide all readers have advised",
        "2 Overdue reviews reminded twice",
        "1 Held back perhaps spam: look",
    ]
    lists = [link.get("href") for link in page(front).iter("a") if link.find("strong") is not None][:6]
    assert [len(listed(desk.get(url))) for url in lists] == [2, 4, 1, 1, 2, 1]
    assert listed(desk.get(lists[2])) == ["Unread"]
    assert listed(desk.get(lists[3])) == ["Read"]


def listed(response) -> list[str]:
    """The first column of a list."""
    return [text(e) for e in page(response).iter("th") if "field-" in e.get("class", "")]


def test_front_counts_letters_that_were_refused(desk):
    Mail.objects.post("received", received())
    Mail.objects.get().refuse(timezone.now(), "550 no such user")
    assert numbers(desk.get("/admin/"))[6] == "1 Letters refused by the mail server, for good"


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
    for words in ("They mend bicycles together.", "ana@example.org", address(idea), address(other)):
        assert words in shown


def test_reader_opens_no_submission(client):
    client.force_login(reader())
    submission = received()
    for view in ("change", "decline", "note", "delete", "history"):
        assert client.get(address(submission, view)).status_code == 403, view
    assert client.get(address(Submission, "changelist")).status_code == 403
    assert client.get(address(Mail, "changelist")).status_code == 403


def test_editor_opens_nothing_that_they_submitted(client):
    client.force_login(editor("mira", email="Ana@example.org"))
    submission = received()
    assert client.get(address(submission)).status_code == 403
    assert fill_in(client, submission, "claim").status_code == 403
    submission.refresh_from_db()
    assert submission.state == State.RECEIVED


def fill_in(client, submission, verb, **sent):
    return client.post(address(submission, verb), sent)


@pytest.mark.parametrize(
    ("kind", "state", "offered"),
    [
        ("idea", State.RECEIVED, ["Add a note"]),
        ("idea", State.SCREENING, ["Ask for changes", "Decline", "Add a note"]),
        ("idea", State.IN_REVIEW, ["Ask a reader", "Ask for changes", "Decline", "Add a note"]),
        ("adaptation", State.SCREENING, ["Publish it as a journey", "Ask for changes", "Decline", "Add a note"]),
        ("correction", State.SCREENING, ["Say that it is corrected", "Ask for changes", "Decline", "Add a note"]),
        ("idea", State.DECLINED, ["Add a note"]),
    ],
)
def test_verbs_are_those_that_make_sense(desk, kind, state, offered):
    about = None if kind == "idea" else make_idea()
    submission = received(kind=kind, idea=about, state=state, decided_at=timezone.now())
    assert buttons(desk.get(address(submission))) == offered


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        (State.RECEIVED, ["Take it in hand", "Hold back as spam"]),
        (State.SCREENING, ["Yes Q", "No A", "Yes W", "No S", "Yes T", "No G", "Give it to readers", "Take it over"]),
        (State.NEEDS_CHANGES, ["Take it over"]),
        (State.WITHDRAWN, []),
    ],
)
def test_what_needs_no_word_is_one_press(desk, state, offered):
    submission = received(state=state, decided_at=timezone.now())
    assert [text(b) for b in page(desk.get(address(submission))).iter("button") if b.get("formaction")] == offered


def press(client, submission, label: str, name=""):
    """Presses a button of the submission's page, as a browser would: the form is sent to the button's address."""
    shown = client.get(address(submission))
    button = next(b for b in page(shown).iter("button") if text(b) == label)
    sent = {button.get("name"): button.get("value")} if button.get("name") else {}
    return send(client, button.get("formaction"), fields(shown) | sent)


def test_screening_is_one_press_for_each_question(desk):
    submission = received()
    for label in ("Take it in hand", "Yes Q", "No S", "Yes T"):
        assert press(desk, submission, label).status_code == SAVED
    refused = press(desk, submission, "Give it to readers")
    assert errors(refused) == ["Answer the three questions first. Each has to be a yes."]
    assert press(desk, submission, "Yes W").status_code == SAVED
    assert press(desk, submission, "Give it to readers").status_code == SAVED
    submission.refresh_from_db()
    assert (submission.state, submission.editor.username) == (State.IN_REVIEW, "mira")
    assert story(submission) == ["claimed", *["screened"] * 4, "in-review"]


def test_editor_asks_a_reader_of_those_who_can_be_asked(desk):
    rita, ravi = reader(), reader("ravi")
    reader("rolf", is_active=False)
    reader("ana")
    submission = in_review(readers=[rita])
    form = page(desk.get(address(submission, "assign")))
    options = [text(option) for option in form.iter("option") if option.get("value")]
    assert options == ["ravi"]
    assert errors(fill(desk, address(submission, "assign"))) == ["Choose one."]
    assert fill(desk, address(submission, "assign"), reader=str(ravi.pk)).status_code == SAVED
    assert letters(submission)[-1] == ("assigned", "ravi@example.org")


def test_ready_reason_is_put_after_what_was_typed_and_nothing_is_done(desk):
    submission = in_review()
    shown = fill(desk, address(submission, "decline"), message="Dear Ana,", insert="plan")
    assert fields(shown)["message"] == [
        "Dear Ana,\r\n\r\nThis is still a plan. Propose it again when it has run for some time and you can say what "
        "came of it."
    ]
    submission.refresh_from_db()
    assert (submission.state, errors(shown)) == (State.IN_REVIEW, [])


def test_note_stands_on_the_desk_and_nowhere_else(desk, client):
    submission = received()
    assert fill(desk, address(submission, "note"), note="Ask Omar first.").status_code == SAVED
    assert "Ask Omar first." in desk.get(address(submission)).content.decode()
    assert "Ask Omar first." not in client.get(submission.get_absolute_url()).content.decode()
    assert Mail.objects.count() == 0


def test_second_decision_is_told_of_the_first_and_loses_nothing(desk):
    submission = in_review()
    sent = fields(desk.get(address(submission, "decline")))
    submission.ask_for_changes("Which year?", by=editor("omar"))
    at = submission.events.first().at
    shown = send(desk, address(submission, "decline"), sent, message="It is known already.")
    assert errors(shown) == [f"Nothing was done: “Changes are asked for”, by omar, {at:%Y-%m-%d %H:%M} UTC."]
    assert fields(shown)["message"] == ["It is known already."]
    submission.refresh_from_db()
    assert submission.state == State.NEEDS_CHANGES


@pytest.mark.parametrize(
    ("verb", "state", "letter"), [("ask", State.NEEDS_CHANGES, "changes"), ("decline", State.DECLINED, "declined")]
)
def test_message_is_mailed_and_stands_in_the_story(desk, verb, state, letter):
    submission = in_review()
    refused = fill(desk, address(submission, verb))
    assert errors(refused) == ["Write what the submitter should know."]
    assert fill(desk, address(submission, verb), message="Which year?").status_code == SAVED
    submission.refresh_from_db()
    assert submission.state == state
    event = submission.events.first()
    assert (event.text, event.by_name) == ("Which year?", "mira")
    mail = Mail.objects.latest("pk")
    assert (mail.letter, mail.facts) == (letter, {"message": "Which year?"})
    again = fill(desk, address(submission, verb), message="Which year?")
    assert errors(again) == [
        f"Nothing was done: “{submission.get_state_display()}”, by mira, {event.at:%Y-%m-%d %H:%M} UTC."
    ]
    assert Mail.objects.latest("pk") == mail


def test_draft_is_made_in_one_act(desk):
    submission = read()
    ghent = make_city(name="Ghent", country="BE")
    make_organisation(name="The Workshop", city=ghent)
    response = fill(desk, address(submission, "draft"), message="Well told.")
    assert response.status_code == SAVED
    idea = Idea.objects.get()
    submission.refresh_from_db()
    assert (submission.idea_made, submission.state, idea.status, idea.city) == (idea, State.ACCEPTED, "draft", ghent)
    assert idea.assessment.readers == 2
    assert [(act.why, act.by_name, act.edition) for act in Act.objects.filter(why__startswith="proposed")] == [
        ("proposed: Repair evenings", "mira", None)
    ]
    assert messages(desk.get(response.url)) == ["“Repair evenings” is a draft idea now."]
    assert fill(desk, address(submission, "draft")).status_code == 200
    assert Idea.objects.count() == 1
    assert address(submission) in desk.get(address(idea)).content.decode()


def test_city_and_organisation_that_are_new_are_looked_at_before_they_are_made(desk):
    submission = read()
    url = address(submission, "draft")
    shown = fields(desk.get(url))
    assert (shown["new_city"], shown["new_country"], shown["new_organisation"]) == (["Ghent"], ["BE"], ["The Workshop"])
    assert errors(send(desk, url, shown)) == ["Say which city it is.", "Say which organisation it is."]
    refused = send(desk, url, shown, place="new", leader="known", latitude="51.05", new_city="", message="Thanks.")
    assert errors(refused) == [
        "This field cannot be blank.",
        "Give both coordinates or neither.",
        "Choose an organisation, or say that it is new.",
    ]
    assert fields(refused)["message"] == ["Thanks."]
    assert City.objects.count() == 0
    response = send(
        desk, url, shown, place="new", leader="new", region="East Flanders", latitude="51.05", longitude="3.72"
    )
    assert response.status_code == SAVED
    idea = Idea.objects.get()
    assert (str(idea.city), idea.city.region, idea.organisation.name) == (
        "Ghent, Belgium",
        "East Flanders",
        "The Workshop",
    )
    assert idea.organisation.city == idea.city


def test_city_can_be_left_open(desk):
    submission = read()
    make_city(name="Ghent", country="BE")
    assert fill(desk, address(submission, "draft"), place="open", leader="open").status_code == SAVED
    assert (Idea.objects.get().city, Idea.objects.get().organisation) == (None, None)


def test_adaptation_is_published_in_one_act(desk):
    idea = make_idea(title="Evenings")
    make_adaptation(idea=idea, country="FR")
    submission = received(kind="adaptation", idea=idea, city="Ghent", country="BE")
    submission.claim(by=None)
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
