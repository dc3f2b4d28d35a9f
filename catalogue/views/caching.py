"""Which answers anybody may keep: those made from the edition, their path and a few parameters, and nothing else."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict


@dataclass(frozen=True, slots=True)
class Cacheable:
    """What the answer of a view depends on besides the edition and the path."""

    parameters: tuple[str, ...]
    #: Of these all values count, in any order.
    many: tuple[str, ...]
    #: Of these all values count, in the order in which they are given; of the others the last.
    ordered: tuple[str, ...]
    #: With one of these the answer is worth no room: nobody may ever ask the same again.
    rare: tuple[str, ...]

    def canonical(self, query: QueryDict) -> str:
        """The query as the view reads it: one text for all queries that have the same answer."""
        pairs = []
        for name in self.parameters:
            pairs += [(name, value) for value in query.getlist(name)[-1:] if value]
        for name in self.many:
            pairs += [(name, value) for value in sorted(set(query.getlist(name))) if value]
        for name in self.ordered:
            pairs += [(name, value) for value in query.getlist(name) if value]
        return urlencode(pairs)

    def is_rare(self, query: QueryDict) -> bool:
        return any(query.get(name) for name in self.rare)


def cacheable(
    *parameters: str, many: tuple[str, ...] = (), ordered: tuple[str, ...] = (), rare: tuple[str, ...] = ()
) -> Callable:
    """Marks a view whose answer depends on the edition, the path and these parameters alone: not on who asks.

    security: whatever such a view reads besides would be shown to others. It sets no cookie and holds no form with a
    token.
    """

    def mark(view: Callable) -> Callable:
        view.cacheable = Cacheable(parameters, many, ordered, rare)
        return view

    return mark


def without_database(view: Callable) -> Callable:
    """Marks a view that answers while the database is away, because it asks it nothing or says itself how it is."""
    view.without_database = True
    return view
