"""Decisions at once: one is made, and whoever came second is told of it; nothing is half done."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connections

from catalogue.models import Idea, Submission
from tests.desk import editor
from tests.reviewing import advise, in_review, letters, reader, story

ROUNDS = 4
DECISIONS = {
    "declined": lambda submission, by: submission.decline("Not here.", by=by),
    "asked": lambda submission, by: submission.ask_for_changes("Which year?", by=by),
    "accepted": lambda submission, by: submission.make_draft(by=by),
}
LETTERS = {"declined": "declined", "asked": "changes", "accepted": "accepted"}
STATES = {"declined": "Declined", "asked": "Changes are asked for", "accepted": "Accepted"}


class Decision(threading.Thread):
    """An editor who has the submission open, and decides at the same moment as the others."""

    def __init__(self, what, submission, by, start):
        super().__init__()
        self.what, self.submission, self.by, self.start_together = what, submission, by, start
        self.refusal, self.fault = None, None

    def run(self):
        try:
            self.start_together.wait()
            DECISIONS[self.what](self.submission, self.by)
        except ValidationError as refusal:
            self.refusal = refusal
        except Exception as fault:
            self.fault = fault
        finally:
            connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_of_three_who_decide_at_once_one_does_and_the_others_are_told_of_it():
    editors = {what: editor(f"editor-{what}") for what in DECISIONS}
    readers = [reader("rita"), reader("ravi")]
    for number in range(ROUNDS):
        submission = read(readers, f"Round {number}")
        before, ideas = story(submission), Idea.objects.count()
        start = threading.Barrier(len(DECISIONS))
        threads = [Decision(what, Submission.objects.get(pk=submission.pk), editors[what], start) for what in DECISIONS]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [thread.fault for thread in threads if thread.fault] == []
        (winner,) = [thread for thread in threads if thread.refusal is None]
        at = submission.events.first().at
        told = f"Nothing was done: “{STATES[winner.what]}”, by {winner.by}, {at:%Y-%m-%d %H:%M} UTC."
        assert [thread.refusal.messages for thread in threads if thread.refusal] == [[told]] * 2
        assert story(submission) == [*before, winner.what]
        assert letters(submission)[-1] == (LETTERS[winner.what], "ana@example.org")
        assert Idea.objects.count() - ideas == (winner.what == "accepted")


def read(readers, title: str) -> Submission:
    """One that both advise to accept."""
    submission = in_review(readers=readers, title=title)
    for review in submission.reviews.all():
        advise(review)
    return submission
