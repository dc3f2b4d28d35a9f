"""A rolling restart: two real servers end and come back in turn, and nobody who reads or proposes notices."""

import pytest

from benchmarks.rolling import tried
from catalogue.models import Submission
from tests.factories import make_idea


@pytest.mark.django_db(transaction=True)
def test_rolling_restart_drops_no_request_and_no_form():
    make_idea(title="Mentoring")
    outcome = tried(rounds=1)
    assert outcome.faults == []
    assert outcome.restarts == 2
    assert min(outcome.read, outcome.proposed) > 10
    assert Submission.objects.count() == 0
