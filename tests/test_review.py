"""Reviewing: what leads from one state to another, who may, what is found, and what readers of the site see of it."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from catalogue import duties
from catalogue.mail import words_of
from catalogue.models import City, Edition, Judgement, Organisation, Review, Submission
from catalogue.models.review import found_together
from tests.desk import editor
from tests.factories import make_city, make_complete_idea, make_idea, make_organisation, make_term
from tests.reviewing import (
    State,
    advise,
    in_review,
    judgements,
    letters,
    read,
    reader,
    received,
    screen,
    screened,
    story,
)
from tests.submitting import IDEA

pytestmark = pytest.mark.django_db


@pytest.fixture
def mira():
    return editor("mira", email="mira@example.org")


def again(noun):
    """The noun as the database has it."""
    return type(noun).objects.get(pk=noun.pk)


# In hand, and screened


def test_claim_takes_it_in_hand(mira):
    submission = received()
    submission.claim(by=mira)
    assert (again(submission).state, submission.editor, story(submission)) == (State.SCREENING, mira, ["claimed"])
    assert list(Submission.objects.in_hand(mira)) == [submission]
    assert list(Submission.objects.waiting()) == []


def test_second_to_claim_is_told_of_the_first(mira):
    submission = received()
    submission.claim(by=mira)
    at = submission.events.get().at
    with pytest.raises(ValidationError) as refused:
        submission.claim(by=editor("omar"))
    assert refused.value.messages == [f"Nothing was done: “Being screened”, by mira, {at:%Y-%m-%d %H:%M} UTC."]
    assert again(submission).editor == mira


def test_what_is_held_back_is_looked_at_before_it_is_claimed(mira):
    submission = received(held_back=True)
    with pytest.raises(ValidationError, match="say first that it is no spam"):
        submission.claim(by=mira)
    submission.release(by=mira)
    submission.claim(by=mira)
    assert story(submission) == ["released", "claimed"]


def test_screening_keeps_the_last_answer_and_lets_only_three_yes_through(mira):
    submission = received()
    submission.claim(by=mira)
    for question, answer in (("scope", True), ("new", False), ("complete", True)):
        submission.screen(question, answer, by=mira)
    with pytest.raises(ValidationError, match="Each has to be a yes"):
        submission.open_review(by=mira)
    submission.screen("new", True, by=mira)
    submission.open_review(by=mira)
    assert again(submission).screened == {"scope": True, "new": True, "complete": True}
    assert submission.events.filter(what="screened").last().text == (
        "Is it about how a city, or people in one, welcome newcomers? Yes."
    )
    assert letters(submission) == [("in-review", "ana@example.org")]


def test_colleague_takes_over_and_what_is_orphaned_waits_for_anybody(mira):
    submission, omar = screened(mira), editor("omar")
    submission.take_over(by=omar)
    assert again(submission).editor == omar
    omar.delete()
    assert list(Submission.objects.waiting()) == [submission]


# Readers


def test_two_who_agree_are_enough(mira):
    submission = in_review(mira)
    assert list(Submission.objects.lacking_readers()) == [submission]
    reviews = [submission.assign(reader(name), by=mira) for name in ("rita", "ravi")]
    assert list(Submission.objects.lacking_readers()) == []
    with pytest.raises(ValidationError, match="all the readers that it needs"):
        submission.assign(reader("rosa"), by=mira)
    advise(reviews[0])
    assert list(Submission.objects.read()) == []
    advise(reviews[1], innovative="partly")
    assert list(Submission.objects.read()) == [submission]
    assert story(submission)[4:] == "in-review assigned assigned declared read declared read".split()
    assert letters(submission)[1:] == [("assigned", "rita@example.org"), ("assigned", "ravi@example.org")]


@pytest.mark.parametrize(
    ("second", "disagree"),
    [
        ({}, False),
        ({"successful": "partly"}, False),
        ({"successful": "not-shown"}, True),
        ({"recommendation": "changes"}, True),
    ],
)
def test_disagreement_asks_for_a_third(mira, second, disagree):
    submission = in_review(mira)
    advise(submission.assign(reader("rita"), by=mira))
    advise(submission.assign(reader("ravi"), by=mira), **second)
    submission = again(submission)
    assert (submission.readers_wanted, submission.readers_lacking) == ((3, 1) if disagree else (2, 0))
    assert submission.events.first().text.endswith("The readers disagree.") is disagree


def test_partly_and_not_shown_is_no_disagreement(mira):
    one, other = (
        advise(in_review(mira).assign(reader(name), by=mira), successful=finding)
        for name, finding in (("rita", "partly"), ("ravi", "not-shown"))
    )
    assert not one.disagrees_with(other)


def test_whoever_has_a_conflict_is_taken_off_and_never_asked_again(mira):
    submission, rita = in_review(mira), reader()
    review = submission.assign(rita, by=mira)
    assert not review.may_read
    review.declare(True, by=rita)
    assert (again(review).standing, again(submission).readers_lacking) == ("Taken off: a conflict of interest", 2)
    submission.ask_for_changes("Which year?", by=mira)
    submission.send()
    screen(submission, mira)
    submission.open_review(by=mira)
    with pytest.raises(ValidationError, match="rita was asked already"):
        submission.assign(rita, by=mira)
    assert list(Submission.objects.open_to(rita)) == []


def test_nothing_is_judged_before_the_conflict_is_declared_nor_twice(mira):
    rita = reader()
    review = in_review(mira).assign(rita, by=mira)
    with pytest.raises(ValidationError, match="conflict of interest"):
        review.finish(judgements(), "accept", by=rita)
    advise(review)
    with pytest.raises(ValidationError, match=r"closed\. Accept it\."):
        review.finish(judgements(), "decline", by=rita)
    with pytest.raises(ValidationError, match="this review is closed"):
        review.declare(True, by=rita)


def test_every_criterion_is_judged_and_what_is_shown_has_a_ground(mira):
    rita = reader()
    review = in_review(mira).assign(rita, by=mira)
    review.declare(False, by=rita)
    with pytest.raises(ValidationError, match="Judge each of the four criteria"):
        review.finish(judgements()[:3], "accept", by=rita)
    groundless = judgements()
    groundless[0].ground = ""
    with pytest.raises(ValidationError, match="Say where it is shown"):
        review.finish(groundless, "accept", by=rita)
    with pytest.raises(ValidationError, match="Say what you advise"):
        review.finish(judgements(), "", by=rita)
    assert (Judgement.objects.count(), again(review).done_at) == (0, None)


def test_only_its_reader_judges(mira):
    review = in_review(mira).assign(reader(), by=mira)
    for person in (mira, reader("ravi"), None):
        with pytest.raises(ValidationError, match="Only its reader"):
            review.declare(False, by=person)


def test_reader_takes_what_is_open(mira):
    submission, rita = in_review(mira), reader()
    assert list(Submission.objects.open_to(rita)) == [submission]
    submission.assign(rita, by=rita)
    assert list(Submission.objects.open_to(rita)) == []
    # They know it: they did it themselves.
    assert letters(submission) == [("in-review", "ana@example.org")]


def test_only_readers_are_asked(mira):
    with pytest.raises(ValidationError, match="mira is no reader"):
        in_review(mira).assign(mira, by=mira)
    with pytest.raises(ValidationError, match="is no reader"):
        in_review(mira).assign(reader("rolf", is_active=False), by=mira)


def test_editor_takes_a_reader_off(mira):
    submission, rita = in_review(mira), reader()
    review = submission.assign(rita, by=mira)
    review.take_off(by=mira)
    assert (again(submission).readers_lacking, again(review).standing) == (2, "Called off")
    assert letters(submission)[-1] == ("called-off", "rita@example.org")
    with pytest.raises(ValidationError, match=r"closed\. Called off\."):
        advise(review)


def test_three_findings_come_to_the_middle_and_two_to_the_more_careful(mira):
    findings = [{"practical": "met"}, {"practical": "not-shown"}, {"practical": "partly"}]
    submission, reviews = in_review(mira), []
    for name, found in zip(("rita", "ravi", "rosa"), findings, strict=True):
        reviews.append(advise(submission.assign(reader(name), by=mira), **found))
    assert found_together(reviews)["practical"] == "partly"
    assert found_together([reviews[0], reviews[2]])["practical"] == "partly"
    assert found_together(reviews)["successful"] == "met"


# Nobody judges their own


def test_nobody_has_a_hand_in_what_they_submitted(mira):
    own = {"email": "Mira@Example.ORG"}
    for submission, verb in (
        (received(**own), lambda s: s.claim(by=mira)),
        (screened(None, **own), lambda s: s.screen("scope", True, by=mira)),
        (screened(None, **own), lambda s: s.open_review(by=mira)),
        (in_review(None, **own), lambda s: s.assign(reader("rolf"), by=mira)),
        (in_review(None, **own), lambda s: s.decline("No.", by=mira)),
        (in_review(None, **own), lambda s: s.ask_for_changes("Why?", by=mira)),
        (in_review(None, **own), lambda s: s.note("Mine.", by=mira)),
        (read(None, **own), lambda s: s.make_draft(by=mira)),
    ):
        before = story(submission)
        with pytest.raises(ValidationError, match="You submitted this yourself"):
            verb(submission)
        assert story(again(submission)) == before


def test_nobody_reads_what_they_submitted(mira):
    rita = reader()
    submission = in_review(mira, email="RITA@example.org")
    assert list(Submission.objects.open_to(rita)) == []
    with pytest.raises(ValidationError, match="rita submitted it, and can’t judge it"):
        submission.assign(rita, by=mira)


# The decision


def test_idea_is_accepted_when_its_readers_have_advised(mira):
    submission = in_review(mira)
    advise(submission.assign(reader("rita"), by=mira))
    with pytest.raises(ValidationError, match="Not all of its readers have advised"):
        submission.make_draft(by=mira)
    advise(submission.assign(reader("ravi"), by=mira), successful="partly")
    idea = submission.make_draft("Well told.", by=mira)
    assert (submission.state, submission.idea_made, list(idea.proposals.all())) == (State.ACCEPTED, idea, [submission])
    found = idea.assessment
    assert (found.readers, found.read_on) == (2, timezone.localdate())
    assert [found.practical, found.innovative, found.successful, found.transferable] == ["met", "met", "partly", "met"]
    assert letters(submission)[-1] == ("accepted", "ana@example.org")


def test_city_and_organisation_that_an_editor_looked_at_are_made_in_the_same_act(mira):
    submission, before = read(mira), Edition.current()
    ghent = City(name="Ghent", region="East Flanders", country="BE")
    idea = submission.make_draft(by=mira, city=ghent, organisation=Organisation(name="The Workshop"))
    assert (idea.city.slug, idea.organisation.city, idea.organisation.name) == ("ghent", ghent, "The Workshop")
    # Readers of the site see no difference yet.
    assert Edition.current() == before


def test_what_an_editor_chose_or_left_open_holds(mira):
    ghent = make_city(name="Ghent", country="BE")
    make_organisation(name="The Workshop", city=ghent)
    other = make_organisation()
    idea = read(mira).make_draft(by=mira, city=None, organisation=other)
    assert (idea.city, idea.organisation) == (None, other)


def test_faulty_city_undoes_everything(mira):
    make_city(name="Ghent", country="BE")
    submission = read(mira)
    with pytest.raises(ValidationError):
        submission.make_draft(by=mira, city=City(name="Ghent", country="BE"))
    assert (again(submission).state, City.objects.count()) == (State.IN_REVIEW, 1)


def test_second_decision_is_told_of_the_first(mira):
    submission, omar = in_review(mira), editor("omar")
    stale = again(submission)
    submission.decline("Not here.", by=mira)
    at = submission.decided_at
    for verb in (
        lambda: stale.make_draft(by=omar),
        lambda: stale.decline("No.", by=omar),
        lambda: stale.ask_for_changes("Why?", by=omar),
    ):
        with pytest.raises(ValidationError) as refused:
            verb()
        assert refused.value.messages == [f"Nothing was done: “Declined”, by mira, {at:%Y-%m-%d %H:%M} UTC."]
    assert letters(submission)[-1] == ("declined", "ana@example.org")
    assert story(submission)[-1] == "declined"


@pytest.mark.parametrize("words", ["", " \n"])
def test_decision_has_a_reason(mira, words):
    submission = in_review(mira)
    for verb in (submission.decline, submission.ask_for_changes):
        with pytest.raises(ValidationError, match="Write what the submitter should know"):
            verb(words, by=mira)
    assert again(submission).state == State.IN_REVIEW


def test_whoever_was_reading_is_told_when_it_is_no_longer_needed(mira):
    for verb in (
        lambda s: s.decline("No.", by=mira),
        lambda s: s.ask_for_changes("Why?", by=mira),
        lambda s: s.withdraw(),
    ):
        submission = in_review(mira)
        name = f"r{submission.pk}"
        advise(submission.assign(reader("d" + name), by=mira))
        review = submission.assign(reader(name), by=mira)
        verb(submission)
        assert [to for letter, to in letters(submission) if letter == "called-off"] == [f"{name}@example.org"]
        assert not again(review).is_open


def test_sent_again_it_is_screened_and_read_anew(mira):
    submission, rita = in_review(mira), reader()
    advise(submission.assign(rita, by=mira), recommendation="changes")
    submission.ask_for_changes("Which year?", by=mira)
    submission.send()
    assert (submission.state, submission.screened, submission.editor) == (State.SCREENING, {}, mira)
    screen(submission, mira)
    submission.open_review(by=mira)
    assert (submission.round, submission.readers_lacking) == (2, 2)
    submission.assign(rita, by=mira)
    assert Review.objects.count() == 2


def test_note_is_never_sent(mira):
    submission = received()
    submission.note("Ask Omar about this.", by=mira)
    assert letters(submission) == []
    assert list(submission.events.for_submitter()) == []
    with pytest.raises(ValidationError, match="Write the note"):
        submission.note(" ", by=mira)


# The clock


def test_readers_are_reminded_twice_and_then_it_is_overdue(mira):
    submission = in_review(mira, readers=[reader()])
    now = submission.reviews.get().asked_at

    def tick(days):
        return list(duties.remind_readers(now + timedelta(days=days)))

    assert [len(tick(days)) for days in (6, 7, 8, 13, 14, 15, 60)] == [0, 1, 0, 0, 1, 0, 0]
    assert letters(submission)[2:] == [("reminder", "rita@example.org")] * 2
    assert [event.who for event in submission.events.filter(what="reminded")] == ["The site itself"] * 2
    assert list(Review.objects.overdue(now + timedelta(days=13))) == []
    assert list(Review.objects.overdue(now + timedelta(days=14))) == [submission.reviews.get()]


def test_whoever_has_read_is_not_reminded(mira):
    submission = in_review(mira)
    advise(submission.assign(reader(), by=mira))
    assert list(duties.remind_readers(timezone.now() + timedelta(days=30))) == []


# Letters


def test_letter_to_a_reader_never_holds_the_secret_address(mira):
    submission = in_review(mira, readers=[reader()])
    submission.reviews.get().remind(timezone.now() + timedelta(days=8))
    submission.decline("No.", by=mira)
    found = [words_of(mail) for mail in submission.mails.filter(to="rita@example.org")]
    assert len(found) == 3
    for words in found:
        assert submission.token not in words.text + words.html
        assert "ana@example.org" not in words.text
        assert f"/admin/catalogue/review/{submission.reviews.get().pk}/change/" in words.text


def test_submitter_hears_once_that_readers_see_the_idea(mira):
    submission = read(mira)
    idea = submission.make_draft(by=mira, city=make_city(), organisation=make_organisation())
    assert "published" not in story(submission)
    complete(idea)
    idea.publish(by=mira)
    idea.withdraw(reason="A pause.", by=mira)
    idea.publish(by=mira)
    assert letters(submission).count(("published", "ana@example.org")) == 1
    words = words_of(submission.mails.get(letter="published"))
    assert words.subject == "Published: Repair evenings"
    assert f"http://127.0.0.1:8000{idea.get_absolute_url()}" in words.text


def complete(idea):
    """What publication asks for besides what a proposal tells."""
    with Edition.act(why="filed"):
        idea.themes.set([make_term(type(idea).themes.rel.model, "work")])
        idea.topics.set([make_term(type(idea).topics.rel.model, "mentoring")])
        idea.audiences.set([make_term(type(idea).audiences.rel.model, "refugees")])


# What readers of the site see

PAGES = (
    "/ /ideas/ /ideas.json /ideas.csv /ideas.geojson /ideas.atom /sitemap.xml /sitemap-ideas-1.xml /cities/ "
    "/organisations/ /resources/ /ideas/repair-evenings/ /cities/ghent/ /suggest.json?q=rep /criteria/"
).split()


def seen(client) -> dict:
    """Every page as it is answered: status, ETag and bytes."""
    found = {}
    for path in PAGES:
        response = client.get(path)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        found[path] = response.status_code, response.headers.get("ETag"), body
    return found


def test_site_is_byte_for_byte_the_same_until_the_moment_of_publication(client, mira):
    make_complete_idea(title="Another idea")
    before = seen(client)
    assert before["/ideas/"][1]
    for verb in ("decline", "ask_for_changes"):
        getattr(in_review(mira), verb)("No.", by=mira)
    in_review(mira).withdraw()
    submission = in_review(mira)
    advise(submission.assign(reader("rita"), by=mira))
    advise(submission.assign(reader("ravi"), by=mira), recommendation="decline", practical="not-shown")
    advise(submission.assign(reader("rosa"), by=mira))
    submission.note("A third was needed.", by=mira)
    assert seen(client) == before
    idea = submission.make_draft(
        by=mira, city=City(name="Ghent", country="BE"), organisation=Organisation(name="The Workshop")
    )
    complete(idea)
    assert seen(client) == before
    idea.publish(by=mira)
    after = seen(client)
    assert after["/ideas/repair-evenings/"][0] == 200
    assert [path for path in PAGES if after[path] == before[path]] == []


# Rules of the database


@pytest.mark.parametrize(
    "values",
    [
        {"recommendation": "perhaps", "done_at": timezone.now(), "conflict": False},
        {"recommendation": "accept"},
        {"done_at": timezone.now(), "conflict": False},
        {"recommendation": "accept", "done_at": timezone.now()},
        {"conflict": True},
    ],
)
def test_database_refuses_a_review_that_makes_no_sense(values):
    submission = received()
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.create(submission=submission, reader=reader(), reader_name="rita", round=1, **values)


def test_database_refuses_what_is_shown_without_a_ground(mira):
    review = in_review(mira, readers=[reader()]).reviews.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Judgement.objects.create(review=review, criterion="practical", finding="met")


def test_adaptation_and_correction_are_decided_after_screening(mira):
    idea = make_idea()
    correction = received(kind="correction", idea=idea, answers=IDEA)
    with pytest.raises(ValidationError, match="Received"):
        correction.accept(by=mira)
    correction.claim(by=mira)
    with pytest.raises(ValidationError, match="Only a proposed idea goes to readers"):
        correction.open_review(by=mira)
    correction.accept("Done.", by=mira)
    assert story(correction) == ["claimed", "accepted"]
    with pytest.raises(ValidationError, match="That can’t be made of this kind"):
        correction.make_draft(by=mira)
