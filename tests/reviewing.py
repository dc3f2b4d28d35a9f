"""Reviewing in tests: people who read and decide, and submissions that have come so far."""

from django.utils import timezone

from catalogue.criteria import Criterion
from catalogue.models import Judgement, Review, Submission
from catalogue.models.deciding import Question
from tests.desk import editor
from tests.factories import make_submission
from tests.submitting import IDEA

State = Submission.State


def reader(name="rita", **values):
    return editor(name, "Readers", email=f"{name}@example.org", **values)


def received(**values) -> Submission:
    """One that the editors have, with every answer."""
    answers = {step: dict(typed) for step, typed in IDEA.items()}
    columns = {"title": "Repair evenings", "city": "Ghent", "country": "BE", "organisation": "The Workshop"}
    return make_submission(
        **columns | {"state": State.RECEIVED, "sent_at": timezone.now(), "answers": answers} | values
    )


def screened(by=None, **values) -> Submission:
    """One that an editor has found fit for readers."""
    submission = received(**values)
    submission.claim(by=by)
    screen(submission, by)
    return submission


def screen(submission, by=None) -> None:
    for question in Question.values:
        submission.screen(question, True, by=by)


def in_review(by=None, readers=(), **values) -> Submission:
    submission = screened(by, **values)
    submission.open_review(by=by)
    for person in readers:
        submission.assign(person, by=by)
    return submission


def judgements(**findings) -> list[Judgement]:
    """Met on every criterion, unless told otherwise."""
    found = dict.fromkeys(Criterion.values, "met") | findings
    return [
        Judgement(criterion=criterion, finding=finding, ground="" if finding == "not-shown" else "done.done")
        for criterion, finding in found.items()
    ]


def advise(review: Review, recommendation="accept", words="", **findings) -> Review:
    """Its reader declares no conflict, and hands it in."""
    if review.conflict is None:
        review.declare(False, by=review.reader)
    review.finish(judgements(**findings), recommendation, words, by=review.reader)
    return review


def read(by=None, **values) -> Submission:
    """One that two readers advise to accept."""
    submission = received(**values)
    submission.claim(by=by)
    give_to_readers(submission, by)
    return submission


def give_to_readers(submission, by=None) -> None:
    """Has what an editor has in hand screened, and read by two who advise to accept it."""
    screen(submission, by)
    submission.open_review(by=by)
    for name in ("rita", "ravi"):
        advise(submission.assign(reader(name), by=by))


def story(submission) -> list[str]:
    """What happened, oldest first."""
    return list(submission.events.order_by("pk").values_list("what", flat=True))


def letters(submission) -> list[tuple[str, str]]:
    return list(submission.mails.order_by("pk").values_list("letter", "to"))
