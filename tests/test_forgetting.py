"""What is kept of a person, for how long, and how they get it or have it erased."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone

from catalogue import duties
from catalogue.models import Edition, Mail, Revision, Submission
from tests.factories import make_complete_idea, make_submission

pytestmark = pytest.mark.django_db

State = Submission.State


def decided(days: int, **values) -> Submission:
    """A submission that was accepted so many days ago."""
    at = timezone.now() - timedelta(days=days)
    return make_submission(state=State.ACCEPTED, sent_at=at, decided_at=at, **values)


def said(command: str, *args) -> str:
    out = StringIO()
    call_command(command, *args, stdout=out)
    return out.getvalue()


def test_names_and_addresses_are_forgotten_a_year_after_the_decision():
    old, young = decided(366), decided(364)
    Mail.objects.post("accepted", old)
    waiting = make_submission(state=State.RECEIVED, sent_at=timezone.now() - timedelta(days=500))
    assert list(duties.forget_addresses(timezone.now())) == ["Names and addresses forgotten: 1"]
    for submission in (old, young, waiting):
        submission.refresh_from_db()
    assert (old.name, old.email, old.title) == ("", "", "Repair evenings")
    assert old.answers["you"] == {"named": "yes", "consent": True}
    assert (young.email, waiting.email) == ("ana@example.org", "ana@example.org")
    assert Mail.objects.count() == 0
    assert list(duties.forget_addresses(timezone.now())) == []


def test_what_was_begun_and_never_sent_is_deleted_after_ninety_days():
    make_submission(changed_at=timezone.now() - timedelta(days=91))
    young = make_submission(changed_at=timezone.now() - timedelta(days=89))
    assert list(duties.forget_addresses(timezone.now())) == ["Deleted, since they were never sent: 1"]
    assert list(Submission.objects.all()) == [young]


def test_person_is_erased_but_for_what_was_published():
    kept = decided(1)
    make_submission(email="Ana@Example.org")
    other = make_submission(email="ben@example.org")
    Mail.objects.post("accepted", kept)
    assert said("forget_person", "ana@example.ORG") == (
        "Submissions deleted: 1; kept without name and address: 1; letters deleted: 0; no longer a contact of: 0\n"
    )
    kept.refresh_from_db()
    assert (kept.name, kept.email) == ("", "")
    assert list(Submission.objects.order_by("pk")) == [kept, other]
    assert Mail.objects.count() == 0
    assert json.loads(said("export_person", "ana@example.org"))["submissions"] == []


def test_person_is_named_on_the_page_until_they_are_erased_and_history_never_knew_them(client):
    idea = make_complete_idea(status="draft", proposed_by="Ana Example", credited=True)
    idea.publish()
    proposal = decided(1)
    proposal.idea_made = idea
    proposal.save()
    assert "Proposed by Ana Example." in client.get(idea.get_absolute_url()).content.decode()
    before = Edition.current()
    said("forget_person", "ana@example.org")
    assert Edition.current() == before + 1
    assert "Ana Example" not in client.get(idea.get_absolute_url()).content.decode()
    assert not Revision.objects.filter(after__icontains="Ana Example").exists()


def test_person_gets_everything_that_is_kept():
    submission = make_submission()
    submission.send()
    found = json.loads(said("export_person", "ana@example.org"))
    assert [(one["title"], one["email"], one["answers"]) for one in found["submissions"]] == [
        ("Repair evenings", "ana@example.org", submission.answers)
    ]
    assert [event["what"] for event in found["submissions"][0]["story"]] == ["sent"]
    assert [letter["letter"] for letter in found["letters"]] == ["received"]


def test_what_let_people_in_is_forgotten_when_it_no_longer_counts(settings):
    now = timezone.now()
    for key, hours in [("over", -1), ("open", 1)]:
        Session.objects.create(session_key=key, session_data="", expire_date=now + timedelta(hours=hours))
    AccessLog.objects.create(username="mira", ip_address="192.0.2.1")
    for name, age in [("old", settings.AXES_COOLOFF_TIME + timedelta(seconds=1)), ("young", timedelta(0))]:
        AccessAttempt.objects.create(username=name, failures_since_start=1)
        AccessAttempt.objects.filter(username=name).update(attempt_time=now - age)
    for address, days in [("old@example.org", 31), ("young@example.org", 29)]:
        Mail.objects.post_to_forgetful(address)
        Mail.objects.filter(to=address).update(written_at=now - timedelta(days=days))
    assert list(duties.forget_sign_ins(now + timedelta(seconds=1))) == [
        "Sessions that are over, forgotten: 1",
        "Failures to sign in, forgotten: 1",
        "Lines of who signed in, forgotten: 1",
        "Letters about accounts, forgotten: 1",
    ]
    assert [row.session_key for row in Session.objects.all()] == ["open"]
    assert [row.username for row in AccessAttempt.objects.all()] == ["young"]
    assert ([letter.to for letter in Mail.objects.all()], AccessLog.objects.count()) == (["young@example.org"], 0)
    assert list(duties.forget_sign_ins(now)) == []
    assert duties.forget_sign_ins in duties.DUTIES
