"""What is probably the same thing: ideas of the catalogue, and open submissions, that are like one that comes in."""

from rapidfuzz import fuzz

from catalogue import search
from catalogue.cards import Card, cards
from catalogue.folding import flat
from catalogue.index import Index
from catalogue.models import Submission

#: Of so many that search finds near, the likeliest are looked at.
LOOKED_AT, SHOWN = 20, 3
#: Titles that agree so far (0 to 100) are taken for one, and with the same city or organisation a little less will do.
ALIKE, ALIKE_THERE = 82, 60
#: Open submissions that are compared; there are hardly ever more.
OPEN = 2_000


def ideas_like(submission: Submission, index: Index) -> list[Card]:
    """Published ideas that may be the same, likeliest first."""
    newest = index.orders["newest"]
    near = []
    for words in (submission.title, f"{submission.title} {submission.city}", submission.organisation):
        near += search.nearest(words, index.edition, index.ids, newest, LOOKED_AT) if words.strip() else []
    found = []
    for card in cards(index, list(dict.fromkeys(near))):
        place, organisation = index.first("city", card.id), index.first("organisation", card.id)
        there = (place.label if place else "", organisation.label if organisation else "")
        found.append((_likeness(submission, card.title, *there), card))
    return _likeliest(found)


def submissions_like(submission: Submission) -> list[Submission]:
    """Open submissions that may be the same, likeliest first. For editors: nobody else may know what they hold."""
    others = Submission.objects.beside(submission).only("pk", "title", "city", "organisation", "kind", "idea")[:OPEN]
    return _likeliest([(_likeness(submission, o.title, o.city, o.organisation), o) for o in others])


def _likeliest(found: list[tuple]) -> list:
    ranked = sorted((pair for pair in found if pair[0]), key=lambda pair: pair[0], reverse=True)
    return [noun for _score, noun in ranked[:SHOWN]]


def _likeness(submission: Submission, title: str, city: str, organisation: str) -> float:
    """How alike the titles are; 0 where that is too little."""
    if not submission.title or not title:
        return 0
    score = fuzz.token_sort_ratio(flat(submission.title), flat(title))
    there = _same(submission.city, city) or _same(submission.organisation, organisation)
    return score if score >= (ALIKE_THERE if there else ALIKE) else 0


def _same(one: str, other: str) -> bool:
    return bool(one and other) and flat(one) == flat(other)
