"""Ideas near to an idea, each with the reason in words."""

import math
from collections import defaultdict

import numpy as np
from django.utils.translation import gettext as _

from catalogue.index import Index
from catalogue.listing import all_of
from catalogue.sets import to_array

#: A value that more ideas share than this says too little about any of them to be followed.
TOO_COMMON = 5_000
#: What sharing a value is worth, before its rarity.
WEIGHTS = {"topic": 3.0, "organisation": 3.0, "city": 2.0, "theme": 1.0, "audience": 0.5}


def related(index: Index, idea: int, most: int = 4) -> list[tuple[int, str]]:
    """Up to `most` ideas as (id, reason), nearest first: what they share counts more the rarer it is."""
    scores, followed = np.zeros(len(index.started)), []
    for facet in ("topic", "organisation", "city"):
        for value in index[facet].of(idea):
            having = to_array(index[facet].matching(value.value))[-TOO_COMMON:]
            scores[having] += WEIGHTS[facet] * math.log(1 + len(index) / max(1, len(having)))
            followed.append((facet, value, having))
    scores[idea] = 0
    near = scores > 0
    for facet in ("theme", "audience"):
        for value in index[facet].of(idea):
            having = to_array(index[facet].matching(value.value))
            scores[having[near[having]]] += WEIGHTS[facet]
    found = np.flatnonzero(near)
    nearest = found[np.lexsort((-found, -scores[found]))][:most].tolist()
    # Only those that are shown need their reasons.
    shared = {
        other: [(facet, value.label) for facet, value, having in followed if other in having] for other in nearest
    }
    return [(other, reason(shared[other])) for other in nearest]


def reason(shared: list[tuple[str, str]]) -> str:
    """Why one idea stands beside another, such as “Also about Mentoring and Small business; also in Toronto”."""
    names = defaultdict(list)
    for facet, label in shared:
        names[facet].append(label)
    said = []
    if topics := names["topic"]:
        said.append(_("about %(topics)s") % {"topics": all_of(topics[:3])})
    if cities := names["city"]:
        said.append(_("in %(city)s") % {"city": cities[0]})
    if leaders := names["organisation"]:
        said.append(_("led by %(organisation)s") % {"organisation": leaders[0]})
    return _("Also %(reasons)s") % {"reasons": all_of(said)} if said else ""
