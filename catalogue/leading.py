"""Where an address leads at which no page stands: in one hop to another, to what is gone, or nowhere."""

import re
from dataclasses import dataclass

from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.translation import get_language, override

from catalogue import index as indexes
from catalogue.index import Index
from catalogue.languages import bare, language_of, prefix
from catalogue.models import Audience, City, Idea, Organisation, Redirect, Theme, Topic
from catalogue.models.address import Addressable

NOUNS: dict[str, type[Addressable]] = {
    model.folder: model for model in (Idea, City, Organisation, Theme, Topic, Audience)
}
_NOUN = re.compile(rf"/({'|'.join(NOUNS)})/([-a-z0-9_]{{1,80}})/")
#: More digits than this make no number that a database could hold.
_NUMBER = re.compile(r"/i/([0-9]{1,18})/")


@dataclass(frozen=True, slots=True)
class Way:
    """Where an address leads; nowhere, when nothing is known of it."""

    #: The address that answers.
    to: str = ""
    #: What stood here, told with 410.
    gone: Addressable | None = None
    #: The old address of which is known that nothing took its place.
    ended: Redirect | None = None

    def __bool__(self):
        return bool(self.to or self.gone or self.ended)


NOWHERE = Way()


def way_from(path: str) -> Way:
    """Where a path leads, whatever its spelling: past old slugs, mergers and other redirects, all in one hop.

    It leads on in the reader's language: no redirect says which, and all of them hold in each.
    """
    # security: asked for in any case, so that what is hidden takes no longer than what never was.
    index = indexes.current()
    passed, path = set(), bare(path)
    while (path := spelled(path)) not in passed:
        # First, since most who come here have an old address; and no noun may have one that leads to another.
        redirect = Redirect.objects.find(path)
        if redirect is None:
            if noun := noun_at(path):
                return way_to(noun, index)
            # What an editor gave as the end of a way, and is no noun, is a page of another kind.
            return Way(in_this_language(path)) if passed and not is_noun(path) else NOWHERE
        if redirect.target:
            return way_to(redirect.target, index)
        if not redirect.to:
            return Way(ended=redirect)
        passed.add(path)
        path = redirect.to
    return NOWHERE


def way_to(noun: Addressable, index: Index) -> Way:
    """The way to a noun: to its page, or to the word that it is gone. One that readers never saw has none."""
    noun = noun.stand_in
    shown = index.ids if isinstance(noun, Idea) else index[noun._meta.model_name].values
    if (noun.pk if isinstance(noun, Idea) else noun.slug) in shown:
        return Way(noun.get_absolute_url())
    return Way(gone=noun) if noun.was_public else NOWHERE


def noun_at(path: str) -> Addressable | None:
    """The noun whose address this is, seen by readers or not."""
    path = bare(path)
    if match := _NUMBER.fullmatch(path):
        return Idea.objects.filter(pk=match[1]).first()
    if match := _NOUN.fullmatch(path):
        return NOUNS[match[1]].objects.filter(slug=match[2]).first()
    return None


def is_noun(path: str) -> bool:
    """Whether a path is where a noun would stand, one that is there or not."""
    path = bare(path)
    return bool(_NOUN.fullmatch(path) or _NUMBER.fullmatch(path))


def route_at(path: str) -> ResolverMatch | None:
    """Which address of the map a path is; None where it is none but the last, that of all others."""
    try:
        with override(language_of(path)):
            match = resolve(path)
    except Resolver404:
        return None
    return None if match.url_name == "old-address" else match


def in_this_language(path: str) -> str:
    """A path in the language of the reader, where a page stands there; what there is once stays where it is."""
    there = prefix(get_language()) + path
    return there if route_at(there.partition("?")[0]) else path


def spelled(path: str) -> str:
    """A path as redirects keep it: in lower case, with its closing slash. One with a query stays as it is."""
    return path if "?" in path else path.rstrip("/").lower() + "/"
