"""What speaks for spam, with nothing for a person to solve: a trap, a clock, counts of a day, the look of a text."""

import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core import signing
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from catalogue.folding import flat
from catalogue.models import Submission, Tally

#: Begun from one network a day. A class in a library, behind one address, stays below it.
STARTS = 40
#: Links mailed to one address a day, and messages sent to the editors about one submission.
LETTERS, MESSAGES = 4, 20
#: Sent from one network a day before it looks odd.
ODD_SENT = 10
#: Nobody reads the pages, thinks and types in less.
LEAST = {
    Submission.Kind.IDEA: timedelta(seconds=20),
    Submission.Kind.ADAPTATION: timedelta(seconds=10),
    Submission.Kind.CORRECTION: timedelta(seconds=4),
}
#: Addresses among the words; the step for links is meant for them.
ODD_LINKS = 4
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
_SALT = "catalogue.screening"


@dataclass(frozen=True)
class Stamp:
    """When a form was opened, and the key that makes one submission of it however often it is sent."""

    key: uuid.UUID
    opened_at: datetime | None

    @classmethod
    def fresh(cls) -> str:
        return signing.TimestampSigner(salt=_SALT).sign(uuid.uuid4().hex)

    @classmethod
    def read(cls, text: str) -> "Stamp":
        """However old it is: a form that lay open for a week is as good as any. A forged one knows no time."""
        signer = signing.TimestampSigner(salt=_SALT)
        try:
            key = uuid.UUID(signer.unsign(text))
            seconds = signing.b62_decode(text.rsplit(":", 2)[1])
            return cls(key, datetime.fromtimestamp(seconds, UTC))
        except (signing.BadSignature, ValueError):
            # The same text has the same key, so that this, too, is one submission.
            digest = salted_hmac(_SALT, text or uuid.uuid4().hex, algorithm="sha256").hexdigest()
            return cls(uuid.UUID(digest[:32]), None)


class Suspicion(models.TextChoices):
    """What may speak for spam."""

    TRAPPED = "trapped", _("A field that people don’t see was filled in.")
    FAST = "fast", _("It was written faster than anybody types.")
    FORGED = "forged", _("Its first form didn’t come from here.")
    LINKS = "links", _("There are many links in the text.")
    MANY = "many", _("Many were sent on that day from the same network.")
    REPEATED = "repeated", _("Another that was open had the same words.")


#: A person may well earn two points, hardly three; with three it is held back until an editor has looked.
POINTS = dict.fromkeys(Suspicion, 2) | {Suspicion.TRAPPED: 3, Suspicion.FORGED: 1, Suspicion.MANY: 1}
SUSPECT = 3


def screened(submission: Submission, network: str) -> list[str]:
    """What speaks for spam in a submission that is being sent from a network."""
    many = Tally.objects.count_one("sent", network) > ODD_SENT
    found = {
        Suspicion.TRAPPED: submission.trapped,
        Suspicion.FAST: _too_fast(submission),
        Suspicion.FORGED: submission.opened_at is None,
        Suspicion.LINKS: _links_in_words(submission) > ODD_LINKS,
        Suspicion.MANY: many,
        Suspicion.REPEATED: _said_before(submission),
    }
    return [suspicion.value for suspicion, holds in found.items() if holds]


def is_suspect(found: list[str]) -> bool:
    return sum(POINTS[Suspicion(name)] for name in found) >= SUSPECT


def _too_fast(submission: Submission) -> bool:
    opened = submission.opened_at or submission.started_at
    return timezone.now() - opened < LEAST[submission.kind]


def _links_in_words(submission: Submission) -> int:
    steps = (values for step, values in submission.answers.items() if step != "links")
    return sum(len(_LINK.findall(value)) for values in steps for value in values.values() if isinstance(value, str))


def _said_before(submission: Submission) -> bool:
    mine = _words(submission)
    return any(_words(other) == mine for other in Submission.objects.beside(submission)[:50])


def _words(submission: Submission) -> str:
    steps = ((step, values) for step, values in sorted(submission.answers.items()) if step != "you")
    return flat(" ".join(v for _step, values in steps for _name, v in sorted(values.items()) if isinstance(v, str)))
