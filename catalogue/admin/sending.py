"""What one request is about to write: why, from which version, under which key, and what became of it."""

import hashlib
import uuid
from dataclasses import dataclass, field

from django.contrib.messages import get_messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.translation import gettext as _

from catalogue import failing
from catalogue.admin.forms import is_number
from catalogue.clock import moment
from catalogue.models import Act, Edition

#: What differs between two sendings of one form without making another content of it.
_FLEETING = {"csrfmiddlewaretoken", "key"}


@dataclass
class Sending:
    """One form on its way in, kept on the request as `request.sending`."""

    admin: object
    request: object
    version: str = ""
    refusals: list[tuple[str | None, str]] = field(default_factory=list)
    #: What somebody else wrote meanwhile, beside what was sent: shown with the form that comes back.
    conflict: object = None
    #: A sentence at the head of the form, such as that a text came back after login.
    note: str = ""

    @property
    def post(self):
        return self.request.POST

    @property
    def draft(self) -> tuple[str, str] | None:
        """The draft beside the live page that the form came from: its key, and how often it had been saved."""
        found = self.post.get("draft", ""), self.post.get("draft_number", "")
        return found if all(map(is_number, found)) else None

    @property
    def why(self) -> str:
        return self.post.get("why", "").strip()

    @property
    def key(self) -> uuid.UUID | None:
        try:
            return uuid.UUID(self.post.get("key", ""))
        except ValueError:
            return None

    @property
    def digest(self) -> str:
        """What tells this content from another under the same key."""
        content = sorted((name, values) for name, values in self.post.lists() if name not in _FLEETING)
        return hashlib.sha256(repr((self.request.path, content)).encode()).hexdigest()

    def reason_due(self, noun) -> bool:
        return self.admin.needs_reason(noun)

    def earlier(self) -> Act | None:
        """The act that this very form made when it was sent before."""
        if self.key is None:
            return None
        return Act.objects.filter(key=self.key, by=self.request.user).first()

    def refuse(self, fault: ValidationError) -> None:
        """Has the form come back with what a verb or the database found wrong, at the field where there is one."""
        if hasattr(fault, "error_dict"):
            self.refusals += [(name, sentence) for name, found in fault.message_dict.items() for sentence in found]
        else:
            self.refusals += [(None, sentence) for sentence in fault.messages]

    def act(self):
        return Edition.act(by=self.request.user, why=self.why)

    def write(self, work):
        """Runs `work(act)` in one act under this form's key, and gives back what it gives.

        `None` means that nothing was written: the reasons are in `refusals`.
        """
        fresh = not Act.objects.filter(key=self.key).exists() if self.key else False
        try:
            with self.act() as act:
                if fresh:
                    act.key, act.digest = self.key, self.digest
                return work(act)
        except ValidationError as fault:
            self.refuse(fault)
        except IntegrityError as fault:
            # Somebody else was quicker: took the slug, or sent this very form a moment ago.
            if not self.earlier():
                self.refusals.append((None, _says(fault)))
        except Exception as fault:
            # Is the database away, the form can't be shown either: asking once more would take seconds.
            if not failing.is_away(fault) or moment().away:
                raise
            self.refusals.append((None, not_stored(fault)))
            self.request.not_stored = True
        # What was announced inside didn't happen.
        getattr(get_messages(self.request), "_queued_messages", []).clear()
        return None


def not_stored(fault: Exception) -> str:
    """Why nothing was stored, for whoever has the form back. Is the database away, showing the form says so."""
    if failing.is_shut(fault):
        return _(
            "Nothing can be stored at this moment, so this is not stored. "
            "What you typed is below: save again in a while."
        )
    # It waited too long for others who were writing.
    return _("Too many are saving at this moment. Nothing is lost: save again.")


def _says(fault: IntegrityError) -> str:
    return _("The catalogue refused this: %(fault)s. Nothing was saved; what you typed is below.") % {
        "fault": str(fault).splitlines()[0]
    }
