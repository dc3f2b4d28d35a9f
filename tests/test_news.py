"""When an idea last said something new to readers: what feeds, sitemaps and exports date it by."""

from datetime import UTC, date, datetime

import pytest

from catalogue.models import Act, Edition, Evidence, Idea, Revision
from catalogue.models.edition import Kind
from tests.factories import make_assessment, make_city, make_complete_idea, make_idea, make_resource

pytestmark = pytest.mark.django_db
THEN = datetime(2020, 5, 17, 12, 30, tzinfo=UTC)


@pytest.fixture
def idea():
    return make_complete_idea(title="Naan in the park", first_published=THEN)


def updated(idea) -> datetime:
    return Idea.objects.dated().get(pk=idea.pk).updated


def change(idea, **values):
    idea = Idea.objects.get(pk=idea.pk)
    with Edition.act():
        for name, value in values.items():
            setattr(idea, name, value)
        idea.save()


def add_evidence(idea):
    with Edition.act():
        Evidence.objects.create(idea=idea, criterion="successful", claim="Forty families came.")


def add_source(idea):
    with Edition.act():
        idea.citations.create(resource=make_resource(), position=2)


def read_it(idea):
    make_assessment(idea=idea)


def write_body(idea):
    with Edition.act():
        idea.story.text = "## What came of it\n\nMore."
        idea.story.save()


def withdraw_and_publish_again(idea):
    idea.withdraw(reason="Under review")
    idea.publish()


NEWS = [
    lambda idea: change(idea, title="Naan and more"),
    lambda idea: change(idea, summary="Bread, daily."),
    lambda idea: change(idea, city=make_city()),
    lambda idea: change(idea, partners=["TRIEC"]),
    lambda idea: idea.end(2021),
    write_body,
    add_evidence,
    add_source,
    read_it,
    withdraw_and_publish_again,
]
NO_NEWS = [
    lambda idea: idea.verify(on=date(2021, 1, 1)),
    lambda idea: idea.feature(),
    lambda idea: change(idea, slug="bread-in-the-park"),
    lambda idea: change(idea, profiled_year=2011),
    lambda idea: Idea.objects.filter(pk=idea.pk).tag(add=[make_idea(topics=["sport"]).topics.get()]),
    lambda idea: change(idea),
]


@pytest.mark.parametrize("act", NEWS)
def test_idea_is_dated_by_what_readers_would_care_about(idea, act):
    act(idea)
    assert updated(idea) == Act.objects.latest("pk").at


@pytest.mark.parametrize("act", NO_NEWS)
def test_idea_keeps_its_date_when_nothing_new_is_said(idea, act):
    act(idea)
    assert updated(idea) == THEN


def test_idea_keeps_its_date_when_its_city_is_called_otherwise(idea):
    with Edition.act():
        idea.city.name = "Tkaronto"
        idea.city.save()
    assert updated(idea) == THEN


def test_nothing_is_news_of_an_idea_that_nobody_could_read(db):
    draft = make_complete_idea(status=Idea.Status.DRAFT)
    change(draft, title="Another title")
    draft.publish(at=THEN)
    assert updated(draft) == THEN
    assert not Revision.objects.filter(kind=Kind.IDEA, is_news=True).exists()
