"""Counts how often ideas are viewed: what a line of the log says, and how each line is counted once.

A line holds a number drawn for it alone, the day and the slug: nothing of whoever viewed it, not even the hour. For the
number no two lines are alike, so a file is known by its first one, wherever it was moved or copied to since.
"""

import gzip
import re
import secrets
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from django.db import transaction

from catalogue.leading import noun_at, way_from
from catalogue.models import DailyViews, Idea, ReadLog

#: Lines that are counted in one transaction: whoever writes meanwhile waits for no more.
PORTION = 50_000
#: Slugs that are looked up at a time; SQLite takes 999 values in one statement.
CHUNK = 500
_LINE = re.compile(rb"[0-9a-f]{16} (\d{4}-\d{2}-\d{2}) ([-a-z0-9_]{1,80})\n")
#: How programs call themselves that aren't somebody reading. One that says nothing isn't, either.
_PROGRAM = re.compile(
    r"bot\b|bot[/_-]|crawl|spider|slurp|scrap|fetch|monitor|check|preview|archiver|headless|facebookexternalhit|feed|"
    r"\b(curl|wget|python|java|go-http-client|ruby|perl|php|node|axios|okhttp|httpx?|libwww)\b",
    re.IGNORECASE,
)


def line_of(slug: str, day: date) -> str:
    """The line that says that an idea was viewed on a day (UTC)."""
    return f"{secrets.token_hex(8)} {day.isoformat()} {slug}"


def is_somebody(user_agent: str) -> bool:
    """Whether a program that calls itself so has a reader before it."""
    return bool(user_agent.strip()) and not _PROGRAM.search(user_agent)


class NoLog(Exception):
    """A file that can't be counted, as a sentence that says why."""


@dataclass
class Counted:
    """What came of counting a file: views of published ideas, of whatever else, and lines that say nothing."""

    views: int = 0
    others: int = 0
    unread: int = 0


def count(path: Path, today: date) -> Counted:
    """Counts what was added to a log file since it was last counted. Raises `NoLog` or `OSError`."""
    done = Counted()
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        first = file.readline()
        if not first.endswith(b"\n"):
            # Empty, or just begun to be written.
            return done
        if not _LINE.fullmatch(first):
            raise NoLog(f"{path} is no log of views: its first line says something else.")
        while _count_portion(path, file, sha256(first).hexdigest(), today, done):
            pass
    return done


def _count_portion(path: Path, file: BinaryIO, first: str, today: date, done: Counted) -> bool:
    """Counts some lines and notes in the same transaction how far it came; whether there may be more."""
    found, lines = Counter(), 0
    with transaction.atomic():
        note = ReadLog.held(first)
        if file.seek(0, 2) < note.read:
            raise NoLog(f"{path} is shorter than what was counted of it before; nothing more was counted.")
        file.seek(note.read)
        for line in islice(file, PORTION):
            if not line.endswith(b"\n"):
                # It is still being written, and counted whole the next time.
                break
            lines += 1
            note.read += len(line)
            if view := _read(line, today):
                found[view] += 1
            else:
                done.unread += 1
        ideas = published_at({slug for slug, _day in found})
        views = Counter()
        for (slug, day), times in found.items():
            if slug in ideas:
                views[ideas[slug], day] += times
            else:
                done.others += times
        DailyViews.objects.add(views)
        note.save()
    done.views += views.total()
    return lines == PORTION


def _read(line: bytes, today: date) -> tuple[str, date] | None:
    """The slug and the day; None for a line that isn't ours, or of a day to come."""
    match = _LINE.fullmatch(line)
    try:
        day = date.fromisoformat(match[1].decode()) if match else None
    except ValueError:
        return None
    return (match[2].decode(), day) if day and day <= today + timedelta(days=1) else None


def published_at(slugs: Iterable[str]) -> dict[str, int]:
    """The numbers of the published ideas that slugs lead to, past renamings and mergers. No draft is among them."""
    wanted, found = sorted(slugs), {}
    for start in range(0, len(wanted), CHUNK):
        some = Idea.objects.published().filter(slug__in=wanted[start : start + CHUNK])
        found |= dict(some.values_list("slug", "pk"))
    for slug in wanted:
        if slug not in found and (way := way_from(Idea.path_of(slug))).to:
            idea = noun_at(way.to)
            if isinstance(idea, Idea) and idea.is_published:
                found[slug] = idea.pk
    return found
