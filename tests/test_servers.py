"""Real servers: each tells at once what another published, and what was thanked for is stored though one is killed."""

import pytest

from benchmarks.freshness import missed
from benchmarks.thanks import Outcome, tried
from catalogue.models import Idea
from tests.factories import make_idea


@pytest.mark.django_db(transaction=True)
def test_servers_tell_of_a_change_in_their_very_next_answer():
    make_idea(title="Another")
    assert missed(times=15) == []
    assert list(Idea.objects.published().values_list("title", flat=True)) == ["Another"]


@pytest.mark.django_db(transaction=True)
def test_what_was_thanked_for_is_stored_once_though_the_server_is_killed():
    outcome = tried(number=16, kills=2)
    assert outcome == Outcome(thanked=16, lost=[], doubled=[], again=outcome.again)
    assert outcome.again > 0
