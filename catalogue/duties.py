"""What falls due by the clock: each duty a function, done by `manage.py tick` whenever its time has come."""

import logging
from collections.abc import Iterator
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from catalogue.checking import check_some
from catalogue.exchange.working import forget_files, perform_due
from catalogue.forgetting import forget_addresses, forget_sign_ins
from catalogue.mail import send_due
from catalogue.models import Idea, Inquiry, Picture, Review

logger = logging.getLogger(__name__)


def publish_scheduled(now: datetime) -> Iterator[str]:
    """Publishes every idea whose time has come, each in an act of its own, so that none stops the others."""
    failure = None
    for pk in list(Idea.objects.due(now).order_by("publish_at", "pk").values_list("pk", flat=True)):
        try:
            if line := _publish(pk, now):
                yield line
        except Exception as error:
            logger.exception("Idea %d couldn’t be published; it stays scheduled.", pk)
            failure = failure or error
    if failure:
        raise failure


def _publish(pk: int, now: datetime) -> str:
    """Publishes one; what lacks something meanwhile becomes a draft again, and history says what it lacks."""
    with transaction.atomic():
        # Locked and asked again: one that another tick has in hand, or an editor put off, isn't ours.
        # SQLite lets in one at a time and knows no row locks; there the second finds nothing due.
        idea = Idea.objects.due(now).select_for_update(skip_locked=True).filter(pk=pk).first()
        if idea is None:
            return ""
        try:
            idea.publish(why="scheduled", at=now)
            return f"Published: {idea}"
        except ValidationError as fault:
            why = f"not published when it was due: {' '.join(fault.messages)}"
            idea.unschedule(why=why)
            logger.warning("Idea %d, “%s”, was %s", pk, idea, why)
            return f"Back to draft: {idea}. {' '.join(fault.messages)}"


#: Letters of one tick that ask whether an idea is still so: a mail server is to take them in its stride.
ASKED_AT_ONCE = 20


def ask_whether_still_so(now: datetime) -> Iterator[str]:
    """Puts the yearly question to those who lead an idea, and goes on where nobody answered in time."""
    for idea in Inquiry.objects.ideas_to_ask(now)[:ASKED_AT_ONCE]:
        if Inquiry.objects.ask(idea, now):
            yield f"Asked whether it is still so: {idea}"
    for inquiry in Inquiry.objects.due(now)[:ASKED_AT_ONCE]:
        if step := inquiry.go_on(now):
            yield f"Nobody answered whether it is still so, {step}: {inquiry}"


def remind_readers(now: datetime) -> Iterator[str]:
    """Reminds readers of what they were asked to read a week ago, and once more a week later."""
    for review in Review.objects.to_remind(now).select_related("submission", "reader"):
        if review.remind(now):
            yield f"Reminded: {review}"


def tidy_pictures(now: datetime) -> Iterator[str]:
    """Erases what was uploaded and never saved; what an idea ever had stays, for the versions that have it."""
    for picture in Picture.objects.idle(now):
        picture.look_back()
        if not picture.remembered and not picture.lies_in_a_draft:
            picture.erase()
            yield f"Erased a picture that nothing refers to: {picture}"


#: In the order in which they are done. Each takes the time and says in a line what it did.
DUTIES = [
    publish_scheduled,
    ask_whether_still_so,
    remind_readers,
    send_due,
    perform_due,
    forget_files,
    forget_addresses,
    forget_sign_ins,
    tidy_pictures,
    check_some,
]


def perform(now: datetime | None = None) -> Iterator[str]:
    """Does all that is due. A duty that fails leaves the others to be done; then the first failure is raised."""
    now, failure = now or timezone.now(), None
    for duty in DUTIES:
        try:
            yield from duty(now)
        except Exception as error:
            logger.exception("The duty %s failed.", duty.__name__)
            failure = failure or error
    if failure:
        raise failure
