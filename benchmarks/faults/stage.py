"""What a drill plays on: the clients, the fault between its beginning and its end, and what is stored afterwards."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

from django.conf import settings
from django.db import connection

from benchmarks import thanks
from benchmarks.faults.clients import Editor, Proposers, Visitors
from benchmarks.faults.judging import Promise, Seen
from benchmarks.faults.requests import NAME, PASSWORD
from benchmarks.servers import database_url, fleet

#: Seconds before the fault, and after it once a page is answered again.
BEFORE, AFTER = 1.0, 1.5
#: Granian's options in production, as far as they matter here; the rest is `benchmarks.servers.COMMAND`.
PRODUCTION = ("--no-ws", "--workers", "2", "--backlog", "1024", "--backpressure", "128", "--respawn-failed-workers")


class Stage:
    """One drill on the database of the settings, which is its own."""

    def __init__(self, seconds: float, reads: int = 2000):
        self.seconds, self.reads, self.url = seconds, reads, database_url()
        self.begun = self.mended = 0.0
        self.wrong: list[str] = []
        #: What else is worth saying of this drill.
        self.note = ""
        thanks.prepare()
        _somebody_to_sign_in()
        # The drill may take the database away.
        connection.close()

    def servers(self, number: int = 1, *options: str, **values: str):
        """Servers of this drill, as behind a proxy of ours, so that each client may come from a network of its own."""
        return fleet(number, *options, **{"BEHIND_HTTPS_PROXY": "1", "DATABASE_URL": self.url} | values)

    @contextmanager
    def used(self, port: int, editor: bool = False) -> Iterator[None]:
        """The site in use: by readers, people who propose, and an editor. Leaving, what they saw is complete."""
        idea, cookie = _desk() if editor else (None, "")
        self.visitors = Visitors(port, *_addresses())
        self.proposers = Proposers(port)
        self.editor = Editor(port, f"/admin/catalogue/idea/{idea.pk}/change/", cookie) if editor else None
        with self.visitors, self.editor or nullcontext(), self.proposers:
            self.proposers.wait_for(1)
            time.sleep(BEFORE)
            yield
            self.proposers.stop()
        self.idea = idea

    def fault(self, breaks: Callable[[], None], mends: Callable[[], None]) -> None:
        """Breaks something for so many seconds, and waits until pages are answered again, or should be."""
        self.begun = time.monotonic()
        try:
            breaks()
            time.sleep(max(0.0, self.begun + self.seconds - time.monotonic()))
        finally:
            self.mended = time.monotonic()
            mends()
        self.settle()

    def settle(self) -> None:
        """Waits for a page, and a little longer."""
        end = time.monotonic() + 20
        while time.monotonic() < end and not any(
            one.kind == "page" and one.status == 200 and one.at > self.mended for one in self.visitors.answers
        ):
            time.sleep(0.05)
        time.sleep(AFTER)

    def seen(self) -> Seen:
        """All that was seen. What was proposed is deleted then."""
        connection.close()
        told = thanks.outcome_of(self.proposers)
        lost = [f"The proposal {title!r}" for title in [*told.lost, *told.doubled]]
        answers = [*self.visitors.answers, *self.proposers.answers]
        acknowledged, wrong = told.thanked, list(self.wrong)
        if told.unfinished:
            wrong.append(f"{told.unfinished} proposals are half written.")
        if self.editor:
            from catalogue.models.edition import Kind, Revision

            kept = Revision.objects.filter(kind=Kind.IDEA, object_id=self.idea.pk).values_list("after", flat=True)
            summaries = [after["summary"] for after in kept]
            lost += [f"The editor's {text!r}" for text in self.editor.acknowledged if summaries.count(text) != 1]
            answers += self.editor.answers
            acknowledged += len(self.editor.acknowledged)
            wrong += self.editor.wrong
        if not acknowledged:
            wrong.append("Nothing was acknowledged, so nothing could be lost.")
        return Seen(sorted(answers, key=lambda one: one.at), self.begun, self.mended, acknowledged, lost, wrong)


def _desk():
    """A draft that an editor may write to, and the cookie of their session."""
    from django.contrib.auth.models import User
    from django.test import Client

    from catalogue.models import Edition, Idea

    user, _made = User.objects.get_or_create(
        username="drill", defaults={"is_staff": True, "is_superuser": True, "password": "!"}
    )
    with Edition.act(why="a drill"):
        idea = Idea.objects.create(title="Made up for a drill", summary="Not saved yet.", placeless=True)
    client = Client()
    client.force_login(user)
    connection.close()
    return idea, client.cookies[settings.SESSION_COOKIE_NAME].value


def _somebody_to_sign_in() -> None:
    from django.contrib.auth.models import User

    User.objects.create_user(NAME, password=PASSWORD, is_staff=True)


def _addresses() -> tuple[list[str], list[str]]:
    """Pages for those that are kept, and more than anybody asks for in a drill for those that aren't."""
    from catalogue.models import Idea

    slugs = list(Idea.objects.published().order_by("pk").values_list("slug", flat=True))
    kept = ["/", "/ideas/", "/fr/ideas/", "/ideas.json", "/countries/", *(f"/ideas/{slug}/" for slug in slugs[:4])]
    forms = ["/", ".json", ".bib"]
    fresh = [f"/ideas/{slug}{form}" for form in forms for slug in slugs[4:]]
    return kept, [*fresh, *(f"/ideas.json?q=made+{number}" for number in range(5000))]


Drill = Callable[[Stage], Promise]
