"""Editors who work at the desk as browsers do: signed in, each form read from its page and sent whole."""

import http.client
import random
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

from benchmarks.reading import Answer, Clients, exchange
from benchmarks.visits import World

PASSWORD = "made up for a benchmark, 2026"
EDITORS = 2


@dataclass
class Work:
    """What editors were told is saved, and what was wrong with an answer."""

    #: Each as the idea's number and the title that it was given.
    corrected: list[tuple[int, str]] = field(default_factory=list)
    published: list[int] = field(default_factory=list)
    #: Seconds of each form that was sent.
    times: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def number(self) -> int:
        """Acts that were acknowledged."""
        return len(self.corrected) + len(self.published)


class Editors(Clients):
    """So many of them, who correct titles and publish what is ready, and rest so many seconds in between."""

    def __init__(self, port: int, world: World, drafts: list[tuple[int, str, str]], rest: float, seed: int = 1):
        super().__init__(EDITORS)
        self.port, self.world, self.rest, self.seed, self.told = port, world, rest, seed, Work()
        self.drafts = list(drafts)

    def work(self, number: int) -> None:
        from django.urls import reverse

        chance = random.Random(f"{self.seed}, editor {number}")
        desk = Desk(self.port)
        desk.sign_in(name(number))
        turn = 0
        while not self.done.wait(chance.expovariate(1 / self.rest)):
            turn += 1
            if turn % 3 == 0 and self.drafts:
                key, slug, title = self.drafts.pop()
                address = reverse("admin:catalogue_idea_publish", args=[key])
                if self._send(desk, address, {"why": "It is ready."}):
                    self.told.published.append(key)
                    self.world.titles.add(key, title)
                    self._look(key, slug)
                continue
            # Each editor has ideas of her own: two at one idea are shown each other's text, which others try.
            key, slug, _title = self.world.ideas.these[chance.randrange(20) * EDITORS + number]
            title = f"Corrected under load by editor {number}, for the {turn}th time"
            self.world.titles.sending(key, title)
            change = {"title": title, "why": "A benchmark of load."}
            if self._send(desk, reverse("admin:catalogue_idea_change", args=[key]), change):
                self.world.titles.saved(key)
                self.told.corrected.append((key, title))
                self._look(key, slug)

    def _send(self, desk: "Desk", address: str, change: dict[str, str]) -> bool:
        """Whether it was acknowledged."""
        start = time.perf_counter()
        try:
            desk.fill(address, **change)
        except (OSError, http.client.HTTPException, Refused) as fault:
            self.told.wrong.append(f"A form sent to {address}: {fault}")
            return False
        self.told.times.append(time.perf_counter() - start)
        return True

    def _look(self, key: int, slug: str) -> None:
        """As a reader, at the very next moment, once for each server and each of its workers."""
        for _look in range(4):
            visit = self.world.page_of(key, slug)
            answer = exchange(self.port, "GET", visit.address, HTTPS)
            wrong = f"answered {answer.status}" if answer.status != 200 else visit.wrong(answer.content.decode())
            if wrong:
                self.told.wrong.append(f"{visit.address}, just saved: {wrong}")


HTTPS = {"X-Forwarded-Proto": "https"}


class Refused(RuntimeError):
    """A form wasn't taken."""


class Desk:
    """A browser at the desk: it keeps cookies, and sends what a form has when some of it is filled in."""

    def __init__(self, port: int):
        self.port, self.cookies = port, {}

    def sign_in(self, name: str) -> None:
        self.fill("/admin/login/", username=name, password=PASSWORD)
        if "sessionid" not in " ".join(self.cookies):
            raise Refused(f"{name} couldn't sign in.")

    def fill(self, address: str, **filled: str) -> None:
        """Opens a form and sends it; anything but a redirect, which says that it was taken, is raised."""
        from tests.desk import errors, fields

        page = self._ask("GET", address)
        if page.status != 200:
            raise Refused(f"its page was answered {page.status}.")
        answer = self._ask("POST", address, urlencode(fields(page) | filled, doseq=True))
        if answer.status != 302:
            said = errors(answer) if answer.status == 200 else ""
            raise Refused(f"it was answered {answer.status}. {said}")

    def _ask(self, method: str, address: str, body: str | None = None) -> Answer:
        origin = f"https://127.0.0.1:{self.port}"
        headers = HTTPS | {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": origin, "Referer": origin + "/"}
        answer = exchange(self.port, method, address, headers, body)
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        return answer


def name(number: int) -> str:
    return f"benchmark-editor-{number}"


def prepare(drafts: int) -> list[tuple[int, str, str]]:
    """Accounts for the editors; and so many drafts that are ready to be published: number, slug and title of each."""
    from catalogue.models import Edition, Idea
    from tests.desk import editor

    for number in range(EDITORS):
        editor(name(number), password=PASSWORD)
    chosen = [idea for idea in Idea.objects.published().order_by("-pk")[: 3 * drafts] if not idea.missing()][:drafts]
    with Edition.act(why="drafts for a benchmark of load"):
        for idea in chosen:
            idea.status, idea.first_published = Idea.Status.DRAFT, None
            idea.save()
    return [(idea.pk, idea.slug, idea.title) for idea in chosen]


def lost(work: Work) -> list[str]:
    """What editors were told is saved and isn't in history or in the catalogue, as sentences."""
    from catalogue.models import Idea, Kind, Revision

    def history(key: int, name: str) -> list:
        revisions = Revision.objects.filter(kind=Kind.IDEA, object_id=key).order_by("pk")
        return [after[name] for after in revisions.values_list("after", flat=True) if after]

    found, last = [], dict(work.corrected)
    titles = {key: history(key, "title") for key in last}
    found += [f"Idea {key} was never called {title!r}." for key, title in work.corrected if title not in titles[key]]
    now = dict(Idea.objects.published().filter(pk__in=[*last, *work.published]).values_list("pk", "title"))
    found += [f"Idea {key} isn't called {title!r}." for key, title in last.items() if now.get(key) != title]
    found += [f"Idea {key} isn't published." for key in work.published if key not in now]
    return found
