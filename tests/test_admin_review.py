"""Reading on the desk: each sees what they are asked to read, and that only after a word about their interest."""

import pytest

from catalogue.models import Review
from tests.desk import SAVED, address, editor, errors, fields, fill, messages, page, send, text
from tests.reviewing import advise, in_review, judgements, reader, received, story

pytestmark = pytest.mark.django_db

SECRET = "They mend bicycles together."
OPEN = "/admin/catalogue/review/open/"


@pytest.fixture
def rita(client):
    rita = reader()
    client.force_login(rita)
    return rita


def shown(client, url) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def test_reader_sees_their_own_alone(client, rita):
    mine, other = (in_review(readers=[person]).reviews.get() for person in (rita, reader("ravi")))
    other.declare(False, by=other.reader)
    rows = [
        text(e) for e in page(client.get(address(Review, "changelist"))).iter("th") if "field-" in e.get("class", "")
    ]
    assert rows == ["Repair evenings"]
    assert client.get(address(mine)).status_code == 200
    for view in ("change", "declare", "finish", "take-off"):
        assert client.get(address(other, view)).status_code == 403, view
        assert client.post(address(other, view), {"conflict": "no"}).status_code == 403, view
    assert client.get(address(mine, "take-off")).status_code == 403
    assert client.get(address(mine, "delete")).status_code == 403


def test_nothing_is_read_before_the_conflict_is_declared(client, rita):
    review = in_review(readers=[rita]).reviews.get()
    before = shown(client, address(review))
    assert (SECRET in before, "The Workshop" in before, "ana@example.org" in before) == (False, True, False)
    refused = client.get(address(review, "finish"))
    assert (refused.status_code, SECRET in refused.content.decode()) == (403, False)
    assert errors(fill(client, address(review, "declare"))) == ["Choose one."]
    buttons = [e for e in page(client.get(address(review))).iter("button") if e.get("formaction")]
    assert (
        client.post(buttons[0].get("formaction"), {buttons[0].get("name"): buttons[0].get("value")}).status_code
        == SAVED
    )
    after = shown(client, address(review))
    assert (SECRET in after, "ana@example.org" in after, "Ana Example" in after) == (True, False, False)


def test_whoever_has_a_conflict_never_reads_it(client, rita):
    review = in_review(readers=[rita]).reviews.get()
    assert fill(client, address(review, "declare"), conflict="yes").status_code == SAVED
    assert SECRET not in shown(client, address(review))
    assert client.get(address(review, "finish")).status_code == 403


def test_review_is_written_and_loses_nothing_when_something_lacks(client, rita):
    submission = in_review(readers=[rita])
    review = submission.reviews.get()
    review.declare(False, by=rita)
    url = address(review, "finish")
    sent = fields(client.get(url))
    assert SECRET in shown(client, url)
    partly = {f"{criterion}-finding": "met" for criterion in ("practical", "innovative", "successful")}
    refused = send(
        client, url, sent, **partly, **{"practical-ground": "results.practical", "practical-note": "It runs."}
    )
    assert errors(refused) == [
        "Say where it is shown, or judge that it isn’t.",
        "Say where it is shown, or judge that it isn’t.",
        "Judge it.",
        "Say what you advise.",
    ]
    again = fields(refused)
    assert (again["practical-finding"], again["practical-note"]) == (["met"], ["It runs."])
    link = "https://example.org/report"
    whole = {"innovative-ground": link, "successful-ground": link, "transferable-finding": "not-shown"}
    assert send(client, url, again, **whole, recommendation="changes", words="Say more.").status_code == SAVED
    review.refresh_from_db()
    assert (review.recommendation, review.words, review.done_at is None) == ("changes", "Say more.", False)
    assert [(row.criterion, row.finding, row.ground, row.note) for row in review.in_order()] == [
        ("practical", "met", "results.practical", "It runs."),
        ("innovative", "met", link, ""),
        ("successful", "met", link, ""),
        ("transferable", "not-shown", "", ""),
    ]
    assert story(submission)[-1] == "read"
    assert "Practical Bicycles ride." in shown(client, address(review))


def test_ground_is_one_of_what_was_proposed(client, rita):
    review = in_review(readers=[rita]).reviews.get()
    review.declare(False, by=rita)
    options = [e.get("value") for e in page(client.get(address(review, "finish"))).iter("option")]
    assert options[:8] == [
        "",
        *("what.title", "what.summary", "done.challenge", "done.done", "results.practical", "results.successful"),
        "https://example.org/report",
    ]


def test_editor_sees_every_review_and_asks_somebody_else(client):
    client.force_login(editor())
    submission = in_review()
    done, slow = (submission.assign(reader(name), by=None) for name in ("rita", "ravi"))
    advise(done, "decline", "Figures are missing.", successful="not-shown")
    overview = shown(client, address(submission))
    assert "Figures are missing." in overview
    assert "Figures are missing." in shown(client, address(done))
    assert client.get(address(slow, "finish")).status_code == 403
    assert fill(client, address(slow, "take-off")).status_code == SAVED
    slow.refresh_from_db()
    assert (slow.standing, submission.readers_lacking) == ("Called off", 1)


def test_editor_sees_no_review_of_what_they_submitted(client):
    submission = in_review(readers=[reader()])
    client.force_login(editor("mira", email="ana@example.org"))
    assert client.get(address(submission.reviews.get())).status_code == 403


def test_reader_takes_what_is_open_and_sees_its_title_alone(client, rita):
    submission = in_review()
    received(title="Not in review")
    listed = shown(client, OPEN)
    assert ("Repair evenings" in listed, SECRET in listed, "Not in review" in listed) == (True, False, False)
    response = send(client, OPEN, fields(client.get(OPEN)), submission=str(submission.pk))
    review = Review.objects.get()
    assert (response.url, review.reader) == (address(review), rita)
    assert messages(client.get(send(client, OPEN, {}, submission=str(submission.pk)).url)) == [
        "Rita was asked already."
    ]
    assert client.post(OPEN, {"submission": "x"}).status_code == 404


def test_only_readers_take_what_is_open(client):
    client.force_login(editor())
    assert client.get(OPEN).status_code == 403
    client.force_login(editor("tara", "Translators"))
    assert client.get(OPEN).status_code == 403
    assert client.get(address(Review, "changelist")).status_code == 403


def test_front_of_a_reader_leads_to_what_they_are_asked_and_may_take(client, rita):
    in_review(readers=[rita])
    in_review()
    front = page(client.get("/admin/"))
    (numbers,) = [e for e in front.iter("ul") if e.get("class") == "desk-numbers"]
    assert [text(e) for e in numbers.iter("li")] == [
        "1 To read you are asked for it",
        "1 Open to readers take what you like",
    ]
    for link in numbers.iter("a"):
        assert client.get(link.get("href")).status_code == 200


def test_review_that_was_called_off_while_it_was_written_loses_nothing(client, rita):
    submission = in_review(readers=[rita])
    review = submission.reviews.get()
    review.declare(False, by=rita)
    sent = fields(client.get(address(review, "finish")))
    submission.withdraw()
    filled = {f"{row.criterion}-{name}": getattr(row, name) for row in judgements() for name in ("finding", "ground")}
    refused = send(client, address(review, "finish"), sent, **filled, recommendation="accept", words="I had begun.")
    assert errors(refused) == ["Nothing was done: this review is closed. Called off."]
    assert fields(refused)["words"] == ["I had begun."]
