"""Several servers of one catalogue: what is published through one is in the very next answer of the others."""

import pytest

from benchmarks.freshness import missed
from catalogue.models import Idea
from tests.factories import make_idea


@pytest.mark.django_db(transaction=True)
def test_servers_tell_of_a_change_in_their_very_next_answer():
    make_idea(title="Another")
    assert missed(times=30) == []
    assert list(Idea.objects.published().values_list("title", flat=True)) == ["Another"]
