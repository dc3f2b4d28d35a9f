"""Editors with stale forms and racing saves: every text ends in history, or in a refusal that repeats it."""

import os
import random
import threading
import time
from itertools import pairwise

import pytest
from django.db import connection, connections
from django.test import Client

from catalogue.models import Edition, Idea, Revision
from tests.desk import SAVED, address, editor, errors, fields, send
from tests.factories import make_idea

#: A minute, on demand; in the suite a few seconds show the same.
SECONDS = float(os.environ.get("RACE_SECONDS", 4))
EDITORS = int(os.environ.get("RACE_EDITORS", 6))
IDEAS = 3


class Editor(threading.Thread):
    """Opens forms, dawdles, saves; remembers every text that was sent and what became of it."""

    def __init__(self, client, ideas, until, number):
        super().__init__()
        self.client, self.ideas, self.until = client, ideas, until
        self.random = random.Random(number)
        self.name_of_text = f"text-{number}"
        self.saved, self.repeated, self.lost, self.fault = [], [], [], None
        self.count = 0

    def run(self):
        try:
            while time.monotonic() < self.until:
                self.write_something()
        except Exception as fault:
            self.fault = fault
        finally:
            connections.close_all()

    def write_something(self):
        idea = self.random.choice(self.ideas)
        form = fields(self.client.get(address(idea)))
        self.count += 1
        text = f"{self.name_of_text}-{self.count}"
        # Each writes one field, the same or another than the next; sometimes twice with one click.
        field = self.random.choice(["title", "summary", "body"])
        time.sleep(self.random.random() * 0.05)
        answer = send(self.client, address(idea), form, **{field: text}, why=text)
        if self.random.random() < 0.2:
            send(self.client, address(idea), form, **{field: text}, why=text)
        if answer.status_code == SAVED:
            self.saved.append((idea.pk, field, text))
            return
        shown = fields(answer)
        if shown.get(field) == [text] and errors(answer):
            self.repeated.append(text)
            again = send(self.client, address(idea), shown)
            if again.status_code == SAVED:
                self.saved.append((idea.pk, field, text))
        else:
            self.lost.append((text, answer.status_code))


@pytest.mark.django_db(transaction=True)
def test_no_text_is_lost_however_many_save_at_once():
    ideas = [make_idea(title=f"Idea {n}") for n in range(IDEAS)]
    clients = []
    for number in range(EDITORS):
        client = Client()
        client.force_login(editor(f"editor-{number}", is_superuser=True))
        clients.append(client)
    until = time.monotonic() + SECONDS
    editors = [Editor(client, ideas, until, number) for number, client in enumerate(clients)]
    for one in editors:
        one.start()
    for one in editors:
        one.join()
    assert [one.fault for one in editors if one.fault] == []
    assert [lost for one in editors for lost in one.lost] == []
    saved = [entry for one in editors for entry in one.saved]
    assert saved

    for idea in ideas:
        revisions = list(
            Revision.objects.filter(kind=idea.kind, object_id=idea.pk).order_by("pk").select_related("act")
        )
        # History is a chain: what each saved rests on what the one before had saved, so nothing was written over.
        for before, after in pairwise(revisions):
            assert after.before == before.after
        assert revisions[-1].after == Idea.objects.get(pk=idea.pk).snapshot()
        # Each text stands in exactly one act, and that act changed nothing but the field it was typed into.
        told = {}
        for revision in revisions[1:]:
            told.setdefault(revision.act.why, []).append(revision.changed)
        expected = {text: field for pk, field, text in saved if pk == idea.pk}
        assert set(told) == set(expected)
        for text, changes in told.items():
            (change,) = changes
            assert {name: new for name, (_old, new) in change.items()} == {expected[text]: text}


@pytest.mark.django_db(transaction=True)
def test_a_save_that_waits_too_long_for_another_keeps_its_text(client):
    client.force_login(editor())
    idea = make_idea(title="Before")
    form = fields(client.get(address(idea)))
    writing, done = threading.Event(), threading.Event()

    def write_for_long():
        try:
            with Edition.act(why="long"):
                Idea.objects.get(pk=idea.pk).save()
                writing.set()
                done.wait(20)
        finally:
            connections.close_all()

    other = threading.Thread(target=write_for_long)
    other.start()
    writing.wait(20)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 200" if connection.vendor == "postgresql" else "PRAGMA busy_timeout = 200")
    answer = send(client, address(idea), form, title="My title", why="mine")
    assert errors(answer) == ["Too many are saving at this moment. Nothing is lost: save again."]
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    done.set()
    other.join()
    assert send(client, address(idea), fields(answer)).status_code == SAVED
    assert Idea.objects.get().title == "My title"
    connection.close()
