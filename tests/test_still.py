"""The yearly question: asked by letter, answered with a press, taken back within days, left to editors in the end."""

import json
import re
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from catalogue.duties import ask_whether_still_so
from catalogue.forgetting import forget_addresses
from catalogue.mail import words_of
from catalogue.models import Act, Contact, Edition, Idea, Inquiry, Mail, Revision, Submission
from tests.desk import address, editor, errors, fields, fill, send
from tests.factories import make_idea

pytestmark = pytest.mark.django_db

State = Inquiry.State
OFFICE, OTHER = "office@example.org", "second@example.org"
LONG_AGO = timezone.now() - timedelta(days=400)


def make_led(*addresses: str, **values) -> Idea:
    """An idea that nobody made sure of for a year, and whose organisation can be written to."""
    idea = make_idea(**{"title": "Repair evenings", "first_published": LONG_AGO} | values)
    for order, email in enumerate(addresses or [OFFICE], 1):
        Contact.objects.create(organisation=idea.organisation, email=email, order=order)
    return idea


def asked(*addresses: str, **values) -> Inquiry:
    make_led(*addresses, **values)
    list(ask_whether_still_so(timezone.now()))
    return Inquiry.objects.latest("pk")


def answer(client, inquiry, which: str, **filled):
    url = f"/still/{inquiry.token}/?answer={which}"
    return send(client, url, fields(client.get(url)), **filled)


def later(days: float):
    return timezone.now() + timedelta(days=days)


# Who is asked


def test_organisation_is_asked_once_a_year_with_three_links():
    idea = make_led()
    now = timezone.now()
    assert list(ask_whether_still_so(now)) == ["Asked whether it is still so: Repair evenings"]
    assert list(ask_whether_still_so(now)) == []
    (letter,), inquiry = Mail.objects.all(), Inquiry.objects.get()
    assert (letter.to, letter.letter, letter.about) == (OFFICE, "still", inquiry)
    words = words_of(letter)
    link = f"http://127.0.0.1:8000/still/{inquiry.token}/"
    assert words.subject == "Is it still so? Repair evenings"
    assert re.findall(r"http\S+", words.text) == [
        f"http://127.0.0.1:8000{idea.get_absolute_url()}", *(f"{link}?answer={state}" for state in State.values[1:4])
    ]  # fmt: skip
    assert list(Inquiry.objects.ideas_to_ask(now + timedelta(days=364))) == []
    assert list(Inquiry.objects.ideas_to_ask(now + timedelta(days=366))) == [idea]


@pytest.mark.parametrize(
    "values",
    [
        {"first_published": timezone.now() - timedelta(days=364)},
        {"last_verified": timezone.localdate() - timedelta(days=364)},
        {"ended": 2020},
        {"status": "draft"},
        {"status": "withdrawn", "withdrawn_reason": "Asked for."},
    ],
)
def test_idea_that_needs_no_question_is_not_asked_about(values):
    make_led(**values)
    assert list(ask_whether_still_so(timezone.now())) == []


def test_idea_whose_organisation_has_no_contact_is_not_asked_about():
    make_idea(first_published=LONG_AGO)
    assert list(ask_whether_still_so(timezone.now())) == []


def test_silence_is_reminded_twice_then_another_contact_then_the_desk():
    inquiry = asked(OFFICE, OTHER)
    now, steps = inquiry.asked_at, []
    for days in range(1, 90):
        steps += [(days, line.split(", ")[1]) for line in ask_whether_still_so(now + timedelta(days=days))]
    assert steps == [
        (14, "written to again: Repair evenings"),
        (28, "written to again: Repair evenings"),
        (42, "written to again: Repair evenings"),
        (56, "left to the editors: Repair evenings"),
    ]
    assert list(Mail.objects.order_by("pk").values_list("to", "letter")) == [
        (OFFICE, "still"), (OFFICE, "still-again"), (OFFICE, "still-again"), (OTHER, "still"),
    ]  # fmt: skip
    inquiry.refresh_from_db()
    assert (inquiry.state, list(Inquiry.objects.for_desk())) == ("silent", [inquiry])


def test_answer_ends_the_reminders(client):
    inquiry = asked()
    answer(client, inquiry, "still")
    assert list(ask_whether_still_so(later(60))) == []


def test_idea_that_is_withdrawn_meanwhile_is_asked_about_no_more():
    inquiry = asked()
    inquiry.idea.withdraw(reason="Asked for.")
    assert [line.split(", ")[1] for line in ask_whether_still_so(later(15))] == ["dropped: Repair evenings"]
    assert (Mail.objects.count(), list(Inquiry.objects.for_desk())) == (1, [])


# The answers


def test_opening_a_link_changes_nothing_and_sets_no_cookie(client):
    inquiry = asked()
    acts = Act.objects.count()
    for which in ("", "?answer=still", "?answer=changed", "?answer=ended", "?answer=nonsense"):
        for method in (client.get, client.head):
            response = method(f"/still/{inquiry.token}/{which}")
            assert (response.status_code, len(response.cookies)) == (200, 0)
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert 'name="robots" content="noindex' in client.get(f"/still/{inquiry.token}/").content.decode()
    inquiry.refresh_from_db()
    assert (inquiry.state, Act.objects.count()) == ("open", acts)


def test_still_so_verifies_the_idea_in_an_act_and_names_no_person(client):
    inquiry = asked()
    before = Edition.current()
    response = answer(client, inquiry, "still")
    assert (response.status_code, response.url) == (303, f"/still/{inquiry.token}/")
    idea = Idea.objects.get()
    assert (idea.last_verified, idea.verified_by) == (timezone.localdate(), "organisation")
    assert (Edition.current(), Act.objects.first().by) == (before + 1, None)
    assert "by the organisation that leads it." in client.get(idea.get_absolute_url()).content.decode()
    idea.verify(by=editor())
    assert "by the editors." in client.get(idea.get_absolute_url()).content.decode()


def test_changed_lands_on_the_desk_as_a_correction_in_their_words(client):
    inquiry = asked()
    assert answer(client, inquiry, "changed", words="").status_code == 400
    assert answer(client, inquiry, "changed", words="It moved to Thursdays.").status_code == 303
    submission = Submission.objects.get()
    inquiry.refresh_from_db()
    assert (submission.kind, submission.state, submission.idea, submission.email) == (
        "correction", "received", inquiry.idea, OFFICE
    )  # fmt: skip
    assert submission.said("wrong", "wrong") == "It moved to Thursdays."
    assert (inquiry.state, inquiry.submission) == ("changed", submission)
    answer(client, inquiry, "changed", words="And to the library.")
    assert [event.text for event in submission.events.filter(what="answered")] == ["And to the library."]
    assert Submission.objects.count() == 1


def test_ended_waits_for_an_editor_who_makes_it_so(client):
    inquiry = asked(started=2010)
    for filled, status in (
        ({"year": "", "words": "No money."}, 400),
        ({"year": "soon", "words": "No money."}, 400),
        ({"year": "2020", "words": ""}, 400),
        ({"year": "2009", "words": "No money."}, 409),
        ({"year": "2020", "words": "Its grant ran out."}, 303),
    ):
        assert answer(client, inquiry, "ended", **filled).status_code == status, filled
    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.idea.ended, list(Inquiry.objects.for_desk())) == ("ended", None, [inquiry])
    client.force_login(editor())
    assert fill(client, address(inquiry, "make-it-so")).status_code == 302
    idea = Idea.objects.get()
    assert (idea.ended, idea.ended_why, idea.status) == (2020, "Its grant ran out.", "published")
    assert list(Inquiry.objects.for_desk()) == []
    client.logout()
    html = client.get(idea.get_absolute_url()).content.decode()
    assert "Ended in 2020" in html
    assert "Its grant ran out." in html
    with pytest.raises(ValidationError):
        inquiry.make_it_so(2021, "Again", by=None)


def test_wrong_answer_keeps_what_was_typed_and_says_what_to_do(client):
    html = answer(client, asked(), "ended", year="soon", words="Tea & talk").content.decode()
    assert "Give a year in four digits" in html
    assert "Tea &amp; talk</textarea>" in html
    assert "<title>Error: " in html


def test_answer_can_be_changed_for_two_weeks_and_still_so_is_taken_back(client):
    inquiry = asked(last_verified=date(2024, 5, 6), verified_by="editors")
    answer(client, inquiry, "still")
    assert "Until" in client.get(f"/still/{inquiry.token}/").content.decode()
    answer(client, inquiry, "ended", year="2020", words="Closed.")
    idea = Idea.objects.get()
    assert (idea.last_verified, idea.verified_by) == (date(2024, 5, 6), "editors")
    answer(client, inquiry, "still")
    inquiry.refresh_from_db()
    assert (Idea.objects.get().verified_by, inquiry.state, inquiry.words) == ("organisation", "still", "")
    Inquiry.objects.update(answered_at=timezone.now() - timedelta(days=15))
    html = client.get(f"/still/{inquiry.token}/?answer=ended").content.decode()
    assert "the time to change it is over" in html
    assert "<form method" not in html
    assert client.post(f"/still/{inquiry.token}/?answer=ended", {"year": "2020", "words": "x"}).status_code == 409


def test_same_answer_twice_is_one_verification(client):
    inquiry = asked()
    answer(client, inquiry, "still")
    acts = Act.objects.count()
    assert answer(client, inquiry, "still").status_code == 303
    assert Act.objects.count() == acts


def test_late_answer_gets_polite_words(client):
    inquiry = asked()
    newer = Inquiry.objects.create(idea=inquiry.idea, organisation=inquiry.organisation)
    assert "A newer letter" in client.get(f"/still/{inquiry.token}/").content.decode()
    assert client.post(f"/still/{inquiry.token}/?answer=still").status_code == 409
    newer.idea.withdraw(reason="Asked for.")
    response = client.get(f"/still/{newer.token}/?answer=still")
    assert "isn’t in the catalogue any more" in response.content.decode()
    assert Idea.objects.get().last_verified is None


def test_answer_after_everybody_gave_up_still_counts(client):
    inquiry = asked()
    Inquiry.objects.update(state="silent", settled_at=timezone.now())
    answer(client, inquiry, "ended", year="2020", words="Closed.")
    assert list(Inquiry.objects.for_desk()) == [inquiry]


def test_organisation_that_no_longer_leads_it_is_told_so(client):
    inquiry, idea = asked(), Idea.objects.get()
    with Edition.act(why="handed on"):
        idea.organisation = make_led().organisation
        idea.save()
    assert "Another organisation" in client.get(f"/still/{inquiry.token}/").content.decode()


def test_forged_address_is_found_by_nobody(client):
    asked()
    for method in (client.get, client.post):
        assert method(f"/still/{'x' * 32}/?answer=still").status_code == 404


def test_answer_from_a_page_of_another_site_is_refused(client):
    inquiry = asked()
    response = client.post(f"/still/{inquiry.token}/?answer=still", headers={"sec-fetch-site": "cross-site"})
    inquiry.refresh_from_db()
    assert (response.status_code, inquiry.state) == (403, "open")


# On the desk


def test_desk_shows_who_has_not_answered_and_puts_it_away(client):
    inquiry = asked()
    Inquiry.objects.update(state="silent")
    client.force_login(editor())
    listed = client.get(address(Inquiry, "changelist") + "?waits=yes").content.decode()
    assert "Repair evenings" in listed
    assert OFFICE in client.get(address(inquiry)).content.decode()
    assert fill(client, address(inquiry, "settle")).status_code == 302
    assert list(Inquiry.objects.for_desk()) == []
    assert client.post(address(inquiry)).status_code == 403


def test_reason_of_an_end_needs_its_year(client):
    client.force_login(editor())
    idea = make_idea()
    answered = fill(client, address(idea), ended_why="No money.", why="said so")
    assert errors(answered) == ["Give the year in which it ended, or take the reason away."]


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("inquiry_state_is_known", {"state": "lost"}),
        ("inquiry_answered_has_a_date", {"state": "still"}),
        ("inquiry_ended_has_a_year", {"state": "ended", "answered_at": LONG_AGO}),
    ],
)
def test_constraint_refuses(constraint, values):
    idea = make_idea()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Inquiry.objects.create(idea=idea, organisation=idea.organisation, **values)


def test_letter_is_about_one_thing():
    with pytest.raises(IntegrityError, match="mail_is_about_one_thing"), transaction.atomic():
        Mail.objects.create(letter="still", to=OFFICE)


# Who may know


def test_contacts_are_in_no_page_file_or_history(client, settings, tmp_path):
    settings.DUMP_ROOT = tmp_path
    inquiry = asked(OFFICE, OTHER)
    answer(client, inquiry, "ended", year="2020", words="Their private words.")
    inquiry.settle()
    idea, city = inquiry.idea, inquiry.idea.city
    with Edition.act(why="renamed"):
        inquiry.organisation.name = "Renamed"
        inquiry.organisation.save()
    call_command("dump", verbosity=0)
    paths = [
        "/", "/ideas/", "/ideas.json", "/ideas.csv", "/ideas.geojson", "/ideas.atom", "/resources/", "/organisations/",
        idea.get_absolute_url(), city.get_absolute_url(), inquiry.organisation.get_absolute_url(), "/sitemap.xml",
        *(f"/ideas/{idea.slug}{ending}" for ending in (".json", ".bib", ".ris", ".csl.json")), "/openapi.json",
        f"/ideas/?q={OFFICE}", "/suggest.json?q=office", f"/compare/?idea={idea.slug}", f"/embed/ideas/{idea.slug}/",
    ]  # fmt: skip
    answers = []
    for path in paths:
        response = client.get(path)
        answers.append((path, b"".join(response) if response.streaming else response.content))
    answers += [(str(path), path.read_bytes()) for path in tmp_path.rglob("*") if path.is_file()]
    answers.append(("history", repr(list(Revision.objects.values("before", "after"))).encode()))
    # What a reader types into the search comes back to them; nothing else may say it.
    found = [path for path, body in answers if OTHER.encode() in body or b"Their private words" in body]
    found += [path for path, body in answers if OFFICE.encode() in body and "?q=" not in path]
    assert (found, len(answers) > len(paths) + 2) == ([], True)


def test_only_editors_see_contacts(client):
    asked()
    contact = Contact.objects.get()
    for group, status in (("Readers", 403), ("Translators", 403), ("Administrators", 403), ("Editors", 200)):
        client.force_login(editor(group.lower(), group))
        assert client.get(address(contact)).status_code == status
    assert errors(fill(client, address(Contact, "add"), organisation=contact.organisation_id, email=OFFICE)) == [
        "This address is among the organisation’s contacts already."
    ]


def test_contact_gets_everything_that_is_kept_and_is_forgotten(client):
    inquiry = asked()
    answer(client, inquiry, "ended", year="2020", words="Closed.")
    out = StringIO()
    call_command("export_person", OFFICE, stdout=out)
    kept = json.loads(out.getvalue())
    assert [one["organisation__name"] for one in kept["contact_of"]] == [inquiry.organisation.name]
    assert [(one["idea__title"], one["words"]) for one in kept["asked_whether_still_so"]] == [
        ("Repair evenings", "Closed.")
    ]
    call_command("forget_person", OFFICE.upper(), stdout=StringIO())
    inquiry.refresh_from_db()
    assert (Contact.objects.count(), Mail.objects.count(), inquiry.words, inquiry.ended_year) == (0, 0, "", 2020)


def test_letters_of_a_question_are_forgotten_after_a_year():
    inquiry = asked()
    Inquiry.objects.update(asked_at=timezone.now() - timedelta(days=366))
    list(forget_addresses(timezone.now()))
    assert (Mail.objects.count(), Inquiry.objects.get()) == (0, inquiry)


def test_merged_organisation_brings_its_contacts(client):
    inquiry = asked()
    other = make_idea().organisation
    inquiry.organisation.merge_into(other)
    inquiry.refresh_from_db()
    assert (Contact.objects.get().organisation, inquiry.organisation, inquiry.closed_why) == (other, other, "")
