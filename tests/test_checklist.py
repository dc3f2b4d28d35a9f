"""The publication checklist on the opening collection: everything in it could be published as it stands."""

import pytest

from catalogue.models import Idea

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("collection")]


def test_every_idea_of_the_collection_passes_the_checklist():
    ideas = Idea.objects.select_related("story").prefetch_related("themes", "topics", "audiences", "citations")
    assert {idea.slug: idea.missing() for idea in ideas if idea.missing()} == {}
    assert len(ideas) == Idea.objects.published().count() == 367


def test_advice_names_what_the_collection_does_not_know():
    ideas = Idea.objects.prefetch_related("evidence")
    fields = {field for idea in ideas for field, _sentence in idea.wanting()}
    # Nobody has verified any of them yet; some years and some evidence aren't known.
    assert fields == {"evidence", "started", "last_verified"}
