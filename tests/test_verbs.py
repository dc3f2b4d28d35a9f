"""The verbs of an idea: what each does in one act, what it refuses, and the checklist before publication."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from catalogue import index
from catalogue.models import Act, Audience, Change, Edition, Evidence, Idea, Kind, Revision, Theme, Topic
from tests.factories import make_adaptation, make_city, make_complete_idea, make_resource, make_term

pytestmark = pytest.mark.django_db

Status = Idea.Status
TOMORROW = timedelta(days=1)


def edition():
    return Edition.current()


def refused(verb, *args, **kwargs) -> dict[str, list[str]]:
    """What a verb refuses with, by field; and that it wrote nothing."""
    before = (edition(), Act.objects.count())
    with pytest.raises(ValidationError) as fault:
        verb(*args, **kwargs)
    assert (edition(), Act.objects.count()) == before
    return fault.value.message_dict


def merged_idea():
    idea = make_complete_idea()
    idea.merge_into(make_complete_idea(title="The other"))
    return idea


def withdrawn_idea():
    idea = make_complete_idea()
    idea.withdraw(reason="A pause.")
    return idea


def scheduled_idea(**values):
    idea = make_complete_idea(status=Status.DRAFT, **values)
    idea.schedule(timezone.now() + TOMORROW)
    return idea


# Publishing


def test_publish_shows_a_draft_in_one_edition_with_one_line_of_history(django_user_model):
    mira = django_user_model.objects.create_user("mira")
    idea = make_complete_idea(status=Status.DRAFT)
    before = edition()
    idea.publish(by=mira, why="it is ready")
    assert edition() == before + 1
    assert Change.since(before) == [(Kind.IDEA, idea.pk)]
    revision = Revision.objects.first()
    assert (revision.act.by, revision.act.why) == (mira, "it is ready")
    assert revision.changed["status"] == ("draft", "published")
    assert list(index.current().ids) == [idea.pk]


def test_publish_tells_everything_that_is_missing_at_once():
    with Edition.act():
        idea = Idea.objects.create(title="Bare")
    assert list(refused(idea.publish)) == [
        "summary",
        "body",
        "city",
        "organisation",
        "themes",
        "topics",
        "audiences",
        "citations",
    ]
    assert Idea.objects.get().status == Status.DRAFT


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"summary": " "}, "summary"),
        ({"body": "\n"}, "body"),
        ({"city": None, "organisation": None}, "organisation"),
        ({"themes": []}, "themes"),
        ({"topics": []}, "topics"),
        ({"audiences": []}, "audiences"),
    ],
)
def test_publish_refuses_without(values, field):
    idea = make_complete_idea(status=Status.DRAFT, **values)
    assert field in refused(idea.publish)


def test_publish_takes_an_idea_that_says_it_belongs_to_no_city():
    draft = make_complete_idea(status=Status.DRAFT)
    idea = make_complete_idea(status=Status.DRAFT, city=None, organisation=draft.organisation)
    assert list(refused(idea.publish)) == ["city"]
    with Edition.act():
        idea.placeless = True
        idea.save()
    idea.publish()
    assert idea.is_published


def test_idea_with_a_city_can_not_say_that_it_has_none():
    with pytest.raises(ValidationError) as fault:
        Idea(title="x", city=make_city(), placeless=True).clean()
    assert list(fault.value.message_dict) == ["placeless"]


def test_publish_refuses_what_is_published_or_merged():
    assert refused(make_complete_idea().publish) == {"status": ["It is published already."]}
    assert refused(merged_idea().publish) == {"status": ["It was merged into “The other” and can’t be published."]}


def test_publish_takes_a_given_date_once():
    day = datetime(2020, 1, 1, tzinfo=UTC)
    idea = make_complete_idea(status=Status.DRAFT)
    idea.publish(at=day)
    idea.withdraw(reason="A pause.")
    idea.publish(at=timezone.now())
    assert Idea.objects.get().first_published == day


def test_wanting_is_advice_and_no_obstacle():
    idea = make_complete_idea(status=Status.DRAFT, criteria=["practical", "successful"])
    assert idea.missing() == []
    assert idea.wanting() == [
        ("evidence", "No evidence is recorded that it is innovative or transferable."),
        ("started", "The year in which it began isn’t known."),
        ("last_verified", "Nobody has verified it yet."),
    ]
    idea = make_complete_idea(
        criteria=["practical", "innovative", "successful", "transferable"],
        started=2001,
        last_verified=timezone.localdate() - timedelta(days=366),
    )
    assert idea.wanting() == [("last_verified", "Nobody has verified it for a year.")]
    idea.verify()
    assert idea.wanting() == []


def test_checklist_asks_nothing_of_rows_that_were_prefetched(django_assert_num_queries):
    make_complete_idea(criteria=["practical"])
    prefetched = Idea.objects.select_related("story").prefetch_related(
        "themes", "topics", "audiences", "citations", "evidence"
    )
    (idea,) = prefetched
    with django_assert_num_queries(0):
        assert (idea.missing(), len(idea.wanting())) == ([], 3)


# Scheduling


def test_schedule_moves_only_the_draft():
    idea = make_complete_idea(status=Status.DRAFT)
    before, at = edition(), timezone.now() + TOMORROW
    idea.schedule(at)
    idea.schedule(at + TOMORROW, why="later")
    assert (idea.status, idea.publish_at, edition()) == (Status.SCHEDULED, at + TOMORROW, before)
    idea.unschedule()
    assert (Idea.objects.get().status, Idea.objects.get().publish_at, edition()) == (Status.DRAFT, None, before)
    assert [act.why for act in Act.objects.all()[:2]] == ["no longer scheduled", "later"]


def test_schedule_refuses_a_time_that_is_past():
    idea = make_complete_idea(status=Status.DRAFT)
    assert list(refused(idea.schedule, timezone.now() - TOMORROW)) == ["publish_at"]


def test_schedule_refuses_a_time_without_its_zone():
    idea = make_complete_idea(status=Status.DRAFT)
    assert list(refused(idea.schedule, datetime(2100, 1, 1))) == ["publish_at"]


def test_schedule_refuses_what_is_incomplete():
    idea = make_complete_idea(status=Status.DRAFT, summary="", topics=[])
    assert list(refused(idea.schedule, timezone.now() + TOMORROW)) == ["summary", "topics"]


@pytest.mark.parametrize("make", [make_complete_idea, withdrawn_idea, merged_idea])
def test_schedule_refuses_all_but_a_draft(make):
    assert list(refused(make().schedule, timezone.now() + TOMORROW)) == ["status"]


def test_unschedule_refuses_what_is_not_scheduled():
    assert list(refused(make_complete_idea(status=Status.DRAFT).unschedule)) == ["status"]


def test_publish_takes_a_scheduled_idea_at_once():
    idea = scheduled_idea()
    idea.publish()
    assert (idea.status, Idea.objects.get().publish_at) == (Status.PUBLISHED, None)


# Ending, verifying, featuring


def test_end_keeps_the_idea_public():
    idea = make_complete_idea(started=2000)
    before = edition()
    idea.end(2010)
    assert (Idea.objects.get().ended, edition(), list(index.current().ids)) == (2010, before + 1, [idea.pk])


@pytest.mark.parametrize("year", [None, 0, 1700, 1999, 2100])
def test_end_refuses_a_year_that_can_not_be(year):
    assert list(refused(make_complete_idea(started=2000).end, year)) == ["ended"]


def test_verify_says_the_day():
    idea = make_complete_idea()
    idea.verify()
    assert Idea.objects.get().last_verified == timezone.localdate()
    idea.verify(on=date(2020, 2, 3))
    assert Idea.objects.get().last_verified == date(2020, 2, 3)
    assert list(refused(idea.verify, on=timezone.localdate() + TOMORROW)) == ["last_verified"]


@pytest.mark.parametrize("make", [withdrawn_idea, merged_idea])
def test_end_and_verify_refuse_what_is_gone(make):
    idea = make()
    assert list(refused(idea.end, 2010)) == list(refused(idea.verify)) == ["status"]


def test_feature_takes_published_ideas_only():
    idea = make_complete_idea()
    idea.feature()
    assert Idea.objects.get().featured is True
    acts = Act.objects.count()
    idea.feature()
    assert Act.objects.count() == acts
    idea.feature(False)
    assert Idea.objects.get().featured is False
    assert list(refused(make_complete_idea(status=Status.DRAFT).feature)) == ["featured"]


def test_withdraw_refuses_without_a_reason_or_what_is_not_published():
    assert list(refused(make_complete_idea().withdraw, reason=" ")) == ["withdrawn_reason"]
    assert list(refused(make_complete_idea(status=Status.DRAFT).withdraw, reason="Why not?")) == ["status"]


# What somebody else wrote meanwhile


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [
        ("withdraw", {"reason": "A pause."}),
        ("end", {"year": 2015}),
        ("verify", {}),
        ("feature", {}),
    ],
)
def test_verb_on_a_stale_instance_keeps_what_another_wrote(verb, arguments):
    stale = make_complete_idea(title="Before")
    fresh = Idea.objects.get()
    with Edition.act():
        fresh.title = "After"
        fresh.save()
    getattr(stale, verb)(**arguments)
    assert (Idea.objects.get().title, stale.title) == ("After", "After")


def test_verb_on_a_stale_instance_rests_on_the_present_status():
    stale = make_complete_idea()
    Idea.objects.get().withdraw(reason="A pause.")
    assert list(refused(stale.withdraw, reason="Another.")) == ["status"]
    assert Idea.objects.get().withdrawn_reason == "A pause."


def test_verb_on_what_was_taken_away_refuses():
    draft = make_complete_idea(status=Status.DRAFT)
    with Edition.act():
        Idea.objects.get().delete()
    with pytest.raises(ValidationError, match="no longer there"):
        draft.verify()


# Many at once


def test_bulk_verbs_are_one_act_each():
    ideas = [make_complete_idea(status=Status.DRAFT) for _ in range(3)]
    chosen = Idea.objects.filter(pk__in=[idea.pk for idea in ideas])
    for act in (
        lambda: chosen.publish(why="the new ones"),
        lambda: chosen.verify(),
        lambda: chosen.feature(),
        lambda: chosen.feature(False),
        lambda: chosen.tag(add=[make_term(Theme, "live")], remove=[Theme.objects.get(slug="work")]),
    ):
        make_term(Theme, "live")
        before, acts = edition(), Act.objects.count()
        assert act() == 3
        assert (edition(), Act.objects.count()) == (before + 1, acts + 1)
        assert Change.since(before) == [(Kind.IDEA, idea.pk) for idea in ideas]


def test_bulk_publish_is_all_or_nothing_and_tells_every_fault():
    good = make_complete_idea(status=Status.DRAFT)
    make_complete_idea(status=Status.DRAFT, title="Thin", summary="", topics=[])
    make_complete_idea(title="Out")
    before, acts = edition(), Act.objects.count()
    with pytest.raises(ValidationError) as fault:
        Idea.objects.all().publish()
    assert fault.value.messages == [
        "“Thin”: Give it a summary.",
        "“Thin”: Choose at least one topic.",
        "“Out”: It is published already.",
    ]
    assert (edition(), Act.objects.count()) == (before, acts)
    good.refresh_from_db()
    assert good.status == Status.DRAFT


def test_bulk_publish_that_is_refused_inside_an_act_leaves_nothing_there():
    make_complete_idea(status=Status.DRAFT)
    make_complete_idea(status=Status.DRAFT, summary="")
    with Edition.act(why="more than this"):
        with pytest.raises(ValidationError):
            Idea.objects.all().publish()
        city = make_city()
    assert Idea.objects.published().count() == 0
    assert Revision.objects.filter(act=Act.objects.first()).get().object_id == city.pk


def test_tag_files_by_each_terms_kind():
    ideas = [make_complete_idea(), make_complete_idea(status=Status.DRAFT)]
    sport, women = make_term(Topic, "sport"), make_term(Audience, "women")
    Idea.objects.all().tag(add=[sport, women], remove=[Topic.objects.get(slug="mentoring")])
    for idea in ideas:
        assert [topic.slug for topic in idea.topics.all()] == ["sport"]
        assert sorted(audience.slug for audience in idea.audiences.all()) == ["refugees", "women"]
    assert Act.objects.first().why == "filed +Sport, +Women, −Mentoring"
    assert list(index.current()["topic"].values) == ["sport"]


def test_tag_leaves_no_published_idea_without_a_topic():
    make_complete_idea(title="Out")
    make_complete_idea(title="Draft", status=Status.DRAFT)
    with pytest.raises(ValidationError) as fault:
        Idea.objects.all().tag(remove=[Topic.objects.get()])
    assert fault.value.messages == ["“Out”: Choose at least one topic."]
    assert Topic.objects.get().ideas.count() == 2


def test_bulk_verbs_are_not_on_the_manager():
    for verb in ("publish", "verify", "feature", "tag"):
        assert not hasattr(Idea.objects, verb)


# Where the public side used to move unseen


def test_city_of_a_public_organisation_is_public():
    idea = make_complete_idea()
    elsewhere = make_city(name="Elsewhere")
    with Edition.act():
        idea.organisation.city = elsewhere
        idea.organisation.save()
    before = edition()
    with Edition.act():
        elsewhere.name = "Renamed"
        elsewhere.save()
    assert edition() == before + 1


def test_journey_says_nothing_of_the_draft_that_it_became(client):
    idea, draft = make_complete_idea(), make_complete_idea(status=Status.DRAFT, city=make_city(name="Hiddenville"))
    journey = make_adaptation(idea=idea, became=draft)
    assert (journey.is_public, index.current().travels_of(idea.pk)) == (False, 0)
    assert "Hiddenville" not in client.get(idea.get_absolute_url()).content.decode()
    draft.publish()
    assert (journey.is_public, index.current().travels_of(idea.pk)) == (True, 1)
    assert "Hiddenville" in client.get(idea.get_absolute_url()).content.decode()


def test_evidence_may_be_recorded_after_publication():
    idea = make_complete_idea(sources=[make_resource()])
    with Edition.act():
        Evidence.objects.create(idea=idea, criterion="practical", claim="It runs.")
    assert idea.wanting()[0][1] == "No evidence is recorded that it is innovative, successful or transferable."
