"""The whole collection as files: written as of one moment, with checksums, and kept until newer ones take their place.

A dump is a folder with a date and an edition in its name. It appears under its name only when all of it is written.
"""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from catalogue.cards import Links
from catalogue.countries import country_name
from catalogue.exports import CHUNK, LICENCE, as_csv, results
from catalogue.index import Index
from catalogue.indexing import read_index
from catalogue.models import Adaptation, Idea
from catalogue.models.edition import read_snapshot
from catalogue.models.transfer import SAYS
from catalogue.records import illustration_of

CSV, LINES, MANIFEST = "ideas.csv", "ideas.jsonl", "manifest.json"
TYPES = {CSV: "text/csv; charset=utf-8", LINES: "application/jsonl; charset=utf-8", MANIFEST: "application/json"}
#: Dumps that are kept when nothing else is said.
KEPT = 7
_NAME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})-edition-([0-9]{1,18})")

#: Hears what is being written, and how many ideas of how many are done.
Progress = Callable[[str, int, int], None]


def dump(progress: Progress = lambda what, done, total: None, keep: int = KEPT) -> Path:
    """Writes the present edition, unless today's dump of it is there; takes away the oldest. Says where it is."""
    root = Path(settings.DUMP_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    with read_snapshot():
        index, now = read_index(), timezone.now()
        folder = root / f"{now:%Y-%m-%d}-edition-{index.edition}"
        if not folder.exists():
            _write(index, folder, now, progress)
    for old in dumps()[keep:]:
        shutil.rmtree(old)
    return folder


def _write(index: Index, folder: Path, now: datetime, progress: Progress) -> None:
    """Writes beside the place and moves it there whole: nobody ever sees half of it."""
    draft = folder.with_name(f".{folder.name}.{os.getpid()}")
    try:
        draft.mkdir()
        ids = index.ids.to_array()
        forms = {
            CSV: as_csv(index, ids, original=True),
            LINES: (f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows(index, ids)),
        }
        files = {
            name: _file(draft / name, lines, lambda done, name=name: progress(name, done, len(ids)))
            for name, lines in forms.items()
        }
        manifest = {
            "edition": index.edition,
            "made": now.isoformat(timespec="seconds"),
            "site": settings.SITE_URL,
            "ideas": len(ids),
            "licence": LICENCE,
            "files": {
                name: about | {"url": f"{settings.SITE_URL}{address(folder, name)}"} for name, about in files.items()
            },
        }
        _file(draft / MANIFEST, [json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"])
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _file(path: Path, lines: Iterable[str], progress: Callable[[int], None] = lambda done: None) -> dict:
    """Writes a file line by line and safely to the disk; its size and checksum."""
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        for number, line in enumerate(lines):
            data = line.encode()
            digest.update(data)
            size += file.write(data)
            if number % CHUNK == 0:
                progress(number)
        file.flush()
        os.fsync(file.fileno())
    return {"bytes": size, "sha256": digest.hexdigest()}


# What a line holds


def rows(index: Index, ids: Iterable[int]) -> Iterator[dict]:
    """Each idea complete: what a result of `/ideas.json` holds, and all that its page tells besides."""
    links = Links()
    for start in range(0, len(ids), CHUNK):
        chunk = [int(pk) for pk in ids[start : start + CHUNK]]
        ideas = {idea.pk: idea for idea in Idea.objects.for_page().filter(pk__in=chunk)}
        journeys = _journeys(chunk)
        for result in results(index, chunk, original=True):
            idea = ideas[result.data["id"]]
            yield (
                result.data | _whole(idea) | {"travels": [_leg(idea, row, links) for row in journeys.get(idea.pk, ())]}
            )


def _whole(idea: Idea) -> dict:
    numbers = {citation.resource_id: citation.position for citation in idea.citations.all()}
    return {
        "permalink": settings.SITE_URL + reverse("short-link", args=[idea.pk]),
        "body": idea.body,
        "city": idea.city and _city(idea.city) | _place(idea.city),
        "organisation": idea.organisation and _organisation(idea.organisation),
        "partners": idea.partners,
        "web_address": idea.web_address,
        "title_is_original": idea.title_is_original,
        "ended": idea.ended,
        "ended_why": idea.ended_why,
        "profiled_year": idea.profiled_year,
        "picture": _picture(idea),
        "verified": idea.last_verified and idea.last_verified.isoformat(),
        "verified_by": idea.verified_by,
        "evidence": [
            {
                "criterion": row.criterion,
                "claim": row.claim,
                "basis": row.basis,
                "year": row.year,
                "source": numbers.get(row.resource_id),
            }
            for row in idea.evidence.all()
        ],
        "resources": [
            {
                "number": citation.position,
                "title": citation.resource.title,
                "url": citation.resource.url,
                "type": citation.resource.type,
                "language": citation.resource.language,
                "archived_url": citation.resource.archived_url,
            }
            for citation in idea.citations.all()
        ],
        "guide": _guide(idea),
    }


def _guide(idea: Idea) -> dict | None:
    if not hasattr(idea, "guide"):
        return None
    says = {name: getattr(idea.guide, name) for name in SAYS}
    return says | {"to_reuse": [citation.position for citation in idea.citations.all() if citation.to_reuse]}


def _picture(idea: Idea) -> dict | None:
    shown = illustration_of(idea)
    if shown is None:
        return None
    terms = {"name": shown.licence.name, "url": shown.licence.url}
    return {
        "url": shown.url,
        "width": shown.width,
        "height": shown.height,
        "alt": shown.alt,
        "credit": shown.credit,
        "licence": terms,
    }


def _city(city) -> dict:
    return {"slug": city.slug, "name": city.name, "region": city.region, "country": city.country}


def _place(city) -> dict:
    """Where a city is, and who lives there, with the sources of that."""
    fields = "latitude longitude population population_year population_source newcomers newcomers_year newcomers_source"
    return {name: getattr(city, name) for name in fields.split()}


def _organisation(organisation) -> dict:
    return {
        "slug": organisation.slug,
        "name": organisation.name,
        "aliases": organisation.aliases,
        "sector": organisation.sector,
        "city": organisation.city and _city(organisation.city),
        "web_address": organisation.web_address,
        "description": organisation.description,
    }


def _journeys(ids: list[int]) -> dict[int, list[Adaptation]]:
    """The journeys that readers see, by the idea at either end."""
    shown = Adaptation.objects.shown().touching(ids).with_ends().in_order()
    found: dict[int, list[Adaptation]] = {}
    for row in shown:
        for pk in {row.idea_id, row.became_id} & set(ids):
            found.setdefault(pk, []).append(row)
    return found


def _leg(idea: Idea, row: Adaptation, links: Links) -> dict:
    """A journey seen from one of its ends: to whom it went, or from where it came."""
    came = row.became_id == idea.pk
    other = row.idea if came else row.became
    # security: what it became may be a draft, of which nobody may learn even the city.
    other = other if other and other.is_published else None
    city = (row.from_city if came else row.city) or (other.city if other else None)
    country = city.country if city else row.from_country if came else row.country
    return {
        "direction": "from" if came else "to",
        "idea": other and {"id": other.pk, "title": other.title, "url": settings.SITE_URL + links.idea(other.slug)},
        "city": city and _city(city),
        "country": {"code": country, "name": country_name(country)} if country else None,
        "place": "" if came else row.place,
        "organisation": row.organisation and {"slug": row.organisation.slug, "name": row.organisation.name},
        "year": row.year,
        "state": row.state,
        "note": row.note,
        "kept": row.kept,
        "changed": row.changed,
        "evidence": row.evidence,
    }


# What there is


def dumps() -> list[Path]:
    """The dumps that are kept, newest first."""
    root = Path(settings.DUMP_ROOT)
    found = [path for path in root.iterdir() if _NAME.fullmatch(path.name)] if root.is_dir() else []
    return sorted(found, key=_age, reverse=True)


def _age(folder: Path) -> tuple[str, int]:
    day, edition = _NAME.fullmatch(folder.name).groups()
    return day, int(edition)


def find(name: str, folder: str = "") -> Path | None:
    """A file of a dump, of the latest when none is named; None where there is none."""
    # security: a path is made of names that are listed here, never of what an address says.
    kept = next((path for path in dumps() if not folder or path.name == folder), None)
    path = kept / name if kept and name in TYPES else None
    return path if path and path.is_file() else None


def address(folder: Path, name: str) -> str:
    return reverse("dump", args=[folder.name, name])
