"""The rules that data must obey, each held by the database under a name."""

import pytest
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction
from django.utils import timezone

from catalogue.models import Adaptation, City, Edition, Evidence, Idea, Organisation, Page, Redirect, Resource, Topic
from catalogue.models.guard import unguarded
from tests.factories import make_city, make_idea, make_organisation

pytestmark = pytest.mark.django_db

IDEA, CITY = {"title": "x", "slug": "x"}, {"name": "x", "slug": "x", "country": "CA"}
PUBLISHED = {"status": "published", "first_published": timezone.now()}


@pytest.mark.parametrize(
    ("constraint", "model", "values"),
    [
        ("idea_has_a_title", Idea, IDEA | {"title": ""}),
        ("idea_started_in_range", Idea, IDEA | {"started": 1799}),
        ("idea_ended_in_range", Idea, IDEA | {"ended": 2101}),
        ("idea_profiled_in_range", Idea, IDEA | {"profiled_year": 3000}),
        ("idea_ends_after_it_started", Idea, IDEA | {"started": 2010, "ended": 2009}),
        ("idea_status_is_known", Idea, IDEA | {"status": "lost"}),
        ("idea_scheduled_has_a_time", Idea, IDEA | {"status": "scheduled"}),
        ("idea_published_has_a_date", Idea, IDEA | {"status": "published"}),
        ("idea_withdrawn_has_a_reason", Idea, IDEA | PUBLISHED | {"status": "withdrawn"}),
        ("idea_versions_begin_at_one", Idea, IDEA | {"versions_from": 0}),
        ("idea_merged_has_a_target", Idea, IDEA | {"status": "merged"}),
        ("city_has_a_name", City, CITY | {"name": ""}),
        ("city_country_has_two_letters", City, CITY | {"country": "C"}),
        ("city_coordinates_come_in_pairs", City, CITY | {"latitude": 1.0}),
        ("city_coordinates_come_in_pairs", City, CITY | {"latitude": 91.0, "longitude": 1.0}),
        ("organisation_has_a_name", Organisation, {"name": "", "slug": "x"}),
        ("organisation_sector_is_known", Organisation, {"name": "x", "slug": "x", "sector": "mafia"}),
        ("topic_has_an_english_name", Topic, {"slug": "x", "name": {"fr": "x"}}),
        ("resource_has_a_title", Resource, {"title": "", "url": "https://x.example/"}),
        ("resource_kind_is_known", Resource, {"title": "x", "url": "https://x.example/", "type": "rumour"}),
        ("resource_is_on_the_web", Resource, {"title": "x", "url": "javascript:alert(1)"}),
        ("adaptation_has_an_idea", Adaptation, {"from_country": "CA", "country": "CA"}),
        ("page_path_is_a_folder", Page, {"path": "/about", "title": "x"}),
        ("page_has_a_title", Page, {"path": "/about/", "title": ""}),
        ("redirect_path_is_a_folder", Redirect, {"path": "x/"}),
        ("redirect_leaves_its_path", Redirect, {"path": "/x/", "to": "/x/"}),
    ],
)
def test_constraint_refuses(constraint, model, values):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), unguarded():
        # Past every check in Python, which is what constraints are for.
        model(**values).save_base(raw=True, force_insert=True)


def test_summary_longer_than_450_characters_is_refused():
    # PostgreSQL's column refuses it by its type, before idea_summary_is_short can; SQLite's knows no length.
    with pytest.raises((IntegrityError, DataError)), transaction.atomic(), unguarded():
        Idea(**IDEA, summary="x" * 451).save_base(raw=True, force_insert=True)


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("adaptation_goes_somewhere", {}),
        ("adaptation_state_is_known", {"country": "CA", "state": "lost"}),
        ("adaptation_year_in_range", {"country": "CA", "year": 1500}),
    ],
)
def test_adaptation_constraint_refuses(constraint, values):
    idea = make_idea()
    with pytest.raises(IntegrityError, match=constraint), Edition.act():
        Adaptation.objects.create(idea=idea, **values)


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("evidence_criterion_is_known", {"criterion": "cheap", "claim": "x"}),
        ("evidence_kind_is_known", {"criterion": "practical", "claim": "x", "basis": "guessed"}),
        ("evidence_claims_something", {"criterion": "practical", "claim": ""}),
        ("evidence_year_in_range", {"criterion": "practical", "claim": "x", "year": 1500}),
    ],
)
def test_evidence_constraint_refuses(constraint, values):
    idea = make_idea()
    with pytest.raises(IntegrityError, match=constraint), Edition.act():
        Evidence.objects.create(idea=idea, **values)


def test_idea_may_not_merge_into_itself():
    idea = make_idea()
    idea.status, idea.merged_into = Idea.Status.MERGED, idea
    with pytest.raises(IntegrityError, match="idea_merged_into_another"), Edition.act():
        idea.save()


def test_adaptation_may_not_lead_back_to_its_own_idea():
    idea = make_idea()
    with pytest.raises(IntegrityError, match="adaptation_goes_elsewhere"), Edition.act():
        Adaptation.objects.create(idea=idea, became=idea)


def test_adaptation_without_an_idea_needs_a_place_that_it_came_from():
    idea = make_idea()
    with pytest.raises(IntegrityError, match="adaptation_comes_from_somewhere"), Edition.act():
        Adaptation.objects.create(became=idea)


def test_redirect_has_one_target_at_most():
    idea = make_idea()
    with pytest.raises(IntegrityError, match="redirect_has_one_target"), Edition.act():
        Redirect.objects.create(path="/x/", idea=idea, city=idea.city)


@pytest.mark.parametrize("make", [make_city, make_organisation])
def test_same_noun_is_listed_once(make):
    make(name="Twice", **({} if make is make_city else {"city": make_city()}))
    same = {"name": "Twice"} if make is make_city else {"name": "Twice", "city": City.objects.get()}
    with pytest.raises(IntegrityError):
        make(**same)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"started": timezone.now().year + 2}, "started"),
        ({"started": 1700}, "started"),
        ({"started": 2010, "ended": 2009}, "ended"),
    ],
)
def test_idea_clean_says_what_is_wrong_with_a_year(values, field):
    with pytest.raises(ValidationError) as refused:
        Idea(title="x", **values).clean()
    assert list(refused.value.message_dict) == [field]


def test_city_clean_asks_for_both_coordinates():
    with pytest.raises(ValidationError) as refused:
        City(name="x", country="CA", latitude=1.0).clean()
    assert list(refused.value.message_dict) == ["longitude"]


def test_city_of_an_unknown_country_is_refused():
    with pytest.raises(ValidationError, match="not a country"):
        City(name="x", slug="x", country="QQ").full_clean()


def test_new_idea_is_numbered_after_those_kept_for_the_opening_collection():
    assert make_idea().pk > 1000


def test_criteria_flags_are_true_exactly_when_evidence_is_held():
    from catalogue import index

    idea = make_idea(criteria=["practical", "successful", "successful"])
    expected = {"practical": True, "innovative": False, "successful": True, "transferable": False}
    assert index.current().criteria_of(idea.pk) == expected
    with Edition.act(why="it was no success"):
        for row in idea.evidence.filter(criterion="successful"):
            row.delete()
    assert index.current().criteria_of(idea.pk) == expected | {"successful": False}
