"""Looks after the addresses that the catalogue names: who is visited when, and what readers are told of it."""

import heapq
import logging
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Min
from django.utils import timezone

from catalogue.models import Edition, Idea, Link, Resource
from catalogue.models.resource import ARCHIVE, copy_of_a_moment
from catalogue.visiting import TOO_OFTEN, Outcome, Visitor

logger = logging.getLogger(__name__)

#: Seconds between two visits of one site.
PAUSE = 2.0
#: So long an address is ours to visit. Should this process die, it is visited when the claim runs out.
CLAIM = timedelta(minutes=10)
#: How long nobody is visited when there is no way out, and how long a site is left alone that asks for it.
NO_WAY_PAUSE, REST = timedelta(hours=1), timedelta(days=1)
#: Of one tick: so many addresses, each of another site, for at most so many seconds.
PORTION, PORTION_SECONDS = 8, 20
#: Where somebody always answers, and can show who it is. If none does, it is our own network that is away, or one that
#: answers in everybody's name.
WITNESSES = ("https://web.archive.org/", "https://www.wikipedia.org/")


class NoWayOut(Exception):
    """Those who always answer don't: nothing is said of anybody's address."""


@dataclass
class Told:
    """What a run saw, and what readers were told of it."""

    visited: int = 0
    dead: int = 0
    back: int = 0

    def __str__(self):
        return f"Addresses visited: {self.visited}; newly dead: {self.dead}; answering again: {self.back}"


def visitor() -> Visitor:
    """Who goes there: whoever reads their log finds us by it."""
    return Visitor(agent=f"Good Ideas link check (+{settings.SITE_URL}/)")


def is_at_home() -> bool:
    """Whether the site is this machine's own affair. A robot that can't say whose it is stays at home."""
    return urlsplit(settings.SITE_URL).hostname in ("localhost", "127.0.0.1", "::1")


@dataclass
class Round:
    """Visits one address after another, and remembers each at once."""

    visitor: Visitor
    now: Callable[[], datetime] = timezone.now
    told: Told = field(default_factory=Told)
    #: Whether a witness has answered, so that a fault is theirs.
    is_out: bool = False
    #: Sites that asked to be left alone.
    resting: set[str] = field(default_factory=set)

    def visit(self, link: Link) -> None:
        """Visits one, unless another has it in hand or nobody names it any more."""
        now = self.now()
        if link.host in self.resting or not link.claim(now, now + CLAIM):
            return
        if not link.is_cited:
            link.delete()
            return
        seen = self.visitor.visit(link.url)
        if seen.outcome.is_fault and not self._has_a_way_out():
            Link.objects.due(now).update(due_at=now + NO_WAY_PAUSE)
            raise NoWayOut
        link.note(seen, now)
        self.told.visited += 1
        if seen.status == TOO_OFTEN:
            self.resting.add(link.host)
            Link.objects.due(now).filter(host=link.host).update(due_at=now + REST)

    def _has_a_way_out(self) -> bool:
        self.is_out = self.is_out or any(self.visitor.visit(url).outcome == Outcome.GOOD for url in WITNESSES)
        return self.is_out


def check_all(
    who: Visitor,
    *,
    anew: bool = False,
    pause: float = PAUSE,
    say: Callable[[int, int], None] = lambda done, total: None,
) -> Told:
    """Visits everything that is due; `anew`, everything. What was seen until it is interrupted is told, too."""
    Link.objects.gather()
    if anew:
        Link.objects.update(due_at=timezone.now())
    links = list(Link.objects.due(timezone.now()))
    tour = Round(who)
    try:
        for number, link in enumerate(in_turn(links, pause), 1):
            tour.visit(link)
            say(number, len(links))
    except BaseException:
        # Interrupted, or without a way out: nobody waits for the archive now.
        tell(None, tour.told)
        raise
    tell(who, tour.told)
    return tour.told


def check_some(now: datetime, who: Visitor | None = None) -> Iterator[str]:
    """The portion of one tick."""
    if who is None and is_at_home():
        return
    Link.objects.gather(now)
    # One of each site: the next tick, a minute later, has the next.
    links = {link.host: link for link in reversed(Link.objects.due(now)[: PORTION * 25])}
    tour, began = Round(who or visitor(), lambda: now), time.monotonic()
    try:
        for link in sorted(links.values(), key=lambda link: link.due_at)[:PORTION]:
            if time.monotonic() - began < PORTION_SECONDS:
                tour.visit(link)
    except NoWayOut:
        logger.info("No address is visited for a while: those who always answer don’t, so this machine has no way out.")
    tell(tour.visitor, tour.told)
    if tour.told.visited:
        yield str(tour.told)


def in_turn(links: Iterable[Link], pause: float, sleep: Callable[[float], None] = time.sleep) -> Iterator[Link]:
    """Each in its turn: those of one site so many seconds apart, and what of others can be had meanwhile."""
    sites: dict[str, deque[Link]] = defaultdict(deque)
    for link in links:
        sites[link.host].append(link)
    ready = [(0.0, number, host) for number, host in enumerate(sites)]
    while ready:
        at, number, host = heapq.heappop(ready)
        if (wait := at - time.monotonic()) > 0:
            sleep(wait)
        yield sites[host].popleft()
        if sites[host]:
            heapq.heappush(ready, (time.monotonic() + pause, number, host))


def tell(who: Visitor | None, told: Told | None = None, *, by=None, why: str = "") -> None:
    """Lets readers know in one act what is dead, with a copy beside it, and what answers again.

    Where nothing changed for them there is no act. What an editor wrote about an address stays.
    """
    told = told or Told()
    # Before the act, in which nobody has to wait for the archive.
    copies = {link.pk: copy_for(link, who) for link in Link.objects.untold() if link.is_dead}
    with Edition.act(by=by, why=why or "addresses visited") as act:
        for link in Link.objects.untold().select_for_update():
            fault, copy = link.fault, copies.get(link.pk, "")
            if resource := Resource.objects.filter(url=link.url).first():
                act.hold(resource)
                if resource.fault == link.told_fault:
                    resource.fault = fault
                if resource.archived_url == link.told_copy:
                    resource.archived_url = copy
                resource.save()
            told.dead += bool(fault)
            told.back += not fault
            link.told_fault, link.told_copy = fault, copy
            link.save(update_fields=["told_fault", "told_copy"])


def copy_for(link: Link, who: Visitor | None) -> str:
    """The address of the copy at the Internet Archive from the time when it still answered; empty if there is none.

    It needs no request to be formed. Whether the copy exists is asked where the archive can be reached.
    """
    formed = f"{ARCHIVE}{_good_day(link):%Y%m%d}/{link.url}"
    if len(formed) > 700:
        return ""
    seen = who.visit(formed) if who else None
    if seen and seen.outcome == Outcome.NOT_FOUND:
        return ""
    return seen.end if seen and seen.outcome == Outcome.GOOD and copy_of_a_moment(seen.end) else formed


def _good_day(link: Link) -> date:
    """A day on which it most probably said what it is cited for."""
    if link.good_at:
        return link.good_at.date()
    ideas = Idea.objects.filter(citations__resource__url=link.url)
    first = ideas.aggregate(profiled=Min("profiled_year"), published=Min("first_published"))
    if first["profiled"]:
        return date(first["profiled"], 7, 1)
    return (first["published"] or timezone.now()).date()
