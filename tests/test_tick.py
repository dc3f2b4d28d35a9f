"""What falls due by the clock: publication at a set time, and that a fault or a second tick harms nothing."""

import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.utils import timezone

from catalogue import duties, index
from catalogue.models import Act, Change, Edition, Idea, Kind
from tests.factories import make_complete_idea

pytestmark = pytest.mark.django_db

Status = Idea.Status


def make_scheduled(minutes: int, **values) -> Idea:
    """Scheduled for so many minutes from now."""
    idea = make_complete_idea(status=Status.DRAFT, **values)
    idea.schedule(timezone.now() + timedelta(minutes=minutes))
    return idea


def in_minutes(minutes: int):
    return timezone.now() + timedelta(minutes=minutes)


def test_tick_publishes_what_is_due_and_nothing_else():
    due, later = make_scheduled(1), make_scheduled(60)
    make_complete_idea(status=Status.DRAFT)
    before, now = Edition.current(), in_minutes(2)
    assert list(duties.perform(now)) == [f"Published: {due}"]
    assert Edition.current() == before + 1
    assert Change.since(before) == [(Kind.IDEA, due.pk)]
    assert Act.objects.first().why == "scheduled"
    assert Act.objects.first().by is None
    due.refresh_from_db()
    assert (due.status, due.first_published, due.publish_at) == (Status.PUBLISHED, now, None)
    assert list(index.current().ids) == [due.pk]
    later.refresh_from_db()
    assert later.status == Status.SCHEDULED
    assert list(duties.perform(now)) == []


def test_tick_publishes_in_the_order_of_the_times_each_in_its_own_act():
    last, first = make_scheduled(2), make_scheduled(1)
    before = Edition.current()
    assert list(duties.perform(in_minutes(3))) == [f"Published: {first}", f"Published: {last}"]
    assert Edition.current() == before + 2


def test_tick_sends_an_incomplete_idea_back_and_publishes_the_others(caplog):
    thin, good = make_scheduled(1, title="Thin"), make_scheduled(2)
    with Edition.act(why="cut too much"):
        thin.summary = ""
        thin.save()
    assert list(duties.perform(in_minutes(3))) == ["Back to draft: Thin. Give it a summary.", f"Published: {good}"]
    thin.refresh_from_db()
    assert (thin.status, thin.publish_at) == (Status.DRAFT, None)
    assert [act.why for act in Act.objects.all()[:2]] == [
        "scheduled",
        "not published when it was due: Give it a summary.",
    ]
    assert [record.message for record in caplog.records] == [
        f"Idea {thin.pk}, “Thin”, was not published when it was due: Give it a summary."
    ]


def test_tick_command_says_what_it_did():
    idea = make_scheduled(1)
    with Edition.act():
        idea.publish_at = timezone.now()
        idea.save()
    out = StringIO()
    call_command("tick", stdout=out)
    assert out.getvalue() == f"Published: {idea}\n"
    out = StringIO()
    call_command("tick", stdout=out)
    assert out.getvalue() == ""


def test_tick_does_every_duty_and_then_fails_with_the_first_fault(monkeypatch, caplog):
    def fail(now):
        raise RuntimeError("no mail")
        yield

    idea = make_scheduled(1)
    monkeypatch.setattr(duties, "DUTIES", [fail, *duties.DUTIES])
    said = []
    with pytest.raises(RuntimeError, match="no mail"):
        said.extend(duties.perform(in_minutes(2)))
    assert said == [f"Published: {idea}"]
    assert [record.message for record in caplog.records] == ["The duty fail failed."]


@pytest.mark.django_db(transaction=True)
def test_two_ticks_at_once_publish_each_idea_once():
    ideas = [make_scheduled(1) for _ in range(6)]
    before, acts = Edition.current(), Act.objects.count()
    said, faults = [], []
    begin = threading.Barrier(3)

    def tick():
        try:
            begin.wait()
            said.extend(duties.perform(in_minutes(2)))
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=tick) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert sorted(said) == sorted(f"Published: {idea}" for idea in ideas)
    assert (Edition.current(), Act.objects.count()) == (before + 6, acts + 6)


@pytest.mark.django_db(transaction=True)
def test_tick_passes_over_an_idea_that_another_has_in_hand():
    if connection.vendor != "postgresql":
        return  # SQLite lets in one writer at a time: nobody can have an idea in hand while a tick runs.
    idea = make_scheduled(1)
    held, let_go = threading.Event(), threading.Event()

    def hold():
        try:
            with transaction.atomic():
                Idea.objects.select_for_update().get(pk=idea.pk)
                held.set()
                let_go.wait(20)
        finally:
            connections.close_all()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(20)
    assert list(duties.perform(in_minutes(2))) == []
    let_go.set()
    thread.join()
    assert list(duties.perform(in_minutes(2))) == [f"Published: {idea}"]
