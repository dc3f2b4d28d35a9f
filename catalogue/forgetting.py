"""What is known of a person, and for how long: kept while it is needed, then forgotten, or sooner when they ask."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q
from django.forms.models import model_to_dict

from catalogue.models import Contact, Inquiry, Mail, Submission, Tally

#: After the decision names and addresses are kept for so long, and what was begun and never sent after the last change.
KEPT, BEGUN_KEPT = timedelta(days=365), timedelta(days=90)

#: Letters about accounts, their links long being worth nothing.
LETTERS_KEPT = timedelta(days=30)

#: How those who work on the catalogue share it among them is nothing of the person's.
_AMONG_EDITORS = ("editor", "screened", "round", "readers_wanted")


def forget_addresses(now: datetime) -> Iterator[str]:
    """Forgets who made the submissions that were decided a year ago, what was never sent, and yesterday's counts."""
    Tally.objects.of_earlier_days().delete()
    begun = Submission.objects.filter(state=Submission.State.STARTED, changed_at__lt=now - BEGUN_KEPT)
    if number := begun.count():
        begun.delete()
        yield f"Deleted, since they were never sent: {number}"
    decided = Submission.objects.filter(decided_at__lt=now - KEPT).filter(_known())
    number = 0
    for submission in decided:
        forget(submission)
        number += 1
    if number:
        yield f"Names and addresses forgotten: {number}"
    # To whom a yearly question went: by then the next one is out.
    Mail.objects.filter(inquiry__asked_at__lt=now - KEPT).delete()


def forget_sign_ins(now: datetime) -> Iterator[str]:
    """Forgets sessions that are over, failures to sign in that no longer count, and letters by which people got in."""
    # Looked for first: on SQLite a deletion holds up whoever writes, also one that finds nothing.
    over = {
        "Sessions that are over": Session.objects.filter(expire_date__lt=now),
        "Failures to sign in": AccessAttempt.objects.filter(attempt_time__lt=now - settings.AXES_COOLOFF_TIME),
        # Nothing writes these here; what is in them an earlier setting left.
        "Lines of who signed in": AccessLog.objects.filter(attempt_time__lt=now),
        "Lines of who failed to": AccessFailureLog.objects.filter(attempt_time__lt=now),
        "Letters about accounts": Mail.objects.about_accounts().filter(written_at__lt=now - LETTERS_KEPT),
    }
    for name, rows in over.items():
        if rows.exists():
            number, _models = rows.delete()
            yield f"{name}, forgotten: {number}"


def forget(submission: Submission) -> None:
    """Who made it is forgotten. What was proposed stays, and whatever became of it."""
    with transaction.atomic():
        submission.mails.all().delete()
        submission.name = submission.email = ""
        # What they agreed to stays known, and that they may be named or not.
        submission.answers["you"] = {
            name: value for name, value in submission.answers.get("you", {}).items() if name not in ("name", "email")
        }
        submission.save()


def forget_person(address: str) -> dict[str, int]:
    """Erases a person: their submissions, but for those that were published; of these, who made them. Says how many."""
    with transaction.atomic():
        accepted = Submission.objects.by_person(address).filter(state=Submission.State.ACCEPTED)
        kept = list(accepted)
        for submission in kept:
            submission.events.filter(by=None).exclude(text="").update(text="")
            forget(submission)
            if submission.idea_made_id and submission.idea_made.proposed_by:
                submission.idea_made.forget_proposer()
        asked = Inquiry.objects.filter(mails__in=Mail.objects.to_person(address))
        Inquiry.objects.filter(pk__in=list(asked.values_list("pk", flat=True))).update(words="")
        _all, deleted = Submission.objects.by_person(address).delete()
        letters, _deleted = Mail.objects.to_person(address).delete()
        contacts, _deleted = Contact.objects.of_person(address).delete()
    return {
        "kept": len(kept),
        "deleted": deleted.get("catalogue.Submission", 0),
        "letters": letters,
        "contacts": contacts,
    }


def export_person(address: str) -> dict:
    """Everything that is kept of a person, as plain data."""
    submissions = Submission.objects.by_person(address).prefetch_related("events").order_by("pk")
    return {
        "address": address,
        "submissions": [
            {
                **model_to_dict(submission, exclude=["id", "complete", "trapped", *_AMONG_EDITORS]),
                "begun": submission.started_at,
                "story": [
                    {"at": event.at, "what": event.what, "text": event.text}
                    for event in reversed(submission.events.all())
                    if event.what not in event.INSIDE
                ],
            }
            for submission in submissions
        ],
        "contact_of": list(
            Contact.objects.of_person(address).values("organisation__name", "email", "language", "added_at")
        ),
        "asked_whether_still_so": list(
            Inquiry.objects.filter(mails__in=Mail.objects.to_person(address))
            .distinct()
            .order_by("pk")
            .values("idea__title", "asked_at", "state", "answered_at", "words", "ended_year")
        ),
        "letters": list(Mail.objects.to_person(address).order_by("pk").values("letter", "to", "written_at", "sent_at")),
    }


def _known() -> Q:
    return ~Q(name="") | ~Q(email="")
