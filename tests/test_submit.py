"""Proposing: short steps without an account, each stored at once; nothing typed is lost, nothing is sent twice."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from catalogue import duties
from catalogue.models import Audience, Edition, Event, Mail, Submission, Tally, Theme
from catalogue.screening import STARTS, Stamp
from catalogue.steps import STEPS
from tests.desk import fields, page, send, text
from tests.factories import make_city, make_idea, make_organisation, make_term
from tests.reviewing import give_to_readers
from tests.submitting import ADAPTATION, CORRECTION, IDEA, WHAT, begin, fill_in, hand_in, path

pytestmark = pytest.mark.django_db

State = Submission.State


@pytest.fixture(autouse=True)
def _vocabulary():
    for slug in ("work", "live", "learn", "connect", "plan"):
        make_term(Theme, slug)
    make_term(Audience, "families")


@pytest.fixture
def unhurried(monkeypatch):
    """As though somebody had thought before typing."""
    monkeypatch.setattr("catalogue.screening.LEAST", dict.fromkeys(Submission.Kind, timedelta(0)))


def faults(response) -> list[str]:
    """The summary of faults at the head of the page."""
    heads = [e for e in page(response).iter("div") if e.get("class") == "err-sum"]
    return [text(item) for found in heads for item in found.iter("li")]


def heading(response) -> str:
    return text(next(page(response).iter("h1")))


def letters() -> list[tuple]:
    return list(Mail.objects.order_by("pk").values_list("letter", "to"))


def test_proposal_is_walked_from_the_door_to_acceptance_with_every_letter(client, unhurried, admin_user):
    submission = begin(client)
    later = {name: filled for name, filled in IDEA.items() if name not in ("what", "you")}
    fill_in(client, submission, {"where": IDEA["where"]})

    # Half-way: the link is mailed, and opens in another browser.
    assert client.post(f"/submit/{submission.token}/later/", {"email": "ana@example.org"}).status_code == 200
    list(duties.perform(timezone.now()))
    other = Client()
    link = re.search(r"http://127\.0\.0\.1:8000(/submit/\S+/)", mail.outbox[0].body)[1]
    assert heading(other.get(link)) == "Not sent yet"
    assert fields(other.get(f"{link}where/"))["city"] == ["Ghent"]
    fill_in(other, submission, later | {"you": IDEA["you"]})
    assert path(other.post(f"{link}check/")) == link
    assert heading(other.get(link)) == "Thank you. It is stored, and the editors have it"

    # The address is confirmed by the letter to it.
    list(duties.perform(timezone.now()))
    confirm = re.search(r"http://127\.0\.0\.1:8000(/submit/\S+/confirm/\S+/)", mail.outbox[1].body)[1]
    assert heading(other.get(confirm)) == "Is this your address?"
    assert path(other.post(confirm)) == link

    # The editors ask; the submitter answers, changes it, and sends it again.
    submission.claim(by=admin_user)
    submission.ask_for_changes("Which school?", by=admin_user)
    assert heading(other.get(link)) == "The editors ask you something"
    assert other.post(link, {"text": "The one in the park."}).status_code == 303
    fill_in(other, submission, {"done": IDEA["done"] | {"done": "A shed was opened in the park."}})
    other.post(f"{link}check/")
    submission.refresh_from_db()
    give_to_readers(submission, admin_user)
    idea = submission.make_draft(by=admin_user)
    list(duties.perform(timezone.now()))

    assert idea.body.endswith("A shed was opened in the park.")
    assert heading(other.get(link)) == "Accepted"
    assert [(letter.subject, letter.to) for letter in mail.outbox] == [
        ("Your private link: Repair evenings", ["ana@example.org"]),
        ("We have it: Repair evenings", ["ana@example.org"]),
        ("The editors ask you something: Repair evenings", ["ana@example.org"]),
        ("Readers have it: Repair evenings", ["ana@example.org"]),
        ("Please read: Repair evenings", ["rita@example.org"]),
        ("Please read: Repair evenings", ["ravi@example.org"]),
        ("Accepted: Repair evenings", ["ana@example.org"]),
    ]
    assert "Which school?" in mail.outbox[2].body
    assert list(submission.events.order_by("pk").values_list("what", "by_name")) == [
        ("sent", ""),
        ("confirmed", ""),
        ("claimed", "admin"),
        ("asked", "admin"),
        ("answered", ""),
        ("changed", ""),
        *[("screened", "admin")] * 3,
        ("in-review", "admin"),
        *[("assigned", "admin"), ("declared", "rita"), ("read", "rita")],
        *[("assigned", "admin"), ("declared", "ravi"), ("read", "ravi")],
        ("accepted", "admin"),
    ]
    assert (other.cookies, client.cookies) == ({}, {})


def test_steps_keep_what_was_typed_also_where_it_lacks_something(client):
    submission = begin(client)
    address = f"/submit/{submission.token}/where/"
    response = send(client, address, fields(client.get(address)), city="Ghent", started="last spring")
    assert response.status_code == 400
    assert faults(response) == [
        "Choose the country.",
        "Name the organisation or the group that leads it.",
        "Give a year in four digits, such as 2016, or leave it empty.",
    ]
    submission.refresh_from_db()
    assert (submission.answers["where"]["started"], submission.complete) == ("last spring", ["what"])
    # Another day, another browser.
    shown = fields(Client().get(address))
    assert (shown["city"], shown["started"]) == (["Ghent"], ["last spring"])


def test_step_can_be_left_for_later_before_it_is_whole(client):
    submission = begin(client)
    response = client.post(f"/submit/{submission.token}/done/", {"challenge": "Nobody met.", "later": "1"})
    assert path(response) == f"/submit/{submission.token}/later/"
    submission.refresh_from_db()
    assert submission.said("done", "challenge") == "Nobody met."


def test_first_step_that_lacks_something_makes_nothing_and_keeps_its_words_in_the_form(client):
    response = send(client, "/submit/", fields(client.get("/submit/")), title="Repair evenings")
    assert response.status_code == 400
    assert faults(response) == ["Say in a few sentences what happens.", "Choose at least one theme."]
    assert fields(response)["title"] == ["Repair evenings"]
    assert "<title>Error: Propose a Good Idea" in response.content.decode()
    assert Submission.objects.count() == 0


def test_double_click_on_the_first_step_makes_one_submission(client):
    sent = fields(client.get("/submit/")) | WHAT
    first, second = send(client, "/submit/", sent), send(client, "/submit/", sent | {"title": "Repair nights"})
    assert path(first) == path(second)
    assert list(Submission.objects.values_list("title", flat=True)) == ["Repair nights"]


def test_sending_twice_sends_once_and_thanks_twice(client, unhurried):
    submission = hand_in(client)
    again = client.post(f"/submit/{submission.token}/check/")
    assert path(again) == submission.get_absolute_url()
    assert heading(client.get(path(again))) == "Thank you. It is stored, and the editors have it"
    assert list(submission.events.values_list("what", flat=True)) == ["sent"]
    assert letters() == [("received", "ana@example.org")]


def test_form_older_than_a_day_is_accepted(client, monkeypatch):
    sent = fields(client.get("/submit/"))
    then = (timezone.now() - timedelta(days=30)).timestamp()
    monkeypatch.setattr("django.core.signing.time.time", lambda: then)
    sent["stamp"] = [Stamp.fresh()]
    monkeypatch.undo()
    response = send(client, "/submit/", sent, **WHAT)
    opened = Submission.objects.get().opened_at
    assert response.status_code == 303
    assert timezone.now() - opened > timedelta(days=29)


def test_check_page_names_what_is_missing_and_sends_nothing_without_it(client):
    submission = begin(client)
    response = client.post(f"/submit/{submission.token}/check/")
    assert (response.status_code, faults(response)) == (400, ["Where and who"])
    submission.refresh_from_db()
    assert submission.state == State.STARTED


def test_check_page_shows_ideas_that_are_probably_the_same(client):
    with_title = make_idea(title="Repair evenings")
    make_idea(title="Mentors for engineers")
    make_idea(title="Repair workshops in the evening", city=make_city(name="Ghent", country="BE"))
    submission = begin(client)
    fill_in(client, submission, {"where": IDEA["where"]})
    board = [e for e in page(client.get(f"/submit/{submission.token}/check/")).iter("ul") if e.get("class") == "board"]
    shown = [a.get("href") for a in board[0].iter("a") if a.get("href").startswith("/ideas/")]
    assert shown[0] == with_title.get_absolute_url()
    assert "/ideas/mentors-for-engineers/" not in shown


def test_check_page_says_that_somebody_proposed_the_like_and_not_who_or_what(client, unhurried):
    hand_in(client)
    other = Client()
    submission = begin(other, title="Repair evening")
    shown = other.get(f"/submit/{submission.token}/check/").content.decode()
    assert "Something very like it was proposed lately." in shown
    assert "Repair evenings" not in shown


@pytest.mark.parametrize("place", ["", "what/", "check/", "later/", "withdraw/", "confirm/0123456789abcdef/"])
def test_forged_address_is_404(client, place):
    begin(client)
    assert client.get(f"/submit/{'A' * 32}/{place}").status_code == 404
    assert client.post(f"/submit/{'A' * 32}/{place}").status_code == 404


def test_confirmation_with_a_wrong_code_is_404(client, unhurried):
    submission = hand_in(client)
    assert client.post(f"/submit/{submission.token}/confirm/{'0' * 32}/").status_code == 404
    submission.refresh_from_db()
    assert submission.confirmed_at is None


def test_secret_pages_tell_their_address_to_nobody(client, unhurried):
    submission = hand_in(client)
    for place in ("", "later/", "withdraw/", f"confirm/{submission.confirmation}/"):
        response = client.get(f"/submit/{submission.token}/{place}")
        html = response.content.decode()
        assert response["Referrer-Policy"] == "no-referrer"
        assert response["Cache-Control"] == "private, no-cache"
        assert '<meta name="robots" content="noindex">' in html
        assert 'rel="canonical"' not in html
        assert not response.cookies


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"origin": "https://elsewhere.example"}, 403),
        ({"sec-fetch-site": "same-origin", "origin": "null"}, 303),
        ({"origin": "http://testserver"}, 303),
        ({}, 303),
    ],
)
def test_form_from_another_site_is_refused(client, headers, status):
    response = client.post("/submit/", WHAT | {"stamp": Stamp.fresh()}, headers=headers)
    assert response.status_code == status


def test_steps_of_what_was_sent_are_closed_and_lose_no_words(client, unhurried):
    submission = hand_in(client)
    address = f"/submit/{submission.token}/done/"
    assert path(client.get(address)) == submission.get_absolute_url()
    response = client.post(address, {"done": "More of it."})
    assert response.status_code == 409
    assert faults(response) == ["It was sent already. Write to the editors what should be different."]
    assert fields(response)["done"] == ["More of it."]


def test_message_sent_twice_is_one_message_and_an_empty_one_none(client, unhurried):
    submission = hand_in(client)
    address = submission.get_absolute_url()
    for _time in range(2):
        assert client.post(address, {"text": "One more thing."}).status_code == 303
    response = client.post(address, {"text": "  "})
    assert (response.status_code, faults(response)) == (400, ["Write what you want to tell the editors."])
    assert submission.events.filter(what=Event.What.ANSWERED).count() == 1


def test_confirmation_holds_until_the_address_changes(client, unhurried, admin_user):
    submission = hand_in(client)
    submission.confirm(submission.confirmation)
    submission.claim(by=admin_user)
    submission.ask_for_changes("Which day?", by=admin_user)
    fill_in(client, submission, {"you": IDEA["you"] | {"name": "Ana B. Example"}})
    submission.refresh_from_db()
    assert submission.confirmed_at is not None
    fill_in(client, submission, {"you": IDEA["you"] | {"email": "ana@example.com"}})
    submission.refresh_from_db()
    assert submission.confirmed_at is None


def test_withdrawing_asks_once_and_holds(client, unhurried):
    submission = hand_in(client)
    address = f"/submit/{submission.token}/withdraw/"
    assert heading(client.get(address)) == "Withdraw it?"
    for _time in range(2):
        assert path(client.post(address)) == submission.get_absolute_url()
    submission.refresh_from_db()
    assert submission.state == State.WITHDRAWN
    assert client.post(submission.get_absolute_url(), {"text": "Wait"}).status_code == 409


# What bad input gets


def test_nul_and_broken_letters_harm_nothing(client):
    submission = begin(client, title="Repair\0 evenings")
    assert submission.title == "Repair evenings"
    response = client.post(
        f"/submit/{submission.token}/done/",
        "done=caf%E9",
        content_type="application/x-www-form-urlencoded",
    )
    assert response.status_code == 400
    assert faults(response) == [
        "Some letters didn’t arrive as you typed them and are shown as \ufffd. Type them again."
    ]
    submission.refresh_from_db()
    assert submission.said("done", "done") == "caf\ufffd"


def test_ten_megabytes_get_a_sentence(client):
    submission = begin(client)
    response = client.post(f"/submit/{submission.token}/done/", {"done": "x" * 10_000_000})
    assert response.status_code == 400
    long = client.post(f"/submit/{submission.token}/done/", {"done": "x" * 1_000_000})
    assert faults(long) == ["Shorten it to at most 5000 characters; it has 1000000."]
    submission.refresh_from_db()
    assert len(submission.said("done", "done")) == 1_000_000


def test_fifty_links_get_a_sentence_and_are_kept(client):
    submission = begin(client)
    many = "\n".join(f"https://example.org/{number}" for number in range(50))
    response = client.post(f"/submit/{submission.token}/links/", {"links": many})
    assert (response.status_code, faults(response)) == (400, ["Keep the 20 that tell most; there are 50."])
    submission.refresh_from_db()
    assert submission.said("links", "links") == many


@pytest.mark.parametrize("address", ["javascript:alert(1)", "ftp://example.org/x", "example", "https://"])
def test_link_that_is_no_web_address_is_refused(client, address):
    submission = begin(client)
    response = client.post(f"/submit/{submission.token}/links/", {"links": address})
    assert faults(response) == [
        f"“{address}” is no web address. One looks like https://example.org/report; one a line."
    ]


def test_address_with_a_line_break_is_refused(client):
    submission = begin(client)
    response = client.post(f"/submit/{submission.token}/later/", {"email": "a@example.org\nBcc: b@example.org"})
    assert response.status_code == 400
    assert Mail.objects.count() == 0


# Against spam


def test_trap_and_haste_hold_it_back_with_the_same_thanks_and_no_letter(client):
    submission = hand_in(client, website="https://pills.example")
    assert heading(client.get(submission.get_absolute_url())) == "Thank you. It is stored, and the editors have it"
    assert (submission.held_back, submission.suspicions) == (True, ["trapped", "fast"])
    assert letters() == []
    assert list(Submission.objects.waiting()) == []
    assert list(Submission.objects.suspected()) == [submission]


def test_released_by_an_editor_it_is_like_any_other(client, admin_user):
    submission = hand_in(client, website="https://pills.example")
    submission.release(by=admin_user)
    assert list(Submission.objects.waiting()) == [submission]
    assert letters() == [("received", "ana@example.org")]
    shown = client.get(submission.get_absolute_url()).content.decode()
    assert "Released" not in shown


def test_haste_alone_holds_nothing_back(client):
    submission = hand_in(client)
    assert (submission.held_back, submission.suspicions) == (False, ["fast"])


def test_same_words_twice_in_haste_are_held_back(client):
    hand_in(client)
    assert hand_in(Client()).suspicions == ["fast", "repeated"]


def test_too_many_from_one_network_are_asked_to_come_back_and_lose_nothing(client):
    Tally.objects.count_one("begun", "127.0.0.1")
    Tally.objects.update(count=STARTS)
    response = send(client, "/submit/", fields(client.get("/submit/")), **WHAT)
    assert response.status_code == 429
    assert faults(response) == [
        f"From your network {STARTS} proposals were begun today, which is as many as we take in a day. What you typed "
        "is below: copy it, and send it tomorrow."
    ]
    assert fields(response)["title"] == ["Repair evenings"]


def test_link_is_mailed_to_one_address_a_few_times_a_day(client):
    submission = begin(client)
    answers = [client.post(f"/submit/{submission.token}/later/", {"email": "ana@example.org"}) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]
    assert faults(answers[-1]) == ["4 letters went to this address today. Copy the link instead; it is the same."]
    assert Mail.objects.count() == 4


def test_counts_hold_nobody_and_are_gone_the_next_day(client):
    begin(client)
    assert not Tally.objects.filter(digest__contains="127.0.0.1").exists()
    Tally.objects.update(day=timezone.localdate() - timedelta(days=1))
    list(duties.perform(timezone.now()))
    assert Tally.objects.count() == 0


# About an idea


def test_adaptation_takes_the_same_path_and_an_editor_publishes_it(client, unhurried, admin_user):
    idea, ghent = make_idea(title="Evenings"), make_city(name="Ghent", country="BE")
    workshop = make_organisation(name="The Workshop", city=ghent)
    submission = hand_in(client, ADAPTATION, f"/ideas/{idea.slug}/adapt/")
    assert (submission.kind, submission.idea) == ("adaptation", idea)
    submission.claim(by=admin_user)
    journey = submission.publish_adaptation(by=admin_user)
    assert (journey.city, journey.organisation, journey.year, journey.state) == (ghent, workshop, 2019, "running")
    assert (journey.kept, journey.changed, journey.evidence) == tuple(ADAPTATION["changed"].values())
    assert "Ghent" in client.get(idea.get_absolute_url()).content.decode()
    assert [ref.get("href") for ref in page(client.get(submission.get_absolute_url())).iter("a")].count(
        idea.get_absolute_url()
    ) == 1
    assert letters()[-1] == ("accepted", "ana@example.org")


def test_adaptation_in_a_city_that_is_new_to_the_catalogue_names_it(client, unhurried, admin_user):
    idea = make_idea()
    submission = hand_in(client, ADAPTATION, f"/ideas/{idea.slug}/adapt/")
    submission.claim(by=admin_user)
    journey = submission.publish_adaptation(by=admin_user)
    assert (journey.city, journey.place, journey.country) == (None, "Ghent", "BE")


def test_adaptation_of_an_idea_that_was_merged_is_told_by_the_other(client, unhurried, admin_user):
    idea, other = make_idea(title="Evenings"), make_idea(title="Nights")
    submission = hand_in(client, ADAPTATION, f"/ideas/{idea.slug}/adapt/")
    idea.merge_into(other)
    submission.claim(by=admin_user)
    assert submission.publish_adaptation(by=admin_user).idea == other


def test_adaptation_of_an_idea_that_was_withdrawn_waits(client, unhurried, admin_user):
    idea = make_idea(title="Evenings")
    submission = hand_in(client, ADAPTATION, f"/ideas/{idea.slug}/adapt/")
    idea.withdraw(reason="It ended.")
    submission.claim(by=admin_user)
    with pytest.raises(ValidationError, match="“Evenings” isn’t published"):
        submission.publish_adaptation(by=admin_user)
    submission.refresh_from_db()
    assert (submission.state, submission.adaptation_made) == (State.SCREENING, None)


def test_correction_takes_two_steps(client, unhurried):
    idea = make_idea(title="Evenings")
    submission = hand_in(client, CORRECTION, f"/ideas/{idea.slug}/correct/")
    assert (submission.kind, str(submission)) == ("correction", "A correction: Evenings")
    assert [step.name for step in STEPS["correction"]] == ["wrong", "you"]


@pytest.mark.parametrize("place", ["adapt", "correct"])
def test_about_an_idea_that_moved_is_gone_or_was_never_seen(client, place):
    idea, draft = make_idea(title="Evenings"), make_idea(status="draft", title="Unseen")
    before = idea.slug
    rename(idea, "nights")
    assert client.get(f"/ideas/{before}/{place}/").url == f"/ideas/nights/{place}/"
    assert client.get(f"/ideas/{draft.slug}/{place}/").status_code == 404
    idea.withdraw(reason="It ended.")
    assert client.get(f"/ideas/nights/{place}/").status_code == 410


def rename(idea, slug):
    with Edition.act(why="a better address"):
        idea.slug = slug
        idea.save()


def test_draft_made_of_a_proposal_holds_every_answer(client, unhurried, admin_user):
    ghent = make_city(name="Ghent", country="BE")
    workshop = make_organisation(name="Workshop", aliases=["The Workshop"], city=ghent)
    submission = hand_in(client)
    submission.claim(by=admin_user)
    give_to_readers(submission, admin_user)
    idea = submission.make_draft(by=admin_user)
    assert (idea.status, idea.title, idea.summary) == ("draft", WHAT["title"], WHAT["summary"])
    assert (idea.city, idea.organisation, idea.partners, idea.started) == (ghent, workshop, ["Library", "School"], 2016)
    assert [theme.slug for theme in idea.themes.order_by("slug")] == ["connect", "work"]
    assert [audience.slug for audience in idea.audiences.all()] == ["families"]
    assert [(row.criterion, row.claim, row.basis) for row in idea.evidence.all()] == [
        ("practical", "Bicycles ride.", "told"),
        ("successful", "Sixty people came, by the list at the door.", "told"),
    ]
    assert [row.resource.url for row in idea.citations.all()] == [
        "https://example.org/report",
        "https://example.org/news",
    ]
    assert (idea.credited, idea.proposed_by) == (True, "Ana Example")
    assert idea.body == "## The challenge\n\nNobody met anybody.\n\n## What was done\n\nA shed was opened."


def test_nothing_of_a_submission_is_seen_by_readers(client, unhurried):
    hand_in(client)
    for address in ("/", "/ideas/", "/ideas.json", "/sitemap.xml", "/organisations/", "/resources/"):
        body = client.get(address)
        content = b"".join(body.streaming_content) if body.streaming else body.content
        assert b"Repair evenings" not in content, address
