"""Acts, editions, the change log, history, and the one door."""

import threading

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection, connections
from django.utils import timezone

from catalogue.models import Act, Change, City, Edition, Evidence, Idea, Kind, Revision, Topic
from catalogue.models.guard import unguarded
from catalogue.models.noun import OutsideAct
from tests.factories import make_adaptation, make_city, make_idea, make_organisation, make_term

pytestmark = pytest.mark.django_db


def edition():
    return Edition.current()


def test_act_that_the_public_sees_makes_one_edition_and_logs_what_changed():
    idea = make_idea()
    before = edition()
    with Edition.act(why="a better title") as act:
        idea.title = "Better"
        idea.save()
        idea.summary = "And shorter."
        idea.save()
    assert edition() == before + 1 == act.edition
    assert Change.since(before) == [(Kind.IDEA, idea.pk)]


def test_act_on_a_draft_makes_history_but_no_edition():
    draft = make_idea(status=Idea.Status.DRAFT)
    before = edition()
    with Edition.act(why="still thinking"):
        draft.title = "Perhaps"
        draft.save()
    assert edition() == before
    assert Act.objects.first().why == "still thinking"
    assert Act.objects.first().edition is None


def test_act_that_changes_nothing_leaves_no_trace():
    idea = make_idea()
    acts, before = Act.objects.count(), edition()
    with Edition.act(why="saved again"):
        idea.save()
    assert (Act.objects.count(), edition()) == (acts, before)


def test_act_on_a_city_that_no_published_idea_uses_makes_no_edition():
    city = make_city(name="Quiet")
    before = edition()
    with Edition.act():
        city.region = "Nowhere"
        city.save()
    assert edition() == before
    make_idea(city=city)
    before = edition()
    with Edition.act():
        city.region = "Ontario"
        city.save()
    assert edition() == before + 1


def test_act_that_fails_undoes_everything():
    idea = make_idea(title="Before")
    acts, before = Act.objects.count(), edition()

    def fail_half_way():
        with Edition.act():
            idea.title = "After"
            idea.save()
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        fail_half_way()
    assert Idea.objects.get().title == "Before"
    assert (Act.objects.count(), edition()) == (acts, before)


def test_act_inside_an_act_joins_it():
    city = make_city()
    make_idea(city=city)
    before, acts = edition(), Act.objects.count()
    with Edition.act(why="outer"):
        city.region = "One"
        city.save()
        with Edition.act(why="inner"):
            make_idea(city=city)
    assert edition() == before + 1
    assert Act.objects.count() == acts + 1
    assert Act.objects.first().why == "outer"


def test_history_says_who_when_why_and_what_was_different(django_user_model):
    editor = django_user_model.objects.create_user("mira")
    mentoring, sport = make_term(Topic, "mentoring"), make_term(Topic, "sport")
    idea = make_idea(topics=["mentoring"], title="Before")
    with Edition.act(by=editor, why="its new name") as act:
        act.watch(idea)
        idea.title = "After"
        idea.save()
        idea.topics.add(sport)
    revision = Revision.objects.first()
    assert (revision.act.by, revision.act.by_name, revision.act.why) == (editor, "mira", "its new name")
    assert (timezone.now() - revision.act.at).total_seconds() < 60
    assert revision.changed == {"title": ("Before", "After"), "topics": ([mentoring.pk], [mentoring.pk, sport.pk])}


def test_history_of_an_idea_holds_its_evidence_and_text():
    idea = make_idea(criteria=["practical"])
    with Edition.act():
        Evidence.objects.create(idea=idea, criterion="successful", claim="It was counted.")
        idea.story.text = "Another text."
        idea.story.save()
    changed = Revision.objects.first().changed
    assert set(changed) == {"evidence", "body"}
    assert [row["criterion"] for row in changed["evidence"][1]] == ["practical", "successful"]


def test_history_outlives_the_account(django_user_model):
    editor = django_user_model.objects.create_user("mira")
    with Edition.act(by=editor):
        make_city()
    editor.delete()
    assert Act.objects.first().by_name == "mira"


@pytest.mark.parametrize(
    "write",
    [
        lambda idea: idea.save(),
        lambda idea: idea.delete(),
        lambda idea: Idea.objects.update(title="x"),
        lambda idea: Idea.objects.filter(pk=idea.pk).delete(),
        lambda idea: Idea.objects.bulk_update([idea], ["title"]),
        lambda idea: City.objects.bulk_create([City(name="x", slug="x", country="CA")]),
        lambda idea: idea.themes.clear(),
        lambda idea: idea.topics.add(Topic.objects.get()),
        lambda idea: idea.evidence.all().delete(),
        lambda idea: connection.cursor().execute("UPDATE catalogue_idea SET title = 'x'"),
    ],
    ids="save delete update delete-query bulk_update bulk_create clear add delete-part sql".split(),
)
def test_writing_outside_an_act_is_refused(write):
    idea = make_idea(criteria=["practical"], topics=["sport"])
    make_idea(topics=[])
    with pytest.raises(OutsideAct):
        write(Idea.objects.get(pk=idea.pk))


def test_what_is_not_public_is_written_freely(django_user_model):
    django_user_model.objects.create_user("mira").delete()


def test_flush_goes_round_the_door():
    make_idea()
    with unguarded():
        Evidence.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_flush_command_empties_the_database():
    make_idea()
    call_command("flush", interactive=False, verbosity=0)
    assert (Idea.objects.count(), Edition.current()) == (0, 0)
    # 1 to 1000 stay the opening collection's.
    assert make_idea().pk > 1000
    assert Edition.current() == 1
    assert Group.objects.get(name="Editors").permissions.exists()


def test_adaptation_moves_the_public_side_only_when_shown():
    idea, city = make_idea(), make_city()
    before = edition()
    hidden = make_adaptation(idea=idea, city=city, shown=False)
    assert edition() == before
    with Edition.act():
        hidden.shown = True
        hidden.save()
    assert edition() == before + 1


WRITERS, ACTS = 4, 500


@pytest.mark.django_db(transaction=True)
def test_two_thousand_acts_at_once_skip_and_share_no_number():
    """Several writers and a reader that catches up by the log alone: it misses nothing and sees no number twice."""
    if connection.vendor != "postgresql":
        writers, acts = 2, 100  # SQLite writes one at a time whoever asks; a hundred show as much as a thousand.
    else:
        writers, acts = WRITERS, ACTS
    city = make_city()
    ideas = [make_idea(city=city, organisation=make_organisation(city=city)) for _ in range(writers)]
    start, faults = Edition.current(), []
    done = threading.Event()

    def write(idea):
        try:
            for number in range(acts):
                with Edition.act(why=f"{idea.pk} {number}"):
                    idea.started = 1900 + number % 100
                    idea.save()
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    seen = []

    def read():
        known = start
        try:
            while True:
                last = done.is_set()
                # The number first, then the log up to it: what commits in between is the next look's.
                number = Edition.current()
                rows = Change.objects.filter(edition__gt=known, edition__lte=number).order_by("edition")
                seen.extend(rows.values_list("edition", "object_id"))
                known = number
                if last:
                    return
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write, args=[idea]) for idea in ideas]
    reader = threading.Thread(target=read)
    for thread in [*threads, reader]:
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    reader.join()
    assert faults == []
    assert Edition.current() == start + writers * acts
    assert [number for number, _idea in seen] == list(range(start + 1, start + writers * acts + 1))
    assert {idea: sum(1 for _n, pk in seen if pk == idea) for _n, idea in seen} == {idea.pk: acts for idea in ideas}
